"""Pausing a channel: nothing is pulled from it and nothing delivered to it until somebody goes on with it.

Replies to it are taken all the same and wait in the outbox, in their order; what customers write meanwhile waits at
the channel. One that is being delivered just then is delivered.
"""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.supervisor import must_supervise
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.store import floor_trail
from agentconsole.store import pauses as store
from agentconsole.store.pauses import Pause

__all__ = ["MAX_REASON", "Pause", "go_on", "pause", "paused", "short_reason"]

MAX_REASON = 200
"""Characters of a reason."""


def paused(desk: Desk) -> dict[str, Pause]:
    """The channels that are paused, by id."""
    with desk.store.read() as connection:
        return store.paused(connection)


def pause(desk: Desk, channel: str, reason: str = "") -> None:
    """Pause a channel; one that is paused stays so.

    :raises NotFound: there is no such channel. :raises UsageError: not a supervisor, or a reason that is too long.
    """
    must_supervise(desk)
    if desk.config.channel(channel) is None:
        raise _no_channel(desk, channel)
    made = Pause(desk.agent.id, desk.now(), short_reason(reason))
    with desk.store.write() as connection:
        if store.put(connection, channel, made):
            floor_trail.record(connection, made.at, made.author, "channel_paused", channel=channel, reason=made.reason)


def go_on(desk: Desk, channel: str) -> None:
    """Go on with a channel; one that is not paused stays so.

    :raises NotFound: there is no such channel, nor a pause of that name. :raises UsageError: not a supervisor.
    """
    must_supervise(desk)
    with desk.store.write() as connection:
        if store.drop(connection, channel):
            floor_trail.record(connection, desk.now(), desk.agent.id, "channel_resumed", channel=channel)
        elif desk.config.channel(channel) is None:
            raise _no_channel(desk, channel)


def _no_channel(desk: Desk, channel: str) -> NotFound:
    return NotFound(
        _("There is no channel {name!r}.").format(name=channel),
        _("Use one of: {names}.").format(names=", ".join(sorted(c.id for c in desk.config.channels)) or "-"),
    )


def short_reason(reason: str) -> str:
    """A reason as it is kept: one line.

    :raises UsageError: it is too long.
    """
    found = " ".join(reason.split())
    if len(found) > MAX_REASON:
        raise UsageError(_("The reason is too long."), _("Say it in at most {n} characters.").format(n=MAX_REASON))
    return found
