"""What is wrong with a template, before anybody fills it in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

from agentconsole.desk.macros.placeholders import NAMES
from agentconsole.i18n import _

_RAW = re.compile(r"\{%-?\s*raw\b")


def mistakes_in(source: str, questions: Collection[str] = ()) -> list[tuple[int, str]]:
    """The mistakes of a template: line (from 1) and what it is, the first line first.

    :param source: Liquid.
    :param questions: names of the macro's questions, which it may use as ``ask.NAME``.
    """
    if "{{" not in source and "{%" not in source:
        return []
    raw = _RAW.search(source)
    if raw:
        return [(_line(source, raw.start()), _("the tag raw: braces that stay in a text always mark a placeholder"))]
    run = source.find("{{{")
    if run >= 0:  # never Liquid; python-liquid takes a time for long runs that grows with their square
        return [(_line(source, run), _("three braces in a row"))]
    from agentconsole.desk.macros.engine import LiquidError
    from agentconsole.desk.macros.template import parse

    try:
        template = parse(source)
    except LiquidError as error:
        return [(_line_of(error, source), str(error.message))]
    found = template.analyze(include_partials=False)
    mistakes = [
        (_line(source, variable.span.index), said)
        for used in found.globals.values()
        for variable in used
        for said in _unknown(str(variable), {*NAMES, *(f"ask.{name}" for name in questions)})
    ]
    mistakes += _unknown_filters(source, {name: [span.index for span in at] for name, at in found.filters.items()})
    return sorted(dict.fromkeys(mistakes))


def _unknown(name: str, known: Collection[str]) -> Iterator[str]:
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = _(" (did you mean {name}?)").format(name=near[0]) if near else ""
        yield _("unknown placeholder {name}{hint}").format(name=name, hint=hint)


def _unknown_filters(source: str, used: dict[str, list[int]]) -> Iterator[tuple[int, str]]:
    from agentconsole.desk.macros.engine import FILTERS

    for name, places in used.items():
        if name not in FILTERS:
            near = difflib.get_close_matches(name, FILTERS, 1)
            hint = _(" (did you mean {name}?)").format(name=near[0]) if near else ""
            for place in places:
                yield _line(source, place), _("unknown filter {name}{hint}").format(name=name, hint=hint)


def _line_of(error: object, source: str) -> int:
    """The line that python-liquid blames; the last one where it blames none, as for a block without its end."""
    token = getattr(error, "token", None)
    index = getattr(token, "start_index", -1)
    return _line(source, index if 0 <= index < len(source) else len(source))


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
