"""The dashboard's panels of people and money: who is here and what they have, what was given. Pure."""

from __future__ import annotations

from datetime import datetime

from agentconsole.desk import wording_people
from agentconsole.desk.context import Desk
from agentconsole.desk.spreads import percent
from agentconsole.i18n import _, duration, money, ngettext, pgettext
from agentconsole.model.floor import AgentLoad, Floor, Spend, Which
from agentconsole.views.charts import bar
from agentconsole.views.dashboard_cures import room_of
from agentconsole.views.dashboard_lines import (
    ASLEEP,
    NUMBER,
    asleep_bit,
    asleep_head,
    count_bit,
    heads,
    said_bit,
)
from agentconsole.views.dashboard_parts import Bit, Figure, Opens, Panel, Row, plain, shaped
from agentconsole.views.dashboard_told import span_words
from agentconsole.views.foreign import steady
from agentconsole.views.layout import cut, fit, width

_NAMED = 20
"""Columns that an adviser's name and state have at least before a column is added."""
_SLEEPS = 3
"""Columns before that of what sleeps."""
_SHORT, _WHOLE = 10, 17
"""Columns of a name, at least, and where there is room enough."""
_DOING = 12
"""Columns of what an adviser does."""
_ROOMY = NUMBER + 1
"""Columns of a number where there is room enough."""


def agent_panel(floor: Floor, desk: Desk, columns: int) -> Panel:
    """A line an adviser: those who are here first, who has most late first among them."""
    order = {"here": 0, "away": 1, "gone": 2}
    agents = sorted(floor.agents, key=lambda one: (order[one.state], -one.late, -one.open, one.id))
    here = sum(one.state == "here" for one in agents)
    states = max((width(_state(one, floor.at)[0]) for one in agents), default=0) + 1
    numbers, room = _columns(floor, desk, columns, states)
    asleep = room - ASLEEP >= max(_NAMED, _SHORT + states) and any(one.asleep for one in agents)
    room -= ASLEEP if asleep else 0
    heading: list[str | Bit] = [
        plain(fit(w, n - 1, right=True) + " ", "dim") for w, n in zip(_words(), numbers, strict=False)
    ]
    if asleep:
        heading.insert(_SLEEPS, asleep_head())
    note = ngettext("{n} here", "{n} here", here).format(n=here)
    rows: list[Row] = [heads(_("Advisers"), heading, columns, note=note)]
    doing = max((width(wording_people.doing(one)) for one in agents), default=0)
    rows += [
        (*_who(one, desk, floor.at, room, (states, doing)), *_numbers(one, desk, numbers, asleep=asleep))
        for one in agents
    ]
    return Panel(tuple(rows))


def _load(one: AgentLoad, desk: Desk) -> str:
    """What somebody has of what they may have; where nothing bounds it, that alone."""
    most = room_of(one, desk)
    return str(one.open) if most is None else f"{one.open}/{one.capacity}"


def _words() -> list[str]:
    """Over the columns, what matters most first."""
    return [
        pgettext("column", "open"), pgettext("column", "waiting"), pgettext("column", "late"),
        pgettext("column", "handled"), pgettext("column", "back"), pgettext("column", "median"),
    ]  # fmt: skip


def _columns(floor: Floor, desk: Desk, columns: int, states: int) -> tuple[list[int], int]:
    """How wide each column of numbers is, as many as there is room for, and what is left for names and states.

    :param states: columns that states take.
    """
    said = [(_load(a, desk), a.waiting, a.late, a.handled, a.reopened, span_words(a.first_response.median))
            for a in floor.agents]  # fmt: skip
    widths = [max(width(str(text)) for text in texts) + 1 for texts in zip(_words(), *said, strict=True)]
    least = {6: _WHOLE + states + _DOING, 5: max(_NAMED, _SHORT + states)}
    count = next((n for n, named in least.items() if columns - sum(widths[:n]) >= named), 4)
    more = columns - sum(widths[:count]) - _WHOLE - states - ASLEEP
    roomy = [max(size, _ROOMY) for size in widths[:count]]
    widths = roomy if sum(roomy) - sum(widths[:count]) <= more else widths[:count]
    return widths, columns - sum(widths)


def _who(one: AgentLoad, desk: Desk, now: datetime, room: int, others: tuple[int, int]) -> Row:
    """:param others: columns that states take, and what people do."""
    state_columns, doing_columns = others
    name = steady(desk.agent_name(one.id), one_line=True, limit=60)
    said, style = _state(one, now)
    doing = wording_people.doing(one)
    aside = min(_DOING, doing_columns) if room >= 36 else 0
    names = max(8, min(20, room - state_columns - aside))
    dim = "dim" if one.state == "gone" else ""
    left: list[Bit] = [plain(fit(name, names - 1) + " ", dim), plain(fit(said, state_columns), style)]
    if aside:
        left.append(plain(cut(doing, room - names - state_columns), "dim"))
    return shaped(left, room)


def _numbers(one: AgentLoad, desk: Desk, columns: list[int], *, asleep: bool) -> list[Bit]:
    """As many of an adviser's as there are columns, and what sleeps behind what is late."""
    name, doing = steady(desk.agent_name(one.id), one_line=True, limit=60), wording_people.doing(one)

    def figure(metric: str, behind: str) -> Figure:
        return Figure("agents", metric, name, Which(behind, f"agent:{one.id}"), told=doing)

    load, median = _load(one, desk), span_words(one.first_response.median)
    full = "due" if room_of(one, desk) == 0 else "bold" if one.open else "dim"
    wide = [*columns, *([NUMBER] * (6 - len(columns)))]
    bits = [
        said_bit(load, figure("open", "open"), full, wide[0]),
        count_bit(one.waiting, figure("agent_waiting", "agent_waiting"), "", wide[1]),
        count_bit(one.late, figure("late", "late"), "late", wide[2]),
        count_bit(one.handled, figure("handled", "handled"), "", wide[3]),
        count_bit(one.reopened, figure("reopened", "reopened"), "due", wide[4]),
        said_bit(median, figure("first_response.median", "first_response"), "dim", wide[5]),
    ][: len(columns)]
    if asleep:
        bits.insert(_SLEEPS, asleep_bit(one.asleep, figure("asleep", "asleep")))
    return bits


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


def _of_budget(spent: int, budget: int) -> int:
    """Whole percent; what is over the budget is more than all of it."""
    return percent(spent, budget) if 0 <= spent <= budget else spent * 100 // budget


def _spend(one: Spend, columns: int, numbers: int) -> Row:
    room = columns - 3 * numbers
    share = _("{n} %").format(n=_of_budget(one.month, one.budget)) if one.budget else ""
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
