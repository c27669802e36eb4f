"""Health and figures over HTTP: ``/healthz``, ``/readyz`` and ``/metrics``, on loopback unless told otherwise.

There is no login: whoever reaches the address reads how many replies wait, and nothing of what they say.
"""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.sync.metrics import registry
from agentconsole.sync.service import Service

_PATIENCE = 10.0
"""Seconds that somebody has to send a request."""


class Listening:
    """An HTTP server about one service, in a thread of its own.

    :param service: ``None`` while its desk cannot be reached; :meth:`about` says later which it is.
    :param host: a name, or an address without brackets. :param port: 0 takes any that is free.
    :raises UsageError: somebody else listens there, or the address is not this machine's.
    """

    def __init__(self, service: Service | None, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._server = _server(family)((host, port), _Handler)
        except OSError as error:
            raise UsageError(
                _("Nobody can listen at {host}:{port}: {error}.").format(host=host, port=port, error=error.strerror),
                _("Give another port with --listen."),
            ) from None
        if service is not None:
            self.about(service)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="listening", daemon=True)
        self._thread.start()

    def about(self, service: Service) -> None:
        """Tell of that service from now on."""
        self._server.told = service, registry(service)

    def close(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(1)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    told: tuple[Service, CollectorRegistry] | None = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked has gone: nothing to tell of."""


def _server(family: socket.AddressFamily) -> type[_Server]:
    return type("_Bound", (_Server,), {"address_family": family})


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE
    server_version = "agentconsole"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one of the three."""
        place = self.path.partition("?")[0]
        if self.server.told is None:
            self._tell(place == "/healthz", desk=False, why="the desk cannot be reached")
            return
        service, figures = self.server.told
        if place == "/metrics":
            encode, kind = choose_encoder(self.headers.get("Accept", ""))
            self._answer(200, encode(figures), kind)
        elif place == "/healthz":
            stuck = service.stuck()
            self._tell(not stuck and service.tally.outdated is None, stuck=stuck)
        elif place == "/readyz":
            look = service.pulse.look()
            doing = {one.channel: one.doing for one in look.channels} if look else {}
            self._tell(look is not None, desk=look is not None, channels=doing)
        else:
            self._answer(404, b"/healthz, /readyz, /metrics\n", "text/plain; charset=utf-8")

    do_HEAD = do_GET  # noqa: N815 (as http.server wants it)

    def _tell(self, good: bool, **more: object) -> None:
        self._answer(200 if good else 503, json.dumps({"good": good, **more}).encode() + b"\n", "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: every scrape would be a line."""
