"""The dashboard's header, and the line about the number under the cursor. Pure."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.metrics import Metric, metric_of
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, clock_time, duration, ngettext
from agentconsole.model.floor import Floor
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, Spread, cut, line_width, wrap

_WALL = 180
"""Columns from which on one line holds any definition."""
_ROOMY = 120
"""Columns from which on a header that says what is wrong names the brand too."""


def head(
    floor: Floor | None, desk: Desk, page: tuple[int, int], stale: str, columns: int, *, turns: str = ""
) -> Spread:
    """The brand, how the floor stands in four numbers, the page, and the time: as much of it as fits, in whole parts.

    :param turns: the key that shows the next page.
    """
    brand = steady(desk.config.brand.name, one_line=True, limit=60)
    floor_words: Line = [(" " + _("the floor"), "accent bold")]
    left: Line = [(" agentconsole", "accent bold"), (DOT + brand, ""), (DOT + _("the floor"), "bold")]
    now = desk.now().astimezone(desk.config.zone)
    clock: Line = [(f"{now:%H:%M:%S} ", "dim")]
    right = [*_page(page, turns), *clock]
    if stale:
        left = left if columns >= _ROOMY else floor_words
        room = columns - line_width(right) - line_width(left) - 4
        return Spread(left, [(cut(stale, max(20, room)) + "  ", "late"), *right])
    if floor is None:
        return Spread(left, [(_("reading …") + "  ", "dim"), *right])
    counts, asleep, here = _counts(floor)
    ways: tuple[tuple[Line, Line], ...] = (
        (left, [*counts, *asleep, *here, *right]),
        (floor_words, [*counts, *asleep, *here, *right]),
        ([], [*counts, *asleep, *here, *right]),
        ([], [*counts, *asleep, *here, *_page(page, turns), (clock_time(now, desk.config.zone) + " ", "dim")]),
        ([], [*counts, *asleep, *here, *_page(page, turns)]),
        ([], [*counts, *here, *_page(page, turns)]),
        ([], [*counts, *_page(page, turns)]),
    )
    return Spread(*next((way for way in ways if line_width(way[0]) + line_width(way[1]) + 1 <= columns), ways[-1]))


def _page(page: tuple[int, int], turns: str) -> Line:
    """Which page is shown, and the key to the next one; nothing where there is one."""
    if page[1] < 2:
        return []
    return [(_("page {n}/{all}").format(n=page[0], all=page[1]) + " ", "dim"), (f"{turns}  ", "accent")]


def _counts(floor: Floor) -> tuple[Line, Line, Line]:
    """What is open, late and due; what sleeps besides; who is here."""
    all_ = floor.total
    here = sum(one.state == "here" for one in floor.agents)
    asleep = ngettext("+{n} asleep", "+{n} asleep", all_.asleep).format(n=all_.asleep)
    late = ngettext("{n} late", "{n} late", all_.late).format(n=all_.late)
    counts: Line = [
        (ngettext("{n} open", "{n} open", all_.open).format(n=all_.open) + "  ", "bold"),
        (late + "  ", "late" if all_.late else "dim"),
        (ngettext("{n} due", "{n} due", all_.due).format(n=all_.due) + "  ", "due" if all_.due else "dim"),
    ]
    present: Line = [(ngettext("{n} here", "{n} here", here).format(n=here) + "   ", "ok" if here else "due")]
    return counts, [(asleep + "  ", "due")] if all_.asleep else [], present


def stale_words(_desk: Desk, seconds: float | None, error: ConsoleError | None) -> str:
    """Since when the figures stand still; empty while they are live.

    :param seconds: since they were read; infinite where they never were.
    """
    if seconds is None:
        return ""
    what = steady(error.what, one_line=True, limit=120) if error is not None else _("The desk does not answer.")
    if seconds == float("inf"):
        return what
    return _("STANDING STILL for {time}: {what}").format(time=duration(seconds, ticking=True), what=what)


def metrics_of(figure: Figure) -> list[Metric]:
    """The definitions of a number: of ``first_response.median`` that of each part."""
    found = []
    for part in figure.metric.split("."):
        try:
            found.append(metric_of(part))
        except KeyError:
            continue
    return found


def caption(figure: Figure | None, columns: int) -> list[Line]:
    """What the number under the cursor is, in at most :func:`caption_rows`; what does not fit is left out whole."""
    if figure is None:
        return []
    metrics = metrics_of(figure)
    name = _(metrics[-1].name) if metrics else ""
    parts = [part for part in (figure.name, name if name.casefold() not in figure.name.casefold() else "") if part]
    called = cut(DOT.join(parts), columns - 2)
    told = f"  {figure.told}" if figure.told else ""
    short = "   " + _(metrics[-1].short).replace("`", "") if metrics else ""
    rows = caption_rows(columns)
    ways = (wrap(text, columns - 2) for text in (called + told + short, called + told))
    first, *rest = next((way for way in ways if len(way) <= rows), [called])
    line: Line = [(" " + first[: len(called)], "bold"), (first[len(called) :][: len(told)], "")]
    return [[*line, (first[len(called) + len(told) :], "dim")], *([(f" {more}", "dim")] for more in rest)]


def caption_rows(columns: int) -> int:
    """Lines that are kept for it, whatever number it is about."""
    return 1 if columns >= _WALL else 2
