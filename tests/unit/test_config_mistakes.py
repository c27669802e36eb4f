"""What is said about a mistake in agentconsole.toml: the key, what was found, what is allowed."""

from __future__ import annotations

import re

import pytest
from pydantic import Field

from agentconsole.config.values import Frozen
from tests.unit.told import mistakes


class Fax(Frozen):
    """A kind of channel for these tests."""

    number: str
    pages: int = Field(default=1, ge=1, le=9)


def problems(text: str) -> list[str]:
    """What is said about a file that may have a channel of that kind."""
    return mistakes(text, {"fax": Fax}.get)


MISTAKES = """
agnt = "a"
> agnt: unknown key; did you mean 'agent'? allowed are agent, agents, … views

[brand]
nme = ""
> brand.nme: unknown key; did you mean 'name'? allowed are name, signature

theme = 5
> theme: found 5; allowed is a text in quotes

language = "de"
> language: found 'de'; allowed is '', 'en', 'fr'

due_within = "1 week"
> due_within: found '1 week'; allowed is a duration such as "45m", …

due_within = "0m"
> due_within: found '0m'; allowed is a duration longer than nothing…

outbox.lease = true
> outbox.lease: found true; allowed is a duration…

hours = 3
> hours: found 3; allowed is a table…

hours.zone = "Europe/Pari"
> hours.zone: found 'Europe/Pari'; allowed is a time zone such as "Europe/Paris"

hours.zone = 7
> hours.zone: found 7; allowed is a time zone…

hours.country = "fr"
> hours.country: found 'fr'; allowed is a country code such as "FR"

hours.country = "XX"
> hours.country: found 'XX'; allowed is the code of a country…

hours.region = "BY"
> hours.region: found 'BY'; allowed is a region only together with country

hours = { country = "DE", region = "XY" }
> hours.region: found 'XY'; allowed is a region of DE: …, BE, …

hours.mon = "8-20"
> hours.mon: found '8-20'; allowed is opening hours such as…

hours.mon = "20:00-08:00"
> hours.mon: found '20:00-08:00'; allowed is opening hours that end after they begin…

hours.mon = "8:00-12:00, 11:00-14:00"
> hours.mon: found '8:00-12:00, 11:00-14:00'; allowed is opening hours in order, without overlap

hours.closed = ["2026-13-01"]
> hours.closed.1: found '2026-13-01'; allowed is a date…

hours.special = { "2026-13-01" = "" }
> hours.special.2026-13-01: found '2026-13-01'; allowed is a date…

hours = { mon = "", tue = "", wed = "", thu = "", fri = "", sat = "" }
> hours: found a table with mon, …; allowed is hours on at least one day of the week

[[teams]]
id = "Front Desk"
name = "x"
> teams.Front Desk.id: found 'Front Desk'; allowed is a short name of a to z, …

[[teams]]
id = "a"
name = ""
> teams.a.name: found ''; allowed is a text, or one a language: …

[[teams]]
name = "x"
> teams.1.id: found nothing; this key must be there

[[agents]]
id = "a"
name = "A"
role = "senor"
> agents.a.role: found 'senor'; did you mean 'senior'? allowed is 'adviser', 'senior', …

[[agents]]
id = "me"
name = "A"
> agents.me.id: found 'me'; allowed is…

[[boosts]]
name = "VIP"
minutes = 30
> boosts.1: found a table with name, minutes; allowed is at least one condition…

[[boosts]]
name = "VIP"
minutes = 1.5
public = true
> boosts.1.minutes: found 1.5; allowed is a whole number

[[views]]
id = "a"
name = "A"
states = ["opne"]
> views.a.states.1: found 'opne'; did you mean 'open'? allowed is 'open', …

[[views]]
id = "a"
name = "A"
states = "open"
> views.a.states: found 'open'; allowed is a list…

[[views]]
id = "a"
name = "A"
assignee = "bob"
> views.a.assignee: found 'bob'; allowed are anyone, me, nobody, team

[[sla]]
channels = ["whatsap"]
> sla.1.channels: found 'whatsap' (did you mean 'whatsapp'?); allowed are app, …

[[channels]]
id = "f"
kind = "fxa"
> channels.f.kind: found 'fxa'; allowed is a kind of channel that is installed

[[channels]]
id = "f"
kind = "fax"
> channels.f.number: found nothing; this key must be there

[[channels]]
id = "f"
kind = "fax"
number = "1"
pages = 10
> channels.f.pages: found 10; allowed is 9 or less

agent = "zoe"
> agent: found 'zoe'; allowed are none, since there are none yet

desk = "mysql://db/x"
> desk: found 'mysql://db/x'; allowed is a file, or an address such as…

desk = ""
> desk: found ''; allowed is a file…
"""
"""Each a file with one mistake, and the line that it gives; an ellipsis stands for anything."""


@pytest.mark.parametrize("mistake", MISTAKES.strip().split("\n\n"))
def test_a_mistake_names_key_found_and_allowed(mistake: str) -> None:
    text, _, said = mistake.rpartition("\n> ")
    (line,) = problems(text)
    assert re.fullmatch(re.escape(said).replace("…", ".*"), line), line


def test_all_mistakes_are_told_at_once() -> None:
    lines = problems("""
        theme = 5
        agent = "zoe"
        agnt = "x"
        [hours]
        mon = "never"
        [[agents]]
        id = "lea"
        name = "Léa"
        teams = ["front"]
        [[agents]]
        id = "lea"
        name = "Léa again"
        [[channels]]
        id = "f"
        kind = "fax"
        pages = 0
        """)
    places = sorted(line.partition(":")[0] for line in lines)
    assert places == [
        "agent",
        "agents",
        "agents.lea.teams",
        "agnt",
        "channels.f.number",
        "channels.f.pages",
        "hours.mon",
        "theme",
    ]


def test_names_are_checked_where_all_else_is_right() -> None:
    assert len(problems("agent = 'zoe'\n[[views]]\nid = 'a'\nname = 'A'\nteams = ['x']")) == 2


def test_passwords_are_refused_and_not_repeated() -> None:
    lines = problems("""
        desk = "postgresql://lea:hunter2@db.example/care"
        [[channels]]
        id = "f"
        kind = "fax"
        number = "1"
        password = "hunter3"
        """)
    assert not any("hunter" in line for line in lines)
    assert any("~/.pgpass" in line for line in lines)
    assert any("`agentconsole secret set`" in line for line in lines)
