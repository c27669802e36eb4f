"""The report as a page of its own: charts, the tables behind them, and what each figure means. Nothing is fetched.

The page is built as a tree of elements, so that names of channels and people are text in it whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from agentconsole import i18n
from agentconsole.cli import report_charts as charts
from agentconsole.cli.output_figures import NONE, length, within
from agentconsole.cli.report_charts import Series, Words
from agentconsole.desk.behind import scope_name
from agentconsole.desk.context import Desk
from agentconsole.desk.history import Part, Period
from agentconsole.desk.metrics import METRICS, metric_of
from agentconsole.i18n import _, ngettext
from agentconsole.model.floor import Day
from agentconsole.text import clean

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Said to the browser: nothing is loaded, nothing runs."""


def page(desk: Desk, periods: Mapping[str, Period], before: Day | None, since: date, until: date, now: datetime) -> str:
    """The page's HTML.

    :param periods: of every scope, part by part. :param before: of the whole desk, the same number of days before;
        ``None`` where not all of them are known.
    """
    whole = periods["all"]
    root = Element("html", {"lang": i18n.language()})
    title = f"{desk.config.brand.name or _('Report')} · {i18n.date(since)} – {i18n.date(until)}"
    _head(root, title)
    body = SubElement(root, "body")
    main = SubElement(body, "main")
    _add(main, "h1", title)
    days = (until - since).days + 1
    told = ngettext("Before: the day before.", "Before: the {n} days before.", days).format(n=i18n.number(days))
    _tiles(main, whole.together, before)
    if before is not None:
        _add(main, "p", told, class_="before")
    if whole.parts:
        _charts(main, whole)
    for kind, words in (("channel", _("By channel")), ("team", _("By team")), ("agent", _("By adviser"))):
        some = {scope: each for scope, each in periods.items() if scope.startswith(f"{kind}:")}
        if some:
            _scopes(main, desk, words, kind, some)
    _definitions(main)
    made = _("Made {day} {time} by agentconsole.").format(
        day=i18n.date(now.astimezone(desk.config.zone).date()), time=i18n.clock_time(now, desk.config.zone)
    )
    _add(SubElement(body, "footer"), "p", made)
    return "\n".join(("<!DOCTYPE html>", tostring(root, encoding="unicode", method="html"), ""))


def _head(root: Element, title: str) -> None:
    head = SubElement(root, "head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    SubElement(head, "meta", {"name": "color-scheme", "content": "light dark"})
    _add(head, "title", title)
    SubElement(head, "style").text = _STYLE


def _add(parent: Element, tag: str, words: str, **attributes: str) -> Element:
    """An element with foreign text in it, made safe to look at."""
    found = SubElement(parent, tag, {name.rstrip("_"): value for name, value in attributes.items()})
    found.text = clean(words, one_line=True)
    return found


def _tiles(main: Element, now: Day, before: Day | None) -> None:
    """What it comes to, each against the same number of days before where they are known."""
    tiles = SubElement(main, "dl", {"class": "tiles"})
    shown, was = _shown(now), {} if before is None else _shown(before)
    for (figure, part), value in shown.items():
        _tile(tiles, figure, value, was.get((figure, part)), part)


def _shown(day: Day) -> dict[tuple[str, str], str]:
    """The figures that stand above all others, each with the part of it that is meant."""
    counts = ("arrived", "handled", "resolved", "reopened")
    found = {(figure, ""): i18n.number(getattr(day, figure)) for figure in counts}
    for figure in ("first_response", "resolution"):
        spread = getattr(day, figure)
        found[figure, _("median")] = length(spread.median)
        found[figure, _("within SLA")] = within(spread)
    return found


def _tile(tiles: Element, figure: str, value: str, before: str | None, part: str = "") -> None:
    tile = SubElement(tiles, "div")
    metric = metric_of(figure)
    name = _add(tile, "dt", f"{_(metric.name)}, {part}" if part else _(metric.name))
    name.set("title", _(metric.short))
    _add(tile, "dd", value, class_="value")
    if before is not None:
        _add(tile, "dd", _("before: {value}").format(value=before), class_="before")


def _charts(main: Element, whole: Period) -> None:
    days, parts = [part.figures for part in whole.parts], whole.parts
    both = ("arrived", "handled")
    arrived = [Series(_(metric_of(name).name), [getattr(day, name) for day in days]) for name in both]
    _chart(main, _("Arrived and handled"), parts, arrived, _count)
    for figure in ("first_response", "resolution"):
        spreads = [getattr(day, figure) for day in days]
        took = [
            Series(_("median"), [spread.median for spread in spreads]),
            Series(_("90th percentile"), [spread.p90 for spread in spreads]),
        ]
        name = _(metric_of(figure).name)
        _chart(main, _("{figure}: how long").format(figure=name), parts, took, _time, times=True)
        shares = [Series(_("within SLA"), [spread.within for spread in spreads])]
        _chart(main, _("{figure}: share in time").format(figure=name), parts, shares, _percent, whole=False)
    waiting = [Series(_(metric_of("waiting_at_end").name), [day.waiting_at_end for day in days])]
    _chart(main, _("Waiting when the day ended"), parts, waiting, _count)


def _percent(share: float) -> str:
    return _("{n} %").format(n=round(share * 100))


def _count(value: float) -> str:
    return i18n.number(round(value))


def _time(value: float) -> str:
    return length(round(value)) if value else "0"


def _chart(
    main: Element, title: str, parts: Sequence[Part], series: Sequence[Series], words: Words, *, times: bool = False,
    whole: bool = True,
) -> None:  # fmt: skip
    section = SubElement(main, "section")
    _add(section, "h2", title[:1].upper() + title[1:])
    names = [_part_name(part) for part in parts]
    section.append(charts.lines(title, names, series, words, times=times, whole=whole))
    if len(series) > 1:
        section.append(charts.legend(series))
    details = SubElement(section, "details")
    _add(details, "summary", _("The figures as a table"))
    rows = [
        [name, *(NONE if (value := one.values[at]) is None else words(value) for one in series)]
        for at, name in enumerate(names)
    ]
    _table(details, title, ["", *(one.name for one in series)], rows)


def _part_name(part: Part) -> str:
    """A day, or from when until when."""
    first = i18n.date(part.first)
    return first if part.first == part.last else f"{first}{charts.TO}{i18n.date(part.last)}"


def _scopes(main: Element, desk: Desk, title: str, kind: str, periods: Mapping[str, Period]) -> None:
    """One line a channel, team or adviser; a bar shows how much of the work it was."""
    section = SubElement(main, "section")
    _add(section, "h2", title)
    figure = "handled" if kind == "agent" else "arrived"
    names = ["arrived", "handled"] if kind != "agent" else ["handled"]
    names += ["resolved", "reopened", *(["messages_out"] if kind != "team" else [])]
    head = ["", "", *(_(metric_of(name).name) for name in names)]
    for name in ("first_response", "resolution"):
        told = _(metric_of(name).name)
        head += [f"{told}, {_('median')}", f"{told}, {_('within SLA')}"]
    in_order = sorted(periods.items(), key=lambda item: -getattr(item[1].together, figure))
    most = max(getattr(each.together, figure) for _scope, each in in_order)
    rows: list[list[str | Element]] = []
    for scope, each in in_order:
        day = each.together
        row: list[str | Element] = [scope_name(desk, scope), charts.bar(getattr(day, figure), most)]
        row += [i18n.number(getattr(day, name)) for name in names]
        for spread in (day.first_response, day.resolution):
            row += [length(spread.median), within(spread)]
        rows.append(row)
    _table(section, title, head, rows)


def _table(parent: Element, title: str, head: Sequence[str], rows: Iterable[Sequence[str | Element]]) -> None:
    wide = SubElement(parent, "div", {"class": "wide", "tabindex": "0", "role": "region", "aria-label": title})
    table = SubElement(wide, "table")
    top = SubElement(SubElement(table, "thead"), "tr")
    for words in head:
        _add(top, "th", words, scope="col")
    body = SubElement(table, "tbody")
    for row in rows:
        line = SubElement(body, "tr")
        for at, value in enumerate(row):
            if isinstance(value, str):
                _add(line, "td" if at else "th", value, **({} if at else {"scope": "row"}))
            else:
                SubElement(line, "td").append(value)


def _definitions(main: Element) -> None:
    section = SubElement(main, "section")
    details = SubElement(section, "details")
    _add(details, "summary", _("What the figures mean"))
    _add(
        details,
        "p",
        _("Medians and percentiles of more than a day are told from bins: at most 2.5 % beside the truth."),
    )
    shown = SubElement(details, "dl")
    for metric in METRICS:
        _add(shown, "dt", _(metric.name))
        _add(shown, "dd", f"{_(metric.short)} {_(metric.formula)}")


_STYLE = """
:root { color-scheme: light dark; --ink: #1d2129; --dim: #5b6472; --line: #d9dde3; --back: #fff; --tile: #f4f5f7;
  --s0: #1f5fbf; --s1: #b4530f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ec; --dim: #a3abb8; --line: #3a404b; --back: #16191f;
  --tile: #1f232b; --s0: #7db1ff; --s1: #f0a868; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main, footer { max-width: 76rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 1rem 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; margin: 0; }
.tiles div { background: var(--tile); padding: .75rem; border-radius: .4rem; }
dt { color: var(--dim); } dd { margin: 0; } .value { font-size: 1.5rem; font-weight: 600; }
.before, footer, .legend { color: var(--dim); font-size: .875rem; }
.legend > span { margin-right: 1.5rem; }
.chart { width: 100%; max-width: 60rem; height: auto; display: block; }
.chart text { font-size: 11px; fill: var(--dim); } .grid { stroke: var(--line); }
svg path { fill: none; stroke-width: 2; } svg circle { stroke: none; }
.s0 path { stroke: var(--s0); } .s0 circle, .bar rect { fill: var(--s0); }
.s1 path { stroke: var(--s1); stroke-dasharray: 6 4; } .s1 circle { fill: var(--s1); }
.bar { width: 6rem; height: .6rem; display: block; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } th:first-child, td:nth-child(2):has(.bar) { text-align: left; }
tbody th { font-weight: 400; white-space: nowrap; } thead th { vertical-align: bottom; }
summary { cursor: pointer; color: var(--dim); } details dt { color: var(--ink); font-weight: 600; margin-top: .5rem; }
:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
@media print { section { break-inside: avoid; } body { font-size: 12px; } }
"""
