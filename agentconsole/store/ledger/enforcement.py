"""Setting the ledger's guards: the files of ``store/sql``, in the order of their names. Needed only by migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

_SQL = Path(__file__).parents[1] / "sql"


def install(connection: Connection, part: Literal["", "team"] = "") -> None:
    """Make or replace every trigger, view and function of the ledger, in the transaction that runs.

    A later change of these files comes with a migration that calls this again.

    :param part: "team" for what guards and tells of the desk's other tables: ``store/sql/team``.
    """
    for path in sorted((_SQL / part / connection.dialect.name).glob("*.sql")):
        for statement in statements(path.read_text("utf-8")):
            connection.exec_driver_sql(statement)


def statements(script: str) -> list[str]:
    """The statements of a file, which are divided by lines of ``-- ;;``."""
    parts = [part.strip() for part in script.split("\n-- ;;\n")]
    return [part for part in parts if any(line and not line.startswith("--") for line in part.splitlines())]
