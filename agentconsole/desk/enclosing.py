"""Sent and granted belong together: which gestures a reply encloses, written in the reply's own transaction.

A voucher is enclosed where its code is among the words; what has no code is, where the draft has it. What is enclosed
in no reply stays visible (:func:`.gestures.unsent`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing
from agentconsole.errors import RuleRefused
from agentconsole.i18n import _
from agentconsole.model.gesture import FulfilmentHow
from agentconsole.store import gifts, merging
from agentconsole.store.ledger import ledger_of, lookup
from agentconsole.store.ledger.lookup import Grant


class Voided(RuleRefused):
    """A reply encloses what was voided.

    :param entries: what its draft can leave out, as :attr:`Actions.granted`.
    """

    def __init__(self, reason: str, what: str, do: str, entries: tuple[str, ...] = ()) -> None:
        super().__init__(reason, what, do)
        self.entries = entries


def enclose(doing: Doing, standing: Standing, message_id: UUID, text: str, granted: Sequence[str]) -> tuple[str, ...]:
    """Write down which gestures a reply encloses; answers the draft's own and what else was found in the words.

    :param granted: :attr:`Actions.granted` of the draft.
    :raises Voided: one that the draft was written for does not hold any more, or a code in the words.
    """
    connection, me = doing.connection, doing.desk.agent.id
    own = lookup.grants(connection, me, ids_of(granted))
    here = [standing.id, *merging.followers(connection, [standing.number or 0]).values()]
    mine = lookup.grants_in(connection, me, here)
    _refuse_voided(connection, text, own, mine)
    others = [g for g in mine if g.shown and not g.voided and not g.sent]
    found = {grant.id: grant for grant in (*own, *others)}
    shown = _codes(connection, me, found.values())
    said = [i for i, code in shown.items() if code in text]
    whole = [grant.id for grant in own if grant.how is not FulfilmentHow.VOUCHER]
    gifts.put(connection, message_id, [*whole, *said])
    return tuple(dict.fromkeys((*granted, *map(str, said))))


def _refuse_voided(connection: Connection, text: str, own: Iterable[Grant], mine: Iterable[Grant]) -> None:
    """A code that is worth nothing is never sent; other words are the writer's to see to, who is told once."""
    voided = [grant.id for grant in own if grant.voided]
    burnt = {grant.id for grant in mine if grant.voided and grant.how is FulfilmentHow.VOUCHER}
    if lookup.burnt_in(connection, text, burnt.union(voided)):
        what = _("That gesture was voided, and its code is in the words.")
        left_out = tuple(str(grant.id) for grant in mine if grant.id in voided)  # those are found without the draft
        raise Voided("voided", what, _("Take the code out of the reply; it is not sent with it."), left_out)
    if voided:
        what = _("That gesture was voided; take its words out of the reply.")
        raise Voided("voided", what, _("Sending again sends without it."), tuple(map(str, voided)))


def codes(connection: Connection, agent: str, entries: Iterable[UUID]) -> dict[str, str]:
    """The code of each of these gestures that has been shown, by the entry's id as text; voided ones left out."""
    found = [grant for grant in lookup.grants(connection, agent, list(entries)) if not grant.voided]
    return {str(i): code for i, code in _codes(connection, agent, found).items()}


def ids_of(granted: Iterable[str]) -> list[UUID]:
    """Entries as a draft has them; what is none (another program's) is passed over."""
    found = []
    for text in granted:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def _codes(connection: Connection, agent: str, grants: Iterable[Grant]) -> dict[UUID, str]:
    """Asking for a code that was shown before writes nothing."""
    ledger = ledger_of(connection)
    shown = {grant.id: ledger.reveal(agent, grant.id) for grant in grants if grant.shown}
    return {i: code.code for i, code in shown.items() if code is not None}
