"""Snoozing, tags, priority, escalations, promises, merging and splitting, told key by key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agentconsole.config import Priority, State
from agentconsole.desk import conversations, drafts, handling, promises, replies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.escalations import escalate
from agentconsole.desk.search import search
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.situation import Place
from tests.views.driver import Adviser, at_work
from tests.views.seed import arrive, incoming

SIZES = [(80, 24), (120, 40)]


def tags_of(desk: Desk, number: int) -> tuple[str, ...]:
    return conversations.open_thread(desk, number).tags


def second_matter(desk: Desk) -> int:
    """Another conversation of Paul Roy's; answers the number of his first one."""
    arrive(desk, "mail", incoming(2, "Paul Roy", "Second matter", "Encore une question.", datetime.now(UTC)))
    return next(row.number for row in find(desk, "Paul Roy") if row.subject == "Facture de mars")


def find(desk: Desk, name: str) -> list[ConversationRow]:
    return list(search(desk, name).rows)


async def goes_to(adviser: Adviser, number: int) -> None:
    await adviser.presses("#")
    await adviser.types(str(number))
    await adviser.presses("enter")
    assert adviser.page.thread.number == number


# Snoozing


@pytest.mark.parametrize("size", SIZES)
async def test_snoozes_in_words_and_sees_what_they_mean(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("s")
        await adviser.reads(f"Snooze #{number} until", "until reply")
        await adviser.types("24 december 2031 10:00")
        await adviser.reads("Wed 24 December 2031 10:00")
        await adviser.presses("enter")
        await adviser.reads(f"#{number} comes back: Wed 24 December 2031 10:00.")
    row = conversations.row(desk, number)
    assert row.state is State.SNOOZED
    assert row.snoozed_until == datetime(2031, 12, 24, 9, tzinfo=UTC)


async def test_snoozes_as_last_time_with_two_keys(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("s")
        await adviser.types("24 december 2031 10:00")
        await adviser.presses("enter", "j")
        assert adviser.here == second
        await adviser.presses("s", "enter")
    assert conversations.row(desk, second).snoozed_until == conversations.row(desk, first).snoozed_until


async def test_snoozes_until_the_customer_writes_from_a_suggestion(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("s")
        await adviser.types("reply")
        await adviser.reads("when the customer writes")
        await adviser.presses("enter")
        row = conversations.row(desk, adviser.here)
        assert (row.state, row.snoozed_until) == (State.SNOOZED, None)


async def test_words_that_are_no_time_are_refused_and_stay(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("s")
        await adviser.types("soonish")
        await adviser.reads("'soonish' is not a time.")
        await adviser.presses("enter")
        await adviser.reads("Give a time to come", "soonish")
        await adviser.presses("escape")
        assert conversations.row(desk, adviser.here).state is State.OPEN


async def test_sends_and_then_snoozes(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Je regarde et je reviens.")
        await adviser.presses("f6")
        await adviser.reads(f"Snooze #{number} until")
        await adviser.types("3d")
        await adviser.presses("enter")
    assert conversations.row(desk, number).state is State.SNOOZED


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


# Escalations


@pytest.mark.parametrize("size", SIZES)
async def test_escalates_with_a_reason_and_whom_to(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("!")
        await adviser.reads(f"Escalate #{number} to", "Omar Benali", "team instant")
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
        await adviser.until(lambda: conversations_row(adviser).escalated_to == "lea")
        await adviser.presses("a")
        assert conversations.row(desk, number).escalated_to is None
        await adviser.presses("a")
        await adviser.reads("It is yours already.")


def conversations_row(adviser: Adviser) -> ConversationRow:
    row = adviser.page.listing.current
    assert row is not None
    return row


# Promises


async def test_promises_with_a_date_and_words_then_keeps_it(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("P")
        await adviser.reads(f"Promise on #{number}: when, and what")
        assert not adviser.sees("until reply")
        await adviser.types("24/12/2031 10:00")
        await adviser.presses("enter")
        await adviser.types("Rappeler Camille")
        await adviser.presses("enter")
        await adviser.reads("Promised for Wed 24 December 2031 10:00: Rappeler Camille")
        found = promises.open_promises(desk, number)
        assert [(p.text, p.at) for p in found] == [("Rappeler Camille", datetime(2031, 12, 24, 9, tzinfo=UTC))]
        await adviser.presses("d")
        await adviser.reads("Something is promised on")
        await adviser.presses("P")
        await adviser.reads("kept: Rappeler Camille", "another time: Rappeler Camille", "drop: Rappeler Camille")
        await adviser.presses("enter")
        await adviser.reads("Kept: Rappeler Camille")
        assert promises.open_promises(desk, number) == []
        await adviser.presses("z")
        assert len(promises.open_promises(desk, number)) == 1


async def test_renews_a_promise(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        promises.promise(desk, number, datetime.now(UTC) + timedelta(hours=3), "Call back")
        await adviser.until(lambda: conversations_row(adviser).promised_at is not None)
        await adviser.presses("P")
        await adviser.types("another")
        await adviser.presses("enter")
        await adviser.types("24/12/2031 10:00")
        await adviser.presses("enter")
        await adviser.reads("Promised for Wed 24 December 2031 10:00: Call back")
    assert [p.at.year for p in promises.open_promises(desk, number)] == [2031]


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


# Merging and splitting


@pytest.mark.parametrize("size", SIZES)
async def test_merges_the_customers_other_conversation_and_takes_it_back(desk: Desk, size: tuple[int, int]) -> None:
    stays = second_matter(desk)
    async with at_work(desk, size) as adviser:
        await goes_to(adviser, stays)
        other = conversations.open_thread(desk, stays).history[0].number
        await adviser.presses("M")
        await adviser.reads(f"Merge which one into #{stays}?", "Second matter")
        await adviser.presses("enter")
        await adviser.reads(f"Merge #{other} into #{stays}", f"Stays: #{stays}", f"Moves: #{other}, 1 message")
        await adviser.presses("escape")
        assert conversations.row(desk, other).number == other
        await adviser.presses("M", "enter", "enter")
        await adviser.reads(f"Merged into #{stays}.", "Encore une question.")
        assert conversations.row(desk, other).number == stays
        await adviser.presses("#")
        await adviser.types(str(other))
        await adviser.presses("enter")
        await adviser.reads(f"#{other} was merged into #{stays}.")
        assert adviser.page.thread.number == stays
        await adviser.presses(":")
        await adviser.types("unmerge")
        await adviser.presses("enter")
        await adviser.reads(f"#{other} is on its own again.")
    assert conversations.row(desk, other).number == other


async def test_a_draft_in_the_merged_one_goes_along(desk: Desk) -> None:
    stays = second_matter(desk)
    other = conversations.open_thread(desk, stays).history[0].number
    async with at_work(desk) as adviser:
        await goes_to(adviser, other)
        await adviser.presses("r")
        await adviser.types("Half a sentence")
        await adviser.presses("escape")
        await goes_to(adviser, stays)
        await adviser.presses("M", "enter")
        await adviser.reads("1 draft")
        await adviser.presses("enter", "r")
        assert adviser.words == "Half a sentence"
    assert [draft.number for draft in drafts.mine(desk)] == [stays]


async def test_conversations_of_two_customers_are_not_merged(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("M")
        await adviser.types("another")
        await adviser.presses("enter")
        await adviser.types(str(second))
        await adviser.presses("enter")
        await adviser.reads("are not of one customer")
    assert conversations.row(desk, first).number == first


async def test_splits_a_message_out_into_a_conversation_of_its_own(desk: Desk) -> None:
    number = second_matter(desk)
    answered = conversations.open_thread(desk, number).messages[0]
    news = incoming(
        2, "Paul Roy", "Re: Facture", "Autre chose : mon modem.", datetime.now(UTC),
        references=(answered.external_id or "",),
    )  # fmt: skip
    arrive(desk, "mail", news)
    async with at_work(desk) as adviser:
        await goes_to(adviser, number)
        await adviser.presses("S")
        await adviser.reads(f"Which message of #{number} is another matter?", "Autre chose")
        await adviser.presses("enter")
        await adviser.reads(f"Split out of #{number}", "Autre chose : mon modem.")
        await adviser.presses("enter")
        await adviser.reads("was split out of")
        new = adviser.page.thread.number
        assert new not in (None, number)
        assert "mon modem" not in "".join(m.text for m in conversations.open_thread(desk, number).messages)


async def test_a_conversation_of_one_message_cannot_be_split(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("j", "enter", "S")
        await adviser.reads("This conversation has only one message.")


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
