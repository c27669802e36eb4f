"""Who is logged in, and who tried too often. Pure: every function is told the time.

What browsers hold is a random token; here only its digest is kept, so that a look into a log or a dump gives nobody a
session.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

IDLE = timedelta(hours=2)
"""A session without a request or an open console ends after this time."""
LONGEST = timedelta(hours=12)
"""Every session ends after this time: a shift and a half."""
TRIES = 5
"""Wrong passwords in a row of one name, or from one address, before they have to wait."""
WAIT = timedelta(minutes=1)
"""How long they wait then; twice as long after each further try, an hour at most."""
_LONGEST_WAIT = timedelta(hours=1)
_REMEMBERED = 10_000
_AT_ONCE = 500


@dataclass(slots=True)
class Session:
    """Somebody who is logged in.

    :param agent: their id. :param name: their name. :param address: the desk as their console opens it.
    :param language: the language their browser asked for.
    :param secrets: what their console's environment has besides: a password of PostgreSQL, never logged.
    """

    agent: str
    name: str
    address: str | None
    secrets: Mapping[str, str] = field(repr=False)
    began: datetime
    seen: datetime
    csrf: str = field(repr=False)
    language: str = ""
    consoles: int = 0


class Sessions:
    """Sessions by the tokens of browsers. For one thread: the server's event loop."""

    def __init__(self) -> None:
        self._held: dict[bytes, Session] = {}

    def begin(
        self, agent: str, name: str, address: str | None, secret: Mapping[str, str], now: datetime
    ) -> tuple[str, Session]:
        """A new session, and the token for its cookie: 256 random bits."""
        self._sweep(now)
        if len(self._held) >= _AT_ONCE:
            del self._held[min(self._held, key=lambda key: self._held[key].seen)]
        token = secrets.token_urlsafe(32)
        made = Session(agent, name, address, secret, now, now, secrets.token_urlsafe(32))
        self._held[_digest(token)] = made
        return token, made

    def find(self, token: str, now: datetime) -> Session | None:
        """The session of that token, which is alive for another while; ``None`` where there is none any more."""
        found = self._held.get(_digest(token))
        if found is None or _over(found, now):
            self._held.pop(_digest(token), None)
            return None
        found.seen = now
        return found

    def end(self, token: str) -> None:
        """Log out."""
        self._held.pop(_digest(token), None)

    def _sweep(self, now: datetime) -> None:
        for key in [key for key, session in self._held.items() if _over(session, now)]:
            del self._held[key]


def _over(session: Session, now: datetime) -> bool:
    idle = not session.consoles and now - session.seen > IDLE
    return idle or now - session.began > LONGEST


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, without telling by the time it takes."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


class Throttle:
    """Slows down whoever guesses: by the name they try, and by the address they come from.

    It remembers the latest ten thousand of each and forgets the oldest, so that nobody fills its memory.
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def waits(self, keys: tuple[str, ...], now: datetime) -> timedelta:
        """How long these have to wait before the next try; zero where they need not."""
        return max((self._left(key, now) for key in keys), default=timedelta(0))

    def failed(self, keys: tuple[str, ...], now: datetime) -> None:
        """A try failed."""
        for key in keys:
            count, _at = self._failures.pop(key, (0, now))
            self._failures[key] = (count + 1, now)
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Somebody logged in: their name is free again; an address that guesses other names is not."""
        self._failures.pop(name, None)

    def _left(self, key: str, now: datetime) -> timedelta:
        count, at = self._failures.get(key, (0, now))
        if count < TRIES:
            return timedelta(0)
        wait = min(WAIT * (1 << min(count - TRIES, 10)), _LONGEST_WAIT)
        return max(at + wait - now, timedelta(0))
