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
from ipaddress import IPv6Address, ip_address, ip_network

IDLE = timedelta(hours=2)
"""A session without a request or an open console ends after this time."""
LONGEST = timedelta(hours=12)
"""Every session ends after this time: a shift and a half."""
TRIES, TRIES_OF_ADDRESS, TRIES_OF_NAME = 5, 20, 50
"""Wrong passwords of a name from one address, from one address, and of a name, before they have to wait."""
WAIT = timedelta(minutes=1)
"""How long they wait then; twice as long after each further try, an hour at most."""
_LONGEST_WAIT = timedelta(hours=1)
_FORGOTTEN = timedelta(days=1)
_REMEMBERED = 10_000
_AT_ONCE = 500
_OF_ONE = 10
"""Sessions that one person has at once: browsers. The one that was used least lately ends for the next."""


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
        own = [key for key, session in self._held.items() if session.agent == agent]
        for held, most in ((own, _OF_ONE), (list(self._held), _AT_ONCE)):
            if len(held) >= most:
                del self._held[min(held, key=lambda key: self._held[key].seen)]
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

    def end(self, token: str) -> Session | None:
        """Log out. :returns: the session that has ended, if there was one."""
        return self._held.pop(_digest(token), None)

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
    """Slows down whoever guesses. Three counts of tries that failed, each with its own patience:

    - of a name from an address, :data:`TRIES`: the ordinary guesser, and whoever has forgotten;
    - of an address, whatever the name: somebody who tries many names. An office behind one address types wrong, too;
    - of a name, wherever from: guesses from many addresses. High, so that a stranger who knows a name does not lock
      out whoever bears it (OWASP, Authentication Cheat Sheet, "Account Lockout").

    It remembers the latest ten thousand counts and forgets the oldest, so that nobody fills its memory.
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], tuple[int, datetime]] = OrderedDict()

    def waits(self, name: str, address: str, now: datetime) -> timedelta:
        """How long they have to wait before the next try; zero where they need not."""
        return max(self._left(key, tries, now) for key, tries in _counted(name, address))

    def failed(self, name: str, address: str, now: datetime) -> None:
        """A try failed."""
        for key, _tries in _counted(name, address):
            count, _at = self._count(key, now)
            self._failures.pop(key, None)
            self._failures[key] = (count + 1, now)
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def took(self, name: str, address: str, now: datetime, *, right: bool) -> None:
        """A try that was counted as failed was not wrong: nothing could be looked up, or it was ``right``.

        Whoever is right has a clean slate at that address; guesses at other names and from elsewhere still count.
        """
        for key, _tries in _counted(name, address):
            count, at = self._count(key, now)
            if count <= 1 or (right and all(key)):
                self._failures.pop(key, None)
            else:
                self._failures[key] = (count - 1, at)

    def _count(self, key: tuple[str, str], now: datetime) -> tuple[int, datetime]:
        count, at = self._failures.get(key, (0, now))
        return (count, at) if now - at < _FORGOTTEN else (0, now)

    def _left(self, key: tuple[str, str], tries: int, now: datetime) -> timedelta:
        count, at = self._count(key, now)
        if count < tries:
            return timedelta(0)
        wait = min(WAIT * (1 << min(count - tries, 10)), _LONGEST_WAIT)
        return max(at + wait - now, timedelta(0))


def _counted(name: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((name, address), TRIES), (("", address), TRIES_OF_ADDRESS), ((name, ""), TRIES_OF_NAME)


def network(address: str) -> str:
    """An address as it is counted: of IPv6 the network of 64 bits, since who has one address has all of those."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)
