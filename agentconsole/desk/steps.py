"""A step: what a person does in one go, to one conversation or to many, and can undo in one.

``with step(desk) as doing:`` is one write transaction. Conversations are held (:meth:`Doing.hold`), changed by
the functions of :mod:`.moves`, and written at its end together with the entries of the audit trail. Each entry
carries what :mod:`.undo` needs to make the change unhappen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk import standing as standings
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import hold
from agentconsole.desk.standing import Cause, Standing
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.ids import new_id
from agentconsole.store import conversations, journal


@dataclass(slots=True)
class Doing:
    """A step while it is being done.

    :param now: the step's moment, UTC. :param actor: who does it, in the audit trail.
    :param cause: see :data:`agentconsole.desk.standing.Cause`.
    :param rows: the held conversations as they are afterwards, by number; filled in at the end.
    """

    connection: Connection
    desk: Desk
    step: UUID
    now: datetime
    actor: str
    cause: Cause = "agent"
    rows: dict[int, ConversationRow] = field(default_factory=dict)
    _held: dict[UUID, Standing] = field(default_factory=dict)
    _tags: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    _entries: list[dict[str, Any]] = field(default_factory=list)
    _written: int = 0

    def hold(self, number: int) -> Standing:
        """A conversation, which nobody else changes until the step ends; of a merged one, that which has its messages.

        :raises NotFound: there is none of that number.
        """
        return self.hold_all([hold(self.connection, number).id])[0]

    def hold_all(self, ids: Iterable[UUID]) -> list[Standing]:
        """Conversations by their identifiers, in that order; a few reads for all of them."""
        wanted = list(ids)
        new = [i for i in wanted if i not in self._held]
        if new:
            conversations.lock(self.connection, *new)
            loaded = standings.load(self.connection, conversations.by_ids(self.connection, new))
            self._held |= loaded
            self._tags |= {i: standing.tags for i, standing in loaded.items()}
        return [self._held[i] for i in wanted]

    @property
    def held(self) -> list[Standing]:
        """All conversations that the step holds, as they stand by now."""
        return list(self._held.values())

    def record(self, standing: Standing, kind: str, /, **detail: Any) -> None:
        """An entry of the audit trail; ``detail`` must be JSON and say what was before."""
        self._entries.append(journal.entry(standing.id, self.now, self.actor, kind, step=self.step, **detail))

    def has_recorded(self, standing: Standing, kind: str) -> bool:
        """Whether the step has made such an entry for the conversation already."""
        return any(e["conversation_id"] == standing.id and e["kind"] == kind for e in self._entries)

    def touch(self, standing: Standing) -> None:
        """The conversation has changed just now."""
        standing.updated_at = max(self.now, standing.updated_at)

    def write_entries(self) -> None:
        """Write what was recorded so far: for what is read of the trail while the step goes on."""
        journal.record(self.connection, self._entries[self._written :])
        self._written = len(self._entries)

    def finish(self) -> None:
        """Write all that was held and recorded."""
        held = list(self._held.values())
        who = self.actor if self.cause in ("agent", "undo") else None
        standings.save(self.connection, self.desk, held, self.cause, who)
        for standing in held:
            if standing.tags != self._tags[standing.id]:
                conversations.set_tags(self.connection, standing.id, standing.tags)
        self.write_entries()
        self.rows = {row.number: row for row in conversations.by_ids(self.connection, self._held)}


Move = Callable[[Doing, Standing], None]
"""One change of one conversation, within a step."""


@contextmanager
def step(desk: Desk, step_id: UUID | None = None, actor: str = "", cause: Cause = "agent") -> Iterator[Doing]:
    """A step in one transaction; nothing of it is kept where the block raises.

    :param step_id: of a step that goes on, one transaction after another.
    :param actor: who does it; whoever is at the keyboard where left out.
    :param cause: why conversations come to wait for us by it, or cease to.
    """
    with desk.store.write() as connection:
        doing = Doing(connection, desk, step_id or new_id(), desk.now(), actor or desk.agent.id, cause)
        yield doing
        doing.finish()


def make(desk: Desk, number: int, *moves: Move) -> ConversationRow:
    """Do these moves to one conversation, as one step; answers it as it is afterwards.

    :raises NotFound: there is none of that number. Whatever the moves raise: nothing was changed then.
    """
    with step(desk) as doing:
        standing = doing.hold(number)
        for move in moves:
            move(doing, standing)
    return next(row for row in doing.rows.values() if row.id == standing.id)
