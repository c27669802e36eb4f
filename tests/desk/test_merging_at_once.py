"""Merging while others merge, write, or bring messages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from agentconsole.config import State
from agentconsole.desk import (
    conversations,
    drafts,
    merging,
    replies,
    undo,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError, UsageError
from agentconsole.model.conversation import DraftKind
from agentconsole.model.macro import Actions
from agentconsole.model.message import Address
from tests.desk.merged import two
from tests.desk.test_concurrency import _at_once
from tests.incoming import arrives, everything, message, numbers, opened, texts


def test_words_of_several_people_move_and_none_are_lost(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    two(lea)
    drafts.keep(lea, 1, "a", 1, files=("/f/1",), actions=Actions(add_tags=("x",)).to_json())
    drafts.keep(lea, 2, "b", 2, files=("/f/2",), actions=Actions(add_tags=("y",)).to_json())
    drafts.keep(lea, 2, "for us", 2, DraftKind.NOTE)
    drafts.keep(tom, 2, "c", 2)
    merging.merge(lea, [2], 1)
    found = {(d.agent, d.kind): d for d in opened(lea, 1).drafts}
    joined = found["lea", DraftKind.REPLY]
    assert (joined.text, joined.files) == ("a\n\nb", ("/f/1", "/f/2"))
    assert Actions.from_json(joined.actions).add_tags == ("x", "y")
    assert found["lea", DraftKind.NOTE].text == "for us"
    assert found["tom", DraftKind.REPLY].text == "c"
    undo.undo(lea)
    assert [d.number for d in drafts.mine(tom)] == [1]


@pytest.mark.parametrize("rounds", [range(8)])
def test_of_two_merges_the_other_way_round_one_wins(open_as: Callable[[str], Desk], rounds: range) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    for n in rounds:
        author = Address(f"{n}@x.example")
        arrives(lea, message("a", author=author), message("b", author=author))
        one, two = numbers(everything(lea))[-2:]
        refused: list[str] = []

        def go(desk: Desk, goes: int, into: int, refused: list[str] = refused) -> None:
            try:
                merging.merge(desk, [goes], into)
            except UsageError as error:
                refused.append(error.what)

        _at_once(lambda go=go, a=one, b=two: go(lea, a, b), lambda go=go, a=one, b=two: go(tom, b, a))
        assert len(refused) == 1
        assert "merged" in refused[0]
        left = [row.number for row in everything(lea) if row.number in (one, two)]
        assert len(left) == 1
        assert sorted(texts(lea, one)) == sorted(texts(lea, two)) == ["a", "b"]


def test_merges_in_a_ring_leave_one_and_no_circle(open_as: Callable[[str], Desk]) -> None:
    desks = [open_as("lea"), open_as("tom"), open_as("lea")]
    for n in range(6):
        author = Address(f"{n}@x.example")
        arrives(desks[0], *(message(text, author=author) for text in "abc"))
        ring = numbers(everything(desks[0]))[-3:]

        def go(desk: Desk, goes: int, into: int) -> None:
            with suppress(UsageError, DeskError):  # PostgreSQL may tell of a deadlock; nothing was changed then
                merging.merge(desk, [goes], into)

        pairs = zip(desks, ring, ring[1:] + ring[:1], strict=True)
        _at_once(*(partial(go, desk, goes, into) for desk, goes, into in pairs))
        left = [row for row in everything(desks[0]) if row.number in ring]
        assert len(left) < 3
        assert sorted(text for row in left for text in texts(desks[0], row.number)) == ["a", "b", "c"]
        assert {conversations.row(desks[0], number).number for number in ring} == {row.number for row in left}


def test_messages_that_arrive_while_it_is_merged_are_where_it_is(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    for n in range(6):
        author = Address(f"{n}@x.example")
        arrives(lea, message("a", external_id=f"a{n}", author=author), message("b", external_id=f"b{n}", author=author))
        one, two = numbers(everything(lea))[-2:]
        _at_once(
            lambda a=one, b=two: merging.merge(lea, [a], b),
            lambda n=n, author=author: arrives(tom, message("c", references=(f"a{n}",), author=author)),
            lambda a=one: replies.note(tom, a, "d"),
        )
        row = conversations.row(lea, one)
        assert (row.number, row.state, row.unread) == (two, State.OPEN, 3)
        assert sorted(texts(lea, two)) == ["a", "b", "c", "d"]
        merging.unmerge(lea, one)
        assert "a" in texts(lea, one)
        assert "b" in texts(lea, two)
