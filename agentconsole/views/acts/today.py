"""One's own day: handled, first response, reopened; in the header, and hour by hour."""

from __future__ import annotations

from functools import partial
from time import monotonic

from agentconsole import i18n
from agentconsole.desk import day
from agentconsole.desk.day import Day
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, ngettext
from agentconsole.views.charts import bar, sparkline
from agentconsole.views.layout import DOT, Line
from agentconsole.views.page import Page

_AT_MOST = 60.0
"""Seconds between two times that the figures are read."""


class Today:
    """The day's figures of whoever is at the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.figures: Day | None = None
        self._read_at = float("-inf")

    def look(self) -> None:
        """Read them where a minute has passed."""
        if monotonic() - self._read_at >= _AT_MOST:
            self._read_at = monotonic()
            self.page.work.look("day", partial(day.mine, self.page.desk), self._read, _quiet)

    def _read(self, figures: Day) -> None:
        if figures != self.figures:
            self.figures = figures
            self.page.redraw()

    def ways(self) -> list[Line]:
        """For the header, the longest first: with a picture, in words, and the number alone."""
        figures = self.figures
        if figures is None:
            return []
        said = DOT.join(words(figures))
        short = words(figures)[0]
        hours = working_hours(figures)
        picture: Line = [(sparkline([count for _hour, count in hours]) + " ", "accent")] if hours else []
        return [[*picture, (said, "")], [(said, "")], [*picture, (short, "")], [(short, "")]]

    def show(self, _key: str = "") -> None:
        """Hour by hour, as it is now."""
        self._read_at = monotonic()
        self.page.work.look("box", partial(day.mine, self.page.desk), self._show)

    def _show(self, figures: Day) -> None:
        from agentconsole.views.overlays import Reader

        self._read(figures)
        self.page.app.push_screen(Reader(_("My day"), partial(day_lines, figures), self.page.session.keymap))


def words(figures: Day) -> list[str]:
    """``12 handled``, ``first answer in 14m``, ``1 reopened``."""
    said = [ngettext("{n} handled", "{n} handled", figures.handled).format(n=figures.handled)]
    if figures.first_response is not None:
        wait = i18n.duration(figures.first_response.total_seconds())
        said.append(_("first answer in {time}").format(time=wait))
    if figures.reopened:
        said.append(ngettext("{n} reopened", "{n} reopened", figures.reopened).format(n=figures.reopened))
    return said


def working_hours(figures: Day) -> list[tuple[int, int]]:
    """Each hour from the first to the last in which something was handled, and how much; empty for nothing yet."""
    busy = [hour for hour, count in enumerate(figures.by_hour) if count]
    return [(hour, figures.by_hour[hour]) for hour in range(busy[0], busy[-1] + 1)] if busy else []


def day_lines(figures: Day, columns: int) -> list[Line]:
    """The figures in words, then a bar an hour."""
    handled = ngettext("{n} conversation handled", "{n} conversations handled", figures.handled)
    lines: list[Line] = [[(handled.format(n=figures.handled), "bold")]]
    if figures.first_response is not None:
        wait = i18n.duration(figures.first_response.total_seconds(), short=False)
        lines.append([(_("first answer in {time}, half of them sooner").format(time=wait), "")])
    else:
        lines.append([(_("no first answer yet"), "dim")])
    if figures.reopened:
        reopened = ngettext("{n} of them came back", "{n} of them came back", figures.reopened)
        lines.append([(reopened.format(n=figures.reopened), "due")])
    hours = working_hours(figures)
    most = max((count for _hour, count in hours), default=0)
    room = max(4, min(60, columns - 12))
    if hours:
        lines += [[], [(_("Handled by the hour"), "title")]]
    for hour, count in hours:
        lines.append(
            [
                (f"{hour:02d}:00 ", "dim"),
                (f"{count:>3} ", "bold" if count else "dim"),
                (bar(count, most, room), "accent"),
            ]
        )
    return lines


def _quiet(_error: ConsoleError) -> None:
    """The header says less; the list says already that the desk cannot be reached."""
