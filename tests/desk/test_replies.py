"""Replies and notes: one commit each, guarded against what came meanwhile, complete when they are queued."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agentconsole.config import State
from agentconsole.desk import conversations, delivery, dispatch, drafts, handling, presence, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.replies import StaleReply
from agentconsole.errors import NotFound, UsageError
from agentconsole.model.conversation import DraftKind
from agentconsole.model.message import Address, Direction, MessageKind, Outgoing
from tests.conftest import Time
from tests.incoming import NINE, answers, arrives, message, only, opened, texts
from tests.support.power import everything_kept, whole_or_nothing


def _handed_over(desk: Desk) -> Outgoing:
    """The next reply that is due, as its channel takes it."""
    held = dispatch.claim(desk, "mail", "console")
    assert held is not None
    assert dispatch.claim(desk, "mail", "another") is None  # a conversation's replies keep their order
    dispatch.record(desk, held[0], dispatch.Outcome.SENT, "")
    return held[1]


def test_an_answer(desk: Desk, now: Time) -> None:
    arrives(desk, message(external_id="first"))
    drafts.keep(desk, 1, "Bonj", 1)
    now.passes(minutes=3)
    queued = replies.reply(desk, 1, "Bonjour Camille", seen=opened(desk).seen)
    row, shown = only(desk), opened(desk).messages[-1]
    assert queued.number == 1
    assert (row.state, row.assignee, row.unread, row.waiting_since) == (State.PENDING, "lea", 0, None)
    assert (row.excerpt, row.updated_at) == ("Bonjour Camille", now())
    assert (shown.direction, shown.author, shown.author_name, shown.at) == (
        Direction.OUT,
        "lea",
        "Léa Martin",
        now(),
    )
    assert shown.delivery
    assert shown.delivery.state == "queued"
    assert [e.kind for e in conversations.trail(desk, 1)] == ["opened", "replied", "state"]
    assert drafts.mine(desk) == []


def test_whatever_fails_nothing_of_a_reply_stays(desk: Desk) -> None:
    arrives(desk, message())
    drafts.keep(desk, 1, "Bonjour", 1)
    file = desk.folder / "bon.pdf"
    file.write_bytes(b"%PDF")
    assert whole_or_nothing(desk, lambda: answers(desk, "Bonjour Camille", attachments=[file])) >= 6
    assert drafts.mine(desk) == []


def test_whatever_fails_nothing_of_a_note_an_assignment_or_a_state_stays(desk: Desk) -> None:
    arrives(desk, message())
    whole_or_nothing(desk, lambda: replies.note(desk, 1, "called back"))
    whole_or_nothing(desk, lambda: handling.assign(desk, 1, "tom"))
    whole_or_nothing(desk, lambda: handling.set_state(desk, 1, State.RESOLVED))


def test_a_reply_is_refused_once_where_something_came_meanwhile(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message(external_id="first"))
    seen = opened(lea).seen
    drafts.keep(lea, 1, "my words", seen)
    arrives(lea, message("Never mind, it works.", references=("first",)))
    replies.note(tom, 1, "I called them")
    before = everything_kept(lea)
    with pytest.raises(StaleReply) as refused:
        replies.reply(lea, 1, "Have you tried …", seen=seen)
    assert [m.text for m in refused.value.messages] == ["Never mind, it works.", "I called them"]
    assert everything_kept(lea) == before
    assert drafts.mine(lea)[0].text == "my words"
    replies.reply(lea, 1, "Glad to hear.", seen=refused.value.messages[-1].seq)


def test_what_i_wrote_myself_is_no_news(desk: Desk) -> None:
    arrives(desk, message())
    seen = opened(desk).seen
    replies.note(desk, 1, "note to myself")
    replies.reply(desk, 1, "one", seen=seen)
    replies.reply(desk, 1, "two", seen=seen)
    assert texts(desk)[1:] == ["note to myself", "one", "two"]


def test_only_my_own_draft_goes_with_my_reply(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    drafts.keep(lea, 1, "mine", 1)
    drafts.keep(tom, 1, "his", 1)
    drafts.keep(tom, 1, "his own", 1)
    replies.reply(lea, 1, "done")
    assert ([d.text for d in drafts.mine(lea)], [d.text for d in drafts.mine(tom)]) == ([], ["his own"])
    drafts.keep(tom, 1, "  \n", 1)
    assert drafts.mine(tom) == []


def test_who_has_a_conversation_keeps_it_when_a_colleague_answers(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    handling.assign(lea, 1, "lea")
    replies.reply(tom, 1, "on her behalf")
    assert only(lea).assignee == "lea"


@pytest.mark.parametrize("state", [*State, None])
def test_the_state_afterwards(desk: Desk, state: State | None) -> None:
    arrives(desk, message())
    answers(desk, state=state)
    row = only(desk)
    assert row.state is (state or State.OPEN)
    assert (row.due_at is None) == (state in (State.PENDING, State.RESOLVED))  # only the resolve clock is left


def test_the_envelope_is_what_it_was_when_the_reply_was_queued(desk: Desk, now: Time) -> None:
    arrives(desk, message("où est mon colis ?", external_id="a", subject="Colis"))
    arrives(desk, message("auto", external_id="auto", kind=MessageKind.AUTO_REPLY, references=("a",)))
    first = answers(desk, "first")
    replies.note(desk, 1, "not for them")
    arrives(desk, message("and my refund?", external_id="b", references=(first,), at=now.passes(minutes=1)))
    second = answers(desk, "second")
    one, two = _handed_over(desk), _handed_over(desk)
    assert (one.key, one.to, one.subject) == (
        first,
        Address("camille@customer.example", "Camille Durand"),
        "Colis",
    )
    assert (one.references, one.quoted, one.quoted_at) == (("a",), "où est mon colis ?", NINE)
    assert one.text == "first\n\n-- \nLéa Martin\nFernlicht", "the brand's signature ends every mail"
    assert (one.author, one.number) == ("Léa Martin", 1)
    assert (two.key, two.references, two.quoted) == (second, ("a", first, "b"), "and my refund?")


def test_attachments_travel_with_the_reply(desk: Desk) -> None:
    arrives(desk, message())
    file = desk.folder / "facture été.pdf"
    file.write_bytes(b"%PDF \0\xff")
    answers(desk, "", attachments=[file])
    file.unlink()
    (sent,) = _handed_over(desk).attachments
    assert (sent.name, sent.media_type, sent.data) == ("facture été.pdf", "application/pdf", b"%PDF \0\xff")


def test_what_cannot_be_sent_is_said_and_not_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    arrives(desk, message())
    before = everything_kept(desk)
    large = desk.folder / "large"
    large.write_bytes(b"x")
    monkeypatch.setattr(replies, "MAX_ATTACHMENTS", 0)
    refusals: list[tuple[type[Exception], Callable[[], object]]] = [
        (UsageError, lambda: replies.reply(desk, 1, " \n")),
        (UsageError, lambda: replies.note(desk, 1, "")),
        (NotFound, lambda: replies.reply(desk, 2, "hello")),
        (NotFound, lambda: replies.note(desk, 2, "hello")),
        (UsageError, lambda: replies.reply(desk, 1, "x", attachments=[Path("no such file")])),
        (UsageError, lambda: replies.reply(desk, 1, "x", attachments=[desk.folder])),
        (UsageError, lambda: replies.reply(desk, 1, "x", attachments=[large])),
    ]
    for kind, refused in refusals:
        with pytest.raises(kind) as said:
            refused()
        assert said.value.do  # type: ignore[attr-defined]  # (every ConsoleError has it)
    assert everything_kept(desk) == before


def test_a_channel_that_is_not_in_use_any_more(open_as: Callable[[str], Desk]) -> None:
    desk = open_as("lea")
    arrives(desk, message())
    without = desk.config.model_copy(update={"channels": desk.config.channels[1:]})
    with pytest.raises(UsageError, match="'mail' is not in use"):
        replies.reply(Desk(desk.store, without, desk.agent, desk.folder, desk.now), 1, "hello")
    assert texts(desk) == ["Bonjour, ma box est en panne."]


def test_assignment_by_name(desk: Desk) -> None:
    arrives(desk, message())
    assert handling.assign(desk, 1, "tom", "mail").assignee == "tom"
    assert handling.assign(desk, 1, None).team is None
    for agent, team, allowed in (("mallory", None, "lea, tom"), (None, "fax", "instant, mail")):
        with pytest.raises(NotFound) as refused:
            handling.assign(desk, 1, agent, team)
        assert allowed in refused.value.do
    assert [e.kind for e in conversations.trail(desk, 1)] == ["opened", "assigned", "assigned"]


def test_snoozing_until(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    for state, until in ((State.SNOOZED, now()), (State.OPEN, now() + timedelta(hours=1))):
        with pytest.raises(UsageError):
            handling.set_state(desk, 1, state, until)
    row = handling.set_state(desk, 1, State.SNOOZED, now() + timedelta(hours=1))
    assert (row.state, row.snoozed_until) == (State.SNOOZED, now() + timedelta(hours=1))
    assert handling.set_state(desk, 1, State.SNOOZED).snoozed_until is None
    assert handling.set_state(desk, 1, State.RESOLVED).due_at is None
    assert handling.set_state(desk, 1, State.OPEN).due_at is not None


def test_a_long_thread_is_read_in_parts(desk: Desk) -> None:
    arrives(desk, message("0", external_id="0"))
    arrives(desk, *(message(str(n), references=("0",)) for n in range(1, 12)))
    thread = conversations.open_thread(desk, 1, limit=5)
    assert ([m.text for m in thread.messages], thread.earlier) == (["7", "8", "9", "10", "11"], 7)
    earlier = conversations.earlier(desk, 1, thread.messages[0].seq, limit=5)
    assert [m.text for m in earlier] == ["2", "3", "4", "5", "6"]
    assert conversations.open_thread(desk, 1, limit=12).earlier == 0
    assert only(desk).unread == 12
    presence.here(desk, 1)
    assert only(desk).unread == 0


@pytest.mark.parametrize("typed", ["12x", "", "#", "-1", "1.5", "٣", "9" * 18, "##1"])
def test_what_is_no_conversation(typed: str) -> None:
    with pytest.raises(UsageError):
        conversations.number_of(typed)
    assert conversations.number_of(" #12 ") == 12


def test_the_same_words_again_after_a_lost_answer_are_one_reply(desk: Desk, now: Time) -> None:
    arrives(desk, message(at=now()))
    seen = conversations.open_thread(desk, 1).seen
    first = replies.reply(desk, 1, "Bonjour Camille", seen=seen)
    again = replies.reply(desk, 1, "Bonjour Camille", seen=seen)
    other = replies.reply(desk, 1, "Encore une chose", seen=seen)
    assert again == first
    assert other != first
    assert len(delivery.undelivered(desk)) == 2


def test_a_reply_that_was_stored_already_leaves_no_draft(desk: Desk) -> None:
    arrives(desk, message())
    replies.reply(desk, 1, "Bonjour", seen=1)
    drafts.keep(desk, 1, "Bonjour", 1)
    replies.reply(desk, 1, "Bonjour", seen=1)
    assert drafts.mine(desk) == []
    assert texts(desk)[1:] == ["Bonjour"]


def test_words_from_elsewhere_leave_a_draft_with_other_words(desk: Desk) -> None:
    arrives(desk, message())
    for kind, write in ((DraftKind.REPLY, replies.reply), (DraftKind.NOTE, replies.note)):
        drafts.keep(desk, 1, "begun", 1, kind)
        write(desk, 1, "x", drafted=False)
        assert [draft.text for draft in drafts.mine(desk)] == ["begun"]
        write(desk, 1, "begun", drafted=False)
        assert drafts.mine(desk) == []
