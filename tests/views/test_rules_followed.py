"""Rules that change while the console is open: hours of a day, and a policy with other views."""

from __future__ import annotations

from agentconsole.config import View
from agentconsole.desk import special_hours
from agentconsole.desk.context import Desk
from tests.views.driver import at_work
from tests.views.test_live import in_another_process

HOURS = """
from agentconsole.desk import special_hours
special_hours.put(desk, special_hours.today(desk), "00:00-24:00")
"""


async def test_hours_that_a_colleague_sets_hold_at_this_console(desk: Desk) -> None:
    async with at_work(desk) as adviser:
        in_another_process(desk.folder, HOURS)
        today = special_hours.today(desk)
        await adviser.until(lambda: special_hours.spans_of(desk, today) == "00:00-24:00")


async def test_views_of_new_rules_take_the_place_of_those_before(desk: Desk) -> None:
    async with at_work(desk, (200, 50)) as adviser:
        now = adviser.page.finding.view
        angry = View(id="angry", name={"en": "Angry people"}, tags=("angry",))
        desk.config = desk.config.model_copy(update={"views": (angry, now)})
        in_another_process(desk.folder, "from agentconsole.desk import presence\npresence.here(desk, 1)\n")
        await adviser.until(lambda: adviser.sees("Angry people"))
        assert adviser.page.finding.view == now
        await adviser.presses("1")
        assert adviser.page.finding.view == angry
