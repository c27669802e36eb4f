"""Presence: who is on a conversation, for as long as their console lives, and at the cost of one write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event

from agentconsole.desk import fitting, merging, presence
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound
from agentconsole.model.conversation import Presence
from tests.conftest import Time
from tests.incoming import arrives, message, only, opened


def _commits(desk: Desk, act: Callable[[], object]) -> int:
    """Writes; the hint to other consoles, which follows each on PostgreSQL, is none."""
    counted: list[object] = []

    def count(connection: object) -> None:
        counted.append(connection)

    event.listen(desk.store.engine, "commit", count)
    try:
        act()
    finally:
        event.remove(desk.store.engine, "commit", count)
    return len(counted)


def test_colleagues_are_seen_and_oneself_is_not(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message(), message())
    presence.here(lea, 1)
    presence.here(tom, 1, "writing")
    assert opened(lea, 1).present == (Presence("tom", "writing"),)
    assert opened(tom, 1).present == (Presence("lea", "reading"),)
    presence.here(tom, 2)
    assert opened(lea, 1).present == ()
    presence.gone(lea)
    presence.gone(lea)
    assert opened(tom, 1).present == ()


def test_who_is_not_heard_of_for_a_minute_is_gone(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    presence.here(tom, 1)
    now.passes(seconds=59)
    assert opened(lea).present
    presence.here(tom, 1)
    now.passes(seconds=59)
    assert opened(lea).present
    now.passes(seconds=1)
    assert not opened(lea).present


def test_opening_is_one_write_and_a_sign_of_life_is_not_repeated(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    assert only(desk).unread == 1
    assert _commits(desk, lambda: presence.here(desk, 1)) == 1
    assert only(desk).unread == 0
    assert _commits(desk, lambda: presence.here(desk, 1)) == 0
    assert _commits(desk, lambda: presence.here(desk, 1, "writing")) == 1
    now.passes(seconds=30)
    assert _commits(desk, lambda: presence.here(desk, 1, "writing")) == 1
    arrives(desk, message(number=1))
    assert _commits(desk, lambda: presence.here(desk, 1, "writing")) == 1
    assert only(desk).unread == 0


def test_who_is_on_a_conversation_goes_along_when_it_is_merged(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message(), message())
    presence.here(tom, 1)
    merging.merge(lea, [1], 2)
    assert opened(lea, 2).present == (Presence("tom", "reading"),)
    presence.here(tom, 1, "writing")
    assert opened(lea, 1).present == (Presence("tom", "writing"),)


def test_nobody_is_on_what_does_not_exist(desk: Desk) -> None:
    with pytest.raises(NotFound):
        presence.here(desk, 1)
    assert fitting.ALIVE > 2 * presence.BEAT
