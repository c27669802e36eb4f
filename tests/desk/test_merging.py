"""Merging: what stays has everything, what goes can come back, and replies to it still arrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agentconsole.config import Priority, State
from agentconsole.desk import (
    conversations,
    customers,
    dispatch,
    drafts,
    escalations,
    handling,
    merging,
    presence,
    promises,
    replies,
    search,
    triage,
    undo,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from agentconsole.model.message import Address
from agentconsole.store import journal, outbox
from tests.conftest import Time, wipe
from tests.desk.merged import CAMILLE, SECOND, stands, two
from tests.incoming import arrives, everything, message, numbers, opened, texts, view_of_all


def test_the_one_that_stays_has_everything(desk: Desk, now: Time) -> None:
    two(desk)
    handling.tag(desk, 1, ["panne"])
    handling.tag(desk, 2, ["facture"])
    handling.prioritise(desk, 1, Priority.URGENT)
    handling.set_state(desk, 2, State.PENDING)
    promises.promise(desk, 1, now() + timedelta(hours=2), "Rappeler")
    drafts.keep(desk, 1, "Bonjour", 1)
    drafts.keep(desk, 2, "Au sujet de la facture", 2)
    plan = merging.plan(desk, 1, 2)
    assert (plan.stays.number, plan.goes.number, plan.messages, plan.drafts, plan.promises) == (2, 1, 1, 1, 1)
    stays = merging.merge(desk, [1], 2)
    thread = opened(desk, 1)
    assert thread.row == opened(desk, 2).row == stays
    assert [m.text for m in thread.messages] == ["premier", "second"]
    assert thread.tags == plan.tags == ("facture", "panne")
    assert (stays.number, stays.state, stays.priority, stays.unread) == (2, State.OPEN, Priority.URGENT, 2)
    assert stays.promised_at == now() + timedelta(hours=2)
    assert [draft.text for draft in thread.drafts] == ["Au sujet de la facture\n\nBonjour"]
    assert thread.drafts[0].seen == 1
    assert thread.merged == (1,)
    assert numbers(everything(desk)) == [2]
    assert not thread.history


def test_what_was_merged_is_in_no_view_no_count_and_no_history(desk: Desk) -> None:
    two(desk)
    arrives(desk, message("troisième", external_id="three"))
    merging.merge(desk, [1], 2)
    views = [view_of_all(states=states) for states in ((), ("resolved",), ("open",), ("open", "resolved"))]
    for each in views:
        listed = triage.page(desk, each).rows
        assert 1 not in numbers(listed)
        assert triage.counts(desk, [each])[each.id].total == len(listed)
    assert numbers(opened(desk, 3).history) == [2]
    assert numbers(search.search(desk, "premier").rows) == [2]
    assert numbers(search.search(desk, "#1").rows) == [2]
    assert numbers(search.search(desk, "is:resolved").rows) == []
    with desk.store.read() as connection:
        assert journal.trail(connection, opened(desk, 2).row.id)[-1].kind == "merged"


def test_replies_to_the_merged_one_follow(desk: Desk) -> None:
    two(desk)
    merging.merge(desk, [2], 1)
    arrives(desk, message("encore", references=("two",)), channel="form")
    arrives(desk, message("et encore", number=2))
    assert texts(desk, 1) == ["premier", "second", "encore", "et encore"]
    assert numbers(everything(desk)) == [1]
    replies.note(desk, 2, "vu")
    handling.tag(desk, 2, ["suivi"])
    assert texts(desk, 1)[-1] == "vu"
    assert opened(desk, 2).tags == ("suivi",)


def test_a_number_counts_only_for_whom_it_belongs_to(desk: Desk) -> None:
    two(desk)
    merging.merge(desk, [2], 1)
    arrives(desk, message("à moi", author=Address("other@x.example"), number=2))
    assert texts(desk, 1) == ["premier", "second"]


def test_a_reply_goes_out_on_the_channel_of_the_one_that_stays(desk: Desk, now: Time) -> None:
    two(desk)
    merging.merge(desk, [2], 1)
    key = replies.reply(desk, 2, "Bonjour").key
    with desk.store.read() as connection:
        entry = outbox.get(connection, key)
    assert entry is not None
    said = json.loads(entry.envelope)
    assert (entry.channel, entry.number, said["to"][0]) == ("mail", 1, CAMILLE.value)
    assert (said["quoted"], said["references"]) == ("premier", ["one"])
    now.passes(minutes=1)
    assert dispatch.claim(desk, "mail", "console")


def test_a_reply_goes_to_the_one_who_stays_and_not_to_the_other_address(desk: Desk) -> None:
    arrives(desk, message("premier", external_id="one"), message("second", external_id="two", author=SECOND))
    customers.link(desk, 1, opened(desk, 2).customer.id)
    merging.merge(desk, [2], 1)
    for number, to in ((1, CAMILLE), (2, CAMILLE)):
        key = replies.reply(desk, number, f"Bonjour {number}").key
        with desk.store.read() as connection:
            entry = outbox.get(connection, key)
        assert entry is not None
        said = json.loads(entry.envelope)
        assert (said["to"][0], said["quoted"]) == (to.value, "premier")
    arrives(desk, message("encore", author=SECOND, number=2))
    assert texts(desk, 1)[-1] == "encore"


def test_only_conversations_of_one_customer(desk: Desk) -> None:
    arrives(desk, message(), message(author=Address("ben@x.example", "Ben")))
    with pytest.raises(UsageError, match="Link the two customers first"):
        merging.merge(desk, [1], 2)
    with pytest.raises(UsageError, match="Link the two customers first"):
        merging.plan(desk, 1, 2)
    with pytest.raises(UsageError, match="into itself"):
        merging.merge(desk, [1], 1)
    with pytest.raises(NotFound):
        merging.merge(desk, [7], 1)
    customers.link(desk, 1, opened(desk, 2).customer.id)
    assert merging.merge(desk, [1], 2).number == 2


def test_a_chain_is_flat_and_a_circle_cannot_be(desk: Desk) -> None:
    arrives(desk, *(message(str(n), external_id=f"{n}") for n in (1, 2, 3)))
    merging.merge(desk, [1], 2)
    merging.merge(desk, [2], 3)
    assert conversations.row(desk, 1).number == 3
    assert opened(desk, 3).merged == (1, 2)
    for goes, into in ((3, 1), (3, 2), (1, 3), (2, 1)):
        with pytest.raises(UsageError):
            merging.merge(desk, [goes], into)
    assert texts(desk, 1) == ["1", "2", "3"]
    merging.unmerge(desk, 2)
    assert (texts(desk, 3), texts(desk, 2), conversations.row(desk, 1).number) == (["3"], ["1", "2"], 2)
    merging.unmerge(desk, 1)
    assert (texts(desk, 1), texts(desk, 2), texts(desk, 3)) == (["1"], ["2"], ["3"])


CHANGES: dict[str, Callable[[Desk, int], object]] = {
    "tom": lambda desk, n: handling.assign(desk, n, "tom", "mail"),
    "pending": lambda desk, n: handling.set_state(desk, n, State.PENDING),
    "resolved": lambda desk, n: handling.set_state(desk, n, State.RESOLVED),
    "snoozed": lambda desk, n: handling.set_state(desk, n, State.SNOOZED, desk.now() + timedelta(hours=3)),
    "tagged": lambda desk, n: handling.tag(desk, n, ["panne", f"t{n}"]),
    "urgent": lambda desk, n: handling.prioritise(desk, n, Priority.URGENT),
    "noted": lambda desk, n: replies.note(desk, n, f"note {n}"),
    "replied": lambda desk, n: replies.reply(desk, n, f"Bonjour {n}"),
    "wrote": lambda desk, n: arrives(desk, message(f"encore {n}", number=n)),
    "read": presence.here,
    "promised": lambda desk, n: promises.promise(desk, n, desk.now() + timedelta(hours=n), f"promise {n}"),
    "escalated": lambda desk, n: escalations.escalate(desk, n, "why", "tom"),
    "waited": lambda desk, n: desk.now.passes(minutes=20 * n),  # type: ignore[attr-defined]  # (the tests' clock)
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(1, 3)), max_size=8),
    st.permutations([1, 2, 3]),
    st.booleans(),
)
@example([("resolved", 2)], [1, 3, 2], False)
def test_taking_apart_brings_back_each_conversation(
    desk: Desk, changes: list[tuple[str, int]], order: list[int], by_undo: bool
) -> None:
    """Messages, state, clocks, promises, tags: by undo or by hand, one after the other or merged in one go."""
    wipe(desk.store)
    arrives(desk, *(message(str(n), external_id=f"{n}") for n in (1, 2, 3)))
    for name, number in changes:
        try:
            CHANGES[name](desk, number)
        except UsageError:
            assert name == "resolved"  # something is promised
    before = [stands(desk, n) for n in order]
    first, second, into = order
    merging.merge(desk, [first], into)
    between = stands(desk, into)
    merging.merge(desk, [second], into)
    merged = stands(desk, into)
    assert len(merged["texts"]) == sum(len(item["texts"]) for item in before)
    if by_undo:
        undo.undo(desk)
    else:
        merging.unmerge(desk, second)
    assert stands(desk, into) == between
    if by_undo:
        undo.undo(desk)
    else:
        merging.unmerge(desk, first)
    assert [stands(desk, n) for n in order] == before
    merging.merge(desk, [first, second], into)
    assert stands(desk, into) == merged
    undo.undo(desk)
    assert [stands(desk, n) for n in order] == before


def test_what_came_since_stays(desk: Desk, now: Time) -> None:
    two(desk)
    handling.set_state(desk, 1, State.PENDING)
    merging.merge(desk, [2], 1)
    now.passes(hours=3)
    arrives(desk, message("encore", references=("two",), at=now()), channel="form")
    back = merging.unmerge(desk, 2)
    assert (back.number, back.state, texts(desk, 2), texts(desk, 1)) == (
        2,
        State.OPEN,
        ["second"],
        ["premier", "encore"],
    )
    stays = conversations.row(desk, 1)
    assert (stays.state, stays.excerpt, stays.unread) == (State.OPEN, "encore", 2)
    assert numbers(everything(desk)) == [1, 2]


def test_after_a_restart_as_undo_and_as_undo_of_that(open_as: Callable[[str], Desk]) -> None:
    lea = open_as("lea")
    two(lea)
    merging.merge(lea, [2], 1)
    again = open_as("lea")
    undo.undo(again)
    assert texts(again, 2) == ["second"]
    merging.merge(again, [2], 1)
    merging.unmerge(again, 2)
    undo.undo(again)
    assert texts(again, 2) == ["premier", "second"]
    merging.unmerge(again, 2)
    assert texts(again, 2) == ["second"]
    with pytest.raises(UsageError, match="not merged"):
        merging.unmerge(again, 2)


def test_nothing_else_is_undone_in_what_was_merged_since(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    two(lea)
    handling.set_state(lea, 2, State.PENDING)
    now.passes(seconds=1)
    merging.merge(tom, [2], 1)
    with pytest.raises(undo.TooLate, match="was merged into #1"):
        undo.undo(lea)
    undo.undo(tom)
    undo.undo(lea)
    assert conversations.row(lea, 2).state is State.OPEN


def test_a_reply_on_its_way_is_recorded_where_it_is_now(desk: Desk, now: Time) -> None:
    arrives(desk, message("premier", external_id="one"), message("second", external_id="two"))
    replies.reply(desk, 1, "Bonjour", state=State.RESOLVED)
    claimed = dispatch.claim(desk, "mail", "console")
    assert claimed is not None
    assert dispatch.wire(desk, claimed[0], "console")
    merging.merge(desk, [1], 2)
    assert dispatch.record(desk, claimed[0], dispatch.Outcome.FAILED, "550 no such mailbox") is dispatch.Outcome.FAILED
    row = conversations.row(desk, 1)
    assert (row.number, row.state) == (2, State.OPEN)
    assert [e.kind for e in conversations.trail(desk, 2)] == ["opened", "merged", "not_delivered"]
    merging.unmerge(desk, 1)
    assert texts(desk, 1) == ["premier", "Bonjour"]
