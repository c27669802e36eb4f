"""Filling in: Liquid, strict, without files, and within limits.

A placeholder that is unknown or empty stays in the text as it was written, filters included, so that a person sees it
and nothing is ever sent as a hole. Values are foreign text: they are never evaluated, and their braces become
parentheses, so that whatever stands between ``{{`` and ``}}`` in a filled-in text is a placeholder of the macro's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from agentconsole.desk.macros.formats import one_line
from agentconsole.desk.macros.placeholders import PLACEHOLDERS, unresolved_in
from agentconsole.errors import UsageError
from agentconsole.i18n import _

if TYPE_CHECKING:
    from liquid import BoundTemplate

_BRACES = str.maketrans("{}", "()")
_JOINERS = "\u200c\u200d"
_BLANK_LINES = re.compile(r"\n{3,}")
_LINE_END = re.compile(r"[ \t]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it will be sent; ``unresolved`` names the placeholders that still stand in it."""

    text: str
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What filters need besides the value: the language of the words (ISO 639-1), and which day it is."""

    language: str
    today: date


def render(source: str, values: Mapping[str, str], setting: Setting) -> Rendered:
    """Fill in a template.

    :param source: Liquid.
    :param values: by full name, ``customer.first_name``; what is left out or blank is unresolved.
    :raises UsageError: it is no template of ours, or goes beyond the limits.
    """
    if "{{" not in source and "{%" not in source:
        return Rendered(_tidy(source))
    from agentconsole.desk.macros.engine import LiquidError, data_of

    try:
        text = parse(source).render(data_of(_tree(values), setting))
    except (LiquidError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        reason = getattr(error, "message", error)
        raise UsageError(
            _("The macro cannot be filled in: {reason}.").format(reason=reason),
            _("Correct its file; `agentconsole macro check` looks at all of them."),
        ) from None
    text = _tidy(text)
    return Rendered(text, unresolved_in(text))


@lru_cache(maxsize=2048)
def parse(source: str) -> BoundTemplate:
    """A template, parsed once.

    :raises liquid.exceptions.LiquidError: it is not Liquid, or uses what is not allowed here.
    """
    from agentconsole.desk.macros.engine import environment

    return environment().from_string(source)


def harmless(value: str) -> str:
    """A value as it goes into a text: one line, without control characters, braces as parentheses."""
    return "".join(c for c in one_line(value.translate(_BRACES)) if c in _JOINERS or unicodedata.category(c)[0] != "C")


def _tree(values: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The values by their first word; what there is not is an empty text."""
    tree: dict[str, dict[str, Any]] = {first: dict.fromkeys(rest, "") for first, rest in PLACEHOLDERS.items()}
    for name, value in values.items():
        first, _dot, last = name.partition(".")
        tree.setdefault(first, {})[last] = harmless(value)
    return tree


def _tidy(text: str) -> str:
    """Without the empty lines that tags leave behind."""
    return _BLANK_LINES.sub("\n\n", _LINE_END.sub("", text.replace("\r\n", "\n"))).strip("\n")
