"""Finds texts for people that are outside the catalogues, by reading the source.

Two rules. A text is for people where it has a word of two letters or more and

1. it is given to something that shows it: the arguments in :data:`SHOWN` of a call, or an assignment to a name in
   :data:`NAMES`; or
2. it reads like a sentence wherever it stands: it begins with a capital and has two words or more.

Texts within ``_(…)`` and its kin are in the catalogues. Docstrings, style sheets, log lines and what programmers
alone see (arguments of ValueError and the like) are not for people. The rest of the exceptions are in the test.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TRANSLATED = {"_", "N_", "ngettext", "pgettext"}
SHOWN: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    # name of the call: positions and keywords of the arguments that are shown
    "Static": ((0,), ()),
    "Label": ((0,), ()),
    "Button": ((0,), ("label",)),
    "Checkbox": ((0,), ("label",)),
    "Option": ((0,), ("prompt",)),
    "Content": ((0,), ()),
    "Text": ((0,), ()),
    "Input": ((), ("placeholder",)),
    "TextArea": ((), ("placeholder",)),
    "Select": ((), ("prompt",)),
    "TabPane": ((0,), ("title",)),
    "Tab": ((0,), ("label",)),
    "Collapsible": ((), ("title",)),
    "Binding": ((2,), ("description", "tooltip")),
    "SystemCommand": ((0, 1), ("title", "help")),
    "add_column": ((0,), ("label",)),
    "add_columns": ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), ()),
    "notify": ((0,), ("message", "title")),
    "append": ((), ()),
    "update": ((0,), ("content",)),
    "from_markup": ((0,), ()),
    "assemble": ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), ()),
    "styled": ((0,), ()),
    "print": ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), ()),
    "write": ((0,), ()),
    "ArgumentParser": ((), ("description", "epilog", "usage")),
    "add_parser": ((), ("help", "description", "epilog")),
    "add_argument": ((), ("help",)),
    "add_argument_group": ((0, 1), ("title", "description")),
    "add_subparsers": ((), ("title", "help", "description")),
    "ConsoleError": ((0, 1), ("what", "do")),
    "UsageError": ((0, 1), ("what", "do")),
    "NotFound": ((0, 1), ("what", "do")),
    "Finding": ((0, 2, 3), ("what", "seen", "do")),
}
ANYWHERE = ("tooltip", "placeholder", "border_title", "border_subtitle", "empty_text")
"""Keywords that are shown whatever the call."""
NAMES = {
    *ANYWHERE,
    *("TITLE", "SUB_TITLE", "BORDER_TITLE", "BORDER_SUBTITLE", "HELP", "title", "sub_title", "label"),
}
"""Names and attributes whose text is shown."""
FOR_PROGRAMMERS = {
    *("ValueError", "TypeError", "RuntimeError", "AssertionError", "NotImplementedError", "KeyError"),
    *(
        "debug",
        "info",
        "warning",
        "error",
        "exception",
        "getLogger",
        "compile",
        "query_one",
        "query",
        "Literal",
    ),
    *("TypeVar", "cast", "ContextVar", "Thread", "strptime", "strftime"),
}
STYLES = {
    "AUTO_FOCUS",
    "CSS",
    "DEFAULT_CSS",
    "CSS_PATH",
    "SCOPED_CSS",
    "COMPONENT_CLASSES",
    "DEFAULT_CLASSES",
}
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"^[^\w]*[^\W\d_a-zà-ÿ]\S*\s+.*?[^\W\d_]{2,}", re.DOTALL)


@dataclass(frozen=True)
class Loose:
    """A text for people that no catalogue has."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text!r}"


def loose_texts(path: Path, name: str) -> list[Loose]:
    """The loose texts of a source file; ``name`` is what they call it."""
    finder = _Finder(name)
    finder.visit(ast.parse(path.read_text(encoding="utf-8")))
    return sorted(set(finder.found), key=lambda loose: (loose.line, loose.text))


class _Finder(ast.NodeVisitor):
    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Loose] = []

    def _shown(self, node: ast.expr | None) -> None:
        for text, line in _texts(node):
            if _WORD.search(text):
                self.found.append(Loose(self.name, line, text))

    def visit_Call(self, node: ast.Call) -> None:
        called = _name_of(node.func)
        if called in TRANSLATED or called in FOR_PROGRAMMERS:
            return
        positions, keywords = SHOWN.get(called, ((), ()))
        for position in positions:
            if position < len(node.args):
                self._shown(node.args[position])
        for keyword in node.keywords:
            if keyword.arg in keywords or keyword.arg in ANYWHERE:
                self._shown(keyword.value)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = {_name_of(target) for target in node.targets}
        self._assigned(names, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assigned({_name_of(node.target)}, node.value)

    def _assigned(self, names: set[str], value: ast.expr) -> None:
        if names & STYLES:
            return
        if names & NAMES:
            self._shown(value)
        if "BINDINGS" in names and isinstance(value, ast.List | ast.Tuple):
            for binding in value.elts:
                if isinstance(binding, ast.Tuple) and len(binding.elts) > 2:
                    self._shown(binding.elts[2])
        self.visit(value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        for text, line in _texts(node):
            self._sentence(text, line)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._sentence(node.value, node.lineno)

    def _sentence(self, text: str, line: int) -> None:
        if _SENTENCE.match(text):
            self.found.append(Loose(self.name, line, text))


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _texts(node: ast.expr | None) -> Iterator[tuple[str, int]]:
    """The literal texts that an expression's value is made of; calls are not looked into, but for str.format."""
    match node:
        case ast.Constant(value=str() as text):
            yield text, node.lineno
        case ast.JoinedStr():
            parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
            yield "".join(map(str, parts)), node.lineno
        case ast.BinOp(left=left, right=right):
            yield from _texts(left)
            yield from _texts(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            for value in values:
                yield from _texts(value)
        case ast.Call(func=ast.Attribute(value=value, attr="format" | "join" | "upper" | "ljust" | "rjust")):
            yield from _texts(value)
        case _:
            return
