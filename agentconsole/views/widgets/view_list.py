"""The saved views with their counts: a column where there is room, else one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events

from agentconsole.config import View
from agentconsole.config.values import say
from agentconsole.i18n import _, language, ngettext
from agentconsole.model.conversation import ViewCount
from agentconsole.views.foreign import steady
from agentconsole.views.layout import ASCII, Line, Spread, cut, line_width, spread
from agentconsole.views.messages import Chosen
from agentconsole.views.widgets.lines import Bar

LESS, MORE = "<>" if ASCII else "‹›"
"""There are views further left, further right."""


def name_of(view: View) -> str:
    """A view's name in the language in use."""
    return steady(say(view.name, language()), one_line=True, limit=80)


def count_words(count: ViewCount | None) -> tuple[str, str]:
    """How many, and how many are late: ``14``, ``3 late``; blank while they are not known."""
    if count is None:
        return "", ""
    total = f"{count.total}{'+' if count.more else ''}"
    return total, ngettext("{n} late", "{n} late", count.late).format(n=count.late) if count.late else ""


class ViewList(Bar):
    """The views in a column."""

    def __init__(self) -> None:
        super().__init__(id="views")

    def show_views(self, views: Sequence[View], counts: Mapping[str, ViewCount], current: str) -> None:
        """Draw them; ``current`` is the id of the one that is shown."""
        columns = max(8, self.size.width or 24)
        lines: list[Line] = [[(_("Views"), "title")]]
        for number, view in enumerate(views, 1):
            total, late = count_words(counts.get(view.id))
            here = view.id == current
            key = f"{number}" if number < 10 else " "
            right: Line = [(f"{late} ", "late"), (f"{total:>4} ", "bold" if here else "")]
            style = "accent bold" if here else ""
            lines.append(
                spread(
                    [(">" if here else " ", "accent"), (f"{key} ", "dim"), (name_of(view), style)],
                    right,
                    columns,
                )
            )
        self.show(*lines)

    def on_click(self, event: events.Click) -> None:
        self.post_message(Chosen(self.id, event.y - 1))


class ViewLine(Bar):
    """The views in one line, the current one always in sight."""

    def __init__(self) -> None:
        super().__init__(id="viewline")
        self._places: list[tuple[int, int, int]] = []

    def show_views(
        self, views: Sequence[View], counts: Mapping[str, ViewCount], current: str, search: str = ""
    ) -> None:
        """Draw them; where they do not all fit, so that the current one is seen, with a mark where there are more.

        :param search: the title of the search that the list shows in place of a view.
        """
        columns = max(20, self.size.width or 80)
        lead: Line = [(f"> {cut(search, columns - 12)}  ", "accent bold")] if search else []
        room = columns - line_width(lead) - 2
        items = [(index, self._item(index + 1, view, counts, current)) for index, view in enumerate(views)]
        here = next((i for i, view in enumerate(views) if view.id == current), 0)
        first = 0
        while first < here and sum(line_width(item) + 2 for _i, item in items[first : here + 1]) > room:
            first += 1
        line: Line = [*lead, (LESS if first else "", "dim")]
        self._places = []
        more = False
        for index, item in items[first:]:
            begin = line_width(line)
            more = begin + line_width(item) > columns - 2
            if more:
                break
            line += [*item, ("  ", "")]
            self._places.append((begin, begin + line_width(item), index))
        self.show(Spread(line, [(MORE, "dim")] if more else []))

    def _item(self, number: int, view: View, counts: Mapping[str, ViewCount], current: str) -> Line:
        total, late = count_words(counts.get(view.id))
        here = view.id == current
        style = "accent bold" if here else ""
        mark = ">" if here else " "
        item: Line = [
            (f"{mark}{number} ", "accent" if here else "dim"),
            (cut(name_of(view), 24), style),
            (f" {total}", style or "dim"),
        ]
        return [*item, (f" {late}", "late")] if late else item

    def on_click(self, event: events.Click) -> None:
        for begin, end, index in self._places:
            if begin <= event.x < end:
                self.post_message(Chosen(self.id, index))
