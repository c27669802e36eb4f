"""A PostgreSQL server's TLS, in front of a server that was built without: the client cannot tell."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from types import TracebackType
from typing import Self

_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""PostgreSQL documentation, "Message Formats": what a client sends first where it wants TLS."""


class TlsRelay:
    """Listens on a free port of loopback, presents a certificate, and hands what is said on to ``port``."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self._target, self._context = port, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.secured = 0
        """Connections whose client was content with the certificate."""
        self._thread = threading.Thread(target=self._accept, name="tls-relay", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), name="tls-relay", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self._target)) as server:
            if client.recv(len(_SSL_REQUEST), socket.MSG_WAITALL) != _SSL_REQUEST:
                return
            client.sendall(b"S")
            with self._context.wrap_socket(client, server_side=True) as secure:
                first = secure.recv(1 << 16)
                self.secured += bool(first)
                server.sendall(first)
                _pump(secure, server)


def _pump(secure: ssl.SSLSocket, server: socket.socket) -> None:
    """Hand everything on, both ways, in one thread: an SSLSocket is not for two."""
    while True:
        ready = [secure] if secure.pending() else select.select([secure, server], [], [])[0]
        for source in ready:
            piece = source.recv(1 << 16)
            if not piece:
                return
            (server if source is secure else secure).sendall(piece)
