"""What the desk knows, put into words: the same on the screen and in line mode. Everything said is safe to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agentconsole import i18n
from agentconsole.config import ClockKind, ClockState, Priority, State
from agentconsole.config.values import say
from agentconsole.desk import clocks, rank
from agentconsole.desk.context import Desk
from agentconsole.i18n import N_, _, pgettext
from agentconsole.model.conversation import ConversationRow
from agentconsole.text import Clean, clean

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


@dataclass(frozen=True, slots=True)
class Shown:
    """A conversation's next clock: which, how it stands, whole seconds left (negative: late)."""

    kind: ClockKind
    due_at: datetime
    state: ClockState
    seconds: int

    def words(self, *, ticking: bool = False) -> str:
        """``LATE 12m``, ``DUE 8m``, ``OK 3h``."""
        return i18n.clock_words(str(self.state), self.seconds, ticking=ticking)


def clock(row: ConversationRow, desk: Desk, now: datetime) -> Shown | None:
    """How a conversation's next clock stands; ``None`` where none runs."""
    if row.due_at is None or row.due_kind is None:
        return None
    state = clocks.state(row.due_at, now, desk.config.due_within)
    return Shown(row.due_kind, row.due_at, state, clocks.seconds_left(row.due_at, now))


def why(row: ConversationRow, desk: Desk, now: datetime) -> list[str]:
    """Why a conversation is where it is: ``acknowledge due 09:12``, ``VIP -30m``."""
    return [_reason(reason, desk, now) for reason in rank.from_json(row.why)]


def _reason(reason: rank.Reason, desk: Desk, now: datetime) -> str:
    if reason.code is rank.ReasonCode.BOOST:
        label = clean(say(dict(reason.label), i18n.language()), one_line=True)
        return f"{label} {'-' if reason.minutes >= 0 else '+'}{abs(reason.minutes)}m"
    if reason.at is None:
        return _("no clock runs")
    return due(ClockKind(str(reason.code)), reason.at, desk, now)


def due(kind: ClockKind, at: datetime, desk: Desk, now: datetime) -> str:
    """Which clock runs out when: ``acknowledge due 09:12``."""
    said = {
        ClockKind.ACKNOWLEDGE: _("acknowledge due {at}"),
        ClockKind.REPLY: _("reply due {at}"),
        ClockKind.RESOLVE: _("resolve due {at}"),
    }[kind]
    return said.format(at=i18n.moment(at, desk.config.zone, now, time=True))


def state(value: State) -> str:
    """A conversation's state in a word."""
    return {
        State.OPEN: pgettext("state", "open"),
        State.PENDING: pgettext("state", "pending"),
        State.SNOOZED: pgettext("state", "snoozed"),
        State.RESOLVED: pgettext("state", "resolved"),
    }[value]


def priority(value: Priority) -> str:
    """A priority in words."""
    return {
        Priority.LOW: _("low priority"),
        Priority.NORMAL: _("normal priority"),
        Priority.HIGH: _("high priority"),
        Priority.URGENT: _("urgent"),
    }[value]


def medium(desk: Desk, channel_id: str) -> str:
    """What a channel's customers use, as short as a column wants it."""
    found = desk.medium(channel_id)
    return _(_MEDIUMS[found]) if found in _MEDIUMS else clean(found, one_line=True)


def channel(desk: Desk, channel_id: str) -> str:
    """A channel's name as people see it; its medium where it has none."""
    found = desk.config.channel(channel_id)
    name = say(found.name, i18n.language()) if found and found.name else ""
    return clean(name, one_line=True) if name else medium(desk, channel_id)


def assignee(row: ConversationRow, desk: Desk) -> Clean:
    """Who has a conversation: agent, team, both, or nothing."""
    team = next((say(t.name, i18n.language()) for t in desk.config.teams if t.id == row.team), row.team or "")
    agent = desk.agent_name(row.assignee) if row.assignee else ""
    return clean(" · ".join(part for part in (agent, team) if part), one_line=True)


def delivery(state: str) -> str:
    """The state of a reply in the outbox, in words."""
    return {
        "queued": pgettext("delivery", "queued"),
        "sending": pgettext("delivery", "sending"),
        "sent": pgettext("delivery", "sent"),
        "failed": pgettext("delivery", "not sent"),
        "unknown": pgettext("delivery", "may have been sent"),
    }[state]


def event(kind: str) -> str:
    """A kind of entry of the audit trail, in words; one of a later program as it is."""
    words = {
        "opened": _("opened"),
        "replied": _("replied"),
        "noted": _("wrote a note"),
        "assigned": _("assigned"),
        "state": _("changed the state"),
        "sent": _("delivered"),
        "unknown": _("no clear answer: may have been sent"),
        "not_delivered": _("could not be delivered"),
        "bounced": _("came back"),
        "answered_elsewhere": _("answered from another program"),
        "sent_again": _("sent again"),
        "marked_sent": _("marked as sent"),
        "given_up": _("given up"),
        "found_sent": _("found among sent mail"),
        "found_unsent": _("found not to have been sent"),
    }
    return words.get(kind, clean(kind, one_line=True))
