"""A folder with macros in it, for tests."""

from __future__ import annotations

import os
from pathlib import Path

from agentconsole.config import Config, parse
from agentconsole.desk.macros.library import Library
from agentconsole.desk.macros.reading import Macro

LATE = """\
title = "Livraison en retard"
language = "fr"
channels = ["mail"]
tags = ["livraison", "retard"]
body = \"\"\"
Bonjour {{ customer.first_name }},

Votre colis arrive le {{ ask.day | day }}.
\"\"\"

[[questions]]
name = "day"
ask = "Nouvelle date ?"
kind = "date"

[actions]
status = "pending"
add_tags = ["livraison"]
note = "Promis pour {{ ask.day | day }}"
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def touch(path: Path, seconds: float) -> None:
    """Say that a file was changed that much later than it was."""
    at = path.stat().st_mtime + seconds
    os.utime(path, (at, at))


def shelf(brand: Path, own: Path | None = None, config: Config | None = None) -> Library:
    brand.mkdir(exist_ok=True)
    return Library(brand, own or brand.parent / "nowhere", config or parse("", "agentconsole.toml"))


def macro(tmp_path: Path, text: str, config: Config | None = None) -> Macro:
    """The macro of that text; a broken one fails with its problems."""
    folder = tmp_path / "one-macro"
    write(folder, "it", text)
    holding = shelf(folder, config=config).look()
    assert not [str(problem) for broken in holding.broken for problem in broken.problems]
    return holding.macros["it"]
