"""The whole of agentconsole.toml, as one frozen model."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from agentconsole.config.assignment import Assignment
from agentconsole.config.crisis import Crisis
from agentconsole.config.gestures import Delegation, Gestures, Gift, Kind, MomentOf, Reason, Shop
from agentconsole.config.references import wrong_references
from agentconsole.config.tables import (
    Agent,
    Boost,
    Brand,
    ChannelSettings,
    Checks,
    Hours,
    Notify,
    Outbox,
    Purpose,
    Sla,
    Team,
    View,
)
from agentconsole.config.values import Frozen, Id, Length


class Config(Frozen):
    """The whole of agentconsole.toml."""

    desk: str = "desk.sqlite"
    """Where the desk is: a file (relative to agentconsole.toml), or postgresql://user@host/name. A password
    is never part of it: PostgreSQL's own ~/.pgpass or the variable PGPASSWORD has it."""
    attachments: str | None = None
    """Folder for attachments; beside an SQLite desk, or in PostgreSQL itself, where left out."""
    macros: str | None = None
    """Folder of the brand's macros, relative to agentconsole.toml; those that come along where left out."""
    own: str | None = None
    """Folder for views and macros that you save from the console; your own configuration folder where left out."""
    agent: Id | None = None
    """Who I am; --agent says it for one run."""
    language: Literal["", "en", "fr"] = ""
    """Language of the interface; from the environment where empty."""
    theme: str = "agentconsole"
    """Colours: "agentconsole", "agentconsole-light", "agentconsole-contrast", or one of Textual's themes."""
    brand: Brand = Brand()
    """Whom the advisers write as."""
    hours: Hours = Hours()
    """When the desk is open."""
    due_within: Length = timedelta(hours=1)
    """A clock with less than this left is shown as due."""
    escalate_within: Length = timedelta(hours=1)
    """Open time within which an escalation has to be taken; after it the escalation itself is late."""
    teams: tuple[Team, ...] = ()
    """The teams."""
    agents: tuple[Agent, ...] = ()
    """Who works at the desk."""
    sla: tuple[Sla, ...] = ()
    """How fast one answers; the first one that fits a conversation's channel holds."""
    boosts: tuple[Boost, ...] = ()
    """What brings a conversation forward."""
    views: tuple[View, ...] = ()
    """The saved views, in the order in which they are shown."""
    channels: tuple[ChannelSettings, ...] = ()
    """Where conversations come from and replies go."""
    assignment: Assignment = Assignment()
    """How conversations are handed to advisers."""
    crisis: Crisis = Crisis()
    """When similar conversations in a burst are told to supervisors."""
    outbox: Outbox = Outbox()
    """How replies are handed over."""
    checks: Checks = Checks()
    """What is looked at before a reply is sent."""
    purposes: tuple[Purpose, ...] = ()
    """What customers are asked consent for."""
    gestures: Gestures = Gestures()
    """How goodwill gestures are made."""
    delegations: tuple[Delegation, ...] = ()
    """What agents may give alone; without any there are no gestures."""
    reasons: tuple[Reason, ...] = ()
    """Why gestures are made."""
    kinds: tuple[Kind, ...] = ()
    """How kinds of gestures are called and fulfilled; a kind that is not here is a task for the back office."""
    catalogue: tuple[Gift, ...] = ()
    """Gestures to choose from, in the order in which they are proposed."""
    moments: tuple[MomentOf, ...] = ()
    """When attentions are proposed."""
    shop: Shop | None = None
    """The service that fulfils gestures of the kinds with fulfil = "shop"."""
    notify: Notify = Notify()
    """When the console calls."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Keys of actions that shall differ: { reply = "R,f5" }; `agentconsole check` reports clashes."""

    @field_validator("desk")
    @classmethod
    def _address(cls, desk: str) -> str:
        scheme, slashes, _rest = desk.partition("://")
        if slashes and scheme != "postgresql":
            raise ValueError("a file, or an address such as postgresql://user@host/name")
        if slashes and urlsplit(desk).password is not None:
            raise ValueError("an address without a password, which belongs into ~/.pgpass or PGPASSWORD")
        if not desk.strip():
            raise ValueError("a file such as desk.sqlite, or an address such as postgresql://user@host/name")
        return desk

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = wrong_references(self.model_dump(exclude_none=True))
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The desk's time zone."""
        return ZoneInfo(self.hours.zone)

    def channel(self, channel_id: str) -> ChannelSettings | None:
        """The channel of that id, if it is (still) configured."""
        return next((c for c in self.channels if c.id == channel_id), None)

    def agent_of(self, agent_id: str) -> Agent | None:
        """The agent of that id, if configured."""
        return next((a for a in self.agents if a.id == agent_id), None)
