"""Files that go along with a reply: found by path, kept with the draft, taken off again."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentconsole.desk import conversations, drafts
from agentconsole.desk.context import Desk
from agentconsole.desk.delivery import undelivered
from agentconsole.model.conversation import DraftKind
from agentconsole.views.attaching import find_paths
from tests.views.driver import at_work
from tests.views.seed import open_seeded
from tests.views.terminal import Terminal


async def test_completes_a_path_and_attaches_the_file(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("plan-nord.txt", "plan-sud.txt", ".plan-secret.txt"):
        (folder / name).write_bytes(b"x" * 34_000)
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r", "ctrl+o")
        await adviser.types(f"{tmp_path}/pa")
        await adviser.presses("tab")
        await adviser.reads("papers/", "plan-nord.txt", "plan-sud.txt", "34 kB")
        assert not adviser.sees(".plan-secret")
        await adviser.types("p")
        await adviser.presses("tab")
        await adviser.types("s")
        await adviser.presses("tab", "enter")
        await adviser.reads("attached: plan-sud.txt 34 kB")
        assert adviser.focus == "words"
    assert drafts.mine(desk)[0].files == (str(folder / "plan-sud.txt"),)
    assert drafts.mine(desk)[0].number == number


async def test_chooses_a_file_with_the_arrows(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "plan.txt").write_text("x")
    async with at_work(desk) as adviser:
        await adviser.presses("r", "ctrl+o")
        await adviser.types(f"{tmp_path}/in/")
        await adviser.reads("deep/", "plan.txt")
        await adviser.presses("down", "down", "enter")
        await adviser.reads("attached: plan.txt 1 B")


async def test_a_path_typed_on_after_an_arrow_is_the_one_that_is_meant(desk: Desk, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x")
    async with at_work(desk) as adviser:
        await adviser.presses("r", "ctrl+o")
        await adviser.types(f"{tmp_path}/")
        await adviser.reads("a.txt", "b.txt")
        await adviser.presses("down")
        for key in (*"b.txt", "enter"):  # in one go: nothing waits for the screen
            adviser._press(key)
        await adviser.reads("attached: b.txt 1 B")


async def test_what_is_no_file_is_not_attached(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("x")
    async with at_work(desk) as adviser:
        await adviser.presses("r", "ctrl+o", "enter")
        await adviser.reads("Type the path of a file.")
        await adviser.types(f"{tmp_path}/pl")
        await adviser.presses("enter")
        await adviser.reads("There is no such file.")
        await adviser.types("x")
        await adviser.presses("tab")
        await adviser.reads("Nothing begins like that.")
        await adviser.presses("escape")
        assert adviser.focus == "words"
        assert not adviser.sees("attached:")


async def test_takes_files_off_one_by_one(desk: Desk, tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt", "three.txt"):
        (tmp_path / name).write_text("x")
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        for name in ("one.txt", "two.txt", "three.txt"):
            await adviser.presses("ctrl+o")
            await adviser.types(f"{tmp_path}/{name}")
            await adviser.presses("enter")
        await adviser.reads("attached: one.txt 1 B · two.txt 1 B · three.txt 1 B")
        await adviser.presses("ctrl+b")
        await adviser.reads("Take off which file?", "all 3")
        await adviser.types("two")
        await adviser.presses("enter")
        await adviser.reads("attached: one.txt 1 B · three.txt 1 B")
        await adviser.presses("ctrl+b")
        await adviser.types("all")
        await adviser.presses("enter")
        assert not adviser.sees("attached:")
        assert adviser.focus == "words"


async def test_files_of_a_draft_are_sent_by_the_next_console(desk: Desk, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("the plan")
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r", "ctrl+o")
        await adviser.types(str(plan))
        await adviser.presses("enter")
    async with at_work(desk) as adviser:
        await adviser.presses("u", "enter")
        await adviser.reads("attached: plan.txt 8 B")
        await adviser.presses("ctrl+s")
        await adviser.reads("is on its way")
    sent = conversations.open_thread(desk, number).messages[-1]
    assert [file.name for file in sent.attachments] == ["plan.txt"]
    assert drafts.mine(desk) == []


async def test_a_file_that_has_gone_keeps_the_words(desk: Desk, tmp_path: Path) -> None:
    async with at_work(desk) as adviser:
        drafts.keep(desk, adviser.here, "Voilà.", 1, DraftKind.REPLY, (str(tmp_path / "gone.txt"),))
        await adviser.presses("u", "enter")
        await adviser.reads("attached: gone.txt")
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SENT; your words are kept")
        assert adviser.words == "Voilà."
    assert undelivered(desk) == []


@pytest.mark.pty
def test_words_and_files_survive_a_kill(tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("x")
    desk = open_seeded(tmp_path)
    with Terminal(tmp_path, 80, 24) as terminal:
        terminal.until("why first:")
        terminal.press(f"r\x0f{plan}\r")
        terminal.until("attached: plan.txt")
        terminal.press("Bonjour")
        terminal.until("draft saved")
        terminal.kill()
    (draft,) = drafts.mine(desk)
    assert (draft.text, draft.files) == ("Bonjour", (str(plan),))
    desk.store.close()


def test_paths_are_found_whatever_their_case_and_a_home_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Été").mkdir()
    (tmp_path / "été.txt").write_text("x")
    (tmp_path / ".hidden").write_text("x")
    assert [entry.typed for entry in find_paths("~").entries] == ["~/"]
    assert [entry.typed for entry in find_paths("~/et").entries] == ["~/Été/", "~/été.txt"]
    assert find_paths("~/et").common == "~/et"
    assert [entry.typed for entry in find_paths("~/.h").entries] == ["~/.hidden"]
    assert ".hidden" not in [entry.path.name for entry in find_paths("~/").entries]


@pytest.mark.parametrize(
    "typed", ["~nobody-of-that-name", "~nobody-of-that-name/x", "/nowhere/at/all/x", "a\0b/c", "/"]
)
def test_odd_paths_are_no_mistake(typed: str) -> None:
    found = find_paths(typed)
    assert found.common.startswith(typed)


def test_what_is_completed_can_be_shown(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31mb").write_text("x")
    found = find_paths(f"{tmp_path}/")
    assert found.common == f"{tmp_path}/a"
