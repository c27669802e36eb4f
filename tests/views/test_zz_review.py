"""Probes."""
from __future__ import annotations
from dataclasses import replace
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk import conversations, drafts, merging
from agentconsole.views.overlays import Ask, Picker, Item
from tests.views.driver import at_work
from tests.views.test_handling import second_matter


async def test_titles(desk: Desk) -> None:
    async with at_work(desk, (80, 24)) as lea:
        q = "On which day exactly did the customer tell us that the parcel had been handed over to the carrier in the shop, as it says on the receipt? END"
        h = "It becomes a note that only colleagues see, and it is a very long explanation of what goes on here, in two lines at least, ENDHINT"
        lea.app.push_screen(Ask(q, h, lambda t: "wrong " * 30 + "ENDWRONG"))
        await lea.settles()
        print(lea.screen)
        await lea.presses("enter")
        print(lea.screen)
        await lea.presses("escape")
        lea.app.push_screen(Picker(q, [Item(1, "one", why_not="because " * 20 + "ENDWHY")]))
        await lea.settles()
        await lea.presses("enter")
        print(lea.screen)


async def test_join(desk: Desk) -> None:
    stays = second_matter(desk)
    other = conversations.open_thread(desk, stays).history[0].number
    drafts.keep(desk, stays, "foo", 0)
    drafts.keep(desk, other, "bar", 0)
    merging.merge(replace(desk, agent=who_am_i(desk.config, "omar")), [other], stays)
    print(drafts.mine(desk))
    drafts.keep(desk, other, "bar baz", 0)
    print(drafts.mine(desk))


async def test_card_snooze(desk: Desk) -> None:
    async with at_work(desk, (120, 40)) as lea:
        a = lea.here
        await lea.presses("r")
        await lea.types("hello there, this is the answer")
        for _ in range(5):
            await lea.presses("tab")
            if lea.focus == "list": break
        await lea.presses("j", "i")
        b = lea.page.thread.number
        lea.page.set_focus(lea.page.composer.words)
        await lea.presses("f6")
        await lea.presses("f6")
        print(a, b, lea.screen)
