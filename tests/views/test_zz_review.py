"""Probes."""
from __future__ import annotations
import asyncio
from textual import events
from agentconsole.desk.context import Desk
from agentconsole.desk import conversations, drafts, merging, moves, steps
from agentconsole.desk.steps import make
from agentconsole.desk import handling
from tests.views.driver import at_work


def burst(adviser, *keys):
    for key in keys:
        adviser._press(key)


async def test_palette_fast(desk: Desk) -> None:
    async with at_work(desk) as lea:
        burst(lea, ":", *"my", "space", *"day", "enter")
        await lea.settles()
        print(lea.screen[:3000])
        assert lea.sees("My day", "handled")


async def test_when_fast(desk: Desk) -> None:
    async with at_work(desk) as lea:
        n = lea.here
        await lea.presses("s")
        burst(lea, *"3d", "enter")
        await lea.settles()
        row = conversations.row(desk, n)
        print(row)
        print(lea.bar("hints"))
        with desk.store.read() as c:
            print(conversations.row(desk, n).state, [e.detail for e in conversations.trail(desk, n)][-2:])


async def test_tags_fast(desk: Desk) -> None:
    async with at_work(desk) as lea:
        n = lea.here
        await lea.presses("+")
        burst(lea, *"zebra", "enter", *"lion", "enter", "escape")
        await lea.settles()
        print(conversations.open_thread(desk, n, 1).tags)
        assert set(conversations.open_thread(desk, n, 1).tags) >= {"zebra", "lion"}


async def test_reopen(desk: Desk) -> None:
    async with at_work(desk) as lea:
        bad = []
        for i in range(40):
            await lea.presses("r")
            before = lea.words
            burst(lea, *f"w{i}.", "escape", "r")
            await lea.settles()
            if lea.words != before + f"w{i}.":
                bad.append((i, before, lea.words))
            await lea.presses("escape")
        print(bad)
        assert not bad


async def test_card_beside_composer(desk: Desk) -> None:
    async with at_work(desk) as lea:
        a = lea.here
        await lea.presses("r")
        await lea.types("hello there")
        await lea.presses("shift+tab", "shift+tab")
        print(lea.focus)
        for _ in range(4):
            if lea.focus == "list":
                break
            await lea.presses("tab")
        await lea.presses("j")
        b = lea.here
        assert b != a
        await lea.presses("i")
        print("focus", lea.focus, "composer", lea.page.composer.number, "pane", lea.page.thread.number, a, b)
        print(lea.screen)
        assert lea.page.composer.number is None or lea.page.composer.number == lea.page.thread.number


async def test_discard(desk: Desk) -> None:
    async with at_work(desk) as lea:
        bad = []
        for i in range(20):
            await lea.presses("r")
            if lea.words: bad.append((i, lea.words))
            await lea.types("some words")
            await lea.until(lambda: bool(drafts.mine(desk)))
            burst(lea, "ctrl+g", "ctrl+g", "r")
            await lea.settles()
            if lea.words:
                bad.append((i, lea.words))
            await lea.presses("escape")
        print(bad)
        assert not bad


from dataclasses import replace
from agentconsole.desk.context import who_am_i
from tests.views.test_handling import second_matter, goes_to


async def test_merged_below_composer(desk: Desk) -> None:
    stays = second_matter(desk)
    other = conversations.open_thread(desk, stays).history[0].number
    omar = replace(desk, agent=who_am_i(desk.config, "omar"))
    async with at_work(desk) as lea:
        await goes_to(lea, other)
        await lea.presses("r")
        await lea.types("Half a sentence")
        merging.merge(omar, [other], stays)
        await lea.until(lambda: lea.page.thread.number == stays)
        print("composer", lea.page.composer.number, "pane", lea.page.thread.number, "focus", lea.focus)
        print(lea.screen)
        await lea.types(", and more")
        await lea.presses("f3")
        print(lea.words, "|", lea.bar("hints"))
        await lea.presses("escape")
        print("focus", lea.focus, drafts.mine(desk))
        await lea.presses("r")
        print(lea.words)
        await lea.types(" and end")
        await lea.presses("ctrl+s")
        print(lea.screen)
        print([m.text for m in conversations.open_thread(desk, stays).messages][-1], drafts.mine(desk))


async def test_merged_below_composer_send(desk: Desk) -> None:
    stays = second_matter(desk)
    other = conversations.open_thread(desk, stays).history[0].number
    omar = replace(desk, agent=who_am_i(desk.config, "omar"))
    async with at_work(desk) as lea:
        await goes_to(lea, other)
        await lea.presses("r")
        await lea.types("Half a sentence")
        merging.merge(omar, [other], stays)
        await lea.until(lambda: lea.page.thread.number == stays)
        burst(lea, *" x", "f2")
        await lea.settles()
        await lea.presses("enter")
        print("MACRO words", lea.words[:100], lea.page.composer.number)
        await lea.presses("ctrl+s")
        print(lea.screen)


async def test_book_over_reply(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await lea.presses("r")
        await lea.types("Half a sentence")
        for _ in range(5):
            lea._press("tab")
            await lea.pilot.pause()
            if lea.focus == "thread": break
        await lea.presses("i", "b")
        await lea.types("book words")
        await lea.presses("escape", "escape")
        print(drafts.mine(desk))
        assert {d.text for d in drafts.mine(desk)} == {"Half a sentence", "book words"}
