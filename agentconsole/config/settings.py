"""Everything agentconsole.toml may say, as frozen models. docs/configuration.md is made from this file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, StringConstraints, field_validator, model_validator

from agentconsole.config.values import Duration, Frozen, Label, Spans, Zone

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class State(StrEnum):
    """Where a conversation stands. Only OPEN waits for us; PENDING waits for the customer; SNOOZED for a time."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Priority(StrEnum):
    """How much a conversation matters, as people set it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ClockKind(StrEnum):
    """The three clocks of a conversation."""

    ACKNOWLEDGE = "acknowledge"
    REPLY = "reply"
    RESOLVE = "resolve"


class ClockState(StrEnum):
    """How a clock stands: past its time, due soon, or in good time."""

    LATE = "late"
    DUE = "due"
    OK = "ok"


class Role(StrEnum):
    """What somebody may do in the console."""

    ADVISER = "adviser"
    SENIOR = "senior"
    COMMUNITY = "community"
    SUPERVISOR = "supervisor"


class Brand(Frozen):
    """Whom the advisers write as."""

    name: str = "My brand"
    """The brand's name, in the title line and as the sender of replies."""
    signature: str = "{agent}\n{brand}"
    """Ends every mail; {agent} and {brand} are filled in. Empty for none."""


class Team(Frozen):
    """A group of agents that conversations can be assigned to."""

    id: Id
    """Short name, used in views and on the command line."""
    name: Label
    """Name as people see it; one text, or one a language."""


class Agent(Frozen):
    """Somebody who works at the desk."""

    id: Id
    """Short name, used by --agent and for assignment."""
    name: str
    """Name as colleagues and customers see it."""
    role: Role = Role.ADVISER
    """What they may do."""
    teams: tuple[Id, ...] = ()
    """The teams they belong to."""
    languages: tuple[Language, ...] = ()
    """Languages they answer in, the best first."""


class Hours(Frozen):
    """When the desk is open: business time runs only then."""

    zone: Zone = "UTC"
    """The desk's time zone; times on the screen are in it too."""
    country: Country | None = None
    """Country whose public holidays close the desk, such as "FR"; none where left out."""
    region: str | None = None
    """Part of the country with holidays of its own, such as "BY" for Bavaria in "DE"."""
    mon: Spans = "08:00-20:00"  # type: ignore[assignment]
    """Opening hours on Mondays: "08:00-20:00", "09:00-12:30, 14:00-18:00", or "" when closed."""
    tue: Spans = "08:00-20:00"  # type: ignore[assignment]
    """Opening hours on Tuesdays."""
    wed: Spans = "08:00-20:00"  # type: ignore[assignment]
    """Opening hours on Wednesdays."""
    thu: Spans = "08:00-20:00"  # type: ignore[assignment]
    """Opening hours on Thursdays."""
    fri: Spans = "08:00-20:00"  # type: ignore[assignment]
    """Opening hours on Fridays."""
    sat: Spans = "08:00-20:00"  # type: ignore[assignment]
    """Opening hours on Saturdays."""
    sun: Spans = ""  # type: ignore[assignment]
    """Opening hours on Sundays."""
    closed: tuple[date, ...] = ()
    """Further days on which the desk is closed: [2026-12-24]."""
    special: dict[date, Spans] = {}
    """Days with hours of their own, public holidays included: { "2026-12-26" = "10:00-16:00" }."""

    @field_validator("region")
    @classmethod
    def _needs_country(cls, region: str | None, info: Any) -> str | None:
        if region and not info.data.get("country"):
            raise ValueError("a region only together with country")
        return region

    @model_validator(mode="after")
    def _known_country(self) -> Self:
        if self.country:
            from holidays import country_holidays

            try:
                country_holidays(self.country, subdiv=self.region)
            except NotImplementedError as error:
                raise ValueError(f"a country and region that the holidays package knows ({error})") from None
        return self

    def week(self) -> tuple[Any, ...]:
        """The seven days' spans, Monday first: pairs of wall-clock times in :attr:`zone`."""
        return self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun


class Sla(Frozen):
    """How fast one answers. The first one that names a conversation's channel holds; one without channels holds for all."""

    channels: tuple[str, ...] = ()
    """Channels it is for, by id or by medium; all where empty."""
    acknowledge: Duration | None = None
    """First answer to a new conversation within this time, such as "1h"."""
    reply: Duration | None = None
    """Answer to each later message within this time."""
    resolve: Duration | None = None
    """Resolved within this time; it stands still while the customer is awaited."""
    time: Literal["business", "calendar"] = "business"
    """Whether the clocks run in opening hours only, or day and night."""


class Boost(Frozen):
    """Something that brings a conversation forward in the views, by so many minutes. All its conditions must hold."""

    name: Label
    """The reason as it is shown: "VIP"."""
    minutes: int = Field(ge=-100_000, le=100_000)
    """Minutes earlier (negative: later)."""
    customer_tags: tuple[str, ...] = ()
    """The customer has one of these tags."""
    tags: tuple[str, ...] = ()
    """The conversation has one of these tags."""
    channels: tuple[str, ...] = ()
    """The conversation is on one of these channels, by id or medium."""
    priority: tuple[Priority, ...] = ()
    """The conversation has one of these priorities."""
    public: bool | None = None
    """The conversation can be read by anybody."""
    words: tuple[str, ...] = ()
    """One of these words or phrases is in an unanswered message; accents and case do not matter."""
    reopened: bool | None = None
    """The conversation was resolved before, and the customer came back."""
    waiting_messages: int | None = Field(default=None, ge=1)
    """The customer has written at least so many messages without an answer."""

    @model_validator(mode="after")
    def _has_condition(self) -> Self:
        if not self.model_fields_set - {"name", "minutes"}:
            raise ValueError("at least one condition (customer_tags, tags, channels, priority, public, words …)")
        return self


class View(Frozen):
    """A saved view: which conversations, in which order. A filter left out lets everything through."""

    id: Id
    """Short name, used on the command line."""
    name: Label
    """Name as people see it; one text, or one a language."""
    states: tuple[State, ...] = (State.OPEN,)
    """States of the conversations; all where empty."""
    channels: tuple[str, ...] = ()
    """Channels, by id or by medium."""
    assignee: str = "anyone"
    """"anyone", "me", "nobody", "team" (nobody yet, but one of my teams), or an agent's id."""
    teams: tuple[Id, ...] = ()
    """Assigned to one of these teams."""
    tags: tuple[str, ...] = ()
    """Has one of these tags."""
    without_tags: tuple[str, ...] = ()
    """Has none of these tags."""
    priority: tuple[Priority, ...] = ()
    """Has one of these priorities."""
    languages: tuple[Language, ...] = ()
    """Is in one of these languages."""
    clock: tuple[ClockState, ...] = ()
    """Its next clock is late, due or ok."""
    clock_kind: tuple[ClockKind, ...] = ()
    """Its next clock is one of these: acknowledge, reply, resolve."""
    older_than: Duration | None = None
    """Began longer ago than this."""
    newer_than: Duration | None = None
    """Began less long ago than this."""
    text: str = ""
    """Contains these words; accents and case do not matter."""
    order: Literal["rank", "waiting", "updated"] = "rank"
    """"rank" (what to do first), "waiting" (longest waiting first) or "updated" (latest change first)."""


class ChannelSettings(Frozen):
    """A channel of the desk. Each kind has further keys of its own, refused by that kind where unknown."""

    model_config = ConfigDict(extra="allow")

    id: Id
    """Short name; the secret is kept under it."""
    kind: str
    """What speaks to it: "email", or the name of an installed channel package."""
    name: Label | None = None
    """Name as people see it; the medium where left out."""
    medium: Id = "mail"
    """What customers use: "mail", "x", "whatsapp", "form", "chat" …; SLAs and views can name it."""
    public: bool = False
    """Anybody can read what is written there."""
    active: bool = True
    """Whether it is pulled and delivered to."""

    @property
    def options(self) -> dict[str, Any]:
        """The keys of the channel's own kind."""
        return dict(self.model_extra or {})


class Outbox(Frozen):
    """How replies are handed over."""

    lease: Duration = "2m"  # type: ignore[assignment]
    """How long one console may hold a reply before another may take it over."""
    retry_after: Duration = "1m"  # type: ignore[assignment]
    """First pause before a reply that was certainly not taken is tried again; doubled each time."""
    retry_at_most: Duration = "1h"  # type: ignore[assignment]
    """Longest pause between two tries."""
    give_up_after: Duration = "2d"  # type: ignore[assignment]
    """A reply that could not be delivered for so long has failed."""
    hold: Duration = "0m"  # type: ignore[assignment]
    """How long a reply can be taken back before it goes out."""


class Config(Frozen):
    """The whole of agentconsole.toml."""

    desk: str = "desk.sqlite"
    """Where the desk is: a file (relative to agentconsole.toml), or postgresql://host/name."""
    attachments: str | None = None
    """Folder for attachments; beside an SQLite desk, or in PostgreSQL itself, where left out."""
    agent: Id | None = None
    """Who I am; --agent says it for one run."""
    language: Literal["", "en", "fr"] = ""
    """Language of the interface; from the environment where empty."""
    theme: str = "agentconsole"
    """Colours: "agentconsole", "agentconsole-light", "agentconsole-contrast", or another of Textual's themes."""
    brand: Brand = Brand()
    hours: Hours = Hours()
    due_within: Duration = "1h"  # type: ignore[assignment]
    """A clock with less than this left is shown as due."""
    teams: tuple[Team, ...] = ()
    agents: tuple[Agent, ...] = ()
    sla: tuple[Sla, ...] = ()
    boosts: tuple[Boost, ...] = ()
    views: tuple[View, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    outbox: Outbox = Outbox()
    keys: dict[str, str] = {}
    """Keys of actions that shall differ: { reply = "R,f5" }; `agentconsole check` reports clashes."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = list(_doubles(self)) + list(_strangers(self))
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


def _doubles(config: Config) -> Iterable[str]:
    for key in ("teams", "agents", "views", "channels"):
        ids = [item.id for item in getattr(config, key)]
        for double in sorted({i for i in ids if ids.count(i) > 1}):
            yield f"{key}: found the id {double!r} twice; each id once"


def _strangers(config: Config) -> Iterable[str]:
    """Names that point at nothing."""
    agents, teams = {a.id for a in config.agents}, {t.id for t in config.teams}
    channels = {c.id for c in config.channels} | {c.medium for c in config.channels}

    def known(where: str, found: Iterable[str], allowed: set[str]) -> Iterable[str]:
        for name in found:
            if name not in allowed:
                yield f"{where}: found {name!r}; allowed are {', '.join(sorted(allowed)) or 'none: there are none yet'}"

    if config.agent:
        yield from known("agent", [config.agent], agents)
    for agent in config.agents:
        yield from known(f"agents.{agent.id}.teams", agent.teams, teams)
    for number, sla in enumerate(config.sla, 1):
        yield from known(f"sla.{number}.channels", sla.channels, channels)
    for number, boost in enumerate(config.boosts, 1):
        yield from known(f"boosts.{number}.channels", boost.channels, channels)
    for view in config.views:
        yield from known(f"views.{view.id}.channels", view.channels, channels)
        yield from known(f"views.{view.id}.teams", view.teams, teams)
        who = {"anyone", "me", "nobody", "team"} | agents
        yield from known(f"views.{view.id}.assignee", [view.assignee], who)


