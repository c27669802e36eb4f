"""The customer's card, and what the desk remembers of a customer: told key by key."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.desk import conversations, customers, drafts, promises
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.search import search
from agentconsole.model.conversation import DraftKind
from agentconsole.model.customer import Customer
from agentconsole.views.charts import bar, sparkline
from agentconsole.views.widgets.composer import Words
from tests.views.driver import at_work
from tests.views.seed import HOSTILE, arrive, incoming

SIZES = [(80, 24), (120, 40), (200, 50)]


def as_omar(desk: Desk) -> Desk:
    """The same desk with a colleague at it."""
    return Desk(desk.store, desk.config, who_am_i(desk.config, "omar"), desk.folder, desk.now)


def customer_of(desk: Desk, number: int) -> Customer:
    return conversations.open_thread(desk, number).customer


def namesake(desk: Desk) -> None:
    """Another customer of the same name writes, by mail."""
    at = datetime.now(UTC) - timedelta(days=2)
    arrive(desk, "mail", incoming(0, "Camille Durand", "Box en panne", "Bonjour, ma box est en panne.", at))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_writes_into_the_client_book_and_the_next_adviser_reads_it(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("b")
        await adviser.reads("Client book of")
        await adviser.types("Deaf in one ear:\nwrite, do not call.")
        await adviser.presses("ctrl+s")
        await adviser.reads("Written into the client book")
    async with at_work(as_omar(desk), size) as colleague:
        await colleague.presses("enter", "i")
        await colleague.reads("Client book", "Deaf in one ear:", "write, do not call.", "Léa Martin")
    assert [note.author for note in customer_of(desk, number).notes] == ["lea"]
    assert drafts.mine(desk) == []


async def test_words_for_the_client_book_are_kept_as_any_words_are(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("b")
        await adviser.types("Prefers mornings")
        await adviser.presses("escape")
        assert [(draft.kind, draft.text) for draft in drafts.mine(desk)] == [(DraftKind.BOOK, "Prefers mornings")]
    async with at_work(desk) as adviser:
        assert adviser.sees("1 unsent draft")
        await adviser.presses("u", "enter")
        await adviser.reads("Client book of", "Prefers mornings")
        await adviser.presses("ctrl+g", "ctrl+g")
        assert drafts.mine(desk) == []
        assert customer_of(desk, adviser.here).notes == ()


async def test_from_the_card_the_book_is_that_customers(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("i", "b")
        await adviser.types("Prefers mail")
        await adviser.presses("ctrl+s")
        await adviser.reads("Written into the client book")
    assert [note.text for note in customer_of(desk, number).notes] == ["Prefers mail"]


async def test_words_that_the_desk_refuses_stay(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("b")
        adviser.page.query_one(Words).put("x" * (customers.MAX_NOTE + 1))  # a paste
        await adviser.presses("ctrl+s")
        await adviser.reads("your words are kept")
        await adviser.presses("backspace", "ctrl+s")
        await adviser.reads("Written into the client book")
    assert len(customer_of(desk, number).notes[0].text) == customers.MAX_NOTE


async def test_takes_an_entry_off_the_client_book_and_undoes_it(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        number = adviser.here
        await adviser.presses("B")
        await adviser.reads("The client book says nothing of")
        customers.note(as_omar(desk), number, "Likes tea.")
        customers.note(desk, number, "Likes coffee.")
        await adviser.presses("enter", "B")
        await adviser.reads("Take off which entry", "Likes tea.", "Omar Benali", "Likes coffee.")
        await adviser.types("tea")
        await adviser.presses("enter")
        await adviser.reads("The entry is taken off.")
        assert [note.text for note in customer_of(desk, number).notes] == ["Likes coffee."]
        await adviser.presses("z")
        assert len(customer_of(desk, number).notes) == 2


@pytest.mark.parametrize("size", [(80, 24)])
async def test_writes_down_consent_with_its_source(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        await adviser.presses("enter", "i")
        await adviser.reads("Consent", "not asked", "News and offers")
        await adviser.presses("C")
        await adviser.reads("What does", "News and offers", "not asked", "Satisfaction surveys")
        await adviser.presses("enter", "enter", "enter")
        await adviser.reads("Say how it is known")
        await adviser.types("on the phone")
        await adviser.presses("enter")
        await adviser.reads("Written down: News and offers: yes")
        await adviser.until(lambda: "on the phone" in adviser.pane("card"))
        assert re.search("yes +News and offers", adviser.pane("card"))
        await adviser.presses("C")
        await adviser.reads("now: yes,")
        await adviser.types("offers")
        await adviser.presses("enter")
        await adviser.types("no")
        await adviser.presses("enter")
        await adviser.types("mail of 3 March")
        await adviser.presses("enter")
        await adviser.until(lambda: re.search("no +News and offers", adviser.pane("card")) is not None)
    said = customer_of(desk, number).consents
    assert [(one.purpose, one.given, one.source, one.author) for one in said] == [
        ("news", False, "mail of 3 March", "lea")
    ]


async def test_links_two_customers_after_a_preview_and_undoes_it(desk: Desk) -> None:
    namesake(desk)
    one, two = (row.number for row in search(desk, "from:camille").rows)
    customers.consent(desk, one, "news", True, "on the phone")
    customers.consent(desk, two, "survey", False, "by mail")
    customers.note(desk, one, "Likes tea.")
    customers.note(desk, two, "Likes coffee.")
    async with at_work(desk) as adviser:
        await adviser.presses("/")
        await adviser.types("from:camille channel:x")
        await adviser.presses("enter")
        number = adviser.here
        await adviser.presses("enter", "L")
        await adviser.reads("Who else is Camille Durand?")
        await adviser.types("camille")
        await adviser.reads("email customer0@example.org")
        await adviser.presses("enter")
        await adviser.reads("are one person", "1 conversation comes to Camille Durand", "z takes it back.")
        await adviser.reads("1 entry of the client book", "News and offers: yes", "Satisfaction surveys: no")
        await adviser.presses("escape")
        assert customer_of(desk, number).linked == ()
        await adviser.presses("L")
        await adviser.types("camille")
        await adviser.reads("email customer0@example.org")
        await adviser.presses("enter", "enter")
        await adviser.reads("are linked.")
        assert len(customer_of(desk, number).linked) == 1
        await adviser.presses("i")
        await adviser.until(lambda: "one other customer is linked: Camille Durand" in adviser.pane("card"))
        assert "customer0@example.org" in adviser.pane("card")
        assert "Box en panne" in adviser.pane("card")
        await adviser.presses("z")
        assert customer_of(desk, number).linked == ()


async def test_takes_linked_customers_apart_by_the_palette(desk: Desk) -> None:
    namesake(desk)
    first, second = (one.id for one in customers.find_customers(desk, "Camille Durand"))
    async with at_work(desk) as adviser:
        await adviser.presses(":")
        await adviser.types("unlink")
        await adviser.reads("not the same person", "No other customer is linked")
        await adviser.presses("escape")
        number = next(row.number for row in adviser.page.listing.rows if row.customer_id == first)
        customers.link(desk, number, second)
        await adviser.presses("#")
        await adviser.types(str(number))
        await adviser.presses("enter")
        await adviser.until(lambda: adviser.page.situation().linked == 1)
        await adviser.presses(":")
        await adviser.types("unlink")
        await adviser.presses("enter")
        await adviser.reads("Who is not Camille Durand?")
        await adviser.presses("enter")
        await adviser.reads("is somebody else again.")
    assert customer_of(desk, number).linked == ()


@pytest.mark.parametrize("size", SIZES)
async def test_open_promises_stand_on_the_card_in_words(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as adviser:
        number = adviser.here
        promises.promise(as_omar(desk), number, desk.now() + timedelta(minutes=30), "Ring about the parcel")
        await adviser.presses("enter", "i")
        await adviser.until(lambda: "Promises" in adviser.pane("card"))
        assert "DUE 29m" in adviser.pane("card")
        await adviser.reads("Ring about the parcel", "Omar Benali")


async def test_contacts_of_a_year_are_drawn_and_told(desk: Desk) -> None:
    async with at_work(desk, (200, 50)) as adviser:
        await adviser.until(lambda: "1 contact in 12 months" in adviser.pane("card"))
        picture = adviser.pane("card").split("1 contact")[0].splitlines()[-1].strip()
        assert len(picture) == 12
        assert picture[-1] != picture[0]


async def test_a_card_that_is_hidden_and_shown_again_knows_whose_it_is(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("enter", "i")
        await adviser.reads("1 contact in 12 months")
        await adviser.presses("escape", "J")
        await adviser.presses("i")
        await adviser.reads("1 contact in 12 months")


async def test_all_of_a_long_card_can_be_read_and_nothing_out_of_sight_is_opened(desk: Desk) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    arrive(desk, "mail", incoming(2, "Paul Roy", "Ancienne facture", "Bonjour", at))
    async with at_work(desk, (80, 24)) as adviser:
        number = next(row.number for row in adviser.page.listing.rows if row.customer == "Paul Roy")
        for index in range(20):
            customers.note(desk, number, f"Entry {index} of the book.")
        await adviser.presses("#")
        await adviser.types(str(number))
        await adviser.presses("enter", "i")
        await adviser.reads("Paul Roy", "Entry 19 of the book.")
        assert not adviser.sees("Other conversations")
        await adviser.presses("enter")
        assert adviser.focus == "card"
        for _each in range(6):
            await adviser.presses("space")
        await adviser.reads("Other conversations", "Facture de mars")
        await adviser.presses("home")
        await adviser.reads("Paul Roy", "Entry 19 of the book.")


async def test_hostile_words_on_the_card_are_text(desk: Desk) -> None:
    async with at_work(desk, (200, 50)) as adviser:
        number = adviser.here
        for text in HOSTILE:
            customers.note(desk, number, text)
        await adviser.presses("enter", "B", "escape")
        await adviser.until(lambda: "[red]not red[/red]" in adviser.pane("card"))
        shown = adviser.pane("card")
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_a_sparkline_shows_nothing_as_nothing_and_little_as_little() -> None:
    drawn = sparkline([0, 1, 50, 100])
    assert len(drawn) == 4
    assert len(set(drawn)) == 4
    assert sparkline([]) == ""
    assert len(set(sparkline([0, 0]))) == 1


@given(st.lists(st.integers(0, 10_000), max_size=40))
@settings(deadline=None)
def test_a_sparkline_has_a_column_a_value_and_keeps_their_order(values: list[int]) -> None:
    drawn = sparkline(values)
    assert len(drawn) == len(values)
    steps = sorted(set(drawn), key="▁▂▃▄▅▆▇█".index)
    assert [steps.index(step) for _value, step in sorted(zip(values, drawn, strict=True))] == sorted(
        steps.index(step) for step in drawn
    )
    assert all((step == "▁") == (value == 0) for value, step in zip(values, drawn, strict=True))


@given(st.integers(0, 5_000), st.integers(0, 5_000), st.integers(1, 80))
@settings(deadline=None)
def test_a_bar_never_leaves_its_columns(value: int, most: int, columns: int) -> None:
    assert len(bar(value, most, columns)) <= columns


def test_a_bar_is_as_long_as_its_share() -> None:
    assert len(bar(10, 10, 20)) == 20
    assert len(bar(5, 10, 20)) == 10
    assert bar(0, 10, 20) == ""
    assert bar(1, 1000, 20) != ""


def test_pictures_are_ascii_where_the_terminal_has_no_more() -> None:
    code = "from agentconsole.views.charts import bar, sparkline; print(sparkline(range(9)) + bar(3, 9, 20), end='')"
    env = os.environ | {"AGENTCONSOLE_ASCII": "1"}
    drawn = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=env).stdout.decode()
    assert drawn.isascii()
    assert len(drawn) == 15
    assert len(set(drawn[:9])) > 5
