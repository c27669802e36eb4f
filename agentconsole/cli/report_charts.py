"""Charts of the report's page: SVG elements without a colour of their own, which the page's style sheet gives them.

Lines differ in their dashes too, and every chart has its figures in a table beside it: nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement

WIDTH, HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 10, 24
_POINTS = 62
"""Up to so many values each has a mark that tells it."""
_LABELS = 6
_TICKS = 4
TO = " – "
"""Between the first and last day of a place; below the chart stands the first."""
_TIMES = tuple(
    n * unit for unit, some in ((60, (1, 2, 5, 10, 15, 30)), (3600, (1, 2, 4, 8, 12)), (86400, (1, 2, 5, 10)))
    for n in some
)  # fmt: skip

Words = Callable[[float], str]
Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, and a value a place, ``None`` where there is none."""

    name: str
    values: Values


def nice(most: float, *, times: bool = False) -> float:
    """The distance of the scale's lines, so that some :data:`_TICKS` of them reach ``most``: 1, 2 or 5 times a power
    of ten; lengths of time (seconds) as people count them."""
    wanted = max(most, 1e-9) / _TICKS
    if times:
        found = next((step for step in _TIMES if step >= wanted), None)
        return float(found) if found else ceil(wanted / 864000) * 864000.0
    power = 10.0 ** floor(log10(wanted))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= wanted * (1 - 1e-9))


def lines(
    title: str,
    places: Sequence[str],
    series: Sequence[Series],
    words: Words,
    *,
    times: bool = False,
    whole: bool = True,
) -> Element:
    """A chart of lines over places (days, weeks).

    :param places: their names; of a week ``FIRST – LAST``.
    :param title: what it shows, for who does not see it. :param words: a value as it is told.
    :param times: the values are seconds. :param whole: they are counts: no line of the scale lies between two.
    """
    svg = _svg(title)
    most = max((value for one in series for value in one.values if value is not None), default=0)
    step = nice(most, times=times)
    if whole and not times:
        step = max(step, 1.0)
    top = step * max(ceil(most / step - 1e-9), 1)
    for tick in range(round(top / step) + 1):
        y = _y(tick * step, top)
        _line(svg, _LEFT, y, WIDTH - _RIGHT, y, "grid")
        _text(svg, _LEFT - 6, y + 4, words(tick * step), "end")
    for at in _labelled(len(places)):
        anchor = "start" if at == 0 else "end" if at == len(places) - 1 and at else "middle"
        _text(svg, _x(at, len(places)), HEIGHT - 6, places[at].partition(TO)[0], anchor)
    for number, one in enumerate(series):
        _draw(svg, number, one, places, top, words)
    return svg


def _draw(svg: Element, number: int, one: Series, places: Sequence[str], top: float, words: Words) -> None:
    """A line is broken where there is no value; a value between two gaps has its mark."""
    group = SubElement(svg, "g", {"class": f"s{number}"})
    path, drawing = [], False
    for at, value in enumerate(one.values):
        if value is None:
            drawing = False
            continue
        path.append(f"{'L' if drawing else 'M'}{_x(at, len(places)):.1f} {_y(value, top):.1f}")
        drawing = True
    SubElement(group, "path", {"d": " ".join(path)})
    for at, value in enumerate(one.values):
        alone = _alone(one.values, at)
        if value is not None and (alone or len(places) <= _POINTS):
            mark = SubElement(
                group, "circle", {"cx": f"{_x(at, len(places)):.1f}", "cy": f"{_y(value, top):.1f}", "r": "2.5"}
            )
            SubElement(mark, "title").text = f"{places[at]}: {one.name} {words(value)}"


def _alone(values: Values, at: int) -> bool:
    before = values[at - 1] if at else None
    after = values[at + 1] if at + 1 < len(values) else None
    return before is None and after is None


def legend(series: Sequence[Series]) -> Element:
    """The names of lines, each with a piece of its line."""
    found = Element("p", {"class": "legend"})
    for number, one in enumerate(series):
        item = SubElement(found, "span")
        svg = SubElement(item, "svg", {"viewBox": "0 0 28 8", "width": "28", "height": "8", "aria-hidden": "true"})
        SubElement(SubElement(svg, "g", {"class": f"s{number}"}), "path", {"d": "M0 4 L28 4"})
        SubElement(item, "span").text = f" {one.name}"
    return found


def bar(value: float, most: float) -> Element:
    """A bar in a table's cell, beside its number."""
    wide = 100 * value / most if most > 0 else 0
    svg = Element("svg", {"class": "bar", "viewBox": "0 0 100 8", "preserveAspectRatio": "none", "aria-hidden": "true"})
    SubElement(svg, "rect", {"x": "0", "y": "0", "height": "8", "width": f"{max(wide, 0):.1f}"})
    return svg


def _svg(title: str) -> Element:
    svg = Element("svg", {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria-label": title, "class": "chart"})
    SubElement(svg, "title").text = title
    return svg


def _x(at: int, places: int) -> float:
    room = WIDTH - _LEFT - _RIGHT
    return _LEFT + (room / 2 if places < 2 else room * at / (places - 1))


def _y(value: float, top: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top


def _labelled(places: int) -> list[int]:
    """Which places have their name below the chart: the first, the last, and some between."""
    if places <= _LABELS:
        return list(range(places))
    return [round(number * (places - 1) / (_LABELS - 1)) for number in range(_LABELS)]


def _line(svg: Element, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
    ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    SubElement(svg, "line", ends | {"class": kind})


def _text(svg: Element, x: float, y: float, words: str, anchor: str) -> None:
    SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}).text = words
