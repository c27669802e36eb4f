"""The verb report: the figures of days gone by, as lines, JSON, CSV or a page."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from agentconsole import i18n
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, line, table
from agentconsole.cli.output_figures import NONE, day_fields, length, totals_fields, within
from agentconsole.desk import history, sheets
from agentconsole.desk.behind import scope_name
from agentconsole.desk.context import Desk
from agentconsole.desk.history import Period, Step
from agentconsole.desk.local_days import day_of
from agentconsole.desk.metrics import metric_of
from agentconsole.desk.supervisor import must_supervise
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.floor import Day, Spread

_DAYS = 30
_FIRST = date(1990, 1, 1)
_LONGEST = 3660
"""Days of one report."""
_BY_DAY, _BY_WEEK = 62, 400
"""So many days are shown each, so many by the week; more by the month."""


def report(options: argparse.Namespace) -> int:
    """``agentconsole report [--from DAY] [--to DAY]``, with ``--json``, ``--csv FILE`` and ``--html FILE``."""
    with opened(options, reads=True) as desk:
        must_supervise(desk)
        since, until = _span(desk, options.since, options.until)
        scope = _scope(desk, options.scope)
        if options.csv:
            _csv(desk, options.csv, since, until)
        if options.html:
            _html(desk, options.html, since, until)
        if options.json:
            for day in history.days(desk, since, until, scope):
                emit(day_fields(day))
        elif not (options.csv or options.html):
            _print(desk, scope, history.period(desk, since, until, scope, _step(since, until)))
    return 0


def _span(desk: Desk, since: str | None, until: str | None) -> tuple[date, date]:
    today = day_of(desk.now(), desk.config.zone)
    last = _day(until) if until else max(today - timedelta(days=1), _day(since) if since else date.min)
    first = _day(since) if since else last - timedelta(days=_DAYS - 1)
    if last > today:
        raise UsageError(_("{day} is still to come.").format(day=last), _("Give --to a day until today."))
    if first > last:
        raise UsageError(_("{first} is after {last}.").format(first=first, last=last), _("Give --from an earlier day."))
    if first < _FIRST:
        raise UsageError(_("That is too long ago."), _("Give --from a day since {day}.").format(day=_FIRST))
    if (last - first).days >= _LONGEST:
        raise UsageError(_("That is too long."), _("Ask for ten years at most."))
    return first, last


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise UsageError(_("{words!r} is no day.").format(words=words), _("Write it so: 2026-03-02.")) from None


def _scope(desk: Desk, scope: str) -> str:
    known = history.scopes(desk)
    if scope not in known:
        raise UsageError(
            _("There are no figures of {name!r}.").format(name=scope),
            _("Use one of: {names}.").format(names=", ".join(known)),
        )
    return scope


def _step(since: date, until: date) -> Step:
    length_ = (until - since).days + 1
    return "day" if length_ <= _BY_DAY else "week" if length_ <= _BY_WEEK else "month"


def _csv(desk: Desk, path: Path, since: date, until: date) -> None:
    """A line a day and scope; lengths of time are seconds."""
    rows = [
        _flat(part.figures)
        for period in history.periods(desk, since, until).values()
        for part in period.parts
    ]  # fmt: skip
    fields = list(_flat(Day(since, "all", 0, 0, 0, 0, 0, 0, None, Spread(), Spread())))
    sheets.save(path, fields, rows)
    line(_("{file} is written.").format(file=path))


def _flat(day: Day) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in day_fields(day).items():
        found |= (
            {f"{name}_{part}": each for part, each in value.items()} if isinstance(value, Mapping) else {name: value}
        )
    return found


def _html(desk: Desk, path: Path, since: date, until: date) -> None:
    from agentconsole.cli.report_page import page

    step, days = _step(since, until), until - since + timedelta(days=1)
    periods = history.periods(desk, since, until, step)
    before = history.period(desk, since - days, until - days)
    known = len(before.parts) == days.days
    text = page(desk, periods, before.together if known else None, since, until, desk.now())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", _("Give another name.")) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    line(_("{file} is written.").format(file=path))


def _print(desk: Desk, scope: str, period: Period) -> None:
    name = scope_name(desk, scope)
    if name:
        heading(name)
    if not period.parts:
        line(_("There are no figures of these days."))
        return
    counts = ("arrived", "handled", "resolved", "reopened", "waiting_at_end")
    head = ["", *(_(metric_of(figure).name) for figure in counts)]
    for figure in ("first_response", "resolution"):
        head += [_(metric_of(figure).name), "90 %", _("within SLA")]
    rows = [head]
    for part in period.parts:
        shown = i18n.date(part.first) + ("" if part.first == part.last else f" – {i18n.date(part.last)}")
        rows.append([shown, *_cells(part.figures)])
    if len(period.parts) > 1:
        rows.append([_("together"), *_cells(period.together)])
    table(rows)


def _cells(day: Day) -> list[str]:
    totals = totals_fields(day)
    counts = (totals[name] for name in ("arrived", "handled", "resolved", "reopened", "waiting_at_end"))
    cells = [NONE if count is None else i18n.number(count) for count in counts]
    for spread in (day.first_response, day.resolution):
        cells += [length(spread.median), length(spread.p90), within(spread)]
    return cells
