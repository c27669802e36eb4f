"""Writing: what is looked at before sending, how long it is, quotes, and what happens along with a reply."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Region
from textual.widgets import TextArea

from agentconsole.config import Checks, State
from agentconsole.desk import conversations, drafts
from agentconsole.desk.context import Desk
from agentconsole.desk.delivery import undelivered
from agentconsole.model.conversation import DraftKind
from agentconsole.model.macro import Actions
from agentconsole.model.message import Direction
from agentconsole.views.acts.composing import quoted
from tests.views.driver import Adviser, at_work
from tests.views.seed import arrive, incoming

HOLE = "Bonjour {{ customer.first_name }},"


def with_checks(desk: Desk, **checks: object) -> Desk:
    config = desk.config.model_copy(update={"checks": Checks.model_validate(checks)})
    return Desk(desk.store, config, desk.agent, desk.folder)


async def reply_on(adviser: Adviser, channel: str) -> int:
    """Open the composer on the first conversation of that channel."""
    number = next(row.number for row in adviser.page.listing.rows if row.channel == channel)
    await adviser.presses("#")
    await adviser.types(str(number))
    await adviser.presses("enter", "r")
    return number


# Checks


@pytest.mark.parametrize("size", [(80, 24)])
async def test_a_placeholder_is_never_sent(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        await adviser.presses("r")
        await adviser.types(HOLE)
        for _again in range(3):
            await adviser.presses("ctrl+s")
            await adviser.reads("NOT SENT; your words are kept", "Not filled in: {{ customer.first_name }}.")
        assert (undelivered(desk), adviser.words, adviser.focus) == ([], HOLE, "words")
        await adviser.presses(*["backspace"] * len("{{ customer.first_name }},"))
        assert not adviser.sees("Not filled in")
        await adviser.types("Camille,")
        await adviser.presses("ctrl+s")
    assert [entry.text for entry in undelivered(desk)] == ["Bonjour Camille,"]


async def test_a_placeholder_stands_out_until_it_is_filled_in(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types(f"> {{{{ theirs }}}}\n{HOLE}")
        composer = adviser.page.composer
        assert composer is not None
        assert underlined(composer.words) == ["{{ customer.first_name }}"]
        await adviser.presses("backspace", "backspace")
        assert underlined(composer.words) == []


def underlined(words: TextArea) -> list[str]:
    lines = words.render_lines(Region(0, 0, *words.size))
    parts = ["".join(s.text for s in line if s.style is not None and s.style.underline) for line in lines]
    return [part for part in parts if part]


async def test_a_warning_is_given_once_and_the_same_key_sends_anyway(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Le bon est ci-joint.")
        await adviser.presses("ctrl+r")
        await adviser.reads("NOT SENT: It says “ci-joint”, but nothing", "attached.", "ctrl+r again sends it anyway")
        assert undelivered(desk) == []
        await adviser.presses("ctrl+r")
        assert adviser.focus == "thread"
    assert [entry.number for entry in undelivered(desk)] == [number]
    assert conversations.row(desk, number).state is State.RESOLVED


async def test_other_words_are_looked_at_anew(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("Le bon est ci-joint")
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SENT")
        await adviser.types(".")
        assert not adviser.sees("NOT SENT")
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SENT: It says “ci-joint”")
        await adviser.presses("backspace")
        await adviser.types(".")
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SENT: It says “ci-joint”")
        await adviser.presses("escape", "r", "ctrl+s")
        await adviser.reads("NOT SENT: It says “ci-joint”")
        assert undelivered(desk) == []
        await adviser.presses("ctrl+s")
    assert len(undelivered(desk)) == 1


async def test_a_reply_in_another_language_is_told(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await reply_on(adviser, "x-sosh")
        await adviser.types("We are sorry that it is not working; we will look into it with you and call.")
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SENT: Written in English; the customer's", "French.")


async def test_every_finding_is_explained_with_its_switch(desk: Desk) -> None:
    async with at_work(with_checks(desk, forbidden_words=["à vos frais"])) as adviser:
        await adviser.presses("r", "alt+c")
        await adviser.reads("The reply is empty.", "cannot be switched off")
        await adviser.presses("escape")
        await adviser.types("Retour A VOS FRAIS, ci-joint le bon.")
        await adviser.presses("f8")
        await adviser.reads("Before this is sent", "Not to be written: “A VOS FRAIS”.")
        explained = " ".join(adviser.pane("text").split())
        assert "forbidden = false under [checks]" in explained
        assert "attachment = false under [checks]" in explained
        await adviser.presses("escape")
        assert adviser.focus == "words"
        await adviser.presses("ctrl+a", "ctrl+k")
        await adviser.types("Bonjour.")
        await adviser.presses("f8")
        await adviser.reads("Nothing stands against sending this.")


async def test_a_check_that_is_switched_off_says_nothing(desk: Desk) -> None:
    async with at_work(with_checks(desk, unresolved=False, attachment=False)) as adviser:
        await adviser.presses("r")
        await adviser.types(f"{HOLE} ci-joint le bon.")
        await adviser.presses("ctrl+s")
    assert len(undelivered(desk)) == 1


async def test_a_note_is_not_checked(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("N")
        await adviser.types("Ci-joint: {{ nothing }}")
        await adviser.presses("ctrl+s")
        await adviser.reads("Note saved on")
    assert conversations.open_thread(desk, number).messages[-1].text == "Ci-joint: {{ nothing }}"


async def test_a_note_that_calls_nobody_is_saved_at_the_second_wish(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("N")
        await adviser.types("@omar can you look? @zorro too")
        await adviser.presses("ctrl+s")
        await adviser.reads("NOT SAVED: Nobody here is called @zorro.", "again saves it anyway")
        assert conversations.open_thread(desk, number).messages[-1].direction is not Direction.NOTE
        await adviser.presses("ctrl+s")
        await adviser.reads(f"Note saved on #{number}. It calls Omar Benali; @zorro calls nobody.")
    assert conversations.open_thread(desk, number).messages[-1].direction is Direction.NOTE


async def test_words_accepted_once_are_not_objected_to_again_after_news(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Le bon est ci-joint.")
        await adviser.presses("ctrl+s")
        answered = conversations.open_thread(desk, number).messages[0]
        index = int(answered.author.removeprefix("customer").split("@")[0])
        news = incoming(
            index, answered.author_name, "", "Encore moi.", datetime.now(UTC), references=(answered.external_id or "",)
        )
        arrive(desk, conversations.row(desk, number).channel, news)
        await adviser.presses("ctrl+s")
        await adviser.reads("read what is new", "Encore moi.")
        await adviser.presses("ctrl+s")
    assert len(undelivered(desk)) == 1


# How long it is


@pytest.mark.parametrize("size", [(40, 16), (120, 40)])
async def test_the_length_is_told_where_the_channel_bounds_it(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        await reply_on(adviser, "x-sosh")
        await adviser.types("a" * 150)
        await adviser.reads("150/280")
        await adviser.types("b" * 110)
        await adviser.reads("260/280, 20 left")
        await adviser.types("c" * 21)
        await adviser.reads("281/280, 1 too many")
        await adviser.presses("ctrl+s")
        await adviser.reads("Too long: 281 of 280.")
        await adviser.presses("backspace", "ctrl+s")
    assert len(undelivered(desk)) == 1


async def test_mail_has_no_counter(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await reply_on(adviser, "mail")
        await adviser.types("Bonjour")
        assert "7/" not in adviser.bar("composer-title")


# Sending


async def test_a_reply_is_held_back_for_a_while(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("Voilà.")
        await adviser.presses("ctrl+s")
    (entry,) = undelivered(desk)
    assert entry.not_before - entry.queued_at == desk.config.outbox.hold > timedelta(0)


async def test_sends_and_asks_for_how_long_to_snooze(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("r")
        await adviser.types("Voilà.")
        await adviser.presses("alt+s")
        await adviser.reads(f"Snooze #{number}")
        assert [entry.number for entry in undelivered(desk)] == [number]
        assert conversations.row(desk, number).state is State.PENDING
        await adviser.types("2h")
        await adviser.presses("enter")
        await adviser.until(lambda: conversations.row(desk, number).state is State.SNOOZED)


def seen(desk: Desk, number: int) -> int:
    return conversations.open_thread(desk, number).seen


async def test_what_macros_do_waits_with_the_draft_and_happens_with_the_reply(desk: Desk) -> None:
    stacked = Actions(state=State.RESOLVED, add_tags=("livraison",)).to_json()
    async with at_work(desk) as adviser:
        number = adviser.here
        drafts.keep(desk, number, "Voilà.", seen(desk, number), DraftKind.REPLY, (), stacked)
        await adviser.presses("u", "enter")
        await adviser.reads("along with it: status resolved · +livraison")
        await adviser.types(" Merci.")
        await adviser.until(lambda: [draft.text for draft in drafts.mine(desk)] == ["Voilà. Merci."])
        assert drafts.mine(desk)[0].actions == stacked
        await adviser.presses("ctrl+s")
        await adviser.until(lambda: bool(undelivered(desk)))
    thread = conversations.open_thread(desk, number)
    assert (thread.row.state, thread.tags) == (State.RESOLVED, ("livraison",))


async def test_what_a_macro_cannot_do_any_more_keeps_the_words(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        past = Actions(state=State.SNOOZED, snooze="2020-01-01 10:00").to_json()
        drafts.keep(desk, number, "Voilà.", seen(desk, number), DraftKind.REPLY, (), past)
        await adviser.presses("u", "enter", "ctrl+s")
        await adviser.reads("NOT SENT; your words are kept")
        assert (adviser.words, adviser.focus) == ("Voilà.", "words")
    assert undelivered(desk) == []


async def test_a_placeholder_in_a_stacked_note_is_not_sent(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        kept = Actions(note="Promis pour le {{ ask.day }}").to_json()
        drafts.keep(desk, adviser.here, "Voilà.", 1, DraftKind.REPLY, (), kept)
        await adviser.presses("u", "enter", "ctrl+s")
        await adviser.reads("NOT SENT; your words are kept", "Not filled in: {{ ask.day }}.")
    assert undelivered(desk) == []


# Quotes


async def test_quotes_the_customer_at_the_cursor(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = await reply_on(adviser, "wa")
        said = conversations.open_thread(desk, number).messages[-1].text
        await adviser.types("Bonjour,")
        await adviser.presses("alt+q")
        await adviser.types("Demain.")
        assert adviser.words == f"Bonjour,\n> {said}\n\nDemain."
        await adviser.presses("ctrl+s")
    assert len(undelivered(desk)) == 1


async def test_quotes_the_message_that_is_in_sight(desk: Desk) -> None:
    number = next(row.number for row in [conversations.row(desk, n) for n in range(1, 9)] if row.channel == "mail")
    first = conversations.open_thread(desk, number).messages[0]
    index = int(first.author.removeprefix("customer").split("@")[0])
    for minutes, text in ((2, "\n".join(f"line {n}" for n in range(70))), (1, "Une dernière chose.")):
        at, follows = datetime.now(UTC) - timedelta(minutes=minutes), (first.external_id or "",)
        arrive(desk, "mail", incoming(index, first.author_name, "", text, at, references=follows))
    async with at_work(desk) as adviser:
        await adviser.presses("#")
        await adviser.types(str(number))
        await adviser.presses("enter", "r", "alt+q")
        assert adviser.words == "> Une dernière chose.\n\n"
        await adviser.presses("ctrl+z")
        assert adviser.words == ""
        adviser.page.thread.scroll_to(y=0, animate=False)
        await adviser.presses("f3")
        assert adviser.words.startswith("> line 0\n> line 1\n")
        await adviser.presses("ctrl+z")
        assert adviser.words == ""
        await adviser.presses("ctrl+y")
        assert adviser.words.endswith("> line 69\n\n")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_every_line_of_a_quote_is_one(text: str) -> None:
    lines = quoted(text).split("\n")
    assert lines.pop() == ""
    assert lines
    assert all(line.startswith(">") for line in lines)
    assert not [char for line in lines for char in line if ord(char) < 32 or 0x7F <= ord(char) <= 0x9F]
