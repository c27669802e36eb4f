"""The tables of agentconsole.toml, as frozen models. docs/configuration.md is made from their docstrings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from agentconsole.config.gestures import TeamBudget
from agentconsole.config.values import (
    Country,
    Duration,
    Frozen,
    Id,
    Label,
    Language,
    Length,
    Spans,
    Zone,
    parse_spans,
)
from agentconsole.model.states import ClockKind, ClockState, Priority, Role, State

_EIGHT_TO_EIGHT = parse_spans("08:00-20:00")


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
    budgets: tuple[TeamBudget, ...] = ()
    """What the team may give in goodwill gestures; without, only its agents' own budgets hold."""


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
    person: Id | None = None
    """Who they are, where one human being has several logins; the agent's id where left out. Nobody approves what
    the same person asked for."""
    delegation: Id | None = None
    """What they may give: a delegation's id, or "none". By the role where left out. Gestures count against the budget
    of the first of their teams."""
    trained_until: date | None = None
    """Last day on which their training in gestures is valid."""
    disabled: bool = False
    """Does not work here any more: kept for what they did."""
    channels: tuple[str, ...] = ()
    """Channels, by id or by medium, that they are handed conversations of; all where empty."""
    topics: tuple[str, ...] = ()
    """Tags whose conversations they are handed before others."""
    capacity: int | None = Field(default=None, ge=1, le=1000)
    """Open conversations that they have at most before they are handed another one; `assignment.capacity` where left
    out."""
    shift: Spans = ()
    """When they work, each day: "08:00-16:00". After its end what they have open goes back. Always where left out."""


class Hours(Frozen):
    """When the desk is open: business time runs only then."""

    zone: Zone = "UTC"
    """The desk's time zone; times on the screen are in it too."""
    country: Country | None = None
    """Country whose public holidays close the desk, such as "FR"; none where left out."""
    region: str | None = None
    """Part of the country with holidays of its own, such as "BY" for Bavaria in "DE"."""
    mon: Spans = _EIGHT_TO_EIGHT
    """Opening hours on Mondays: "08:00-20:00", "09:00-12:30, 14:00-18:00", or "" when closed."""
    tue: Spans = _EIGHT_TO_EIGHT
    """Opening hours on Tuesdays."""
    wed: Spans = _EIGHT_TO_EIGHT
    """Opening hours on Wednesdays."""
    thu: Spans = _EIGHT_TO_EIGHT
    """Opening hours on Thursdays."""
    fri: Spans = _EIGHT_TO_EIGHT
    """Opening hours on Fridays."""
    sat: Spans = _EIGHT_TO_EIGHT
    """Opening hours on Saturdays."""
    sun: Spans = ()
    """Opening hours on Sundays."""
    closed: tuple[date, ...] = ()
    """Further days on which the desk is closed: [2026-12-24]."""
    special: dict[date, Spans] = Field(default_factory=dict)
    """Days with hours of their own, public holidays included: { "2026-12-26" = "10:00-16:00" }."""

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str | None) -> str | None:
        if country is None:
            return None
        from holidays.registry import COUNTRIES

        if country not in {code for _name, code, *_others in COUNTRIES.values()}:
            raise ValueError('the code of a country that the holidays package knows, such as "FR"')
        return country

    @field_validator("region")
    @classmethod
    def _known_region(cls, region: str | None, info: ValidationInfo) -> str | None:
        if region is None or "country" not in info.data:
            return region
        country = info.data["country"]
        if country is None:
            raise ValueError("a region only together with country")
        import holidays

        known = holidays.country_holidays(country)
        if region not in {*known.subdivisions, *known.subdivisions_aliases}:
            raise ValueError(f"a region of {country}: {', '.join(sorted(known.subdivisions)) or 'it has none'}")
        return region

    @model_validator(mode="after")
    def _ever_open(self) -> Self:
        if not any(self.week()) and not any(self.special.values()):
            raise ValueError("hours on at least one day of the week")
        return self

    def week(self) -> tuple[Any, ...]:
        """The seven days' spans, Monday first: pairs of wall-clock times in :attr:`zone`."""
        return self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun


class Sla(Frozen):
    """How fast one answers. The first one holds that names the conversation's channel, or that names none."""

    channels: tuple[str, ...] = ()
    """Channels it is for, by id or by medium; all where empty."""
    acknowledge: Length | None = None
    """First answer to a new conversation within this time, such as "1h"."""
    reply: Length | None = None
    """Answer to each later message within this time."""
    resolve: Length | None = None
    """Resolved within this time; it stands still while the customer is awaited."""
    time: Literal["business", "calendar"] = "business"
    """Whether the clocks run in opening hours only, or day and night."""


class Boost(Frozen):
    """Something that brings a conversation forward in the views. All its conditions must hold."""

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
    """Its next clock is one of these: acknowledge, reply, resolve, escalation, promise, approval."""
    older_than: Length | None = None
    """Began longer ago than this."""
    newer_than: Length | None = None
    """Began less long ago than this."""
    promised: bool | None = None
    """Whether something is promised to the customer and not kept yet."""
    escalated: bool | None = None
    """Whether it was escalated and nobody has taken it yet."""
    approval: bool | None = None
    """Whether a goodwill gesture was asked for, and is not refused, given or expired yet."""
    mentioned: bool = False
    """Only those in which a note calls me by `@name` that I have not opened yet."""
    attention: bool = False
    """Only those to whose customer an attention is proposed now: see `moments`."""
    text: str = ""
    """Contains these words; accents and case do not matter."""
    search: str = ""
    """Words and filters as one types them into the search: "from:durand is:late"."""
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
    limit: int | None = Field(default=None, ge=1)
    """Characters of one message; the medium's usual limit where left out."""

    @property
    def options(self) -> dict[str, Any]:
        """The keys of the channel's own kind."""
        return dict(self.model_extra or {})


class Outbox(Frozen):
    """How replies are handed over."""

    hold: Duration = timedelta(seconds=8)
    """How long a reply waits, so that it can be taken back; "0s" sends at once."""
    lease: Length = timedelta(minutes=2)
    """How long one console may hold a reply before another may take it over."""
    retry_after: Length = timedelta(minutes=1)
    """First pause before a reply that was certainly not taken is tried again; doubled each time."""
    retry_at_most: Length = timedelta(hours=1)
    """Longest pause between two tries."""
    give_up_after: Length = timedelta(days=2)
    """A reply that could not be delivered for so long has failed."""


class Checks(Frozen):
    """What the console looks at before a reply is sent. What it finds is told once; sending again sends anyway."""

    unresolved: bool = True
    """Placeholders of a macro that were not filled in; a reply that has one is not sent at all."""
    language: bool = True
    """The reply is not in the customer's language."""
    attachment: bool = True
    """The reply speaks of an attachment and has none."""
    forbidden: bool = True
    """The reply has one of `forbidden_words`."""
    length: bool = True
    """The reply is longer than its channel takes."""
    forbidden_words: tuple[str, ...] = ()
    """Words and phrases that no reply should have; accents and case do not matter."""


class Purpose(Frozen):
    """Something a customer is asked consent for, apart from how they can be reached."""

    id: Id
    """Short name, used on the command line."""
    name: Label
    """Name as people see it; one text, or one a language."""


class Notify(Frozen):
    """When the console calls: only for what is mine."""

    how: Literal["bell", "osc9", "none"] = "bell"
    """"bell" (the terminal's bell), "osc9" (a notification of the desktop, where the terminal knows it) or "none"."""
    news: bool = True
    """A customer has written in a conversation of mine."""
    late: bool = True
    """A clock of a conversation of mine is about to run out."""
    mentions: bool = True
    """A colleague's note calls me by `@name`."""
