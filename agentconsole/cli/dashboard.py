"""The verb dashboard: the floor in plain lines, once or again and again."""

from __future__ import annotations

import argparse
import sys
import time

from agentconsole.cli import output_figures as shown
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, line, row_cells, row_fields, table
from agentconsole.desk import figures
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError
from agentconsole.i18n import _, clock_time, day_in_full, ngettext, number, pgettext
from agentconsole.model.floor import Floor, Quarter, Which

EVERY = 5.0
"""Seconds between two looks."""
_BAR = 30


def dashboard(options: argparse.Namespace) -> int:
    """``agentconsole dashboard [--json | --once]``: once for those, else again every five seconds."""
    if options.definitions:
        return _definitions(options)
    with opened(options, reads=True) as desk:
        if options.behind:
            return _behind(options, desk)
        if options.json:
            emit(shown.floor_fields(figures.floor(desk)))
            return 0
        _print(desk, figures.floor(desk))
        while not options.once:
            sys.stdout.flush()
            try:
                time.sleep(EVERY)
            except KeyboardInterrupt:
                return 0
            _again(desk)
    return 0


def _again(desk: Desk) -> None:
    """A terminal is cleared; what goes elsewhere is divided by an empty line. A desk that is away is tried again."""
    try:
        floor = figures.floor(desk)
    except DeskError as error:
        heading(error.what)
        return
    sys.stdout.write("\x1b[H\x1b[2J" if sys.stdout.isatty() else "\n")
    _print(desk, floor)


def _behind(options: argparse.Namespace, desk: Desk) -> int:
    found = figures.behind(desk, Which(options.behind, options.scope), options.limit)
    now = desk.now()
    if options.json:
        for row in found.rows:
            emit(row_fields(row, desk, now))
        return 0
    heading(_("{title}: {n}").format(title=found.title, n=number(found.total)))
    table([row_cells(row, desk, now) for row in found.rows], flexible=4)
    return 0


def _definitions(options: argparse.Namespace) -> int:
    for metric in figures.METRICS:
        name, short, formula = _(metric.name), _(metric.short), _(metric.formula)
        if options.json:
            emit({"figure": metric.id, "name": name, "short": short, "formula": formula, "source": metric.source})
            continue
        line(_("{name} ({id}): {short}").format(name=name, id=metric.id, short=short))
        line(f"  {formula}\n  {metric.source}")
    return 0


def _print(desk: Desk, floor: Floor) -> None:
    local = floor.at.astimezone(desk.config.zone)
    heading(f"{desk.config.brand.name} · {day_in_full(local.date(), local.date())} {local:%H:%M}".lstrip(" ·"))
    total = floor.total
    said = ngettext("{n} late", "{n} late", total.late).format(n=number(total.late))
    if total.asleep:
        said += " " + ngettext("+{n} asleep", "+{n} asleep", total.asleep).format(n=number(total.asleep))
    line(
        _("{open} open, {late}, {due} due within the hour; forecast: {forecast}").format(
            open=number(total.open),
            late=said,
            due=number(total.due),
            forecast=shown.forecast_words(desk, floor.forecast),
        )
    )
    for incident in floor.incidents:
        heading(f"{_('INCIDENT')} {shown.incident_words(desk, incident)}")
    head = [
        pgettext("column", "open"), _("late"), pgettext("column", "asleep"), _("due"), _("oldest"), "",
    ]  # fmt: skip
    for kind, name, loads in (("view", _("view"), floor.views), ("channel", _("channel"), floor.channels)):
        line()
        table([[name, *head], *(shown.load_cells(desk, kind, load, floor.at) for load in loads)])
    _print_times(floor)
    _print_agents(desk, floor)
    _print_hours(desk, floor)
    line()
    for spend in floor.spend:
        line(_("gestures: {what}").format(what=shown.spend_words(spend)))
    line(_("approvals waiting: {n}").format(n=number(floor.approvals)))


def _print_times(floor: Floor) -> None:
    line()
    rows = [["", "", _("count"), _("median"), _("90 %"), _("within SLA")]]
    for name, compared in ((_("first response"), floor.first_response), (_("resolution"), floor.resolution)):
        rows.append([name, _("today"), *shown.spread_cells(compared.today)])
        rows.append(["", _("a week before"), *shown.spread_cells(compared.before)])
    table(rows)


def _print_agents(desk: Desk, floor: Floor) -> None:
    line()
    head = [
        _("adviser"), _("state"), pgettext("column", "open"), pgettext("column", "waiting"),
        _("late"), pgettext("column", "asleep"), _("handled"), _("reopened"), _("first response"), "",
    ]  # fmt: skip
    table([head, *(shown.agent_cells(desk, agent) for agent in floor.agents)])


def _print_hours(desk: Desk, floor: Floor) -> None:
    """By the hour: quarters of an hour are too many lines; ``--json`` has them."""
    hours = shown.hours_of(floor.quarters)
    most = max((max(hour.arrived, hour.handled) for hour in hours), default=0)
    line()
    if most:
        zone = desk.config.zone
        rows = [[clock_time(h.begins, zone), str(h.arrived), str(h.handled), _bars(h, most)] for h in hours]
        table([[_("hour"), _("arrived"), _("handled"), ""], *rows])


def _bars(hour: Quarter, most: int) -> str:
    """``+++`` arrived, ``---`` handled."""
    wide = min(most, _BAR)
    return "+" * -(-hour.arrived * wide // most) + " " + "-" * -(-hour.handled * wide // most)
