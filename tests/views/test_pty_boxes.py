"""What reaches a real terminal from boxes, pickers and previews over a desk full of text that means harm."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tomli_w

from agentconsole.desk import conversations, customers, drafts, handling, promises, replies, searches, triage
from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import conversations as stored
from agentconsole.store import cursors
from tests.views.seed import HOSTILE, arrive, incoming, open_seeded
from tests.views.terminal import Terminal
from tests.views.test_pty import KNOWN, leftovers

pytestmark = pytest.mark.pty

ESC, ENTER, UP, ATTACH, MACRO = "\x1b", "\r", "\x1b[A", "\x0f", "\x1bm"
PAYLOADS = (b"]0;owned", b"]52;c;", b"P1;1|17", b"_Gi=1")
UNSTEADY = re.compile(r"(?<!␛)(?<!\\x1b)(?:\[31mred|\]0;owned|\]52;c;)")
"""A sequence of theirs with its escape gone unseen: Textual drops it, but it must be shown, so it was not made safe."""
OURS = re.compile(rb"\x1b\]9;agentconsole [^\x00-\x1f\x7f]*\x07")
"""A notification in our own words."""


@pytest.fixture
def eve(tmp_path: Path) -> ConversationRow:
    """A conversation of somebody who means harm; everything around it that others can write does so too."""
    desk = open_seeded(tmp_path, 8, hostile=True)
    rows = [row for row in triage.page(desk, desk.config.views[0]).rows if row.customer.startswith("Eve")]
    eve = min(rows, key=lambda row: row.number)
    _speaks(desk, eve)
    _stands_around(desk, eve)
    _macros(desk.own_folder / "macros")
    _files(tmp_path / "papers")
    desk.store.close()
    return eve


def _speaks(desk: Desk, eve: ConversationRow) -> None:
    """More messages of hers, and two further conversations."""
    thread = conversations.open_thread(desk, eve.number)
    index = int(re.findall(r"\d+", thread.customer.identities[0].value)[0])
    first = thread.messages[0].external_id or ""
    now = datetime.now(UTC)
    for at, text in enumerate(HOSTILE):
        sent = now - timedelta(seconds=50 - at)
        arrive(desk, "mail", incoming(index, f"Eve {text}", f"S {text}", f"T {text}", sent, references=(first,)))
    for at, text in enumerate(HOSTILE[1:3]):
        arrive(desk, "mail", incoming(index, f"Eve {text}", f"M {text}", f"T {text}", now - timedelta(seconds=at)))


def _stands_around(desk: Desk, eve: ConversationRow) -> None:
    """Tags, promises, the client book, consent, searches, drafts, undelivered replies, troubled channels."""
    now, lea = datetime.now(UTC), desk.agent.id
    for at, text in enumerate(HOSTILE):
        customers.note(desk, eve.number, text)
        promises.promise(desk, eve.number, now + timedelta(hours=1 + at), text)
        replies.reply(desk, eve.number, text, hold=timedelta(hours=1))
        searches.remember(desk, text)
    customers.consent(desk, eve.number, "news", True, HOSTILE[0])
    drafts.keep(desk, eve.number, HOSTILE[0], 0, files=("/tmp/\x1b[31mred\x1b]0;owned\x07.txt",))
    with desk.store.write() as connection:
        stored.set_tags(connection, eve.id, [f"t{text}"[:60] for text in HOSTILE])
        connection.exec_driver_sql("UPDATE outbox SET state = 'failed', error = ?", (HOSTILE[1],))
        for channel, text in zip(("mail", "wa", "x-sosh"), HOSTILE[1:4], strict=True):
            cursors.report(connection, channel, "another", text, text, now)
    handling.assign(desk, eve.number, lea)


def _macros(folder: Path) -> None:
    """One for each text, the last of them broken, and one whose file's name means harm."""
    folder.mkdir(parents=True)
    for at, text in enumerate(HOSTILE):
        ask = {"name": "what", "ask": f"A {text}", "kind": "choice", "choices": [f"C {t}" for t in HOSTILE]}
        day = {"name": "day", "ask": f"D {text}", "default": text}
        fields = {
            "title": f"Zebra {text}", "tags": [text[:60]],
            "body": f"B {text} {{{{ ask.what }}}} {{{{ customer.name }}}}",
            "questions": [ask, day], "actions": {"add_tags": ["zebra"], "note": text},
        }  # fmt: skip
        (folder / f"m{at}.toml").write_text(tomli_w.dumps(fields), "utf-8")
    broken = {"title": f"Zebra broken {HOSTILE[1]}", "body": "{{ customer.shoe_size }}", "channels": list(HOSTILE)}
    (folder / "z\x1b]0;owned\x07[red]x.toml").write_text(tomli_w.dumps(broken), "utf-8")


def _files(folder: Path) -> None:
    folder.mkdir()
    for at, text in enumerate(HOSTILE):
        (folder / f"f{at}{text}".replace("/", "_").replace("\0", "_")).write_text("x")


def _walk(console: Terminal, eve: ConversationRow, papers: Path) -> None:
    """Into every box, looking at each and down its list before it is left."""
    down = ["\x1b[B"] * 3

    def look(*keys: str, sees: str, leave: int = 1) -> None:
        console.press(*keys)
        console.until(sees)
        console.press(*down, *[ESC] * leave)

    console.until("why first:")
    console.press("#", f"{eve.number}{ENTER}")
    console.until("#" + str(eve.number), "T ")
    look("m", "zebra", sees="Zebra")
    console.press("m", "zebra plain")
    console.until("? A plain")
    console.click("[@click=app")  # her name in the title
    console.click("? A plain [red]not red[/red] ")
    console.press(ENTER)
    look(sees="A plain [red]not red[/red]")
    console.press("m", "zebra plain", ENTER, ENTER)
    look(sees="D plain [red]not red[/red]")
    console.press("m", "owned")
    look(sees="broken:")
    look("+", sees="Tags of #")
    look("P", sees="What is promised on")
    console.press("P", "another plain", ENTER)
    look(sees="Another time: plain [red]not red[/red]")
    look("s", sees="Snooze #")
    look("!", sees="Escalate #")
    look("M", sees="Merge which one into")
    console.press("M", ENTER)
    look(sees="Stays: #")
    look("S", sees="Which message of")
    console.press("S", ENTER)
    look(sees="Split out of")
    look("B", sees="Take off which entry")
    look("C", sees="What does Eve")
    console.press("C", ENTER, ENTER)
    look(sees="How do you know?")
    console.press("L", "Eve")
    console.until("email customer")
    look(sees="Eve")
    console.press("L", "bidi")
    console.until("email customer")
    console.press(ENTER)
    look(sees="email  customer")
    console.press("i", *" " * 10)
    console.until("Other conversations")
    look(ESC, "b", sees="Client book of", leave=0)
    console.press("\x1b[200~evil \x07\x08 \u009b31m words\x1b[201~")
    console.until("words")
    console.press(ESC, "r")
    console.until("Reply to")
    look(ATTACH, f"{papers}/", sees="f0plain")
    look(MACRO, sees="Macro for ")
    console.press(ESC)
    look("u", sees="Unsent words")
    look("O", sees="It did not reach the customer.")
    look("h", sees="Trail of")
    look(":", sees="All actions")


@pytest.mark.parametrize(
    ("columns", "rows", "environment"),
    [(80, 24, {"NO_COLOR": "1", "TEXTUAL_ANIMATIONS": "none"}), (120, 40, {})],
    ids=["80x24, no colour, no motion", "120x40"],
)
def test_no_box_lets_hostile_text_act(
    tmp_path: Path, eve: ConversationRow, columns: int, rows: int, environment: dict[str, str]
) -> None:
    with Terminal(tmp_path, columns, rows, **environment) as console:
        _walk(console, eve, tmp_path / "papers")
        console.press(ESC, ESC)
        shown = KNOWN.sub("", console.raw.decode())
        console.press("/")  # a field shows what the adviser typed once; a field drops what it cannot show
        for _each in HOSTILE:
            console.press(UP)
        console.press(ESC)
        assert console.alive
    assert leftovers(console.raw) == []
    assert UNSTEADY.findall(shown) == []
    for payload in PAYLOADS:
        assert b"\x1b" + payload not in console.raw


def test_a_notification_says_our_own_words_only(tmp_path: Path, eve: ConversationRow) -> None:
    desk = open_seeded(tmp_path)
    with Terminal(tmp_path, 80, 24, "--osc9", NO_COLOR="1", TEXTUAL_ANIMATIONS="none") as console:
        console.until("why first:")
        console.settle(0.5)
        thread = conversations.open_thread(desk, eve.number)
        index = int(re.findall(r"\d+", thread.customer.identities[0].value)[0])
        for at, text in enumerate(HOSTILE):
            news = incoming(index, f"Eve {text}", text, text, datetime.now(UTC), number=eve.number)
            arrive(desk, "mail", replace(news, external_id=f"news-{at}"))
        console.until("the customer has written.")
        console.settle(0.5)
    desk.store.close()
    assert OURS.search(console.raw)
    assert leftovers(OURS.sub(b"", console.raw)) == []
