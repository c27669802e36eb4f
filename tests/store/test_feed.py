"""The change feed of PostgreSQL: every commit is told once to everybody, in whatever order they began."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from agentconsole.config import State
from agentconsole.desk import drafts, handling, presence, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.watch import Watch
from agentconsole.model.message import Address
from agentconsole.model.news import EVERYTHING, News, Told
from agentconsole.store.changes import prune
from tests.incoming import arrives, message

pytestmark = pytest.mark.parametrize("address", ["postgresql"], indirect=True)
SESSIONS, EACH = 4, 2
GO_ON = threading.Event()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("write", "inner", "undo")), st.integers(0, SESSIONS - 1), st.integers(0, EACH - 1)),
        st.tuples(st.sampled_from(("commit", "rollback")), st.integers(0, SESSIONS - 1), st.just(0)),
        st.just(("look", 0, 0)),
    ),
    max_size=30,
)


@pytest.fixture
def numbers(desk: Desk) -> list[int]:
    """One conversation each for every session and place."""
    for n in range(SESSIONS * EACH):
        arrives(desk, message(external_id=f"m{n}", author=Address(f"c{n}@example.org", f"C{n}")))
    return sorted(_ids(desk))


@pytest.fixture
def watch(desk: Desk, numbers: list[int]) -> Iterator[Watch]:
    """From now on; the conversations are there already."""
    assert numbers
    made = Watch(desk)
    assert made.wait(0, GO_ON) == EVERYTHING
    yield made
    made.close()


def _ids(desk: Desk) -> dict[int, UUID]:
    with desk.store.read() as connection:
        return dict(connection.execute(text("SELECT number, id FROM conversation")).all())


def _by_hand(desk: Desk) -> psycopg.Connection:
    url = make_url(str(desk.store.engine.url)).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))


class Sessions:
    """Transactions that are open side by side, and what they have committed that nobody was told of."""

    def __init__(self, stack: ExitStack, desk: Desk, numbers: list[int]) -> None:
        self._open = [stack.enter_context(_by_hand(desk)) for _ in range(SESSIONS)]
        self._numbers, self._ids = numbers, _ids(desk)
        self._under_way: list[set[UUID]] = [set() for _ in range(SESSIONS)]
        self.due: set[UUID] = set()

    def do(self, what: str, session: int, place: int) -> None:
        """One step of one of them; ``inner`` and ``undo`` write in a subtransaction, and ``undo`` rolls that back."""
        connection, number = self._open[session], self._numbers[session * EACH + place]
        write = f"UPDATE conversation SET excerpt = excerpt || '.' WHERE number = {number}"
        if what == "write":
            connection.execute(write)
        elif what in ("inner", "undo"):
            connection.execute("SAVEPOINT here")
            connection.execute(write)
            connection.execute("RELEASE here" if what == "inner" else "ROLLBACK TO here")
        elif what == "commit":
            connection.commit()
            self.due |= self._under_way[session]
        else:
            connection.rollback()
        if what in ("write", "inner"):
            self._under_way[session].add(self._ids[number])
        elif what in ("commit", "rollback"):
            self._under_way[session] = set()


def _told(watch: Watch) -> frozenset[UUID]:
    news = watch.wait(0, GO_ON)
    found = news.subjects("conversation") if news else frozenset()
    assert found is not None
    return found


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_commit_is_told_at_the_next_look_and_nothing_else_is(
    desk: Desk, watch: Watch, numbers: list[int], steps: list[tuple[str, int, int]]
) -> None:
    with ExitStack() as stack:
        _told(watch)
        sessions = Sessions(stack, desk, numbers)
        for what, session, place in [*steps, ("look", 0, 0)]:
            if what == "look":
                assert _told(watch) == sessions.due
                sessions.due = set()
            else:
                sessions.do(what, session, place)


def test_many_writers_at_once_and_none_is_missed_within_a_second(
    open_as: Callable[[str], Desk], watch: Watch, numbers: list[int]
) -> None:
    """Some transactions stay open while later ones end; each says when it had committed."""
    desks, ended, ids = [open_as("lea") for _ in range(3)], threading.Event(), _ids(open_as("tom"))
    committed: dict[UUID, float] = {}
    late: list[float] = []

    def write(desk: Desk, mine: list[int]) -> None:
        for turn in range(20):
            for number in mine:
                with desk.store.write() as connection:
                    query = text("UPDATE conversation SET excerpt = :words WHERE number = :number")
                    connection.execute(query, {"words": str(turn), "number": number})
                    GO_ON.wait(0.01 * (number % 3))
                committed[ids[number]] = time.monotonic()

    def read() -> set[UUID]:
        found: set[UUID] = set()
        while not ended.is_set() or found != set(ids.values()):
            news = watch.wait(2, ended)
            for each in (news.subjects("conversation") if news else None) or ():
                late.append(time.monotonic() - committed.get(each, time.monotonic()))
                found.add(each)
            if news is None and ended.is_set():
                return found | (_told(watch))
        return found

    with ThreadPoolExecutor(4) as pool:
        reader = pool.submit(read)
        for writer in [pool.submit(write, desk, numbers[n::3]) for n, desk in enumerate(desks)]:
            writer.result()
        ended.set()
        assert reader.result() == set(ids.values())
    assert sorted(late)[int(len(late) * 0.95)] < 1


def _news(watch: Watch) -> set[tuple[str, str]]:
    news = watch.wait(0, GO_ON)
    assert news is not None
    assert news.told is not None
    return {(each.about, each.agent) for each in news.told}


def test_what_is_told_of_what(desk: Desk, watch: Watch, numbers: list[int]) -> None:
    conversation = _ids(desk)[numbers[0]]
    replies.note(desk, numbers[0], "news")
    news = watch.wait(0, GO_ON)
    assert news is not None
    assert list(news.subjects("conversation") or ()) == [conversation]
    assert len(news.subjects("customer") or ()) == 1
    drafts.keep(desk, numbers[0], "Bonj", 0)
    assert watch.wait(0, GO_ON) == News(frozenset({Told("draft", conversation, "lea")}))
    replies.reply(desk, numbers[1], "Bonjour")
    assert ("delivery", "") in _news(watch)
    handling.set_state(desk, numbers[0], State.RESOLVED)
    assert {about for about, _agent in _news(watch)} == {"conversation", "customer"}


def test_signs_of_life_that_change_nothing_are_no_news(
    desk: Desk, watch: Watch, numbers: list[int], now: object
) -> None:
    presence.here(desk, numbers[0], "reading")
    assert ("presence", "lea") in _news(watch)
    now.passes(seconds=30)  # type: ignore[attr-defined]  # the fixture's clock
    presence.here(desk, numbers[0], "reading")
    assert watch.wait(0, GO_ON) is None
    presence.here(desk, numbers[0], "writing")
    assert _news(watch) == {("presence", "lea")}
    presence.gone(desk)
    assert _news(watch) == {("presence", "lea")}


def test_more_changes_than_are_worth_telling_count_as_everything(desk: Desk, watch: Watch, numbers: list[int]) -> None:
    with desk.store.write() as connection:
        connection.execute(
            text("INSERT INTO desk.change (about, agent) SELECT 'floor', n::text FROM generate_series(1, 3000) n")
        )
    assert watch.wait(0, GO_ON) == EVERYTHING
    replies.note(desk, numbers[0], "news")
    assert _told(watch) == {_ids(desk)[numbers[0]]}


def _changes(desk: Desk) -> int:
    with desk.store.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM desk.change")).scalar_one())


def _forgotten(desk: Desk) -> int:
    with desk.store.write() as connection:
        return prune(connection)


def _minutes_pass(desk: Desk) -> None:
    with desk.store.write() as connection:
        connection.execute(text("UPDATE desk.horizon SET at = at - interval '11 minutes'"))


def test_what_everybody_has_read_is_forgotten_but_never_what_was_under_way(
    desk: Desk, watch: Watch, numbers: list[int]
) -> None:
    """A transaction that began before, and ends after, is told all the same."""
    ids = _ids(desk)
    with _by_hand(desk) as slow:
        slow.execute(f"UPDATE conversation SET excerpt = 'slow' WHERE number = {numbers[0]}")
        _forgotten(desk)
        replies.note(desk, numbers[1], "while it is under way")
        _minutes_pass(desk)
        assert _forgotten(desk) > 0
        assert _told(watch) == {ids[numbers[1]]}
        slow.commit()
    _minutes_pass(desk)
    _forgotten(desk)
    assert _told(watch) == {ids[numbers[0]]}
    for _ in range(2):
        _minutes_pass(desk)
        _forgotten(desk)
    assert _changes(desk) == 0
    assert _forgotten(desk) == 0


def test_changes_of_the_cluster_that_the_desk_was_brought_from_are_forgotten(desk: Desk, numbers: list[int]) -> None:
    assert numbers
    with desk.store.write() as connection:
        connection.execute(text("INSERT INTO desk.change (xid, about) VALUES ('99999999999', 'floor')"))
    _forgotten(desk)
    _minutes_pass(desk)
    _forgotten(desk)
    with desk.store.read() as connection:
        assert (
            connection.execute(text("SELECT max(xid::text::bigint) < 99999999999 FROM desk.change")).scalar()
            is not False
        )
