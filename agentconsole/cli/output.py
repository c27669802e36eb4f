"""What line mode prints: JSON with stable names, or plain lines that are safe in any terminal."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from agentconsole.config import State
from agentconsole.desk import wording
from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow, Message, Promise, Thread
from agentconsole.model.customer import Customer
from agentconsole.text import clean


def emit(item: Any) -> None:
    """One JSON object on a line of its own; what a terminal would act on is escaped by JSON itself."""
    sys.stdout.write(json.dumps(item, ensure_ascii=not _takes_unicode()).translate(_ACTIVE) + "\n")


_ACTIVE = {code: f"\\u{code:04x}" for code in (0x7F, *range(0x80, 0xA0), 0x2028, 0x2029)}
"""What JSON lets through although terminals, or readers of lines, act on it."""


def _takes_unicode() -> bool:
    """Into a file or a pipe text goes as it is; a terminal gets only what cannot disturb it."""
    return not sys.stdout.isatty() and (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def line(text: str = "") -> None:
    """Plain text, foreign too, as it was written: its line breaks stay."""
    sys.stdout.write(f"{clean(text, limit=None)}\n")


def heading(text: str) -> None:
    """One plain line and no more, whatever is in it."""
    sys.stdout.write(f"{clean(text, one_line=True, limit=None)}\n")


def table(rows: Sequence[Sequence[str]], flexible: int | None = None) -> None:
    """Aligned columns; on a terminal the ``flexible`` column is cut so that rows fit."""
    cells = [[str(clean(cell, one_line=True)) for cell in row] for row in rows]
    if not cells:
        return
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    if flexible is not None and sys.stdout.isatty():
        room = shutil.get_terminal_size().columns - sum(widths) - 2 * (len(widths) - 1) + widths[flexible]
        widths[flexible] = max(8, min(widths[flexible], room))
    for row in cells:
        shown = [_fit(cell, width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join(shown).rstrip() + "\n")


def _fit(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


def iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second, with ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def row_fields(row: ConversationRow, desk: Desk, now: datetime) -> dict[str, Any]:
    """A list row, as ``--json`` has it. docs/line-mode.md documents every name."""
    shown = wording.clock(row, desk, now)
    return {
        "id": row.number,
        "channel": row.channel,
        "customer": row.customer,
        "subject": row.subject,
        "state": str(row.state),
        "assignee": row.assignee,
        "team": row.team,
        "priority": str(row.priority),
        "language": row.language,
        "unread": row.unread,
        "updated_at": iso(row.updated_at),
        "snoozed_until": iso(row.snoozed_until),
        "promised_at": iso(row.promised_at),
        "escalated_to": row.escalated_to,
        "escalation_due_at": iso(row.escalation_due_at),
        "approval_due_at": iso(row.approval_due_at),
        "clock": {
            "kind": str(shown.kind),
            "due_at": iso(shown.due_at),
            "state": str(shown.state),
            "seconds": shown.seconds,
        }
        if shown
        else None,
        "rank": iso(row.rank),
        "why": wording.why(row, desk, now),
    }


def row_cells(row: ConversationRow, desk: Desk, now: datetime) -> list[str]:
    """A list row, as people read it."""
    shown = wording.clock(row, desk, now)
    stands = wording.stands(row, desk, now)
    clock = shown.words() if shown else stands
    if shown and row.state is State.SNOOZED:
        clock = f"{clock}, {stands}"
    return [f"#{row.number}", clock, wording.channel(desk, row.channel), row.customer, row.subject or row.excerpt]


def thread_fields(thread: Thread, desk: Desk, now: datetime) -> dict[str, Any]:
    """A conversation, as ``show --json`` has it."""
    return row_fields(thread.row, desk, now) | {
        "tags": list(thread.tags),
        "seen": thread.seen,
        "earlier": thread.earlier,
        **{name: value for name, value in customer_fields(thread.customer).items() if name in _OF_CUSTOMER},
        "messages": [message_fields(message) for message in thread.messages],
        "promises": [promise_fields(made, desk, now) for made in thread.promises],
        "history": [other.number for other in thread.history],
        "drafts": [
            {"agent": d.agent, "kind": str(d.kind), "text": d.text, "updated_at": iso(d.updated_at)}
            for d in thread.drafts
        ],
        "present": [{"agent": p.agent, "doing": p.doing} for p in thread.present],
        "merged": list(thread.merged),
    }


_OF_CUSTOMER = ("customer_id", "identities", "notes", "consents", "linked", "birthday")
"""What a thread has of its customer."""


def customer_fields(one: Customer) -> dict[str, Any]:
    """A customer of ``customer show --json``."""
    return {
        "customer_id": str(one.id),
        "name": one.name,
        "language": one.language,
        "since": iso(one.since),
        "tags": list(one.tags),
        "identities": [{"kind": i.kind, "value": i.value} for i in one.identities],
        "notes": [{"at": iso(n.at), "author": n.author, "text": n.text} for n in one.notes],
        "consents": [
            {"purpose": c.purpose, "given": c.given, "at": iso(c.at), "source": c.source, "author": c.author}
            for c in one.consents
        ],
        "linked": [str(other) for other in one.linked],
        "birthday": one.birthday or None,
    }


def promise_fields(made: Promise, desk: Desk, now: datetime) -> dict[str, Any]:
    """An open promise of ``promises --json`` and ``show --json``."""
    shown = wording.promise_clock(made, desk, now)
    return {
        "promise": str(made.id),
        "id": made.number,
        "at": iso(made.at),
        "text": made.text,
        "author": made.author,
        "made_at": iso(made.made_at),
        "state": str(shown.state),
        "seconds": shown.seconds,
    }


def message_fields(message: Message) -> dict[str, Any]:
    """A message of ``show --json``."""
    return {
        "seq": message.seq,
        "direction": str(message.direction),
        "kind": str(message.kind),
        "channel": message.channel,
        "author": message.author,
        "author_name": message.author_name,
        "at": iso(message.at),
        "subject": message.subject,
        "text": message.text,
        "quoted": message.quoted,
        "signature": message.signature,
        "attachments": [{"name": a.name, "type": a.media_type, "size": a.size} for a in message.attachments],
        "warnings": list(message.warnings),
        "delivery": {"state": message.delivery.state, "error": message.delivery.error} if message.delivery else None,
    }
