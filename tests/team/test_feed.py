"""Everybody of a team is told of what others do; nobody can write, or take away, what is told."""

from __future__ import annotations

import threading

import psycopg
import pytest

from agentconsole.desk import replies
from agentconsole.desk.watch import Watch
from agentconsole.model.news import EVERYTHING
from agentconsole.store import changes
from tests.incoming import arrives, message, only
from tests.team.conftest import SERVICE, Team

STOP = threading.Event()


@pytest.mark.parametrize("who", ["lea", "sam", SERVICE])
def test_each_is_told_by_their_own_role(team: Team, who: str) -> None:
    service = team.sync()
    arrives(service, message())
    watch = Watch(service if who == SERVICE else team.as_(who))
    assert watch.wait(0, STOP) == EVERYTHING
    tom = team.as_("tom")
    replies.note(tom, only(tom).number, "news")
    news = watch.wait(5, STOP)
    assert news is not None
    assert news.of("conversation")
    assert not news.everything
    watch.close()
    with service.store.write() as connection:
        assert changes.prune(connection) == 0


@pytest.mark.parametrize("who", ["lea", "sam", SERVICE])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO desk.change (about) VALUES ('floor')",
        "DELETE FROM desk.change",
        "TRUNCATE desk.change",
        "UPDATE desk.horizon SET xid = '1'",
        "SELECT desk.tell()",
        "ALTER TABLE conversation DISABLE TRIGGER feed_update",
        "UPDATE alembic_version SET version_num = '9999'",
        "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_nobody_can_meddle_with_it(team: Team, who: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        team.sql(who).execute(f"DO $$ BEGIN {statement.replace('SELECT', 'PERFORM')}; END $$")
