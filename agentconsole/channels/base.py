"""What a channel is: the contract, and how the console finds the one it was told to open.

A channel knows one service (a mailbox, a messenger account) and nothing of the desk: it brings pages of messages
and delivers replies. Channels are found by the entry-point group ``agentconsole.channels``: a package that
declares ``name = "module"`` there adds a kind: the module is a :class:`Kind`. ``open_channel`` gets the channel's
configuration, its password (``None`` where there is none) and the folder of agentconsole.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from threading import Event
from typing import Protocol, cast

from pydantic import BaseModel

from agentconsole.config import ChannelSettings
from agentconsole.errors import ConfigError
from agentconsole.model.message import Incoming, Outgoing

GROUP = "agentconsole.channels"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what is new.

    :param messages: in the order the service has them, each exactly once a page.
    :param cursor: where the next pull goes on; opaque to everybody but the channel. It is stored in the same
        transaction as the messages, so a page is either wholly in the desk or pulled again.
    :param more: more is waiting; pull again at once.
    """

    messages: tuple[Incoming, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """A reply was taken: the service's name for it, and a remark for the outbox (empty mostly)."""

    external_id: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``agentconsole check``: what was looked at, whether it is good, what was seen, what to do."""

    what: str
    good: bool
    seen: str
    do: str = ""


class Channel(Protocol):
    """One open channel. Used by one thread at a time for pulling and one for delivering; both may run at once.

    Every call may raise :class:`~agentconsole.errors.ChannelError`: ``LoginRefused`` where trying again is no
    use, the base class for whatever passes by itself. No call blocks longer than its own time limits.
    """

    def pull(self, cursor: str | None, limit: int) -> Page:
        """What came after ``cursor`` (``None``: from the beginning), ``limit`` messages at most.

        A message that cannot be read is brought all the same, saying so, with its original as attachment.
        """

    def wait(self, seconds: float, stop: Event) -> None:
        """Return when something may be new, when ``stop`` is set, or after ``seconds``."""

    def deliver(self, reply: Outgoing, wire: Callable[[], bool]) -> Receipt:
        """Deliver a reply once.

        ``wire()`` is called just before the point of no return; where it answers False somebody else has
        taken over and nothing may be sent (raise ``NotSent``).

        :raises NotSent: certainly not accepted. :raises Rejected: certainly refused.
        :raises Ambiguous: no clear answer after ``wire()``.
        """

    def find(self, key: str) -> bool | None:
        """Whether a reply with that key was taken: True, False only where absence proves it, else None."""

    def check(self) -> list[Finding]:
        """Look at servers, login and folders, without changing anything."""

    def close(self) -> None:
        """Let go of connections. Safe to call twice."""


class Kind(Protocol):
    """The module an entry point names. Importing it must be cheap: no network library at its top."""

    Settings: type[BaseModel]
    """The channel's own keys in agentconsole.toml, beyond :class:`ChannelSettings`; unknown ones refused."""

    def open_channel(self, settings: ChannelSettings, secret: str | None, folder: Path) -> Channel:
        """Make the channel, without speaking to its service yet."""

    def mint_key(self, settings: ChannelSettings) -> str:
        """A new idempotency key for a reply, in the shape the service wants (for mail a Message-ID)."""


@lru_cache
def kinds() -> Mapping[str, EntryPoint]:
    """The kinds of channel that are installed, by name."""
    return {point.name: point for point in entry_points(group=GROUP)}


def settings_model(kind: str) -> type[BaseModel] | None:
    """The further settings of a kind of channel; ``None`` where no such kind is installed."""
    point = kinds().get(kind)
    return cast(Kind, point.load()).Settings if point else None


def mint_key(settings: ChannelSettings) -> str:
    """A new idempotency key for a reply on that channel.

    :raises ConfigError: no such kind is installed.
    """
    return _kind(settings).mint_key(settings)


def open_channel(settings: ChannelSettings, secret: str | None, folder: Path) -> Channel:
    """Open the channel that ``settings.kind`` names.

    :raises ConfigError: no such kind is installed; names those that are.
    """
    return _kind(settings).open_channel(settings, secret, folder)


def _kind(settings: ChannelSettings) -> Kind:
    point = kinds().get(settings.kind)
    if point is None:
        raise ConfigError(
            f"channels.{settings.id}.kind: no channel of kind {settings.kind!r} is installed.",
            f"Use one of: {', '.join(sorted(kinds()))}.",
        )
    return cast(Kind, point.load())
