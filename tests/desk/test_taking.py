"""Taking the next one: the best that fits, never the same for two, and never more than one may have."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, Priority, State, parse
from agentconsole.desk import (
    assigning,
    bulk,
    conversations,
    duty,
    escalations,
    handling,
    moves,
    presence,
    replies,
    undo,
)
from agentconsole.desk.assigning import WhyNot
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.errors import UsageError
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.message import Address
from agentconsole.store import conversations as rows_of
from agentconsole.store.opening import open_desk
from tests.conftest import CONFIG, Time, wipe
from tests.incoming import arrives, everything, message, numbers

TEAM = CONFIG.replace(
    '{ id = "tom", name = "Tom Reed", teams = ["mail"], languages = ["en", "fr"] },',
    """
  { id = "tom", name = "Tom Reed", teams = ["mail"], languages = ["en"], channels = ["mail"], topics = ["billing"] },
  { id = "sam", name = "Sam Wood", role = "supervisor" },
""",
)
CONFIGURED = f"{TEAM}\nassignment = {{ capacity = 3 }}\n"


@pytest.fixture
def config() -> Config:
    """Léa on everything of the instant team, Tom on English mail with a topic, and Sam who supervises."""
    return parse(CONFIGURED, "agentconsole.toml", settings_model)


def customers(desk: Desk, count: int, channel: str = "mail") -> list[int]:
    """As many new conversations."""
    known = {row.number for row in everything(desk)}
    incoming = [message(author=Address(f"{channel}{n}-{len(known)}@c.example", f"C{n}")) for n in range(count)]
    arrives(desk, *incoming, channel=channel)
    return [row.number for row in everything(desk) if row.number not in known]


def put(desk: Desk, number: int, **values: object) -> None:
    """What intake would have found out about a conversation."""
    with desk.store.write() as connection:
        rows_of.change(connection, conversations.row(desk, number).id, **values)


def taken(desk: Desk) -> int | None:
    """Number of what one is handed."""
    row = assigning.take_next(desk).row
    return row.number if row else None


def test_the_first_by_rank_is_mine_and_can_be_undone(desk: Desk) -> None:
    first, second = customers(desk, 2)
    handling.prioritise(desk, second, Priority.URGENT)
    put(desk, second, rank=conversations.row(desk, first).rank.replace(year=2020))
    found = assigning.take_next(desk)
    assert found.row is not None
    assert (found.row.number, found.row.assignee, found.open, found.capacity) == (second, "lea", 1, 3)
    undo.undo(desk)
    assert conversations.row(desk, second).assignee is None


def test_what_fits(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    theirs, german, french, form, english, plain = customers(lea, 6)
    put(lea, theirs, team="instant")
    put(lea, german, language="de")
    put(lea, french, language="fr")
    put(lea, form, channel="form")
    put(lea, english, language="en")
    put(lea, plain, language=None)
    assert [taken(tom) for _ in range(3)] == [english, plain, None]
    assert [taken(lea) for _ in range(3)] == [theirs, french, form]
    assert assigning.take_next(tom).why_not is WhyNot.NOTHING


def test_a_topic_comes_before_what_has_waited_longer(open_as: Callable[[str], Desk]) -> None:
    tom = open_as("tom")
    first, second = customers(tom, 2)
    for number in (first, second):
        put(tom, number, language="en")
    handling.tag(tom, second, ["billing"])
    assert [taken(tom), taken(tom)] == [second, first]


def test_only_what_waits_for_us_and_is_nobodys(open_as: Callable[[str], Desk]) -> None:
    lea = open_as("lea")
    pending, hers, resolved = customers(lea, 3)
    handling.set_state(lea, pending, State.PENDING)
    handling.set_state(lea, resolved, State.RESOLVED)
    handling.assign(lea, hers, "tom")
    assert assigning.take_next(lea).why_not is WhyNot.NOTHING


def test_who_is_full_is_handed_nothing(desk: Desk) -> None:
    customers(desk, 5)
    mine = [taken(desk) for _ in range(3)]
    assert None not in mine
    refused = assigning.take_next(desk)
    assert (refused.row, refused.why_not, refused.open) == (None, WhyNot.FULL, 3)
    assert mine[0] is not None
    replies.reply(desk, mine[0], "Voilà.")
    assert taken(desk) is not None


def test_nobody_hoards_by_hand_either(open_as: Callable[[str], Desk]) -> None:
    lea, sam = open_as("lea"), open_as("sam")
    some = customers(lea, 6)
    outcome = bulk.apply(lea, some, [partial(moves.assign, agent="lea")])
    assert numbers(outcome.rows) == some[:3]
    assert [number for number, _why in outcome.refused] == some[3:]
    with pytest.raises(UsageError, match="may have no more"):
        handling.assign(lea, some[3], "lea")
    handling.assign(sam, some[3], "lea")
    handling.assign(lea, some[4], "tom")
    bulk.apply(sam, [*some, *customers(sam, 3)], [partial(moves.assign, agent="sam")])
    assert sum(row.assignee == "sam" for row in everything(sam)) == 9


def test_an_escalation_can_always_be_taken(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    *some, last = customers(lea, 4)
    bulk.apply(lea, some, [partial(moves.assign, agent="lea")])
    escalations.escalate(tom, last, "no way out", team="instant")
    assert escalations.take(lea, last).assignee == "lea"


def test_a_reply_is_never_refused_for_it(desk: Desk) -> None:
    *some, last = customers(desk, 4)
    bulk.apply(desk, some, [partial(moves.assign, agent="lea")])
    replies.reply(desk, last, "Bonjour", state=None, along=[partial(moves.assign, agent="lea")])
    assert conversations.row(desk, last).assignee == "lea"


def test_who_is_away_is_handed_nothing(desk: Desk) -> None:
    customers(desk, 1)
    duty.away(desk)
    assert assigning.take_next(desk).why_not is WhyNot.AWAY
    duty.here(desk)
    assert taken(desk) is not None


def test_what_one_puts_back_is_not_handed_to_one_again(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, first, second = open_as("lea"), *customers(open_as("lea"), 2)
    assert taken(lea) == first
    handling.assign(lea, first, None)
    assert taken(lea) == second
    undo.undo(lea)
    assert assigning.take_next(lea).why_not is WhyNot.PUT_BACK
    now.passes(hours=2)
    assert taken(lea) == first


def test_what_a_colleague_is_on_is_passed_over(open_as: Callable[[str], Desk], now: Time) -> None:
    lea, tom, (first, second) = open_as("lea"), open_as("tom"), customers(open_as("lea"), 2)
    presence.here(tom, first)
    assert taken(lea) == second
    assert assigning.take_next(lea).why_not is WhyNot.OCCUPIED
    presence.here(lea, first)  # of oneself it does not matter
    presence.gone(tom)
    assert taken(lea) == first


def test_twenty_who_press_at_once_never_get_the_same(tmp_path: Path, address: str, now: Time) -> None:
    agents = ", ".join(f'{{ id = "a{n}", name = "A{n}" }}' for n in range(20))
    text = CONFIG[: CONFIG.index("agents =")] + f"agents = [{agents}]\n" + CONFIG[CONFIG.index("hours =") :]
    crowd = parse(f"{text}\nassignment = {{ capacity = 100 }}\n".replace("lea", "a0", 1), "-", settings_model)
    stores = [open_desk(address, tmp_path) for _ in range(20 if "://" in address else 2)]  # a file has one writer
    desks = [Desk(stores[n % len(stores)], crowd, who_am_i(crowd, f"a{n}"), tmp_path, now) for n in range(20)]
    customers(desks[0], 200)
    got: dict[str, list[ConversationRow]] = {desk.agent.id: [] for desk in desks}
    begin = threading.Barrier(len(desks))

    def work(desk: Desk) -> None:
        begin.wait()
        while (row := assigning.take_next(desk).row) is not None:
            got[desk.agent.id].append(row)

    threads = [threading.Thread(target=work, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handed = [row.number for rows in got.values() for row in rows]
    assert len(handed) == len(set(handed)) == 200
    assert all(row.assignee == agent for agent, rows in got.items() for row in rows)
    stored = {row.number: row.assignee for row in everything(desks[0])}
    assert stored == {row.number: agent for agent, rows in got.items() for row in rows}
    for store in stores:
        store.close()


TAGS = st.sets(st.sampled_from(["billing", "broken"]), max_size=2)
FREE = st.lists(
    st.tuples(
        st.sampled_from([None, "instant", "mail"]),
        st.sampled_from([None, "en", "fr", "de"]),
        st.sampled_from(["mail", "form", "x"]),
        TAGS,
        st.sampled_from([None, "lea"]),
        st.integers(0, 5),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(free=FREE)
def test_a_model_that_sorts_everything_hands_out_the_same(
    open_as: Callable[[str], Desk], now: Time, free: list[tuple[str | None, str | None, str, set[str], str | None, int]]
) -> None:
    tom = open_as("tom")
    wipe(tom.store)
    fits: list[tuple[bool, int, int]] = []
    some = customers(tom, len(free)) if free else []
    for number, (team, language, channel, tags, assignee, rank) in zip(some, free, strict=True):
        if tags:
            handling.tag(tom, number, tags)
        at = now.at.replace(second=rank)
        put(tom, number, team=team, language=language, channel=channel, assignee=assignee, rank=at)
        if team in (None, "mail") and language in (None, "en") and channel == "mail" and assignee is None:
            fits.append(("billing" not in tags, rank, number))
    assert taken(tom) == (min(fits)[2] if fits else None)
