"""agentconsole.toml: what can be set (:mod:`.settings`, :mod:`.tables`), and its reading (:mod:`.load`)."""

from agentconsole.config.assignment import Assignment
from agentconsole.config.crisis import Crisis
from agentconsole.config.gestures import (
    Delegation,
    Gestures,
    Gift,
    Kind,
    Limits,
    MomentOf,
    Reason,
    Shop,
    TeamBudget,
)
from agentconsole.config.load import FILE_NAME, ModelOf, find, load, parse
from agentconsole.config.problems import problems_of
from agentconsole.config.settings import Config
from agentconsole.config.start import write_starting_file
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
from agentconsole.config.values import Label
from agentconsole.model.states import MEDIUMS, ClockKind, ClockState, Priority, Role, State

__all__ = [
    "FILE_NAME", "MEDIUMS", "Agent", "Assignment", "Boost", "Brand", "ChannelSettings", "Checks", "ClockKind",
    "ClockState", "Config", "Crisis",
    "Delegation", "Gestures", "Gift", "Hours", "Kind", "Label", "Limits", "ModelOf", "MomentOf", "Notify", "Outbox",
    "Priority", "Purpose", "Reason", "Role", "Shop", "Sla", "State", "Team", "TeamBudget", "View",
    "find", "load", "parse", "problems_of", "write_starting_file",
]  # fmt: skip
