"""A shop on a local port, on bare sockets so that it can fail in every way: it gives once a key, and keeps count.

with Shop("the key") as shop:
    shop.does = lambda asked: Answer(status=429, headers={"Retry-After": "30"})
    shop.does = lambda asked: Fails("half a body")
    shop.given                                  # key -> how often it was given
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.servers.tls import Certificates

DOCS = Path(__file__).resolve().parents[2] / "docs" / "shop.md"

Failure = Literal[
    "reset at once",
    "reset before an answer",
    "close before an answer",
    "half the headers",
    "half a body",
    "no HTTP",
    "drips headers",
    "drips a body",
    "drips interim answers",
    "slow",
    "endless body",
    "endless headers",
]


@dataclass(frozen=True)
class Asked:
    """One request as it came; ``verified`` by the example of docs/shop.md."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    verified: bool

    @property
    def key(self) -> str:
        return self.headers.get("Idempotency-Key", "")


@dataclass(frozen=True)
class Answer:
    """An answer other than the right one; ``gives``: the shop has given it all the same."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    gives: bool = False


@dataclass(frozen=True)
class Fails:
    """A broken line; ``gives`` as of :class:`Answer`."""

    how: Failure
    gives: bool = True


Does = Callable[[Asked], Answer | Fails | None]


class Shop:
    """A shop that behaves, unless ``does`` says otherwise for a request (``None``: it behaves)."""

    def __init__(self, secret: str, certificates: Certificates | None = None, port: int = 0) -> None:
        self.secret = secret
        self.does: Does = lambda _asked: None
        self.asked: list[Asked] = []
        self.given: Counter[str] = Counter()
        self.connections = 0
        self.references: dict[str, str] = {}
        self._verify = verifier()
        self._tls = certificates.server_context() if certificates else None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/gestures"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """From now on connections are refused."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with self._lock:
            self.connections += 1
        try:
            if self._tls:
                line = self._tls.wrap_socket(line, server_side=True)
            if self.does(Asked("", {}, b"", False)) in (Fails("reset at once"), Fails("reset at once", gives=False)):
                return _reset(line)
            asked = self._read(line)
            does = self._hears(asked)
            if isinstance(does, Fails):
                self._fails(line, does)
            else:
                line.sendall(_framed(does))
        except (OSError, ValueError):
            pass
        finally:
            line.close()

    def _read(self, line: socket.socket) -> Asked:
        data = b""
        while b"\r\n\r\n" not in data:
            data += _some(line)
        head, body = data.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(one.split(": ", 1) for one in lines)
        while len(body) < int(headers["Content-Length"]):
            body += _some(line)
        return Asked(first.split()[1], headers, body, self._verify(self.secret, headers, body))

    def _hears(self, asked: Asked) -> Answer | Fails:
        """What it does about a request; whatever goes wrong afterwards, it gives no key twice."""
        with self._lock:
            self.asked.append(asked)
            does = self.does(asked)
            if not asked.verified:
                return Answer(401, b'{"error": "who are you?"}')
            if does is None or does.gives:
                if asked.key not in self.references:
                    self.references[asked.key] = f"shop-{len(self.references) + 1}"
                    self.given[asked.key] += 1
                right = {"id": asked.key, "reference": self.references[asked.key]}
                return does or Answer(200, json.dumps(right).encode())
            return does

    def _fails(self, line: socket.socket, does: Fails) -> None:
        if does.how == "reset before an answer":
            _reset(line)
        elif does.how == "half the headers":
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Ty")
        elif does.how == "half a body":
            line.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"id": ')
        elif does.how == "no HTTP":
            line.sendall(b"\x16\x03\x01\x00\x00 220 smtp ready\r\n\r\n")
        elif does.how == "slow":
            self._stop.wait(30)
        elif does.how.startswith("drips"):
            self._drips(line, does.how)
        elif does.how == "endless body":
            line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                line.sendall(b"x" * 65536)
        elif does.how == "endless headers":
            line.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                line.sendall(b"X-Filler: " + b"x" * 4000 + b"\r\n")

    def _drips(self, line: socket.socket, how: str) -> None:
        """Something every tenth of a second, for ever."""
        if how == "drips a body":
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        elif how == "drips headers":
            line.sendall(b"HTTP/1.1 200 OK\r\nX-Filler: ")
        while not self._stop.wait(0.1):
            line.sendall(b"HTTP/1.1 102 Processing\r\n\r\n" if how == "drips interim answers" else b"x")


def verifier() -> Callable[[str, Mapping[str, str], bytes], bool]:
    """The function ``verify`` of docs/shop.md: what the documentation shows is what tests verify by."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(DOCS), "exec"), names)
    found: Callable[[str, Mapping[str, str], bytes], bool] = names["verify"]
    return found


def _some(line: socket.socket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise ValueError("gone")
    return data


def _reset(line: socket.socket) -> None:
    """As a machine does that has lost its power: RST instead of an orderly end."""
    raw = line.detach() if not isinstance(line, ssl.SSLSocket) else None
    bare = socket.socket(fileno=raw) if raw is not None else line
    bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    bare.close()


def _framed(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body
