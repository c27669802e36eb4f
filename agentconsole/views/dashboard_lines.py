"""The dashboard's panels of figures: what waits, how long answers take, who is here, what was given. Pure.

Every number is a :class:`Figure`; zeros are dim, what is late is loud, and the head of its column says it in a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from agentconsole.desk import wording
from agentconsole.desk.behind import scope_name
from agentconsole.desk.context import Desk
from agentconsole.desk.notices import MAX_BANNER, Notice
from agentconsole.desk.spreads import percent
from agentconsole.i18n import _, clock_time, duration, ngettext, pgettext
from agentconsole.model.floor import Compared, Floor, Incident, Load, Spread, Which
from agentconsole.views.charts import bar
from agentconsole.views.dashboard_parts import Bit, Figure, Panel, Row, ends, plain, shaped
from agentconsole.views.dashboard_told import span_words
from agentconsole.views.foreign import steady
from agentconsole.views.layout import ASCII, DOT, cut, fit, width

NUMBER = 8
"""Columns of a number, and of the word over it."""
ASLEEP = 7
"""Columns of what is late though it sleeps; only there where something is."""
_ALL = "all"
"""The scope of all channels together."""
_ROOMY = 150
"""Columns from which on an incident's line has room for what matters least."""
_LATE, _DUE, _REST = "#=-" if ASCII else "█▓░"
_GRAPH = 14
"""Columns of a small bar at most."""


def count_bit(value: int, figure: Figure, style: str = "", columns: int = NUMBER) -> Bit:
    """A whole number in its column; none is dim."""
    return f"{value:>{columns - 1}} ", style if value else "dim", figure


def said_bit(words: str, figure: Figure, style: str = "", columns: int = NUMBER) -> Bit:
    """Words in the column of a number."""
    return fit(words, columns - 1, right=True) + " ", style, figure


def asleep_bit(value: int, figure: Figure) -> Bit:
    """What is late besides, though it sleeps: ``+2`` behind what is late."""
    return f"{f'+{value}' if value else '-':>{ASLEEP - 1}} ", "due" if value else "dim", figure


def asleep_head() -> Bit:
    """What is over it."""
    return plain(fit(pgettext("column", "asleep"), ASLEEP - 1, right=True) + " ", "dim")


def heads(title: str, words: Sequence[str | Bit], columns: int, numbers: int = NUMBER, note: str = "") -> Row:
    """A panel's title, and a word over each column of numbers; one of another width comes as it is.

    :param note: beside the title, where it does not touch the words.
    """
    right = [
        plain(fit(word, numbers - 1, right=True) + " ", "dim") if isinstance(word, str) else word for word in words
    ]
    room = columns - width(title) - sum(width(text) for text, _style, _opens in right)
    left: list[Bit] = [plain(title, "title"), plain(f"  {note}" if note and width(note) + 3 <= room else "", "dim")]
    return ends(left, right, columns)


# What waits


def view_panel(floor: Floor, desk: Desk, columns: int) -> Panel:
    """A line a view."""
    found = [(load, scope_name(desk, f"view:{load.id}"), f"view:{load.id}") for load in floor.views]
    return _loads("views", _("Views"), found, floor.at, columns)


def channel_panel(floor: Floor, desk: Desk, columns: int) -> Panel:
    """A line for all channels and one for each; who paused one is told beside its name."""
    names = channel_names(desk, [load.id for load in floor.channels])
    found = [(load, names[load.id], f"channel:{load.id}") for load in floor.channels]
    if len(found) > 1:
        found.insert(0, (floor.total, _("All channels"), _ALL))
    return _loads("channels", _("Channels"), found, floor.at, columns)


def channel_names(desk: Desk, channels: Sequence[str]) -> dict[str, str]:
    """What to call channels so that they can be told apart: those of one name by their id too."""
    names = {one: steady(wording.channel(desk, one), one_line=True, limit=40) for one in channels}
    count = Counter(names.values())
    return {
        one: f"{name}{DOT}{steady(one, one_line=True, limit=40)}" if count[name] > 1 else name
        for one, name in names.items()
    }


def _loads(panel: str, title: str, loads: Sequence[tuple[Load, str, str]], now: datetime, columns: int) -> Panel:
    """:param loads: each with its name and its scope."""
    numbers = NUMBER + 2 if columns >= 76 else NUMBER
    words: list[str | Bit] = [
        pgettext("column", "open"),
        pgettext("column", "late"),
        pgettext("column", "due 1h"),
        pgettext("column", "oldest"),
    ]
    aside = ASLEEP if any(load.asleep for load, _name, _scope in loads) else 0
    rows = [heads(title, [*words[:2], *([asleep_head()] if aside else []), *words[2:]], columns, numbers)]
    most = max((load.open for load, _name, scope in loads if scope != _ALL), default=0)
    room, paused = columns - len(words) * numbers - aside, _("PAUSED")
    names = [steady(name, one_line=True, limit=80) for _load, name, _scope in loads]
    longest = max(20, min(22, max(map(width, names), default=0) + 2))
    graph = min(_GRAPH, room - longest) if room >= longest + 4 else 0
    for (load, _name, scope), called in zip(loads, names, strict=True):
        told = steady(load.paused, one_line=True, limit=120)
        style = "bold" if load.late else "" if load.open else "dim"
        left = room - (graph + 1 if graph else 0)
        label: list[Bit] = [plain(cut(called, left - (width(paused) + 3 if load.paused else 1)), style)]
        if load.paused:
            label.append(plain(f"  {paused}", "warn"))

        def figure(metric: str, scope: str = scope, about: str = called, told: str = told) -> Figure:
            return Figure(panel, metric, about, Which(metric, scope), told=told)

        bits = list(shaped(label, left))
        if graph:
            bits += [*shaped(_stack(load, most, graph) if scope != _ALL else [], graph), plain(" ")]
        bits += [
            count_bit(load.open, figure("open"), "bold", numbers),
            count_bit(load.late, figure("late"), "late", numbers),
            *([asleep_bit(load.asleep, figure("asleep"))] if aside else []),
            count_bit(load.due, figure("due"), "due", numbers),
            _oldest(load, now, figure("oldest"), numbers),
        ]
        rows.append(tuple(bits))
    return Panel(tuple(rows))


def _oldest(load: Load, now: datetime, figure: Figure, numbers: int) -> Bit:
    if load.oldest is None:
        return said_bit("-", figure, "dim", numbers)
    return said_bit(duration((now - load.oldest).total_seconds()), figure, "", numbers)


def _stack(load: Load, most: int, columns: int) -> list[Bit]:
    """Late, due and the others as parts of one bar: told apart without colour too."""
    if not most:
        return []
    late = max(round(load.late * columns / most), min(1, load.late))
    due = max(round((load.late + load.due) * columns / most), min(1, load.due) + late) - late
    rest = max(0, round(load.open * columns / most) - late - due)
    return [plain(_LATE * late, "late"), plain(_DUE * due, "due"), plain(_REST * rest, "dim")]


# How long answers take


def times_panel(floor: Floor, columns: int) -> Panel:
    """First response and resolution, today and the same weekday before."""
    words = [
        pgettext("column", "answered"),
        pgettext("column", "median"),
        pgettext("column", "9 of 10"),
        pgettext("column", "in time"),
    ]
    before, graph = _("a week ago"), _share_columns(columns)
    numbers = max(NUMBER, min(NUMBER + 2, (columns - graph - 17) // 4))
    rows: list[Row] = [heads(_("First response"), words, columns - graph, numbers)]
    rows += _compared("first_response", _("First response"), floor.first_response, before, columns, numbers)
    words[0] = pgettext("column", "resolved")
    rows += [(), heads(_("Resolution"), words, columns - graph, numbers)]
    rows += _compared("resolution", _("Resolution"), floor.resolution, before, columns, numbers)
    return Panel(tuple(rows), keep=True)


def _compared(metric: str, name: str, both: Compared, before: str, columns: int, numbers: int) -> list[Row]:
    now_within, then_within = both.today.within, both.before.within
    worse = now_within is not None and then_within is not None and now_within < then_within
    rows: list[Row] = []
    graph = _share_columns(columns)
    sets = ((_("today"), both.today, "", "bold"), (before, both.before, "_before", "dim"))
    for label, spread, then, style in sets:

        def figure(part: str, late: str = "", about: str = f"{name}, {label}", then: str = then) -> Figure:
            return Figure("times", f"{metric}{part}", about, Which(f"{metric}{late}{then}"))

        within = style if then or spread.within is None else "due" if worse else "ok"
        rows.append(
            (
                *shaped([plain(label, style)], columns - graph - 4 * numbers),
                count_bit(spread.count, figure(""), style, numbers),
                said_bit(span_words(spread.median), figure(".median"), style, numbers),
                said_bit(span_words(spread.p90), figure(".p90"), style, numbers),
                said_bit(_share(spread), figure(".within", "_late"), within, numbers),
                plain(
                    fit(bar(round((spread.within or 0) * 1000), 1000, graph - 1), graph), "dim" if then else "accent"
                ),
            )
        )
    return rows


def _share_columns(columns: int) -> int:
    """Columns of a bar for the share that was in time, the blank after it included; none where room is short."""
    return 10 if columns >= 60 else 0


def _share(spread: Spread) -> str:
    return "-" if spread.within is None else _("{n} %").format(n=percent(spread.kept, spread.promised))


# What is going on

_BANNERS = 2
"""Banners that have a line; of more it is said how many."""


def banner_rows(banners: Sequence[Notice], desk: Desk, columns: int) -> list[Row]:
    """What all consoles show: a line each, with who put it there."""
    rows: list[Row] = []
    for nth, one in enumerate(banners[:_BANNERS], 1):
        more = len(banners) - _BANNERS if nth == _BANNERS else 0
        who = steady(desk.agent_name(one.author), one_line=True, limit=40)
        said = DOT + ngettext("{n} more", "{n} more", more).format(n=more) if more > 0 else ""
        right = f"   {who}{said} "
        text = steady(one.text, one_line=True, limit=MAX_BANNER)
        left = [plain(" ! ", "warn"), plain(cut(text, columns - width(right) - 3), "warn")]
        rows.append(ends(left, [plain(right, "dim")], columns))
    return rows


def incident_rows(floor: Floor, desk: Desk, columns: int) -> list[Row]:
    """A line an incident that was raised or confirmed: its words are customers' and are cut, its number never."""
    return [_incident(one, desk, columns) for one in floor.incidents if one.state in ("raised", "confirmed")]


def _incident(one: Incident, desk: Desk, columns: int) -> Row:
    shared = ", ".join(steady(word, one_line=True, limit=30) for word in one.words[:6])
    figure = Figure("incidents", "incident", shared, Which("incident", f"incident:{one.id}"))
    mediums = ", ".join(dict.fromkeys(steady(wording.medium(desk, c), one_line=True) for c in one.channels))
    state = _("INCIDENT KNOWN") if one.state == "confirmed" else _("INCIDENT?")
    since = clock_time(one.begins, desk.config.zone)
    usual = _("usual {n} an hour").format(n=f"{one.usual:.1f}".rstrip("0").rstrip("."))
    more = [_("since {time}").format(time=since), mediums, usual]
    if one.macro and columns >= _ROOMY:
        more.append(_("with a macro"))
    style = "due bold" if one.state == "confirmed" else "late"
    like = ngettext("{n} alike", "{n} alike", one.count).format(n=one.count)
    head: list[Bit] = [plain(f" {state} ", style), (f" {like} ", "bold", figure), plain("  ")]
    room = columns - sum(width(text) for text, _s, _f in head) - 1
    told = cut(shared, max(min(40, room), room - width(DOT.join(more)) - 3))
    while more and width(DOT + DOT.join(more)) > room - width(told):
        more.pop()
    return (*head, plain(told, "bold"), plain(DOT + DOT.join(more) if more else "", "dim"))
