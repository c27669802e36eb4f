"""A floor with a supervisor, for tests of what only they do."""

from __future__ import annotations

from agentconsole.config import Config, parse
from tests.conftest import CONFIG

WITH_SUPERVISOR = CONFIG.replace(
    "agents = [",
    'agents = [\n  { id = "sam", name = "Sam Ortiz", role = "supervisor", teams = ["mail"] },\n'
    '  { id = "old", name = "Olga Dahl", disabled = true },',
)
BUSINESS = WITH_SUPERVISOR.replace('time = "calendar"', 'time = "business"')
"""The same, where promises count in opening hours: 08:00 to 20:00, Sundays closed."""


def floor_config(text: str = WITH_SUPERVISOR) -> Config:
    """A configuration with Sam as supervisor, and Olga who does not work here any more."""
    from agentconsole.channels.base import settings_model

    return parse(text, "agentconsole.toml", settings_model)
