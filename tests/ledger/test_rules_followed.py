"""A console that is open follows the policy that a supervisor applies, and the hours that they set for a day."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agentconsole.cli import main
from agentconsole.cli.opening import opened
from agentconsole.config import Role
from agentconsole.desk import rules, special_hours
from agentconsole.desk.context import Desk
from agentconsole.desk.policy import digest, to_json
from agentconsole.desk.saved_views import views_of
from agentconsole.errors import DeskError
from agentconsole.store.ledger import ledger_of, policies
from agentconsole.store.opening import open_desk
from tests.ledger.conftest import address_of
from tests.ledger.world import LEDGER_CONFIG

Open = Callable[..., Desk]
NEW_VIEW = '\n[[views]]\nid = "angry"\nname = "Angry"\ntags = ["angry"]\n'


@pytest.fixture
def open_(tmp_path: Path, ledger_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Consoles of agents with nothing but the desk's address."""
    for name in ("config", "cache", "data"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    with ExitStack() as all_:

        def open__(agent: str, as_written: bool = False, config: Path | None = None) -> Desk:
            address = None if config else address_of(agent, ledger_database)
            options = argparse.Namespace(config=config, agent=None, desk=address)
            return all_.enter_context(opened(options, as_written=as_written))

        yield open__


def _apply(folder: Path, place: str, more: str = "", changed: tuple[str, str] = ("", "")) -> Path:
    file = folder / "chief.toml"
    text = LEDGER_CONFIG.replace(*changed) if changed[0] else LEDGER_CONFIG
    file.write_text(f'desk = "{address_of("sam", place)}"\n{text}{more}', "utf-8")
    assert main(["policy", "apply", "--config", str(file)]) == 0
    return file


def test_a_new_policy_holds_at_an_open_console(open_: Open, tmp_path: Path, ledger_database: str) -> None:
    _apply(tmp_path, ledger_database)
    tom = open_("tom")
    assert not rules.refresh(tom)
    assert "angry" not in {view.id for view in views_of(tom)}
    _apply(tmp_path, ledger_database, NEW_VIEW, ('name = "Tom Reed"', 'name = "Tom Reed", role = "senior"'))
    assert rules.refresh(tom)
    assert "angry" in {view.id for view in views_of(tom)}
    assert tom.agent.role is Role.SENIOR
    assert tom.config == open_("tom").config
    assert not rules.refresh(tom)


def test_the_hours_of_a_day_are_no_part_of_the_policy(open_: Open, tmp_path: Path, ledger_database: str) -> None:
    file = _apply(tmp_path, ledger_database)
    sam, tom = open_("sam"), open_("tom")
    today = special_hours.today(sam)
    special_hours.put(sam, today, "00:00-24:00")
    assert rules.refresh(tom)
    assert special_hours.spans_of(tom, today) == "00:00-24:00"
    assert main(["policy", "apply", "--config", str(file)]) == 0
    assert special_hours.spans_of(open_("sam", as_written=True, config=file), today) != "00:00-24:00"
    special_hours.drop(sam, today)
    assert rules.refresh(tom)
    assert special_hours.spans_of(tom, today) == special_hours.spans_of(open_("tom"), today) != "00:00-24:00"


def test_a_policy_of_a_newer_program_is_told_once_and_the_rules_stay(
    open_: Open, tmp_path: Path, ledger_database: str
) -> None:
    _apply(tmp_path, ledger_database)
    tom = open_("tom")
    before = tom.config
    store = open_desk(ledger_database, Path())
    with store.write() as connection:
        document = json.loads(policies.document(connection, 1) or "") | {"shared": {"from_the_future": 1}}
        ledger_of(connection).apply_policy("", to_json(document), digest(document))
    store.close()
    with pytest.raises(DeskError, match="cannot read the desk's policy"):
        rules.refresh(tom)
    assert not rules.refresh(tom)
    assert tom.config == before
