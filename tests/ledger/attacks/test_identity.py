"""Who acts is who is logged in, whatever a session says about itself, and what it puts in the way of names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from agentconsole.errors import UsageError
from agentconsole.store.engine import Store
from agentconsole.store.ledger import roles
from agentconsole.store.ledger.clock import stand_still
from agentconsole.store.ledger.verifying import verify
from agentconsole.store.opening import open_desk
from tests.ledger.attacks.conftest import ASK, DENIED, GIVE, RULE, Psql, Refused
from tests.ledger.conftest import login_of

Wanting = Callable[..., dict[str, Any]]


def test_nobody_acts_as_somebody_else(psql: Callable[..., Psql], wanted: Wanting, refused: Refused) -> None:
    lea = psql("lea")
    for other in ("tom", "sam", "nobody", "", None, "LEA", "lea "):
        refused(lea, GIVE, wanted(agent=other), state=RULE, says="unknown_agent")
        refused(lea, ASK, wanted(agent=other, amount=9000), state=RULE, says="unknown_agent")
        refused(lea, "SELECT ledger.withdraw(%s, %s)", [other, uuid4()], state=RULE, says="unknown_agent")
        refused(lea, "SELECT ledger.void(%s, %s, %s, '')", [other, uuid4(), uuid4()], state=RULE, says="unknown_agent")
        refused(lea, "SELECT ledger.reveal(%s, %s)", [other, uuid4()], state=RULE, says="unknown_agent")


@pytest.mark.parametrize("role", ["sam_{}", "{}_agent", "{}_supervisor", "{}_owner", "{}_auditor", "postgres"])
def test_no_other_role_can_be_taken(
    role: str, psql: Callable[..., Psql], ledger_database: str, refused: Refused
) -> None:
    lea, name = psql("lea"), role.format(make_url(ledger_database).database)
    refused(lea, f'SET ROLE "{name}"')
    refused(lea, f'SET SESSION AUTHORIZATION "{name}"')
    refused(lea, f'GRANT "{name}" TO "{login_of("lea", ledger_database)}"')
    refused(psql("sam"), f'GRANT "{name}" TO "{login_of("lea", ledger_database)}"')


SETTINGS = [
    ("agentconsole.agent", "sam"),
    ("application_name", "sam"),
    ("search_path", "pg_temp, public"),
    ("search_path", "ledger, public, pg_catalog"),
    ("row_security", "on"),
    ("TimeZone", "Pacific/Kiritimati"),
    ("DateStyle", "SQL, DMY"),
    ("IntervalStyle", "sql_standard"),
    ("standard_conforming_strings", "off"),
    ("backslash_quote", "on"),
    ("bytea_output", "escape"),
    ("transform_null_equals", "on"),
    ("lock_timeout", "1"),
    ("extra_float_digits", "-15"),
    ("client_encoding", "LATIN1"),
    ("lc_monetary", "C"),
    ("synchronous_commit", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_indexscan", "off"),
]


def test_no_setting_of_a_session_moves_a_ceiling(
    psql: Callable[..., Psql], wanted: Wanting, refused: Refused, owner: Store
) -> None:
    """What is over a ceiling is refused as ever, what is within is written as ever: hash, period, agent and all."""
    for name, value in SETTINGS:
        lea = psql("lea")
        lea.execute(f"SET {name} TO {value if name in ('search_path', 'DateStyle') else repr(value)}")
        refused(lea, GIVE, wanted(amount=5001, proof="receipt"), state=RULE, says="over_ceiling")
        refused(lea, GIVE, wanted(agent="sam"), state=RULE, says="unknown_agent")
        lea.execute(GIVE, wanted(amount=10))
    with owner.read() as connection:
        assert verify(connection) == []
        found = connection.exec_driver_sql("SELECT agent, charged_to, period::text, amount FROM ledger_entry").all()
        assert [tuple(row) for row in found] == [("lea", "lea", "2026-03-01", 10)] * len(SETTINGS)


@pytest.mark.parametrize("setting", ["session_replication_role = replica", "row_security = off; TABLE ledger_entry"])
def test_settings_that_would_switch_guards_off(setting: str, psql: Callable[..., Psql], refused: Refused) -> None:
    refused(psql("lea"), f"SET {setting}", state=DENIED)


def test_nothing_that_stands_in_the_way_of_a_name_is_taken_for_it(
    psql: Callable[..., Psql], owner: Store, ledger_database: str, wanted: Wanting, refused: Refused
) -> None:
    """Even somebody who could make temporary tables, schemas, functions and operators hijacks nothing with them."""
    login, database = login_of("lea", ledger_database), make_url(ledger_database).database
    with owner.write() as connection:  # a mistake of an administrator's, far beyond what agents may
        connection.exec_driver_sql(f'GRANT TEMPORARY, CREATE ON DATABASE "{database}" TO "{login}"')
    lea = psql("lea")
    try:
        for statement in (
            "CREATE SCHEMA evil",
            "SET search_path = evil, pg_temp, ledger, public, pg_catalog",
            f"CREATE TEMPORARY TABLE ledger_login AS SELECT '{login}' AS role, 'sam' AS agent, true AS active",
            "CREATE TEMPORARY TABLE ledger_rule AS SELECT * FROM public.ledger_rule",
            "UPDATE pg_temp.ledger_rule SET ceiling = 999999999, customer = 999999999, budget = 999999999",
            "CREATE TEMPORARY TABLE ledger_budget AS SELECT * FROM public.ledger_budget",
            "CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz RETURN now() + interval '9 years'",
            "CREATE FUNCTION evil.less(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "CREATE OPERATOR evil.<= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.less)",
            "CREATE FUNCTION evil.more(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false'",
            "CREATE OPERATOR evil.> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.more)",
            "CREATE FUNCTION evil.equal(text, name) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = name, FUNCTION = evil.equal)",
            "CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
            "CREATE FUNCTION evil._refuse(text) RETURNS void LANGUAGE sql AS 'SELECT'",
        ):
            lea.execute(statement)
        refused(lea, GIVE, wanted(amount=5001, proof="receipt"), state=RULE, says="over_ceiling")
        refused(lea, GIVE, wanted(agent="sam"), state=RULE, says="unknown_agent")
        refused(lea, GIVE, wanted(kind="refund"), state=RULE, says="kind_not_allowed")
        lea.execute(GIVE, wanted())
        assert lea.execute("SELECT count(*) FROM pg_temp.ledger_budget").fetchone() == (0,)
        with owner.read() as connection:
            found = connection.exec_driver_sql("SELECT agent, amount, period::text FROM ledger_entry").all()
            assert [tuple(row) for row in found] == [("lea", 1000, "2026-03-01")]
    finally:
        lea.execute("DROP SCHEMA evil CASCADE")
        with owner.write() as connection:
            connection.exec_driver_sql(f'REVOKE TEMPORARY, CREATE ON DATABASE "{database}" FROM "{login}"')


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris", "-13"])
def test_a_period_is_the_brands_whatever_zone_a_session_has(
    zone: str, psql: Callable[..., Psql], wanted: Wanting, still: Callable[[datetime], None], owner: Store
) -> None:
    """The last moment of March in Paris, and the first of April; both are 31 March in Greenwich."""
    lea = psql("lea")
    lea.execute(f"SET TimeZone TO '{zone}'")
    for at in (datetime(2026, 3, 31, 21, 59, 59, 999999, UTC), datetime(2026, 3, 31, 22, 0, tzinfo=UTC)):
        still(at)
        lea.execute(GIVE, wanted(amount=100))
    with owner.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT period::text, team_period::text FROM ledger_entry ORDER BY seq"
        ).all()
        assert [tuple(row) for row in found] == [("2026-03-01", "2026-03-01"), ("2026-04-01", "2026-04-01")]
        spent = connection.exec_driver_sql("SELECT scope, begins::text, spent FROM ledger_budget ORDER BY 1, 2").all()
        assert [tuple(row) for row in spent] == [
            ("agent", "2026-03-01", 100), ("agent", "2026-04-01", 100),
            ("team", "2026-03-01", 100), ("team", "2026-04-01", 100),
        ]  # fmt: skip


def test_the_clock_is_the_databases(psql: Callable[..., Psql], owner: Store, wanted: Wanting) -> None:
    """A transaction that stays open over a boundary counts in the period in which it gives, not in which it began."""
    lea = psql("lea", autocommit=False)
    lea.execute("SELECT now()")
    with owner.write() as connection:
        stand_still(connection, datetime(2026, 7, 1, tzinfo=UTC))
    lea.execute(GIVE, wanted())
    lea.commit()
    with owner.read() as connection:
        assert connection.exec_driver_sql("SELECT period::text FROM ledger_entry").scalar() == "2026-07-01"


def test_a_disabled_agent_does_nothing_more(
    psql: Callable[..., Psql], owner: Store, ledger_database: str, wanted: Wanting, refused: Refused
) -> None:
    """Not in a session that is open, and not in a new one."""
    lea = psql("lea")
    lea.execute(GIVE, wanted())
    roles.disable_agent(owner, "lea")
    try:
        refused(lea, GIVE, wanted())
        refused(lea, "SELECT * FROM public.conversation", says="schema public")
        refused(lea, "UPDATE public.conversation SET subject = ''", says="schema public")
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            psql("lea")
    finally:
        roles.add_agent(owner, "lea", login_of("lea", ledger_database), supervisor=False)
    psql("lea").execute(GIVE, wanted(proof="receipt"))


def test_an_agent_whom_the_policy_does_not_know_does_nothing(
    psql: Callable[..., Psql], owner: Store, ledger_database: str, wanted: Wanting, refused: Refused
) -> None:
    login = login_of("zoe", ledger_database)
    roles.add_agent(owner, "zoe", login, supervisor=True)
    refused(psql(role=login), GIVE, wanted(agent="zoe"), state=RULE, says="unknown_agent")
    refused(psql(role=login), "SELECT ledger.apply_policy('zoe', '{}', '')", state=RULE, says="not_supervisor")
    refused(psql("bot"), GIVE, wanted(agent="bot"), state=RULE, says="no_delegation")


def test_no_login_is_given_to_a_role_that_may_do_more(owner: Store, ledger_database: str) -> None:
    for role in ("postgres", f"{make_url(ledger_database).database}_owner"):
        with pytest.raises(UsageError, match="may do more"):
            roles.add_agent(owner, "lea", role, supervisor=False)
    with pytest.raises(UsageError, match="is agent 'tom'"):
        roles.add_agent(owner, "lea", login_of("tom", ledger_database), supervisor=False)


def test_an_auditor_sees_all_and_does_nothing(
    psql: Callable[..., Psql], owner: Store, ledger_database: str, lived: UUID, wanted: Wanting, refused: Refused
) -> None:
    """A role in the group of auditors verifies the whole ledger, and reads no customer's words."""
    role, database = login_of("auditor", ledger_database), make_url(ledger_database).database
    with owner.write() as connection:
        connection.exec_driver_sql(f'CREATE ROLE "{role}" LOGIN')
        connection.exec_driver_sql(f'GRANT "{database}_auditor" TO "{role}" WITH INHERIT TRUE, SET FALSE')
    place = make_url(ledger_database).set(username=role).render_as_string(hide_password=False).replace(":@", "@")
    store = open_desk(place, Path())
    with store.read() as connection:
        assert verify(connection) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar() == 4
    store.close()
    auditor = psql(role=role)
    refused(auditor, GIVE, wanted(agent="lea"), says="give")
    refused(auditor, "SELECT ledger.void('lea', %s, %s, '')", [uuid4(), lived], says="void")
    refused(auditor, "SELECT ledger.apply_policy('sam', '{}', '')", says="apply_policy")
    for query in ("SELECT * FROM message", "UPDATE conversation SET subject = ''", "SELECT code FROM ledger_voucher"):
        refused(auditor, query)
    with owner.write() as connection:
        connection.exec_driver_sql(f'DROP ROLE "{role}"')
