"""An agent with psql writes to the ledger directly, or makes things of their own: all of it is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url, text

from agentconsole.store.engine import Store
from agentconsole.store.ledger.tables import LEDGER
from tests.ledger.attacks.conftest import GIVE, RULE, Psql, Refused
from tests.ledger.conftest import login_of

TABLES = [*(table.name for table in LEDGER), "ledger.shown"]
FIRST = {table.name: table.columns[0].name for table in LEDGER} | {"ledger.shown": "entry_id"}


def _attacks(table: str) -> list[str]:
    column = FIRST[table]
    return [
        f"INSERT INTO {table} SELECT * FROM {table}",
        f"INSERT INTO {table} DEFAULT VALUES",
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"COPY {table} FROM STDIN",
        f"MERGE INTO {table} USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"CREATE RULE mine AS ON UPDATE TO {table} DO INSTEAD NOTHING",
        f"DROP TABLE {table} CASCADE",
        f"SELECT 1; LOCK TABLE {table} IN SHARE MODE",
        f"SELECT * FROM {table} FOR UPDATE",
    ]


@pytest.mark.parametrize("agent", ["lea", "sam"])
def test_no_agent_writes_a_table_of_the_ledger(
    agent: str, psql: Callable[..., Psql], lived: UUID, refused: Refused
) -> None:
    connection = psql(agent)
    for attack in (attack for table in TABLES for attack in _attacks(table)):
        refused(connection, attack)


def test_no_agent_gives_rights_away(psql: Callable[..., Psql], owner: Store) -> None:
    """PostgreSQL refuses it, or warns where something can be read: nobody has a right afterwards that is new."""
    rights = "SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY oid"
    with owner.read() as connection:
        before = connection.exec_driver_sql(rights).all()
    for agent in ("lea", "sam"):
        connection = psql(agent)
        for table in TABLES:
            with suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"GRANT ALL ON {table} TO PUBLIC")
    with owner.read() as connection:
        assert connection.exec_driver_sql(rights).all() == before


def test_the_guards_hold_where_rights_were_given_by_mistake(
    psql: Callable[..., Psql], owner: Store, ledger_database: str, lived: UUID, refused: Refused
) -> None:
    """Whoever writes past the functions is stopped by triggers: an agent with all rights, and the administrator."""
    lea, admin, login = psql("lea"), psql(role="postgres"), login_of("lea", ledger_database)
    for table in TABLES:
        column = FIRST[table]
        with owner.write() as connection:
            connection.exec_driver_sql(f'GRANT ALL ON {table} TO "{login}"')
            connection.exec_driver_sql(f'CREATE POLICY more ON {table} TO "{login}" USING (true) WITH CHECK (true)')
        try:
            refused(lea, f"INSERT INTO {table} SELECT * FROM {table}", says="only the functions")
            refused(lea, f"UPDATE {table} SET {column} = {column}", says="only the functions")
            refused(lea, f"DELETE FROM {table}", says="only the functions")
            refused(lea, f"TRUNCATE {table} CASCADE")
            admin.execute("SET session_replication_role = origin")
            refused(admin, f"UPDATE {table} SET {column} = {column}", says="only the functions")
            refused(admin, f"TRUNCATE {table} CASCADE", says="append-only")
            admin.execute("SET session_replication_role = replica")
            refused(admin, f"DELETE FROM {table}", says="only the functions")
        finally:
            with owner.write() as connection:
                connection.exec_driver_sql(f'REVOKE ALL ON {table} FROM "{login}"')
                connection.exec_driver_sql(f"DROP POLICY more ON {table}")


KEPT = [
    "UPDATE ledger_entry SET amount = 1",
    "DELETE FROM ledger_entry",
    "UPDATE ledger_policy SET document = '{}'",
    "DELETE FROM ledger_policy",
    "DELETE FROM ledger_text",
    "UPDATE ledger_text SET proof = 'another'",
    "DELETE FROM ledger_chain",
    "DELETE FROM ledger_budget",
    "DELETE FROM ledger_agent WHERE id = 'bot'",
    "UPDATE ledger.shown SET xid = '1'",
    "DELETE FROM ledger_review",
    "UPDATE ledger_review SET verdict = 'fine', remark = ''",
    "DELETE FROM ledger_approval",
    "DELETE FROM ledger_voucher",
    "DELETE FROM ledger_fulfilment",
    "DELETE FROM ledger_customer",
]


def test_not_even_the_owner_changes_what_was_written(
    psql: Callable[..., Psql], ledger_database: str, lived: UUID, refused: Refused
) -> None:
    admin = psql(role="postgres")
    admin.execute(f"SET ROLE {make_url(ledger_database).database}_owner")
    for query in KEPT:
        refused(admin, query, says="append-only")


def test_a_request_is_decided_on_once_even_by_the_owner(
    psql: Callable[..., Psql], ledger_database: str, lived: UUID, refused: Refused
) -> None:
    admin = psql(role="postgres")
    database = make_url(ledger_database).database
    admin.execute(f"SET ROLE {database}_owner")
    for change in ("amount = amount + 1", "customer_id = conversation_id", "requester = 'tom'", "granted = 1"):
        refused(admin, f"UPDATE ledger_approval SET {change}", says="decided on once")


MAKING = [
    "CREATE FUNCTION public.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION ledger.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION ledger.clock() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    "CREATE TABLE public.evil (id int)",
    "CREATE TABLE ledger.evil (id int)",
    "CREATE SCHEMA evil",
    "CREATE TEMPORARY TABLE ledger_login (role text, agent text, active boolean)",
    "CREATE TEMPORARY VIEW evil AS SELECT 1",
    "CREATE OPERATOR public.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8mi)",
    "CREATE CAST (text AS bigint) WITHOUT FUNCTION",
    "CREATE TYPE public.evil AS (x int)",
    "CREATE ROLE evil_role",
    "CREATE DATABASE evil",
    "CREATE EVENT TRIGGER evil ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "ALTER FUNCTION ledger.clock() SECURITY INVOKER",
    "ALTER FUNCTION ledger.clock() SET search_path = public",
    "DROP FUNCTION ledger.clock() CASCADE",
    "DROP SCHEMA ledger CASCADE",
    "ALTER DATABASE {database} SET search_path = evil",
    "ALTER ROLE eve_{database} SET search_path = evil",
    "ALTER SYSTEM SET fsync = off",
    "COPY ledger_entry TO '/ledger.csv'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "DO LANGUAGE plpgsql 'BEGIN UPDATE ledger_agent SET supervisor = true; END'",
]


@pytest.mark.parametrize("agent", ["lea", "sam"])
def test_an_agent_makes_and_changes_nothing_of_the_database(
    agent: str, psql: Callable[..., Psql], ledger_database: str, refused: Refused
) -> None:
    connection = psql(agent)
    for attack in MAKING:
        refused(connection, attack.format(database=make_url(ledger_database).database))


@pytest.mark.parametrize("agent", ["lea", "sam"])
def test_internal_functions_are_nobodys_to_call(
    agent: str, psql: Callable[..., Psql], owner: Store, unchanged: Callable[..., Any]
) -> None:
    """Whatever the arguments: no right to execute any of them."""
    with owner.read() as connection:
        internal = connection.execute(
            text(
                "SELECT oid::regprocedure::text FROM pg_proc"
                " WHERE pronamespace = 'ledger'::regnamespace AND starts_with(proname, '_')"
            )
        ).scalars()
        signatures = list(internal)
    assert len(signatures) > 20
    attacker = psql(agent)
    with unchanged():
        for signature in signatures:
            may = "SELECT has_function_privilege(%s, 'EXECUTE')"
            assert attacker.execute(may, [signature]).fetchone() == (False,), signature
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="_move"):
            attacker.execute(
                "SELECT ledger._move('agent', 'lea', 'goodwill', 'EUR', 'month', '2026-03-01', -1, 0, 0, 0)"
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="_put_rules"):
            attacker.execute("SELECT ledger._put_rules('{}')")


def test_what_supervisors_do_other_agents_cannot_call(
    psql: Callable[..., Psql], wanted: Callable[..., dict[str, Any]], refused: Refused
) -> None:
    lea = psql("lea")
    (entry,) = lea.execute(GIVE, wanted()).fetchone() or (None,)
    refused(lea, "SELECT ledger.apply_policy('lea', '{}', '')", says="apply_policy")
    refused(lea, "SELECT ledger.add_vouchers('voucher', '{A}', '{1000}', '{EUR}', '{null}')", says="add_vouchers")
    refused(lea, "SELECT ledger.review('lea', %s, 'fine', '')", [entry], says="review")
    refused(lea, "SELECT ledger.erase('lea', '{}')", says="erase")


def test_a_role_in_the_group_that_the_policy_calls_no_supervisor_cannot_either(
    psql: Callable[..., Psql],
    ledger_database: str,
    owner: Store,
    wanted: Callable[..., dict[str, Any]],
    refused: Refused,
) -> None:
    from agentconsole.store.ledger import roles

    roles.add_agent(owner, "lea", login_of("lea", ledger_database), supervisor=True)
    try:
        lea = psql("lea")
        (entry,) = lea.execute(GIVE, wanted()).fetchone() or (None,)
        vouchers = "SELECT ledger.add_vouchers('voucher', '{A}', '{1000}', '{EUR}', '{null}')"
        refused(lea, "SELECT ledger.apply_policy('lea', '{}', '')", state=RULE, says="not_supervisor")
        refused(lea, "SELECT ledger.apply_policy('sam', '{}', '')", state=RULE, says="not_supervisor")
        refused(lea, vouchers, state=RULE, says="not_supervisor")
        refused(lea, "SELECT ledger.review('lea', %s, 'fine', '')", [entry], state=RULE, says="not_supervisor")
        refused(lea, "SELECT ledger.erase('lea', '{}')", state=RULE, says="not_supervisor")
    finally:
        roles.add_agent(owner, "lea", login_of("lea", ledger_database), supervisor=False)
