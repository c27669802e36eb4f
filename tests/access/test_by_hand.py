"""The access matrix: every statement, by hand in SQL as the database role of an adviser, a supervisor, the service."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from agentconsole.desk import dispatch, drafts, duty, handling, notices, replies, searches
from agentconsole.desk.dispatch import Outcome
from agentconsole.model.message import Address
from tests.access.matrix import TRIES, rendered, rights
from tests.incoming import arrives, everything, message
from tests.team.conftest import Team

DOCS = Path(__file__).parents[2] / "docs" / "access.md"
WHO = {"a": "lea", "s": "sam", "y": "sync"}


def _world(team: Team) -> dict[str, str]:
    """A desk on which there is something to be done of each kind."""
    sync, tom, lea, sam = team.sync(), team.as_("tom"), team.as_("lea"), team.as_("sam")
    arrives(sync, message(author=Address("one@customer.example", "One")), channel="mail")
    arrives(sync, message(author=Address("two@customer.example", "Two")), channel="mail")
    first, second = everything(sync)
    replies.reply(tom, first.number, "Failed.")
    entry, _outgoing = dispatch.claim(sync, "mail", "sync") or pytest.fail("nothing to deliver")
    dispatch.record(sync, entry, Outcome.FAILED, "no")
    replies.reply(tom, second.number, "Queued.")
    for desk in (tom, lea, sam):
        replies.note(desk, first.number, f"A note of {desk.agent.id}'s.")
        handling.tag(desk, first.number, [desk.agent.id])
    replies.note(team.as_("max"), first.number, "@tom look")
    drafts.keep(tom, first.number, "Begun.", 0)
    duty.here(tom)
    searches.remember(tom, "box")
    notices.message(sam, "For Tom alone.", "tom")
    with team.admin().store.write() as connection:
        for sql in (
            "INSERT INTO incident (id, begins, raised_at, words, usual)"
            " VALUES (gen_random_uuid(), now(), now(), '[]', 0)",
            "INSERT INTO day_figure (day, scope, figures, made_at) VALUES ('2026-01-01', 'all', '{}', now())",
            "INSERT INTO setting (name, value) VALUES ('policy', 'x') ON CONFLICT DO NOTHING",
            "INSERT INTO cursor (channel) VALUES ('mail') ON CONFLICT DO NOTHING",
        ):
            connection.execute(text(sql))
        one = connection.execute(text("SELECT id, seq FROM message WHERE direction = 'in' ORDER BY seq")).first()
        notes = dict(connection.execute(text("SELECT author, id FROM message WHERE text LIKE 'A note%'")).all())
    assert one is not None
    return {
        "c": f"'{first.id}'", "other": f"'{second.id}'", "other_number": str(second.number),
        "customer": f"'{first.customer_id}'", "stranger": f"'{second.customer_id}'",
        "in": f"'{one.id}'", "in_seq": str(one.seq), "theirs": f"'{notes['tom']}'",
    } | {f"note_{who}": f"'{found}'" for who, found in notes.items()}  # fmt: skip


def _may(connection: psycopg.Connection, sql: str) -> bool:
    """Whether a statement does anything; nothing of it is kept."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(sql).rowcount != 0  # type: ignore[arg-type]  # (a statement of the matrix)
    except psycopg.errors.InsufficientPrivilege:
        return False


def test_everybody_can_do_what_the_matrix_says_and_nothing_else(team: Team) -> None:
    world, wrong = _world(team), []
    for initial, who in WHO.items():
        connection = team.sql(who)
        names = world | {"me": who, "mine": world.get(f"note_{who}", world["theirs"])}
        for one in TRIES:
            found = _may(connection, one.sql.format_map(names))
            if found is not (initial in one.who):
                wrong.append((who, one.what, found))
    assert not wrong


def test_the_documentation_has_the_matrix_and_the_rights() -> None:
    found = DOCS.read_text("utf-8")
    assert rendered() in found
    assert rights() in found


def test_what_the_schema_desk_has_is_the_owners_and_nobody_else_s(team: Team) -> None:
    """A function that runs with its owner's rights runs with no superuser's, and finds nothing on a session's path."""
    with team.admin().store.read() as connection:
        query = text(
            "SELECT p.proname, pg_get_userbyid(p.proowner) = current_database() || '_owner' AS ours,"
            " p.proconfig AS config,"
            " p.proacl IS NULL OR p.proacl::text LIKE '%,=%' OR p.proacl::text LIKE '{=%' AS everybodys"
            " FROM pg_proc p WHERE p.pronamespace = 'desk'::regnamespace"
        )
        found = connection.execute(query).all()
        owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'desk'::regnamespace"
        assert [str(o) for o in connection.execute(text(owners)).scalars()] == [
            f"{connection.engine.url.database}_owner"
        ]
    assert len(found) > 15
    for one in found:
        assert one.ours, one.proname
        assert "search_path=pg_catalog, pg_temp" in (one.config or []), one.proname
        assert not one.everybodys, one.proname
