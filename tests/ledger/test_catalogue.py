"""What PostgreSQL's catalogue says of the ledger: no function, table or right without its guards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from agentconsole.store.engine import Store
from agentconsole.store.indexes import metadata
from agentconsole.store.ledger import enforcement, grants, roles
from agentconsole.store.ledger.tables import LEDGER
from agentconsole.store.opening import open_desk

TRIGGERS = {"_owner_only", "_append_only", "_erasure_only", "_asked_once"}
"""The only functions with the caller's rights, since they have to see who the caller is; only triggers call them."""
WAITING = {"clock"}
"""Volatile functions that agents may call and that change nothing."""
HIDDEN = {"ledger_voucher", "ledger_setting", "day_figure", "floor_event", "day_figure_seq", "floor_event_seq_seq"}
"""Tables of which agents read some columns at most, or nothing, and what numbers their rows."""
SET = "search_path=pg_catalog, pg_temp"


@pytest.fixture
def catalogue(ledger_database: str, tmp_path: Path) -> Iterator[Connection]:
    """A look at a desk with roles, as the administrator."""
    store = open_desk(ledger_database, tmp_path)
    with store.read() as connection:
        yield connection
    store.close()


def _all(connection: Connection, query: str, **values: Any) -> list[Any]:
    return list(connection.execute(text(query), values).all())


def _functions(connection: Connection) -> list[Any]:
    return _all(
        connection,
        "SELECT proname AS name, prosecdef AS definer, proconfig AS config, provolatile AS volatile,"
        " prosrc AS body, pg_get_userbyid(proowner) AS owner, coalesce(proacl::text, '') AS rights,"
        " oid::regprocedure::text AS signature FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace",
    )


def _groups(connection: Connection) -> dict[str, str]:
    return {group: f"{grants.database(connection)}_{group}" for group in (*grants.GROUPS, "owner")}


def test_every_function_has_its_guards(catalogue: Connection) -> None:
    found, owner = _functions(catalogue), _groups(catalogue)["owner"]
    assert len(found) > 40
    for one in found:
        assert one.owner == owner, one.name
        assert SET in (one.config or []), one.name
        assert one.definer is (one.name not in TRIGGERS), one.name
        assert "\\" not in one.body, f"{one.name}: a session may change what a backslash means"
        assert "current_setting('agent" not in one.body
        if not one.name.startswith("_") and one.volatile == "v" and one.name not in WAITING:
            assert any(setting.startswith("lock_timeout=") for setting in one.config), one.name
            assert (
                "ledger._acting(" in one.body or "ledger._in_order(" in one.body or ("ledger._supervising(" in one.body)
            ), f"{one.name} runs under any isolation level"


def test_bodies_name_every_table_with_its_schema(catalogue: Connection) -> None:
    """None is looked for along a path, whose end is where a session has its temporary tables."""
    names = "|".join(table.name for table in metadata.sorted_tables) + "|shown|kin"
    loose = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|USING)\s+(?:ONLY\s+)?(?:{names})\b")
    for one in _functions(catalogue):
        assert loose.search(one.body) is None, one.name


def test_who_may_call_what(catalogue: Connection) -> None:
    groups = _groups(catalogue)
    for one in _functions(catalogue):
        assert "{=" not in one.rights, one.name
        assert ",=" not in one.rights, f"everybody may call {one.name}"
        assert one.rights, f"{one.name} has the rights of a new function: everybody's"
        may = {
            group
            for group, name in groups.items()
            if group != "owner"
            and catalogue.execute(
                text("SELECT has_function_privilege(CAST(:role AS name), CAST(:function AS regprocedure), 'EXECUTE')"),
                {"role": name, "function": one.signature},
            ).scalar()
        }
        if one.name.startswith("_"):
            assert may == set(), one.name
        elif one.name in grants.FOR_SUPERVISORS:
            assert may == {"supervisor"}, one.name
        elif one.volatile == "v" and not one.name.startswith(grants.FOR_SYNC):
            assert may == {"agent", "supervisor"}, one.name
        else:
            assert {"agent", "supervisor"} <= may, one.name


def test_every_table_has_its_guards(catalogue: Connection) -> None:
    owner = _groups(catalogue)["owner"]
    found = _all(
        catalogue,
        "SELECT c.oid, c.relname AS name, c.relrowsecurity AS by_row, pg_get_userbyid(c.relowner) AS owner"
        " FROM pg_class c WHERE c.relkind IN ('r', 'p') AND (c.relnamespace = 'ledger'::regnamespace"
        " OR c.relnamespace = 'public'::regnamespace AND starts_with(c.relname, 'ledger_'))",
    )
    assert {one.name for one in found} == {table.name for table in LEDGER} | {"shown", "kin"}
    for one in found:
        assert one.owner == owner
        assert one.by_row, one.name
        triggers = _all(
            catalogue,
            "SELECT tgname AS name, tgenabled AS enabled, tgtype AS type, p.proname AS function FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE tgrelid = :oid AND NOT tgisinternal",
            oid=one.oid,
        )
        assert {t.enabled for t in triggers} == {"A"}, f"{one.name}: not always enabled"
        guards = {t.function: t.type for t in triggers}
        row, before, insert, delete, update, truncate = 1, 2, 4, 8, 16, 32
        assert guards["_owner_only"] == row | before | insert | delete | update
        assert any(t.function == "_append_only" and t.type == before | truncate for t in triggers), one.name
        kept = [t for t in triggers if t.name.startswith("ledger_30_")]
        if one.name in ("ledger_entry", "ledger_policy", "ledger_text", "ledger_review", "shown"):
            assert [t.type for t in kept] == [row | before | delete | update], one.name
        policies = _all(
            catalogue,
            "SELECT polcmd AS command, polpermissive AS adds FROM pg_policy WHERE polrelid = :oid",
            oid=one.oid,
        )
        assert [p.command for p in policies] == ([] if one.name in ("shown", "kin") else ["r"]), one.name


def test_nobody_writes_a_table_of_the_ledger_or_reads_a_code(catalogue: Connection) -> None:
    everybody = [name for group, name in _groups(catalogue).items() if group != "owner"]
    logins = [row.role for row in _all(catalogue, "SELECT role FROM ledger_login")]
    assert len(logins) == 7
    names = [f"public.{table.name}" for table in LEDGER] + ["ledger.shown", "ledger.kin"]
    for who in (*everybody, *logins, "public"):
        for name in names:
            rights = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN"
            values = {"who": who, "name": name, "rights": rights}
            query = text("SELECT has_table_privilege(CAST(:who AS name), CAST(:name AS text), CAST(:rights AS text))")
            assert not catalogue.execute(query, values).scalar(), (who, name)
            written = text("SELECT has_any_column_privilege(CAST(:who AS name), CAST(:name AS text), 'INSERT, UPDATE')")
            assert not catalogue.execute(written, {"who": who, "name": name}).scalar(), (who, name)
        code = text("SELECT has_column_privilege(CAST(:who AS name), 'public.ledger_voucher', 'code', 'SELECT')")
        assert not catalogue.execute(code, {"who": who}).scalar(), who
        seed = text("SELECT has_column_privilege(CAST(:who AS name), 'public.ledger_setting', 'seed', 'SELECT')")
        sees = who.startswith(("sam_", "eve_")) or who.endswith(("_supervisor", "_auditor"))
        assert catalogue.execute(seed, {"who": who}).scalar() is sees, who


def test_nobody_makes_anything_in_the_database(catalogue: Connection) -> None:
    names = [name for group, name in _groups(catalogue).items() if group != "owner"]
    for who in (*names, *(row.role for row in _all(catalogue, "SELECT role FROM ledger_login")), "public"):
        for query in (
            "SELECT has_database_privilege(CAST(:who AS name), current_database(), 'CREATE, TEMPORARY')",
            "SELECT has_schema_privilege(CAST(:who AS name), 'public', 'CREATE')",
            "SELECT has_schema_privilege(CAST(:who AS name), 'ledger', 'CREATE')",
        ):
            assert not catalogue.execute(text(query), {"who": who}).scalar(), (who, query)
    assert not catalogue.execute(
        text("SELECT has_database_privilege('public', current_database(), 'CONNECT')")
    ).scalar()
    assert not catalogue.execute(text("SELECT has_schema_privilege('public', 'ledger', 'USAGE')")).scalar()


def test_every_table_of_the_desk_is_the_owners_and_within_everybodys_rights(catalogue: Connection) -> None:
    owner = _groups(catalogue)["owner"]
    found = _all(
        catalogue,
        "SELECT relname AS name, relkind::text AS kind, pg_get_userbyid(relowner) AS owner,"
        " coalesce(relacl::text, '') AS rights"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v', 'm')",
    )
    assert {one.owner for one in found} == {owner}
    for one in found:
        assert f"{_groups(catalogue)['agent']}=" in one.rights or one.name in HIDDEN, one.name
        assert "{=" not in one.rights
        assert ",=" not in one.rights
    own = _all(
        catalogue, "SELECT rolcanlogin, rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = :o", o=owner
    )
    assert [tuple(row) for row in own] == [(False, False, False, False)]


def test_setting_up_again_changes_nothing(ledger_database: str, tmp_path: Path) -> None:
    """The guards and rights are the same, whether made once or anew on what is there."""
    store = open_desk(ledger_database, tmp_path)
    before = _said(store)
    with store.write() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {grants.role(connection, 'owner')}")
        enforcement.install(connection)
        grants.give(connection)
        connection.exec_driver_sql("RESET ROLE")
    roles.init_desk(store)
    assert _said(store) == before
    store.close()


def _said(store: Store) -> list[list[Any]]:
    with store.read() as connection:
        return [
            _all(
                connection,
                "SELECT oid::regclass::text, relowner, relrowsecurity,"
                " (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(relacl) a) FROM pg_class"
                " WHERE relnamespace IN ('public'::regnamespace, 'ledger'::regnamespace) ORDER BY 1",
            ),
            _all(
                connection,
                "SELECT oid::regprocedure::text, proowner, proconfig, prosecdef, prosrc,"
                " (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(proacl) a) FROM pg_proc"
                " WHERE pronamespace = 'ledger'::regnamespace ORDER BY 1",
            ),
            _all(
                connection,
                "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger"
                " WHERE NOT tgisinternal ORDER BY 1, 2",
            ),
            _all(
                connection,
                "SELECT polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid) FROM pg_policy ORDER BY 1, 2",
            ),
            _all(connection, "SELECT datacl::text FROM pg_database WHERE datname = current_database()"),
        ]


MISTAKES: list[tuple[str, Callable[[Connection], None]]] = [
    ("ALTER FUNCTION ledger.give SECURITY INVOKER", test_every_function_has_its_guards),
    ("ALTER FUNCTION ledger.give RESET search_path", test_every_function_has_its_guards),
    ("ALTER FUNCTION ledger.give SET search_path = public, pg_catalog", test_every_function_has_its_guards),
    ("ALTER FUNCTION ledger.void RESET lock_timeout", test_every_function_has_its_guards),
    ("ALTER FUNCTION ledger._root OWNER TO postgres", test_every_function_has_its_guards),
    (
        "CREATE FUNCTION ledger.later() RETURNS void LANGUAGE sql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS 'DELETE FROM public.ledger_rule'",
        test_every_function_has_its_guards,
    ),
    (
        "CREATE FUNCTION ledger._later() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp, public AS 'SELECT count(*) FROM ledger_entry'",
        test_bodies_name_every_table_with_its_schema,
    ),
    ("GRANT EXECUTE ON FUNCTION ledger._move TO PUBLIC", test_who_may_call_what),
    ("GRANT EXECUTE ON FUNCTION ledger._move TO {}_agent", test_who_may_call_what),
    ("GRANT EXECUTE ON FUNCTION ledger.erase TO {}_agent", test_who_may_call_what),
    ("CREATE FUNCTION ledger._later() RETURNS void LANGUAGE sql AS ''", test_who_may_call_what),
    ("CREATE TABLE public.ledger_later (id int)", test_every_table_has_its_guards),
    ("DROP TRIGGER ledger_10_owner ON ledger_rule", test_every_table_has_its_guards),
    ("DROP TRIGGER ledger_20_truncate ON ledger_budget", test_every_table_has_its_guards),
    ("DROP TRIGGER ledger_30_update_or_delete ON ledger_entry", test_every_table_has_its_guards),
    ("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_10_owner", test_every_table_has_its_guards),
    ("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_20_truncate", test_every_table_has_its_guards),
    ("ALTER TABLE ledger_text DISABLE ROW LEVEL SECURITY", test_every_table_has_its_guards),
    ("CREATE POLICY more ON ledger_entry USING (true)", test_every_table_has_its_guards),
    ("ALTER TABLE ledger_chain OWNER TO postgres", test_every_table_has_its_guards),
    ("GRANT UPDATE (spent) ON ledger_budget TO {}_agent", test_nobody_writes_a_table_of_the_ledger_or_reads_a_code),
    ("GRANT TRUNCATE ON ledger_entry TO {}_supervisor", test_nobody_writes_a_table_of_the_ledger_or_reads_a_code),
    ("GRANT SELECT ON ledger_voucher TO {}_sync", test_nobody_writes_a_table_of_the_ledger_or_reads_a_code),
    ("GRANT SELECT (seed) ON ledger_setting TO {}_agent", test_nobody_writes_a_table_of_the_ledger_or_reads_a_code),
    ("GRANT pg_write_all_data TO lea_{}", test_nobody_writes_a_table_of_the_ledger_or_reads_a_code),
    ("GRANT {}_owner TO lea_{}", test_nobody_writes_a_table_of_the_ledger_or_reads_a_code),
    ("GRANT TEMPORARY ON DATABASE {} TO PUBLIC", test_nobody_makes_anything_in_the_database),
    ("GRANT CREATE ON SCHEMA public TO {}_agent", test_nobody_makes_anything_in_the_database),
    ("GRANT ALL ON conversation TO PUBLIC", test_every_table_of_the_desk_is_the_owners_and_within_everybodys_rights),
    ("CREATE TABLE later (id int)", test_every_table_of_the_desk_is_the_owners_and_within_everybodys_rights),
    ("ALTER ROLE {}_owner LOGIN", test_every_table_of_the_desk_is_the_owners_and_within_everybodys_rights),
]


@pytest.mark.parametrize(("mistake", "notices"), MISTAKES, ids=[mistake for mistake, _notices in MISTAKES])
def test_a_guard_that_is_missing_is_noticed(
    mistake: str, notices: Callable[[Connection], None], ledger_database: str, tmp_path: Path
) -> None:
    """Each mistake that somebody could make, made and rolled back: the tests above fail."""
    store = open_desk(ledger_database, tmp_path)
    with store.engine.connect() as connection:
        notices(connection)
        connection.exec_driver_sql(mistake.replace("{}", grants.database(connection)))
        with pytest.raises((AssertionError, KeyError)):
            notices(connection)
        connection.rollback()
    store.close()
