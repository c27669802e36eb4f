"""The agentconsole.toml of the demo desk: Tourterel's teams, promises, views, channels and gestures."""

from __future__ import annotations

from pathlib import Path

from agentconsole.demo.world.brand import CHANNELS, COLLEAGUES, COUNTRY, NAME, RESOLVE, TEAMS, ZONE, Medium
from agentconsole.demo.world.moments import DUE_WITHIN

_HEAD = """\
# The demo desk: Tourterel, an operator that does not exist, and its customers, who do not either.
# Everything here can be changed; docs/configuration.md says what there is. Other verbs work on this desk too:
#   agentconsole next --config agentconsole.toml

desk = "{desk}"
agent = "{agent}"
due_within = "{due}m"
own = "own"                 # views and macros that you save here stay here

[brand]
name = "{brand}"
signature = "{{agent}}\\n{{brand}}"

[hours]                     # Monday to Saturday 08:00-20:00, which is also what is assumed where nothing is said
zone = "{zone}"
country = "{country}"       # its public holidays close the desk
sun = ""
"""

_BOOSTS = """
# What brings a conversation forward, in minutes; each is shown as the reason.
[[boosts]]
name = "VIP"
minutes = 30
customer_tags = ["vip"]

[[boosts]]
name = { en = "Journalist", fr = "Journaliste" }
minutes = 60
customer_tags = ["journalist"]

[[boosts]]
name = { en = "Influencer", fr = "Influenceur" }
minutes = 30
customer_tags = ["influencer"]

[[boosts]]
name = "Public"
minutes = 15
public = true

[[boosts]]
name = "Urgent"
minutes = 120
priority = ["urgent"]

[[boosts]]
name = { en = "Important", fr = "Important" }
minutes = 20
priority = ["high"]

[[boosts]]
name = { en = "Theft or fraud", fr = "Vol ou fraude" }
minutes = 60
words = ["volé", "vol de mon", "stolen", "arnaque", "scam", "bloquez", "block my sim"]

[[boosts]]
name = { en = "Thinks of leaving", fr = "Pense à partir" }
minutes = 20
words = ["concurrence", "médiateur", "cnil", "ombudsman"]

[[boosts]]
name = { en = "Reopened", fr = "Rouvert" }
minutes = 20
reopened = true

[[boosts]]
name = { en = "Wrote again", fr = "A relancé" }
minutes = 15
waiting_messages = 2
"""

_VIEWS = """
[[views]]
id = "acknowledge"
name = { en = "To acknowledge", fr = "À prendre en compte" }
clock_kind = ["acknowledge"]

[[views]]
id = "instant"
name = { en = "Instant", fr = "Instantané" }
channels = ["whatsapp", "chat"]

[[views]]
id = "social"
name = { en = "Public", fr = "Public" }
channels = ["x"]

[[views]]
id = "mine"
name = { en = "Mine", fr = "Les miennes" }
assignee = "me"

[[views]]
id = "late"
name = { en = "Late", fr = "En retard" }
clock = ["late"]

[[views]]
id = "promises"
name = { en = "Promises", fr = "Promesses" }
states = ["open", "pending", "snoozed"]
promised = true

[[views]]
id = "escalated"
name = { en = "Escalated", fr = "Escaladées" }
states = ["open", "pending", "snoozed"]
escalated = true

[[views]]
id = "team"
name = { en = "For my team", fr = "Pour mon équipe" }
assignee = "team"

[[views]]
id = "resolve"
name = { en = "Resolve in 48h", fr = "À résoudre sous 48 h" }

[[views]]
id = "english"
name = { en = "In English", fr = "En anglais" }
languages = ["en"]

[[views]]
id = "awaited"
name = { en = "Awaiting customer", fr = "En attente du client" }
states = ["pending"]
order = "waiting"

[[views]]
id = "snoozed"
name = { en = "Snoozed", fr = "En veille" }
states = ["snoozed"]
order = "updated"

[[views]]
id = "done"
name = { en = "Resolved this week", fr = "Résolues cette semaine" }
states = ["resolved"]
newer_than = "7d"
order = "updated"

[[views]]
id = "approval"
name = { en = "Awaiting approval", fr = "En attente d'accord" }
states = ["open", "pending", "snoozed"]
approval = true

[[views]]
id = "attention"
name = { en = "Attentions", fr = "Attentions" }
states = ["open", "pending"]
attention = true

[[views]]
id = "mentions"
name = { en = "Mentions of me", fr = "On me mentionne" }
states = []
mentioned = true
"""

_BUDGETS = {"instant": ("2500", "300"), "written": ("2000", "300"), "social": ("800", "200")}
"""What each team may give in a month: in compensation, in attentions."""
UNTRAINED = {"diego": "2025-06-30"}
"""Whose training in gestures has lapsed."""
_TRAINED = "2035-12-31"


def demo_config(seed: int, still: bool, agent: str | None, desk: str = "desk.sqlite") -> str:
    """The text of a complete agentconsole.toml.

    :param seed: of the live traffic. :param still: nothing new arrives.
    :param agent: who opens it, one of :data:`.world.brand.COLLEAGUES` by id; the first where ``None``.
    :param desk: a file beside it, or a postgresql:// URL.
    """
    head = _HEAD.format(
        desk=desk, agent=agent or COLLEAGUES[0].id, due=DUE_WITHIN, brand=NAME, zone=ZONE, country=COUNTRY
    )
    parts = [head, *_teams(), *_agents(), *map(_sla, CHANNELS.values()), _BOOSTS, _VIEWS]
    parts += [_channel(medium, seed, still) for medium in CHANNELS.values()]
    return "".join([*parts, Path(__file__).with_name("gestures.toml").read_text("utf-8")])


def _teams() -> list[str]:
    return [_team(team, en, fr) for team, (en, fr) in TEAMS.items()]


def _team(team: str, en: str, fr: str) -> str:
    goodwill, attention = _BUDGETS[team]
    return (
        f'\n[[teams]]\nid = "{team}"\nname = {{ en = "{en}", fr = "{fr}" }}\n'
        f'budgets = [{{ budget = "{goodwill}" }}, {{ purse = "attention", budget = "{attention}" }}]   # a month\n'
    )


def _agents() -> list[str]:
    return [
        f'\n[[agents]]\nid = "{who.id}"\nname = "{who.name}"\nrole = "{who.role}"\n'
        f"teams = {_list(who.teams)}\nlanguages = {_list(who.languages)}\n"
        f"trained_until = {UNTRAINED.get(who.id, _TRAINED)}\n"
        for who in COLLEAGUES
    ]


def _sla(medium: Medium) -> str:
    return (
        f'\n[[sla]]\nchannels = ["{medium.id}"]\nacknowledge = "{medium.acknowledge}m"\n'
        f'reply = "{medium.reply}m"\nresolve = "{RESOLVE // 60}h"          # two opening days\n'
    )


def _channel(medium: Medium, seed: int, still: bool) -> str:
    return (
        f'\n[[channels]]\nid = "{medium.id}"\nkind = "demo"\nmedium = "{medium.id}"\n'
        f'name = {{ en = "{medium.en}", fr = "{medium.fr}" }}\npublic = {str(medium.public).lower()}\n'
        f"seed = {seed}\npace = {medium.pace}               # seconds between arrivals, on average\n"
        f"still = {str(still).lower()}\n"
    )


def _list(items: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"
