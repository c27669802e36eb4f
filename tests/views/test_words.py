"""What the console says: searches, hints, the palette, the trail, names, in both languages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentconsole import i18n
from agentconsole.cli import main
from agentconsole.config import State
from agentconsole.desk import conversations, handling, replies, wording, wording_trail
from agentconsole.desk.context import Desk
from agentconsole.store import cursors
from agentconsole.sync import WATCHING
from agentconsole.views.actions import ACTIONS, BY_ID
from agentconsole.views.bars import chosen_hints
from agentconsole.views.keys import Keymap, key_words
from agentconsole.views.layout import line_width
from agentconsole.views.situation import Place
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work

SIZES = [(80, 24), (120, 40), (200, 50)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_search_is_named_and_no_view_is_highlighted(make_desk: MakeDesk, size: tuple[int, int]) -> None:
    async with at_work(make_desk(60), size) as adviser:
        strip = "views" if size[0] >= 160 else "viewline"
        assert ">1 To do" in adviser.bar(strip)
        await adviser.presses("/")
        await adviser.reads("Search everywhere")
        await adviser.types("facture")
        await adviser.reads("Search · facture · 8 found")
        assert ">1" not in adviser.bar(strip)
        await adviser.presses("enter")
        await adviser.reads("Search · facture · 8 found")
        await adviser.presses("escape")
        assert ">1 To do" in adviser.bar(strip)
        assert not adviser.sees("found")


async def test_more_hits_than_were_read_are_told(make_desk: MakeDesk) -> None:
    async with at_work(make_desk(260)) as adviser:
        await adviser.presses("/")
        await adviser.types("is:open")
        await adviser.reads("Search · is:open · 200+ found")


async def test_what_was_typed_last_before_leaving_is_not_searched(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        numbers = adviser.numbers
        await adviser.presses("/")
        adviser.page.finding.typed("is:sleepy")
        await adviser.presses("escape")
        assert adviser.page.finding._pause is None
        assert adviser.numbers == numbers


async def test_a_corrected_filter_finds(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("/")
        await adviser.types("is:opens")
        await adviser.reads("not understood", "Use one of: is:open")
        await adviser.presses("backspace")
        await adviser.reads("is:open · 8 found")
        assert len(adviser.numbers) == 8


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", ["r", "N"])
async def test_send_and_advance_are_always_among_the_hints(desk: Desk, language: str, key: str) -> None:
    i18n.use(language)
    async with at_work(desk, (80, 24)) as adviser:
        await adviser.presses(key)
        hints = adviser.bar("hints")
        assert "ctrl+s " in hints
        assert "ctrl+n " in hints
        assert "ctrl+p" in hints
        assert line_width([(hints, "")]) <= 80


async def test_a_note_is_saved_not_sent(desk: Desk) -> None:
    async with at_work(desk, (80, 24)) as adviser:
        await adviser.presses("N")
        assert "ctrl+s save note  ctrl+n save note, next" in adviser.bar("hints")
        assert "send" not in adviser.bar("hints")


@given(
    st.lists(st.integers(1, 30), max_size=8),
    st.lists(st.integers(1, 15), max_size=2),
    st.integers(0, 120),
)
def test_hints_fit_and_keep_their_order(sizes: list[int], ends: list[int], columns: int) -> None:
    hints = [[(f"{index:x}" * size + "  ", "")] for index, size in enumerate(sizes)]
    tail = [[(letter * size + "  ", "")] for letter, size in zip("yz", ends, strict=False)]
    chosen = chosen_hints(hints, tail, columns)
    assert line_width(chosen) <= columns + 2
    words = [text for text, _style in chosen]
    assert words == [text for text in (item[0][0] for item in [*hints, *tail]) if text in words]
    if len(hints) > 1 and line_width([*hints[0], *hints[1]]) <= columns:
        assert words[:2] == [hints[0][0][0], hints[1][0][0]]


async def test_the_palette_shows_keys_that_work_where_one_is(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r", "ctrl+p")
        await adviser.types("keys")
        await adviser.reads("f1         keys")
        await adviser.presses("escape", "ctrl+p")
        await adviser.types("take")
        await adviser.reads("only in list, thread and customer")
        await adviser.presses("escape", "ctrl+p")
        await adviser.types("quit")
        await adviser.reads("ctrl+q     quit")


async def test_the_palette_does_not_begin_with_going_back(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("enter", ":")
        first = adviser.pane("choices").splitlines()[0]
        assert "take next" in first
        await adviser.presses("escape", "r", "ctrl+p")
        assert "ctrl+s" in adviser.pane("choices").splitlines()[0]


def test_q_leaves_from_list_and_thread_only_and_ctrl_q_from_everywhere() -> None:
    keymap = Keymap()
    found = {place: keymap.find("q", place) for place in Place if place not in Place.PICKER}
    named = {place: action.id if action else None for place, action in found.items()}
    assert named == {
        Place.LIST: "quit", Place.THREAD: "quit", Place.CARD: "back", Place.COMPOSER: None, Place.SEARCH: None,
        **dict.fromkeys(Place.OVER, "back"),
    }  # fmt: skip
    for place in named:
        assert keymap.find("ctrl+q", place) is BY_ID["quit"]


async def test_q_closes_the_outbox(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("O")
        await adviser.reads("Everything is sent.")
        await adviser.presses("q")
        assert adviser.focus == "list"
        await adviser.presses("O", "?")
        await adviser.reads("Keys in the outbox", "esc q")


async def test_texts_are_shown_without_the_marks_of_commands() -> None:
    i18n.use("fr")
    assert [action.id for action in ACTIONS if "`" in action.help() + action.words()] == []
    assert "from:" in BY_ID["search"].help()


async def test_escape_has_one_name_in_french(desk: Desk) -> None:
    i18n.use("fr")
    assert key_words("escape") == "échap"
    async with at_work(desk) as adviser:
        await adviser.presses("enter")
        assert "échap retour" in adviser.bar("hints")
        await adviser.presses("escape", "/")
        assert "échap rend la vue" in adviser.bar("hints")


async def test_channels_are_told_in_french(desk: Desk) -> None:
    i18n.use("fr")
    with desk.store.write() as connection:
        cursors.lease(connection, "mail", "somebody", desk.now(), timedelta(minutes=1))
        cursors.report(connection, "mail", "somebody", WATCHING, "", desk.now())
    async with at_work(desk) as adviser:
        assert "à l'écoute depuis" in adviser.bar("status")


def told(desk: Desk, number: int) -> list[str]:
    return [wording_trail.event(event.kind, event.detail, desk) for event in conversations.trail(desk, number)]


def test_the_trail_tells_what_changed(desk: Desk) -> None:
    handling.assign(desk, 1, "omar")
    handling.assign(desk, 1, None, "instant")
    handling.assign(desk, 1, "omar", "instant")
    handling.assign(desk, 1, None)
    handling.set_state(desk, 1, State.PENDING)
    replies.note(desk, 1, "Rang.")
    assert told(desk, 1)[-6:] == [
        "assigned to Omar Benali",
        "assigned to team instant",
        "assigned to Omar Benali",
        "assigned to nobody",
        "open → pending",
        "wrote a note",
    ]
    i18n.use("fr")
    assert told(desk, 1)[-2] == "ouverte → en attente"
    assert "équipe instantané" in told(desk, 1)[-5]


def test_who_did_it_is_named(desk: Desk) -> None:
    assert wording.actor(desk, "omar") == "Omar Benali"
    assert wording.actor(desk, "x-sosh") == "X"
    assert wording.actor(desk, handling.TIMER) == "end of snooze"
    assert wording.actor(desk, "long-gone") == "long-gone"


@pytest.mark.parametrize("detail", ["", "{", "[]", "3", '{"state":"odd","before":null}', '{"agent":[1],"team":{}}'])
@pytest.mark.parametrize("kind", ["state", "assigned", "bounced", "from the future\x1b[2J"])
def test_a_trail_of_another_program_is_told_all_the_same(desk: Desk, kind: str, detail: str) -> None:
    said = wording_trail.event(kind, detail, desk)
    assert said
    assert "\x1b" not in said


def test_why_a_reply_came_back_is_told(desk: Desk) -> None:
    said = wording_trail.event("bounced", json.dumps({"key": "k", "why": "550 no such\nuser"}), desk)
    assert said == "came back: 550 no such ⏎ user"


async def test_a_teams_name_stands_over_the_thread(desk: Desk) -> None:
    i18n.use("fr")
    handling.assign(desk, 1, None, "instant")
    async with at_work(desk) as adviser:
        await adviser.presses("#")
        await adviser.types("1")
        await adviser.presses("enter")
        assert "instantané" in adviser.bar("thread-head")


async def test_why_follows_at_once_what_one_does(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        assert adviser.bar("why").startswith("why first: ")
        await adviser.presses("j")
        assert adviser.bar("why").startswith("why here: ")
        await adviser.presses("d")
        assert adviser.bar("why") == "why here: no clock runs"
        await adviser.presses("o")
        assert adviser.bar("why").startswith("why here: acknowledge due")
        await adviser.presses("enter", "p")
        assert "pending" in adviser.bar("thread-head")
        await adviser.presses("o")
        assert "open" in adviser.bar("thread-head")
        assert not adviser.sees("It is open already.")


async def test_the_strip_marks_that_there_is_more(desk: Desk) -> None:
    async with at_work(desk, (60, 20)) as adviser:
        assert adviser.bar("viewline").endswith("›")
        await adviser.presses("5")
        assert adviser.bar("viewline").startswith("‹")
        assert ">5 Resolved" in adviser.bar("viewline")


def test_the_outbox_in_line_mode_tells_whose_reply_waits(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    row = conversations.row(desk, 3)
    key = replies.reply(desk, 3, "We sent it again.\nBest wishes").key
    assert main(["--config", str(desk.folder / "agentconsole.toml"), "outbox"]) == 0
    cells = [cell for cell in capsys.readouterr().out.strip().split("  ") if cell]
    assert cells[0] == "#3"
    assert row.customer in cells
    assert "<1m" in cells
    assert cells[-2].startswith("We sent it again.")
    assert cells[-1].strip() == key
