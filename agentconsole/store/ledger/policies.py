"""Reading policies: which one holds, and every one that ever did. Writing one is :meth:`.base.Ledger.apply_policy`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text

from agentconsole.store.ledger.tables import login, policy


class Applied(NamedTuple):
    """A policy as it was applied.

    :param at: UTC. :param author: an agent's id, or the database role of who set up the desk.
    :param digest: SHA-256 of its document, hexadecimal.
    """

    version: int
    at: datetime
    author: str
    digest: str


_APPLIED = (policy.c.version, policy.c.at, policy.c.author, policy.c.digest)


def latest(connection: Connection) -> Applied | None:
    """The policy that holds; ``None`` where none was ever applied."""
    row = connection.execute(select(*_APPLIED).order_by(policy.c.version.desc()).limit(1)).first()
    return Applied(*row) if row else None


def document(connection: Connection, version: int) -> str | None:
    """The JSON of a policy; ``None`` where there is none of that version."""
    found: str | None = connection.execute(select(policy.c.document).where(policy.c.version == version)).scalar()
    return found


def history(connection: Connection) -> Iterator[tuple[Applied, str]]:
    """Every policy with its document, the oldest first."""
    for row in connection.execute(select(*_APPLIED, policy.c.document).order_by(policy.c.version)):
        yield Applied(*row[:4]), row[4]


def agent_of_login(connection: Connection) -> str | None:
    """Which agent the database knows this session as; ``None``: none, as is whoever set up the desk.

    Only for PostgreSQL: an SQLite desk has no logins.
    """
    mine = select(login.c.agent).where(login.c.role == func.session_user(), login.c.active)
    found: str | None = connection.execute(mine).scalar()
    return found


def is_service_login(connection: Connection) -> bool:
    """Whether the database knows this session as the service: a member of the desk's group for it, and no superuser."""
    query = text(
        "SELECT EXISTS (SELECT FROM pg_roles g, pg_roles me WHERE g.rolname = current_database() || '_sync'"
        " AND me.rolname = session_user AND NOT me.rolsuper AND pg_has_role(me.oid, g.oid, 'MEMBER'))"
    )
    return bool(connection.execute(query).scalar_one())
