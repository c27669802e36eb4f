"""What was done to the floor, in words: the trail of banners, messages, pauses, hours, incidents, reassigning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from agentconsole import i18n
from agentconsole.desk import wording
from agentconsole.desk.context import Desk
from agentconsole.desk.handling import TIMER
from agentconsole.desk.supervisor import must_supervise
from agentconsole.i18n import _, ngettext
from agentconsole.store import floor_trail as store
from agentconsole.store.floor_trail import FloorEvent

__all__ = ["FloorEvent", "trail", "who", "words"]


def trail(desk: Desk, limit: int = 200) -> list[FloorEvent]:
    """The latest entries, the newest first.

    :raises UsageError: not a supervisor.
    """
    must_supervise(desk)
    with desk.store.read() as connection:
        return store.latest(connection, limit)


def who(entry: FloorEvent, desk: Desk) -> str:
    """Who did it: an agent by name, or the desk by itself."""
    return _("by itself") if entry.actor == TIMER else desk.agent_name(entry.actor)


def words(entry: FloorEvent, desk: Desk) -> str:
    """An entry in words, without who and when; its kind where nothing is known of it. Foreign text is in it."""
    say = _SAID.get(entry.kind)
    try:
        return say(entry.detail, desk) if say else entry.kind
    except (KeyError, TypeError, ValueError):
        return entry.kind


def _with_reason(said: str, facts: dict[str, Any]) -> str:
    return f"{said}: {facts['reason']}" if facts.get("reason") else said


def _message(facts: dict[str, Any], desk: Desk) -> str:
    to = desk.agent_name(facts["to"]) if facts["to"] else _("everybody")
    return _("message to {who}: {text}").format(who=to, text=facts["text"])


def _hours(facts: dict[str, Any], _desk: Desk) -> str:
    day = i18n.date(date.fromisoformat(facts["day"]))
    if not facts["spans"]:
        return _with_reason(_("closed on {day}").format(day=day), facts)
    return _with_reason(_("hours of {day}: {spans}").format(day=day, spans=facts["spans"]), facts)


def _banner(facts: dict[str, Any], desk: Desk) -> str:
    if "until" not in facts:
        return _("banner: {text}").format(text=facts["text"])
    until = wording.at(datetime.fromisoformat(facts["until"]), desk)
    return _("banner until {until}: {text}").format(until=until, text=facts["text"])


def _reassigned(facts: dict[str, Any], desk: Desk) -> str:
    count = ngettext("{n} conversation", "{n} conversations", facts["count"]).format(n=i18n.number(facts["count"]))
    holder = [desk.agent_name(facts["to"])] if facts.get("to") else []
    holder += [wording.team(desk, facts["team"])] if facts.get("team") else []
    return _("{count} of {agent} given to {who}").format(
        count=count, agent=desk.agent_name(facts["agent"]), who=", ".join(holder) or _("nobody")
    )


def _incident(said: str, facts: dict[str, Any]) -> str:
    count = ngettext("{n} conversation", "{n} conversations", facts["count"]).format(n=i18n.number(facts["count"]))
    more = [part for part in (facts.get("macro"), facts.get("banner")) if part]
    return " · ".join([f"{said}: {', '.join(facts['words'])}", count, *more])


_Say = Callable[[dict[str, Any], Desk], str]
_SAID: dict[str, _Say] = {
    "banner": _banner,
    "banner_ended": lambda facts, _desk: _("banner ended: {text}").format(text=facts["text"]),
    "message": _message,
    "message_ended": lambda facts, _desk: _("message taken back: {text}").format(text=facts["text"]),
    "channel_paused": lambda facts, _desk: _with_reason(
        _("channel {channel} paused").format(channel=facts["channel"]), facts
    ),
    "channel_resumed": lambda facts, _desk: _("channel {channel} goes on").format(channel=facts["channel"]),
    "hours": _hours,
    "hours_dropped": lambda facts, _desk: _("hours of {day} as configured again").format(
        day=i18n.date(date.fromisoformat(facts["day"]))
    ),
    "reassigned": _reassigned,
    "incident_raised": lambda facts, _desk: _incident(_("signal"), facts),
    "incident_confirmed": lambda facts, _desk: _incident(_("incident confirmed"), facts),
    "incident_dismissed": lambda facts, _desk: _incident(_("signal dismissed"), facts),
    "incident_ended": lambda facts, _desk: _incident(_("incident ended"), facts),
}
