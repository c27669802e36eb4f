"""Approvals at the keyboard: all that one needs to decide, decided once it is written, and whoever asked is told."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from agentconsole.config import Notify
from agentconsole.desk import attentions, gestures, triage
from agentconsole.desk.context import Desk
from agentconsole.model.gesture import ApprovalState
from agentconsole.views.approvals import ApprovalScreen
from tests.views.conftest import MakeDesk
from tests.views.driver import Adviser, at_work
from tests.views.gestures import someone, with_gestures

SIZES = [(80, 24)]


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with delegations."""
    return with_gestures(make_desk())


def number_of(desk: Desk, customer: str = "Paul Roy") -> int:
    """The number of a customer's conversation."""
    return next(row.number for row in triage.page(desk, desk.config.views[0]).rows if row.customer == customer)


def asks(desk: Desk, amount: int = 6000, customer: str = "Paul Roy", agent: str = "lea") -> UUID:
    """An agent asks for a credit; answers the request."""
    asker, number = someone(desk, agent), number_of(desk, customer)
    wanted = gestures.wanted(asker, number, "credit", amount, "EUR", "outage", "photo-12")
    return gestures.request(asker, number, wanted, uuid4(), "Third time this month.").approval


def state(desk: Desk, asked: UUID) -> tuple[ApprovalState, int | None]:
    """How a request stands, and what was granted of it."""
    found = gestures.approval(desk, asked)
    return found.state, found.granted


async def opens(adviser: Adviser) -> None:
    """Open the approvals."""
    await adviser.presses("V")
    await adviser.until(lambda: isinstance(adviser.app.screen, ApprovalScreen))


@pytest.mark.parametrize("size", SIZES)
async def test_all_that_it_takes_to_decide_is_in_one_view(desk: Desk, size: tuple[int, int]) -> None:
    number = number_of(desk)
    before = gestures.wanted(desk, number, "credit", 1000, "EUR", "outage")
    gestures.grant(desk, number, before, uuid4())
    asks(desk)
    async with at_work(someone(desk, "sam"), size) as sam:
        await sam.until(lambda: "1 to approve" in sam.bar("header"))
        await opens(sam)
        await sam.reads("€60.00", "Outage", "Léa Martin asked", "expires", "proof: photo-12", "Third time this month.")
        told = sam.pane("approval-case")
        for words in ("€140.00", "€230.00", "€1,940.00", "€930.00", "€590.00 of €600.00", "€10.00"):
            assert words in told
        assert "Paul Roy" in told
        assert f"#{number}" in sam.screen
        assert "Facture" in told


async def test_approving_takes_three_keys_and_shows_only_what_is_written(desk: Desk) -> None:
    asked = asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("proof: photo-12")
        await sam.presses("a")
        await sam.reads("enter approves €60.00", "my budget €1,940.00")
        assert state(desk, asked) == (ApprovalState.REQUESTED, None)
        await sam.presses("enter")
        await sam.reads("Approved: €60.00. Léa Martin is told.", "nothing to decide")
        assert state(desk, asked) == (ApprovalState.APPROVED, 6000)
        await sam.presses("escape")
        await sam.until(lambda: "to approve" not in sam.bar("header"))


async def test_less_is_granted_by_typing_it_and_no_more_than_was_asked_for(desk: Desk) -> None:
    asked = asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("proof: photo-12")
        await sam.presses("a")
        for wrong in ("60.01", "0", "4 USD", "x"):
            await sam.types(wrong)
            await sam.presses("enter")
            await sam.reads("at most the €60.00 that is asked for")
            await sam.presses(*["backspace"] * len(wrong))
        await sam.types("42,50")
        await sam.reads("enter approves €42.50")
        await sam.presses("enter")
        await sam.reads("Approved: €42.50.")
    assert state(desk, asked) == (ApprovalState.APPROVED, 4250)


async def test_escape_decides_nothing(desk: Desk) -> None:
    asked = asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("proof: photo-12")
        for key in ("a", "x"):
            await sam.presses(key, "escape")
    assert state(desk, asked) == (ApprovalState.REQUESTED, None)


async def test_a_refusal_wants_a_reason_and_whoever_asked_reads_it(desk: Desk) -> None:
    asked = asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("Third time")
        await sam.presses("x", "enter")
        await sam.reads("Say why")
        await sam.types("Offer a month instead.")
        await sam.presses("enter")
        await sam.reads("Refused. Léa Martin is told why.")
    assert state(desk, asked) == (ApprovalState.REFUSED, None)
    async with at_work(desk) as lea:
        await opens(lea)
        await lea.reads("What became of it", "refused", "answer: Offer a month instead.")
        await lea.presses("a")
        await lea.reads("It is not yours to decide that.")


async def test_one_that_a_colleague_decided_meanwhile_is_refused_and_the_list_says_so(desk: Desk) -> None:
    asked = asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("proof: photo-12")
        await sam.presses("a")
        gestures.withdraw(desk, asked)
        await sam.presses("enter")
        await sam.reads("There is no such request that is open.", "nothing to decide")
    assert state(desk, asked)[0] is ApprovalState.WITHDRAWN


async def test_what_i_asked_for_can_be_withdrawn_and_another_ones_cannot(desk: Desk) -> None:
    asked = asks(desk)
    async with at_work(desk) as lea:
        await opens(lea)
        await lea.reads("I asked for", "Third time")
        await lea.presses("w")
        await lea.reads("Withdrawn.", "What became of it")
    assert state(desk, asked)[0] is ApprovalState.WITHDRAWN
    other = asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("Third time")
        await sam.presses("w")
        await sam.reads("It is not yours, or has ended.")
    assert state(desk, other)[0] is ApprovalState.REQUESTED


async def test_news_comes_by_itself_and_the_cursor_stays(desk: Desk) -> None:
    asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("1 to decide", "Third time")
        asks(desk, 7000, "Ben K.", "omar")
        await sam.reads("2 to decide", "€70.00")
        assert "Paul Roy" in sam.pane("approval-case")
        await sam.presses("j")
        await sam.until(lambda: "Ben K." in sam.pane("approval-case"))
        assert "Omar Benali asked" in sam.pane("approval-case")


async def test_enter_opens_the_conversation(desk: Desk) -> None:
    asks(desk)
    async with at_work(someone(desk, "sam")) as sam:
        await opens(sam)
        await sam.reads("Third time")
        await sam.presses("enter")
        await sam.until(lambda: sam.page.reading.shown == number_of(desk))


async def test_nobody_asks(desk: Desk) -> None:
    async with at_work(desk) as lea:
        await opens(lea)
        await lea.reads("Nobody asks for an approval", "nothing to decide")
        await lea.presses("a")
        await lea.reads("No request is chosen.")
        await lea.presses("q")
        assert lea.focus == "list"


async def test_without_delegations_there_are_none(make_desk: MakeDesk) -> None:
    async with at_work(make_desk()) as lea:
        await lea.presses("V")
        await lea.reads("The policy has no gestures")


async def test_whoever_asked_is_called_and_sees_it_in_the_header(desk: Desk) -> None:
    quiet = Notify(how="bell")
    desk = replace(desk, config=desk.config.model_copy(update={"notify": quiet}))
    asked = asks(desk)
    async with at_work(desk) as lea:
        await lea.settles()
        gestures.approve(someone(desk, "sam"), asked, 6000)
        await lea.reads(f"#{number_of(desk)}: the gesture you asked for is approved.")
        await lea.until(lambda: "1 approved" in lea.bar("header"))


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_and_words_disturb_nothing(make_desk: MakeDesk, size: tuple[int, int]) -> None:
    desk = with_gestures(make_desk())
    number = number_of(desk)
    wanted = gestures.wanted(desk, number, "credit", 6000, "EUR", "outage", "\x1b[2J[@click=app.quit]proof")
    gestures.request(desk, number, wanted, uuid4(), "\x1b]0;owned\x07[bold]remark\u202e")
    async with at_work(someone(desk, "sam"), size) as sam:
        await opens(sam)
        await sam.reads("[bold]remark", "[@click=app.quit]proof")
        assert "\x1b" not in sam.screen
        assert "\u202e" not in sam.screen


async def test_a_birthday_is_written_down_from_the_list_and_undone(desk: Desk) -> None:
    async with at_work(desk) as lea:
        number = lea.here
        await lea.presses("H")
        await lea.types("31-05")
        await lea.presses("enter")
        await lea.reads("'31-05' is no birthday.")
        await lea.presses(*["backspace"] * 5)
        await lea.types("05-31")
        await lea.presses("enter")
        await lea.reads("Written down: birthday 31 May")
        assert attentions.birthday(desk, number) == "05-31"
        await lea.presses("z")
        await lea.until(lambda: attentions.birthday(desk, number) == "")
