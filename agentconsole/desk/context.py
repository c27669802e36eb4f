"""What every capability of the desk is given: the store, the rules, who is at the keyboard, and the time."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agentconsole.config import Agent, Config
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store.engine import Store


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


@dataclass(eq=False)
class Desk:
    """An open desk with somebody at it.

    :param config: the rules in force. Replaced as a whole, by whoever notices that the desk has others: whoever needs
        them to agree with one another reads the attribute once.

    :param folder: where agentconsole.toml lies.
    :param pulls: whether a console here pulls and delivers: not where its channels are the desk's and not its own
        file's, since their passwords are elsewhere then.
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

    @property
    def own_folder(self) -> Path:
        """Where views and macros lie that are this person's alone; it need not exist."""
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
