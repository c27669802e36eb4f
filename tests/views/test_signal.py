"""A burst of similar conversations: a supervisor learns of it wherever they are, an adviser when it is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agentconsole.config import Role
from agentconsole.desk import incidents
from agentconsole.desk.context import Desk
from tests.views.driver import at_work
from tests.views.seed import arrive, incoming


def _supervised(desk: Desk, role: Role) -> Desk:
    """Whoever is at the keyboard has that role, on a desk that has supervisors."""
    agents = [a.model_copy(update={"role": role if a.id == desk.agent.id else a.role}) for a in desk.config.agents]
    boss = agents[0].model_copy(update={"id": "boss", "name": "Boss", "role": Role.SUPERVISOR})
    desk.config = desk.config.model_copy(update={"agents": (*agents, boss)})
    desk.agent = next(a for a in desk.config.agents if a.id == desk.agent.id)
    return desk


def _burst(desk: Desk) -> None:
    now = datetime.now(UTC)
    usual = [(1000 + n, f"facture numero adresse retour {n}", now - timedelta(hours=4 + n)) for n in range(80)]
    alike = [(2000 + n, "Plus de fibre à Nantes", now - timedelta(minutes=n)) for n in range(8)]
    arrive(desk, "mail", *(incoming(who, f"P {who}", "Bonjour", text, at) for who, text, at in (*usual, *alike)))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADVISER])
async def test_a_signal_is_told_to_supervisors_on_the_page(desk: Desk, role: Role) -> None:
    _supervised(desk, role)
    async with at_work(desk) as person:
        _burst(desk)
        assert len(incidents.keep(desk)) == 1
        if role is Role.SUPERVISOR:
            await person.reads("INCIDENT?", "8 alike", "fibre")
            (found,) = incidents.live(desk)
            incidents.dismiss(desk, found.id)
            await person.until(lambda: not person.sees("INCIDENT?"))
        else:
            await person.until(lambda: person.page.around.notices._looked_at > 0)
            assert not person.sees("INCIDENT?")
