"""What others do meanwhile, and what the terminal does: nothing moves under the adviser's hands."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agentconsole.config import State
from agentconsole.desk import handling
from agentconsole.desk.context import Desk
from tests.views.conftest import MakeDesk
from tests.views.driver import at_work
from tests.views.seed import arrive, incoming

ROOT = Path(__file__).resolve().parents[2]


def in_another_process(folder: Path, code: str) -> None:
    """Run code on the same desk, as a colleague's console would."""
    start = f"from pathlib import Path\nfrom tests.views.seed import *\ndesk = open_seeded(Path({str(folder)!r}))\n"
    subprocess.run([sys.executable, "-c", start + code], check=True, cwd=ROOT, timeout=60)


async def test_news_of_another_process_leave_the_cursor_on_its_conversation(make_desk: MakeDesk) -> None:
    desk = make_desk(60)
    async with at_work(desk) as adviser:
        await adviser.presses(*"jjjjj")
        here, place = adviser.here, adviser.page.listing.cursor
        code = """
now = datetime.now(UTC)
for i in range(3):
    arrive(desk, "mail", incoming(500 + i, "New", "Fresh", "urgent", now - timedelta(hours=30, minutes=i)))
"""
        in_another_process(desk.folder, code)
        await adviser.until(lambda: len(adviser.numbers) == 53)
        assert adviser.here == here
        assert adviser.page.listing.cursor == place + 3
        assert adviser.focus == "list"


async def test_the_row_stays_on_its_line_of_the_screen(make_desk: MakeDesk) -> None:
    desk = make_desk(60)
    async with at_work(desk, (120, 24)) as adviser:
        await adviser.presses("space", "space", "j")
        rows = adviser.page.listing
        line = rows.cursor - rows.scroll_offset.y
        for number in adviser.numbers[:2]:
            handling.set_state(desk, number, State.RESOLVED)
        await adviser.until(lambda: len(adviser.numbers) == 48)
        assert rows.cursor - rows.scroll_offset.y == line


async def test_a_new_message_does_not_move_what_is_being_read(desk: Desk) -> None:
    for index in range(30):
        at = datetime.now(UTC) - timedelta(minutes=60 - index)
        first = () if index == 0 else ("m77-first",)
        message = incoming(77, "Nora", "Long", f"message {index}\nsecond line", at, references=first)
        if index == 0:
            message = type(message)(
                **{name: getattr(message, name) for name in message.__slots__} | {"external_id": "m77-first"}
            )
        arrive(desk, "mail", message)
    number = 9
    async with at_work(desk, (120, 24)) as adviser:
        await adviser.presses("#")
        await adviser.types(str(number))
        await adviser.presses("enter", "k", "k", "k")
        thread = adviser.page.thread
        seen, top = adviser.screen.splitlines()[6], thread.scroll_offset.y
        news = incoming(77, "Nora", "Long", "one more thing", datetime.now(UTC), references=("m77-first",))
        arrive(desk, "mail", news)
        await adviser.until(lambda: "1 new below" in adviser.bar("thread-head"))
        assert (adviser.screen.splitlines()[6][60:], thread.scroll_offset.y) == (seen[60:], top)
        assert "one more thing" in adviser.pane("thread")


async def test_what_is_written_stays_while_news_arrive(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        await adviser.presses("r")
        await adviser.types("My words")
        arrive(desk, "mail", incoming(600, "New", "Fresh", "Hello", datetime.now(UTC)))
        await adviser.until(lambda: len(adviser.numbers) == 9)
        assert (adviser.words, adviser.focus) == ("My words", "words")
        await adviser.types(" go on")
        assert adviser.words == "My words go on"


async def test_resizing_keeps_cursor_focus_and_words(make_desk: MakeDesk) -> None:
    async with at_work(make_desk(60), (200, 50)) as adviser:
        await adviser.presses(*"jjjjjjjj")
        here = adviser.here
        await adviser.presses("r")
        await adviser.types("Half a sentence")
        for size in ((80, 24), (120, 40), (60, 15), (200, 50)):
            await adviser.pilot.resize_terminal(*size)
            await adviser.settles()
            assert (adviser.here, adviser.focus, adviser.words) == (here, "words", "Half a sentence")
            assert adviser.sees("Half a sentence")


async def test_pages_are_read_ahead(make_desk: MakeDesk) -> None:
    async with at_work(make_desk(500), (80, 24)) as adviser:
        assert len(adviser.numbers) == 200
        await adviser.presses("end")
        await adviser.until(lambda: len(adviser.numbers) == 400)
        await adviser.presses("end")
        await adviser.until(lambda: len(adviser.numbers) == 490)
        assert len(set(adviser.numbers)) == 490


async def test_a_desk_that_cannot_be_read_is_said_in_two_lines(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_work(desk) as adviser:
        with desk.store.write() as connection:
            connection.exec_driver_sql("ALTER TABLE conversation RENAME TO hidden")
        await adviser.presses("2")
        assert adviser.sees("The conversations could not be read.")
        assert adviser.bar("notice")
        with desk.store.write() as connection:
            connection.exec_driver_sql("ALTER TABLE hidden RENAME TO conversation")
        await adviser.presses("1")
        await adviser.until(lambda: len(adviser.numbers) == 8)


async def test_a_thousand_messages_and_a_megabyte_line(desk: Desk) -> None:
    now = datetime.now(UTC)
    many = [
        incoming(
            88,
            "Nora",
            "Very long",
            f"message {i}",
            now - timedelta(minutes=2000 - i),
            references=("m88-0",) if i else (),
        )
        for i in range(1000)
    ]
    first = many[0]
    many[0] = type(first)(**{name: getattr(first, name) for name in first.__slots__} | {"external_id": "m88-0"})
    huge = incoming(88, "Nora", "Very long", "é" * 1_000_000, now, references=("m88-0",))
    arrive(desk, "mail", *many, huge)
    async with at_work(desk) as adviser:
        number = next(row.number for row in adviser.page.listing.rows if row.subject == "Very long")
        await adviser.presses("#")
        await adviser.types(str(number))
        await adviser.presses("enter", "end")
        await adviser.reads("more characters", "l shows all")
        assert adviser.page.thread.earlier > 900
        await adviser.presses("home")
        await adviser.until(lambda: len(adviser.page.thread.messages) > 50)
        await adviser.presses("l", "end")
        assert adviser.page.thread.count() > 10_000
