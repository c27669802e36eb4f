"""Why a rule refuses, as codes that scripts can rely on, and in words."""

from __future__ import annotations

from agentconsole.i18n import N_, _

REFUSALS: dict[str, tuple[str, str]] = {
    "unknown_agent": (N_("You are no agent of this ledger."), N_("Ask a supervisor to add you to the policy.")),
    "no_policy": (
        N_("No policy of gestures holds here."),
        N_("A supervisor applies one: `agentconsole policy apply`."),
    ),
    "amount": (N_("That is no amount that can be given."), N_("Give more than nothing, and no more than was asked.")),
    "conversation": (N_("Nothing can be given in that conversation."), N_("Choose another one.")),
    "duplicate": (N_("That key was used for something else."), N_("Use a new key for a new gesture.")),
    "no_delegation": (N_("You have no delegation."), N_("Ask a supervisor.")),
    "currency": (N_("Your delegation has nothing in that currency."), N_("Choose a currency of your delegation.")),
    "kind_not_allowed": (N_("Your delegation does not allow that kind."), N_("Choose another kind.")),
    "reason_not_allowed": (N_("That reason does not count."), N_("Choose one of the reasons.")),
    "training_expired": (N_("Your training in gestures is not valid."), N_("Ask a supervisor about the training.")),
    "proof_required": (N_("A proof is needed for that much."), N_("Give the reference of a proof.")),
    "over_ceiling": (N_("That is above your ceiling for one gesture."), N_("Ask for an approval, or give less.")),
    "over_customer_ceiling": (
        N_("That is more than this customer may get from you."),
        N_("Ask for an approval, or give less."),
    ),
    "over_budget": (
        N_("Your budget of this period does not have that much."),
        N_("Ask for an approval, or give less."),
    ),
    "over_count": (N_("You have made all gestures of this period."), N_("Ask for an approval.")),
    "over_team_budget": (N_("The team's budget does not have that much."), N_("Give less, or ask a supervisor.")),
    "out_of_stock": (N_("There is no voucher of that amount."), N_("Choose an amount that is in stock.")),
    "approval_mismatch": (N_("The approval is not for this gesture."), N_("Use it for what was approved.")),
    "approval_state": (N_("The approval cannot be used (any more)."), N_("Look at the approvals.")),
    "approval_expired": (N_("The approval has expired."), N_("Ask again.")),
    "not_needed": (N_("No approval is needed for that."), N_("Grant it.")),
    "no_approver": (N_("Nobody could approve that much."), N_("Give less.")),
    "no_request": (N_("There is no such request that is open."), N_("Look at the approvals again.")),
    "self_approval": (N_("Nobody approves what they asked for."), N_("Somebody else has to decide.")),
    "not_approver": (N_("It is not yours to decide that."), N_("Leave it to those it was asked of.")),
    "no_entry": (N_("There is no such gesture."), N_("Look at the customer's gestures.")),
    "voided": (N_("That gesture was voided."), N_("Make a new one where it is wanted.")),
    "grace_over": (N_("The time to take it back alone is over."), N_("Ask a supervisor to void it.")),
    "revealed": (N_("Its code was shown already."), N_("Ask a supervisor to void it.")),
    "fulfilled": (N_("The customer has it already, or may have."), N_("Settle it with the back office.")),
    "not_supervisor": (N_("Only a supervisor may do that."), N_("Ask one.")),
    "self_void": (N_("A supervisor does not void their own gesture so."), N_("Ask another supervisor.")),
    "self_review": (N_("Nobody reviews their own gesture."), N_("Leave it to another supervisor.")),
    "no_code": (N_("There is no code for that gesture."), N_("Look at how it is fulfilled.")),
    "isolation": (N_("The ledger works only with READ COMMITTED."), N_("Use the database's default isolation.")),
    "busy": (N_("Somebody else is giving at this moment."), N_("Try again.")),
    "refused": (N_("The ledger refused that."), N_("`agentconsole check` says more.")),
}
"""``(what, do)`` of each code, to be translated."""


def explained(code: str) -> tuple[str, str]:
    """Two lines about a code, in the language in use."""
    what, do = REFUSALS[code]
    return _(what), _(do)
