"""What a channel is: the contract, and how the console finds the one it was told to open.

A channel knows one service (a mailbox, a messenger account) and nothing of the desk: it brings pages of messages
and delivers replies. Channels are found by the entry-point group ``agentconsole.channels``: a package that
declares ``name = "module:open_channel"`` there adds a kind. ``open_channel(settings, secret, folder)`` gets the
channel's configuration, its password (``None`` where there is none) and the folder of agentconsole.toml.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from threading import Event
from typing import Protocol, cast

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


Opener = Callable[[ChannelSettings, str | None, Path], Channel]


def open_channel(settings: ChannelSettings, secret: str | None, folder: Path) -> Channel:
    """Open the channel that ``settings.kind`` names.

    :raises ConfigError: no such kind is installed; names those that are.
    """
    found = {point.name: point for point in entry_points(group=GROUP)}
    if settings.kind not in found:
        raise ConfigError(
            f"channels.{settings.id}.kind: no channel of kind {settings.kind!r} is installed.",
            f"Use one of: {', '.join(sorted(found))}.",
        )
    opener = cast(Opener, found[settings.kind].load())
    return opener(settings, secret, folder)
