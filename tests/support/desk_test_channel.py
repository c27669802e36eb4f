"""The kind of channel "post": a client of :mod:`tests.support.post_office`, installed like any other package.

It speaks HTTP over a socket, greets before it sends (as SMTP does), and tells what went wrong where as the
contract wants it: before ``wire()`` nothing was sent, after it a missing answer is ambiguous.
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Literal
from urllib.parse import urlsplit

from agentconsole.channels.base import Finding, Page, Receipt
from agentconsole.config import ChannelSettings
from agentconsole.config.values import Frozen
from agentconsole.errors import Ambiguous, ChannelError, LoginRefused, NotSent, Rejected
from agentconsole.model.ids import new_id
from agentconsole.model.message import Address, Incoming, Outgoing


class Settings(Frozen):
    url: str = "http://127.0.0.1:9"
    """Where the post office is."""
    asks: Literal["finds", "knows", "never"] = "finds"
    """What ``find`` tells: only what was taken, also what was not, or nothing."""


def open_channel(settings: ChannelSettings, secret: str | None, folder: Path) -> Post:
    return Post(Settings.model_validate(settings.options), secret)


def mint_key(settings: ChannelSettings) -> str:
    return f"{new_id().hex}@post.example"


class Post:
    def __init__(self, settings: Settings, secret: str | None) -> None:
        self._settings, self._secret = settings, secret
        self._place = urlsplit(settings.url).netloc

    def pull(self, cursor: str | None, limit: int) -> Page:
        status, found = self._ask("GET", f"/inbox?after={cursor if cursor and cursor.isdecimal() else 0}&limit={limit}")
        if status == 401:
            raise LoginRefused("The post office does not know us.", "Give the password.")
        if status != 200:
            raise ChannelError(f"The post office says {status}.")
        return Page(tuple(map(incoming, found["messages"])), found["cursor"], found["more"])

    def wait(self, seconds: float, stop: Event) -> None:
        stop.wait(min(seconds, 0.05))

    def deliver(self, reply: Outgoing, wire: Callable[[], bool]) -> Receipt:
        connection = http.client.HTTPConnection(self._place, timeout=10)
        try:
            try:
                connection.request("GET", "/hello")
                connection.getresponse().read()
            except (OSError, http.client.HTTPException) as error:
                raise NotSent(f"The post office does not greet: {error!r}.") from None
            if not wire():
                raise NotSent("Another console has taken over.")
            try:
                connection.request("POST", "/replies", json.dumps(outgoing(reply)))
                answer = connection.getresponse()
                said = answer.read().decode()
            except (OSError, http.client.HTTPException) as error:
                raise Ambiguous(f"No answer came: {error!r}.") from None
        finally:
            connection.close()
        if answer.status == 200:
            return Receipt(reply.key, said)
        if answer.status == 429:
            raise NotSent(said)
        raise Rejected(said) if answer.status < 500 else Ambiguous(said)

    def find(self, key: str) -> bool | None:
        if self._settings.asks == "never":
            return None
        status, _ = self._ask("GET", f"/replies/{key}")
        if status == 200:
            return True
        return False if self._settings.asks == "knows" and status == 404 else None

    def check(self) -> list[Finding]:
        self._ask("GET", "/hello")
        return [Finding("greeting", True, self._place)]

    def close(self) -> None:
        pass

    def _ask(self, method: str, path: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self._place, timeout=10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else None
        except (OSError, http.client.HTTPException) as error:
            raise ChannelError(f"The post office cannot be reached: {error!r}.", "Look whether it is open.") from None
        finally:
            connection.close()


def outgoing(reply: Outgoing) -> dict[str, Any]:
    return {
        "key": reply.key,
        "number": reply.number,
        "to": reply.to.value,
        "subject": reply.subject,
        "text": reply.text,
        "author": reply.author,
        "references": reply.references,
        "quoted": reply.quoted,
        "files": {item.name: base64.b64encode(item.data).decode() for item in reply.attachments},
    }


def incoming(found: dict[str, Any]) -> Incoming:
    return Incoming(
        external_id=found["id"],
        at=datetime.fromisoformat(found["at"]),
        author=Address(*found["author"]),
        subject=found["subject"],
        text=found["text"],
        raw=json.dumps(found).encode(),
    )
