"""Goodwill gestures: what would come of one, granting, asking, deciding, voiding, showing a code.

Every act is one step: the ledger's act, the entry of the audit trail and what follows for the conversation are one
transaction. Whether an act is allowed is said by the ledger alone (:class:`agentconsole.store.ledger.Ledger`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk import attentions, awaiting, enclosing
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find
from agentconsole.desk.gifts import fill, gift_of, gift_text, in_stock, suggested, suggestions
from agentconsole.desk.goodwill import Decision, decide
from agentconsole.desk.standing import Standing as Conversation
from agentconsole.desk.steps import Doing, step
from agentconsole.errors import RuleRefused
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.gesture import Answer, Approval, Code, Given, Purse, Standing, Wanted
from agentconsole.store import customers, merging
from agentconsole.store.ledger import Ledger, entries, ledger_of, lookup
from agentconsole.store.ledger import approvals as asked_for
from agentconsole.store.ledger import standing as standings
from agentconsole.store.ledger.awaited import awaited
from agentconsole.store.ledger.base import refuse as refused_with

__all__ = (
    "Asked", "Granted", "approval", "approvals", "approve", "codes", "expire", "fill", "gift_of", "gift_text",
    "given", "grant", "in_stock", "kinds", "look_up", "offer", "reasons", "refuse", "request", "reveal", "standing",
    "suggested", "suggestions", "unsent", "void", "wanted", "withdraw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Granted:
    """A gesture that was granted; ``replayed``: under that key it had been before, and nothing was given now."""

    entry: UUID
    row: ConversationRow
    replayed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval that was asked for; ``replayed`` as :class:`Granted`."""

    approval: UUID
    row: ConversationRow
    replayed: bool = False


def wanted(desk: Desk, number: int, kind: str, amount: int, currency: str, reason: str, proof: str = "") -> Wanted:
    """A gesture to the customer of a conversation; ``amount`` in minor units.

    :raises NotFound: no such conversation.
    """
    with desk.store.read() as connection:
        return Wanted(find(connection, number).id, kind, amount, currency, reason, proof)


def standing(desk: Desk, number: int, kind: str, currency: str, reason: str) -> Standing:
    """All that decides about gestures to the customer of a conversation, for :func:`.goodwill.decide`.

    :raises NotFound: no such conversation. :raises RuleRefused: ``no_policy``, ``unknown_agent``, ``conversation``.
    """
    with desk.store.read() as connection:
        row = find(connection, number)
        return standings.read(connection, desk.agent.id, row.customer_id, kind, currency, reason, desk.now())


def reasons(desk: Desk) -> tuple[str, ...]:
    """Ids of the reasons for which I may give, in the order of the configuration."""
    with desk.store.read() as connection:
        mine = standings.reasons(connection, desk.agent.id)
    return tuple(each.id for each in desk.config.reasons if each.id in mine)


def kinds(desk: Desk) -> dict[str, tuple[str, ...]]:
    """What I may give, by currency."""
    with desk.store.read() as connection:
        mine = standings.allowed(connection, desk.agent.id)
    return {code: tuple(sorted(k for k, c in mine if c == code)) for code in sorted({c for _k, c in mine})}


def offer(desk: Desk, number: int, wanted: Wanted) -> Decision:
    """What would come of a gesture now; commits nothing. Raises as :func:`standing`."""
    decision = decide(wanted, standing(desk, number, wanted.kind, wanted.currency, wanted.reason))
    if decision.answer is Answer.GRANTED and not in_stock(desk)(wanted.kind, wanted.amount, wanted.currency):
        return replace(decision, answer=Answer.REFUSED, reason="out_of_stock")
    return decision


def grant(desk: Desk, number: int, wanted: Wanted, key: UUID, approval: UUID | None = None) -> Granted:
    """Give. The same key again gives nothing twice.

    :param approval: the approval that is used for it.
    :raises RuleRefused: as :meth:`.Ledger.grant`. :raises NotFound: no such conversation.
    """
    with step(desk) as doing:
        asked = asked_for.get(doing.connection, approval, doing.now) if approval else None
        places = {each: doing.hold(each) for each in sorted({number, asked.number if asked else number})}
        held = places[number]
        written = ledger_of(doing.connection).grant(desk.agent.id, key, wanted, approval)
        if not written.replayed:
            _record(doing, held, "gesture_granted", wanted, entry=written.id)
            if wanted.purse is Purse.ATTENTION:
                attentions.given(doing, held.customer_id)
            if asked is not None:  # in another conversation of the same customer, it may be
                awaiting.follow(doing, places[asked.number])
    return Granted(written.id, _row(doing, held), written.replayed)


def look_up(desk: Desk, key: UUID) -> UUID | None:
    """Which way an act went whose answer was lost: the entry, or the approval, under a key of mine; else ``None``."""
    with desk.store.read() as connection:
        return lookup.under_key(connection, desk.agent.id, key)


def request(desk: Desk, number: int, wanted: Wanted, key: UUID, remark: str = "") -> Asked:
    """Ask for an approval; the conversation has a clock until it is decided. The same key again asks nothing twice.

    :raises RuleRefused: as :meth:`.Ledger.request`. :raises NotFound: no such conversation.
    """
    with step(desk) as doing:
        held = doing.hold(number)
        written = ledger_of(doing.connection).request(desk.agent.id, key, wanted, remark)
        if not written.replayed:
            _record(doing, held, "gesture_requested", wanted, approval=written.id)
            awaiting.asked(doing, held)
    return Asked(written.id, _row(doing, held), written.replayed)


def approve(desk: Desk, approval: UUID, amount: int, remark: str = "") -> ConversationRow:
    """Approve a request for its amount or less, in minor units; the requester has until it expires to use it.

    :raises RuleRefused: as :meth:`.Ledger.approve`.
    """

    def decide_(ledger: Ledger, me: str) -> None:
        ledger.approve(me, approval, amount, remark)

    return _decided(desk, approval, "gesture_approved", decide_, amount)


def refuse(desk: Desk, approval: UUID, remark: str) -> ConversationRow:
    """Refuse a request, saying why. :raises RuleRefused: as :meth:`.Ledger.refuse`."""

    def refuse_(ledger: Ledger, me: str) -> None:
        ledger.refuse(me, approval, remark)

    return _decided(desk, approval, "gesture_refused", refuse_, why=remark)


def withdraw(desk: Desk, approval: UUID) -> ConversationRow:
    """What was asked for is not wanted any more. :raises RuleRefused: as :meth:`.Ledger.withdraw`."""
    return _decided(desk, approval, "gesture_withdrawn", lambda ledger, me: ledger.withdraw(me, approval))


def _decided(
    desk: Desk,
    approval: UUID,
    event: str,
    decide: Callable[[Ledger, str], None],
    amount: int | None = None,
    why: str = "",
) -> ConversationRow:
    with step(desk) as doing:
        asked = asked_for.get(doing.connection, approval, doing.now)
        held = doing.hold(asked.number) if asked else None  # before the ledger's own locks, as everywhere
        decide(ledger_of(doing.connection), desk.agent.id)  # also of what may not be seen: it says why it refuses
        if asked is None or held is None:
            refused_with("no_request")
        _record(doing, held, event, asked, approval=approval, amount=amount, why=why)
        if event == "gesture_withdrawn":
            awaiting.follow(doing, held)
        else:
            awaiting.answered(doing, held)
    return _row(doing, held)


def expire(desk: Desk) -> int:
    """End what has expired, and its clocks; answers how many approvals."""
    with desk.store.read() as connection:
        lapsed = [each for each in awaited(connection) if each.lapsed]
    if not lapsed:
        return 0
    with step(desk) as doing:
        held = {each.id: _held(doing, each.conversation) for each in lapsed}
        still = {each.id for each in awaited(doing.connection) if each.lapsed}
        count = ledger_of(doing.connection).expire()
        for each in lapsed:
            if each.id in still:
                doing.record(held[each.id], "gesture_expired", approval=str(each.id), requester=each.requester)
                awaiting.answered(doing, held[each.id])
    return count


def void(desk: Desk, entry: UUID, key: UUID, remark: str = "") -> ConversationRow:
    """Take a grant back. The same key again takes nothing back twice. :raises RuleRefused: as :meth:`.Ledger.void`."""
    with step(desk) as doing:
        what, held = _granted(doing, entry)
        written = ledger_of(doing.connection).void(desk.agent.id, key, entry, remark)
        if what is None or held is None:
            refused_with("no_entry")
        if not written.replayed:
            _record(doing, held, "gesture_voided", what, entry=entry)
    return _row(doing, held)


def reveal(desk: Desk, entry: UUID) -> Code | None:
    """Show a voucher's code; ``None`` where the gesture has none.

    That it is shown is written and committed before the code is read. :raises RuleRefused: ``no_entry``, ``voided``.
    """
    try:
        with step(desk) as doing:
            what, held = _granted(doing, entry)
            code = ledger_of(doing.connection).reveal(desk.agent.id, entry)
            if what is None or held is None:
                refused_with("no_entry")
            if code is None:
                _record(doing, held, "gesture_revealed", what, entry=entry)
    except RuleRefused as refused:
        if refused.reason == "no_code":
            return None
        raise
    if code is not None:
        return code
    with desk.store.write() as connection:
        return ledger_of(connection).reveal(desk.agent.id, entry)


def codes(desk: Desk, granted: Iterable[str]) -> dict[str, str]:
    """The codes of these gestures (:attr:`Actions.granted`), by entry, as far as they were shown already."""
    with desk.store.write() as connection:
        return enclosing.codes(connection, desk.agent.id, enclosing.ids_of(granted))


def given(desk: Desk, number: int) -> tuple[Given, ...]:
    """What the customer of a conversation, and all linked to them, were given by anybody, the newest first."""
    with desk.store.read() as connection:
        row = find(connection, number)
        return _given(connection, row.customer_id)


def unsent(desk: Desk, number: int) -> tuple[Given, ...]:
    """What I granted in a conversation that is in no reply yet and was not voided, the newest first."""
    with desk.store.read() as connection:
        row = find(connection, number)
        return tuple(
            each
            for each in _given(connection, row.customer_id)
            if each.agent == desk.agent.id and each.message is None and not each.voided_at
            and each.number in (row.number, *merging.followers(connection, [row.number]))
        )  # fmt: skip


def approvals(desk: Desk, *, open_only: bool = True, mine: bool = False) -> tuple[Approval, ...]:
    """Requests, the oldest first.

    :param open_only: neither refused, nor used, nor expired. :param mine: only what I asked for.
    """
    with desk.store.read() as connection:
        requester = desk.agent.id if mine else None
        return tuple(asked_for.some(connection, desk.now(), open_only=open_only, requester=requester))


def approval(desk: Desk, approval: UUID) -> Approval:
    """One request. :raises RuleRefused: ``no_request``, also where it may not be seen."""
    with desk.store.read() as connection:
        return asked_for.get(connection, approval, desk.now()) or refused_with("no_request")


def _given(connection: Connection, customer: UUID) -> tuple[Given, ...]:
    group = customers.groups(connection, [customer])[customer]
    return tuple(entries.given_to(connection, group))


def _granted(doing: Doing, entry: UUID) -> tuple[Wanted, Conversation] | tuple[None, None]:
    """What was granted, and its conversation, held; nothing where it may not be seen."""
    what = lookup.granted(doing.connection, entry)
    return (what, _held(doing, what.conversation)) if what else (None, None)


def _held(doing: Doing, conversation: UUID) -> Conversation:
    """A conversation by its id; of a merged one, that which has its messages."""
    held = doing.hold_all([conversation])[0]
    return held if held.merged_into is None else doing.hold(held.merged_into)


def _record(
    doing: Doing,
    held: Conversation,
    kind: str,
    what: Wanted | Approval,
    *,
    entry: UUID | None = None,
    approval: UUID | None = None,
    amount: int | None = None,
    why: str = "",
) -> None:
    about = {"entry": str(entry)} if entry else {"approval": str(approval)}
    if why:
        about["why"] = why
    doing.record(
        held,
        kind,
        **about,
        kind=what.kind,
        amount=what.amount if amount is None else amount,
        currency=what.currency,
        reason=what.reason,
    )
    doing.touch(held)


def _row(doing: Doing, held: Conversation) -> ConversationRow:
    return next(row for row in doing.rows.values() if row.id == held.id)
