"""Figures with the rights of database roles: supervisors read them, the service keeps them, advisers see their own."""

from __future__ import annotations

import psycopg
import pytest

from agentconsole.config import State
from agentconsole.desk import figures, history, replies
from agentconsole.desk.local_days import day_of
from agentconsole.errors import UsageError
from agentconsole.model.floor import Which
from agentconsole.model.message import Address
from tests.incoming import arrives, message
from tests.team.conftest import Team


def lived(team: Team) -> None:
    """Two customers wrote on the day before; Léa answered one."""
    service = team.sync()
    arrives(service, *(message(author=Address(f"{n}@x.example"), external_id=f"m{n}", at=team.now()) for n in (1, 2)))
    team.passes(minutes=10)
    replies.reply(team.as_("lea"), 1, "x", state=State.RESOLVED)
    team.passes(days=1)


def test_a_supervisor_reads_the_floor_and_the_lists_behind_it(team: Team) -> None:
    lived(team)
    eve = team.as_("eve")
    floor = figures.floor(eve)
    assert sum(channel.open for channel in floor.channels) == 1
    assert [row.number for row in figures.behind(eve, Which("open")).rows] == [2]
    with pytest.raises(UsageError):
        figures.floor(team.as_("tom"))


def test_the_service_keeps_the_days_which_supervisors_read(team: Team) -> None:
    lived(team)
    assert history.keep(team.sync()) == 1
    yesterday = day_of(team.now(), team.config.zone).replace(day=2)
    eve = team.as_("eve")
    assert [(day.arrived, day.handled) for day in history.days(eve, yesterday, yesterday)] == [(2, 1)]
    assert history.days(eve, yesterday, yesterday, "agent:lea")[0].handled == 1


@pytest.mark.parametrize(
    "statement", ["SELECT figures FROM day_figure WHERE scope = 'agent:lea'", "UPDATE day_figure SET figures = '{}'"]
)
def test_an_adviser_does_nothing_with_kept_figures_by_hand(team: Team, statement: str) -> None:
    lived(team)
    history.keep(team.sync())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        team.sql("tom").execute(statement)
