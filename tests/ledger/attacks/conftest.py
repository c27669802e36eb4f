"""PostgreSQL as an agent with psql has it: a plain connection with a login of one's own, and no program in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import TupleRow
from sqlalchemy import make_url, text

from agentconsole.model.gesture import Code
from agentconsole.model.message import Address
from agentconsole.store.engine import Store
from agentconsole.store.ledger import ledger_of
from agentconsole.store.ledger.tables import LEDGER
from tests.incoming import arrives, message
from tests.ledger.conftest import Opens, login_of

Psql = psycopg.Connection[TupleRow]
Refused = Callable[..., None]
DENIED = "42501"
RULE = "GW001"
GIVE = (
    "SELECT written FROM ledger.give(%(agent)s, %(key)s, %(conversation)s, %(kind)s, %(amount)s, %(currency)s,"
    " %(reason)s, %(proof)s, %(approval)s)"
)
ASK = (
    "SELECT written FROM ledger.ask(%(agent)s, %(key)s, %(conversation)s, %(kind)s, %(amount)s, %(currency)s,"
    " %(reason)s, %(proof)s, '')"
)


@pytest.fixture
def ledger_address(ledger_database: str) -> str:
    """These tests are about PostgreSQL alone."""
    return ledger_database


@pytest.fixture
def psql(open_gestures: Opens, ledger_database: str) -> Iterator[Callable[..., Psql]]:
    """A connection of an agent's; by the name of a role where ``role`` says one."""
    url = make_url(ledger_database)
    opened: list[Psql] = []

    def connect(agent: str = "lea", *, autocommit: bool = True, role: str | None = None) -> Psql:
        user = role or login_of(agent, ledger_database)
        connection = psycopg.connect(host=str(url.query["host"]), dbname=url.database, user=user, autocommit=autocommit)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def conversation(open_gestures: Opens) -> UUID:
    """A conversation of Camille's."""
    desk = open_gestures("lea")
    (row,) = [arrives(desk, message())]
    with desk.store.read() as connection:
        found = connection.execute(text("SELECT id FROM conversation ORDER BY number LIMIT 1")).scalar_one()
    assert row
    return UUID(str(found))


@pytest.fixture
def wanted(conversation: UUID) -> Callable[..., dict[str, Any]]:
    """Parameters of a gesture that the rules allow: 10.00 EUR of credit by Léa; each can be said otherwise."""

    def make(**changes: object) -> dict[str, Any]:
        values: dict[str, object] = {
            "agent": "lea",
            "key": uuid4(),
            "conversation": conversation,
            "kind": "credit",
            "amount": 1000,
            "currency": "EUR",
            "reason": "outage",
            "proof": "",
            "approval": None,
        }
        return values | changes

    return make


@pytest.fixture
def contents(owner: Store) -> Callable[[], dict[str, list[Any]]]:
    """All that the ledger holds, as its owner sees it."""

    def read() -> dict[str, list[Any]]:
        with owner.read() as connection:
            names = [*(table.name for table in LEDGER), "ledger.shown"]
            return {n: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {n}").all())) for n in names}

    return read


@pytest.fixture
def unchanged(contents: Callable[[], dict[str, list[Any]]]) -> Callable[[], AbstractContextManager[None]]:
    """Within it nothing of the ledger changes."""

    @contextmanager
    def hold() -> Iterator[None]:
        before = contents()
        yield
        assert contents() == before

    return hold


@pytest.fixture
def refused(unchanged: Callable[[], AbstractContextManager[None]]) -> Refused:
    """A statement is refused with an SQLSTATE and words, and nothing of the ledger has changed."""

    def check(connection: Psql, query: str, values: object = None, *, state: str = DENIED, says: str = "") -> None:
        with unchanged(), pytest.raises(psycopg.Error) as error:
            connection.execute(query, values)  # type: ignore[call-overload]  # (any statement is tried here)
        assert error.value.sqlstate == state, str(error.value)
        if state == RULE:
            assert error.value.diag.message_primary == says
        else:
            assert says in str(error.value)

    return check


@pytest.fixture
def stock(owner: Store) -> Callable[..., None]:
    """Put voucher codes into the pool of vouchers, of 10.00 EUR each."""

    def add(*codes: str) -> None:
        with owner.write() as connection:
            ledger_of(connection).add_vouchers("voucher", [Code(code, 1000, "EUR", None) for code in codes])

    return add


@pytest.fixture
def lived(psql: Callable[..., Psql], wanted: Callable[..., dict[str, Any]], stock: Callable[..., None]) -> UUID:
    """A ledger with something in every table: a voucher that was granted, shown and reviewed, an approved request."""
    stock("A", "B")
    lea, sam = psql("lea"), psql("sam")
    (entry,) = lea.execute(GIVE, wanted(kind="voucher", proof="receipt")).fetchone() or (None,)
    lea.execute("SELECT * FROM ledger.reveal('lea', %s)", [entry])
    (asked,) = lea.execute(ASK, wanted(amount=9000, proof="receipt")).fetchone() or (None,)
    sam.execute("SELECT ledger.approve('sam', %s, 8000, 'fine')", [asked])
    sam.execute("SELECT ledger.review('sam', %s, 'talk', 'why so much?')", [entry])
    return UUID(str(entry))


@pytest.fixture
def other_conversation(open_gestures: Opens, conversation: UUID) -> UUID:
    """A conversation of another customer's."""
    desk = open_gestures("lea")
    arrives(desk, message(author=Address("robin@customer.example", "Robin Vale"), subject="Hello"))
    with desk.store.read() as connection:
        found = connection.execute(text("SELECT id FROM conversation ORDER BY number DESC LIMIT 1")).scalar_one()
    assert found != conversation
    return UUID(str(found))


@pytest.fixture
def many(open_gestures: Opens, conversation: UUID) -> list[UUID]:
    """Ten conversations of ten customers."""
    desk = open_gestures("lea")
    for n in range(9):
        author = Address(f"customer{n}@customer.example", f"Customer {n}")
        arrives(desk, message(author=author, subject=f"Question {n}"))
    with desk.store.read() as connection:
        return [UUID(str(i)) for i in connection.execute(text("SELECT id FROM conversation")).scalars()]
