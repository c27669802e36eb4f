"""Search finds the same on both engines, whatever is typed."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import State
from agentconsole.desk import handling, replies, search
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.model.criteria import Position
from agentconsole.model.message import Address
from agentconsole.store import conversations, finding
from tests.conftest import Time, wipe
from tests.incoming import arrives, everything, message, numbers

ELODIE = Address("e.noel@customer.example", "Élodie NOËL")


def found(desk: Desk, query: str) -> list[int]:
    return numbers(search.search(desk, query).rows)


def found_or_refused(desk: Desk, query: str) -> list[int]:
    """What is found; nothing where the query is refused, saying what to do."""
    with suppress(UsageError):
        return found(desk, query)
    with pytest.raises(UsageError) as refused:
        search.parse(desk, query)
    assert refused.value.do
    return []


def found_in_pages(desk: Desk, query: str, size: int) -> list[int]:
    rows: list[int] = []
    after: Position | None = None
    while True:
        page = search.search(desk, query, after, size)
        rows += numbers(page.rows)
        after = page.next
        if after is None:
            return rows


def test_words_without_accents_or_case(desk: Desk) -> None:
    arrives(desk, message("Ma BOX est en panne depuis l'été, où est la ﬁbre ? Straße İzmir", subject="Été"))
    for query in (
        "box", "BOX", "été", "ETE", "e\u0301te\u0301", "l'été", "ou", "Où", "fibre", "ﬁbre", "strasse", "panne box",
        "IZMIR", "Camille", "camille@customer.example", "customer.example", "box?", "«box»", "-box", "durand box ete",
    ):  # fmt: skip
        assert found(desk, query) == [1], query
    for query in ("ox", "boxe", "panne absent", "zzz"):
        assert found(desk, query) == [], query


def test_the_last_word_may_be_the_beginning_of_one(desk: Desk) -> None:
    arrives(desk, message("remboursement demandé"))
    assert found(desk, "rembour") == [1]
    assert found(desk, "demandé rem") == [1]
    assert found(desk, "rem demandé") == []  # only the last
    assert found(desk, "re") == []  # two letters begin too many


def test_all_words_in_one_message(desk: Desk) -> None:
    arrives(desk, message("one two", external_id="a"), message("three", references=("a",)))
    assert found(desk, "two one") == [1]
    assert found(desk, "one three") == []


def test_notes_replies_and_quoted_history_are_found(desk: Desk) -> None:
    arrives(desk, message("hello", quoted="a quoted giraffe"))
    replies.note(desk, 1, "an internal zebra")
    replies.reply(desk, 1, "your elephant is on its way")
    assert [found(desk, word) for word in ("giraffe", "zebra", "elephant")] == [[1], [1], [1]]


def test_underscores_digits_and_long_words(desk: Desk) -> None:
    arrives(desk, message("order_no AB_12-34 1e5 0x1F 12.50€ ²" + "y" * 5_000))
    for query in (
        "order",
        "no",
        "order_no",
        "12",
        "AB_12",
        "34",
        "1e5",
        "0x1f",
        "12.50",
        "2" + "y" * 5_000,
        "12,50",
    ):
        assert found(desk, query) == [1], query
    assert found(desk, "z" * 100_000) == []


def test_the_newest_message_comes_first(desk: Desk) -> None:
    arrives(desk, message("box", external_id="a"), message("box"), message("box"))
    arrives(desk, message("box again", references=("a",)))
    assert found(desk, "box") == [1, 3, 2]


def test_filters(desk: Desk, now: Time) -> None:
    arrives(desk, message("box", at=now() - timedelta(days=10), author=ELODIE))
    arrives(desk, message("the box is broken and I have waited for it", at=now()), channel="x")
    handling.assign(desk, 1, "tom", "mail")
    handling.set_state(desk, 1, State.PENDING)
    ids = {row.number: row.id for row in everything(desk)}
    with desk.store.write() as connection:
        conversations.add_tags(connection, [(ids[2], "refund")])
    first = (
        "from:élodie", "from:ELODIE", "from:noel", 'from:"elodie no"', "from:e.noel@",
        "from:customer.example channel:mail",
        "channel:mail", "assignee:tom", "team:mail", "is:pending", "is:late", "before:2026-03-01", "before:yesterday",
        "before:7d", "is:pending is:resolved", "box from:noel", "from:noel from:elodie", "FROM:noel",
    )  # fmt: skip
    second = (
        "tag:refund", "channel:x", "assignee:nobody", "is:open", "is:ok", "after:2026-03-01", "after:today", "lang:en",
        "lang:EN", "priority:normal tag:refund", "after:7d before:2026-12-31", "is:ok box", "from:durand",
    )  # fmt: skip
    for queries, expected in ((first, [1]), (second, [2])):
        for query in queries:
            assert found(desk, query) == expected, query
    assert found(desk, "is:pending is:open") == [2, 1]
    assert found(desk, "assignee:me") == found(desk, "from:nobody%") == found(desk, "from:_") == []
    assert found(desk, "from:") == [2, 1]  # nothing is typed yet


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("is:blue", "is:late"),
        ("assignee:mallory", "assignee:lea"),
        ("channel:fax", "channel:mail"),
        ("priority:9", "priority:urgent"),
        ("before:soon", "before:7d"),
        ("after:2026-02-30", "after:today"),
        ("before:0001-01-01", "before:today"),
        ("form:durand", "from:"),
    ],
)
def test_what_search_does_not_know_is_said_with_what_it_does(desk: Desk, query: str, allowed: str) -> None:
    with pytest.raises(UsageError) as refused:
        search.search(desk, query)
    assert query.partition(":")[0] in refused.value.what
    assert allowed in refused.value.do


HOSTILE = (
    "", " ", '"', '""', '"box', 'box" pan', 'from:"camille dur', "'", "''", "*", "box*", "^box", "b*x", "NEAR",
    "box NEAR panne", "NEAR(box panne, 2)", "box AND panne", "NOT", "NOT box", "OR", "box OR", "words:box", "{words}:x",
    "-", "--", "+box", "(", "((((", ")", "box)", "'); DROP TABLE message; --", "%", "_", "\\", "box\\", "box & panne",
    "!box", "box <-> panne", ":*", "box:*", "'box':*", "&", "|", "!!!", "<>", "\0", "bo\0x", "\ud800", "from:\0",
    "tag:\0", "from:%", "tag:'", "a:b:c", "http://x.example/?a=b", "12:30", "re: box", "#", "#1x", "٣", "#٣", "²",
    "9" * 30, "#" + "9" * 30, "e\u0301", "\u202ebox", "box " * 3_000, '"' * 1_001, "(" * 5_000, "from:" + "a" * 100_000,
    "🎁", "日本語", "\n", "\t", "_ _ _", "box\nfrom:camille",
)  # fmt: skip


def test_hostile_queries_never_break(desk: Desk) -> None:
    arrives(desk, message("box panne"))
    for query in HOSTILE:
        assert set(found_or_refused(desk, query)) <= {1}, query
    assert found(desk, "panne box") == [1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40) | st.text(st.sampled_from("\"*(){}:^-+&|!<>\\%_'# \0abANDORTE"), max_size=40))
def test_any_query(desk: Desk, query: str) -> None:
    assert found_or_refused(desk, query) == []


words = st.text(st.sampled_from("abé"), min_size=1, max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.lists(words, max_size=4)), max_size=12), words, st.integers(1, 3))
def test_pages_hold_each_conversation_once_the_newest_message_first(
    desk: Desk, written: list[tuple[int, list[str]]], word: str, size: int
) -> None:
    wipe(desk.store)
    nobody, numbered = Address("n@x.example", "-"), {}
    for thread, text in written:
        begun = thread in numbered
        arrives(
            desk,
            message(
                " ".join(text),
                subject="-",
                author=nobody,
                external_id=f"{thread}" if not begun else f"{thread}.{len(everything(desk))}.{id(text)}",
                references=(f"{thread}",) if begun else (),
            ),
        )
        numbered.setdefault(thread, len(numbered) + 1)
    folded = word.replace("é", "e")
    expected: list[int] = []
    for thread, text in reversed(written):
        plain = [one.replace("é", "e") for one in text]
        hit = any(one.startswith(folded) for one in plain) if len(folded) >= 3 else folded in plain
        if hit and numbered[thread] not in expected:
            expected.append(numbered[thread])
    assert found_in_pages(desk, word, size) == expected
    assert found(desk, word) == expected


def test_a_number_finds_its_conversation_first_and_once(desk: Desk) -> None:
    arrives(desk, message("order 2"), message("hello"), message("2 boxes"))
    assert found(desk, "2") == [2, 3, 1]
    assert found(desk, "#2") == [2, 3, 1]
    assert found_in_pages(desk, "2", 1) == [2, 3, 1]
    assert found(desk, "4") == []


def test_more_than_one_step_of_the_walk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that lets almost nothing of a common word through: pages go on until the end."""
    monkeypatch.setattr(finding, "SLICE", 10)
    monkeypatch.setattr(finding, "LOOKED_AT", 20)
    arrives(desk, message("box", author=ELODIE), *(message("box") for _ in range(60)))
    assert found_in_pages(desk, "box from:noel", 5) == [1]
    assert len(set(found_in_pages(desk, "box", 7))) == len(found_in_pages(desk, "box", 7)) == 61
    assert len(found_in_pages(desk, "box", 5_000)) == 61
