"""What the console calls its adviser for: a customer wrote in a conversation of hers, one is about to be late, a
gesture that she asked for was decided on, a colleague's note calls her, or something was handed to her or went back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.config import ClockState, State, View
from agentconsole.desk.context import Desk
from agentconsole.desk.duty import moved as moves
from agentconsole.desk.duty import since
from agentconsole.desk.triage import page
from agentconsole.model.gesture import ApprovalState
from agentconsole.store import calling, mentions

LAST = timedelta(minutes=5)
"""What came into one's hands with less than `due_within` left is called for this long before its end."""
_OVERLAP = 200
"""Messages before the latest one that are looked at again: what has a lower seq may be committed later."""
_LATER = timedelta(minutes=1)
"""An entry of the audit trail may be committed so long after the time it has."""
_MINE = View(
    id="console.calling", name={"en": "-"}, assignee="me", states=(State.OPEN, State.PENDING, State.SNOOZED),
    clock=(ClockState.DUE,), order="waiting",
)  # fmt: skip
_AT_MOST = 200
_TOLD = (ApprovalState.APPROVED, ApprovalState.REFUSED, ApprovalState.EXPIRED)
"""What others do to a request, or time; one withdraws and uses it oneself."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What has come up since the look before.

    :param news: numbers of my conversations in which a customer wrote. :param soon: those about to be late.
    :param at: the time of the look, UTC. :param latest: seq of the latest message there was.
    :param heard: messages that were looked at, as far back as the next look goes.
    :param decided: numbers of conversations in which a gesture of mine was decided on, with what became of it.
    :param asked: my requests that are open, and how they stood.
    :param mentions: numbers of conversations in which a note has called me. :param unseen: notes that call me.
    :param handed: what was handed to me by itself. :param returned: what went back from me by itself.
    :param moved: entries of the audit trail that tell so, as far back as the next look goes.
    :param called: number and end of clocks that were called for, and still run.
    """

    at: datetime
    latest: int
    heard: frozenset[int]
    news: tuple[int, ...] = ()
    soon: tuple[int, ...] = ()
    called: frozenset[tuple[int, datetime]] = frozenset()
    decided: tuple[tuple[int, ApprovalState], ...] = ()
    mentions: tuple[int, ...] = ()
    handed: tuple[int, ...] = ()
    returned: tuple[int, ...] = ()
    unseen: frozenset[UUID] = frozenset()
    moved: frozenset[int] = frozenset()
    asked: frozenset[tuple[UUID, ApprovalState]] = frozenset()


def begin(desk: Desk) -> Calls:
    """From now on; what stood before is on the screen, and calls for nobody."""
    with desk.store.read() as connection:
        latest = calling.latest(connection)
        heard = frozenset(m.seq for m in calling.arrived(connection, latest - _OVERLAP))
        asked, _decided = _answers(connection, desk, frozenset())
        unseen = frozenset(mentions.waiting_ids(connection, desk.agent.id))
        moved = frozenset(m.seq for m in moves(desk, connection, desk.now() - _LATER))
        return Calls(desk.now(), latest, heard, asked=asked, unseen=unseen, moved=moved)


def look(desk: Desk, before: Calls) -> Calls:
    """What has come up since. A clock is called for once: as it enters `due_within`, or :data:`LAST` before its end.

    What one does oneself calls for nothing: a conversation that one takes with little time left is called for only
    as that little runs out.
    """
    now, within = desk.now(), desk.config.due_within
    with desk.store.read() as connection:
        latest = calling.latest(connection)
        arrived = calling.arrived(connection, before.latest - _OVERLAP)
        asked, decided = _answers(connection, desk, before.asked)
        unseen = mentions.waiting_ids(connection, desk.agent.id)
        moved = moves(desk, connection, before.at - _LATER)
    came = since([one for one in moved if one.seq not in before.moved], desk.agent.id)
    due = {(row.number, row.due_at) for row in page(desk, _MINE, limit=_AT_MOST).rows if row.due_at}
    soon = {
        (number, at)
        for number, at in due - before.called
        if any(before.at < at - lead <= now for lead in (within, min(LAST, within)))
    }
    return Calls(
        at=now,
        latest=latest,
        heard=frozenset(m.seq for m in arrived if m.seq > latest - _OVERLAP),
        news=tuple(sorted({m.number for m in arrived if m.seq not in before.heard and m.assignee == desk.agent.id})),
        soon=tuple(sorted(number for number, _at in soon)),
        called=frozenset((before.called & due) | soon),
        decided=tuple((number, state) for number, state in decided if state in _TOLD),
        asked=asked,
        mentions=tuple(sorted({number for i, number in unseen.items() if i not in before.unseen})),
        handed=came.handed,
        returned=came.returned,
        unseen=frozenset(unseen),
        moved=frozenset(one.seq for one in moved),
    )


def _answers(
    connection: Connection, desk: Desk, before: frozenset[tuple[UUID, ApprovalState]]
) -> tuple[frozenset[tuple[UUID, ApprovalState]], list[tuple[int, ApprovalState]]]:
    """My requests that are open, and what became of those that were; a desk without delegations has none."""
    if not desk.config.delegations:
        return frozenset(), []
    from agentconsole.store.ledger import deciding  # its tables would hold up the start of the console

    return deciding.answers(connection, desk.agent.id, before)
