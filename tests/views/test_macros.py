"""Macros at the keyboard: found, seen as they will be sent, run, stacked, taken back, saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, delivery, drafts
from agentconsole.desk.context import Desk
from tests.views.conftest import MakeDesk
from tests.views.driver import Adviser, at_work
from tests.views.seed import arrive, incoming

MACROS = {
    "colis": """
title = "Où est votre colis ?"
language = "fr"
channels = ["whatsapp", "mail"]
tags = ["livraison", "colis"]
body = "Bonjour {{ customer.first_name }}, votre colis arrive le {{ ask.day | day }}."
[[questions]]
name = "day"
ask = "Quel jour ?"
kind = "date"
default = "2026-12-24"
[actions]
status = "resolved"
add_tags = ["delivery"]
""",
    "excuses": """
title = "Excuses"
tags = ["sorry"]
body = "Nous regrettons ce retard."
[actions]
add_tags = ["late"]
priority = "high"
""",
    "geste": """
title = "Geste commercial"
body = "Voici votre code : {{ gesture.code }}"
""",
    "spam": """
title = "Spam"
[actions]
status = "resolved"
add_tags = ["spam"]
""",
    "broken": 'title = "Cassée"\nbody = "Bonjour {{ customer.shoe_size }}"\n',
}


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with five macros of Léa's own, one of them broken; the brand has none."""
    made = make_desk()
    desk = replace(made, config=made.config.model_copy(update={"macros": "brand"}))
    (desk.folder / "brand").mkdir()
    folder = desk.own_folder / "macros"
    folder.mkdir(parents=True)
    for name, text in MACROS.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return desk


async def _on(lea: Adviser, name: str) -> int:
    """Go to the row of that customer; answers its number."""
    rows = lea.page.listing.rows
    at = next(index for index, row in enumerate(rows) if row.customer == name)
    await lea.presses(*["j"] * (at - lea.page.listing.cursor))
    return lea.here


async def test_a_macro_is_answered_and_sent_in_four_keys_after_the_words_of_the_search(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("colis")
        preview = " ".join(lea.pane("preview").split())
        assert "Bonjour Paul, votre colis arrive le jeudi 24 décembre." in preview
        await lea.presses("enter", "enter", "ctrl+n")
    thread = conversations.open_thread(desk, number)
    assert thread.messages[-1].text == "Bonjour Paul, votre colis arrive le jeudi 24 décembre."
    assert (thread.row.state, thread.tags) == (State.RESOLVED, ("delivery",))


async def test_one_undo_takes_back_the_reply_and_all_that_the_macro_did(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("colis")
        await lea.presses("enter", "enter", "ctrl+s", "z")
        assert lea.words == "Bonjour Paul, votre colis arrive le jeudi 24 décembre."
    thread = conversations.open_thread(desk, number)
    assert (thread.row.state, thread.tags) == (State.OPEN, ())
    assert delivery.undelivered(desk) == []


async def test_macros_stack_and_each_is_taken_back_alone(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("r")
        await lea.types("Ah. ")
        for words in ("excuses", "colis"):
            await lea.presses("f2")
            await lea.types(words)
            await lea.presses("enter")
        await lea.presses("enter")
        assert lea.words == "Ah. Nous regrettons ce retard.Bonjour Paul, votre colis arrive le jeudi 24 décembre."
        assert lea.sees("+late", "+delivery", "resolved")
        await lea.presses("ctrl+z")
        assert lea.words == "Ah. Nous regrettons ce retard."
        assert lea.sees("+late")
        assert not lea.sees("+delivery")
        await lea.presses("ctrl+s")
    thread = conversations.open_thread(desk, number)
    assert (thread.row.state, thread.tags) == (State.PENDING, ("late",))
    assert str(thread.row.priority) == "high"


async def test_what_a_macro_does_survives_with_the_draft(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await _on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("excuses")
        await lea.presses("enter")
        await lea.until(lambda: [draft.text for draft in drafts.mine(desk)] == ["Nous regrettons ce retard."])
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("r")
        assert lea.sees("+late")
        await lea.presses("alt+x", "ctrl+s")
    thread = conversations.open_thread(desk, number)
    assert (thread.messages[-1].text, thread.tags) == ("Nous regrettons ce retard.", ())


async def test_the_words_alone(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("excuses")
        await lea.presses("tab", "ctrl+s")
    assert conversations.open_thread(desk, number).tags == ()


async def test_an_unresolved_placeholder_is_never_sent(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("geste")
        assert lea.sees("1 placeholder to fill in")
        await lea.presses("enter", "ctrl+s", "ctrl+s")
        assert lea.sees("NOT SENT")
    assert conversations.open_thread(desk, number).messages[-1].text != "Voici votre code : {{ gesture.code }}"


async def test_a_macro_without_words_acts_at_once_and_is_undone_at_once(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("spam")
        await lea.presses("enter")
        row = conversations.row(desk, number)
        assert row.state is State.RESOLVED
        assert conversations.open_thread(desk, number).tags == ("spam",)
        await lea.presses("z")
    assert conversations.open_thread(desk, number).tags == ()
    assert conversations.row(desk, number).state is State.OPEN


async def test_a_macro_without_words_acts_on_all_marked_rows_as_one_step(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await lea.presses("x", "x", "x")
        marked = lea.numbers[:3]
        await lea.presses("m")
        await lea.types("spam")
        await lea.presses("enter", "enter")
        assert [conversations.row(desk, number).state for number in marked] == [State.RESOLVED] * 3
        await lea.presses("z")
        assert [conversations.row(desk, number).state for number in marked] == [State.OPEN] * 3


async def test_a_broken_macro_says_why_and_hides_no_other(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await lea.presses("m")
        await lea.types("cassee")
        assert lea.sees("broken: line 2", "customer.shoe_size")
        await lea.presses("enter")
        assert lea.sees("agentconsole macro check")
        await lea.presses("escape")
        assert lea.focus == "list"


async def test_what_fits_comes_first_then_what_is_used(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await _on(lea, "Paul Roy")
        await lea.presses("m")
        assert "colis" in lea.pane("choices").splitlines()[0]  # in his language, and made for mail
        await lea.types("e")
        await lea.presses("backspace", "escape")
        for _time in range(2):
            await lea.presses("m")
            await lea.types("geste")
            await lea.presses("enter", "ctrl+g", "ctrl+g", "escape")
        await _on(lea, "Ben K.")
        await lea.presses("m")
        assert "Geste" in lea.pane("choices").splitlines()[0]  # nothing fits: what is used most


async def test_the_words_in_the_composer_become_a_macro(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await _on(lea, "Paul Roy")
        await lea.presses("r")
        await lea.types("Bonjour Paul, je regarde votre facture.")
        await lea.presses("f10")
        await lea.types("Facture en cours")
        await lea.presses("enter")
        await lea.presses("f2")
        await lea.types("facture en cours")
        assert lea.sees("Facture en cours")
    saved = (desk.own_folder / "macros" / "facture-en-cours.toml").read_text("utf-8")
    assert "Bonjour {{ customer.first_name }}, je regarde votre facture." in saved


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_picker_fits_every_screen(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as lea:
        await lea.presses("m")
        assert lea.sees("Geste commercial", "enter runs it")
        await lea.types("geste")
        assert lea.sees("Voici votre code")
        await lea.presses("escape")
        assert lea.focus == "list"


async def test_text_of_a_macros_file_does_nothing_but_stand_there(desk: Desk) -> None:
    path: Path = desk.own_folder / "macros" / "evil.toml"
    path.write_text('title = "Evil [@click=app.quit]x[/] \\u001b[31m"\nbody = "B \\u001b[2J [bold]b"\n', "utf-8")
    async with at_work(desk) as lea:
        await lea.presses("m")
        await lea.types("evil")
        assert lea.sees("Evil [@click=app.quit]x[/]", "[bold]b")
        assert "\x1b" not in lea.screen


async def test_a_customer_who_writes_meanwhile_is_seen_before_the_macro_is_sent(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = await _on(lea, "Paul Roy")
        await lea.presses("m")
        await lea.types("excuses")
        await lea.presses("enter")
        late = desk.now() - timedelta(seconds=1)
        first = conversations.open_thread(desk, number).messages[0]
        assert first.external_id
        arrive(
            desk, "mail", incoming(2, "Paul Roy", "Re", "Encore une question", late, references=(first.external_id,))
        )
        await lea.presses("ctrl+s")
        assert lea.sees("NOT SENT")
    assert conversations.open_thread(desk, number).tags == ()
