"""A colleague gives me a conversation: my console says so, and says nothing of what I take myself."""

from __future__ import annotations

from collections.abc import Callable

from agentconsole.desk import calling, handling, undo
from agentconsole.desk.context import Desk
from tests.conftest import Time
from tests.incoming import arrives, message


def test_what_a_colleague_assigns_to_me_calls_me_once(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message("Panne", external_id="one"), message("Facture", external_id="two"))
    first, second = 1, 2
    before = calling.begin(tom)
    now.passes(seconds=5)
    handling.assign(lea, first, "tom")
    handling.assign(tom, second, "tom")
    now.passes(seconds=5)
    found = calling.look(tom, before)
    assert (found.handed, found.returned) == ((first,), ())
    assert calling.look(tom, found).handed == ()
    assert calling.look(lea, calling.begin(lea)).handed == ()


def test_what_was_undone_calls_nobody(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message("Panne", external_id="one"))
    before = calling.begin(tom)
    now.passes(seconds=5)
    handling.assign(lea, 1, "tom")
    undo.undo(lea)
    assert calling.look(tom, before).handed == ()
