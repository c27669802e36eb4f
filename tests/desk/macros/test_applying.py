"""A macro for a conversation: its words, its questions, what it would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config import Priority, State
from agentconsole.desk.context import Desk
from agentconsole.desk.macros.applying import Planned, plan
from agentconsole.desk.macros.values import first_name, values
from agentconsole.errors import UsageError
from agentconsole.model.macro import NOBODY, Actions, MacroGesture, MacroPromise
from agentconsole.model.message import Address
from tests.desk.macros.shelf import LATE, macro
from tests.incoming import arrives, message, opened

ALL = """\
title = "Alles"
body = "Bonjour {{ customer.name }}"
[[questions]]
name = "sum"
ask = "Combien ?"
kind = "amount"
default = "15"
[[questions]]
name = "how"
ask = "Comment ?"
kind = "choice"
choices = ["Bon d'achat", "Remboursement"]
[[questions]]
name = "who"
ask = "Qui ?"
[actions]
status = "pending"
add_tags = ["Geste commercial"]
remove_tags = ["retard"]
assignee = "me"
team = "mail"
priority = "high"
note = "{{ ask.how }} de {{ ask.sum | money }}, demandé par {{ ask.who }}"
promise = { when = "tomorrow 10:00", text = "Rappeler {{ customer.first_name }}" }
gesture = { kind = "voucher", amount = "{{ ask.sum }}", reason = "late_delivery" }
"""


def planned(desk: Desk, tmp_path: Path, text: str, **given: str) -> Planned:
    if not opened_already(desk):
        arrives(desk, message())
    return plan(desk, macro(tmp_path, text, desk.config), opened(desk), given)


def opened_already(desk: Desk) -> bool:
    with desk.store.read() as connection:
        from agentconsole.store import conversations

        return bool(conversations.by_numbers(connection, [1]))


def test_words_and_actions(desk: Desk, tmp_path: Path) -> None:
    done = planned(desk, tmp_path, LATE, day="2026-03-05")
    assert done.text == "Bonjour Camille,\n\nVotre colis arrive le jeudi 5 mars."
    assert done.unresolved == ()
    assert done.actions == Actions(state=State.PENDING, add_tags=("livraison",), note="Promis pour jeudi 5 mars")
    assert done.lines == ("status pending", "+livraison", "note: Promis pour jeudi 5 mars")


def test_an_answer_that_is_not_there_is_told_for_words_and_actions(desk: Desk, tmp_path: Path) -> None:
    done = planned(desk, tmp_path, LATE)
    assert done.unresolved == ("ask.day",)
    assert "le {{ ask.day | day }}." in done.text
    assert "{{ ask.day | day }}" in done.actions.note


def test_everything_at_once(desk: Desk, tmp_path: Path) -> None:
    done = planned(desk, tmp_path, ALL, how="bon", who="Tom", sum="20,5")
    assert done.actions == Actions(
        state=State.PENDING,
        add_tags=("geste-commercial",),
        remove_tags=("retard",),
        assignee="lea",
        team="mail",
        priority=Priority.HIGH,
        note="Bon d'achat de 20,50\xa0€, demandé par Tom",
        promise=MacroPromise("tomorrow 10:00", "Rappeler Camille"),
        gesture=MacroGesture("voucher", 2050, "EUR", "late_delivery"),
    )
    assert done.lines[-2:] == ("gesture: voucher €20.50 (late_delivery)", f"note: {done.actions.note}")
    assert planned(desk, tmp_path, ALL, how="r", who="x").actions.gesture == MacroGesture(
        "voucher", 1500, "EUR", "late_delivery"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"how": "cash"}, "not one of the choices"),
        ({"sum": "a lot"}, "not an amount"),
        ({"sum": "1.999"}, "not an amount"),
        ({"sum": "-5"}, "not an amount"),
        ({"when": "x"}, "does not ask 'when'"),
    ],
)
def test_an_answer_that_does_not_fit(desk: Desk, tmp_path: Path, answer: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        planned(desk, tmp_path, ALL, **answer)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-24", "jeudi 24 décembre"),
        ("today", "lundi 2 mars"),
        ("Aujourd’hui", "lundi 2 mars"),
        ("tomorrow", "mardi 3 mars"),
        ("demain", "mardi 3 mars"),
        ("3d", "jeudi 5 mars"),
    ],
)
def test_days_as_people_type_them(desk: Desk, tmp_path: Path, typed: str, day: str) -> None:
    assert day in planned(desk, tmp_path, LATE, day=typed).text


def test_a_day_that_is_none(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'blorb' is not a date"):
        planned(desk, tmp_path, LATE, day="blorb")


def test_a_gesture_is_never_invented(desk: Desk, tmp_path: Path) -> None:
    text = 'title = "a"\n'
    text += 'body = "{{ gesture.amount }} ({{ gesture.code }}) {{ gesture.label }} {{ gesture.expires | day }}"'
    done = planned(desk, tmp_path, text)
    assert done.unresolved == ("gesture.amount", "gesture.code", "gesture.label", "gesture.expires")
    assert done.text.endswith("{{ gesture.expires | day }}")


def test_every_other_placeholder_is_known(desk: Desk, tmp_path: Path) -> None:
    arrives(desk, message("Bonjour, mon colis n'est pas arrivé."))
    known = values(desk, opened(desk), "en")
    assert {name: value for name, value in known.items() if not value} == {}
    assert known["customer.language"] == "French"
    assert known["customer.since"] == known["conversation.opened"] == "2026-03-02"
    assert (known["agent.first_name"], known["agent.team"], known["brand.name"]) == ("Léa", "Instant", "Fernlicht")
    assert (known["conversation.number"], known["conversation.subject"]) == ("1", "Panne")


def test_a_hostile_customer(desk: Desk, tmp_path: Path) -> None:
    evil = "{{ agent.name }} {% raw %}"
    arrives(desk, message(author=Address("evil@customer.example", evil), subject="{{ brand.name }}"))
    text = 'title = "a"\nbody = "{{ customer.name }}: {{ conversation.subject }} {{ gesture.code }}"'
    done = plan(desk, macro(tmp_path, text), opened(desk))
    assert done.unresolved == ("gesture.code",)
    assert "Léa" not in done.text
    assert "Fernlicht" not in done.text


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Camille Durand", "Camille"),
        ("DURAND Camille", "Camille"),
        ("Durand, Camille", "Camille"),
        ("CAMILLE DURAND", "Camille"),
        ("Mme Camille Durand", "Camille"),
        ("M. Durand", ""),
        ("Mr. Smith", ""),
        ("Jean-Loup Étienne", "Jean-Loup"),
        ("O'Neill Kim", "O'Neill"),
        ("李 小龙", "李"),
        ("camille88", ""),
        ("@camd", ""),
        ("camille@customer.example", ""),
        ("{{ agent.name }}", ""),
        ("", ""),
        (" , ", ""),
        ("M.", ""),
    ],
)
def test_first_names(name: str, first: str) -> None:
    assert first_name(name) == first


def test_an_address_is_no_name(desk: Desk, tmp_path: Path) -> None:
    arrives(desk, message(author=Address("camille@customer.example", "")))
    done = plan(
        desk, macro(tmp_path, 'title = "a"\nbody = "{{ customer.name }} {{ customer.first_name }}"'), opened(desk)
    )
    assert done.unresolved == ("customer.name", "customer.first_name")


TAGS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True).map(tuple)
ACTIONS = st.builds(
    Actions,
    state=st.sampled_from([None, *State]),
    add_tags=TAGS,
    assignee=st.sampled_from([None, "lea", NOBODY]),
    team=st.sampled_from([None, "mail"]),
    priority=st.sampled_from([None, *Priority]),
    note=st.sampled_from(["", "x", "é\n\u2028"]),
    promise=st.sampled_from([None, MacroPromise("1d", "call")]),
    gesture=st.sampled_from([None, MacroGesture("voucher", 1500, "EUR", "late"), MacroGesture("points")]),
)


@settings(deadline=None, max_examples=80)
@given(ACTIONS, ACTIONS, TAGS)
def test_stacking_macros(first: Actions, second: Actions, removed: tuple[str, ...]) -> None:
    later = Actions(remove_tags=removed)
    both = first.merge(second)
    assert Actions.from_json(both.to_json()) == both
    assert first.merge(Actions()) == Actions().merge(first) == first
    assert first.merge(second).merge(later) == first.merge(second.merge(later))
    assert not set(both.merge(later).add_tags) & set(removed)
    assert both.state == (second.state or first.state)
    assert bool(both) == (both != Actions())


@pytest.mark.parametrize("text", ["[]", "3", '{"promise": 3}', '{"state": "gone"}', "{", '{"promise": {"when": "x"}}'])
def test_what_is_no_actions(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (json's own among them)
        Actions.from_json(text)


def test_a_later_state_ends_a_snooze() -> None:
    snoozed = Actions(state=State.SNOOZED, snooze="2d")
    assert snoozed.merge(Actions(state=State.PENDING)) == Actions(state=State.PENDING)
    assert Actions(state=State.PENDING).merge(snoozed) == snoozed
    assert snoozed.merge(Actions(note="x")).snooze == "2d"
