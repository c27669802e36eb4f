"""Liquid as macros have it: python-liquid with a narrow set of tags and filters, limits, and no silent holes.

The only module that imports python-liquid; it is itself imported when the first template is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TextIO

from liquid import Environment, RenderContext
from liquid.builtin.expressions import Path, StringLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.assign_tag import AssignNode, AssignTag
from liquid.exceptions import LiquidError, UndefinedError
from liquid.expression import Expression
from liquid.filter import with_context
from liquid.stringify import to_liquid_string
from liquid.undefined import Undefined

from agentconsole.desk.macros.formats import day, money
from agentconsole.desk.macros.placeholders import UNRESOLVED

if TYPE_CHECKING:
    from agentconsole.desk.macros.template import Setting

__all__ = ("FILTERS", "TAGS", "LiquidError", "data_of", "environment")

TAGS = ("if", "unless", "case", "for", "break", "continue", "assign", "capture", "comment", "#")
"""Tags that a macro may use: nothing that reads another file, and nothing that writes HTML."""
FILTERS = (
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "date", "day", "default", "divided_by", "downcase",
    "first", "floor", "join", "last", "lstrip", "minus", "modulo", "money", "plus", "prepend", "remove",
    "remove_first", "remove_last", "replace", "replace_first", "replace_last", "round", "rstrip", "size", "slice",
    "split", "squish", "strip", "strip_html", "strip_newlines", "times", "truncate", "truncatewords", "upcase",
)  # fmt: skip
"""Filters that a macro may use; ``day`` and ``money`` are ours."""
_PSEUDO = ("content", "illegal")
_NO_VALUE = (LiquidError, ArithmeticError, LookupError, TypeError, ValueError)
"""What evaluating an expression may raise where its value does not fit: then there is no value."""
_SETTING = "setting of the filters"
"""Under this name the filters find the language and the day."""


class _Missing(Undefined):
    """A placeholder without a value: false in a condition, replaced by ``default``, and an error as a text."""

    __slots__ = ()
    force_liquid_default = True

    def __str__(self) -> str:
        raise UndefinedError(self.name, token=None)


class _Strict(OutputNode):
    """``{{ … }}`` that writes itself where something in it is missing, or where it would write nothing."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = _evaluated(self.expression, context)
        text = to_liquid_string(value, autoescape=False) if isinstance(value, str | int | float) else ""
        wanted = isinstance(getattr(self.expression, "left", None), StringLiteral) and isinstance(value, str)
        return buffer.write(text if text.strip() or wanted else self._itself(value))

    def _itself(self, value: object) -> str:
        """As it was written; by its own name where the macro has given the placeholder another or a text before it."""
        source = f"{{{{ {self.expression} }}}}"
        found = UNRESOLVED.fullmatch(source)
        if isinstance(value, _Missing) and (found is None or found[1] != value.name):
            source = f"{{{{ {value.name} }}}}"
            found = UNRESOLVED.fullmatch(source)
        return source if found else "{{ ? }}"


class _StrictOutput(Output):
    node_class = _Strict


class _StrictAssign(AssignNode):
    """``{% assign %}`` of what is missing is missing too."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, _: TextIO) -> int:
        context.assign(self.name, _evaluated(self.expression, context))
        return 0


class _StrictAssignTag(AssignTag):
    node_class = _StrictAssign


def _evaluated(expression: Expression, context: RenderContext) -> object:
    """The value of an expression; :class:`_Missing` where something in it is missing and no default stands in."""
    if all(applied.name != "default" for applied in getattr(expression, "filters", None) or ()):
        for path in _paths(expression):
            value = path.evaluate(context)
            if isinstance(value, _Missing):
                return value if value.token is None else _Missing(str(path))  # Liquid names the first word only
    try:
        return expression.evaluate(context)
    except UndefinedError as error:
        return _Missing(str(error.message))
    except _NO_VALUE:
        return _Missing(str(getattr(expression, "left", expression)))


def _paths(expression: Expression) -> Iterator[Path]:
    if isinstance(expression, Path):
        yield expression
    for child in expression.children():
        yield from _paths(child)


@with_context
def _day(value: object, *, context: RenderContext) -> str:
    setting = _setting(context)
    return day(str(value), setting.language, setting.today)


@with_context
def _money(value: object, currency: str = "EUR", *, context: RenderContext) -> str:
    return money(str(value), _setting(context).language, str(currency))


def _setting(context: RenderContext) -> Setting:
    found: Any = context.globals[_SETTING]
    return found  # type: ignore[no-any-return]  # put there by data_of


def _bounded(used: Callable[..., Any], size: Callable[..., int]) -> Callable[..., Any]:
    """A filter that can make much of little; the limits of the environment are looked at only after it."""

    @wraps(used)
    def bounded(value: Any, *arguments: Any, **options: Any) -> Any:
        if size(value, *arguments) > _Macros.output_stream_limit:
            raise LiquidError("the text becomes too long", token=None)
        return used(value, *arguments, **options)

    return bounded


def _joined_size(value: Any, between: object = " ", *_more: object) -> int:
    items = len(value) if hasattr(value, "__len__") else 0
    if items > _Macros.output_stream_limit:
        return items
    pieces = (len(str(item)) for item in value) if isinstance(value, list | tuple | range) else ()
    return sum(pieces) + items * len(str(between))


def _replaced_size(value: Any, old: object = "", new: object = "", *_more: object) -> int:
    text, wanted = str(value), str(old)
    return len(text) + text.count(wanted) * (len(str(new)) - len(wanted))


class _Macros(Environment):
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 1_000
    local_namespace_limit = 50_000
    output_stream_limit = 100_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS or name in _PSEUDO}
        self.filters = {name: used for name, used in self.filters.items() if name in FILTERS}
        self.filters["join"] = _bounded(self.filters["join"], _joined_size)
        self.filters["replace"] = _bounded(self.filters["replace"], _replaced_size)
        self.add_tag(_StrictOutput)
        self.add_tag(_StrictAssignTag)
        self.add_filter("day", _day)
        self.add_filter("money", _money)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """What all templates are parsed with."""
    return _Macros(undefined=_Missing, strict_filters=True)


def data_of(tree: Mapping[str, Mapping[str, str]], setting: Setting) -> dict[str, Any]:
    """The values as Liquid is given them: plain texts in plain dictionaries; blank ones are missing."""
    data: dict[str, Any] = {
        first: {last: value if value.strip() else _Missing(f"{first}.{last}") for last, value in rest.items()}
        for first, rest in tree.items()
    }
    return data | {_SETTING: setting}
