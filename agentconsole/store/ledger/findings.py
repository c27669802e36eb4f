"""What verification finds wrong with a ledger, as codes that scripts can rely on, and in words."""

from __future__ import annotations

from dataclasses import dataclass

from agentconsole.i18n import N_, _

FINDINGS: dict[str, str] = {
    "hash": N_("The entry is not as it was written."),
    "prev": N_("The entry does not follow the one before it."),
    "gap": N_("Entries of the chain are missing, or are there twice."),
    "head": N_("The chain does not end where it should."),
    "kept_head": N_("The ledger does not hold what was kept of it outside."),
    "text": N_("What was written about the entry is not as it was written."),
    "text_missing": N_("What was written about the entry is missing, although the customer was not erased."),
    "text_stray": N_("Something was written about an entry that is not there."),
    "void": N_("A void is not of one grant, and as that grant."),
    "voided_twice": N_("The grant is voided more than once."),
    "reveal": N_("Something was revealed that is not a grant."),
    "purse": N_("The wrong purse pays."),
    "no_rule": N_("The policy of that time had no such rule."),
    "reason": N_("The policy of that time did not know that reason for the agent."),
    "training": N_("The agent's training was not valid."),
    "ceiling": N_("It is above the ceiling of one gesture at that time."),
    "customer_ceiling": N_("It is above what one customer could get at that time."),
    "proof": N_("The proof that was asked for at that time is missing."),
    "budget": N_("It goes beyond the budget of that time."),
    "count": N_("It is one gesture more than could be made at that time."),
    "period": N_("It counts in a period in which it was not made."),
    "charged": N_("It is charged to somebody who neither made nor approved it, or to another team."),
    "policy": N_("That policy is not as it was applied, or one is missing."),
    "policy_late": N_("It was decided under a policy that did not hold any more."),
    "rules": N_("The rules that hold are not those of the policy."),
    "guard": N_("What guards the tables is missing, or is not as it was made."),
    "counter": N_("The counter is not the sum of the entries and of open approvals."),
    "cap": N_("No policy had that budget."),
    "customer": N_("What is noted as given to the customer is not the sum of the entries."),
    "approval": N_("The approval and its entries do not say the same."),
    "approval_twice": N_("The approval was used more than once."),
    "four_eyes": N_("One person both asked and approved."),
    "voucher": N_("A voucher and its grant do not belong together."),
    "voucher_missing": N_("The grant has no voucher, or several."),
    "voucher_unseen": N_("Vouchers cannot be read from here and were not looked at."),
    "fulfilment": N_("Nobody sees to it that the customer gets it, or somebody although it is no grant."),
}
"""What each code means, to be translated."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    :param code: of :data:`FINDINGS`. :param where: the entry (``lea 12``: agent and place in the chain), counter,
        approval or policy it was found at. :param detail: figures, such as ``spent 300 and not 200``.
    """

    code: str
    where: str
    detail: str = ""

    @property
    def what(self) -> str:
        """In words, in the language in use."""
        return _(FINDINGS[self.code])
