"""Ways around the functions: what a session may have printed, what moves under a grant, who answers for an order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.errors import UsageError
from agentconsole.store.engine import Store
from agentconsole.store.ledger import roles
from agentconsole.store.ledger.verifying import verify
from tests.ledger.attacks.conftest import ASK, GIVE, RULE, Psql, Refused
from tests.ledger.conftest import login_of
from tests.ledger.world import LEDGER_CONFIG

Wanting = Callable[..., dict[str, Any]]
HANDED_OVER = '{ id = "credit", fulfil = "shop" }'
VOID = "SELECT written FROM ledger.void(%s, %s, %s, %s)"


def test_no_plan_that_is_printed_has_a_code_in_it(
    psql: Callable[..., Psql], wanted: Wanting, stock: Callable[..., None]
) -> None:
    """Everybody may have the server print how it executes a statement, with the values that it was planned for."""
    code = "SECRET-CODE"
    stock(code)
    lea, told = psql("lea", autocommit=False), []
    lea.add_notice_handler(lambda said: told.append(f"{said.message_primary} {said.message_detail}"))
    for setting in ("debug_print_parse = on", "debug_print_rewritten = on", "debug_print_plan = on"):
        lea.execute(f"SET {setting}")
    lea.execute("SET plan_cache_mode = force_custom_plan")
    lea.execute("SET client_min_messages = debug5")
    key = uuid4()
    (entry,) = lea.execute(GIVE, wanted(kind="voucher", key=key)).fetchone() or (None,)
    assert lea.execute("SELECT code FROM ledger.reveal('lea', %s)", [entry]).fetchone() == (None,)
    lea.rollback()
    printed = " ".join("\n".join(told).split())
    assert " ".join(str(byte - 256 if byte > 127 else byte) for byte in key.bytes) in printed, "values are printed"
    assert " ".join(str(byte) for byte in code.encode()) not in printed
    assert code not in printed


@pytest.mark.parametrize("act", [GIVE, ASK])
def test_a_conversation_that_becomes_another_customers_meanwhile(
    act: str, psql: Callable[..., Psql], wanted: Wanting, ledger_database: str, other_conversation: UUID, owner: Store
) -> None:
    """Camille has all that she may get; a conversation of Robin's is made hers while a grant waits for Robin."""
    lea, watch = psql("lea"), psql("sam")
    for _ in range(2):
        lea.execute(GIVE, wanted(amount=5000, proof="receipt"))
    camille, robin = (row[0] for row in watch.execute("SELECT id FROM customer ORDER BY since, name"))
    said: list[str | None] = []

    def give() -> None:
        amount = 5000 if act is GIVE else 6000
        try:
            lea.execute(act, wanted(amount=amount, proof="receipt", conversation=other_conversation))
        except psycopg.Error as error:
            said.append(error.diag.message_primary)

    giving = threading.Thread(target=give)
    with psycopg.connect(ledger_database) as mover:  # what no agent's login may do
        mover.execute("SELECT FROM customer WHERE id = %s FOR UPDATE", [robin])
        giving.start()
        while watch.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)").fetchone() != (True,):
            time.sleep(0)
        mover.execute("UPDATE conversation SET customer_id = %s WHERE id = %s", [camille, other_conversation])
    giving.join()
    assert said == ["busy"]
    with owner.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar() == 2
        assert verify(connection) == []


@pytest.fixture
def for_the_shop(apply_config: Callable[[Config], int], psql: Callable[..., Psql]) -> None:
    """Credit is handed over to the shop."""
    del psql  # whose policy is applied before
    text = LEDGER_CONFIG.replace('{ id = "credit", fulfil = "task" }', HANDED_OVER)
    assert text != LEDGER_CONFIG
    shop = '\n[shop]\nurl = "https://shop.example/gestures"\n'
    apply_config(parse(text + shop, "agentconsole.toml", settings_model))


def test_nobody_says_that_anothers_order_was_not_taken(
    for_the_shop: None, psql: Callable[..., Psql], wanted: Wanting, refused: Refused, ledger_database: str
) -> None:
    """It could be voided then, and given again, while the shop gives it: the holder's name is no secret."""
    lea, robot = psql("lea"), psql("tom")
    (entry,) = lea.execute(GIVE, wanted()).fetchone() or (None,)
    robot.execute("SELECT * FROM ledger.fulfil_claim('robot', 3600, 60)")
    assert robot.execute("SELECT ledger.fulfil_wire(%s, 1, 'robot', 10)", [entry]).fetchone() == (True,)
    (holder, *_rest) = lea.execute("SELECT lease_by FROM ledger_fulfilment").fetchone() or ("",)
    end = "SELECT ledger.fulfil_end(%s, 1, %s, %s, '', '', 0)"
    for name in ("robot", holder, f"{login_of('tom', ledger_database)} robot"):
        for outcome in ("failed", "later", "unknown"):
            assert lea.execute(end, [entry, name, outcome]).fetchone() == (None,)
    refused(lea, VOID, ["lea", uuid4(), entry, ""], state=RULE, says="fulfilled")
    done = "SELECT ledger.fulfil_end(%s, 1, 'robot', 'done', '', 'S-1', 0)"
    assert robot.execute(done, [entry]).fetchone() == ("done",)
    refused(lea, VOID, ["lea", uuid4(), entry, ""], state=RULE, says="fulfilled")


def test_an_agent_whom_the_policy_calls_disabled_sees_and_takes_nothing_more(
    for_the_shop: None,
    psql: Callable[..., Psql],
    wanted: Wanting,
    refused: Refused,
    apply_config: Callable[[Config], int],
) -> None:
    """In a session that is open, too, and before anybody has disabled the login."""
    lea = psql("lea")
    lea.execute(GIVE, wanted())
    text = LEDGER_CONFIG.replace('{ id = "lea", name', '{ id = "lea", disabled = true, name')
    apply_config(parse(text, "agentconsole.toml", settings_model))
    for nothing in ("ledger_entry", "ledger_budget", "customer c, ledger.entries_of(c.id)"):
        assert lea.execute(f"SELECT count(*) FROM {nothing}").fetchone() == (0,)
    for taken in ("fulfil_claim('x', 10, 10)", "unfulfilled()", "expire()", "voucher_stock()"):
        refused(lea, f"SELECT * FROM ledger.{taken}", state=RULE, says="unknown_agent")


@pytest.mark.parametrize("name", ['a"; DROP TABLE gift; --', "per%(x)s", "Ünï code", "a'b\\c"])
def test_a_login_may_have_any_name(name: str, owner: Store, psql: Callable[..., Psql]) -> None:
    roles.add_agent(owner, "lea", name, supervisor=False)
    try:
        session = psql(role=name)
        assert session.execute("SELECT ledger.me(), session_user::text").fetchone() == ("lea", name)
        session.close()
        assert [login.agent for login in roles.logins(owner) if login.role == name] == ["lea"]
    finally:
        psql(role="postgres").execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_no_login_is_a_group_nor_a_cut_name_nor_may_become_more(
    owner: Store, ledger_database: str, psql: Callable[..., Psql]
) -> None:
    database, climber = make_url(ledger_database).database, login_of("climber", ledger_database)
    for group in ("agent", "supervisor", "auditor", "sync", "owner"):
        with pytest.raises(UsageError, match="may do more"):
            roles.add_agent(owner, "lea", f"{database}_{group}", supervisor=False)
    with pytest.raises(UsageError, match="too long"):
        roles.add_agent(owner, "lea", "é" * 32, supervisor=False)
    admin = psql(role="postgres")
    admin.execute(f'CREATE ROLE "{climber}" LOGIN')
    admin.execute(f'GRANT postgres TO "{climber}"')
    try:
        with pytest.raises(UsageError, match="may do more"):
            roles.add_agent(owner, "lea", climber, supervisor=False)
    finally:
        admin.execute(f'DROP ROLE "{climber}"')
    logins = [login.role for login in roles.logins(owner)]
    assert all(login.endswith(f"_{database}") for login in logins)
