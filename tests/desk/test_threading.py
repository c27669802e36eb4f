"""Which conversation a message belongs to: by what it refers to, then by its number, never by its subject."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.model.message import Address
from tests.incoming import answers, arrives, everything, message, only, sent_elsewhere, texts

STRANGER = Address("mallory@elsewhere.example", "Mallory")


def test_by_what_it_answers(desk: Desk) -> None:
    arrives(desk, message("first", external_id="a"))
    arrives(desk, message("second", external_id="b", references=("a",)))
    key = answers(desk, "third")
    arrives(desk, message("fourth", references=(key, "b", "a")))
    assert texts(desk) == ["first", "second", "third", "fourth"]


def test_the_nearest_reference_that_the_desk_knows_counts(desk: Desk) -> None:
    arrives(desk, message("one", external_id="a"), message("another", external_id="b"))
    arrives(desk, message("to the first", references=("unknown", "a", "b")))
    arrives(desk, message("to the second", references=("b", "a")))
    first, second = everything(desk)
    assert texts(desk, first.number) == ["one", "to the first"]
    assert texts(desk, second.number) == ["another", "to the second"]


def test_inside_one_page(desk: Desk) -> None:
    arrives(
        desk,
        message("first", external_id="a"),
        message("second", external_id="b", references=("a",)),
        sent_elsewhere("third", external_id="c", references=("b", "a")),
        message("fourth", references=("c",)),
    )
    assert texts(desk) == ["first", "second", "third", "fourth"]


def test_never_by_its_subject(desk: Desk) -> None:
    arrives(desk, message("one", subject="Panne"), message("two", subject="Re: Panne"))
    arrives(desk, message("three", subject="Panne"))
    assert len(everything(desk)) == 3


def test_by_the_number_in_its_subject_where_the_customer_wrote_it(desk: Desk) -> None:
    arrives(desk, message("one"), message("two"))
    first, second = everything(desk)
    arrives(desk, message("three", number=second.number))
    assert texts(desk, second.number) == ["two", "three"]
    arrives(desk, message("by the form", number=first.number), channel="form")
    assert texts(desk, first.number) == ["one", "by the form"]


def test_a_reference_counts_more_than_the_number(desk: Desk) -> None:
    arrives(desk, message("one", external_id="a"), message("two", external_id="b"))
    first, second = everything(desk)
    arrives(desk, message("three", number=second.number, references=("a",)))
    assert texts(desk, first.number) == ["one", "three"]


def test_a_stranger_who_writes_the_number_gets_a_conversation_of_their_own(desk: Desk) -> None:
    arrives(desk, message("my bank details are …"))
    number = only(desk).number
    arrives(desk, message("send it to me instead", author=STRANGER, number=number))
    arrives(desk, message("once more", author=STRANGER, number=number))
    assert [row.customer for row in everything(desk)] == ["Camille Durand", "Mallory", "Mallory"]
    assert texts(desk, number) == ["my bank details are …"]


def test_nor_does_one_who_calls_themselves_like_the_customer(desk: Desk) -> None:
    arrives(desk, message("one"))
    number = only(desk).number
    arrives(desk, message("two", author=Address("camille@elsewhere.example", "Camille Durand"), number=number))
    arrives(
        desk,
        message("three", author=Address("camille@customer.example", "Camille"), number=number),
        channel="x",
    )
    assert texts(desk, number) == ["one"]


def test_numbers_that_are_nobodys(desk: Desk) -> None:
    numbers = (0, -1, 99, 10**18, 10**40)
    arrives(desk, *(message(str(number), number=number) for number in numbers))
    assert len(everything(desk)) == len(numbers)


def test_what_the_brand_wrote_elsewhere_finds_its_conversation_by_its_recipient(desk: Desk) -> None:
    arrives(desk, message("one"))
    number = only(desk).number
    arrives(desk, sent_elsewhere("two", number=number))
    arrives(desk, sent_elsewhere("to somebody else", number=number, recipients=(STRANGER,)))
    assert texts(desk, number) == ["one", "two"]
