"""Who is logged in, and who tried too often: pure rules, told the time."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agentconsole.serving import sessions
from agentconsole.serving.process import sized
from agentconsole.serving.sessions import IDLE, LONGEST, TRIES, TRIES_OF_ADDRESS, TRIES_OF_NAME, Sessions, Throttle
from tests.conftest import Time

HOME, AWAY = "192.0.2.1", "198.51.100.7"


def test_a_session_is_found_by_its_token_only(now: Time) -> None:
    held = Sessions()
    token, made = held.begin("lea", "Léa", None, {"PGPASSWORD": "geheim"}, now())
    assert held.find(token, now()) is made
    assert held.find(token + "x", now()) is None
    assert held.find("", now()) is None
    assert len(token) >= 43, "256 random bits in base64"
    assert "geheim" not in repr(made)
    assert token not in repr(vars(held)), "what is kept must not let anybody in"


def test_a_session_ends_when_nothing_is_asked_for_a_while(now: Time) -> None:
    held = Sessions()
    token, made = held.begin("lea", "Léa", None, {}, now())
    now.passes(hours=1.9)
    assert held.find(token, now()) is made
    now.at += IDLE + timedelta(seconds=1)
    assert held.find(token, now()) is None


def test_every_session_ends_after_a_shift(now: Time) -> None:
    held = Sessions()
    token, made = held.begin("lea", "Léa", None, {}, now())
    made.consoles = 1
    now.at += LONGEST
    assert held.find(token, now()) is made
    now.passes(seconds=1)
    assert held.find(token, now()) is None


def test_somebody_has_so_many_sessions_and_ends_only_their_own(now: Time) -> None:
    held = Sessions()
    toms, _ = held.begin("tom", "Tom", None, {}, now())
    tokens = [held.begin("lea", "Léa", None, {}, now.passes(seconds=1))[0] for _ in range(2000)]
    assert held.find(toms, now())
    assert [token for token in tokens if held.find(token, now())] == tokens[-10:]


def test_guessing_one_name_waits_longer_and_longer(now: Time) -> None:
    throttle, waits = Throttle(), []
    for _ in range(TRIES + 8):
        waits.append(throttle.waits("lea", HOME, now()))
        now.at += waits[-1]
        throttle.failed("lea", HOME, now())
    assert waits[:TRIES] == [timedelta(0)] * TRIES
    assert [wait.total_seconds() / 60 for wait in waits[TRIES:]] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_stranger_does_not_lock_out_whoever_bears_the_name(now: Time) -> None:
    throttle = Throttle()
    for _ in range(TRIES):
        throttle.failed("lea", AWAY, now())
    assert throttle.waits("lea", AWAY, now())
    assert not throttle.waits("lea", HOME, now())


def test_guessing_many_names_from_one_address_waits(now: Time) -> None:
    throttle = Throttle()
    for number in range(TRIES_OF_ADDRESS):
        assert not throttle.waits(f"name{number}", AWAY, now())
        throttle.failed(f"name{number}", AWAY, now())
    assert throttle.waits("another", AWAY, now())


def test_logging_in_oneself_in_between_gives_no_further_guesses_at_others(now: Time) -> None:
    throttle, guesses = Throttle(), 0
    while not throttle.waits("lea", AWAY, now()):
        throttle.failed("lea", AWAY, now())
        guesses += 1
        throttle.failed("tom", AWAY, now())
        throttle.took("tom", AWAY, now(), right=True)
    assert guesses == TRIES


def test_guessing_one_name_from_many_addresses_waits(now: Time) -> None:
    throttle = Throttle()
    for number in range(TRIES_OF_NAME):
        assert not throttle.waits("lea", f"10.0.0.{number}", now())
        throttle.failed("lea", f"10.0.0.{number}", now())
    assert throttle.waits("lea", HOME, now())


def test_whoever_gets_in_has_a_clean_slate(now: Time) -> None:
    throttle = Throttle()
    for _ in range(TRIES):
        throttle.failed("lea", HOME, now())
    throttle.took("lea", HOME, now(), right=True)
    assert not throttle.waits("lea", HOME, now())
    for _ in range(TRIES - 1):
        throttle.failed("lea", HOME, now())
    assert not throttle.waits("lea", HOME, now())


def test_a_day_later_it_is_forgotten(now: Time) -> None:
    throttle = Throttle()
    for _ in range(TRIES + 10):
        throttle.failed("lea", HOME, now())
    now.passes(days=1)
    assert not throttle.waits("lea", HOME, now())
    throttle.failed("lea", HOME, now())
    assert not throttle.waits("lea", HOME, now())


def test_its_memory_is_bounded(now: Time) -> None:
    throttle = Throttle()
    for number in range(10_000):
        throttle.failed(f"name{number}", f"2001:db8::{number:x}", now())
    assert len(throttle._failures) == 10_000


def test_an_ipv6_network_counts_as_one() -> None:
    assert sessions.network("2001:db8::1") == sessions.network("2001:db8::ffff:2") == "2001:db8::/64"
    assert sessions.network("2001:db8:0:1::1") != sessions.network("2001:db8::1")
    assert sessions.network("::ffff:192.0.2.1") == "192.0.2.1"
    assert sessions.network("whatever" * 100) == ("whatever" * 100)[:64]


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.lists(st.integers())), st.text())
def test_a_size_is_within_bounds_whatever_is_said(width: object, height: object) -> None:
    columns, lines = sized(width, height)
    assert 10 <= columns <= 500
    assert 10 <= lines <= 200
