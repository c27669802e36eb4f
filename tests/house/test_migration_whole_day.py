"""A desk that revision 0001 made, with work in it, is brought to 0002 and works on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import func, insert, select, text, update

from agentconsole.config import Config, State
from agentconsole.desk import (
    bulk,
    conversations,
    drafts,
    escalations,
    handling,
    moves,
    promises,
    replies,
    search,
    triage,
    undo,
)
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.errors import DeskError
from agentconsole.model.ids import new_id
from agentconsole.store import messages, migrate, tables
from agentconsole.store.engine import Store, address, connect
from agentconsole.store.opening import HEAD, open_desk
from agentconsole.store.types import Id, Moment, Words
from tests.conftest import Time
from tests.incoming import arrives, everything, message, opened

OLD_CUSTOMER = sa.table(
    "customer",
    sa.column("id", Id()),
    sa.column("name", Words()),
    sa.column("folded", Words()),
    sa.column("note", Words()),
    sa.column("since", Moment()),
)
EACH = 30
"""Conversations in each state."""
COUNTED = ("customer", "identity", "conversation", "conversation_tag", "message", "draft", "event")


def _old_desk(store: Store, now: Time) -> None:
    """As the first program left it: customers with and without a note, conversations in all states, drafts."""
    with store.write() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        customers = [new_id() for _n in range(3)]
        for n, customer in enumerate(customers):
            names = {"name": f"Élodie {n}", "folded": f"elodie {n}", "note": "Préfère le matin" if n else ""}
            connection.execute(insert(OLD_CUSTOMER).values(id=customer, since=now.at, **names))
            who = {"kind": "email", "value": f"e{n}@customer.example", "customer_id": customer, "since": now.at}
            connection.execute(insert(tables.identity).values(who))
        for n in range(EACH * len(State)):
            _old_conversation(connection, n, customers[n % 3], list(State)[n % len(State)], now)


def _old_conversation(connection: sa.Connection, n: int, customer: UUID, state: State, now: Time) -> None:
    conversation, resolved = new_id(), state is State.RESOLVED
    values = {
        "id": conversation,
        "customer_id": customer,
        "channel": "mail",
        "subject": f"Panne {n}",
        "excerpt": "Ma box",
        "state": str(state),
        "snoozed_until": now.at + timedelta(days=1) if state is State.SNOOZED else None,
        "public": False,
        "opened_at": now.at,
        "updated_at": now.at,
        "resolved_at": now.at if resolved else None,
        "due_at": None if resolved else now.at + timedelta(hours=4),
        "due_kind": None if resolved else "acknowledge",
        "rank": now.at,
        "why": "[]",
        "clocks": "{}",
        "tags": "\nbox\n",
    }
    connection.execute(insert(tables.conversation).values(values))
    connection.execute(insert(tables.conversation_tag).values(tag="box", conversation_id=conversation))
    written = {"id": new_id(), "conversation_id": conversation, "direction": "in", "kind": "message", "channel": "mail"}
    written |= {"external_id": f"m{n}", "author": f"e{n % 3}@customer.example", "author_name": "Élodie", "at": now.at}
    messages.add(connection, [written | {"text": f"Ma box émeraude {n}"}])
    old = {"conversation_id": conversation, "at": now.at, "actor": "mail", "kind": "opened", "detail": "{}"}
    connection.execute(text(_EVENT).bindparams(*_BOUND), old)
    if n == 0:
        draft = {"conversation_id": conversation, "agent": "lea", "kind": "reply", "text": "Bonjour", "seen": 1}
        connection.execute(text(_DRAFT).bindparams(*_DRAFT_BOUND), draft | {"updated_at": now.at})


_EVENT = (
    "INSERT INTO event (conversation_id, at, actor, kind, detail)"
    " VALUES (:conversation_id, :at, :actor, :kind, :detail)"
)
_BOUND = (sa.bindparam("conversation_id", type_=Id()), sa.bindparam("at", type_=Moment()))
_DRAFT = (
    "INSERT INTO draft (conversation_id, agent, kind, text, seen, updated_at)"
    " VALUES (:conversation_id, :agent, :kind, :text, :seen, :updated_at)"
)
_DRAFT_BOUND = (sa.bindparam("conversation_id", type_=Id()), sa.bindparam("updated_at", type_=Moment()))


def _counts(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(sa.table(name))).scalar_one() for name in COUNTED
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str:
    """The address of a desk that is not there yet."""
    return "desk.sqlite" if request.param == "sqlite" else request.getfixturevalue("new_database")


@pytest.fixture
def migrated(place: str, tmp_path: Path, config: Config, now: Time) -> Iterator[tuple[Desk, dict[str, int]]]:
    """Léa's console on a desk of 0001, opened by today's program; and what was counted in it before."""
    old = connect(address(place, tmp_path), tmp_path / "files")
    _old_desk(old, now)
    before = _counts(old)
    old.close()
    desk = Desk(open_desk(place, tmp_path), config, who_am_i(config, "lea"), tmp_path, now)
    yield desk, before
    desk.store.close()


def test_nothing_is_lost(migrated: tuple[Desk, dict[str, int]]) -> None:
    desk, before = migrated
    assert _counts(desk.store) == before
    with desk.store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        if desk.store.sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert list(desk.folder.glob(f"desk.sqlite.before-{HEAD}"))
    noted = {t.customer.name: [n.text for n in t.customer.notes] for t in (opened(desk, n) for n in (1, 2, 3))}
    assert noted == {"Élodie 0": [], "Élodie 1": ["Préfère le matin"], "Élodie 2": ["Préfère le matin"]}
    (draft,) = drafts.mine(desk)
    assert (draft.text, draft.files, draft.actions) == ("Bonjour", (), "")
    states = [row.state for row in everything(desk)]
    assert {state: states.count(state) for state in State} == dict.fromkeys(State, EACH)
    assert len(search.search(desk, "emeraude tag:box", limit=500).rows) == EACH * len(State)


def test_the_whole_day_goes_on(migrated: tuple[Desk, dict[str, int]], now: Time) -> None:
    desk, _before = migrated
    arrives(desk, message())
    promises.promise(desk, 1, now.at + timedelta(hours=2), "Call back")
    escalations.escalate(desk, 2, "Why", agent="tom")
    replies.reply(desk, 3, "Bonjour")
    handling.set_state(desk, 5, State.RESOLVED)
    undo.undo(desk)
    numbers = [row.number for row in everything(desk)]
    outcome = bulk.apply(desk, numbers, [partial(moves.set_state, state=State.RESOLVED)])
    assert [number for number, _why in outcome.refused] == [1]
    assert triage.counts(desk)["open"].total == 1
    assert [row.number for row in search.search(desk, "is:promised").rows] == [1]


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        ("resolved", {"promised_at": "now"}),
        ("resolved", {"escalated_to": "tom", "escalation_due_at": "now"}),
        ("open", {"escalated_to": "tom"}),
        ("open", {"merged_into": 1}),
        ("open", {"due_kind": "someday"}),
        ("open", {"merged_into": 99_999, "state": "resolved", "due_at": None, "due_kind": None}),
    ],
)
def test_what_must_hold_is_held(
    migrated: tuple[Desk, dict[str, int]], now: Time, state: str, wrong: dict[str, object]
) -> None:
    desk, _before = migrated
    number = next(row.number for row in everything(desk) if row.state == state)
    values = {name: now.at if value == "now" else value for name, value in wrong.items()}
    before = conversations.row(desk, number)
    broken = update(tables.conversation).where(tables.conversation.c.number == number).values(values)
    with pytest.raises(DeskError), desk.store.write() as connection:
        connection.execute(broken)
    assert conversations.row(desk, number) == before
