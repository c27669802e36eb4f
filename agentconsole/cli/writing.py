"""Verbs that change something: reply, note, assign, status, outbox."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, iso, line, table
from agentconsole.config import State
from agentconsole.desk import delivery, handling, replies, wording
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import number_of
from agentconsole.errors import UsageError
from agentconsole.i18n import _, duration
from agentconsole.store.outbox import Entry
from agentconsole.text import clean


def _words(options: argparse.Namespace) -> str:
    """The text to write: an argument, a file, or standard input."""
    if options.text is not None and options.file is not None:
        raise UsageError(_("Words twice: as an argument and from a file."), _("Give one of them."))
    try:
        words = _given(options)
        words.encode()  # an argument, and standard input in the C locale, let through what is not UTF-8
    except (OSError, UnicodeError) as error:
        raise UsageError(_("The words cannot be read: {error}.").format(error=error), _("Give UTF-8 text.")) from None
    return words


def _given(options: argparse.Namespace) -> str:
    if options.text is not None:
        return str(options.text)
    if options.file is not None:
        return str(options.file.read_text(encoding="utf-8"))
    if sys.stdin is None:  # closed
        return ""
    if sys.stdin.isatty():
        sys.stderr.write(_("Write, then end with ctrl+d.") + "\n")
    return sys.stdin.read()


def _state(name: str) -> State:
    if name not in set(State):
        raise UsageError(
            _("There is no state {name!r}.").format(name=name), _("Use one of: {names}.").format(names=", ".join(State))
        )
    return State(name)


def reply(options: argparse.Namespace) -> int:
    """``agentconsole reply ID [TEXT]``: queued in the outbox; a console or ``sync`` delivers it."""
    state = _state(options.status) if options.status else State.PENDING
    with opened(options) as desk:
        queued = replies.reply(
            desk, number_of(options.number), _words(options), seen=options.seen, state=state, attachments=options.attach
        )
        line(_("#{number}: reply queued ({key}).").format(number=queued.number, key=queued.key))
    return 0


def note(options: argparse.Namespace) -> int:
    """``agentconsole note ID [TEXT]``."""
    with opened(options) as desk:
        replies.note(desk, number_of(options.number), _words(options))
    return 0


def assign(options: argparse.Namespace) -> int:
    """``agentconsole assign ID WHO``."""
    with opened(options) as desk:
        number, to = number_of(options.number), options.to
        if to.startswith("team:"):
            row = handling.assign(desk, number, None, to.removeprefix("team:"))
        else:
            agent = None if to == "nobody" else desk.agent.id if to == "me" else to
            row = handling.assign(desk, number, agent)
        who = wording.assignee(row, desk) or _("nobody")
        line(_("#{number}: assigned to {who}.").format(number=row.number, who=who))
    return 0


def status(options: argparse.Namespace) -> int:
    """``agentconsole status ID STATE``."""
    state = _state(options.state)
    with opened(options) as desk:
        row = handling.set_state(desk, number_of(options.number), state)
        line(_("#{number}: {state}.").format(number=row.number, state=wording.state(row.state)))
    return 0


def outbox(options: argparse.Namespace) -> int:
    """``agentconsole outbox``: what is not known to be sent, and what to do about it."""
    with opened(options) as desk:
        for key, choose in (
            (options.again, delivery.again),
            (options.mark_sent, delivery.mark_sent),
            (options.give_up, delivery.give_up),
        ):
            if key:
                choose(desk, key)
                return 0
        entries = delivery.undelivered(desk)
        if options.json:
            for entry in entries:
                emit(
                    {
                        "key": entry.key,
                        "id": entry.number,
                        "channel": entry.channel,
                        "customer": entry.customer,
                        "state": entry.state,
                        "attempt": entry.attempt,
                        "queued_at": iso(entry.queued_at),
                        "not_before": iso(entry.not_before),
                        "error": entry.error,
                        "author": entry.author,
                        "text": entry.text,
                    }
                )
            return 0
        _print_outbox(desk, entries)
        if not entries:
            line(_("Nothing is waiting to be sent."))
    return 0


_BEGINNING = 40
"""Characters of a reply in the table of the outbox."""


def _print_outbox(desk: Desk, entries: Sequence[Entry]) -> None:
    """Number, state, channel, customer, age, beginning of the words, what went wrong if anything did, and the key."""
    now, failed = desk.now(), any(entry.error for entry in entries)
    rows = []
    for entry in entries:
        words = clean(entry.text, one_line=True, limit=_BEGINNING)
        cells = [f"#{entry.number}", wording.delivery(entry.state), wording.channel(desk, entry.channel)]
        cells += [entry.customer, duration((now - entry.queued_at).total_seconds()), words]
        rows.append([*cells, *([entry.error] if failed else []), entry.key])
    table(rows, flexible=-2)
