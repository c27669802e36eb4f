"""The dashboard at the keyboard: from a number to the list behind it, to a conversation and back; acting from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from agentconsole.config import State
from agentconsole.desk import escalations, figures, handling, incidents, notices, pauses, special_hours, triage
from agentconsole.desk.context import Desk
from agentconsole.model.ids import new_id
from agentconsole.store import conversations
from agentconsole.store import incidents as stored
from agentconsole.views.dashboard import DashboardScreen
from agentconsole.views.dashboard_behind import BehindScreen
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.widgets.board import cells_of
from tests.views.conftest import MakeDesk
from tests.views.driver import Adviser, at_work
from tests.views.gestures import Flaky, someone, with_gestures

SIZES = [(200, 50), (120, 40), (80, 24)]


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk with a supervisor at it, two hours later: some conversations are late."""
    desk = with_gestures(make_desk())
    later = desk.now
    return someone(replace(desk, now=lambda: later() + timedelta(hours=2)), "sam")


async def opens(sam: Adviser) -> DashboardScreen:
    """Open the dashboard, and wait for its figures."""
    await sam.presses("Q")
    await sam.until(lambda: isinstance(sam.app.screen, DashboardScreen) and sam.app.screen.floor is not None)
    screen = sam.app.screen
    assert isinstance(screen, DashboardScreen)
    await sam.until(lambda: screen.board.current is not None)
    return screen


async def seeks(sam: Adviser, screen: DashboardScreen, figure: str, scope: str) -> None:
    """Walk with the keys to the number of that figure and scope: panel, line, column."""
    panel = {"agent": "agents", "channel": "channels", "view": "views"}[scope.partition(":")[0]]

    def at() -> tuple[str, str, str]:
        here = screen.board.current
        assert here is not None
        return (here.panel, here.which.scope, here.which.figure) if here.which is not None else (here.panel, "", "")

    for index, (key, wanted) in enumerate((("tab", panel), ("down", scope), ("right", figure))):
        for _step in range(60):
            if at()[index] == wanted:
                break
            await sam.presses(key)
        assert at()[index] == wanted


def raised(desk: Desk, *numbers: int) -> UUID:
    """An incident of these conversations, as the detector raises one."""
    incident, now = new_id(), desk.now()
    words = stored.Words(("fibre", "panne"), ("fibre", "panne"), alone=False)
    with desk.store.write() as connection:
        ids = [row.id for row in conversations.by_numbers(connection, numbers)]
        stored.add(connection, incident, now - timedelta(minutes=9), now, words, 1.5)
        stored.join(connection, incident, ids)
    return incident


async def test_only_supervisors_look_at_the_floor(desk: Desk) -> None:
    async with at_work(someone(desk, "lea")) as lea:
        await lea.presses("Q")
        assert lea.sees("Only a supervisor looks at the figures of everybody.")


@pytest.mark.parametrize("size", SIZES)
async def test_in_two_keys_why_a_view_is_late_and_what_to_do(desk: Desk, size: tuple[int, int]) -> None:
    async with at_work(desk, size) as sam:
        screen = await opens(sam)
        here = screen.board.current
        assert here is not None
        assert here.metric == "late"
        await sam.presses("enter")
        await sam.until(lambda: isinstance(sam.app.screen, BehindScreen))
        await sam.reads("nobody has", "an", "m  asks everybody")


async def test_every_number_is_the_length_of_the_list_behind_it(desk: Desk) -> None:
    handling.assign(desk, triage.page(desk, desk.config.views[0]).rows[0].number, "lea")
    looked = 0
    async with at_work(desk, (200, 50)) as sam:
        screen = await opens(sam)
        sheets = screen.board.sheets
        texts: dict[tuple[str, ...], str] = {
            figure.key: text for sheet in sheets for row in sheet.lines for text, _style, figure in row if figure
        }
        for cell in cells_of(sheets):
            figure: Figure = cell.figure
            if figure.which is None or figure.opens != "list":
                continue
            behind = figures.behind(desk, figure.which)
            if figure.which.figure in ("open", "late", "asleep", "due", "agent_waiting"):
                assert texts[figure.key].strip().partition("/")[0] == str(behind.total), figure
                looked += 1
    assert looked > 20


async def test_from_a_number_to_its_conversation_and_all_the_way_back(desk: Desk) -> None:
    async with at_work(desk) as sam:
        screen = await opens(sam)
        here = screen.board.current
        await sam.presses("enter")
        await sam.until(lambda: isinstance(sam.app.screen, BehindScreen) and bool(sam.app.screen.listing.rows))
        await sam.presses("down", "enter")
        await sam.until(lambda: sam.app.screen is sam.page and sam.focus == "thread")
        number = sam.page.thread.number
        assert number is not None
        await sam.presses("escape")
        await sam.until(lambda: isinstance(sam.app.screen, BehindScreen) and bool(sam.app.screen.listing.rows))
        await sam.presses("escape")
        await sam.until(lambda: isinstance(sam.app.screen, DashboardScreen))
        again = sam.app.screen
        assert isinstance(again, DashboardScreen)
        assert again.board.current is not None
        assert here is not None
        assert again.board.current.key == here.key
        await sam.presses("escape")
        assert sam.app.screen is sam.page


async def test_the_meaning_of_the_number_is_one_key_away(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("?")
        await sam.reads(
            "Open conversations of which a clock has run out", "conversation.state, due_at", "Pause a channel"
        )


async def test_news_is_seen_by_itself(desk: Desk) -> None:
    number = triage.page(desk, desk.config.views[0]).rows[0].number
    async with at_work(desk) as sam:
        screen = await opens(sam)
        assert screen.floor is not None
        before = screen.floor.forecast.open
        handling.set_state(someone(desk, "lea"), number, State.RESOLVED)
        await sam.until(lambda: screen.floor is not None and screen.floor.forecast.open == before - 1)


async def test_conversations_are_handed_out_from_the_list(desk: Desk) -> None:
    held = [row.assignee for row in triage.page(desk, desk.config.views[0]).rows].count("omar")
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("enter")
        await sam.until(lambda: isinstance(sam.app.screen, BehindScreen) and len(sam.app.screen.listing.rows) > 1)
        await sam.presses("x", "x", "A")
        await sam.types("omar\n")
        await sam.reads("2 conversations: assigned to Omar Benali")
        now = [row.assignee for row in triage.page(desk, desk.config.views[0]).rows]
        assert now.count("omar") == held + 2
        await sam.presses("z")
        await sam.reads("Undone: 2 conversations are as they were.")
        assert [row.assignee for row in triage.page(desk, desk.config.views[0]).rows].count("omar") == held


async def test_priority_is_changed_from_the_list(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("enter")
        await sam.until(lambda: isinstance(sam.app.screen, BehindScreen) and bool(sam.app.screen.listing.rows))
        await sam.presses("=")
        await sam.types("urgent\n")
        await sam.reads("1 conversation: Priority: urgent")


async def test_all_that_somebody_has_is_handed_over(desk: Desk) -> None:
    for row in triage.page(desk, desk.config.views[0]).rows[:3]:
        handling.assign(desk, row.number, "lea")
    before = [row.assignee for row in triage.page(desk, desk.config.views[0]).rows]
    async with at_work(desk) as sam:
        screen = await opens(sam)
        await seeks(sam, screen, "open", "agent:lea")
        await sam.presses("a")
        await sam.reads(f"Give {before.count('lea')} conversations of Léa Martin (")
        assert sam.screen.index("Omar Benali") < sam.screen.index("nobody: back to the team of each")
        await sam.types("omar\n")
        await sam.reads(f"{before.count('lea')} conversations of Léa Martin were handed over. z takes it back.")
        after = [row.assignee for row in triage.page(desk, desk.config.views[0]).rows]
        assert after == ["omar" if who == "lea" else who for who in before]
        await sam.presses("z")
        await sam.reads("Undone")
        assert [row.assignee for row in triage.page(desk, desk.config.views[0]).rows] == before


async def test_a_channel_is_paused_and_goes_on(desk: Desk) -> None:
    async with at_work(desk) as sam:
        screen = await opens(sam)
        await seeks(sam, screen, "open", "channel:wa")
        await sam.presses("p")
        await sam.types("the provider is down\n")
        await sam.reads("PAUSED")
        assert pauses.paused(desk)["wa"].reason == "the provider is down"
        await sam.presses("p")
        await sam.until(lambda: not pauses.paused(desk))


async def test_hours_of_today(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("o")
        await sam.reads("Opening hours today")
        await sam.types("8h-22h30\n")
        await sam.reads("Today: 08:00-22:30")
        await sam.types("a storm\n")
        await sam.reads("Today: 08:00-22:30. ", "clocks moved.")
        assert [day.reason for day in special_hours.days(desk)] == ["a storm"]


async def test_wrong_hours_are_refused_and_said(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("o")
        await sam.types("from eight\n")
        await sam.reads("Write them so: 08:00-20:00")
        assert "from eight" in sam.screen  # to be put right, not typed again
        await sam.presses("escape")
        await sam.until(lambda: isinstance(sam.app.screen, DashboardScreen))
        assert special_hours.days(desk) == []


async def test_a_message_is_read_once(desk: Desk) -> None:
    async with at_work(desk) as sam:
        screen = await opens(sam)
        await seeks(sam, screen, "open", "agent:lea")
        await sam.presses("m")
        await sam.types("WhatsApp first, please\n")
        await sam.reads("Told Léa Martin.")
    lea = someone(desk, "lea")
    async with at_work(lea) as adviser:
        await adviser.reads("Sam Okoro: WhatsApp first, please")
        await adviser.presses("I")
        await adviser.reads("Messages")
        await adviser.presses("escape")
        await adviser.until(lambda: "WhatsApp first" not in adviser.screen)
        assert notices.live(lea).messages == ()


async def test_a_banner_is_on_every_console_until_it_is_ended(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("b")
        await sam.types("Lines are down in [bold]Lyon[/]\n")
        await sam.reads("How long?")
        await sam.presses("enter")
        await sam.reads("All consoles show the banner.")
        await sam.reads(" ! Lines are down in [bold]Lyon[/]")  # over the dashboard too
    async with at_work(someone(desk, "lea"), (80, 24)) as lea:
        await lea.reads("Lines are down in [bold]Lyon[/]")
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("B", "enter")
        await sam.reads("The banner is gone.")
        assert notices.live(desk).banners == ()


async def test_a_banner_ends_at_a_time_that_is_typed(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("b")
        await sam.types("Lines are down\n")
        await sam.reads("How long?")
        await sam.types("until a time\n")
        await sam.reads("Banner until")
        await sam.types("until reply\n")
        await sam.reads("Give a time")
        await sam.presses(*["backspace"] * 11)
        await sam.types("3h\n")
        await sam.reads("All consoles show the banner.")
    (banner,) = notices.live(desk).banners
    assert banner.until is not None
    assert timedelta(hours=2, minutes=50) < banner.until - desk.now() <= timedelta(hours=3)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_long_banner_is_read_whole(desk: Desk, size: tuple[int, int]) -> None:
    notices.banner(desk, "Lines are down in the north. " * 4 + "Promise nothing before ten")
    async with at_work(someone(desk, "lea"), size) as lea:
        await lea.reads(" ! Lines are down")
        if size[1] < 36:
            await lea.reads("I: read")
            await lea.presses("I")
        await lea.reads("before ten")


async def test_a_known_incident_is_told_and_pinned(desk: Desk) -> None:
    number = triage.page(desk, desk.config.views[0]).rows[0].number
    incident = raised(desk, number)
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("home")
        assert sam.sees("INCIDENT?", "1 alike", "fibre, panne")
        await sam.reads("c incident known  x no incident")
        await sam.presses("e")
        assert sam.sees("That incident is not known yet")
        await sam.presses("tab", "c", "enter")  # from another number it is the only one that goes on
        await sam.reads("Macros for its conversations", "no macro")
        await sam.types("no macro\n")
        await sam.reads("INCIDENT KNOWN")
        found = incidents.pinned(desk, number)
        assert found is not None
        assert found.incident == incident
        await sam.presses("escape")
        sam.page.open_number(number)
        await sam.reads("KNOWN INCIDENT", "Known incident: fibre, panne")


async def test_what_can_be_done_about_an_incident_is_in_its_list(desk: Desk) -> None:
    row = triage.page(desk, desk.config.views[0]).rows[0]
    incident = raised(desk, row.number)
    async with at_work(desk, (80, 24)) as sam:
        await opens(sam)
        await sam.presses("home", "enter")
        await sam.reads("makes the incident known", "alt+x dismisses it", "By channel and language")
        await sam.presses("c", "enter")
        await sam.reads("Macros for its conversations")
        await sam.types("no macro\n")
        await sam.reads("The incident is known to everybody.")
        await sam.reads("ends the incident")
        await sam.presses("e")
        await sam.reads("The incident is over")
        with desk.store.read() as connection:
            kept = stored.get(connection, incident)
        assert kept is not None
        assert kept.state == "ended"


async def test_an_incident_that_the_cursor_is_not_on_ends_only_after_asking(desk: Desk) -> None:
    incident = raised(desk, triage.page(desk, desk.config.views[0]).rows[0].number)
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("x")
        await sam.reads("Dismiss this incident?", "fibre, panne")
        await sam.presses("escape")
        assert [one.id for one in incidents.live(desk)] == [incident]
        await sam.presses("x", "enter")
        await sam.until(lambda: incidents.live(desk) == [])


async def test_without_an_incident_nothing_is_known_of_one(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses("c")
        assert sam.sees("No incident goes on.")


async def test_an_escalation_is_taken_from_the_list_and_leaves_it(desk: Desk) -> None:
    config = desk.config
    view = config.views[0].model_copy(update={"id": "escalated", "escalated": True})
    desk.config = config.model_copy(update={"views": (*config.views, view)})
    first, second = (row.number for row in triage.page(desk, config.views[0]).rows[:2])
    for number in (first, second):
        escalations.escalate(someone(desk, "lea"), number, "A lawyer writes", agent="sam")
    async with at_work(desk, (80, 24)) as sam:
        screen = await opens(sam)
        await sam.presses("home")
        await seeks(sam, screen, "open", "view:escalated")
        await sam.presses("enter")
        await sam.reads("2 escalated to Sam Okoro, not taken.", "a  takes it, or the marked ones")
        assert not sam.sees("asks everybody")
        behind = sam.app.screen
        assert isinstance(behind, BehindScreen)
        assert behind.listing.current is not None
        taken = behind.listing.current.number
        await sam.presses("a")
        await sam.reads("1 escalated to Sam Okoro", "  1 conversation\n")
        assert [row.number for row in behind.listing.rows] == [first + second - taken]


async def test_the_list_of_actions_has_those_of_the_dashboard_and_takes_what_is_typed(desk: Desk) -> None:
    async with at_work(desk) as sam:
        await opens(sam)
        await sam.presses(":")
        await sam.reads("All actions", "Open what is behind the number")
        assert not sam.sees("Answer the customer")
        await sam.types("hours\n")
        await sam.reads("Opening hours today")


async def test_figures_that_stand_still_say_so(desk: Desk) -> None:
    store = Flaky(desk.store.engine, desk.store.files)
    shaky = replace(desk, store=store)
    async with at_work(shaky) as sam:
        screen = await opens(sam)
        store.dark = True
        screen.changed()
        await sam.reads("STANDING STILL", "The desk does not answer.")
        store.dark = False
        screen.changed()
        await sam.until(lambda: "STANDING STILL" not in sam.screen)
