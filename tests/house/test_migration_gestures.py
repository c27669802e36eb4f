"""A desk that revision 0002 made, with work in it, is brought to today's and can give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import select, text, update

from agentconsole.channels.base import settings_model
from agentconsole.config import State, parse
from agentconsole.desk import promises, search
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.policy import compile_policy, digest, to_json
from agentconsole.errors import DeskError, RuleRefused
from agentconsole.model.gesture import Wanted
from agentconsole.store import migrate, tables
from agentconsole.store.engine import Store, address, connect
from agentconsole.store.ledger import ledger_of
from agentconsole.store.opening import HEAD, open_desk
from tests.conftest import Time
from tests.house.test_migration_whole_day import EACH, _counts, _old_desk
from tests.incoming import arrives, everything, message
from tests.ledger.world import LEDGER_CONFIG


def _desk_of_0002(store: Store, now: Time) -> None:
    """All that 0001 had, and customers that are linked, a promise, an escalation."""
    _old_desk(store, now)
    c = tables.conversation.c
    with store.write() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        first, second, _third = connection.execute(
            select(tables.customer.c.id).order_by(tables.customer.c.id)
        ).scalars()
        link = update(tables.customer).where(tables.customer.c.id == second).values(linked_to=first)
        connection.execute(link)
        due = now.at + timedelta(hours=1)
        promised = {"promised_at": due, "due_at": due, "due_kind": "promise"}
        connection.execute(update(tables.conversation).where(c.number == 1).values(promised))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str:
    """The address of a desk that is not there yet."""
    return "desk.sqlite" if request.param == "sqlite" else request.getfixturevalue("new_database")


@pytest.fixture
def migrated(place: str, tmp_path: Path, now: Time) -> Iterator[tuple[Desk, dict[str, int]]]:
    """Léa's console on a desk of 0002, opened by today's program; and what was counted in it before."""
    old = connect(address(place, tmp_path), tmp_path / "files")
    _desk_of_0002(old, now)
    before = _counts(old)
    old.close()
    config = parse(LEDGER_CONFIG, "agentconsole.toml", settings_model)
    desk = Desk(open_desk(place, tmp_path), config, who_am_i(config, "lea"), tmp_path, now)
    yield desk, before
    desk.store.close()


def test_nothing_is_lost_and_work_goes_on(migrated: tuple[Desk, dict[str, int]], now: Time) -> None:
    desk, before = migrated
    assert _counts(desk.store) == before
    with desk.store.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        if desk.store.sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert list(desk.folder.glob(f"desk.sqlite.before-{HEAD}"))
    states = [row.state for row in everything(desk)]
    assert {state: states.count(state) for state in State} == dict.fromkeys(State, EACH)
    assert len(search.search(desk, "emeraude tag:box", limit=500).rows) == EACH * len(State)
    arrives(desk, message())
    promises.promise(desk, 2, now.at + timedelta(hours=2), "Call back")
    assert {row.number for row in search.search(desk, "is:promised").rows} == {1, 2}


def test_a_conversation_may_wait_for_an_approval(migrated: tuple[Desk, dict[str, int]], now: Time) -> None:
    desk, _before = migrated
    first = update(tables.conversation).where(tables.conversation.c.number == 1)
    with desk.store.write() as connection:
        connection.execute(first.values(approval_due_at=now.at, due_at=now.at, due_kind="approval"))
    with pytest.raises(DeskError), desk.store.write() as connection:
        connection.execute(first.values(due_kind="someday"))


def test_the_ledger_is_there_with_its_guards(migrated: tuple[Desk, dict[str, int]]) -> None:
    """Linked customers have one ceiling. On PostgreSQL nobody has a login yet, hence nobody can give."""
    desk, _before = migrated
    document = compile_policy(desk.config)
    with desk.store.write() as connection:
        assert ledger_of(connection).apply_policy("sam", to_json(document), digest(document)) == 1
        c, u = tables.conversation.c, tables.customer.c
        linked = connection.execute(select(u.id, u.linked_to).where(u.linked_to.is_not(None))).one()
        places = [connection.execute(select(c.id).where(c.customer_id == who)).scalars().all()[0] for who in linked]

    def give(n: int, amount: int) -> str:
        wanted = Wanted(places[n], "credit", amount, "EUR", "outage", "receipt")
        try:
            with desk.store.write() as connection:
                ledger_of(connection).grant("lea", uuid4(), wanted)
        except RuleRefused as refused:
            return refused.reason
        return ""

    if desk.store.sqlite:
        assert [give(n, 4000) for n in (0, 1, 0, 1)] == ["", "", "", "over_customer_ceiling"]
    else:
        assert give(0, 4000) == "unknown_agent"
