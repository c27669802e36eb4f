"""Who does not hear what became of what was sent sends it again: it is there once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agentconsole.desk import conversations, customers, drafts, replies, tries
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.model.ids import new_id
from tests.incoming import arrives, message, texts

BEGUN = "Bonjour, ma box est en panne."


@pytest.fixture
def desk(open_as: Callable[[str], Desk]) -> Desk:
    """With one conversation, number 1."""
    desk = open_as("lea")
    arrives(desk, message(BEGUN))
    return desk


def test_a_reply(desk: Desk) -> None:
    mine = new_id()
    assert not tries.stored(desk, mine)
    first = replies.reply(desk, 1, "Voilà", seen=1, message_id=mine)
    drafts.keep(desk, 1, "Voilà", 1)
    again = replies.reply(desk, 1, "Voilà", seen=1, message_id=mine)
    assert again == first
    assert tries.stored(desk, mine)
    assert texts(desk) == [BEGUN, "Voilà"]
    assert drafts.mine(desk) == []


def test_the_same_words_once_more_are_another_reply_where_they_are_meant_so(desk: Desk) -> None:
    replies.reply(desk, 1, "Voilà", message_id=new_id())
    replies.reply(desk, 1, "Voilà", message_id=new_id())
    assert texts(desk) == [BEGUN, "Voilà", "Voilà"]


def test_other_words_after_what_had_arrived(desk: Desk) -> None:
    """The words were changed before they were sent again: the first ones are with the customer, and it is said."""
    mine = new_id()
    replies.reply(desk, 1, "Voilà", seen=1, message_id=mine)
    with pytest.raises(UsageError, match="had reached the desk"):
        replies.reply(desk, 1, "Voilà, merci", seen=1, message_id=mine)
    assert texts(desk) == [BEGUN, "Voilà"]


@pytest.mark.parametrize("text", ["A note", "nul \0 and more"])
def test_a_note(desk: Desk, text: str) -> None:
    mine = new_id()
    for _ in range(2):
        replies.note(desk, 1, text, message_id=mine)
    assert len(texts(desk)) == 2
    assert len([event for event in conversations.trail(desk, 1) if event.kind == "noted"]) == 1


def test_an_entry_of_the_client_book(desk: Desk) -> None:
    mine = new_id()
    made = [customers.note(desk, 1, "Likes tea", message_id=mine) for _ in range(2)]
    assert made[0].id == made[1].id
    assert len([event for event in conversations.trail(desk, 1) if event.kind == "client_noted"]) == 1
