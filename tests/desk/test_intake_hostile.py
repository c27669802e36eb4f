"""Whatever a channel brings is stored: a message that the desk refused would stop its channel for good."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.desk import conversations, search
from agentconsole.desk.context import Desk
from agentconsole.model.message import Address, Attachment, Direction, MessageKind
from tests.conftest import Time, wipe
from tests.incoming import answers, arrives, everything, message, numbers, only, opened, texts


def test_text_that_an_engine_cannot_keep(desk: Desk) -> None:
    """PostgreSQL takes no NUL, and no engine half of a surrogate pair; the original keeps them."""
    bad = "a\0b \udc80 c \ud83d d"
    hostile = message(
        bad,
        external_id=f"id {bad}",
        subject=bad,
        author=Address(f"{bad}@x.example", bad),
        quoted=bad,
        signature=bad,
        warnings=(bad,),
        attachments=(Attachment(bad, bad, b"\0"),),
        raw=b"\0\xff",
    )
    assert arrives(desk, hostile) == 1
    assert arrives(desk, hostile) == 0
    assert arrives(desk, message("an answer to it", references=(f"id {bad}",))) == 1
    good = "a␀b \ufffd c \ufffd d"
    shown = opened(desk).messages[0]
    assert {shown.text, shown.subject, shown.quoted, shown.signature, shown.author_name} == {good}
    assert (only(desk).customer, shown.attachments[0].name, shown.warnings) == (good, "ab c d", (good,))
    assert conversations.original(desk, shown.id) == b"\0\xff"
    assert numbers(search.search(desk, "an answer").rows) == [only(desk).number]


def test_what_a_person_pastes_is_kept_as_well(desk: Desk) -> None:
    arrives(desk, message())
    answers(desk, "pasted \0 \udcff")
    assert texts(desk)[-1] == "pasted ␀ \ufffd"


def test_nothing_at_all(desk: Desk) -> None:
    nothing = {"subject": "", "text": "", "raw": b"", "author": Address("")}
    arrives(desk, message(**nothing), message(**nothing, external_id=""), message(**nothing, external_id=""))
    arrives(desk, message(**nothing, direction=Direction.OUT), message(**nothing, kind=MessageKind.BOUNCE))
    assert [row.customer for row in everything(desk)] == [""] * 4
    assert opened(desk, everything(desk)[0].number).messages[0].text == ""


def test_endless_texts(desk: Desk) -> None:
    """Megabytes in every field are kept, found by their first words, and answered, without waiting for them."""
    long = "wörd " * 800_000
    one = "x" * 3_000_000
    began = time.process_time()
    arrives(
        desk,
        message(long, external_id="a" * 300_000, subject=one, author=Address("b" * 300_000, one), quoted=long),
        message(one, references=("a" * 300_000,)),
        message("\ufdfa" * 200_000),
        message("".join(map(chr, range(0x4E00, 0x9FFF))) * 20, author=Address("c")),
    )
    answered = everything(desk)[0]
    assert opened(desk, answered.number).messages[0].text == long
    assert [len(text) for text in texts(desk, answered.number)] == [len(long), len(one)]
    assert answered.number in numbers(search.search(desk, "WORD").rows)
    assert time.process_time() - began < 20


def test_thousands_of_references_and_recipients(desk: Desk) -> None:
    many = tuple(f"reference-{n}" for n in range(3_000))
    crowd = tuple(Address(f"somebody-{n}@x.example") for n in range(3_000))
    assert arrives(
        desk,
        *(message(str(n), references=many, recipients=crowd, direction=Direction.OUT) for n in range(200)),
    )


def test_dates_of_broken_clocks(desk: Desk, now: Time) -> None:
    """A date to come would keep a conversation on top for ever, one of long ago would break the arithmetic."""
    west = timezone(-timedelta(hours=14))
    dates = (
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=west),
        datetime(9999, 12, 31, 23, tzinfo=west),
        now() + timedelta(seconds=1),
        datetime(1999, 12, 31, tzinfo=UTC),
    )
    arrives(desk, *(message(str(date), at=date, author=Address(str(date))) for date in dates))
    assert [row.opened_at for row in everything(desk)] == [now()] * 5 + [dates[-1]]


anything = st.text(st.characters(), max_size=30)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.builds(
            message,
            anything,
            external_id=anything,
            at=st.datetimes(timezones=st.just(UTC)),
            author=st.builds(Address, anything, anything),
            subject=anything,
            raw=st.binary(max_size=30),
            direction=st.sampled_from([Direction.IN, Direction.OUT]),
            kind=st.sampled_from(MessageKind),
            quoted=anything,
            signature=anything,
            references=st.tuples(anything, anything),
            number=st.none() | st.integers(),
            recipients=st.lists(st.builds(Address, anything, anything), max_size=2).map(tuple),
            attachments=st.lists(st.builds(Attachment, anything, anything, st.binary(max_size=9)), max_size=2).map(
                tuple
            ),
            bounce_of=st.none() | anything,
            bounce_reason=anything,
            warnings=st.lists(anything, max_size=2).map(tuple),
            public=st.booleans(),
        ),
        max_size=4,
    )
)
def test_anything(desk: Desk, incoming: list) -> None:  # type: ignore[type-arg]  # (of Incoming)
    wipe(desk.store)
    new = arrives(desk, *incoming)
    assert arrives(desk, *incoming) == 0
    rows = everything(desk)
    assert sum(len(opened(desk, row.number).messages) for row in rows) == new
    assert {item.raw for item in incoming} >= {
        conversations.original(desk, item.id) for row in rows for item in opened(desk, row.number).messages
    }
