"""Alembic, imported only when a desk is made or migrated: it costs a third of a second."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

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

    :raises DeskError: on PostgreSQL, the desk is another role's, and this login may not act as that.
    """
    config = _config()
    with store.write() as connection:
        owned = not store.sqlite and _as_owner(connection, store.name)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if owned:  # by the roles of `desk init`: what is new has to be given to them
            from agentconsole.store.ledger import grants

            grants.give(connection)
            connection.exec_driver_sql("RESET ROLE")


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
