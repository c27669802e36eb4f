"""Writes the list of messages in docs/troubleshooting.md from the program's own errors; a test fails where it is stale.

Every error that reaches a person has two lines, what was wrong and what to do: both are read from the source.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "agentconsole"
PAGE = ROOT / "docs" / "troubleshooting.md"
BEGIN, END = "<!-- messages: made by tools/messages_doc.py -->", "<!-- end of messages -->"
_AREAS = {
    "config": "Configuration",
    "secrets": "Passwords",
    "store": "The desk",
    "channels": "Channels",
    "sync": "Channels",
    "serving": "The console in a browser",
    "fulfilment": "The shop",
    "desk": "Conversations",
    "macros": "Macros",
    "cli": "Line mode",
    "demo": "The demo desk",
    "views": "The console",
}


def errors() -> frozenset[str]:
    """Names of all classes of errors that tell people something: the tree of errors.py, and what grows from it."""
    bases: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] |= {base.id for base in node.bases if isinstance(base, ast.Name)}
    found = {"ConsoleError"}
    while more := {name for name, under in bases.items() if under & found} - found:
        found |= more
    return frozenset(found)


def messages() -> dict[str, list[tuple[str, str]]]:
    """Area to (what was wrong, what to do), each once, in alphabetical order."""
    known, found = errors(), defaultdict[str, set[tuple[str, str]]](set)
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        area = "macros" if "macros" in parts else parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for what, do in _of(node, known, faults=path.name == "faults.py"):
                if re.search(r"\w{3}", what):
                    found[_AREAS[area]].add((what, do))
    return {area: sorted(found[area], key=_order) for area in dict.fromkeys(_AREAS.values()) if found[area]}


def _of(node: ast.AST, known: frozenset[str], *, faults: bool) -> Iterator[tuple[str, str]]:
    """The message that a piece of source makes: an error, or a row of the store's table of an engine's errors."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
        what, do = [*node.args, None, None][:2]
        yield _text(what), _text(do)
    elif faults and isinstance(node, ast.Tuple) and len(node.elts) == 3 and all(map(_is_marked, node.elts[1:])):
        yield f"The desk … {_text(node.elts[1])}", _text(node.elts[2])


def _is_marked(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"


def _order(message: tuple[str, str]) -> tuple[str, ...]:
    return re.sub(r"[^a-z ]", "", message[0].lower()).strip(), *message


def _text(node: ast.expr | None) -> str:
    """A message as it is written in the source; ``…`` for what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) for value in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return re.sub(r"\{[^{}]*\}", "…", _text(node.func.value))
        if isinstance(node.func, ast.Name) and node.func.id in ("_", "N_", "ngettext"):
            return _text(node.args[0])
    return "…" if node is not None else ""


def listed() -> Iterator[str]:
    """The list as Markdown."""
    for area, found in messages().items():
        yield f"\n### {area}\n"
        yield "| message | what to do |"
        yield "| --- | --- |"
        for what, do in found:
            yield f"| {_cell(what)} | {_cell(do)} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def with_list(text: str) -> str:
    """The page with today's messages."""
    body = "\n".join(listed())
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n{body}\n\n{END}", text, flags=re.S)


if __name__ == "__main__":
    PAGE.write_text(with_list(PAGE.read_text("utf-8")), encoding="utf-8")
