"""Ten conversations of different kinds, handled in the demo by keyboard, in French, and all of it undone.

docs/ten-conversations.md has the keys of each; the test holds it to what is pressed here.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agentconsole import i18n
from agentconsole.channels.base import settings_model
from agentconsole.config import State, load
from agentconsole.demo.build import build
from agentconsole.desk import conversations, drafts, promises, triage, undo
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.saved_views import view
from agentconsole.errors import NotFound
from agentconsole.model.conversation import ConversationRow
from agentconsole.store.opening import open_desk
from tests.views.driver import Adviser, at_work

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ten-conversations.md"
NOON = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
"""A Tuesday in Paris, the desk open."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The demo desk at a moment that stands still, and Léa at it."""
    i18n.use("fr")
    path = build(tmp_path / "demo", size=400, seed=3, still=True, now=NOON)
    config = load(path, settings_model)
    store = open_desk(config.desk, path.parent)
    yield Desk(store, config, who_am_i(config, None), path.parent, lambda: NOON)
    store.close()
    i18n.use("en")


Chosen = Callable[[ConversationRow], bool]
Handled = Callable[[Adviser, int], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """One of the ten: how it is called in the documentation, which conversation it is, and how it is handled."""

    name: str
    chosen: Chosen
    handled: Handled


def _on(*channels: str, words: str = "", language: str = "fr") -> Chosen:
    return lambda row: (
        row.channel in channels and row.language == language and words in f"{row.subject} {row.excerpt}".lower()
    )


async def _macro(lea: Adviser, words: str, *keys: str) -> None:
    await lea.presses("m")
    await lea.types(words)
    await lea.presses("enter", *keys)


def _said(lea: Adviser, number: int) -> str:
    """What the conversation's latest message says, once it is in the outbox."""
    last = conversations.open_thread(lea.desk, number).messages[-1]
    assert last.delivery is not None, lea.screen
    return last.text


async def _acknowledged(lea: Adviser, number: int) -> None:
    await _macro(lea, "accuse", "ctrl+n")
    assert len(_said(lea, number)) < 280


async def _parcel(lea: Adviser, number: int) -> None:
    await _macro(lea, "ou colis", "enter", "enter", "ctrl+n")
    assert "colis" in _said(lea, number)


async def _chat(lea: Adviser, number: int) -> None:
    await lea.presses("r")
    await lea.types("Je regarde.")
    await lea.presses("ctrl+n")
    assert _said(lea, number) == "Je regarde."


async def _praised(lea: Adviser, number: int) -> None:
    await _macro(lea, "compliment", "enter", "ctrl+n")
    assert conversations.row(lea.desk, number).state is State.RESOLVED, lea.screen


async def _called_back(lea: Adviser, number: int) -> None:
    await _macro(lea, "rappel", "enter", "enter", "ctrl+n")
    (promise,) = promises.open_promises(lea.desk, number)
    assert promise.text.startswith("Appeler")


async def _spam(lea: Adviser, number: int) -> None:
    await _macro(lea, "spam")
    row = conversations.open_thread(lea.desk, number)
    assert (row.row.state, "spam" in row.tags) == (State.RESOLVED, True)


async def _escalated(lea: Adviser, number: int) -> None:
    await lea.presses("!")
    await lea.types("tom")
    await lea.presses("enter")
    await lea.types("presse")
    await lea.presses("enter")
    assert conversations.row(lea.desk, number).escalated_to == "tom"


async def _snoozed(lea: Adviser, number: int) -> None:
    await lea.presses("s")
    await lea.types("2h")
    await lea.presses("enter")
    assert conversations.row(lea.desk, number).state is State.SNOOZED


async def _tagged(lea: Adviser, number: int) -> None:
    await lea.presses("+")
    await lea.types("fibre")
    await lea.presses("enter", "escape")
    assert "fibre" in conversations.open_thread(lea.desk, number).tags


async def _three_at_once(lea: Adviser, number: int) -> None:
    at = lea.page.listing.cursor
    marked = lea.numbers[at : at + 3]
    await lea.presses("x", "x", "x", "d", "enter")
    assert [conversations.row(lea.desk, n).state for n in marked] == [State.RESOLVED] * 3


TEN = (
    Kind("A public complaint, acknowledged by macro", _on("x", words="zone blanche"), _acknowledged),
    Kind("A mail asking for a parcel, by macro", _on("mail", words="colis"), _parcel),
    Kind("A chat, answered in one's own words", _on("chat"), _chat),
    Kind("A thank-you, answered by macro and resolved", _on("mail", words="content"), _praised),
    Kind("A mail that one promises to call back, by macro", _on("mail", words="reportée"), _called_back),
    Kind("A newsletter, by a macro without words", _on("mail", words="sommaire"), _spam),
    Kind("A journalist, escalated with a reason", _on("mail", words="presse"), _escalated),
    Kind("A question that has to wait, snoozed", _on("whatsapp", words="relais"), _snoozed),
    Kind("An idea, tagged", _on("mail", words="idées"), _tagged),
    Kind("Three that are done, resolved at once", _on("form", words="suppression"), _three_at_once),
)


def _everything(desk: Desk) -> dict[int, dict[str, Any]]:
    """Every conversation as it stands, but for when it was changed and opened last."""
    found = {}
    for name in ("resolve", "awaited", "snoozed", "done"):
        for row in triage.page(desk, view(desk.config, name), limit=10_000).rows:
            kept = asdict(row) | {"tags": conversations.open_thread(desk, row.number).tags}
            kept["rank"] = kept["rank"] if row.due_at else None
            for gone in ("updated_at", "unread"):
                kept.pop(gone)
            found[row.number] = kept
    return found


def _documented() -> dict[str, int]:
    rows = re.findall(r"^\| (.+?) \| .+ \| (\d+) \|$", PAGE.read_text("utf-8"), re.M)
    return {name: int(keys) for name, keys in rows}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_ten_conversations_in_the_keys_that_are_documented_and_all_undone(
    desk: Desk, size: tuple[int, int]
) -> None:
    before, counted = _everything(desk), dict[str, int]()
    done = set[int]()
    async with at_work(desk, size, view="resolve") as lea:
        for kind in TEN:
            while lea.focus != "list":
                await lea.presses("escape")
            rows = lea.page.listing
            number = next(row.number for row in rows.rows if row.number not in done and kind.chosen(row))
            rows.go(rows.index_of(number) or 0)
            await lea.settles()
            assert lea.here == number
            pressed = lea.pressed
            await kind.handled(lea, number)
            counted[kind.name] = lea.pressed - pressed
            done.add(number)
        assert counted == _documented()
        while lea.focus != "list":
            await lea.presses("escape")
        while undo.latest(desk) is not None:
            await lea.presses("z")
            while lea.focus != "list":  # words that come back are in the composer
                await lea.presses("escape")
    assert _everything(desk) == before
    with pytest.raises(NotFound):
        undo.undo(desk)
    assert {draft.text for draft in drafts.mine(desk)} >= {"Je regarde."}
