"""A console in a browser: the files of the machine it runs on are not those of whoever is at it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from agentconsole.desk import conversations, replies, served, sheets
from agentconsole.desk.context import Desk
from agentconsole.desk.macros import library
from agentconsole.errors import UsageError
from agentconsole.views import editor
from agentconsole.views.actions import ACTIONS
from agentconsole.views.attaching import find_paths
from agentconsole.views.situation import Place, Situation


@pytest.fixture
def in_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """As ``agentconsole serve`` starts a console; the folder of what is Léa's own."""
    monkeypatch.setenv(served.SERVED, str(os.getppid()))
    monkeypatch.setenv(served.OWN, str(tmp_path / "served" / "lea"))
    monkeypatch.setenv("EDITOR", "vi")
    return tmp_path / "served" / "lea"


@pytest.mark.usefixtures("in_browser")
def test_no_file_is_read_written_or_run(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the server's")
    acts: list[Callable[[], object]] = [
        lambda: replies.read_files([secret]),
        lambda: conversations.save_attachment(desk, uuid4(), 0, tmp_path),
        lambda: sheets.save(tmp_path / "sheet.csv", ["a"], [{"a": 1}]),
        editor.command,
    ]
    for act in acts:
        with pytest.raises(UsageError, match="Not in a browser"):
            act()
    assert not (tmp_path / "sheet.csv").exists()


def test_what_lies_on_the_machine_is_not_told(
    tmp_path: Path, in_browser: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").touch()
    for typed in (f"{tmp_path}/", f"{tmp_path}/se", "~", "/", "/etc/pass"):
        assert find_paths(typed).entries == ()
    monkeypatch.delenv(served.SERVED)
    assert [entry.path.name for entry in find_paths(f"{tmp_path}/se").entries] == ["secret"]


@pytest.mark.parametrize(
    ("action", "situation"),
    [
        ("attach", Situation(Place.COMPOSER, writing="reply")),
        ("editor", Situation(Place.COMPOSER, writing="reply")),
        ("export", Situation(Place.CONTROL, supervises=True)),
    ],
)
def test_the_screen_says_why_not(action: str, situation: Situation, request: pytest.FixtureRequest) -> None:
    (chosen,) = [each for each in ACTIONS if each.id == action]
    assert not chosen.why_not(situation)
    request.getfixturevalue("in_browser")
    assert "browser" in chosen.why_not(situation)


def test_what_is_ones_own_is_kept_apart(desk: Desk, in_browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.own_folder == in_browser
    assert library.own_folder(desk) == in_browser / "macros"
    monkeypatch.delenv(served.SERVED)
    assert desk.own_folder == desk.folder / "own"


def test_it_knows_when_its_server_is_gone(in_browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not served.is_left()
    monkeypatch.setenv(served.SERVED, "999999999")
    assert served.is_left()
    monkeypatch.delenv(served.SERVED)
    assert not served.is_left()


@pytest.mark.parametrize(
    ("action", "kept"), [("send_next", "ctrl+n"), ("send_resolve", "ctrl+r"), ("send_resolve_next", "ctrl+t")]
)
def test_an_action_whose_key_a_browser_keeps_has_another(action: str, kept: str) -> None:
    (chosen,) = [each for each in ACTIONS if each.id == action]
    assert kept in chosen.keys.split()
    assert set(chosen.keys.split()) - {kept}
