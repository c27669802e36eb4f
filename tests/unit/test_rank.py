"""The virtual deadline and its reasons."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config import Boost, ClockKind, Priority
from agentconsole.config.values import say
from agentconsole.desk.clocks import Due
from agentconsole.desk.rank import UNCLOCKED, Facts, Reason, ReasonCode, from_json, rank, reasons, to_json
from agentconsole.text import fold

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUE = Due(ClockKind.ACKNOWLEDGE, NOON)
PLAIN = Facts(updated_at=NOON - timedelta(hours=3), channel_id="support", medium="mail")
MINUTE = timedelta(minutes=1)


def boost(minutes: int = 30, name: str = "Boost", **conditions: object) -> Boost:
    return Boost.model_validate({"name": name, "minutes": minutes, **conditions})


def applies(facts: Facts, **conditions: object) -> bool:
    return rank(DUE, (boost(**conditions),), facts).rank < NOON


def test_without_boosts_it_is_when_the_clock_runs_out() -> None:
    ranked = rank(DUE, (), PLAIN)
    assert ranked.rank == NOON
    assert ranked.why == (Reason(ReasonCode.ACKNOWLEDGE, NOON),)


def test_boosts_add_up_and_each_is_named() -> None:
    vip = boost(30, "VIP", customer_tags=["vip", "press"])
    public = boost(20, "Public", public=True)
    later = boost(-5, "Newsletter", tags=["newsletter"])
    facts = replace(PLAIN, customer_tags=frozenset({"press"}), public=True, tags=frozenset({"newsletter"}))
    ranked = rank(DUE, (vip, boost(99, "Other", channels=["chat"]), public, later), facts)
    assert ranked.rank == NOON - 45 * MINUTE
    assert [(say(dict(r.label), "en"), r.minutes) for r in ranked.why[1:]] == [
        ("VIP", 30),
        ("Public", 20),
        ("Newsletter", -5),
    ]


@pytest.mark.parametrize(
    ("conditions", "changes", "expected"),
    [
        ({"customer_tags": ["vip"]}, {}, False),
        ({"customer_tags": ["vip"]}, {"tags": frozenset({"vip"})}, False),
        ({"tags": ["refund", "lost"]}, {"tags": frozenset({"lost", "x"})}, True),
        ({"channels": ["support"]}, {}, True),
        ({"channels": ["mail"]}, {}, True),
        ({"channels": ["chat"]}, {}, False),
        ({"priority": ["high", "urgent"]}, {"priority": Priority.URGENT}, True),
        ({"priority": ["high", "urgent"]}, {}, False),
        ({"public": True}, {}, False),
        ({"public": False}, {}, True),
        ({"reopened": True}, {"reopened": 2}, True),
        ({"reopened": True}, {}, False),
        ({"reopened": False}, {"reopened": 1}, False),
        ({"waiting_messages": 2}, {"waiting_messages": 1}, False),
        ({"waiting_messages": 2}, {"waiting_messages": 3}, True),
        ({"channels": ["mail"], "public": True}, {}, False),
        ({"channels": ["mail"], "public": True}, {"public": True}, True),
    ],
)
def test_conditions(conditions: dict[str, object], changes: dict[str, object], expected: bool) -> None:
    assert applies(replace(PLAIN, **changes), **conditions) is expected


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("urgent", "C'est URGENT !", True),
        ("urgent", "Insurgents", False),
        ("urgent", "urgently", False),
        ("urgent", "urgent", True),
        ("dégoûté", "je suis degoute", True),
        ("remboursement immediat", "Remboursement\n  immédiat svp", True),
        ("remboursement immédiat", "remboursement pas immédiat", False),
        ("en panne", "l’ascenseur est en panne.", True),
        ("en panne", "chien panne", False),
        ("j'attends", "J’attends depuis une heure", True),
        ("l’avocat", "mon ami l'avocat", True),
        ("!!!", "Répondez!!!", True),
        ("c++", "en C++.", True),
        ("a.b", "a-b", False),
        ("  ", "anything", False),
        ("[", "a [ b", True),
    ],
)
def test_words(word: str, text: str, expected: bool) -> None:
    assert applies(replace(PLAIN, text=fold(text)), words=[word]) is expected


@settings(deadline=None)
@given(
    st.lists(st.text("abyzéÀçœß09", min_size=1, max_size=6), min_size=1, max_size=8),
    st.integers(0, 7),
    st.data(),
)
def test_any_run_of_words_is_found_and_no_part_of_one(words: list[str], first: int, data: st.DataObject) -> None:
    text = fold("  ".join(words))
    first %= len(words)
    last = data.draw(st.integers(first + 1, len(words)))
    assert applies(replace(PLAIN, text=text), words=[" ".join(words[first:last])])
    glued = fold("x" + "".join(words[first:last]) + "x")
    assert not applies(replace(PLAIN, text=glued), words=["".join(words[first:last])])


def test_what_no_clock_runs_on_comes_after_all_on_which_one_does() -> None:
    imported = Facts(updated_at=datetime(1998, 1, 1, tzinfo=UTC))
    older = replace(imported, updated_at=imported.updated_at - timedelta(days=1))
    far = Due(ClockKind.RESOLVE, NOON + timedelta(days=20 * 365))
    assert rank(far, (), PLAIN).rank < rank(None, (), older).rank < rank(None, (), imported).rank
    assert rank(None, (), imported).rank == imported.updated_at + UNCLOCKED
    urgent = boost(30, tags=["vip"])
    ranked = rank(None, (urgent,), replace(imported, tags=frozenset({"vip"})))
    assert ranked.rank == imported.updated_at + UNCLOCKED - 30 * MINUTE
    assert ranked.why[0] == Reason(ReasonCode.NO_CLOCK)


some_boosts = st.lists(
    st.builds(
        boost,
        st.integers(-100_000, 100_000),
        st.sampled_from(["VIP", "Ça presse", 'a "b"']),
        public=st.sampled_from([None, True, False]),
        words=st.lists(st.sampled_from(["urgent", "panne"]), max_size=2),
        waiting_messages=st.sampled_from([None, 1, 2]),
    ),
    max_size=6,
).map(tuple)
some_facts = st.builds(
    Facts,
    updated_at=st.just(NOON),
    public=st.booleans(),
    text=st.sampled_from(["", "urgent", "la panne est urgente"]),
    waiting_messages=st.integers(0, 3),
)
some_due = st.none() | st.builds(Due, st.sampled_from(ClockKind), st.just(NOON))


@settings(deadline=None)
@given(some_due, some_boosts, some_facts)
def test_the_reasons_explain_the_rank_and_survive_being_stored(
    due: Due | None, boosts: tuple[Boost, ...], facts: Facts
) -> None:
    ranked = rank(due, boosts, facts)
    assert ranked.why == reasons(due, boosts, facts)
    base = ranked.why[0].at or facts.updated_at + UNCLOCKED
    assert ranked.rank == base - sum(r.minutes for r in ranked.why) * MINUTE
    assert from_json(to_json(ranked.why)) == ranked.why


@settings(deadline=None)
@given(some_boosts, some_facts, st.timedeltas(-timedelta(days=900), timedelta(days=900)))
def test_rank_moves_with_the_clock_and_with_nothing_else(
    boosts: tuple[Boost, ...], facts: Facts, later: timedelta
) -> None:
    moved = rank(Due(ClockKind.REPLY, NOON + later), boosts, facts).rank
    assert moved == rank(Due(ClockKind.REPLY, NOON), boosts, facts).rank + later


def test_the_stored_form_is_compact_and_documented() -> None:
    text = to_json((Reason(ReasonCode.REPLY, NOON), Reason(ReasonCode.BOOST, None, {"": "VIP"}, 30)))
    assert json.loads(text) == [
        {"code": "reply", "at": "2026-03-02T12:00:00Z"},
        {"code": "boost", "label": {"": "VIP"}, "minutes": 30},
    ]
    assert from_json("") == ()
    with pytest.raises(ValueError, match="JSON"):
        from_json("[")


def test_other_boosts_give_another_rank_at_once() -> None:
    facts = replace(PLAIN, public=True)
    assert rank(DUE, (boost(10, public=True),), facts).rank == NOON - 10 * MINUTE
    assert rank(DUE, (boost(20, public=True),), facts).rank == NOON - 20 * MINUTE
