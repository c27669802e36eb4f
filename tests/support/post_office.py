"""A service as customers use it, over HTTP: it keeps what is sent, and has mishaps where it is told to."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Mishap = Callable[[str], bool]


class Office:
    """A post office on a local port.

    :ivar mishap: asked at each stage of a delivery ("hello", "request", "kept"): True breaks the connection there.
    :ivar refusal: (HTTP status, text) that answers deliveries instead of taking them.
    :ivar inbox: what customers wrote, as JSON.
    :ivar taken: the replies taken, in order, as JSON.
    """

    def __init__(self) -> None:
        self.mishap: Mishap = lambda stage: False
        self.refusal: tuple[int, str] | None = None
        self.locked = False
        self.inbox: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.office = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def writes(self, text: str, who: str = "camille@customer.example", **more: Any) -> None:
        """A customer writes."""
        message = {"id": f"post-{len(self.inbox)}", "at": datetime.now(UTC).isoformat(), "author": [who, ""]}
        self.inbox.append(message | {"subject": "", "text": text} | more)

    def copies(self) -> Counter[str]:
        """How often each reply's key was taken."""
        return Counter(reply["key"] for reply in self.taken)

    def take(self, reply: dict[str, Any]) -> None:
        with self._lock:
            self.taken.append(reply)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    office: Office

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        office, place = self.server.office, urlsplit(self.path)
        if place.path == "/hello":
            return None if self._breaks("hello") else self._answer(200, "welcome")
        if office.locked:
            return self._answer(401, "who are you?")
        if place.path == "/inbox":
            asked = {name: int(values[0]) for name, values in parse_qs(place.query).items()}
            page = office.inbox[asked["after"] : asked["after"] + asked["limit"]]
            end = asked["after"] + len(page)
            return self._answer(
                200, json.dumps({"messages": page, "cursor": str(end), "more": end < len(office.inbox)})
            )
        known = place.path.removeprefix("/replies/") in office.copies()
        return self._answer(200 if known else 404, "{}")

    def do_POST(self) -> None:
        office = self.server.office
        reply = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._breaks("request"):
            return
        if office.refusal:
            self._answer(*office.refusal)
            return
        office.take(reply)
        if not self._breaks("kept"):
            self._answer(200, "taken")

    def _breaks(self, stage: str) -> bool:
        if not self.server.office.mishap(stage):
            return False
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
        return True

    def _answer(self, status: int, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: Any) -> None:
        pass
