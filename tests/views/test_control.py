"""Control at the keyboard: what is to be looked at and why, a verdict with one key, and the ledger's own sums."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from agentconsole.desk import control, gestures, ledger, triage
from agentconsole.desk.context import Desk
from agentconsole.i18n import money
from agentconsole.views.control import ControlScreen
from tests.views.conftest import MakeDesk
from tests.views.driver import Adviser, at_work
from tests.views.gestures import someone, with_gestures

SIZES = [(80, 24)]


def give(desk: Desk, agent: str, nth: int, amount: int, reason: str = "outage") -> UUID:
    """A credit to the customer of the nth conversation; answers the entry."""
    giver = someone(desk, agent)
    number = sorted(row.number for row in triage.page(desk, desk.config.views[0]).rows)[nth]
    wanted = gestures.wanted(giver, number, "credit", amount, "EUR", reason, "photo-12")
    return gestures.grant(giver, number, wanted, uuid4()).entry


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk on which two are worth a look: one just under the ceiling, one to the same customer."""
    desk = with_gestures(make_desk())
    sample = desk.config.gestures.model_copy(update={"sample": 0})
    desk = replace(desk, config=desk.config.model_copy(update={"gestures": sample}))
    give(desk, "lea", 0, 4900)
    give(desk, "omar", 1, 1000)
    give(desk, "omar", 1, 500, "late_delivery")
    give(desk, "lea", 2, 700)
    return someone(desk, "sam")


async def opens(adviser: Adviser) -> ControlScreen:
    """Open control, and wait for what it reads."""
    await adviser.presses("Y")
    await adviser.reads("Control", "spent")
    screen = adviser.app.screen
    assert isinstance(screen, ControlScreen)
    return screen


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_to_be_looked_at_and_why(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as sam:
        await opens(sam)
        await sam.reads("2 to look at", "€71.00 spent", "2 gestures to this customer", "98 % of the ceiling of €50.00")
        assert sam.pane("control").count("TO LOOK AT") == 2
        assert "€7.00" not in sam.pane("control")
        assert "proof: photo-12" in sam.pane("control-detail")


async def test_a_verdict_is_one_key_and_the_next_one_is_there(desk: Desk) -> None:
    month = ledger.this_month(desk)
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.reads("2 to look at")
        await sam.presses("f")
        await sam.reads("1 to look at")
        assert [one.review and one.review.verdict for one in control.to_review(desk, month)] == [None, "fine"]
        await sam.presses("w")
        await sam.presses("enter")
        await sam.reads("Say it in a few words.")
        await sam.types("no delay at all\n")
        await sam.reads("all looked at", "wrong")
        await sam.presses("j")
        assert "no delay at all" in sam.pane("control-detail")
        verdicts = {one.review.verdict for one in control.to_review(desk, month) if one.review}
        assert verdicts == {"fine", "wrong"}


async def test_nobody_reviews_their_own(desk: Desk) -> None:
    give(desk, "sam", 0, 19000)
    async with at_work(desk) as sam:
        screen = await opens(sam)
        await sam.reads("3 to look at")
        mine = next(i for i, one in enumerate(screen._list.items) if one.given.agent == "sam")
        await sam.presses(*["j"] * mine, "f")
        await sam.reads("Nobody reviews their own gesture.")


async def test_from_a_gesture_to_its_conversation(desk: Desk) -> None:
    async with at_work(desk) as sam:
        screen = await opens(sam)
        await sam.reads("2 to look at")
        number = screen._list.items[0].given.number
        await sam.presses("enter")
        await sam.until(lambda: sam.page.thread.number == number)


@pytest.mark.parametrize("size", SIZES)
async def test_the_sums_are_the_ledgers(desk: Desk, size: tuple[int, int]) -> None:
    (total,) = control.totals(desk, ledger.this_month(desk)).totals().values()
    async with at_work(desk, size) as sam:
        await opens(sam)
        await sam.presses("c")
        await sam.reads(money(total.net, "EUR"), "By agent", "Omar Benali")
        told = sam.pane("control-sums")
        for words in (
            "By agent",
            "By reason",
            "By kind",
            "By month, EUR",
            "€56.00",
            "€15.00",
            "Late delivery",
            "Outage",
        ):
            assert words in told
        assert "€56.00 of €600.00" in told


async def test_the_month_before_is_empty_and_the_next_has_not_begun(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("]")
        await sam.reads("That month has not begun.")
        await sam.presses("[")
        await sam.reads("nothing spent", "Neither chance nor a rule")
        await sam.presses("]")
        await sam.reads("€71.00 spent")


async def test_the_export_is_a_new_file(desk: Desk, tmp_path: Path) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("e")
        await sam.reads("to which file?", f"ledger-{ledger.this_month(desk)}.csv")
        path = tmp_path / "out.csv"
        await sam.types(f"{path}\n")
        await sam.reads("Written:")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert sum(float(row["amount"]) for row in rows) == pytest.approx(71.0)
        await sam.presses("e")
        await sam.types(f"{path}\n")
        await sam.reads("Give another name.")


async def test_it_is_not_an_advisers(desk: Desk) -> None:
    async with at_work(someone(desk, "lea")) as lea:
        await lea.presses("Y")
        await lea.reads("Only a supervisor looks at everybody's gestures.")
        assert not isinstance(lea.app.screen, ControlScreen)
