"""Undo: a step's entries in the audit trail, read backwards, each one's change made to unhappen.

What somebody else has changed since is not overwritten: the undo is refused then, and says who did what. A reply can
be taken back only until somebody tries to deliver it. Money is never undone here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agentconsole.config import Priority, State
from agentconsole.desk import attentions, customers, escalations, joining, promises, wording_gestures
from agentconsole.desk import standing as standings
from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, step
from agentconsole.errors import NotFound, Stale
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow, Draft, DraftKind, Event
from agentconsole.store import gifts, journal, messages, outbox

REACH = timedelta(hours=1)
"""How far back undo goes."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """A step that could be undone: what it did, and to which conversations, by number."""

    step: UUID
    at: datetime
    entries: tuple[tuple[int, Event], ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The conversations, each once, in the order they were changed."""
        return tuple(dict.fromkeys(number for number, _event in self.entries))


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone, and the conversations as they are now."""

    step: Undoable
    rows: tuple[ConversationRow, ...]


class TooLate(Stale):
    """A step cannot be undone any more: ``step`` says which."""

    def __init__(self, what: str, do: str, undoable: UUID) -> None:
        super().__init__(what, do)
        self.step = undoable


def latest(desk: Desk, passed_over: Collection[UUID] = ()) -> Undoable | None:
    """The agent's latest step of the last hour that is not undone; ``None`` where there is none.

    :param passed_over: steps that it turned out too late for.
    """
    with desk.store.read() as connection:
        found = journal.latest_step(connection, desk.agent.id, desk.now() - REACH, tuple(passed_over))
        return None if found is None else Undoable(found, *_told(journal.of_step(connection, found)))


def undo(desk: Desk, step_id: UUID | None = None) -> Undone:
    """Undo a step of the agent's, the latest one where none is named: wholly, or not at all.

    :raises NotFound: there is nothing to undo. :raises TooLate: somebody has changed it since, or it was sent.
    """
    if step_id is None:
        found = latest(desk)
        if found is None:
            raise NotFound(_("There is nothing to undo."), _("Undo goes back one hour."))
        step_id = found.step
    with step(desk, cause="undo") as doing:
        entries = [e for e in journal.of_step(doing.connection, step_id) if not e.event.undone]
        if not entries or any(e.event.actor != desk.agent.id for e in entries):
            raise NotFound(_("There is nothing to undo."), _("Undo goes back one hour."))
        held = {standing.id: standing for standing in doing.hold_all(e.conversation_id for e in entries)}
        journal.mark_undone(doing.connection, step_id)
        for entry in reversed(entries):
            _inverse(doing, held[entry.conversation_id], entry.event, step_id)
        for standing in held.values():
            standings.refold(doing.connection, desk, standing)
            doing.record(standing, "undone", undone=str(step_id))
            doing.touch(standing)
    return Undone(Undoable(step_id, *_told(entries)), tuple(doing.rows.values()))


def _told(entries: list[journal.Placed]) -> tuple[datetime, tuple[tuple[int, Event], ...]]:
    return entries[0].event.at, tuple((entry.number, entry.event) for entry in entries)


def _inverse(doing: Doing, standing: Standing, event: Event, step_id: UUID) -> None:
    if standing.merged_into is not None and event.kind not in _OF_MERGED:
        said = _("#{number} was merged into #{into} since.")
        raise TooLate(said.format(number=standing.number, into=standing.merged_into), _("Nothing was undone."), step_id)
    inverse = INVERSES.get(event.kind)
    if inverse is None and event.kind in wording_gestures.EVENTS:
        raise TooLate(*wording_gestures.not_undone(event.kind, json.loads(event.detail)), step_id)
    if inverse is None:
        raise TooLate(_("This step cannot be undone."), _("Change it back by hand."), step_id)
    said = inverse(doing, standing, json.loads(event.detail))
    if said:
        raise TooLate(said, _("Nothing was undone."), step_id)


Inverse = Callable[[Doing, Standing, dict[str, Any]], str]
"""Makes one entry's change unhappen; says why it cannot, or nothing."""


def _changed(standing: Standing) -> str:
    return _("#{number} was changed again since.").format(number=standing.number)


def _unassign(_doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    if (standing.assignee, standing.team) != (was["agent"], was["team"]):
        return _changed(standing)
    standing.assignee, standing.team = was["before"], was["team_before"]
    return ""


def _unstate(_doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """What was part of a reply does not stand in its way where the customer, or the timer, has opened it since."""
    now = standing.state, standing.snoozed_until
    after, before = _stood(was, "state", "until"), _stood(was, "before", "until_before")
    if now != after and was.get("reply") and standing.state is State.OPEN:
        return ""
    opened_for = any(it is not None for it in (standing.promised_at, standing.escalated_to, standing.approval_due_at))
    if now != after or (before[0] is State.RESOLVED and opened_for):
        return _changed(standing)
    standing.state, standing.snoozed_until = before
    return ""


def _stood(was: dict[str, Any], state: str, until: str) -> tuple[State, datetime | None]:
    at = was.get(until)
    return State(was[state]), datetime.fromisoformat(at) if at else None


def _untag(_doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    standing.tags = tuple(sorted({*standing.tags, *was["removed"]} - {*was["added"]}))
    return ""


def _unprioritise(_doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    if str(standing.priority) != was["priority"]:
        return _changed(standing)
    standing.priority = Priority(was["before"])
    return ""


def _unsend(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """Take a reply back: its words are a draft again. What the customer has written since stays unread."""
    if not outbox.take_back(doing.connection, was["key"]):
        return _("The reply to #{number} is on its way: it cannot be taken back.").format(number=standing.number)
    before = was["before"]
    gifts.take_out(doing.connection, UUID(was["message"]))
    _to_draft(doing, standing, DraftKind.REPLY, was)
    joining.shows(doing.connection, standing)
    standing.unread += before["unread"]
    if standing.assignee == doing.actor:
        standing.assignee = before["assignee"]
    return ""


def _unnote(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """Take a note back: its words are a draft again, unless something else that was done wrote them."""
    if was.get("part"):
        messages.remove(doing.connection, UUID(was["message"]))
    else:
        _to_draft(doing, standing, DraftKind.NOTE, was)
    return ""


def _to_draft(doing: Doing, standing: Standing, kind: DraftKind, was: dict[str, Any]) -> None:
    """The words of a message that is taken back, before those that were begun since."""
    connection, me = doing.connection, doing.desk.agent.id
    message_id = UUID(was["message"])
    words, files = messages.text_of(connection, message_id), tuple(was.get("files", ()))
    messages.remove(connection, message_id)
    begun = [d for d in journal.drafts(connection, agent=me, conversation_id=standing.id) if d.kind is kind]
    texts = [words, *(draft.text for draft in begun)]
    files += tuple(name for draft in begun for name in draft.files if name not in files)
    kept = Draft(
        standing.number or 0,
        me,
        kind,
        "\n\n".join(text for text in texts if text.strip()),
        int(was.get("seen") or messages.latest_seq(connection, standing.id)),
        doing.now,
        files,
        was.get("actions", "") or "".join(draft.actions for draft in begun[:1]),
    )
    journal.keep_draft(connection, standing.id, kept)


INVERSES: dict[str, Inverse] = {
    "assigned": _unassign,
    "state": _unstate,
    "tagged": _untag,
    "priority": _unprioritise,
    "replied": _unsend,
    "noted": _unnote,
    "merged": joining.unjoin,
    "unmerged": joining.rejoin,
    "split": joining.unsplit,
    "client_noted": customers.unnote,
    "client_note_dropped": customers.undrop,
    "consented": customers.unconsent,
    "birthday": attentions.unbirthday,
    "linked": customers.relink,
    "unlinked": customers.relink,
    "promised": promises.unmake,
    "promise_ended": promises.unend,
    "escalated": escalations.unescalate,
    "escalation_taken": escalations.untake,
}
"""How each kind of entry of the audit trail is made to unhappen."""

_OF_MERGED = frozenset(
    (
        "merged",
        "unmerged",
        "split",
        "client_noted",
        "client_note_dropped",
        "consented",
        "birthday",
        "linked",
        "unlinked",
    )
)
"""Kinds that can be undone on a conversation that was merged since: they do not touch where it stands."""
