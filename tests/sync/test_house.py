"""Keeping house: every chore has its turn, whatever becomes of the others."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from agentconsole.desk.chores import CHORES, Chore
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError, UsageError
from agentconsole.sync.house import House
from agentconsole.sync.tally import Tally

_OFTEN, _SELDOM = timedelta(0), timedelta(hours=1)


def _fails(error: Exception) -> Chore:
    def do(_desk: Desk) -> None:
        raise error

    return Chore("broken", _OFTEN, do)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("error", [ZeroDivisionError(), UsageError("no"), DeskError("refused")], ids=repr)
def test_one_that_fails_stops_no_other_and_is_told_once(
    desk: Desk, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    tally = Tally()
    chores = (
        Chore("first", _OFTEN, lambda _desk: done.append("first")),
        _fails(error),
        Chore("last", _OFTEN, lambda _desk: done.append("last")),
        Chore("seldom", _SELDOM, lambda _desk: done.append("seldom")),
    )
    house = House(desk, tally, chores)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            house.keep()
    assert done == ["first", "last", "seldom", "first", "last", "first", "last"]
    assert tally.of("chores") == {
        ("first", "done"): 3,
        ("broken", "failed"): 3,
        ("last", "done"): 3,
        ("seldom", "done"): 1,
    }
    assert len([record for record in caplog.records if "broken" in record.getMessage()]) == 1


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_desk_that_is_away_ends_the_round(desk: Desk) -> None:
    done: list[str] = []
    away = DeskError("away")
    last = Chore("last", _OFTEN, lambda _desk: done.append("last"))
    house = House(desk, Tally(), (_fails(away), _fails(away), last))
    with pytest.raises(DeskError):
        house.keep()
    assert not done


def test_every_chore_can_be_done_on_a_new_desk(desk: Desk) -> None:
    tally = Tally()
    House(desk, tally).once()
    assert tally.of("chores") == {(chore.name, "done"): 1 for chore in CHORES}
