"""The channel kind "demo": a small service of its own, in a file, with customers who write and answer.

It keeps every promise that a real service's channel keeps: what it brought it brings again under the same name,
what it took it knows (:meth:`DemoChannel.find` is definite), also after a kill -9 in mid-call. Nothing leaves the
machine. The service sleeps while nobody pulls: a console opened on Monday does not find a weekend's worth of mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from pydantic import Field

from agentconsole.channels.base import Channel, Finding, Page, Receipt
from agentconsole.config import ChannelSettings
from agentconsole.config.values import Frozen
from agentconsole.errors import ChannelError, NotSent
from agentconsole.i18n import _, ngettext
from agentconsole.model.ids import new_id
from agentconsole.model.message import Incoming, Outgoing

if TYPE_CHECKING:
    from agentconsole.demo.world.story import Story

_LOOK_EVERY = 1.0
"""Seconds between two looks at what is due while waiting."""
Now = Callable[[], datetime]


class Settings(Frozen):
    """A demo channel's own keys in agentconsole.toml."""

    seed: int = 1
    """Another seed, other customers."""
    pace: float = Field(default=180.0, ge=1)
    """Seconds between two arrivals, on average."""
    still: bool = False
    """Nothing new arrives, and nobody answers; replies are taken all the same."""


def open_channel(settings: ChannelSettings, secret: str | None, folder: Path) -> Channel:
    """The channel; its file is ``traffic/<id>.jsonl`` in the folder of agentconsole.toml."""
    del secret
    return DemoChannel(settings, folder)


def mint_key(settings: ChannelSettings) -> str:
    """An idempotency key in the shape of a Message-ID, without ``<>``."""
    return f"{new_id().hex}@{settings.id}.demo.example"


def remember(folder: Path, told: Iterable[Story]) -> None:
    """Tell the services of the conversations in work, so that their customers write again by themselves.

    :param folder: that of agentconsole.toml; its services must not have been used yet.
    """
    from agentconsole.demo.world.live import may_come_back
    from agentconsole.demo.world.traffic import write_threads

    write_threads(folder / "traffic", (story for story in told if may_come_back(story)))


class DemoChannel:
    """One open channel of the demo. :param now: the clock, aware; another one in tests."""

    def __init__(self, settings: ChannelSettings, folder: Path, now: Now = lambda: datetime.now(UTC)) -> None:
        self._settings = settings
        from agentconsole.demo.world.traffic import Traffic  # loads the world's texts, unlike Settings

        options = Settings.model_validate(settings.options)
        self._path = folder / "traffic" / f"{settings.id}.jsonl"
        self._now = now
        pace = 0.0 if options.still else options.pace
        self._traffic = Traffic(self._path, settings.id, settings.medium, options.seed, pace)

    def pull(self, cursor: str | None, limit: int) -> Page:
        """What came after the cursor (a running number)."""
        after = int(cursor) if cursor and cursor.isdecimal() else 0
        try:
            arrived = self._traffic.arrived(self._now(), after, limit + 1)
        except OSError as error:
            raise self._unusable(error) from None
        page = arrived[:limit]
        messages: tuple[Incoming, ...] = tuple(message for _, message in page)
        last = str(page[-1][0]) if page else str(after)
        return Page(messages, last, more=len(arrived) > limit)

    def wait(self, seconds: float, stop: Event) -> None:
        """Until the next arrival is due."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            due = self._traffic.due()
            if due is not None and due <= self._now():
                return
            if stop.wait(min(left, _LOOK_EVERY)):
                return

    def deliver(self, reply: Outgoing, wire: Callable[[], bool]) -> Receipt:
        """Take a reply, once a key."""
        try:
            if not self._traffic.took(reply.key):
                if not wire():
                    raise NotSent(_("Another console has taken this reply over."))
                self._traffic.take(reply, self._now())
        except OSError as error:
            raise NotSent(*self._why(error)) from None
        return Receipt(reply.key)

    def find(self, key: str) -> bool | None:
        """Whether that reply was taken; this service always knows."""
        return self._traffic.took(key)

    def check(self) -> list[Finding]:
        """Whether the service's file can be written."""
        try:
            count = self._traffic.count()
        except OSError as error:
            said, do = self._why(error)
            return [Finding(_("service"), False, said, do)]
        seen = ngettext("demo service, {count} message so far", "demo service, {count} messages so far", count)
        return [Finding(_("service"), True, seen.format(count=count))]

    def close(self) -> None:
        """Nothing is kept open."""

    def _unusable(self, error: OSError) -> ChannelError:
        return ChannelError(*self._why(error))

    def _why(self, error: OSError) -> tuple[str, str]:
        reason = error.strerror or str(error)
        said = _("{path} cannot be used: {reason}.").format(path=self._path, reason=reason)
        return said, _("Make that folder writable, or build the demo in another one.")
