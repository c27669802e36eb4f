"""The registry of actions and the user's keymap."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agentconsole.config import parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.views.actions import ACTIONS, BY_ID
from agentconsole.views.keys import Keymap, clashes, is_key
from agentconsole.views.situation import Place
from tests.views.driver import at_work
from tests.views.seed import CONFIG


def configured(keys: str) -> list[str]:
    return clashes(parse(f"{CONFIG}\n[keys]\n{keys}\n", "agentconsole.toml"))


def test_the_registry_itself_has_no_clash() -> None:
    assert configured("") == []
    assert len(BY_ID) == len(ACTIONS)
    assert all(is_key(key) for action in ACTIONS for key in action.keys.split())


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('reply = "N"', "'reply' and 'note'"),
        ('replie = "R"', "Did you mean 'reply'"),
        ('reply = "hyper+r"', "is not a key"),
        ('reply = ""', "no key is given"),
        ('send = "s"', "is text while one writes"),
        ('again = "x"\nmark_sent = "x"', "'again' and 'mark_sent'"),
    ],
)
def test_clashes_are_reported(keys: str, said: str) -> None:
    problems = configured(keys)
    assert len(problems) == 1
    assert said in problems[0]


def test_keys_of_places_apart_do_not_clash() -> None:
    assert configured('again = "r"') == []


def test_typed_keys_are_text_in_the_composer() -> None:
    keymap = Keymap()
    for key in ("r", ":", "q", "?", "space", "enter", "1"):
        assert keymap.find(key, Place.COMPOSER) is None
        assert keymap.find(key, Place.SEARCH) is None
    found = keymap.find("ctrl+s", Place.COMPOSER)
    assert found is not None
    assert found.id == "send"


async def test_every_action_does_something(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        elsewhere = {action.id for action in ACTIONS if action.places in Place.OVER}
        assert set(adviser.page._acts) == set(BY_ID) - elsewhere


async def test_a_changed_key_works_and_is_shown(desk: Desk) -> None:
    config = parse(f'{CONFIG}\n[keys]\nreply = "R,f6"\n', "agentconsole.toml")
    changed = Desk(desk.store, config, who_am_i(config, "lea"), desk.folder)
    async with at_work(changed) as adviser:
        assert "R reply" in adviser.bar("hints")
        await adviser.presses("r")
        assert adviser.focus == "list"
        await adviser.presses("f6")
        assert adviser.focus == "words"


async def test_no_textual_action_sends_or_changes_anything(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        own = {
            name
            for thing in (adviser.app, adviser.page, adviser.page.listing, adviser.page.thread)
            for cls in type(thing).__mro__
            if cls.__module__.startswith("agentconsole")
            for name in vars(cls)
            if name.startswith("action_")
        }
        assert own == set()


def test_looking_for_clashes_needs_no_screen() -> None:
    code = "import sys, agentconsole.views.keys; sys.exit(any(m.startswith(('textual', 'rich')) for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_a_clash_is_said_at_the_start(desk: Desk) -> None:
    config = parse(f'{CONFIG}\n[keys]\nreply = "N"\n', "agentconsole.toml")
    async with at_work(Desk(desk.store, config, who_am_i(config, "lea"), desk.folder)) as adviser:
        await adviser.reads("N is both 'reply' and 'note'", "See agentconsole check.")
        await adviser.presses("j")
        assert not adviser.sees("is both")
