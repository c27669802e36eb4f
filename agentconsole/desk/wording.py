"""What the desk knows, put into words: the same on the screen and in line mode. Everything said is safe to show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentconsole import i18n
from agentconsole.config import ClockKind, ClockState, Priority, State
from agentconsole.config.values import say
from agentconsole.desk import clocks, rank
from agentconsole.desk.context import Desk
from agentconsole.desk.handling import TIMER
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
        ClockKind.ESCALATION: _("escalation to be taken by {at}"),
        ClockKind.PROMISE: _("promised for {at}"),
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
    if desk.config.agent_of(who) is None and desk.config.channel(who) is not None:
        return channel(desk, who)
    return clean(desk.agent_name(who), one_line=True)


def event(kind: str, detail: str, desk: Desk) -> str:
    """An entry of the audit trail in words: ``open → pending``, ``assigned to Léa Martin``; a later program's as it is.

    :param detail: JSON, as the entry has it.
    """
    facts = _facts(detail)
    if kind == "state" and facts.get("before") in set(State) and facts.get("state") in set(State):
        return f"{state(State(facts['before']))} → {state(State(facts['state']))}"
    if kind == "assigned" and "agent" in facts:
        return _("assigned to {who}").format(who=_holder(facts, desk))
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
    said = words.get(kind, clean(kind, one_line=True))
    why = facts.get("why") or facts.get("said") if kind in _WITH_REASON else ""
    return clean(f"{said}: {why}", one_line=True, limit=400) if why else said


_WITH_REASON = frozenset(("not_delivered", "bounced", "unknown"))
"""Entries that say why: the words of a server."""


def _facts(detail: str) -> dict[str, Any]:
    try:
        found = json.loads(detail)
    except ValueError:  # a desk that another program wrote to
        return {}
    return found if isinstance(found, dict) else {}


def _holder(facts: dict[str, Any], desk: Desk) -> str:
    """Whom a conversation was given to: the agent, the team where it is another one, or nobody."""
    agent, team_id = facts.get("agent"), facts.get("team")
    who: list[str] = [clean(desk.agent_name(str(agent)), one_line=True)] if agent else []
    if team_id and (not agent or team_id != facts.get("team_before")):
        who.append(_("team {name}").format(name=team(desk, str(team_id))))
    return ", ".join(who) or _("nobody")
