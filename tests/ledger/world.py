"""The team that tests of gestures are about."""

from __future__ import annotations

from tests.conftest import CONFIG as _PLAIN

_AGENTS = """
agents = [
  { id = "lea", name = "Léa Martin", teams = ["instant"], languages = ["fr", "en"], trained_until = 2099-12-31 },
  { id = "tom", name = "Tom Reed", teams = ["mail"], languages = ["en", "fr"], trained_until = 2099-12-31 },
  { id = "ana", name = "Ana Sol", teams = ["instant"], trained_until = 2020-01-31 },
  { id = "sam", name = "Sam Okoro", role = "supervisor", teams = ["instant"] },
  { id = "eve", name = "Eve Lind", role = "supervisor", teams = ["mail"] },
  { id = "sam2", name = "Sam O.", person = "sam", teams = ["instant"], trained_until = 2099-12-31 },
  { id = "bot", name = "Night shift", delegation = "none" },
]
"""
_BEGIN, _END = _PLAIN.index("agents = ["), _PLAIN.index("hours =")
_TEAMS = """
teams = [
  { id = "instant", name = "Instant", budgets = [{ currency = "EUR", budget = "1000" }] },
  { id = "mail", name = "Mail" },
]
"""
LEDGER_CONFIG = (
    _PLAIN[: _PLAIN.index("teams = [")]
    + _TEAMS
    + _AGENTS
    + _PLAIN[_END:]
    + """
reasons = [
  { id = "late_delivery", name = { en = "Late delivery", fr = "Livraison en retard" } },
  { id = "outage", name = { en = "Outage", fr = "Panne" } },
  { id = "delight", name = { en = "A surprise", fr = "Une surprise" } },
]
kinds = [
  { id = "voucher", fulfil = "voucher" },
  { id = "credit", fulfil = "task" },
]
moments = [
  { id = "birthday", name = { en = "Birthday", fr = "Anniversaire" }, when = "birthday", gift = "surprise" },
  { id = "again", name = { en = "Second mishap", fr = "Deuxième incident" }, when = "mishap", gift = "surprise" },
]

[[catalogue]]
id = "voucher-15"
name = { en = "15 € voucher", fr = "Bon de 15 €" }
kind = "voucher"
amount = "15"
reasons = ["late_delivery"]
[catalogue.text]
en = "Here is {{ gesture.amount }}: {{ gesture.code }}."
fr = "Voici {{ gesture.amount }} : {{ gesture.code }}."

[[catalogue]]
id = "credit-10"
name = { en = "10 € credit", fr = "Avoir de 10 €" }
kind = "credit"
amount = "10"
text = { en = "{{ gesture.amount }} are yours.", fr = "{{ gesture.amount }} sont à vous." }

[[catalogue]]
id = "surprise"
name = { en = "A surprise", fr = "Une surprise" }
kind = "attention"
amount = "20"
reasons = ["delight"]
text = { en = "Happy birthday!", fr = "Bon anniversaire !" }

[gestures]
grace = "15m"
expires = "3d"

[[delegations]]
id = "adviser"
roles = ["adviser", "senior", "community"]
kinds = ["voucher", "credit", "item", "redelivery", "attention"]
approvers = ["supervisor"]
training = true
[[delegations.limits]]
currency = "EUR"
gesture = "50"
kinds = { item = "30" }
customer = "120"
within = "90d"
proof = "15"
budget = "600"
count = 40
[[delegations.limits]]
currency = "EUR"
purse = "attention"
gesture = "20"
customer = "20"
within = "365d"
proof = "1000"
budget = "100"
count = 5

[[delegations]]
id = "supervisor"
roles = ["supervisor"]
approvers = ["supervisor"]
[[delegations.limits]]
currency = "EUR"
gesture = "200"
customer = "300"
within = "90d"
proof = "200"
budget = "2000"
[[delegations.limits]]
currency = "USD"
gesture = "100"
customer = "100"
within = "30d"
budget = "500"
"""
)
