"""Why a view is late and what to do about it, told from the conversations behind a number and from the floor. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agentconsole.config import ClockKind
from agentconsole.desk import wording, wording_people
from agentconsole.desk.behind import Behind
from agentconsole.desk.context import Desk
from agentconsole.desk.hours import Calendar
from agentconsole.i18n import _, moment, ngettext, number, pgettext
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.floor import AgentLoad, Floor, Incident
from agentconsole.views.dashboard_cures import Advice, Scene, cures, name_of, room_of
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT

_TOLD = 3
"""Advisers, channels and clocks that are named; the others are counted."""
_ASKED = frozenset(("open", "late", "asleep", "due", "oldest", "agent_waiting", "incident"))
"""Figures of which it is asked why: those of what waits now."""
_GOOD_PART = 0.15
"""The share of the rows from which on an incident is a reason."""


@dataclass(frozen=True, slots=True)
class Why:
    """Reasons in words, the weightiest first, and what can be done."""

    reasons: tuple[str, ...]
    advice: tuple[Advice, ...]


def why(found: Behind, figure: str, floor: Floor, desk: Desk) -> Why | None:
    """What the rows have in common; ``None`` where it is not asked why, or nothing waits."""
    rows = found.rows
    if figure not in _ASKED or not rows:
        return None
    loads = {one.id: one for one in floor.agents}
    held = Counter(row.assignee for row in rows)
    scene = Scene(figure, rows, held, loads, _free(floor, desk), _incident(found, figure, floor), floor, desk)
    reasons = [
        _known(scene.incident, found, figure, desk),
        _holders(held, len(rows), loads, desk),
        _run_out(rows, figure, floor),
        _escalated(rows, desk),
        *_paused(scene),
        _closed(floor, desk),
        _pace(floor) if figure != "incident" else "",
        _room(scene),
    ]
    if found.total > len(rows):
        reasons.append(_("Told from the first {n} of {all}.").format(n=len(rows), all=number(found.total)))
    return Why(tuple(filter(None, reasons)), tuple(cures(scene)))


def _free(floor: Floor, desk: Desk) -> list[AgentLoad]:
    """Who is here and has room, those with most first; whom nothing bounds, and who answers customers, last."""
    able = [(one, room_of(one, desk)) for one in floor.agents if one.state == "here" and _serves(one, desk)]
    found = [(one, room) for one, room in able if room is None or room > 0]
    return [one for one, room in sorted(found, key=lambda pair: (pair[1] is None, -(pair[1] or 0)))]


def _serves(one: AgentLoad, desk: Desk) -> bool:
    """Whoever asks looks after the floor, and is proposed only where they answer customers too."""
    return one.id != desk.agent.id or bool(one.open or one.handled)


def _incident(found: Behind, figure: str, floor: Floor) -> tuple[Incident, int] | None:
    """The incident that a good part of the rows belong to, and how many do."""
    going = {one.id: one for one in floor.incidents if one.state in ("raised", "confirmed")}
    of = next(((going[which], count) for which, count in found.incidents.items() if which in going), None)
    return of if of is not None and (figure == "incident" or of[1] >= _GOOD_PART * len(found.rows)) else None


def _known(incident: tuple[Incident, int] | None, found: Behind, figure: str, desk: Desk) -> str:
    if incident is None:
        return ""
    one, count = incident
    words = ", ".join(steady(word, one_line=True, limit=30) for word in one.words[:3])
    if figure == "incident":
        by = Counter(
            DOT.join(filter(None, (steady(wording.medium(desk, row.channel), one_line=True), row.language)))
            for row in found.rows
        )
        parts = ", ".join(f"{name} {n}" for name, n in by.most_common(_TOLD * 2))
        told = [_("Usually {n} an hour.").format(n=number(round(one.usual, 1)))] if one.usual >= 0.05 else []
        return " ".join([*told, _("By channel and language: {parts}.").format(parts=parts)])
    said = (
        _("{n} of {all} are the known incident {words}.")
        if one.state == "confirmed"
        else _("{n} of {all} are the possible incident {words}.")
    )
    return said.format(n=count, all=len(found.rows), words=words)


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
        called = name_of(desk, who) + (f" ({wording_people.state(state)})" if state != "here" else "")
        parts.append(_("{who} has {n}").format(who=called, n=n))
    others = len(with_somebody) - _TOLD
    if others > 0:
        parts.append(ngettext("{n} colleague has the rest", "{n} colleagues have the rest", others).format(n=others))
    return DOT.join(parts) + "."


def _clock(kind: ClockKind) -> str:
    return {
        ClockKind.ACKNOWLEDGE: pgettext("clock", "acknowledge"),
        ClockKind.REPLY: pgettext("clock", "reply"),
        ClockKind.RESOLVE: pgettext("clock", "resolve"),
        ClockKind.ESCALATION: pgettext("clock", "escalation"),
        ClockKind.PROMISE: pgettext("clock", "promise"),
        ClockKind.APPROVAL: pgettext("clock", "gesture"),
    }[kind]


def _run_out(rows: Sequence[ConversationRow], figure: str, floor: Floor) -> str:
    """Which clocks have run out, or are about to, most frequent first: ``4 acknowledge · 1 reply``."""
    soon = figure == "due"
    kinds = Counter(
        row.due_kind
        for row in rows
        if row.due_kind is not None and row.due_at is not None and (soon or row.due_at < floor.at)
    )
    if not kinds:
        return ""
    parts = DOT.join(f"{n} {_clock(kind)}" for kind, n in kinds.most_common())
    said = _("Runs out within the hour: {clocks}.") if soon else _("Run out: {clocks}.")
    return said.format(clocks=parts)


def _escalated(rows: Sequence[ConversationRow], desk: Desk) -> str:
    to = Counter(row.escalated_to for row in rows if row.escalated_to is not None)
    parts = DOT.join(
        _("{n} escalated to {who}").format(n=n, who=wording.escalated_to(who, desk)) for who, n in to.most_common(_TOLD)
    )
    return _("{escalated}, not taken.").format(escalated=parts) if parts else ""


def _paused(scene: Scene) -> list[str]:
    return [
        _("{channel} is paused: {who}.").format(
            channel=steady(wording.medium(scene.desk, load.id), one_line=True, limit=40),
            who=steady(load.paused, one_line=True),
        )
        for load in scene.paused
    ]


def _closed(floor: Floor, desk: Desk) -> str:
    """Since when the desk is closed, and until when; empty while it is open."""
    calendar = Calendar.of(desk.config.hours)
    since, until = calendar.closed_since(floor.at), calendar.next_open(floor.at)
    if since is None or until is None:
        return ""
    zone = desk.config.zone
    return _("Closed since {since}, open again {until}.").format(
        since=moment(since, zone, floor.at, time=True), until=moment(until, zone, floor.at, time=True)
    )


def _pace(floor: Floor) -> str:
    cast = floor.forecast
    said = _("{arriving} an hour arrive, {handling} are handled").format(
        arriving=number(round(cast.arriving, 1)), handling=number(round(cast.handling, 1))
    )
    if cast.arriving > cast.handling:
        return _("{pace}: what waits grows.").format(pace=said)
    return f"{said}."


def _room(scene: Scene) -> str:
    here = sum(one.state == "here" for one in scene.floor.agents)
    said = ngettext("{n} adviser is here", "{n} advisers are here", here).format(n=here)
    if not scene.free:
        return _("{here}, none with room for more.").format(here=said)
    parts = []
    for one in scene.free[:_TOLD]:
        room = room_of(one, scene.desk)
        parts.append(name_of(scene.desk, one.id) + (f" ({room})" if room is not None else ""))
    return _("{here}; with room: {names}.").format(here=said, names=", ".join(parts))
