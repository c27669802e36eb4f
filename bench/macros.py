"""How fast macros are read, checked, searched and filled in: ``python -m bench.macros`` prints one JSON object.

Figures are milliseconds, but for ``macros`` and ``searched``, which are counts.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

from agentconsole.config import parse
from agentconsole.desk.macros.choosing import Chooser, Situation
from agentconsole.desk.macros.library import Library
from agentconsole.desk.macros.template import Setting, render

STARTERS = Path(__file__).resolve().parents[1] / "macros"
SEARCHED = 500
TYPED = ("livraison retard", "remboursement", "lviraison", "zzzzzzzz", "refund apology", "geste commercial facture")


def main() -> None:
    """Measure, print, end."""
    imported = _took(lambda: __import__("agentconsole.desk.macros.engine"))
    library = Library(STARTERS, STARTERS / "own", parse("", "agentconsole.toml"))
    read, again = _took(library.look), _took(library.look)
    macros = library.macros
    many = [replace(macros[i % len(macros)], name=f"{macros[i % len(macros)].name}-{i}") for i in range(SEARCHED)]
    chooser = Chooser(many)
    where = Situation("mail", "mail", "fr", frozenset({"livra", "colis"}))
    keystrokes = [_search(chooser, where, typed[:n]) for typed in TYPED for n in range(1, len(typed) + 1)]
    setting = Setting("fr", date(2026, 3, 2))
    filled = [_fill(macro.file.body, setting) for macro in macros for _round in range(3)]
    figures = {
        "macros": len(macros),
        "import_liquid": imported,
        "read_and_check_100": read / len(macros) * 100,
        "look_again": again,
        "searched": SEARCHED,
        "keystroke_p50": statistics.median(keystrokes),
        "keystroke_p95": statistics.quantiles(keystrokes, n=20)[-1],
        "fill_in_p95": statistics.quantiles(filled, n=20)[-1],
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


def _search(chooser: Chooser, where: Situation, typed: str) -> float:
    return _took(lambda: chooser.best(where, typed))


def _fill(body: str, setting: Setting) -> float:
    return _took(lambda: render(body, {"customer.first_name": "Ann"}, setting))


def _took(what: Callable[[], object]) -> float:
    began = perf_counter()
    what()
    return (perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
