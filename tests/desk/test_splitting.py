"""Splitting a message out, and taking that back."""

from __future__ import annotations

import pytest

from agentconsole.config import State
from agentconsole.desk import (
    conversations,
    handling,
    merging,
    replies,
    undo,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from tests.conftest import Time
from tests.desk.merged import stands
from tests.incoming import arrives, everything, message, numbers, opened, texts


def test_a_message_split_out_is_a_conversation_of_its_own(desk: Desk, now: Time) -> None:
    arrives(desk, message("panne", external_id="one"))
    replies.reply(desk, 1, "Bonjour", state=State.PENDING)
    handling.assign(desk, 1, "tom")
    arrives(desk, message("Et ma facture ?", subject="Facture", references=("one",), external_id="two"))
    before = stands(desk, 1)
    seq = opened(desk, 1).messages[-1].seq
    now.passes(minutes=5)
    new = merging.split(desk, 1, seq)
    assert (new.number, new.subject, new.channel, new.state, new.assignee) == (2, "Facture", "mail", State.OPEN, "tom")
    assert new.customer_id == conversations.row(desk, 1).customer_id
    assert (new.excerpt, new.opened_at) == ("Et ma facture ?", opened(desk, 2).messages[0].at)
    assert (texts(desk, 1), texts(desk, 2)) == (["panne", "Bonjour"], ["Et ma facture ?"])
    assert conversations.row(desk, 1).waiting_since is None
    arrives(desk, message("Merci", references=("two",)))
    assert texts(desk, 2)[-1] == "Merci"
    undo.undo(desk)
    assert texts(desk, 1) == ["panne", "Bonjour", "Et ma facture ?", "Merci"]
    assert conversations.row(desk, 2).number == 1
    assert before["texts"] == texts(desk, 1)[:-1]


@pytest.mark.parametrize("state", [State.OPEN, State.PENDING, State.RESOLVED, State.SNOOZED])
def test_undoing_a_split_brings_back_the_moment_before(desk: Desk, state: State, now: Time) -> None:
    arrives(desk, message("panne", external_id="one"), message("facture", references=("one",)))
    handling.set_state(desk, 1, state)
    now.passes(minutes=5)
    before = stands(desk, 1)
    merging.split(desk, 1, opened(desk, 1).messages[-1].seq)
    undo.undo(desk)
    assert stands(desk, 1) | {"merged": ()} == before
    assert numbers(everything(desk)) == [1]


def test_what_cannot_be_split(desk: Desk) -> None:
    arrives(desk, message("panne"))
    with pytest.raises(UsageError, match="all there is"):
        merging.split(desk, 1, 1)
    replies.note(desk, 1, "vu")
    with pytest.raises(UsageError, match="Only what the customer wrote"):
        merging.split(desk, 1, 2)
    with pytest.raises(NotFound):
        merging.split(desk, 1, 9)
    assert texts(desk, 1) == ["panne", "vu"]
