"""Imports point down only; what is asked for lazily is not imported at the start; nothing grows beyond reading."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(path for part in ("agentconsole", "bench", "tools") for path in (ROOT / part).rglob("*.py"))
LONGEST_FILE = 350
LONGEST_FUNCTION = 60


def imported_by(module: str) -> set[str]:
    """Top-level packages that importing a module pulls in, in a fresh process."""
    script = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_contracts_are_kept() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", ["agentconsole.cli", "agentconsole.cli.reading", "agentconsole.cli.writing"])
def test_line_mode_imports_neither_the_screen_nor_a_channels_library(module: str) -> None:
    heavy = {"textual", "rich", "imapclient", "smtplib", "imaplib", "httpx", "alembic", "holidays", "keyring"}
    assert not imported_by(module) & heavy


def test_a_channels_settings_are_read_without_its_library() -> None:
    assert not imported_by("agentconsole.channels.email") & {"imapclient", "smtplib", "imaplib"}


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path: Path) -> None:
    if "migrations" in path.parts:
        pytest.skip("a migration is as long as what it makes")
    source = path.read_text("utf-8")
    assert source.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, node.name
