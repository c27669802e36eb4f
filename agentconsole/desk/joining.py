"""Moving all of a conversation into another one of the same customer, and taking the two apart again.

The one that stays takes a state that is open where either was, the higher priority, the earlier clock of an
approval, and an assignee, a team, a language and an escalation where it has none itself. :func:`join` answers what
:func:`part` needs to bring back each of the two; what was changed since then is left as it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.config import Priority, State
from agentconsole.desk import awaiting
from agentconsole.desk import standing as standings
from agentconsole.desk.standing import EXCERPT, Standing
from agentconsole.desk.steps import Doing
from agentconsole.i18n import _
from agentconsole.model.conversation import Draft
from agentconsole.model.macro import Actions
from agentconsole.store import conversations, journal, merging, messages, promises
from agentconsole.store.ledger import policies

_KEPT = ("state", "snoozed_until", "assignee", "team", "priority", "language", "opened_at")
_ESCALATION = ("escalated_to", "escalation_due_at")
_ALL = (*_KEPT, *_ESCALATION, "unread")


def join(doing: Doing, goes: Standing, stays: Standing) -> dict[str, Any]:
    """Move all of one conversation to another; answers what :func:`part` needs."""
    connection = doing.connection
    others = sorted(merging.followers(connection, [stays.number or 0]))
    followers = doing.hold_all(merging.followers(connection, [goes.number or 0]).values())
    own = merging.promises(connection, goes.id)
    detail: dict[str, Any] = {
        "into": stays.number,
        "goes": _fields(goes, _ALL),
        "stays": _fields(stays, _ALL),
        "followers": [follower.number for follower in followers],
        "others": others,
        "promises": [str(i) for i in own],
        "tags": sorted({*goes.tags} - {*stays.tags}),
    }
    merging.move(connection, goes.id, stays.id, [follower.id for follower in followers])
    _move_drafts(doing, goes, stays)
    promises.reassign(connection, own, stays.id)
    stays.tags = tuple(sorted({*stays.tags, *goes.tags}))
    for follower in followers:
        follower.merged_into = stays.number
    _hand_over(goes, stays)
    stays.promised_at, goes.promised_at = promises.earliest(connection, stays.id), None
    goes.merged_into = stays.number
    fold(doing, goes)
    detail["stands"] = fold(doing, stays)
    doing.touch(stays)
    standings.save(
        connection, doing.desk, [goes, stays, *followers], "merge"
    )  # the next one of this step sees who is merged
    detail["left"] = _fields(stays, _ALL)
    detail["after"] = messages.latest_seq(connection, stays.id)
    return detail


def part(
    doing: Doing, goes: Standing, stays: Standing, detail: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Move back what came from one conversation; what was changed in the other since stays as it is.

    :returns: what :func:`fold` has for the trail of each of the two.
    """
    connection = doing.connection
    there = merging.followers(connection, [stays.number or 0])
    back = [number for number in detail["followers"] if number in there]
    followers = doing.hold_all(there[number] for number in back)
    merging.give_back(connection, stays.id, goes.id, [follower.id for follower in followers])
    own = merging.promises_at(connection, [UUID(i) for i in detail["promises"]], stays.id)
    promises.reassign(connection, own, goes.id)
    goes.merged_into = None
    for follower in followers:
        follower.merged_into = goes.number
    stays.promised_at = promises.earliest(connection, stays.id)
    goes.promised_at = promises.earliest(connection, goes.id)
    if stays.approval_due_at is not None:
        went = [goes.id, *(follower.id for follower in followers)]
        goes.approval_due_at = awaiting.earliest(connection, doing.desk, goes, went)
        kept = {stays.id, *there.values()}.difference(went)
        stays.approval_due_at = awaiting.earliest(connection, doing.desk, stays, kept)
    since = {*there} - {*detail["others"], *back, goes.number}
    latest = detail["into"] == stays.number and not merging.by_a_merge(connection, [there[n] for n in since])
    escalated = all(_fields(stays, _ESCALATION)[name] == detail["left"][name] for name in _ESCALATION)
    read = stays.unread < detail["left"]["unread"]
    if latest:
        stays.tags = tuple(tag for tag in stays.tags if tag not in detail["tags"])
        _restore(stays, detail["stays"], detail["left"], messages.latest_seq(connection, stays.id) > detail["after"])
    stays.unread = stays.unread if read else max(0, stays.unread - detail["goes"]["unread"])
    was = detail["goes"] | ({"unread": 0} if read else {})
    was |= {} if escalated else dict.fromkeys(_ESCALATION)  # it was taken, or passed on, where it was merged into
    for name, value in was.items():
        setattr(goes, name, _value(name, value))
    if goes.state is State.RESOLVED and (goes.promised_at is not None or goes.approval_due_at is not None):
        goes.state = State.OPEN
    stand = fold(doing, goes), fold(doing, stays)
    standings.save(connection, doing.desk, [goes, stays, *followers], "merge")
    return stand


def unjoin(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``merged``, for :mod:`.undo`."""
    if "into" not in was:
        return ""
    goes, stays = hold_merged(doing, standing.id)
    if stays is None:
        return _("#{number} was changed again since.").format(number=standing.number)
    part(doing, goes, stays, was)
    doing.touch(stays)
    return ""


def rejoin(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``unmerged``. What it records belongs to no step: undoing again goes on further back."""
    if "into" not in was:
        return ""
    stays = doing.hold(int(was["into"]))
    if standing.merged_into is not None or stays.id == standing.id:
        return _("#{number} was changed again since.").format(number=standing.number)
    detail = join(doing, standing, stays)
    entry = journal.entry(standing.id, doing.now, doing.actor, "merged", **detail)
    told = journal.entry(stays.id, doing.now, doing.actor, "merged", number=standing.number)
    journal.record(doing.connection, [entry, told])
    return ""


def unsplit(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``split``: the message goes back, and so does what was written to the new conversation since.

    The new one, empty then, is merged into the old one, so that replies to it still arrive.
    """
    if "into" not in was:
        return ""
    old = doing.hold(int(was["into"]))
    if standing.merged_into is not None or old.id == standing.id:
        return _("#{number} was changed again since.").format(number=standing.number)
    before = _fields(old, (*_KEPT, "unread"))
    alone = merging.written(doing.connection, standing.id) == 1
    join(doing, standing, old)
    merging.move_message(doing.connection, UUID(was["message"]), old.id, _origin(doing.connection, old, was))
    if alone and (before["state"] != State.RESOLVED or (old.promised_at is None and old.approval_due_at is None)):
        for name, value in before.items():
            setattr(old, name, _value(name, value))
    return ""


def _origin(connection: Connection, holds: Standing, was: dict[str, Any]) -> UUID | None:
    """Where a message that goes back to ``holds`` came from: so that it goes along when that one is taken out again.

    :param was: of the entry ``split``: the conversation it was split from may be merged into ``holds`` since.
    """
    there = merging.followers(connection, [holds.number or 0])
    if was["came_from"] and UUID(was["came_from"]) in there.values():
        return UUID(was["came_from"])
    return there.get(int(was["into"]))


def hold_merged(doing: Doing, conversation_id: UUID) -> tuple[Standing, Standing | None]:
    """A merged conversation, and the one that has its messages (``None``: it is not merged)."""
    connection = doing.connection
    (row,) = conversations.by_ids(connection, [conversation_id])
    if row.merged_into is not None:  # all at once, in the order in which a merge takes them
        into = [found.id for found in conversations.by_numbers(connection, [row.merged_into])]
        doing.hold_all([row.id, *into, *merging.followers(connection, [row.merged_into]).values()])
    (goes,) = doing.hold_all([row.id])
    return goes, None if goes.merged_into is None else doing.hold(goes.merged_into)


def _hand_over(goes: Standing, stays: Standing) -> None:
    """What is not a message: whose it is, how much it matters, where it stands."""
    if stays.assignee is None:
        stays.assignee, stays.team = goes.assignee, stays.team or goes.team
    order = list(Priority)
    stays.priority = max(stays.priority, goes.priority, key=order.index)
    stays.language = stays.language or goes.language
    stays.opened_at = min(stays.opened_at, goes.opened_at)
    stays.unread, goes.unread = stays.unread + goes.unread, 0
    if State.OPEN in (stays.state, goes.state):
        stays.state, stays.snoozed_until = State.OPEN, None
    elif stays.state is State.RESOLVED:
        stays.state, stays.snoozed_until = goes.state, goes.snoozed_until
    if stays.escalated_to is None:
        stays.escalated_to, stays.escalation_due_at = goes.escalated_to, goes.escalation_due_at
    goes.escalated_to = goes.escalation_due_at = None
    due = [at for at in (stays.approval_due_at, goes.approval_due_at) if at is not None]
    stays.approval_due_at, goes.approval_due_at = min(due, default=None), None
    goes.state, goes.snoozed_until = State.RESOLVED, None


def _restore(standing: Standing, was: dict[str, Any], left: dict[str, Any], news: bool) -> None:
    """What a merge changed is as before it, unless it was changed since, or somebody wrote (its state then)."""
    now = _fields(standing, tuple(left))
    for names in ((name,) for name in ("assignee", "team", "priority", "language", "opened_at")):
        _back(standing, names, was, left, now)
    _back(standing, _ESCALATION, was, left, now)
    waits = (standing.promised_at, standing.escalated_to, standing.approval_due_at)
    resolvable = all(it is None for it in waits)
    if not news and (was["state"] != State.RESOLVED or resolvable):
        _back(standing, ("state", "snoozed_until"), was, left, now)


def _back(
    standing: Standing, names: tuple[str, ...], was: dict[str, Any], left: dict[str, Any], now: dict[str, Any]
) -> None:
    if all(now[name] == left[name] for name in names):
        for name in names:
            setattr(standing, name, _value(name, was[name]))


def fold(doing: Doing, standing: Standing) -> dict[str, Any]:
    """Clocks and excerpt of a conversation that messages came to or went from.

    :returns: for the trail, the state it was brought to where nothing there tells it: folded anew at any later time,
        its clocks change when they did, and not then.
    """
    traced = standings.refold(doing.connection, doing.desk, standing)
    shows(doing.connection, standing)
    after = messages.latest_seq(doing.connection, standing.id)
    return {} if traced else {"state": str(standing.state), "after": after}


def shows(connection: Connection, standing: Standing) -> None:
    """Its excerpt is what was written last, now that a message has come or gone."""
    standing.excerpt = " ".join(merging.latest_words(connection, standing.id)[: EXCERPT * 4].split())[:EXCERPT]


def _move_drafts(doing: Doing, goes: Standing, stays: Standing) -> None:
    """Unsent words go along; where their writer has some there too, they follow those.

    An agent's login has no right to colleagues' words: the database moves those.
    """
    connection = doing.connection
    has_login = connection.dialect.name != "sqlite" and policies.agent_of_login(connection) is not None
    there = {(d.agent, d.kind): d for d in journal.drafts(connection, conversation_id=stays.id)}
    for draft in journal.drafts(connection, conversation_id=goes.id):
        if has_login and draft.agent != doing.desk.agent.id:
            continue
        before = there.get((draft.agent, draft.kind))
        kept = _joined(before, draft) if before else draft
        journal.keep_draft(connection, stays.id, kept)
        journal.drop_draft(connection, goes.id, draft.agent, draft.kind)
    if has_login:
        journal.move_drafts(connection, goes.id, stays.id)


def _joined(first: Draft, second: Draft) -> Draft:
    texts = [text for text in (first.text, second.text) if text.strip()]
    try:
        actions = Actions.from_json(first.actions).merge(Actions.from_json(second.actions)).to_json()
    except ValueError:  # another program's
        actions = first.actions or second.actions
    return Draft(
        number=first.number,
        agent=first.agent,
        kind=first.kind,
        text="\n\n".join(texts),
        seen=min(first.seen, second.seen),
        updated_at=max(first.updated_at, second.updated_at),
        files=tuple(dict.fromkeys((*first.files, *second.files))),
        actions=actions,
    )


def _fields(standing: Standing, names: tuple[str, ...]) -> dict[str, Any]:
    """Fields of a standing, as JSON has them."""
    found = {name: getattr(standing, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()}


def _value(name: str, value: Any) -> Any:
    """What :func:`_fields` made JSON of."""
    if name == "state":
        return State(value)
    if name == "priority":
        return Priority(value)
    return datetime.fromisoformat(value) if value and name.endswith(("_at", "_until")) else value
