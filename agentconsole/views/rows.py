"""What a conversation looks like as one line, and why it is where it is, in words."""

from __future__ import annotations

from datetime import datetime

from agentconsole.config import Config, Priority, State
from agentconsole.config.values import say
from agentconsole.desk import clocks, rank
from agentconsole.desk.context import Desk
from agentconsole.i18n import N_, _, clock_words, language, moment, pgettext
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut, fit, width

PRIORITIES = {
    Priority.LOW: N_("low priority"),
    Priority.NORMAL: N_("normal priority"),
    Priority.HIGH: N_("high priority"),
    Priority.URGENT: N_("urgent"),
}
_MEDIUMS = {
    "app": N_("app"),
    "chat": N_("chat"),
    "facebook": "Facebook",
    "form": N_("form"),
    "forum": N_("forum"),
    "instagram": "Instagram",
    "mail": N_("mail"),
    "mastodon": "Mastodon",
    "matrix": "Matrix",
    "messenger": "Messenger",
    "phone": N_("phone"),
    "review": N_("review"),
    "sms": "SMS",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "x": "X",
}
_MEDIUM_COLUMNS, _CLOCK_COLUMNS = 8, 10


def state_words(state: State) -> str:
    """A conversation's state in a word."""
    return {
        State.OPEN: pgettext("state", "open"),
        State.PENDING: pgettext("state", "pending"),
        State.SNOOZED: pgettext("state", "snoozed"),
        State.RESOLVED: pgettext("state", "resolved"),
    }[state]


def _due_at(kind: str, at: str) -> str:
    """Which clock runs out when: ``acknowledge due 09:12``."""
    said = {
        "acknowledge": _("acknowledge due {at}"),
        "reply": _("reply due {at}"),
        "resolve": _("resolve due {at}"),
    }.get(kind, "{at}")
    return said.format(at=at)


def clock_of(row: ConversationRow, now: datetime, config: Config, *, ticking: bool = False) -> tuple[str, str]:
    """The clock in words, and its state as a style; where none runs, the state of the conversation."""
    if row.due_at is None:
        return (state_words(row.state), "dim") if row.state is not State.OPEN else ("-", "dim")
    state = clocks.state(row.due_at, now, config.due_within)
    return clock_words(state, clocks.seconds_left(row.due_at, now), ticking=ticking), str(state)


def due_words(row: ConversationRow, desk: Desk) -> str:
    """Which clock runs out first, and when: ``acknowledge due 09:12``."""
    if row.due_at is None or row.due_kind is None:
        return ""
    at = moment(row.due_at, desk.config.zone, desk.now(), time=True)
    return _due_at(row.due_kind, at)


def why_words(row: ConversationRow, desk: Desk) -> str:
    """The reasons of its place in words: ``acknowledge due 09:12 · VIP -30m``."""
    said = []
    try:
        reasons = rank.from_json(row.why)
    except ValueError:  # a desk that another program wrote to
        return due_words(row, desk)
    for reason in reasons:
        if reason.code is rank.ReasonCode.NO_CLOCK:
            said.append(_("no clock runs"))
        elif reason.code is rank.ReasonCode.BOOST:
            minutes = f"-{reason.minutes}m" if reason.minutes > 0 else f"+{-reason.minutes}m"
            said.append(f"{steady(say(dict(reason.label), language()), one_line=True)} {minutes}")
        elif reason.at:
            at = moment(reason.at, desk.config.zone, desk.now(), time=True)
            said.append(_due_at(reason.code, at))
    return DOT.join(said)


def medium_of(channel: str, desk: Desk) -> str:
    """What the channel is called in a narrow column."""
    medium = desk.medium(channel)
    return _(_MEDIUMS[medium]) if medium in _MEDIUMS else steady(medium, one_line=True)


def initials(name: str) -> str:
    """Up to three initials of a name."""
    return "".join(part[0] for part in steady(name, one_line=True, limit=80).replace("-", " ").split()[:3]).upper()


def assignee_of(row: ConversationRow, desk: Desk) -> str:
    """Who has it, in five columns at most: ``me``, initials, or a team's short name."""
    if row.assignee == desk.agent.id:
        return _("me")
    if row.assignee:
        return cut(initials(desk.agent_name(row.assignee)), 5)
    return cut(steady(row.team, one_line=True), 5) if row.team else ""


def about(row: ConversationRow) -> tuple[str, str]:
    """Subject and beginning of the latest message; either may be empty."""
    return steady(row.subject, one_line=True, limit=200), steady(row.excerpt, one_line=True, limit=300)


def row_line(
    row: ConversationRow, columns: int, desk: Desk, now: datetime, *, here: bool, ghost: bool, drafted: bool
) -> Line:
    """One line of a list: mark, clock, channel, customer, what about, who has it.

    :param here: the cursor is on it; :param ghost: it has left the view; :param drafted: with unsent words of mine.
    """
    words, style = clock_of(row, now, desk.config, ticking=here)
    subject, excerpt = about(row)
    customer_columns = 14 if columns < 70 else 18 if columns < 110 else 24
    number = f"#{row.number}" if columns >= 84 else ""
    who = assignee_of(row, desk)
    tail = f" {number:>8}" if number else ""
    room = columns - 2 - _CLOCK_COLUMNS - 1 - _MEDIUM_COLUMNS - 1 - customer_columns - 1 - 5 - width(tail)
    strong = " bold" if row.unread else ""
    if ghost:
        style, strong = "ghost", " ghost"
    marks = [mark for mark, holds in ((_("draft"), drafted), ("!", row.priority is Priority.URGENT)) if holds]
    lead = "".join(f"{mark} " for mark in marks)
    title = cut(lead + (subject or excerpt), room)
    rest = cut(DOT + excerpt, room - width(title)) if subject and excerpt and room - width(title) > 6 else ""
    return [
        ("> " if here else "  ", "accent bold"),
        (fit(words, _CLOCK_COLUMNS + 1), style),
        (fit(medium_of(row.channel, desk), _MEDIUM_COLUMNS + 1), "ghost" if ghost else "dim"),
        (fit(steady(row.customer, one_line=True, limit=80), customer_columns) + " ", strong.strip()),
        (title, strong.strip()),
        (fit(rest, room - width(title)) + " ", "ghost" if ghost else "dim"),
        (fit(who, 4), "accent" if row.assignee == desk.agent.id and not ghost else "dim"),
        (tail, "dim"),
    ]
