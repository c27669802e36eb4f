"""The whole of it in a real browser: Chromium without a window."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pyte
import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import load
from agentconsole.desk import intake
from agentconsole.desk.context import Desk as TheDesk
from agentconsole.desk.context import who_am_i
from agentconsole.store.opening import open_desk
from tests.incoming import message
from tests.serving.conftest import PASSWORD, PATIENCE, Program, all_ended, has_ended, wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocket

pytestmark = pytest.mark.servers
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
PICTURES = os.environ.get("AGENTCONSOLE_TEST_PICTURES")
"""A folder for what was seen, to look at."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; where there is none the tests are skipped, except where every check must run."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        assert not os.environ.get("CI"), "Chromium must be installed where every check runs: see .ci/run"
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


class Desk:
    """A browser at a served desk, and all that it asked for or complained about."""

    def __init__(self, page: Page, program: Program) -> None:
        self.page, self.program = page, program
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", self._opened)
        self.screen = pyte.Screen(80, 24)
        page.set_default_timeout(PATIENCE * 1000)

    def log_in(self, name: str = "lea") -> None:
        """Through the login page, by keyboard."""
        self.page.goto(self.program.address)
        self.page.wait_for_function("document.activeElement.name === 'name'")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("body.-first-byte")

    def sees(self, text: str) -> None:
        """Wait until the console shows it."""
        self.until(lambda: text in self.text, text)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until it holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"{what}:\n{self.text}"
            self.page.wait_for_timeout(50)

    @property
    def text(self) -> str:
        """What the console shows, by all that its websocket brought."""
        lines = (self.screen.buffer[row] for row in range(self.screen.lines))
        return "\n".join("".join(line[at].data for at in range(self.screen.columns)) for line in lines)

    def _opened(self, socket: WebSocket) -> None:
        columns, lines = (int(parse_qs(urlsplit(socket.url).query)[key][0]) for key in ("width", "height"))
        self.screen = pyte.Screen(columns, lines)
        stream = pyte.ByteStream(self.screen)
        socket.on("framereceived", lambda data: stream.feed(data) if isinstance(data, bytes) else None)

    def shows(self, name: str) -> None:
        """Keep a picture, where that is wanted."""
        if PICTURES:
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))

    def presses(self, *keys: str) -> None:
        """Keys, as they are typed on a keyboard."""
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def desk(chromium: Browser, program: Program) -> Iterator[Desk]:
    """Somebody French at the demo desk, with a browser's profile of their own."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1400, "height": 800})
    yield Desk(context.new_page(), program)
    context.close()
    all_ended(program)


def replies(folder: Path) -> list[str]:
    """Words that Léa has sent."""
    with closing(sqlite3.connect(folder / "desk.sqlite")) as desk:
        rows = desk.execute("SELECT text FROM message WHERE author = 'lea' AND direction = 'out'")
        return [text for (text,) in rows]


def test_a_day_in_a_browser(desk: Desk) -> None:
    page, folder = desk.page, desk.program.folder
    page.goto(desk.program.address)
    assert page.title().endswith("agentconsole")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.get_by_label("Mot de passe").count() == 1
    desk.shows("login")
    page.get_by_label("Identifiant").fill("lea")
    page.get_by_label("Mot de passe").fill("wrong horse battery")
    page.get_by_role("button").click()
    assert page.get_by_role("alert").count() == 1
    desk.shows("refused")

    desk.log_in()
    page.wait_for_function("document.querySelector('.xterm-helper-textarea') === document.activeElement")
    before = set(replies(folder))
    words = "Je regarde tout de suite, à bientôt."
    desk.shows("console")
    desk.sees("Léa Martin")
    desk.presses("r")
    desk.sees("ctrl+s")
    page.keyboard.type(words)
    desk.sees(words)
    desk.presses("Control+o")
    desk.sees("Pas dans un navigateur")
    desk.shows("composer")
    desk.presses("Control+s")
    desk.until(lambda: any(words in text for text in set(replies(folder)) - before), "the reply")
    desk.shows("sent")

    consoles = desk.program.consoles
    assert len(consoles) == 1
    desk.presses("q")
    page.wait_for_selector("body.-closed")
    desk.shows("ended")
    wait(lambda: all(map(has_ended, consoles)))
    desk.until(lambda: not desk.text.strip(), "nothing of a customer's left on the screen")
    page.get_by_role("button").click()
    page.wait_for_url("**/login")
    page.goto(desk.program.address)
    page.wait_for_url("**/login")

    elsewhere = [url for url in desk.asked if not url.startswith((desk.program.address, "data:"))]
    assert elsewhere == [], "a browser must be sent to no other host"
    # A wrong password is an error to a browser, and a key after the end; nothing else may be, least of all something
    # that the policy for content forbids.
    assert [said for said in desk.complaints if "401" not in said and "CLOSED state" not in said] == []


def test_a_paste_and_the_keys_that_a_browser_keeps(desk: Desk) -> None:
    desk.log_in()
    desk.sees("Léa Martin")
    desk.presses("r")
    desk.sees("ctrl+s")
    pasted = "Deux lignes,\nl'une après l'autre : ça marche €"
    desk.page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " document.querySelector('.xterm-helper-textarea')"
        ".dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); }",
        pasted,
    )
    desk.sees("l'une après l'autre : ça marche €")
    desk.presses("Alt+t")  # send, resolve, next: what ctrl+t is where a browser keeps that
    desk.until(lambda: any(pasted in text for text in replies(desk.program.folder)), "the reply")
    desk.page.set_viewport_size({"width": 900, "height": 600})
    desk.presses("?")
    desk.sees("échap revient")
    desk.shows("narrow")


def customer_writes(folder: Path) -> None:
    """A mail arrives at the desk, taken in by another program than the console."""
    config = load(folder / "agentconsole.toml", settings_model)
    mail = config.channel("mail")
    assert mail is not None
    store = open_desk(config.desk, folder)
    desk = TheDesk(store, config, who_am_i(config, "claire"), folder)
    with store.write() as connection:
        assert intake.store(connection, desk, mail, [message(at=datetime.now(UTC))]) == 1
    store.close()


def test_the_dashboard_is_live_in_a_browser(desk: Desk) -> None:
    def waiting() -> int:
        found = re.search(r"^ *Mail +[^\w\s]* *(\d+) ", desk.text, re.M)  # channel, bar, how many are open
        return int(found[1]) if found else -1

    desk.log_in("claire")
    desk.sees("Claire Fontaine")
    desk.presses("Q")
    desk.until(lambda: waiting() >= 0, "the dashboard")
    before = waiting()
    desk.shows("dashboard")
    customer_writes(desk.program.folder)
    desk.until(lambda: waiting() == before + 1, f"{before} and one more")
    desk.presses("Escape")
    desk.until(lambda: waiting() < 0, "the list again")
