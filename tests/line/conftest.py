"""Line mode as it is typed: a folder with a configuration and a desk, and a verb run there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.cli import main
from agentconsole.config import parse
from agentconsole.demo.build import build
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk

Run = Callable[..., tuple[int, str, str]]
"""Run a verb, with ``agent=`` as somebody else; answers exit code, output and complaints."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where verbs are run. A small demo desk that the tests of a file share; many files have another one."""
    folder = tmp_path_factory.mktemp("demo")
    build(folder, size=80, seed=4, still=True)
    return folder


@pytest.fixture
def typing() -> str:
    """Who runs a verb."""
    return "lea"


@pytest.fixture
def run(folder: Path, typing: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs verbs in the folder."""

    def run_(*arguments: str, agent: str = typing) -> tuple[int, str, str]:
        try:
            code = main(["--config", str(folder / "agentconsole.toml"), "--agent", agent, *arguments])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return run_


@contextmanager
def desk_in(folder: Path, text: str, agent: str = "lea") -> Iterator[Desk]:
    """The desk of a folder that gets this configuration, opened as one of its agents."""
    (folder / "agentconsole.toml").write_text(text, "utf-8")
    config = parse(text, "agentconsole.toml", settings_model)
    desk = Desk(open_desk(config.desk, folder), config, who_am_i(config, agent), folder)
    yield desk
    desk.store.close()


def rows(out: str) -> list[dict[str, Any]]:
    """What ``--json`` says, a line each."""
    return [json.loads(line) for line in out.splitlines()]
