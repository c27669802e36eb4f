"""The verbs with which a supervisor acts on the floor, and with which everybody reads what is told to them."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from agentconsole.cli.counts import count, identifier
from agentconsole.i18n import _

Verb = Callable[..., argparse.ArgumentParser]
"""Adds a verb: ``verb(name, "module:function", words, json=False)``."""
Common = Callable[[], argparse.ArgumentParser]
"""Options of every verb."""


def add(verb: Verb, common: Common) -> None:
    """Add all of them."""
    _notices(verb)
    _channel(_group(verb, common, "channel", "floor", _("pause a channel, or go on with it")))
    _hours(verb)
    _incident(_group(verb, common, "incident", "incidents", _("bursts of similar conversations")))
    given = verb("reassign", "floor:reassign", _("give away all active conversations of an agent"))
    given.add_argument("whose", metavar=_("AGENT"), help=_("who has them"))
    given.add_argument("to", metavar=_("WHO"), help=_("an agent's id, team:ID, me, or nobody"))
    trail = verb("trail", "floor:trail", _("what supervisors did to the floor, the latest first"), json=True)
    trail.add_argument("--limit", type=count, default=50, metavar="N", help=_("rows at most"))


def _group(verb: Verb, common: Common, name: str, module: str, words: str) -> Verb:
    actions = verb(name, "", words).add_subparsers(required=True, metavar=_("ACTION"))

    def action(name: str, function: str, words: str, json: bool = False) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = actions.add_parser(name, parents=[common()], help=words, description=words)
        added.set_defaults(verb=f"{module}:{function}")
        if json:
            added.add_argument("--json", action="store_true", help=_("one JSON object a line"))
        return added

    return action


def _notices(verb: Verb) -> None:
    banner = verb("banner", "floor:banner", _("show a line on all consoles, or end it"))
    banner.add_argument("text", nargs="*", metavar=_("TEXT"), help=_("the line; nothing to see those that are shown"))
    banner.add_argument("--until", metavar=_("WHEN"), help=_("when it ends by itself: 2h, 18:00, tomorrow 9:00 …"))
    banner.add_argument("--end", metavar="UUID", type=identifier, help=_("take it back"))
    message = verb("message", "floor:message", _("send an adviser, or all, a message that each reads once"))
    message.add_argument("to", metavar=_("WHO"), help=_("an agent's id, or all"))
    message.add_argument("text", nargs="+", metavar=_("TEXT"), help=_("the words"))
    told = verb(
        "notices", "floor:list_notices", _("what supervisors tell you: banners, and messages not read yet"), json=True
    )
    told.add_argument("--seen", action="store_true", help=_("the messages are read now"))
    told.add_argument("--all", action="store_true", help=_("all that was told, and who has read it: for supervisors"))


def _channel(action: Verb) -> None:
    paused = action("pause", "pause", _("neither pull from a channel nor deliver to it"))
    resumed = action("resume", "resume", _("pull from it and deliver to it again"))
    for one in (paused, resumed):
        one.add_argument("channel", metavar=_("CHANNEL"), help=_("a channel's id"))
    paused.add_argument("reason", nargs="*", metavar=_("REASON"), help=_("why"))
    action("list", "channels", _("every channel: what it does, and whether it is paused"), json=True)


def _hours(verb: Verb) -> None:
    hours = verb(
        "hours", "floor:hours", _("opening hours of a single day: an evening that goes on, a closing"), json=True
    )
    hours.add_argument(
        "day", nargs="?", metavar=_("DAY"), help=_("today, tomorrow, 2026-12-24; those set where left out")
    )
    choice = hours.add_mutually_exclusive_group()
    choice.add_argument("spans", nargs="?", metavar=_("HOURS"), help=_('"08:00-22:00", "09:00-12:30, 14:00-18:00"'))
    choice.add_argument("--closed", action="store_true", help=_("the desk is closed that day"))
    choice.add_argument("--drop", action="store_true", help=_("the configured hours again"))
    hours.add_argument("--reason", default="", metavar=_("TEXT"), help=_("why"))


def _incident(action: Verb) -> None:
    listed = action("list", "list_incidents", _("those that go on"), json=True)
    listed.add_argument("--all", action="store_true", help=_("those that are over too"))
    shown = action("show", "show_incident", _("an incident's conversations"), json=True)
    confirmed = action("confirm", "confirm", _("it is known: tell all consoles, pin a macro to its conversations"))
    confirmed.add_argument("--banner", metavar=_("TEXT"), help=_("a line for all consoles"))
    confirmed.add_argument("--macro", metavar=_("NAME"), help=_("a macro of the brand's, proposed first in them"))
    dismissed = action("dismiss", "dismiss", _("it is none; the same words are not told again for some hours"))
    ended = action("end", "end", _("it is over: its banner ends"))
    for one in (shown, confirmed, dismissed, ended):
        one.add_argument("incident", metavar="UUID", type=identifier, help=_("as `incident list` prints it"))
