"""What a ledger does, whichever engine holds it: the docstrings are the semantics, for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, Protocol
from uuid import UUID

from agentconsole.errors import RuleRefused
from agentconsole.model.gesture import Code, Wanted
from agentconsole.store.ledger.refusals import REFUSALS, explained


@dataclass(frozen=True, slots=True)
class Written:
    """What an act wrote; ``replayed``: it had been written under that key before, and nothing was changed now."""

    id: UUID
    replayed: bool


def refuse(reason: str) -> NoReturn:
    """Raise :class:`RuleRefused` with the words of a reason code."""
    raise RuleRefused(reason, *explained(reason if reason in REFUSALS else "refused"))


class Ledger(Protocol):
    """The acts of a ledger, within the transaction of the connection it was made for.

    Each answers once it is written; it counts once that transaction is committed. Each raises
    :class:`~agentconsole.errors.RuleRefused` with a code of :data:`.refusals.REFUSALS`, and then nothing of the
    transaction may be kept. Who acts is the database's session user on PostgreSQL, whatever ``agent`` says.
    Locks are always taken in this order: customer, chain, approval, budgets (agents', then teams'), voucher.
    """

    def apply_policy(self, author: str, document: str, digest: str) -> int:
        """Make a document of :mod:`agentconsole.desk.policy` the policy that holds; answers its version.

        The same digest as the latest one's is no new version. Agents that it does not name any more stay, inactive.
        Only a supervisor, or whoever set up the desk, may on PostgreSQL: code ``not_supervisor``.
        """

    def grant(self, agent: str, key: UUID, wanted: Wanted, approval: UUID | None = None) -> Written:
        """Give; answers the entry. The same key with the same parameters again answers the same entry.

        Checked in this order: ``unknown_agent``, ``amount``, ``conversation`` (none such, or its customer was
        erased), ``duplicate`` (the key with other parameters), ``no_delegation``, ``currency``, ``kind_not_allowed``,
        ``reason_not_allowed``, ``training_expired``; then without an approval: ``proof_required``, ``over_ceiling``,
        ``over_customer_ceiling``, ``over_budget``, ``over_count``, ``over_team_budget``; with one:
        ``approval_mismatch`` (not mine, or another amount, kind, currency, reason or customer), ``approval_state``
        (not approved, or used), ``approval_expired``; then ``out_of_stock``.

        A grant without an approval is charged to the agent's and the team's budget of the period that runs. One with
        an approval turns what it reserved, in the approver's and the team's budget, into spent, in the periods in
        which it was reserved. A kind fulfilled by vouchers takes a code of exactly that amount and currency, the one
        that expires first, out of the kind's pool; its fulfilment is done at once.
        """

    def request(self, agent: str, key: UUID, wanted: Wanted, remark: str = "") -> Written:
        """Ask for an approval; answers its id (as ``Written.id``). Checked as a grant up to the training; then
        ``not_needed`` (it could be granted alone), ``proof_required`` (above that sum nobody decides without one),
        ``over_team_budget``, ``no_approver`` (nobody's ceilings and budgets, of another person, suffice).

        It reserves the amount in the team's budget of the period that runs, and lasts for ``expires`` seconds.
        """

    def approve(self, agent: str, approval: UUID, amount: int, remark: str = "") -> None:
        """Approve a request, for the amount asked for or less: ``no_request`` (none open), ``approval_expired``,
        ``self_approval`` (the same person), ``not_approver``, ``training_expired``, ``amount`` (more than asked for),
        ``over_ceiling``, ``over_customer_ceiling``, ``over_budget``, ``over_count`` (the approver's own).

        It reserves the amount in the approver's budget of the period that runs, gives what is not granted back to
        the team, and lasts for another ``expires`` seconds.
        """

    def refuse(self, agent: str, approval: UUID, remark: str) -> None:
        """Refuse a request, with words; the reservation ends. Codes as :meth:`approve`, but for ceilings."""

    def withdraw(self, agent: str, approval: UUID) -> None:
        """The requester does not want it any more, asked or approved: ``no_request``, ``approval_mismatch``."""

    def expire(self) -> int:
        """End the reservations of what has expired; answers how many. Ceilings hold without it."""

    def void(self, agent: str, key: UUID, entry: UUID, remark: str = "") -> Written:
        """Take a grant back by a reversing entry, in the chain of who voids; answers it.

        By the granter within the grace time while its code was not shown, else only by a supervisor who is another
        person: ``no_entry``, ``duplicate`` (the key), ``voided`` (already), ``grace_over``, ``revealed``,
        ``not_supervisor``, ``self_void`` (a supervisor's own person), ``fulfilled`` (the shop or the back office has
        done it, or may have). The budgets get it back in the periods that were charged. A code that was never shown
        goes back to its pool; a shown one is burnt.
        """

    def reveal(self, agent: str, entry: UUID) -> Code | None:
        """Show a voucher's code, to its granter or a supervisor: ``no_entry``, ``voided``, ``no_code``.

        The first call writes the reveal down and answers ``None``: the code comes with a later transaction, once that
        is committed, so that nobody can look and roll back.
        """

    def add_vouchers(self, pool: str, vouchers: list[Code]) -> int:
        """Put codes into a pool, for supervisors; answers how many. One that the pool has is passed over."""

    def review(self, agent: str, entry: UUID, verdict: str, remark: str) -> None:
        """A supervisor's verdict on a grant: ``no_entry``, ``not_supervisor``, ``self_review`` (of the same person)."""

    def erase(self, agent: str, customers: list[UUID]) -> None:
        """Take away what people wrote about entries of these customers; sums and chains stay whole.

        For supervisors. Sets ``customer.erased_at`` where nothing did; once set it stays, whoever writes.
        """
