"""A console whose desk goes out of reach: what it shows stays, what is written is not lost, nothing is sent twice."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual import events

from agentconsole import i18n
from agentconsole.desk import conversations, drafts, local_drafts
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.news import EVERYTHING
from agentconsole.store.opening import open_desk
from tests.faults.conftest import ROOT
from tests.faults.server import Server
from tests.servers.relay import Relay
from tests.support.desks import next_program
from tests.terminal import Terminal
from tests.views.driver import at_work
from tests.views.seed import CONFIG, config, fill

Open = Callable[[int | None], Desk]


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An interface in English, and a place for what is kept on this machine."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture
def open_at(server: Server, database: str, tmp_path: Path) -> Iterator[Open]:
    """Open the same desk as Léa, over a port."""
    opened: list[Desk] = []

    def open_(port: int | None) -> Desk:
        store = open_desk(server.address(database, port), tmp_path)
        opened.append(Desk(store, config(), who_am_i(config(), "lea"), tmp_path))
        return opened[-1]

    fill(open_(None), 8, hostile=False)
    for draft in drafts.mine(opened[0]):
        drafts.keep(opened[0], draft.number, "", 0, draft.kind)
    yield open_
    for desk in opened:
        desk.store.close()


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    with Relay(server.port) as made:
        yield made


def _cut(relay: Relay) -> None:
    relay.alter = lambda _piece: None
    relay.cut()


def _heal(relay: Relay) -> None:
    relay.alter = lambda piece: piece


async def test_what_it_shows_stays_and_what_is_written_comes_back(open_at: Open, relay: Relay) -> None:
    direct = open_at(None)
    async with at_work(open_at(relay.port)) as lea:
        shown = lea.numbers
        await lea.presses("r")
        await lea.types("Half")
        await lea.until(lambda: [draft.text for draft in drafts.mine(direct)] == ["Half"])
        _cut(relay)
        await lea.types(" a sentence")
        await lea.reads("DESK OUT OF REACH since", "kept on this machine until the desk takes it")
        assert lea.numbers == shown
        assert lea.words == "Half a sentence"
        (kept,) = local_drafts.kept(lea.desk)
        assert kept.text == "Half a sentence"
        _heal(relay)
        await lea.reads("The desk is back after")
        await lea.until(lambda: [draft.text for draft in drafts.mine(direct)] == ["Half a sentence"])
        await lea.until(lambda: local_drafts.kept(lea.desk) == [])
        assert not lea.sees("DESK OUT OF REACH")
        await lea.types(", whole")
        await lea.until(lambda: [draft.text for draft in drafts.mine(direct)] == ["Half a sentence, whole"])


async def test_what_was_refused_is_not_told_any_more_once_the_desk_has_the_words(open_at: Open, relay: Relay) -> None:
    direct = open_at(None)
    async with at_work(open_at(relay.port)) as lea:
        await lea.presses("r")
        _cut(relay)
        for key in ("O", "n", "ctrl+s"):
            lea.page.app.post_message(events.Key(key, key if len(key) == 1 else None))
        composer = lea.page.composer
        assert composer is not None
        await lea.until(lambda: bool(composer.notice))
        await lea.reads("kept on this machine until the desk takes it")
        _heal(relay)
        await lea.until(lambda: [draft.text for draft in drafts.mine(direct)] == ["On"])
        await lea.reads("draft saved")
        assert composer.notice == ()
        assert not lea.sees("NOT SAVED")
        assert not lea.sees("NOT SENT")


async def test_words_of_hers_from_elsewhere_are_not_written_over(open_at: Open, relay: Relay) -> None:
    direct = open_at(None)
    async with at_work(open_at(relay.port)) as lea:
        number = lea.here
        await lea.presses("r")
        _cut(relay)
        await lea.types("Here")
        await lea.reads("kept on this machine")
        drafts.keep(direct, number, "Elsewhere", 0)
        _heal(relay)
        await lea.until(lambda: lea.words == "Elsewhere\n\nHere")
        await lea.types(" too")
        await lea.until(lambda: [draft.text for draft in drafts.mine(direct)] == ["Elsewhere\n\nHere too"])


async def test_what_was_sent_as_the_line_broke_is_sent_once(open_at: Open, relay: Relay) -> None:
    """The desk had stored it, and its answer was lost: the console finds out by itself."""
    direct = open_at(None)
    lost: list[bytes] = []

    def alter(piece: bytes) -> bytes | None:
        if b"COMMIT\0" in piece and lea.page.writing.busy and not lost:
            lost.append(piece)
            return None
        return piece

    async with at_work(open_at(relay.port)) as lea:
        number = lea.here
        before = len(conversations.open_thread(direct, number).messages)
        await lea.presses("r")
        await lea.types("Bonjour, voilà.")
        await lea.until(lambda: bool(drafts.mine(direct)))
        relay.alter = alter
        await lea.presses("ctrl+s")
        await lea.until(lambda: bool(lost))
        await lea.reads(f"What you sent to #{number} had reached the desk.")
        assert drafts.mine(direct) == []
        sent = conversations.open_thread(direct, number).messages[before:]
        assert [message.text for message in sent] == ["Bonjour, voilà."]


async def test_a_desk_that_stands_still(open_at: Open, relay: Relay) -> None:
    """The connection holds, and no answer comes."""
    gate = threading.Event()

    def stand(piece: bytes) -> bytes | None:
        return piece if gate.wait(60) else None

    async with at_work(open_at(relay.port)) as lea:
        relay.alter = stand
        for _ in range(1200):
            if lea.sees("DESK OUT OF REACH since"):
                break
            await lea.pilot.pause(0.02)
        gate.set()
        await lea.reads("The desk is back after")
        assert not lea.sees("DESK OUT OF REACH")


async def test_what_is_typed_is_words_though_the_list_cannot_be_read(open_at: Open, relay: Relay) -> None:
    """News come while the composer opens, and the list that is read again for them does not come."""
    gate = threading.Event()

    def stand(piece: bytes) -> bytes | None:
        return piece if gate.wait(60) else None

    async with at_work(open_at(relay.port)) as lea:
        page, opened = lea.page, lea.page.writing.opened

        def news() -> None:
            if opened is not None:
                opened()
            page.finding.renew(EVERYTHING)

        page.writing.opened = news
        relay.alter = stand
        try:
            lea.page.app.post_message(events.Key("r", "r"))
            for key in "Words":
                lea.page.app.post_message(events.Key(key, key))
            for _ in range(1200):
                if lea.words == "Words":
                    break
                await lea.pilot.pause(0.02)
            assert lea.words == "Words"
        finally:
            gate.set()


async def test_leaving_while_the_desk_is_out_of_reach_and_coming_again(open_at: Open, relay: Relay) -> None:
    async with at_work(open_at(relay.port)) as lea:
        number = lea.here
        await lea.presses("r")
        _cut(relay)
        await lea.types("Later then")
        await lea.reads("kept on this machine")
        await lea.presses("escape", "q")
        await lea.until(lambda: not lea.app.is_running or lea.app.return_value is not None)
    _heal(relay)
    desk = open_at(relay.port)
    async with at_work(desk) as lea:
        await lea.reads("1 unsent draft")
        assert [(draft.number, draft.text) for draft in drafts.mine(desk)] == [(number, "Later then")]
        assert local_drafts.kept(desk) == []


@pytest.mark.pty
def test_leaving_while_the_desk_stands_still(
    open_at: Open, server: Server, database: str, relay: Relay, tmp_path: Path
) -> None:
    """No answer comes, and the connection holds: who wants to leave leaves all the same, within seconds."""
    gate = threading.Event()

    def stand(piece: bytes) -> bytes | None:
        return piece if gate.wait(120) else None

    open_at(None)
    path, address = tmp_path / "agentconsole.toml", server.address(database, relay.port)
    path.write_text(CONFIG.replace('"desk.sqlite"', f'"{address}"'), encoding="utf-8")
    command = [sys.executable, "-m", "agentconsole", "--config", str(path), "--no-sync"]
    with Terminal(command, {"HOME": str(tmp_path)}, folder=ROOT) as terminal:
        terminal.until("why first:")
        terminal.press("r")
        terminal.until("reply to")
        relay.alter = stand
        terminal.press("Not lost", "\x1b[27u")
        try:
            terminal.ends("q")
        finally:
            gate.set()
    assert b"\x1b[?1049l" in terminal.raw, "the terminal is as it was"
    assert [words.text for words in local_drafts.kept(open_at(relay.port))] == ["Not lost"]


async def test_a_newer_program_changes_the_desk_meanwhile(
    open_at: Open, server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_at(None)
    async with at_work(desk) as lea:
        await lea.presses("r")
        with next_program(monkeypatch, tmp_path / "scripts"):
            new = open_desk(server.address(database), tmp_path)
        await lea.reads("START AGAIN", "A newer agentconsole has brought this desk up to date.")
        await lea.types("Not lost")
        await lea.reads("kept on this machine")
        assert drafts.mine(Desk(new, desk.config, desk.agent, tmp_path)) == []
        assert [words.text for words in local_drafts.kept(desk)] == ["Not lost"]
    assert local_drafts.bring_back(Desk(new, desk.config, desk.agent, tmp_path)) == 1
    new.close()
