"""The dashboard's header, and the line about the number under the cursor. Pure."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.metrics import Metric, metric_of
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, duration, ngettext
from agentconsole.model.floor import Floor
from agentconsole.views.dashboard_lines import total_of
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, Spread, cut, line_width

_ROOMY = 120
"""Columns from which on a header that says what is wrong names the brand too."""


def head(floor: Floor | None, desk: Desk, page: tuple[int, int], stale: str, columns: int) -> Spread:
    """The brand, how the floor stands in four numbers, the page, and the time."""
    brand = steady(desk.config.brand.name, one_line=True, limit=60)
    floor_words: Line = [(" " + _("the floor"), "accent bold")]
    left: Line = [(" agentconsole", "accent bold"), (DOT + brand, ""), (DOT + _("the floor"), "bold")]
    clock = f"{desk.now().astimezone(desk.config.zone):%H:%M:%S} "
    right: Line = [(clock, "dim")]
    if page[1] > 1:
        right.insert(0, (_("page {n}/{all}").format(n=page[0], all=page[1]) + "  ", "dim"))
    if stale:
        left = left if columns >= _ROOMY else floor_words
        room = columns - line_width(right) - line_width(left) - 4
        return Spread(left, [(cut(stale, max(20, room)) + "  ", "late"), *right])
    if floor is None:
        return Spread(left, [(_("reading …") + "  ", "dim"), *right])
    all_ = total_of(floor)
    here = sum(one.state == "here" for one in floor.agents)
    asleep = ngettext("+{n} asleep", "+{n} asleep", all_.asleep).format(n=all_.asleep) if all_.asleep else ""
    late = ngettext("{n} late", "{n} late", all_.late).format(n=all_.late)
    counts: Line = [
        (ngettext("{n} open", "{n} open", all_.open).format(n=all_.open) + "  ", "bold"),
        (late + (" " if asleep else "  "), "late" if all_.late else "dim"),
        (asleep + "  " if asleep else "", "due"),
        (ngettext("{n} due", "{n} due", all_.due).format(n=all_.due) + "  ", "due" if all_.due else "dim"),
        (ngettext("{n} here", "{n} here", here).format(n=here) + "   ", "ok" if here else "due"),
    ]
    room = columns - line_width([*counts, *right]) - 1
    return Spread(next((way for way in (left, floor_words) if line_width(way) <= room), []), [*counts, *right])


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


def caption(figure: Figure | None, columns: int) -> Line:
    """What the number under the cursor is, in a line."""
    if figure is None:
        return []
    metrics = metrics_of(figure)
    name = _(metrics[-1].name) if metrics else ""
    parts = [part for part in (figure.name, name if name.casefold() not in figure.name.casefold() else "") if part]
    line: Line = [(" " + DOT.join(parts), "bold")]
    if figure.told:
        line.append((f"  {figure.told}", ""))
    if metrics:
        room = columns - line_width(line) - 4
        line.append(("   " + cut(_(metrics[-1].short).replace("`", ""), room) if room > 20 else "", "dim"))
    return [(cut(line[0][0], columns - 2), "bold"), *line[1:]]
