"""Whether what guards an SQLite ledger is as this program set it: whoever owns the file can take it away."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection

from agentconsole.store.ledger import enforcement

_MADE = re.compile(r"CREATE (?:TRIGGER|VIEW) (\w+)")
_FILES = Path(enforcement.__file__).parents[1] / "sql" / "sqlite"


def altered(connection: Connection) -> list[str]:
    """Names of the triggers and views of the ledger that are missing, changed, or none of this program's; sorted.

    A clock that stands still (see :mod:`.clock`) is a view that was changed. SQLite only.
    """
    kept = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_schema"
        " WHERE type IN ('trigger', 'view') AND (name GLOB 'ledger_*' OR tbl_name GLOB 'ledger_*')"
    )
    there = {name: _plain(sql) for name, sql in kept}
    wanted = _wanted()
    return sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))


def _wanted() -> dict[str, str]:
    found = {}
    for path in sorted(_FILES.glob("*.sql")):
        for statement in enforcement.statements(path.read_text("utf-8")):
            made = _MADE.search(statement)
            if made:
                found[made[1]] = _plain(statement[made.start() :])
    return found


def _plain(sql: str) -> str:
    return " ".join(sql.split()).rstrip("; ")
