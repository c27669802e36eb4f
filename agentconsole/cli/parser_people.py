"""The options of the verbs about people: take, duty, mentions, and one's own day."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from agentconsole.i18n import _


def add(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Add them to all verbs."""
    take = verb("take", "people:take", _("take a conversation, and its escalation; or the best one for me"), json=True)
    told = _("numbers with commas between; the best one for me where left out")
    take.add_argument("numbers", nargs="?", metavar=_("IDS"), help=told)
    duty = verb("duty", "people:duty_", _("who is at work; or say that I am"), json=True)
    duty.add_argument("state", nargs="?", choices=("here", "away", "gone"), help=_("how I am from now on"))
    verb("day", "customers:day", _("what I did today"), json=True)
    called = verb("mentions", "people:mentions_", _("notes of colleagues that call me"), json=True)
    called.add_argument("--seen", metavar=_("ID"), help=_("I have read those of that conversation"))
