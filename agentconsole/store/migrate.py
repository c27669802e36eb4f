"""Alembic, imported only when a desk is made or migrated: it costs a third of a second."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import text

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
    """Bring a desk to the newest revision, in one transaction: wholly or not at all."""
    config = _config()
    with store.write() as connection:
        if not store.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
