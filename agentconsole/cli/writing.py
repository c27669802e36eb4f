"""Verbs that write: reply, note, outbox."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta

from agentconsole.cli.handling import state_of
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, iso, line, table
from agentconsole.config import State
from agentconsole.desk import conversations, delivery, mentions, replies, wording
from agentconsole.desk.checks import findings
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import number_of
from agentconsole.errors import ConsoleError, UsageError
from agentconsole.i18n import _, duration
from agentconsole.store.outbox import Entry
from agentconsole.text import clean


def words_of(options: argparse.Namespace) -> str:
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


def reply(options: argparse.Namespace) -> int:
    """``agentconsole reply ID [TEXT] [--now]``: queued in the outbox; a console or ``sync`` delivers it."""
    state = state_of(options.status) if options.status else State.PENDING
    with opened(options) as desk:
        number, words = number_of(options.number), words_of(options)
        if words.strip():
            check_reply(desk, number, words, options)
        hold = timedelta(0) if options.now else desk.config.outbox.hold
        queued = replies.reply(
            desk, number, words, seen=options.seen, state=state, attachments=options.attach, hold=hold, drafted=False
        )
        line(_("#{number}: reply queued ({key}).").format(number=queued.number, key=queued.key))
        tell_held(desk, queued.key)
    return 0


def tell_held(desk: Desk, key: str) -> None:
    """When a reply goes, where it can be taken back until then."""
    held = next((entry for entry in delivery.undelivered(desk) if entry.key == key), None)
    if held is not None and delivery.is_held(held, desk.now()):
        line(_("It goes at {time}; `agentconsole undo` takes it back until then.").format(time=_goes(held, desk)))


def _goes(held: Entry, desk: Desk) -> str:
    """With its seconds."""
    return f"{held.not_before.astimezone(desk.config.zone):%H:%M:%S}"


def check_reply(desk: Desk, number: int, words: str, options: argparse.Namespace) -> None:
    """Refuse what must not be sent; say the rest on standard error, unless ``--no-check``.

    :raises ConsoleError: the first finding that blocks.
    """
    thread = conversations.open_thread(desk, number, 1)
    row, channel = thread.row, desk.config.channel(thread.row.channel)
    language = row.language or thread.customer.language
    found = findings(
        words, desk.config.checks, channel=channel, public=row.public, language=language, files=len(options.attach)
    )
    for finding in found:
        if finding.blocks:
            raise ConsoleError(finding.said, finding.explain)
        if not options.no_check:
            sys.stderr.write(f"{clean(finding.said, one_line=True, limit=2000)}\n")


def note(options: argparse.Namespace) -> int:
    """``agentconsole note ID [TEXT]``."""
    with opened(options) as desk:
        number, words = number_of(options.number), words_of(options)
        replies.note(desk, number, words, drafted=False)
        called = mentions.said(desk, words)
        line(f"#{number}: {called}." if called else _("#{number}: note saved.").format(number=number))
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
        held = delivery.is_held(entry, now)
        state = _("goes at {time}").format(time=_goes(entry, desk)) if held else wording.delivery(entry.state)
        cells = [f"#{entry.number}", state, wording.channel(desk, entry.channel)]
        cells += [entry.customer, duration((now - entry.queued_at).total_seconds()), words]
        rows.append([*cells, *([entry.error] if failed else []), entry.key])
    table(rows, flexible=-2)
