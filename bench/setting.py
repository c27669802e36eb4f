"""The desk that is measured, as agentconsole.toml has it: channels, teams, agents, promises and views."""

from __future__ import annotations

CHANNELS = {
    "mail": 48, "form": 12, "whatsapp": 16, "chat": 10, "x": 8, "messenger": 6,
}  # fmt: skip
"""Medium of each channel, and its share of the conversations in percent."""
TEAMS = ("instant", "written", "shop", "line", "public")
AGENTS = tuple(f"agent{number:02d}" for number in range(1, 41))
ME = AGENTS[0]
HEAD = "head"
"""The supervisor, who brings vouchers and approves."""
POOL = "voucher"
TAGS = (
    "delivery", "refund", "invoice", "breakdown", "password", "contract", "quality", "return", "address", "payment",
    "gift", "complaint", "order", "technician", "app", "print", "lost", "promise", "press", "claim",
)  # fmt: skip
"""From common to rare."""
LANGUAGES = ("fr", "fr", "fr", "fr", "en", "en", "en", "de", "es", "it")
LIVE = ("whatsapp", "chat", "messenger")


def configuration(desk: str) -> str:
    """The text of agentconsole.toml for a desk at that address. The console is opened on it with
    ``--no-sync``: nothing is pulled or delivered."""
    lines = [
        f'desk = "{desk}"',
        f'agent = "{ME}"',
        'language = "en"',
        'brand = { name = "Measure" }',
        'hours = { zone = "Europe/Paris" }',
    ]
    lines += [f'[[teams]]\nid = "{team}"\nname = "{team.title()}"' for team in TEAMS]
    lines += [
        f'[[agents]]\nid = "{agent}"\nname = "Agent {agent[5:]}"\nteams = ["{TEAMS[number % len(TEAMS)]}"]'
        for number, agent in enumerate(AGENTS)
    ]
    lines += [f'[[agents]]\nid = "{HEAD}"\nname = "Head"\nrole = "supervisor"']
    lines += [
        f'[[channels]]\nid = "{medium}"\nkind = "email"\nmedium = "{medium}"\n'
        f'public = {str(medium == "x").lower()}\nuser = "care@brand.example"\nimap_host = "localhost"\n'
        f'smtp_host = "localhost"'
        for medium in CHANNELS
    ]
    return "\n".join([*lines, _RULES, _GESTURES])


_RULES = """
[[sla]]
channels = ["x"]
acknowledge = "1h"
reply = "1h"
resolve = "24h"
[[sla]]
channels = ["chat", "whatsapp", "messenger"]
acknowledge = "5m"
reply = "5m"
resolve = "4h"
[[sla]]
acknowledge = "4h"
reply = "4h"
resolve = "24h"
[[boosts]]
name = "VIP"
minutes = 30
customer_tags = ["vip"]
[[boosts]]
name = "public"
minutes = 30
public = true
[[boosts]]
name = "live"
minutes = 240
channels = ["chat", "whatsapp", "messenger"]
[[boosts]]
name = "urgent words"
minutes = 45
words = ["urgent", "urgence", "asap", "au plus vite", "immediately", "en panne", "still waiting"]
[[boosts]]
name = "urgent"
minutes = 120
priority = ["urgent"]
[[views]]
id = "acknowledge"
name = "To acknowledge"
clock_kind = ["acknowledge"]
[[views]]
id = "instant"
name = "Instant"
channels = ["chat", "whatsapp", "messenger"]
[[views]]
id = "mine"
name = "Mine"
assignee = "me"
[[views]]
id = "team"
name = "My team"
assignee = "team"
[[views]]
id = "late"
name = "Late"
clock = ["late"]
[[views]]
id = "public"
name = "Public"
channels = ["x"]
[[views]]
id = "french"
name = "French, urgent"
languages = ["fr"]
priority = ["urgent"]
[[views]]
id = "refunds"
name = "Refunds"
tags = ["refund"]
[[views]]
id = "press"
name = "Press"
tags = ["press"]
[[views]]
id = "german-mine"
name = "German, mine"
languages = ["de"]
assignee = "me"
[[views]]
id = "open"
name = "All open"
[[views]]
id = "waiting"
name = "Customer's turn"
states = ["pending"]
order = "waiting"
[[views]]
id = "snoozed"
name = "Snoozed"
states = ["snoozed"]
order = "updated"
[[views]]
id = "resolved"
name = "Resolved"
states = ["resolved"]
order = "updated"
"""

_GESTURES = """
[[kinds]]
id = "voucher"
fulfil = "voucher"
[[reasons]]
id = "late_delivery"
name = "Late delivery"
[[reasons]]
id = "outage"
name = "Outage"
[[reasons]]
id = "quality"
name = "Quality of the product"
[[reasons]]
id = "delight"
name = "A surprise"
[[catalogue]]
id = "voucher-15"
name = "15 EUR voucher"
kind = "voucher"
amount = "15"
reasons = ["late_delivery"]
text = "{{ gesture.amount }} for you: {{ gesture.code }}."
[[catalogue]]
id = "voucher-30"
name = "30 EUR voucher"
kind = "voucher"
amount = "30"
text = "{{ gesture.amount }} for you: {{ gesture.code }}."
[[catalogue]]
id = "credit-10"
name = "10 EUR credit"
kind = "credit"
amount = "10"
text = "{{ gesture.amount }} are yours."
[[delegations]]
id = "adviser"
roles = ["adviser"]
kinds = ["voucher", "credit", "item"]
approvers = ["supervisor"]
[[delegations.limits]]
gesture = "50"
customer = "120"
within = "90d"
proof = "40"
budget = "6000"
count = 400
[[delegations]]
id = "supervisor"
roles = ["supervisor"]
[[delegations.limits]]
gesture = "200"
customer = "300"
within = "90d"
proof = "200"
budget = "20000"
"""
