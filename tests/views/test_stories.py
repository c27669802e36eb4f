"""What an adviser does in a day, told key by key: reading, choosing, searching, answering."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, drafts, handling, presence
from agentconsole.desk.context import Desk
from agentconsole.desk.delivery import undelivered
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.seed import arrive, incoming

SIZES = [(80, 24), (120, 40), (200, 50)]


@pytest.mark.parametrize("size", SIZES)
async def test_reads_and_answers_the_first_conversation(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        first = adviser.numbers[0]
        await adviser.reads("Sosh care", "Léa Martin", "8 open", "why first:")
        await adviser.presses("enter")
        assert adviser.focus == "thread"
        await adviser.reads(f"#{first}")
        await adviser.presses("r")
        assert adviser.focus == "words"
        await adviser.types("Bonjour Camille,\nil est reparti.")
        await adviser.presses("ctrl+s")
        assert adviser.focus == "thread"
        await adviser.reads("il est reparti.", "queued", "pending")
    thread = conversations.open_thread(desk, first)
    assert thread.messages[-1].text == "Bonjour Camille,\nil est reparti."
    assert thread.row.state is State.PENDING
    assert thread.row.assignee == "lea"
    assert [entry.number for entry in undelivered(desk)] == [first]
    assert drafts.mine(desk) == []


@pytest.mark.parametrize("size", SIZES)
async def test_escape_gives_the_list_back_as_it_was(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        await adviser.presses("j", "j")
        here = adviser.here
        before = adviser.pane("list")
        await adviser.presses("enter")
        presence.here(desk, here)
        await adviser.presses("escape")
        assert (adviser.focus, adviser.here) == ("list", here)
        assert adviser.pane("list").splitlines()[0] == before.splitlines()[0]


async def test_finishes_and_advances_with_one_key(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("t", "r")
        await adviser.types("Voilà.")
        await adviser.presses("ctrl+t")
        assert adviser.focus == "thread"
        assert adviser.page.thread.number == second
        assert adviser.bar("thread-head").count(f"#{second}") == 1
    assert conversations.row(desk, first).state is State.RESOLVED


async def test_take_next_walks_down_the_view(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("j", "j", "j", "t")
        assert adviser.page.thread.number == adviser.numbers[0]
        await adviser.presses("t")
        assert adviser.page.thread.number == adviser.numbers[1]


async def test_opening_marks_as_read_and_looking_does_not(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        first, second = adviser.numbers[:2]
        await adviser.presses("j")
        assert conversations.row(desk, second).unread == 1
        await adviser.presses("k", "enter")
        assert conversations.row(desk, first).unread == 0
        assert conversations.row(desk, second).unread == 1


async def test_assigns_to_herself_and_to_a_colleague(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("a")
        assert conversations.row(desk, number).assignee == "lea"
        await adviser.presses("a")
        await adviser.reads("It is yours already.")
        await adviser.presses("A")
        await adviser.reads(f"Assign #{number} to", "Omar Benali", "team instant", "nobody")
        await adviser.types("omar")
        await adviser.presses("enter")
        assert conversations.row(desk, number).assignee == "omar"


async def test_sets_states_and_keeps_what_left_the_view_until_the_cursor_leaves(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number, following = adviser.numbers[:2]
        await adviser.presses("d")
        await adviser.until(lambda: adviser.page.listing.ghost == number)
        assert adviser.here == number
        assert conversations.row(desk, number).state is State.RESOLVED
        await adviser.presses("j")
        assert adviser.here == following
        assert number not in adviser.numbers


async def test_searches_and_gets_the_view_back_as_it_was(make_desk: MakeDesk) -> None:
    async with at_work(make_desk(60)) as adviser:
        await adviser.presses(*"jjjjjj")
        numbers, here = adviser.numbers, adviser.here
        await adviser.presses("/")
        await adviser.types("facture from:paul")
        await adviser.presses("enter")
        assert adviser.focus == "list"
        assert {row.customer.split()[0] for row in adviser.page.listing.rows} == {"Paul"}
        await adviser.presses("escape")
        assert (adviser.numbers, adviser.here, adviser.focus) == (numbers, here, "list")


async def test_a_wrong_filter_is_said_while_it_is_typed_and_finds_nothing(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        numbers, here = adviser.numbers, adviser.here
        await adviser.presses("/")
        await adviser.types("is:sleepy")
        await adviser.reads("Search knows no is:sleepy.", "is:late", "is:sleepy · not understood")
        assert adviser.numbers == []
        await adviser.presses("enter")
        assert adviser.numbers == []
        assert adviser.sees("Search knows no is:sleepy.")
        await adviser.presses("escape")
        assert (adviser.numbers, adviser.here, adviser.focus) == (numbers, here, "list")


async def test_an_empty_view_says_so(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("5")
        await adviser.reads("No conversations in this view.", "Choose another view")
        await adviser.presses("r")
        await adviser.reads("No conversation is chosen.")
        await adviser.presses("1")
        assert len(adviser.numbers) == 8


async def test_jumps_to_a_number_and_refuses_what_is_none(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("#")
        await adviser.types("abc")
        await adviser.presses("enter")
        await adviser.reads("is not a conversation")
        await adviser.presses("backspace", "backspace", "backspace")
        await adviser.types("#3")
        await adviser.presses("enter")
        assert adviser.page.thread.number == 3
        await adviser.presses("#")
        await adviser.types("4711")
        await adviser.presses("enter")
        await adviser.reads("There is no conversation #4711.")


async def test_walks_the_customers_card_to_another_conversation(desk: Desk) -> None:
    arrive(desk, "mail", incoming(2, "Paul Roy", "Second matter", "Encore une question.", datetime.now(UTC)))
    async with at_work(desk) as adviser:
        here = next(row.number for row in adviser.page.listing.rows if row.subject == "Facture de mars")
        await adviser.presses("#")
        await adviser.types(str(here))
        await adviser.presses("enter", "i")
        assert adviser.focus == "card"
        await adviser.reads("Known by", "customer2@example.org", "Other conversations", "Second matter")
        await adviser.presses("enter")
        assert adviser.bar("thread-head").startswith("Second matter")


async def test_unfolds_quoted_history_and_saves_the_attachment(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "Downloads").mkdir()
    monkeypatch.setenv("HOME", str(home))
    async with at_work(desk) as adviser:
        number = next(row.number for row in adviser.page.listing.rows if row.subject == "Facture de mars")
        await adviser.presses("#")
        await adviser.types(str(number))
        await adviser.presses("enter")
        await adviser.reads("[+] 3 lines quoted, signature", "attached: facture-mars.pdf", "34 kB")
        assert not adviser.sees("rue des Lilas")
        await adviser.presses("f")
        await adviser.reads("rue des Lilas", "> voici votre facture.")
        await adviser.presses("D")
        assert (home / "Downloads" / "facture-mars.pdf").read_bytes().startswith(b"%PDF")


async def test_the_palette_lists_what_cannot_run_and_why(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses(":")
        await adviser.reads("All actions", "resolve")
        await adviser.types("send")
        await adviser.reads("only while writing")
        await adviser.presses("enter")
        await adviser.reads("All actions")
        await adviser.presses("escape", ":")
        await adviser.types("pending")
        await adviser.presses("enter")
        assert conversations.row(desk, adviser.here).state is State.PENDING


async def test_key_help_shows_the_keys_of_where_one_is(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("?")
        await adviser.reads("Keys in the list", "Answer the customer")
        await adviser.presses("escape", "r", "f1")
        await adviser.reads("Keys while writing", "ctrl+s alt+enter")
        await adviser.presses("escape")
        assert adviser.focus == "words"


async def test_the_trail_tells_who_did_what(desk: Desk) -> None:
    handling.set_state(desk, 3, State.RESOLVED)
    async with at_work(desk) as adviser:
        await adviser.presses("#")
        await adviser.types("3")
        await adviser.presses("enter", "h")
        await adviser.reads("Trail of #3", "Léa Martin", "resolved")


async def test_in_french(desk: Desk) -> None:
    from agentconsole import i18n

    i18n.use("fr")
    async with at_work(desk) as adviser:
        await adviser.reads("À traiter", "En retard")
