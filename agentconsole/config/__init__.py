"""agentconsole.toml: what can be set (:mod:`.settings`), and how it is found, read and refused (:mod:`.load`)."""

from agentconsole.config.load import FILE_NAME, ModelOf, find, load, parse, problems_of
from agentconsole.config.settings import (
    Agent,
    Boost,
    Brand,
    ChannelSettings,
    ClockKind,
    ClockState,
    Config,
    Hours,
    Label,
    Outbox,
    Priority,
    Role,
    Sla,
    State,
    Team,
    View,
)

__all__ = [
    "FILE_NAME", "Agent", "Boost", "Brand", "ChannelSettings", "ClockKind", "ClockState", "Config", "Hours",
    "Label", "ModelOf", "Outbox", "Priority", "Role", "Sla", "State", "Team", "View", "find", "load", "parse",
    "problems_of",
]  # fmt: skip
