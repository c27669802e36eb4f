"""A console that is killed (-9) at any step of a day, and the console after it: nothing is lost, nothing is done twice.

The desk is watched from outside while the console that is killed runs in a terminal. Where the moment of the kill
matters, the test holds the desk's only write lock: what the console was about to write then waits, and is killed with
it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, drafts
from agentconsole.desk.delivery import undelivered
from agentconsole.model.conversation import DraftKind
from agentconsole.model.macro import Actions
from tests.story.killed import (
    ATTACH,
    ENTER,
    ESC,
    KINDS,
    MACRO,
    PACE,
    PARCEL,
    SAVE_MACRO,
    SEND,
    SEND_SNOOZE,
    SORRY,
    SPAM,
    WORDS,
    Day,
    begins,
    goes_on,
    macro,
    takes_back,
    writes,
)
from tests.views.seed import arrive, incoming, open_seeded
from tests.views.terminal import Terminal

pytestmark = pytest.mark.pty


@pytest.fixture
def day(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Day]:
    """A desk of eight conversations, or of as many as the test's parameter says."""
    desk = open_seeded(tmp_path, getattr(request, "param", 8))
    folder = desk.own_folder / "macros"
    folder.mkdir(parents=True)
    for name, text in {"excuses": SORRY, "colis": PARCEL, "spam": SPAM}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    yield Day(desk)
    desk.store.close()


# Words


@pytest.mark.parametrize("kind", DraftKind)
def test_every_letter_typed_more_than_a_second_before_is_in_the_draft(day: Day, kind: DraftKind) -> None:
    typed: list[float] = []
    with day.console() as console:
        writes(console, "", kind)
        for letter in WORDS[:64]:  # without a pause: letters are kept while others follow
            console.types(letter)
            typed.append(time.monotonic())
            while time.monotonic() < typed[-1] + PACE:
                console.pump(PACE)
        console.kill()
        killed = time.monotonic()
    long_ago = sum(killed - at > 1.0 for at in typed)
    assert day.draft is not None
    assert day.draft.kind is kind
    assert len(typed) > long_ago > 20, "the test has typed too fast or too slowly"
    assert WORDS.startswith(day.text)
    assert len(day.text) >= long_ago
    goes_on(day, KINDS[kind][1], WORDS[:20])


def test_what_a_macro_brought_is_there_with_all_that_it_does(day: Day) -> None:
    with day.console() as console:
        writes(console, "Ah. ")
        macro(console, "excuses")
        console.until("Ah. Nous regrettons ce retard.")
        day.kept("Ah. Nous regrettons ce retard.")
        console.kill()
    assert day.draft is not None
    assert Actions.from_json(day.draft.actions).add_tags == ("late",)
    goes_on(day, "Ah. Nous regrettons ce retard.", "along with it", "+late")


def test_what_was_attached_is_attached(day: Day, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("x")
    with day.console() as console:
        writes(console)
        console.press(ATTACH)
        console.until("Attach")
        console.types(f"{plan}{ENTER}")
        console.until("attached: plan.txt")
        day.until(lambda: day.draft is not None and day.draft.files == (str(plan),), "the file is not on the desk")
        console.kill()
    day.kept(WORDS)
    goes_on(day, "appelle avant.", "attached: plan.txt")


BOXES: dict[str, tuple[Callable[[Terminal], None], str]] = {
    "macro picker": (lambda console: console.types(MACRO), "Macro for "),
    "macro's question": (lambda console: macro(console, "Zebra"), "Quel jour ?"),
    "attach": (lambda console: console.types(ATTACH), "Attach a file"),
    "title of a new macro": (lambda console: console.types(SAVE_MACRO), "Save as a macro"),
}


@pytest.mark.parametrize("box", BOXES)
def test_words_below_an_open_box_are_kept(day: Day, box: str) -> None:
    """The box opens before the words were kept: they are kept all the same."""
    opens, title = BOXES[box]
    with day.console() as console:
        writes(console)
        opens(console)
        console.until(title)
        day.kept(WORDS)
        assert title in console.text
        console.kill()
    goes_on(day, "appelle avant.")


# Sending, and taking back


def test_a_reply_that_is_held_is_queued_once_and_can_be_taken_back_by_the_next_console(day: Day) -> None:
    with day.console() as console:
        writes(console)
        console.until("appelle avant.")
        console.types(SEND)
        day.until(lambda: undelivered(day.desk), "not queued")
        console.kill()  # the desk has it; the console may not even know
    assert len(undelivered(day.desk)) == 1
    assert day.draft is None
    takes_back(day, "draft of", "appelle avant.")
    assert undelivered(day.desk) == []
    day.kept(WORDS)


def test_a_reply_that_was_not_queued_yet_is_a_draft(day: Day) -> None:
    with day.console() as console:
        writes(console)
        day.kept(WORDS)
        with day.desk.store.write():
            console.types(SEND)
            console.until("sending …")
            console.kill()
    assert undelivered(day.desk) == []
    day.kept(WORDS)
    goes_on(day, "appelle avant.")


@pytest.mark.parametrize("begun", [False, True], ids=["before the desk has it", "once the desk has it"])
def test_an_undo_takes_back_wholly_or_not_at_all(day: Day, begun: bool) -> None:
    with day.console() as console:
        writes(console)
        console.types(SEND)
        console.until("goes in")
        if begun:
            console.types("z")
            day.until(lambda: not undelivered(day.desk), "not taken back")
            console.kill()
        else:
            with day.desk.store.write():
                console.press("z")
                console.kill()
    number = conversations.row(day.desk, day.row("Tom").number).number if begun else undelivered(day.desk)[0].number
    if begun:
        goes_on(day, "appelle avant.")
    else:
        assert day.draft is None
        takes_back(day, "draft of", "appelle avant.")
    assert undelivered(day.desk) == []
    day.kept(WORDS)
    assert conversations.row(day.desk, number).state is State.OPEN


def test_send_and_snooze_is_sent_while_its_box_is_open(day: Day) -> None:
    with day.console() as console:
        writes(console)
        console.until("appelle avant.")
        console.types(SEND_SNOOZE)
        console.until("Snooze #")
        console.press("3d")
        console.kill()
    (entry,) = undelivered(day.desk)
    assert entry.text == WORDS
    assert conversations.row(day.desk, entry.number).state is State.PENDING
    assert day.draft is None


# Many at once


RESOLVED_BEFORE = 10
"""Of a seeded desk of forty conversations or more."""


@pytest.mark.parametrize("day", [200], indirect=True)
def test_a_bulk_half_done_leaves_each_as_it_was_or_wholly_changed_and_one_undo_brings_all_back(day: Day) -> None:
    before = {row.number for row in day.rows}
    with day.console() as console:
        begins(console)
        console.press("X")
        console.until(f"{len(before)} marked")
        macro(console, "Spam", "m")
        console.until(f"{len(before)} conversations")
        console.types(ENTER)
        day.until(lambda: _resolved(day), "nothing was changed")
        console.kill()
    left = {row.number for row in day.rows}
    assert 0 < len(left) < len(before)
    for number in before:
        thread = conversations.open_thread(day.desk, number, 1)
        whole = (thread.row.state, thread.tags) == (State.RESOLVED, ("spam",))
        untouched = (thread.row.state, thread.tags) == (State.OPEN, ())
        assert untouched if number in left else whole
    takes_back(day, f"Undone: {len(before) - len(left)} conversations")
    assert {row.number for row in day.rows} == before
    assert all(conversations.open_thread(day.desk, number, 1).tags == () for number in before - left)


def _resolved(day: Day) -> int:
    """How many there are; looked up as fast as can be, for the kill to come between two transactions."""
    with day.desk.store.read() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM conversation WHERE state = 'resolved'")
        return int(found.scalar_one()) - RESOLVED_BEFORE


# Merging, the client book, snoozing


@pytest.mark.parametrize("merged", [False, True], ids=["before the desk has it", "once the desk has it"])
def test_a_merge_takes_its_draft_along_or_leaves_it(day: Day, merged: bool) -> None:
    arrive(day.desk, "mail", incoming(2, "Paul Roy", "Second matter", "Encore une question.", datetime.now(UTC)))
    stays = next(row.number for row in day.rows if row.subject == "Facture de mars")
    goes = next(row.number for row in day.rows if row.subject == "Second matter")
    drafts.keep(day.desk, goes, WORDS, 1)
    with day.console() as console:
        begins(console)
        console.press("#")
        console.press(f"{stays}{ENTER}")
        console.until("Facture de mars")
        console.press("M")
        console.until("Second matter")
        console.press(ENTER)
        console.until(f"Stays: #{stays}", "1 draft")
        if merged:
            console.types(ENTER)
            day.until(lambda: conversations.row(day.desk, goes).number == stays, "not merged")
            console.kill()
        else:
            with day.desk.store.write():
                console.press(ENTER)
                console.kill()
    assert conversations.row(day.desk, goes).number == (stays if merged else goes)
    assert day.draft is not None
    assert day.draft.number == (stays if merged else goes)
    goes_on(day, "appelle avant.")


def test_an_entry_of_the_client_book_is_there_for_whoever_comes_next(day: Day) -> None:
    with day.console() as console:
        begins(console)
        console.press("b")
        console.until("Client book")
        console.types("Sourd d'une oreille.")
        console.until("oreille.")
        console.types(SEND)
        day.until(lambda: _book(day), "not written down")
        console.kill()
    assert _book(day) == ["Sourd d'une oreille."]
    with day.console() as console:
        begins(console)
        console.press(ENTER, "i")
        console.until("Client book", "Sourd d'une oreille.")


def _book(day: Day) -> list[str]:
    number = day.row("Tom").number
    return [note.text for note in conversations.open_thread(day.desk, number, 1).customer.notes]


def test_a_snooze_box_that_dies_changes_nothing_and_leaves_the_words_below(day: Day) -> None:
    with day.console() as console:
        writes(console)
        console.until("appelle avant.")
        console.press(ESC, "s")
        console.until("Snooze #")
        console.press("tomorrow")
        day.kept(WORDS)
        console.kill()
    assert day.row("Tom").state is State.OPEN
    goes_on(day, "appelle avant.")
