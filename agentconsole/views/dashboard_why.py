"""Why a view is late and what to do about it, told from the conversations behind a number and from the floor. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agentconsole.desk import wording, wording_people
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, duration, ngettext, number
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.floor import AgentLoad, Floor
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT

_TOLD = 3
"""Advisers and channels that are named; the others are counted."""
_ASKED = frozenset(("open", "late", "asleep", "due", "oldest", "agent_waiting"))
"""Figures of which it is asked why: those of what waits now."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What can be done: an action's id, and what it would come to."""

    action: str
    says: str


@dataclass(frozen=True, slots=True)
class Why:
    """Reasons in words, the weightiest first, and what can be done."""

    reasons: tuple[str, ...]
    advice: tuple[Advice, ...]


def why(rows: Sequence[ConversationRow], total: int, figure: str, floor: Floor, desk: Desk) -> Why | None:
    """What the rows have in common; ``None`` where it is not asked why, or nothing waits."""
    if figure not in _ASKED or not rows:
        return None
    loads = {one.id: one for one in floor.agents}
    able = (a for a in floor.agents if a.state == "here" and a.open < a.capacity and _serves(a, desk))
    free = sorted(able, key=lambda a: a.open - a.capacity)
    held = Counter(row.assignee for row in rows)
    idle = [(loads[who], count) for who, count in held.most_common() if who in loads and loads[who].state != "here"]
    reasons = [_holders(held, len(rows), loads, desk)]
    advice: list[Advice] = []
    paused = [load for load in floor.channels if load.paused and any(row.channel == load.id for row in rows)]
    for load in paused:
        name = steady(wording.medium(desk, load.id), one_line=True, limit=40)
        reasons.append(_("{channel} is paused: {who}.").format(channel=name, who=steady(load.paused, one_line=True)))
        advice.append(Advice("pause_channel", _("goes on with {channel}").format(channel=name)))
    reasons.append(_pace(floor))
    reasons.append(_room(free, floor, desk))
    known = [one for one in floor.incidents if one.state in ("raised", "confirmed")]
    if known:
        words = ", ".join(steady(word, one_line=True, limit=30) for word in known[0].words[:4])
        reasons.append(_("A burst goes on: {n} alike ({words}).").format(n=known[0].count, words=words))
    advice += _advice(held, idle, free, floor, desk)
    if total > len(rows):
        reasons.append(_("Told from the first {n} of {all}.").format(n=len(rows), all=number(total)))
    return Why(tuple(filter(None, reasons)), tuple(advice))


def _serves(one: AgentLoad, desk: Desk) -> bool:
    """Whoever asks looks after the floor, and is proposed only where they answer customers too."""
    return one.id != desk.agent.id or bool(one.open or one.handled)


def _name(desk: Desk, agent: str) -> str:
    return steady(desk.agent_name(agent), one_line=True, limit=40)


def _holders(held: Counter[str | None], count: int, loads: dict[str, AgentLoad], desk: Desk) -> str:
    """``12 of 20 nobody has; 5 Tom (away 30m), 3 Léa``."""
    parts = []
    nobody = held.get(None, 0)
    if nobody:
        parts.append(
            _("Nobody has any of them") if nobody == count else _("{n} of {all} nobody has").format(n=nobody, all=count)
        )
    with_somebody = [(who, n) for who, n in held.most_common() if who is not None]
    for who, n in with_somebody[:_TOLD]:
        load = loads.get(who)
        state = load.state if load else "gone"
        called = _name(desk, who) + (f" ({wording_people.state(state)})" if state != "here" else "")
        parts.append(_("{who} has {n}").format(who=called, n=n))
    others = len(with_somebody) - _TOLD
    if others > 0:
        parts.append(ngettext("{n} colleague has the rest", "{n} colleagues have the rest", others).format(n=others))
    return DOT.join(parts) + "."


def _pace(floor: Floor) -> str:
    cast = floor.forecast
    said = _("{arriving} an hour arrive, {handling} are handled").format(
        arriving=number(round(cast.arriving, 1)), handling=number(round(cast.handling, 1))
    )
    if cast.arriving > cast.handling:
        return _("{pace}: what waits grows.").format(pace=said)
    return f"{said}."


def _room(free: Sequence[AgentLoad], floor: Floor, desk: Desk) -> str:
    here = sum(one.state == "here" for one in floor.agents)
    said = ngettext("{n} adviser is here", "{n} advisers are here", here).format(n=here)
    if not free:
        return _("{here}, none with room for more.").format(here=said)
    named = ", ".join(f"{_name(desk, one.id)} ({one.capacity - one.open})" for one in free[:_TOLD])
    return _("{here}; with room: {names}.").format(here=said, names=named)


def _hours(count: int) -> str:
    said = ngettext(
        "adds hours: {n} will be open at closing time", "adds hours: {n} will be open at closing time", count
    )
    return said.format(n=count)


def _advice(
    held: Counter[str | None],
    idle: Sequence[tuple[AgentLoad, int]],
    free: Sequence[AgentLoad],
    floor: Floor,
    desk: Desk,
) -> list[Advice]:
    """Hand out what nobody works on; else more hands, more hours, or saying so."""
    found = []
    if free and (held.get(None) or idle):
        best = free[0]
        found.append(
            Advice(
                "assign",
                _("gives it, or the marked ones, to somebody, such as {who}, who has room for {n}").format(
                    who=_name(desk, best.id), n=best.capacity - best.open
                ),
            )
        )
    if held.get(None) or idle:
        found.append(Advice("priority", _("brings it, or the marked ones, forward")))
    away = [one for one, _count in idle if one.state == "away"]
    if away:
        since = away[0].since
        time = f" {duration((floor.at - since).total_seconds())}" if since is not None else ""
        found.append(
            Advice("message_floor", _("calls {who} back, away{time}").format(who=_name(desk, away[0].id), time=time))
        )
    else:
        found.append(Advice("message_floor", _("asks everybody to take from here first")))
    cast = floor.forecast
    if cast.at_closing is not None and cast.at_closing > cast.open:
        found.append(Advice("hours_today", _hours(cast.at_closing)))
    return found
