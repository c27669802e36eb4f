"""What an adviser does in a day, told key by key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, drafts, handling, presence, replies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.delivery import undelivered
from agentconsole.errors import DeskError
from agentconsole.model.message import Direction
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


async def test_writes_a_note_that_no_customer_gets(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("N")
        await adviser.reads("only colleagues see it")
        await adviser.types("Rang twice.")
        await adviser.presses("ctrl+r")
        await adviser.reads("A note changes no state.")
        await adviser.presses("ctrl+s")
        await adviser.reads("note, only colleagues see it", "Rang twice.")
    assert conversations.open_thread(desk, number).messages[-1].direction is Direction.NOTE
    assert undelivered(desk) == []


async def test_words_of_a_note_never_come_back_as_a_reply(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("N")
        await adviser.types("Do not tell him.")
        await adviser.presses("escape", "r")
        assert adviser.words == ""
        await adviser.presses("escape", "N")
        assert adviser.words == "Do not tell him."


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


async def test_a_draft_is_on_the_desk_within_a_second_and_comes_back(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Half a sent")
        await adviser.until(lambda: any(draft.text == "Half a sent" for draft in drafts.mine(desk)))
        await adviser.presses("escape")
        assert adviser.page.composer is not None
        assert not adviser.page.composer.is_open
        await adviser.until(lambda: adviser.sees("draft, not sent"))
    async with at_work(desk) as adviser:
        assert "draft" in adviser.pane("list").splitlines()[adviser.numbers.index(number)]
        await adviser.presses("u", "enter")
        assert (adviser.words, adviser.focus) == ("Half a sent", "words")


async def test_words_are_discarded_only_when_asked_twice(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("Never mind")
        await adviser.presses("ctrl+g")
        assert adviser.words == "Never mind"
        await adviser.presses("ctrl+g")
        assert adviser.focus == "thread"
    assert drafts.mine(desk) == []


async def test_a_stale_reply_is_refused_once_and_shows_what_is_new(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        row = conversations.row(desk, number)
        await adviser.presses("r")
        await adviser.types("We are looking into it.")
        answered = conversations.open_thread(desk, number).messages[0]
        news = incoming(
            int(answered.author.removeprefix("customer").split("@")[0]), answered.author_name, "", "It works again!",
            datetime.now(UTC), references=(answered.external_id or "",),
        )  # fmt: skip
        arrive(desk, row.channel, news)
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SENT", "while you were writing", "It works again!")
        assert (adviser.words, adviser.focus) == ("We are looking into it.", "words")
        assert undelivered(desk) == []
        await adviser.presses("ctrl+s")
    assert len(undelivered(desk)) == 1


async def test_a_reply_that_the_desk_refuses_keeps_its_words(make_desk: MakeDesk) -> None:
    desk = make_desk()
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.presses("ctrl+s")
        await adviser.reads("The reply is empty.")
        await adviser.types("Now there is something.")
        await adviser.presses("ctrl+s")
        assert adviser.focus == "thread"
    assert len(undelivered(desk)) == 1


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


async def test_decides_on_a_reply_whose_fate_is_unknown(desk: Desk) -> None:
    key = replies.reply(desk, 3, "Did you get this?").key
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'unknown', error = 'connection lost after the dot'")
    async with at_work(desk) as adviser:
        await adviser.until(lambda: adviser.sees("1 unclear"))
        await adviser.presses("O")
        await adviser.reads("Outbox", "MAY HAVE BEEN SENT", "connection lost after the dot")
        await adviser.reads("mark as sent", "send again")
        await adviser.presses("m")
        await adviser.until(lambda: adviser.sees("Everything is sent."))
    assert undelivered(desk) == []
    assert key


async def test_the_trail_tells_who_did_what(desk: Desk) -> None:
    handling.set_state(desk, 3, State.RESOLVED)
    async with at_work(desk) as adviser:
        await adviser.presses("#")
        await adviser.types("3")
        await adviser.presses("enter", "h")
        await adviser.reads("Trail of #3", "Léa Martin", "resolved")


async def test_colleagues_drafts_are_announced_but_not_shown(desk: Desk) -> None:
    omar = Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder)
    async with at_work(desk) as adviser:
        number = adviser.here
        drafts.keep(omar, number, "My secret words", 1)
        await adviser.until(lambda: adviser.sees("Omar Benali", "is writing a reply"))
        assert "My secret words" not in adviser.pane("thread")


async def test_in_french(desk: Desk) -> None:
    from agentconsole import i18n

    i18n.use("fr")
    async with at_work(desk) as adviser:
        await adviser.reads("À traiter", "En retard")


async def test_words_that_the_desk_does_not_take_are_not_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise DeskError("The disk is full.", "Make room.")

    async with at_work(desk) as adviser:
        await adviser.presses("enter", "r")
        with monkeypatch.context() as patched:
            for taken in ("keep", "bring_back"):  # the second is how words are tried again
                patched.setattr(drafts, taken, full)
            patched.setenv("XDG_STATE_HOME", "/dev/null/nowhere")  # nor does this machine's disk
            await adviser.types("Half a sentence")
            await adviser.presses("escape")
            await adviser.reads("kept on this machine either")
            await adviser.presses("r")
            await adviser.reads("Half a sentence")
            await adviser.presses("escape", "q")
            await adviser.reads("Once more leaves without them")
        await adviser.presses("r")
        await adviser.types("!")
        await adviser.until(lambda: [draft.text for draft in drafts.mine(desk)] == ["Half a sentence!"])
