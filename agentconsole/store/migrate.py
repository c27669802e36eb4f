"""Alembic, imported only when a desk is made or migrated: it costs a third of a second."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from agentconsole.errors import DeskError
from agentconsole.i18n import _
from agentconsole.store.engine import Store

SCRIPTS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_146_021
"""Two consoles that open the same old PostgreSQL desk migrate it one after the other."""


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def knows(revision: str) -> bool:
    """Whether this program has the migration that made a desk what it is."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def head() -> str | None:
    """The newest revision there is a file for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def upgrade(store: Store) -> None:
    """Bring a desk to the newest revision, in one transaction: wholly or not at all.

    Programs of before may be at work. Those that write are waited for; whoever begins to write later waits, and finds
    the new revision (see :meth:`Store.write`). On PostgreSQL their sessions are ended besides, where this login may.

    :raises DeskError: on PostgreSQL, the desk is another role's, and this login may not act as that.
    """
    config = _config()
    with store.write() as connection:
        owned = not store.sqlite and _as_owner(connection, store.name)
        if not store.sqlite:
            _alone(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if owned:  # by the roles of `desk init`: what is new has to be given to them
            from agentconsole.store.ledger import grants

            grants.give(connection)
            connection.exec_driver_sql("RESET ROLE")
    if not store.sqlite:
        _end_others(store)


def _alone(connection: Connection) -> None:
    """Take what it takes, and let nobody write meanwhile."""
    for setting, value in (("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")):
        connection.exec_driver_sql(f"SET LOCAL {setting} = {value}")
    connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
    if inspect(connection).has_table("alembic_version"):
        connection.exec_driver_sql("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")


def _end_others(store: Store) -> None:
    """End the sessions of other versions of this program, as far as one may: they would only be refused."""
    others = text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND application_name LIKE 'agentconsole%' AND application_name <> current_setting('application_name')"
    )
    with store.engine.connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        for pid in connection.execute(others).scalars().all():
            with suppress(SQLAlchemyError):  # of another role
                connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def _as_owner(connection: Connection, name: str) -> bool:
    """Be the owner of the desk's tables until the transaction ends; whether that is a role of `desk init`.

    What a superuser made would be the superuser's otherwise, and its functions would run with a superuser's rights.
    """
    from agentconsole.store.ledger import grants

    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    owner = grants.owner(connection)
    may = text("SELECT :owner = current_user OR pg_has_role(current_user, CAST(:owner AS name), 'SET')")
    if owner is None:
        return False
    if not connection.execute(may, {"owner": owner}).scalar_one():
        raise DeskError(
            _("{desk}: an earlier agentconsole made this desk, and your login may not bring it up to date.").format(
                desk=name
            ),
            _("Ask whoever set up the desk to run `agentconsole desk init`."),
        )
    connection.exec_driver_sql(f"SET LOCAL ROLE {grants.quoted(connection, owner)}")
    return owner == f"{grants.database(connection)}_owner"
