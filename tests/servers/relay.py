"""A line between a client and a server on loopback that can be cut, or whose answers can be altered."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Alter = Callable[[bytes], bytes | None]
"""What becomes of a piece of the server's answer; ``None`` cuts the connection."""


class Relay:
    """Listens on a free port and hands each connection on to ``port``."""

    def __init__(self, port: int, alter: Alter = lambda piece: piece) -> None:
        self.alter = alter
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._socks: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="relay", daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _hang_up(self._listener)
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """Break all connections."""
        for sock in self._socks:
            _hang_up(sock)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:  # nobody is there: whoever connects is told so
                _hang_up(client)
                continue
            self._socks += [client, server]
            for start in (
                lambda client=client, server=server: self._pump(client, server, lambda piece: piece),
                lambda client=client, server=server: self._pump(server, client, self._altered),
            ):
                thread = threading.Thread(target=start, name="relay", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _altered(self, piece: bytes) -> bytes | None:
        return self.alter(piece)

    def _pump(self, source: socket.socket, sink: socket.socket, alter: Alter) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                altered = alter(piece)
                if altered is None:
                    break
                sink.sendall(altered)
        _hang_up(source)
        _hang_up(sink)


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
