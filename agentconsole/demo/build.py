"""Building the demo desk: the stories of :mod:`agentconsole.demo.world`, stored as if they had happened here."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.channels.base import settings_model
from agentconsole.config import FILE_NAME, State, load
from agentconsole.demo.channel import remember
from agentconsole.demo.config import demo_config
from agentconsole.demo.extras import Extras
from agentconsole.demo.gestures import Told, birthday, give
from agentconsole.demo.past import pretend
from agentconsole.demo.team import begin_work, call
from agentconsole.demo.world import Line, Story, raw_of, stories
from agentconsole.desk import mentions, spotting
from agentconsole.desk import standing as standings
from agentconsole.desk.clocks import Event
from agentconsole.desk.context import Desk, utc_now, who_am_i
from agentconsole.desk.housekeeping import follow_policy
from agentconsole.desk.standing import Cause, Standing
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.customer import identity_kind
from agentconsole.model.ids import new_id
from agentconsole.model.message import Direction, MessageKind
from agentconsole.store import conversations, customers, flow, journal, messages, promises
from agentconsole.store import mentions as called_for
from agentconsole.store.opening import open_desk

MARK = "demo.json"
"""Says that a folder holds a demo desk, and which; written last, so that half a desk is never taken for one."""
_BATCH = 250
_LIVELY = 200
"""So many conversations make a desk with colleagues at work, and with a trouble that is found: it takes a past."""

Progress = Callable[[int, int], None]


def build(
    folder: Path,
    *,
    size: int,
    seed: int,
    still: bool,
    agent: str | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Path:
    """Make the demo desk in a folder, or find it there as it was left.

    :param size: conversations; those of the trouble of the day come on top.
    :param seed: the same seed and size make the same desk, as of ``now`` (UTC).
    :param still: no live traffic.
    :param progress: called with (stories done, of how many).
    :returns: the path of its agentconsole.toml.
    :raises UsageError: the folder holds another demo desk, or something else.
    """
    config_path, mark = folder / FILE_NAME, folder / MARK
    wanted = {"size": size, "seed": seed}
    if mark.is_file():
        if json.loads(mark.read_text("utf-8")) != wanted:
            raise UsageError(
                _("{folder} holds a demo desk of another size or seed.").format(folder=folder),
                _("Give another --dir, or the same --size and --seed."),
            )
        return config_path
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(_("{folder} is not empty.").format(folder=folder), _("Give --dir a new folder."))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config_path.write_text(demo_config(seed=seed, still=still, agent=agent), encoding="utf-8")
    config = load(config_path, settings_model)
    store = open_desk(config.desk, folder)
    try:
        moment = now or utc_now()
        desk = Desk(store, config, who_am_i(config, agent), folder, lambda: moment)
        told = sorted(stories(seed, size, moment, troubled=size >= _LIVELY), key=lambda story: story.lines[0].at)
        if size >= _LIVELY:
            told = call(told, desk.agent.id, moment)
        stored = _store(desk, told, progress or _quiet)
        give(desk, stored)
        pretend(desk)
        if not still:
            remember(folder, told)
        follow_policy(desk)
        if size >= _LIVELY:
            begin_work(desk, stored)
            spotting.keep(desk)
    finally:
        store.close()
    mark.write_text(json.dumps(wanted), encoding="utf-8")
    return config_path


def show_progress(done: int, total: int) -> None:
    """A bar on standard error, where that is a terminal."""
    if sys.stderr.isatty():
        width = 30
        filled = width * done // max(total, 1)
        ends = "\r\x1b[K" if done >= total else ""
        bar = "#" * filled + "." * (width - filled)
        sys.stderr.write(f"\r{_('Building the demo desk')} [{bar}] {done}/{total}{ends}")
        sys.stderr.flush()


def _quiet(done: int, total: int) -> None:
    del done, total


@dataclass(slots=True)
class _Batch:
    extras: Extras
    told: list[Told] = field(default_factory=list)
    customers: list[dict[str, Any]] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)
    customer_tags: list[tuple[UUID, str]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    tags: list[tuple[UUID, str]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    originals: list[tuple[UUID, bytes]] = field(default_factory=list)
    files: list[tuple[UUID, Any]] = field(default_factory=list)
    events: list[tuple[UUID | None, dict[str, Any]]] = field(default_factory=list)
    flow: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[tuple[UUID, Line, tuple[str, ...]]] = field(default_factory=list)


def _store(desk: Desk, told: list[Story], progress: Progress) -> list[Told]:
    stored: list[Told] = []
    known: dict[str, UUID] = {}
    extras = Extras.chosen(desk, told)
    waiting, done = iter(told), 0
    while some := list(islice(waiting, _BATCH)):
        batch = _Batch(extras)
        for story in some:
            _tell(desk, story, known, batch)
        with desk.store.write() as connection:
            _write(connection, desk, batch)
        stored += batch.told
        done += len(some)
        progress(done, len(told))
    return stored


def _write(connection: Connection, desk: Desk, batch: _Batch) -> None:
    customers.add(connection, batch.customers, batch.identities)
    customers.add_tags(connection, batch.customer_tags)
    more = batch.extras.rows
    customers.add_notes(connection, [*batch.notes, *more["notes"]])
    customers.add_consents(connection, more["consents"])
    standings.save(connection, desk, batch.standings, "customer")
    flow.record(connection, sorted(batch.flow, key=itemgetter("at")))
    for conversation_id, made in batch.extras.promises:
        promises.add(connection, conversation_id, made)
    for rows in (more["notes"], more["consents"], batch.extras.promises):
        rows.clear()
    conversations.add_tags(connection, batch.tags)
    seqs = messages.add(connection, batch.messages)
    for note_id, line, called in batch.mentions:
        called_for.add(connection, note_id, line.author, called, line.at)
    messages.keep_originals(desk.store, connection, batch.originals)
    messages.keep_attachments(desk.store, connection, batch.files)
    for after, event in batch.events:
        if after is not None:
            event["detail"] = json.dumps(json.loads(event["detail"]) | {"after": seqs[after]})
    journal.record(connection, [event for _, event in batch.events])


def _customer(desk: Desk, story: Story, known: dict[str, UUID], batch: _Batch) -> UUID:
    person, first, key = story.person, story.lines[0].at, batch.extras.known_as(story)
    if key in known:
        return known[key]
    customer_id = known[key] = new_id()
    since = min(first, datetime(person.since.year, person.since.month, person.since.day, 9, tzinfo=first.tzinfo))
    row = {"id": customer_id, "name": person.name, "language": person.language, "since": since}
    batch.customers.append(row | {"birthday": birthday(key, desk.now())})
    batch.extras.learn(customer_id, person, key, since, desk.now())
    if person.note:
        note = {"id": new_id(), "customer_id": customer_id, "at": since, "author": "", "text": person.note}
        batch.notes.append(note)
    for kind, value, name in batch.extras.identities(person, key):
        identity = {"kind": identity_kind(kind), "value": value, "name": name}
        batch.identities.append(identity | {"customer_id": customer_id, "since": since})
    batch.customer_tags += [(customer_id, tag) for tag in person.tags]
    return customer_id


def _tell(desk: Desk, story: Story, known: dict[str, UUID], batch: _Batch) -> None:
    """One story, line by line, through the same decisions that live messages take."""
    first = story.lines[0]
    channel = desk.config.channel(story.channel)
    standing = Standing(
        id=new_id(),
        customer_id=_customer(desk, story, known, batch),
        channel=story.channel,
        subject=story.subject,
        excerpt="",
        state=State.OPEN,
        opened_at=first.at,
        updated_at=first.at,
        public=bool(channel and channel.public),
        assignee=story.assignee,
        team=story.team,
        priority=story.priority,
        language=story.language,
        customer_tags=story.person.tags,
        tags=story.tags,
    )
    batch.events.append((None, journal.entry(standing.id, first.at, story.channel, "opened")))
    message_id = None
    for index, line in enumerate(story.lines):
        message_id = _line(desk, story, standing, index, batch)
        if line.who is Direction.OUT:
            _becomes(desk, standing, State.PENDING, line.at, line.author, message_id, batch)
    last = story.lines[-1].at
    if standing.state is not story.state:
        at = story.resolved_at if story.state is State.RESOLVED and story.resolved_at else last
        who = story.assignee or desk.agent.id
        _becomes(desk, standing, story.state, at, who, message_id, batch)
    if story.state is State.SNOOZED:
        standing.snoozed_until = story.snoozed_until
    if story.state is State.RESOLVED or story.assignee:
        standing.unread = min(standing.unread, 0 if story.state is not State.OPEN else 1)
    entries, notes = batch.extras.happen(desk, story, standing)
    batch.events += [(None, entry) for entry in entries]
    batch.messages += notes
    batch.standings.append(standing)
    batch.told.append(Told(story, standing.id, standing.customer_id))
    batch.tags += [(standing.id, tag) for tag in story.tags]


def _line(desk: Desk, story: Story, standing: Standing, index: int, batch: _Batch) -> UUID:
    line = story.lines[index]
    message_id = new_id()
    if line.kind is MessageKind.MESSAGE and line.who is Direction.IN:
        standing.happens(desk, Event.CUSTOMER, line.at, f"{line.subject}\n{line.text}")
        _flows(standing, "customer", None, line.at, batch)
    elif line.who is Direction.OUT:
        standing.happens(desk, Event.ANSWER, line.at)
        standing.unread = 0
        batch.events.append((None, journal.entry(standing.id, line.at, line.author, "replied", key=line.external_id)))
    elif line.who is Direction.NOTE:
        batch.events.append((None, journal.entry(standing.id, line.at, line.author, "noted")))
        batch.mentions.append((message_id, line, mentions.mentioned(line.text, desk.config)))
    if line.who is not Direction.NOTE:
        standing.shows(line.text or line.subject, line.at)
        batch.originals.append((message_id, raw_of(story, index)))
    batch.messages.append(_row(desk, story, standing, line, message_id))
    if line.attachments:
        batch.files.append((message_id, line.attachments))
    return message_id


def _row(desk: Desk, story: Story, standing: Standing, line: Line, message_id: UUID) -> dict[str, Any]:
    inbound = line.who is Direction.IN
    return {
        "id": message_id,
        "conversation_id": standing.id,
        "direction": str(line.who),
        "kind": str(line.kind),
        "channel": story.channel,
        "external_id": line.external_id or None,
        "author": story.address.value if inbound else line.author,
        "author_name": line.author if inbound else desk.agent_name(line.author),
        "at": line.at,
        "subject": line.subject,
        "text": line.text,
        "quoted": line.quoted,
        "signature": line.signature,
        "public": standing.public and line.who is not Direction.NOTE,
        "warnings": "",
    }


def _becomes(
    desk: Desk, standing: Standing, state: State, at: datetime, who: str, after: UUID | None, batch: _Batch
) -> None:
    if standing.state is state:
        return
    entry = journal.entry(standing.id, at, who, "state", state=str(state), before=str(standing.state), after=0)
    standing.happens(desk, Event(state.value), at)
    _flows(standing, "agent", who, at, batch)
    batch.events.append((after, entry))


def _flows(standing: Standing, cause: Cause, who: str | None, at: datetime, batch: _Batch) -> None:
    """What the desk would have logged at that moment, had it been there."""
    if standing.moved:
        batch.flow.append(standings.flow_row(standing, cause, who, at))
    standing.stored = standing.state
