"""What every capability of the desk is given: the store, the rules, who is at the keyboard, and the time."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agentconsole.config import Agent, Config
from agentconsole.desk.served import own_folder
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store.engine import Store


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Following:
    """How far an open desk has followed its rules, which others may change: see :mod:`agentconsole.desk.rules`.

    :param written: what the console's own file says, from which and from the desk's policy ``config`` is made; ``None``
        where no policy is followed.
    :param base: ``config`` without the special hours of single days.
    :param seen: the state of the desk's rules that ``config`` is of; ``None`` before the first look.
    :param folded: the state by which this one has computed the clocks of active conversations.
    """

    written: Config | None = None
    base: Config | None = None
    seen: str | None = None
    folded: str | None = None
    again: datetime | None = None
    """When they are looked through once more, for what others wrote before they had seen that state."""


@dataclass(eq=False)
class Desk:
    """An open desk with somebody at it.

    :param config: the rules in force. Replaced as a whole, by whoever notices that the desk has others: whoever needs
        them to agree with one another reads the attribute once.

    :param folder: where agentconsole.toml lies.
    :param now: the time, UTC; the desk's own where left out: on PostgreSQL all consoles go by the server's.
    :param pulls: whether a console here pulls and delivers: not where its channels are the desk's and not its own
        file's, since their passwords are elsewhere then, nor with a login that is an agent's.
    :param hands_over: whether gestures are handed over to the shop here: not where the shop is the desk's and its own
        file does not name the same, since whoever writes the policy could have its key sign for another address then.
    """

    store: Store
    config: Config
    agent: Agent
    folder: Path
    now: Callable[[], datetime] = utc_now
    pulls: bool = True
    hands_over: bool = True
    following: Following = field(default_factory=Following)

    def __post_init__(self) -> None:
        if self.now is utc_now:
            self.now = self.store.now

    @property
    def own_folder(self) -> Path:
        """Where views and macros lie that are this person's alone; it need not exist."""
        if (served := own_folder()) is not None:
            return served
        if self.config.own:
            return self.folder / Path(self.config.own).expanduser()
        from platformdirs import user_config_path

        return user_config_path("agentconsole")

    def agent_name(self, agent_id: str) -> str:
        """An agent's name as people see it; the id of somebody who is not configured (any more)."""
        found = self.config.agent_of(agent_id)
        return found.name if found else agent_id

    def medium(self, channel_id: str) -> str:
        """What a channel's customers use; the channel's id where it is not configured (any more)."""
        found = self.config.channel(channel_id)
        return found.medium if found else channel_id


SERVICE = Agent(id="sync", name="sync")
"""Who pulls, delivers and keeps house where no agent does; an agent of that id comes first."""


def who_am_i(config: Config, given: str | None) -> Agent:
    """The agent at the keyboard: the one given, else the configured one, else the only one.

    A desk without configured agents knows its user by the name of the account.

    :raises UsageError: no such agent, or it is not clear which.
    """
    names = ", ".join(sorted(a.id for a in config.agents))
    wanted = given or config.agent
    if wanted:
        found = config.agent_of(wanted)
        if found:
            return found
        if config.agents:
            raise UsageError(
                _("There is no agent {name!r}.").format(name=wanted),
                _("Use one of: {names}.").format(names=names),
            )
        return Agent(id=_as_id(wanted), name=wanted)
    if len(config.agents) > 1:
        raise UsageError(
            _("Several agents work here; say which one you are."),
            _("Give --agent ID, or set `agent` in agentconsole.toml: {names}.").format(names=names),
        )
    if config.agents:
        return config.agents[0]
    user = _user()
    return Agent(id=_as_id(user), name=user)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "agent"


def _as_id(name: str) -> str:
    return re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-_.") or "agent"
