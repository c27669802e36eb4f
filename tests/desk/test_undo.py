"""Undo: whatever was done in one go is undone in one, unless somebody has gone on from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import Priority, State
from agentconsole.desk import conversations, dispatch, drafts, handling, replies, search, undo
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, NotFound
from tests.conftest import Time, wipe
from tests.incoming import arrives, message, only, opened, texts

HOLD = timedelta(seconds=8)


def _stands(desk: Desk) -> dict[str, Any]:
    """All that can be seen of the desk's one conversation, but for when it was changed last."""
    thread = opened(desk)
    row = asdict(thread.row)
    if row["due_at"] is None:
        row.pop("rank")
    row.pop("updated_at")
    return row | {"tags": thread.tags, "texts": [m.text for m in thread.messages]}


CHANGES: dict[str, Callable[[Desk], object]] = {
    "tom": lambda desk: handling.assign(desk, 1, "tom"),
    "team": lambda desk: handling.assign(desk, 1, None, "mail"),
    "nobody": lambda desk: handling.assign(desk, 1, None),
    "pending": lambda desk: handling.set_state(desk, 1, State.PENDING),
    "resolved": lambda desk: handling.set_state(desk, 1, State.RESOLVED),
    "open": lambda desk: handling.set_state(desk, 1, State.OPEN),
    "snoozed": lambda desk: handling.set_state(desk, 1, State.SNOOZED, desk.now() + timedelta(hours=3)),
    "asleep": lambda desk: handling.set_state(desk, 1, State.SNOOZED),
    "tagged": lambda desk: handling.tag(desk, 1, ["panne", "box"]),
    "untagged": lambda desk: handling.tag(desk, 1, ["fibre"], ["panne"]),
    "urgent": lambda desk: handling.prioritise(desk, 1, Priority.URGENT),
    "low": lambda desk: handling.prioritise(desk, 1, Priority.LOW),
    "noted": lambda desk: replies.note(desk, 1, "A écrit hier."),
    "replied": lambda desk: replies.reply(desk, 1, "Bonjour", hold=HOLD),
    "closed": lambda desk: replies.reply(desk, 1, "Au revoir", hold=HOLD, state=State.RESOLVED),
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=6))
def test_undoing_every_step_brings_back_each_moment(desk: Desk, changes: list[str]) -> None:
    wipe(desk.store)
    arrives(desk, message())
    moments = []
    for name in changes:
        before = _stands(desk)
        CHANGES[name](desk)
        if _stands(desk) != before:
            moments.append(before)
    for before in reversed(moments):
        undo.undo(desk)
        assert _stands(desk) == before
    with pytest.raises(NotFound):
        undo.undo(desk)


def test_a_reply_taken_back_is_a_draft_again_and_cannot_be_found(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    file = desk.folder / "bon.pdf"
    file.write_bytes(b"%PDF")
    replies.reply(desk, 1, "Voici le bon émeraude", seen=1, attachments=[file], hold=HOLD)
    assert dispatch.claim(desk, "mail", "console") is None
    assert search.search(desk, "émeraude").rows
    undone = undo.undo(desk)
    (draft,) = drafts.mine(desk)
    assert (draft.text, draft.seen, draft.files) == ("Voici le bon émeraude", 1, (str(file),))
    assert not search.search(desk, "émeraude").rows
    assert only(desk).state is State.OPEN
    assert undone.step.numbers == (1,)
    now.passes(minutes=1)
    assert dispatch.claim(desk, "mail", "console") is None


def test_words_begun_since_are_kept_behind_those_taken_back(desk: Desk) -> None:
    arrives(desk, message())
    replies.reply(desk, 1, "Bonjour", hold=HOLD)
    drafts.keep(desk, 1, "Encore un mot", 2)
    undo.undo(desk)
    assert [draft.text for draft in drafts.mine(desk)] == ["Bonjour\n\nEncore un mot"]


def test_a_reply_that_is_on_its_way_stays(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    handling.tag(desk, 1, ["box"])
    now.passes(seconds=1)
    replies.reply(desk, 1, "Bonjour", hold=HOLD)
    now.passes(seconds=9)
    assert dispatch.claim(desk, "mail", "console")
    with pytest.raises(undo.TooLate) as late:
        undo.undo(desk)
    assert texts(desk)[-1] == "Bonjour"
    assert only(desk).state is State.PENDING
    before = undo.latest(desk, [late.value.step])
    assert before is not None
    undo.undo(desk, before.step)
    assert opened(desk).tags == ()


def test_what_a_colleague_changed_since_is_not_overwritten(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    handling.assign(lea, 1, "lea")
    now.passes(seconds=1)
    handling.assign(tom, 1, "tom")
    with pytest.raises(undo.TooLate, match="changed again"):
        undo.undo(lea)
    assert only(lea).assignee == "tom"
    undo.undo(tom)
    assert only(lea).assignee == "lea"


def test_undo_is_each_agents_own_and_goes_back_an_hour(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    handling.tag(lea, 1, ["box"])
    with pytest.raises(NotFound):
        undo.undo(tom)
    step = undo.latest(lea)
    assert step is not None
    with pytest.raises(ConsoleError):
        undo.undo(tom, step.step)
    now.passes(minutes=61)
    assert undo.latest(lea) is None
    assert opened(lea).tags == ("box",)


def test_the_trail_keeps_what_was_undone(desk: Desk) -> None:
    arrives(desk, message())
    handling.set_state(desk, 1, State.RESOLVED)
    undo.undo(desk)
    trail = conversations.trail(desk, 1)
    assert [(e.kind, e.undone) for e in trail] == [("opened", False), ("state", True), ("undone", False)]


def test_clocks_run_as_if_it_had_not_happened(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    due = only(desk).due_at
    handling.set_state(desk, 1, State.RESOLVED)
    now.passes(minutes=30)
    undo.undo(desk)
    assert only(desk).due_at == due
