"""What the desk knows, put into words: the same on the screen and in line mode. Everything said is safe to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agentconsole import i18n
from agentconsole.config import ClockKind, ClockState, Priority, State
from agentconsole.config.values import say
from agentconsole.desk import clocks, rank
from agentconsole.desk.context import Desk
from agentconsole.desk.handling import TIMER
from agentconsole.i18n import N_, _, pgettext
from agentconsole.model.conversation import ConversationRow, Promise
from agentconsole.store.assigning import ASSIGNMENT
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
        ClockKind.ESCALATION: _("escalation to be taken by {at}"),
        ClockKind.PROMISE: _("promised for {at}"),
        ClockKind.APPROVAL: _("gesture due {at}"),
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
    agent = desk.agent_name(row.assignee) if row.assignee else ""
    return clean(" · ".join(part for part in (agent, team(desk, row.team or "")) if part), one_line=True)


def team(desk: Desk, team_id: str) -> str:
    """A team's name as people see it; the id of one that is not configured (any more)."""
    name = next((say(found.name, i18n.language()) for found in desk.config.teams if found.id == team_id), team_id)
    return clean(name, one_line=True)


def delivery(state: str) -> str:
    """The state of a reply in the outbox, in words."""
    return {
        "queued": pgettext("delivery", "queued"),
        "sending": pgettext("delivery", "sending"),
        "sent": pgettext("delivery", "sent"),
        "failed": pgettext("delivery", "not sent"),
        "unknown": pgettext("delivery", "may have been sent"),
    }[state]


def actor(desk: Desk, who: str) -> str:
    """Who did what the audit trail tells: an agent, a channel, or the desk itself."""
    if who == TIMER:
        return _("end of snooze")
    if who == ASSIGNMENT:
        return _("assignment")
    if desk.config.agent_of(who) is None and desk.config.channel(who) is not None:
        return channel(desk, who)
    return clean(desk.agent_name(who), one_line=True)


def at(moment: datetime, desk: Desk) -> str:
    """A moment as short as it can be told now: ``tomorrow 10:00``."""
    return i18n.moment(moment, desk.config.zone, desk.now(), time=True)


def promise(made: Promise, desk: Desk, now: datetime) -> Clean:
    """A promise and when it is due: ``tomorrow 10:00 call back``."""
    return clean(f"{i18n.moment(made.at, desk.config.zone, now, time=True)} {made.text}", one_line=True)


def promise_clock(made: Promise, desk: Desk, now: datetime) -> Shown:
    """How an open promise stands."""
    state = clocks.state(made.at, now, desk.config.due_within)
    return Shown(ClockKind.PROMISE, made.at, state, clocks.seconds_left(made.at, now))


def escalation(row: ConversationRow, desk: Desk, now: datetime) -> str:
    """Who has to take a conversation by when: ``escalated to Tom Reed, to be taken by 11:00``; empty for none."""
    if row.escalated_to is None or row.escalation_due_at is None:
        return ""
    at = i18n.moment(row.escalation_due_at, desk.config.zone, now, time=True)
    return _("escalated to {who}, to be taken by {at}").format(who=escalated_to(row.escalated_to, desk), at=at)


def escalated_to(to: str, desk: Desk) -> Clean:
    """Whom something was escalated to: an agent's name, or a team's.

    :param to: an agent's id, or ``team:ID``.
    """
    if to.startswith("team:"):
        return clean(_("team {name}").format(name=team(desk, to.removeprefix("team:"))), one_line=True)
    return clean(desk.agent_name(to), one_line=True)


def stands(row: ConversationRow, desk: Desk, now: datetime) -> str:
    """A conversation's state, with when a snoozed one comes back: ``snoozed until Tue 3 March 09:00``."""
    if row.state is not State.SNOOZED:
        return state(row.state)
    if row.snoozed_until is None:
        return _("snoozed until the customer writes")
    zone = desk.config.zone
    day = i18n.day_in_full(row.snoozed_until.astimezone(zone).date(), now.astimezone(zone).date())
    return _("snoozed until {when}").format(when=f"{day} {i18n.clock_time(row.snoozed_until, zone)}")
