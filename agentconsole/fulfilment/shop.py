"""The shop: one signed POST for each gesture, exact about when it was and was not taken. docs/shop.md is the protocol.

Up to the request's first byte nothing can have been given. Then ``wire()``, then the request. Its answer decides; where
there is none that counts, nobody knows: asking again under the same key is harmless, as long as the shop knows the key.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from agentconsole import __version__
from agentconsole.config.gestures import Shop
from agentconsole.errors import Ambiguous, ConsoleError, NotSent, Rejected
from agentconsole.fulfilment.base import Busy, Order, Receipt, Unclear
from agentconsole.i18n import _

KEY, TIMESTAMP, SIGNATURE = "Idempotency-Key", "Agentconsole-Timestamp", "Agentconsole-Signature"
MOST = 65_536
"""Bytes of an answer that are read."""
LONGEST_PAUSE = 86_400.0
"""Seconds: a Retry-After beyond it is cut to it."""
_REFERENCE = 200
_SAID = 300
_NOT_TAKEN = frozenset((408, 425, 429))
"""Timed out waiting for the request, too early, too many: the shop says that it did not take it, and not never."""


def body_of(order: Order) -> bytes:
    """The request's body: the same bytes each time that the order is handed over."""
    fields = {
        "id": str(order.id),
        "kind": order.kind,
        "amount": order.amount,
        "currency": order.currency,
        "reason": order.reason,
        "customer": str(order.customer),
        "conversation": order.conversation,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) over timestamp, a point and the body, as ``v1=`` and hexadecimal digits."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={signed.hexdigest()}"


class ShopService:
    """The shop that ``[shop]`` in agentconsole.toml names.

    :param secret: what both sides sign with; no ``repr`` shows it.
    """

    def __init__(self, shop: Shop, secret: str) -> None:
        self._shop, self._secret = shop, secret
        self._seconds = shop.timeout.total_seconds()

    def fulfil(self, order: Order, wire: Callable[[], bool]) -> Receipt:
        """Ask the shop to give it. Returns or raises within ``shop.timeout``, but for the resolver's own time.

        :raises Busy: certainly not taken. :raises Rejected: certainly refused. :raises Unclear: anything else after
            ``wire()``, half an answer and one that is not of the protocol included.
        """
        body, line = body_of(order), _Line(self._seconds, wire)
        try:
            with line.watched(), self._client() as client:
                request = client.build_request(
                    "POST", self._shop.url, content=body, headers=self._headers(order, body),
                    extensions={"trace": line.trace},
                )  # fmt: skip
                response = client.send(request, stream=True)
                with contextlib.closing(response):
                    return self._judged(order, response, line)
        except ConsoleError:
            raise
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise self._broken(error, line) from None

    def _client(self) -> httpx.Client:
        """Made anew for each request: a connection that is kept may be closed by the shop just as it is used again.

        The environment's proxies and ``.netrc`` are left aside: what is signed for the shop goes to the shop.
        """
        context = ssl.create_default_context() if self._shop.url.startswith("https:") else False
        timeout = httpx.Timeout(self._seconds)
        return httpx.Client(verify=context, timeout=timeout, follow_redirects=False, trust_env=False)

    def _headers(self, order: Order, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"agentconsole/{__version__}",
            KEY: str(order.id),
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self._secret, timestamp, body),
        }

    def _judged(self, order: Order, response: httpx.Response, line: _Line) -> Receipt:
        """What an answer means; its status counts even where its words do not come, unless it says that it is done."""
        status, after = response.status_code, _retry_after(response)
        words, whole = b"", False
        try:
            words, whole = _read(response)
        except (httpx.HTTPError, OSError) as error:
            if response.is_success:
                raise self._broken(error, line) from None
        said = f"{status} {_said(words)}".strip()
        if response.is_success:
            reference = _reference(order, words) if whole else None
            if reference is None:
                raise Unclear(
                    _("The shop's answer is not as docs/shop.md says: {said}").format(said=said[:_SAID]),
                    _("Ask whoever runs the shop's side."),
                    after,
                )
            return Receipt(reference)
        if status in _NOT_TAKEN:
            raise Busy(_("The shop wants to be asked later: {said}").format(said=said), "", after)
        if 300 <= status < 500 and status != 409:
            raise Rejected(
                _("The shop refused it: {said}").format(said=said),
                _("Mend what it says, then hand it over again; or void the gesture."),
            )
        raise Unclear(_("The shop gave no clear answer: {said}").format(said=said), "", after)

    def _broken(self, error: Exception, line: _Line) -> NotSent | Ambiguous:
        """What it means that there was no answer, or half of one."""
        host = httpx.URL(self._shop.url).host if not isinstance(error, httpx.InvalidURL) else self._shop.url
        if line.expired or isinstance(error, httpx.TimeoutException):
            what = _("{host} did not answer within {seconds} s.").format(host=host, seconds=round(self._seconds, 1))
        else:
            said = " ".join(str(error).split())[:_SAID] or type(error).__name__
            what = _("{host} cannot be reached: {said}").format(host=host, said=said)
        if not line.wired:
            return Busy(what, _("It is tried again by itself."))
        return Unclear(what, _("It may have been given."))


class _Line:
    """One connection's course: where the point of no return is, and the end of its time.

    httpx's own time limits are for each read: an answer that drips byte by byte would never reach them. So a timer
    breaks the connection. The ``trace`` extension of httpx tells of the socket, and of the moment before the request.
    """

    def __init__(self, seconds: float, wire: Callable[[], bool]) -> None:
        self.wired, self.expired = False, False
        self._wire = wire
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Its time runs within this."""
        self._timer.start()
        try:
            yield
        finally:
            self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by httpx."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
        elif event == "http11.send_request_headers.started":
            if self.expired:
                raise Busy(_("Connecting to the shop took too long."), _("It is tried again by itself."))
            if not self._wire():
                raise Busy(_("Another console has taken this over."))
            self.wired = True

    def _expire(self) -> None:
        self.expired = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # SSLSocket.shutdown would take the TLS layer from under who reads
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _read(response: httpx.Response) -> tuple[bytes, bool]:
    """The answer's body as it came, and whether that is all of it."""
    words = b""
    for chunk in response.iter_raw():
        words += chunk
        if len(words) > MOST:
            return words[:MOST], False
    return words, True


def _reference(order: Order, words: bytes) -> str | None:
    """What the shop calls it, out of ``{"id": "…", "reference": "…"}``; ``None`` where that is not what it says.

    The id must be the order's: so no login page, cache or other service passes for a shop that has given something.
    """
    try:
        answer = json.loads(words)
    except ValueError:
        return None
    if not isinstance(answer, dict) or str(answer.get("id", "")).lower() != str(order.id):
        return None
    reference = answer.get("reference")
    tidy = " ".join(reference.split()) if isinstance(reference, str) else ""
    return tidy[:_REFERENCE] or None


def _said(words: bytes) -> str:
    """The shop's words about what is wrong: ``{"error": "…"}``, or the beginning of whatever it wrote."""
    text = words[: 4 * _SAID].decode("utf-8", "replace")
    with contextlib.suppress(ValueError):
        answer = json.loads(words)
        if isinstance(answer, dict) and isinstance(answer.get("error"), str):
            text = answer["error"]
    return " ".join(text.split())[:_SAID]


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the shop asks us to wait (RFC 9110, 10.2.3): a number of them, or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_PAUSE)
    try:
        at = parsedate_to_datetime(text)
        wait = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, 0.0), LONGEST_PAUSE)
