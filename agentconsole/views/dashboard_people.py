"""The dashboard's panels of people and money: who is here and what they have, what was given. Pure."""

from __future__ import annotations

from datetime import datetime

from agentconsole.desk import wording_people
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, duration, money, ngettext, pgettext
from agentconsole.model.floor import AgentLoad, Floor, Spend, Which
from agentconsole.views.charts import bar
from agentconsole.views.dashboard_lines import (
    ASLEEP,
    NUMBER,
    asleep_bit,
    asleep_head,
    count_bit,
    heads,
    said_bit,
    span_words,
)
from agentconsole.views.dashboard_parts import Bit, Figure, Opens, Panel, Row, plain, shaped
from agentconsole.views.foreign import steady
from agentconsole.views.layout import cut, fit, width

_NAMED = 20
"""Columns that an adviser's name and state have at least before a column is added."""


def agent_panel(floor: Floor, desk: Desk, columns: int) -> Panel:
    """A line an adviser: those who are here first, who has most late first among them."""
    order = {"here": 0, "away": 1, "gone": 2}
    agents = sorted(floor.agents, key=lambda one: (order[one.state], -one.late, -one.open, one.id))
    here = sum(one.state == "here" for one in agents)
    words = [
        pgettext("column", "open"),
        pgettext("column", "waiting"),
        pgettext("column", "late"),
        pgettext("column", "handled"),
        pgettext("column", "back"),
        pgettext("column", "median"),
    ]
    numbers = NUMBER + 1 if columns >= 68 else NUMBER
    words = words[: 6 if columns >= 80 else 5 if columns >= 64 else 4]
    note = ngettext("{n} here", "{n} here", here).format(n=here)
    room = columns - len(words) * numbers
    asleep = room - ASLEEP >= _NAMED and any(one.asleep for one in agents)
    heading: list[str | Bit] = [*words[:3], *([asleep_head()] if asleep else []), *words[3:]]
    rows: list[Row] = [heads(_("Advisers"), heading, columns, numbers, note)]
    room -= ASLEEP if asleep else 0
    states = max((width(_state(one, floor.at)[0]) for one in agents), default=0) + 1
    rows += [
        (*_who(one, desk, floor.at, room, states), *_numbers(one, desk, numbers, len(words), asleep=asleep))
        for one in agents
    ]
    return Panel(tuple(rows))


def _who(one: AgentLoad, desk: Desk, now: datetime, room: int, state_columns: int) -> Row:
    name = steady(desk.agent_name(one.id), one_line=True, limit=60)
    said, style = _state(one, now)
    doing = wording_people.doing(one)
    names = max(8, min(20, room - state_columns - (12 if room >= 36 else 0)))
    dim = "dim" if one.state == "gone" else ""
    left: list[Bit] = [plain(fit(name, names - 1) + " ", dim), plain(fit(said, state_columns), style)]
    if room >= 36:
        left.append(plain(cut(doing, room - names - state_columns), "dim"))
    return shaped(left, room)


def _numbers(one: AgentLoad, desk: Desk, numbers: int, count: int, *, asleep: bool) -> list[Bit]:
    """The first ``count`` of an adviser's, and what sleeps behind what is late."""
    name, doing = steady(desk.agent_name(one.id), one_line=True, limit=60), wording_people.doing(one)

    def figure(metric: str, behind: str) -> Figure:
        return Figure("agents", metric, name, Which(behind, f"agent:{one.id}"), told=doing)

    load, median = f"{one.open}/{one.capacity}", span_words(one.first_response.median)
    full = "due" if one.open >= one.capacity else "bold" if one.open else "dim"
    bits = [
        said_bit(load, figure("open", "open"), full, numbers),
        count_bit(one.waiting, figure("agent_waiting", "agent_waiting"), "", numbers),
        count_bit(one.late, figure("late", "late"), "late", numbers),
        count_bit(one.handled, figure("handled", "handled"), "", numbers),
        count_bit(one.reopened, figure("reopened", "reopened"), "due", numbers),
        said_bit(median, figure("first_response.median", "first_response"), "dim", numbers),
    ][:count]
    return [*bits[:3], *([asleep_bit(one.asleep, figure("asleep", "asleep"))] if asleep else []), *bits[3:]]


def _state(one: AgentLoad, now: datetime) -> tuple[str, str]:
    words = wording_people.state(one.state)
    style = {"here": "ok", "away": "due", "gone": "dim"}[one.state]
    if one.state == "away" and one.since is not None:
        words += f" {duration((now - one.since).total_seconds())}"
    return words, style


# What was given


def spend_panel(floor: Floor, columns: int) -> Panel:
    """Gestures of today and of the month against the budget, and what waits for a decision."""
    amounts = [money(value, one.currency) for one in floor.spend for value in (one.today, one.month, one.budget or 0)]
    numbers = max([10, *(width(text) + 2 for text in amounts)])
    rows: list[Row] = [
        heads(
            _("Gestures"),
            [pgettext("column", "today"), pgettext("column", "this month"), pgettext("column", "budget")],
            columns,
            numbers,
        )
    ]
    rows += [_spend(one, columns, numbers) for one in floor.spend]
    if not floor.spend:
        rows.append((plain(_("none this month"), "dim"),))
    waiting = Figure("spend", "approvals", _("approvals"), Which("approvals"), "approvals")
    words = ngettext("{n} approval waits", "{n} approvals wait", floor.approvals).format(n=floor.approvals)
    rows.append(((f"{words} ", "due bold" if floor.approvals else "dim", waiting),))
    return Panel(tuple(rows), keep=True)


def _spend(one: Spend, columns: int, numbers: int) -> Row:
    room = columns - 3 * numbers
    share = f"{one.month * 100 // one.budget} %" if one.budget else ""
    style = "late" if one.budget and one.month * 10 >= one.budget * 9 else "bold"
    graph = max(0, min(18, room - width(share) - 6))
    shown = bar(one.month, max(one.budget or 0, one.month), graph) if one.budget else ""
    left = [plain(fit(one.currency, 5), "dim"), plain(shown, "accent"), plain(f" {share}" if share else "", "dim")]

    def figure(metric: str, behind: str, opens: Opens = "list") -> Figure:
        return Figure(
            "spend", metric, f"{_('Gestures')}, {one.currency}", Which(behind, f"currency:{one.currency}"), opens
        )

    budget = money(one.budget, one.currency) if one.budget is not None else "-"
    return (
        *shaped(left, room),
        said_bit(money(one.today, one.currency), figure("spend", "given"), "", numbers),
        said_bit(money(one.month, one.currency), figure("spend", "given_month"), style, numbers),
        said_bit(budget, figure("budget", "budget", "control"), "dim", numbers),
    )
