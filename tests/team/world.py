"""The team that tests of a shared desk are about."""

from __future__ import annotations

from tests.ledger.world import LEDGER_CONFIG

_BEGIN, _END = LEDGER_CONFIG.index("agents = ["), LEDGER_CONFIG.index("hours =")
_AGENTS = """
agents = [
  { id = "lea", name = "Léa Martin", teams = ["instant"], languages = ["fr", "en"], trained_until = 2099-12-31 },
  { id = "tom", name = "Tom Reed", teams = ["mail"], languages = ["en", "fr"], trained_until = 2099-12-31 },
  { id = "max", name = "Max Bauer", role = "community", teams = ["instant"], trained_until = 2099-12-31 },
  { id = "sam", name = "Sam Okoro", role = "supervisor", teams = ["instant"] },
  { id = "eve", name = "Eve Lind", role = "supervisor", teams = ["mail"] },
]
"""
TEAM_CONFIG = LEDGER_CONFIG[:_BEGIN] + _AGENTS + LEDGER_CONFIG[_END:]
