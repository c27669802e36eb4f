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
from agentconsole.model.gesture import FulfilmentHow
from agentconsole.store import gifts, merging
from agentconsole.store.ledger import ledger_of, lookup
from agentconsole.store.ledger.base import refuse
from agentconsole.store.ledger.lookup import Grant


def enclose(doing: Doing, standing: Standing, message_id: UUID, text: str, granted: Sequence[str]) -> tuple[str, ...]:
    """Write down which gestures a reply encloses; answers the draft's own and what else was found in the words.

    :param granted: :attr:`Actions.granted` of the draft.
    :raises RuleRefused: ``voided``: one that the draft was written for does not hold any more.
    """
    connection, me = doing.connection, doing.desk.agent.id
    own = lookup.grants(connection, me, ids_of(granted))
    if any(grant.voided for grant in own):
        refuse("voided")
    here = [standing.id, *merging.followers(connection, [standing.number or 0]).values()]
    others = [g for g in lookup.grants_in(connection, me, here) if g.shown and not g.voided and not g.sent]
    found = {grant.id: grant for grant in (*own, *others)}
    shown = _codes(connection, me, found.values())
    said = [i for i, code in shown.items() if code in text]
    whole = [grant.id for grant in own if grant.how is not FulfilmentHow.VOUCHER]
    gifts.put(connection, message_id, [*whole, *said])
    return tuple(dict.fromkeys((*granted, *map(str, said))))


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
