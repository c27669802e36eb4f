"""What a conversation looks like as one line, and why it is where it is, in words."""

from __future__ import annotations

from datetime import datetime

from agentconsole.config import ClockKind, Priority, State
from agentconsole.desk import wording
from agentconsole.desk.context import Desk
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut, fit, width

_MEDIUM_COLUMNS, CLOCK_COLUMNS = 8, 10


def clock_of(row: ConversationRow, desk: Desk, now: datetime, *, ticking: bool = False) -> tuple[str, str]:
    """The clock in words, and its state as a style; where none runs, the state of the conversation."""
    shown = wording.clock(row, desk, now)
    if shown is None:
        return (wording.state(row.state), "dim") if row.state is not State.OPEN else ("-", "dim")
    return shown.words(ticking=ticking), str(shown.state)


def due_words(row: ConversationRow, desk: Desk) -> str:
    """Which clock runs out first, and when: ``acknowledge due 09:12``; empty where none runs."""
    shown = wording.clock(row, desk, desk.now())
    return wording.due(shown.kind, shown.due_at, desk, desk.now()) if shown else ""


def also_words(row: ConversationRow, desk: Desk) -> str:
    """What is open beside the clock that runs out first: an escalation, a promise, a gesture."""
    now = desk.now()
    told = []
    if row.due_kind is not ClockKind.ESCALATION:
        told.append(wording.escalation(row, desk, now))
    if row.promised_at is not None and row.due_kind is not ClockKind.PROMISE:
        told.append(wording.due(ClockKind.PROMISE, row.promised_at, desk, now))
    if row.approval_due_at is not None and row.due_kind is not ClockKind.APPROVAL:
        told.append(wording.due(ClockKind.APPROVAL, row.approval_due_at, desk, now))
    return DOT.join(filter(None, told))


def back_words(row: ConversationRow, desk: Desk) -> str:
    """When a snoozed conversation comes back; empty for any other."""
    return wording.stands(row, desk, desk.now()) if row.state is State.SNOOZED else ""


def why_words(row: ConversationRow, desk: Desk) -> str:
    """The reasons of its place in words: ``acknowledge due 09:12 · VIP -30m``."""
    try:
        return DOT.join(steady(reason, one_line=True) for reason in wording.why(row, desk, desk.now()))
    except ValueError:  # a desk that another program wrote to
        return due_words(row, desk)


def medium_of(channel: str, desk: Desk) -> str:
    """What the channel is called in a narrow column."""
    return steady(wording.medium(desk, channel), one_line=True)


def delivery_words(state: str) -> tuple[str, str]:
    """What became of a reply, and the style to say it in: loud where somebody has to do something."""
    loud = state in ("failed", "unknown")
    words = wording.delivery(state)
    styles = {"queued": "dim", "sending": "due", "sent": "ok"}
    return (words.upper(), "late") if loud else (words, styles[state])


def initials(name: str) -> str:
    """Up to three initials of a name."""
    return "".join(part[0] for part in steady(name, one_line=True, limit=80).replace("-", " ").split()[:3]).upper()


def assignee_of(row: ConversationRow, desk: Desk) -> str:
    """Who has it, in five columns: ``me``, initials, or a team whose name fits; the thread's head says it in full."""
    if row.assignee == desk.agent.id:
        return _("me")
    if row.assignee:
        return cut(initials(desk.agent_name(row.assignee)), 5)
    team = steady(wording.team(desk, row.team), one_line=True) if row.team else ""
    return team if width(team) <= 5 else ""


def about(row: ConversationRow) -> tuple[str, str]:
    """Subject and beginning of the latest message; either may be empty."""
    return steady(row.subject, one_line=True, limit=200), steady(row.excerpt, one_line=True, limit=300)


def row_line(
    row: ConversationRow,
    columns: int,
    desk: Desk,
    clock: tuple[str, str],
    *,
    here: bool,
    ghost: bool,
    drafted: bool,
    marked: bool = False,
    present: str = "",
    clock_columns: int = CLOCK_COLUMNS,
) -> Line:
    """One line of a list: mark, clock, channel, customer, what about, who has it.

    :param clock: what :func:`clock_of` says, or other words in its place, in ``clock_columns`` and a blank.
    :param here: the cursor is on it; :param ghost: it has left the view; :param drafted: with unsent words of mine.
    :param marked: what is done to the marked ones is done to it. :param present: which colleague is on it.
    """
    words, style = clock
    subject, excerpt = about(row)
    customer_columns = 14 if columns < 70 else 18 if columns < 110 else 24
    number = f"#{row.number}" if columns >= 84 else ""
    who = assignee_of(row, desk)
    tail = f" {number:>8}" if number else ""
    room = columns - 2 - clock_columns - 1 - _MEDIUM_COLUMNS - 1 - customer_columns - 1 - 5 - width(tail)
    strong = " bold" if row.unread else ""
    if ghost:
        style, strong = "ghost", " ghost"
    known = ((present, present), (_("draft"), drafted), ("!", row.priority is Priority.URGENT))
    marks = [mark for mark, holds in known if holds]
    lead = "".join(f"{mark} " for mark in marks)
    title = cut(lead + (subject or excerpt), room)
    rest = cut(DOT + excerpt, room - width(title)) if subject and excerpt and room - width(title) > 6 else ""
    return [
        ("x>" if here and marked else "> " if here else "x " if marked else "  ", "accent bold"),
        (fit(words, clock_columns + 1), style),
        (fit(medium_of(row.channel, desk), _MEDIUM_COLUMNS + 1), "ghost" if ghost else "dim"),
        (fit(steady(row.customer, one_line=True, limit=80), customer_columns) + " ", strong.strip()),
        (title, strong.strip()),
        (fit(rest, room - width(title)) + " ", "ghost" if ghost else "dim"),
        (fit(who, 4), "accent" if row.assignee == desk.agent.id and not ghost else "dim"),
        (tail, "dim"),
    ]
