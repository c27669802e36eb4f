"""What makes a number of the dashboard go down, by what its conversations wait for. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from agentconsole.config import ClockKind
from agentconsole.desk import fitting, wording
from agentconsole.desk.context import Desk
from agentconsole.desk.escalations import TEAM
from agentconsole.i18n import _, duration, ngettext
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.floor import AgentLoad, Floor, Incident, Load
from agentconsole.views.foreign import steady


@dataclass(frozen=True, slots=True)
class Advice:
    """What can be done: an action's id, and what it would come to."""

    action: str
    says: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at.

    :param held: how many of the rows who has. :param free: who is here with room, those with most first.
    :param incident: one that a good part of the rows belong to, and how many do.
    """

    figure: str
    rows: Sequence[ConversationRow]
    held: Counter[str | None]
    loads: dict[str, AgentLoad]
    free: Sequence[AgentLoad]
    incident: tuple[Incident, int] | None
    floor: Floor
    desk: Desk

    @property
    def paused(self) -> list[Load]:
        """Channels of the rows that stand still."""
        of = {row.channel for row in self.rows}
        return [load for load in self.floor.channels if load.paused and load.id in of]

    @property
    def idle(self) -> list[AgentLoad]:
        """Who has some of the rows, and is not here; who has most first."""
        with_some = [self.loads[who] for who, _n in self.held.most_common() if who in self.loads]
        return [one for one in with_some if one.state != "here"]


def name_of(desk: Desk, agent: str) -> str:
    """An adviser's name, safe to show."""
    return steady(desk.agent_name(agent), one_line=True, limit=40)


def room_of(one: AgentLoad, desk: Desk) -> int | None:
    """How many more somebody can have; ``None`` where nothing bounds it."""
    bounded = desk.config.agent_of(one.id) is None or fitting.ceiling(desk.config, one.id) is not None
    return max(0, one.capacity - one.open) if bounded else None


def cures(scene: Scene) -> list[Advice]:
    """What can be done, first for what most of the rows wait for."""
    found = _of_incident(scene)
    for load in scene.paused:
        name = steady(wording.medium(scene.desk, load.id), one_line=True, limit=40)
        found.append(Advice("pause_channel", _("goes on with {channel}").format(channel=name)))
    if scene.figure == "asleep":
        found.append(Advice("open", _("opens it: answer, or set it open again")))
    causes = [_CURES[cause](scene) for cause, _n in _waits_for(scene).most_common()]
    found += [advice for nth in zip_longest(*causes) for advice in nth if advice is not None]
    once: dict[str, Advice] = {}
    for advice in found:
        once.setdefault(advice.action, advice)
    return list(once.values())


def _waits_for(scene: Scene) -> Counter[ClockKind | None]:
    """What takes how many of the rows out of the number; ``None`` for an answer.

    Where all of them are escalated, the view is about that, whichever clock runs out first.
    """
    escalated = all(row.escalated_to is not None for row in scene.rows)
    kinds = (ClockKind.ESCALATION if escalated else row.due_kind for row in scene.rows)
    return Counter(kind if kind in _CURES else None for kind in kinds)


def _of_incident(scene: Scene) -> list[Advice]:
    if scene.incident is None:
        return []
    one, _n = scene.incident
    if one.state == "confirmed":
        return [Advice("incident_end", _("ends the incident: its banner and its macros go"))]
    found = [Advice("incident_known", _("makes the incident known: a banner, and macros for these conversations"))]
    if scene.figure == "incident":
        found.append(Advice("incident_no", _("dismisses it: these have nothing to do with one another")))
    return found


def _escalated(scene: Scene) -> list[Advice]:
    """Only who takes it ends an escalation; giving it to somebody else does not."""
    found = [Advice("assign_me", _("takes it, or the marked ones: that ends the escalation"))]
    to = Counter(row.escalated_to for row in scene.rows if row.escalated_to is not None)
    others = [who for who, _n in to.most_common() if not who.startswith(TEAM) and who != scene.desk.agent.id]
    if others:
        found.append(Advice("message_floor", _("asks {who} to take it").format(who=name_of(scene.desk, others[0]))))
    return found


def _unresolved(scene: Scene) -> list[Advice]:
    return [Advice("open", _("opens it: only resolving it stops that clock")), *_unanswered(scene)]


def _promised(_scene: Scene) -> list[Advice]:
    return [Advice("open", _("opens it: keep the promise, renew or drop it"))]


def _asked_for(_scene: Scene) -> list[Advice]:
    return [Advice("approvals", _("shows the requests: decide, or give what was approved"))]


def _unanswered(scene: Scene) -> list[Advice]:
    """Hand out what nobody works on; else more hands, more hours, or saying so."""
    found, held, idle = list[Advice](), scene.held, scene.idle
    takers = [one for one in scene.free if held.get(one.id, 0) < len(scene.rows)]
    if takers:
        found.append(Advice("assign", _given(takers[0], scene.desk)))
    away = [one for one in idle if one.state == "away"]
    holder = next((who for who, _n in held.most_common() if who in scene.loads and who != scene.desk.agent.id), None)
    if away:
        since = away[0].since
        time = f" {duration((scene.floor.at - since).total_seconds())}" if since is not None else ""
        said = _("calls {who} back, away{time}").format(who=name_of(scene.desk, away[0].id), time=time)
    elif holder is not None and not held.get(None) and scene.loads[holder].state == "here":
        said = _("asks {who} to answer these first").format(who=name_of(scene.desk, holder))
    else:
        said = _("asks everybody to take from here first")
    found.append(Advice("message_floor", said))
    if held.get(None) or idle:
        found.append(Advice("priority", _("brings it, or the marked ones, forward")))
    cast = scene.floor.forecast
    if cast.at_closing is not None and cast.at_closing > cast.open:
        found.append(Advice("hours_today", _hours(cast.at_closing)))
    return found


def _given(to: AgentLoad, desk: Desk) -> str:
    who, room = name_of(desk, to.id), room_of(to, desk)
    if room is None:
        return _("gives it, or the marked ones, to somebody, such as {who}").format(who=who)
    return _("gives it, or the marked ones: {who} has room for {n}").format(who=who, n=room)


def _hours(count: int) -> str:
    said = ngettext(
        "adds hours: {n} will be open at closing time", "adds hours: {n} will be open at closing time", count
    )
    return said.format(n=count)


_CURES: dict[ClockKind | None, Callable[[Scene], list[Advice]]] = {
    None: _unanswered,
    ClockKind.RESOLVE: _unresolved,
    ClockKind.ESCALATION: _escalated,
    ClockKind.PROMISE: _promised,
    ClockKind.APPROVAL: _asked_for,
}
