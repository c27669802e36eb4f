"""What a PostgreSQL server does meanwhile: processor time, statements, commits, connections."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg

_TICK = os.sysconf("SC_CLK_TCK")
_SLOWEST = 12
_STATEMENTS = """
SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 300), calls, total_exec_time, rows
FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()
ORDER BY total_exec_time DESC
"""


def processor_s(pid: int) -> float:
    """Seconds of processor time that a process has used, and those of its children that have ended (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK


def children(pid: int) -> list[int]:
    """Processes that a process has begun (Linux)."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory_mib(pid: int) -> tuple[float, float]:
    """Resident memory of a process, and its share of what several hold together (Linux)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    held = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
    return round(held["Rss"], 1), round(held["Pss"], 1)


@dataclass(frozen=True)
class _Stand:
    at: float
    processor: float
    commits: int
    statements: dict[str, tuple[int, float]]


class Server:
    """Watches a server from its making to :meth:`told`.

    :param pid: of its first process; 0 where it is not on this machine.
    """

    def __init__(self, address: str, pid: int) -> None:
        self._address, self._pid = address, pid
        self.most = 0
        """Connections at once."""
        self._stop = threading.Event()
        self._begun = self._stand()
        self._counting = threading.Thread(target=self._count, daemon=True)
        self._counting.start()

    def told(self) -> dict[str, Any]:
        """What it did since: cores, commits and statements a second, the statements that took most, in milliseconds."""
        self._stop.set()
        self._counting.join()
        before, now = self._begun, self._stand()
        seconds = now.at - before.at
        spent = []
        for query, (calls, took) in now.statements.items():
            calls_before, took_before = before.statements.get(query, (0, 0.0))
            if calls > calls_before:
                spent.append((took - took_before, calls - calls_before, query))
        spent.sort(reverse=True)
        most = [
            {"total_ms": round(took), "calls": calls, "mean_ms": round(took / calls, 2), "query": query}
            for took, calls, query in spent[:_SLOWEST]
        ]
        return {
            "cores": round((now.processor - before.processor) / seconds, 2) if self._pid else None,
            "commits_per_s": round((now.commits - before.commits) / seconds, 1),
            "statements_per_s": round(sum(calls for _took, calls, _query in spent) / seconds, 1),
            "connections": self.most,
            "slowest": most,
        }

    def _stand(self) -> _Stand:
        with psycopg.connect(self._address, autocommit=True) as connection:
            statements: dict[str, tuple[int, float]] = {}
            if (
                connection.execute("SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'").fetchone()
                is not None
            ):
                for query, calls, took, _rows in connection.execute(_STATEMENTS.encode()):
                    before = statements.get(query, (0, 0.0))
                    statements[query] = before[0] + calls, before[1] + took
            asked = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
            row = connection.execute(asked).fetchone()
        processor = sum(map(processor_s, [self._pid, *children(self._pid)])) if self._pid else 0.0
        return _Stand(monotonic(), processor, row[0] if row else 0, statements)

    def _count(self) -> None:
        asked = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        with psycopg.connect(self._address, autocommit=True) as connection:
            while not self._stop.wait(0.5):
                row = connection.execute(asked).fetchone()
                self.most = max(self.most, row[0] if row else 0)
