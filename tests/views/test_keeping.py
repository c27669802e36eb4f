"""Words are kept, however fast the keys after them come and whatever happens to their conversation meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agentconsole.desk import conversations, drafts, merging
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.errors import DeskError
from agentconsole.model.conversation import DraftKind
from tests.views.driver import Adviser, at_work
from tests.views.seed import second_matter


async def _in_one_go(lea: Adviser, *keys: str) -> None:
    """Press keys as a slow line delivers them: none of them waits for the screen."""
    for key in keys:
        lea._press(key)
    await lea.settles()


async def test_words_that_are_closed_at_once_are_kept(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await lea.presses("r")
        await _in_one_go(lea, *"Hello", "escape")
        assert [draft.text for draft in drafts.mine(desk)] == ["Hello"]


async def test_words_that_are_opened_again_at_once_are_all_there(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await lea.presses("r")
        for word in "abcdefghijkl":
            before = lea.words
            await _in_one_go(lea, word, "escape", "r")
            assert lea.words == before + word


async def test_dropped_words_do_not_come_back(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await lea.presses("r")
        for word in "abcdef":
            await lea.types(word)
            await lea.until(lambda: bool(drafts.mine(desk)))
            await _in_one_go(lea, "ctrl+g", "ctrl+g", "r")
            assert lea.words == ""
        assert drafts.mine(desk) == []


async def test_a_reply_is_kept_where_the_client_book_is_opened_over_it(desk: Desk) -> None:
    async with at_work(desk, (200, 50)) as lea:
        number = lea.here
        await lea.presses("enter", "i")
        lea.page.set_focus(lea.page.thread)
        await lea.presses("r")
        lea._press("x")
        await lea.pilot.pause()
        lea.page.set_focus(lea.page.card)
        await _in_one_go(lea, "b", *"note")
        await lea.presses("escape")
        kept = {(draft.number, draft.kind, draft.text) for draft in drafts.mine(desk)}
        assert kept == {(number, DraftKind.REPLY, "x"), (number, DraftKind.BOOK, "note")}


async def test_words_in_a_conversation_that_a_colleague_merges_meanwhile(desk: Desk) -> None:
    stays = second_matter(desk)
    other = conversations.open_thread(desk, stays).history[0].number
    async with at_work(desk) as lea:
        await lea.goes_to(other)
        await lea.presses("r")
        await lea.types("Half a sentence")
        merging.merge(replace(desk, agent=who_am_i(desk.config, "omar")), [other], stays)
        await lea.until(lambda: lea.page.thread.number == stays)
        await _in_one_go(lea, *", more", "escape", "r")
        assert (lea.words, lea.page.composer and lea.page.composer.number) == ("Half a sentence, more", stays)
        await lea.presses("ctrl+s")
        await lea.reads(f"Reply to #{stays} is on its way.")
        await lea.presses("r")
        assert lea.words == ""
    assert conversations.open_thread(desk, stays).messages[-1].text == "Half a sentence, more"


async def test_leaving_asks_again_about_words_that_were_typed_since(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where neither the desk takes them nor this machine's disk."""

    def refuse(*_given: object) -> None:
        raise DeskError("The desk cannot be reached.", "Wait.")

    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/nowhere")
    async with at_work(desk) as lea:
        keep = drafts.keep
        await lea.presses("r")
        monkeypatch.setattr(drafts, "keep", refuse)
        await lea.types("Some words")
        await lea.presses("escape", "q")
        await lea.reads("NOT SAVED")
        monkeypatch.setattr(drafts, "keep", keep)
        await lea.until(lambda: not lea.page.writing.unkept)
        monkeypatch.setattr(drafts, "keep", refuse)
        await lea.presses("j", "r")
        await lea.types("Others")
        await lea.presses("escape", "q")
        await lea.reads("NOT SAVED")
        assert lea.app.is_running
        monkeypatch.setattr(drafts, "keep", keep)
    assert "Some words" in [draft.text for draft in drafts.mine(desk)]


async def test_opening_the_conversation_that_is_answered_leads_into_its_thread(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await lea.presses("r")
        await lea.types("Some words")
        lea.page.set_focus(lea.page.listing)
        await _in_one_go(lea, "enter", "a")
        assert (lea.focus, lea.words) == ("thread", "Some words")
        await lea.presses("r")
        assert lea.focus == "words"
