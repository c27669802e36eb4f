"""Tags, priority, escalations, finishing and beginning, told key by key."""

from __future__ import annotations

import pytest

from agentconsole.config import Priority, State
from agentconsole.desk import conversations, drafts, handling, replies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.escalations import escalate
from agentconsole.views.situation import Place
from tests.views.driver import at_work

SIZES = [(80, 24), (120, 40)]


def tags_of(desk: Desk, number: int) -> tuple[str, ...]:
    return conversations.open_thread(desk, number).tags


# Tags and priority


async def test_tags_with_completion_several_in_one_step(desk: Desk) -> None:
    handling.tag(desk, 3, ["livraison", "retard"])
    async with at_work(desk) as adviser:
        number = adviser.here
        handling.tag(desk, number, ["vip"])
        await adviser.presses("+")
        await adviser.reads(f"Tags of #{number}", "[x] vip", "[ ] livraison")
        await adviser.presses("enter")
        await adviser.reads("[ ] vip")
        await adviser.types("ret")
        await adviser.presses("enter")
        await adviser.types("Très cassé")
        await adviser.reads("très-cassé", "new tag")
        await adviser.presses("enter", "escape")
        await adviser.reads("+retard +très-cassé -vip")
        assert tags_of(desk, number) == ("retard", "très-cassé")
        await adviser.presses("z")
        assert tags_of(desk, number) == ("vip",)


async def test_a_box_of_tags_that_is_left_as_it_was_changes_nothing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        before = conversations.trail(desk, adviser.here)
        await adviser.presses("+")
        await adviser.types("x" * 80)
        await adviser.reads("cannot be a tag")
        await adviser.presses("enter", "escape")
        assert conversations.trail(desk, adviser.here) == before


async def test_sets_the_priority(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("=")
        await adviser.reads(f"Priority of #{number}", "urgent", "low priority", "it is so")
        await adviser.presses("enter")
        await adviser.reads(f"#{number}: urgent")
        assert conversations.row(desk, number).priority is Priority.URGENT


async def test_whom_to_give_it_to_is_shown_with_the_room_they_have(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("A")
        await adviser.reads("Assign #", "Léa Martin", "here, room for", "Omar Benali", "gone, room for 7")


async def test_a_number_that_no_conversation_has_is_looked_for_with_a_key(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("#")
        await adviser.types("99999\n")
        await adviser.reads("There is no conversation #99999.", "/ looks for it by words.")


# Escalations


@pytest.mark.parametrize("size", SIZES)
async def test_escalates_with_a_reason_and_whom_to(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("!")
        await adviser.reads(f"Escalate #{number} to", "Omar Benali", "gone, room for 7", "team instant")
        assert not adviser.sees("> Léa")
        await adviser.presses("enter")
        await adviser.reads("Escalate to Omar Benali: why?")
        await adviser.presses("enter")
        await adviser.reads("Say why.")
        await adviser.types("Third outage this month")
        await adviser.presses("enter")
        await adviser.reads(f"#{number} is escalated to Omar Benali.")
        await adviser.presses("enter")
        await adviser.reads("Third outage this month", "Omar Benali")
    row = conversations.row(desk, number)
    assert (row.assignee, row.escalated_to) == ("omar", "omar")


async def test_takes_an_escalation_that_is_hers_already(desk: Desk) -> None:
    omar = Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder)
    async with at_work(desk) as adviser:
        number = adviser.here
        escalate(omar, number, "Yours", agent="lea")
        await adviser.until(lambda: adviser.row.escalated_to == "lea")
        await adviser.presses("a")
        assert conversations.row(desk, number).escalated_to is None
        await adviser.presses("a")
        await adviser.reads("It is yours already.")


# Finishing


@pytest.mark.parametrize("begin", ["list", "thread"])
async def test_resolves_and_opens_the_next_with_one_key(desk: Desk, begin: str) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        if begin == "thread":
            await adviser.presses("enter")
        await adviser.presses("E")
        assert conversations.row(desk, first).state is State.RESOLVED
        assert (adviser.focus, adviser.page.thread.number) == ("thread", second)


# Beginning


async def test_says_at_the_start_what_was_not_sent(desk: Desk) -> None:
    key = replies.reply(desk, 3, "Did you get this?").key
    drafts.keep(desk, 1, "Half a sentence", 1)
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'failed', error = 'mailbox full'")
    async with at_work(desk, (80, 24)) as adviser:
        await adviser.reads("1 unsent draft, 1 reply not sent: u goes on")
        await adviser.presses("j")
        assert "unsent draft" not in adviser.bar("hints")
    assert key


async def test_hints_say_the_keys_of_handling_where_there_is_room(desk: Desk) -> None:
    async with at_work(desk, (200, 50)) as adviser:
        assert "s snooze" in adviser.bar("hints")
        assert adviser.page.place is Place.LIST


async def test_keys_typed_ahead_of_the_next_conversation_are_about_that_one(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.types("Ep")
        await adviser.until(lambda: conversations.row(desk, second).state is State.PENDING)
    assert conversations.row(desk, first).state is State.RESOLVED
