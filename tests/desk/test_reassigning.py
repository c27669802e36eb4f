"""Giving away all that somebody has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agentconsole.config import Config, State
from agentconsole.desk import conversations, floor_trail, handling, reassigning, undo
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from tests.conftest import Time
from tests.desk.floor_people import floor_config
from tests.incoming import arrives, message

Open = Callable[[str], Desk]


@pytest.fixture
def config() -> Config:
    return floor_config()


def _holders(desk: Desk, count: int) -> list[tuple[str | None, str | None]]:
    rows = [conversations.row(desk, number) for number in range(1, count + 1)]
    return [(row.assignee, row.team) for row in rows]


@pytest.fixture
def sam(open_as: Open) -> Desk:
    """Sam's console; Léa has the first three conversations, of which the third is resolved, and Tom the fourth."""
    sam = open_as("sam")
    arrives(sam, *(message(subject=f"Panne {n}") for n in range(4)))
    for number, agent, team in ((1, "lea", "mail"), (2, "lea", None), (3, "lea", "mail"), (4, "tom", "instant")):
        handling.assign(sam, number, agent, team)
    handling.set_state(sam, 3, State.RESOLVED)
    return sam


def test_all_active_ones_go_to_another_agent(sam: Desk) -> None:
    assert reassigning.everything_of(sam, "lea", "tom") == 2
    assert _holders(sam, 4) == [("tom", "mail"), ("tom", None), ("lea", "mail"), ("tom", "instant")]
    assert [floor_trail.words(e, sam) for e in floor_trail.trail(sam)] == [
        "2 conversations of Léa Martin given to Tom Reed"
    ]


def test_it_is_known_before_how_much_would_move(sam: Desk) -> None:
    assert reassigning.held_by(sam, "lea") == reassigning.Held(open=2, others=0)
    handling.set_state(sam, 1, State.PENDING)
    assert reassigning.held_by(sam, "lea") == reassigning.Held(open=1, others=1)
    assert reassigning.everything_of(sam, "lea", "tom") == 2
    assert reassigning.held_by(sam, "lea").total == 0


def test_they_go_back_to_the_teams_that_they_are_of(sam: Desk) -> None:
    assert reassigning.everything_of(sam, "lea", None) == 2
    assert _holders(sam, 2) == [(None, "mail"), (None, None)]
    assert reassigning.everything_of(sam, "lea", None) == 0


def test_they_go_to_a_team_and_one_undo_brings_them_back(sam: Desk, now: Time) -> None:
    before = _holders(sam, 4)
    now.passes(seconds=1)
    assert reassigning.everything_of(sam, "lea", None, "instant") == 2
    assert _holders(sam, 2) == [(None, "instant"), (None, "instant")]
    latest = undo.latest(sam)
    assert latest is not None
    undo.undo(sam, latest.step)
    assert _holders(sam, 4) == before


def test_only_supervisors_do_it_and_only_to_those_there_are(sam: Desk, open_as: Open) -> None:
    before = _holders(sam, 4)
    with pytest.raises(UsageError, match="Only supervisors"):
        reassigning.everything_of(open_as("tom"), "lea", "tom")
    for to, team in (("nobody", None), ("old", None), (None, "fax")):
        with pytest.raises(NotFound):
            reassigning.everything_of(sam, "lea", to, team)
    assert _holders(sam, 4) == before
    assert floor_trail.trail(sam) == []


def test_what_moves_nothing_is_refused(sam: Desk) -> None:
    for agent, to, team in (("zorro", "tom", None), ("lea", "zorro", None), ("lea", None, "zorro")):
        with pytest.raises(NotFound, match="zorro"):
            reassigning.everything_of(sam, agent, to, team)
    with pytest.raises(UsageError, match="Nothing moves: Léa Martin has them already"):
        reassigning.everything_of(sam, "lea", "lea")
    assert floor_trail.trail(sam) == []
