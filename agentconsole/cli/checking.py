"""``agentconsole check``: configuration, desk, keys, and each channel's server and login."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from agentconsole.channels.base import Finding, open_channel
from agentconsole.cli.opening import read_config
from agentconsole.config import Agent
from agentconsole.desk import saved_views
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.hours import Calendar
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.secrets import find_secret
from agentconsole.store.opening import open_desk


def findings(options: argparse.Namespace) -> Iterator[Finding]:
    """One after the other, as they are looked at.

    :raises ConfigError: the configuration cannot be read; nothing else can be looked at then.
    """
    config, path = read_config(options)
    yield Finding(_("configuration"), True, str(path))
    agent: Agent | None = None
    try:
        agent = who_am_i(config, options.agent)
        yield Finding(_("agent"), True, f"{agent.id} ({agent.name})")
    except ConsoleError as error:
        yield Finding(_("agent"), False, error.what, error.do)
    try:
        Calendar.of(config.hours)
        yield Finding(_("hours"), True, config.hours.zone)
    except ConsoleError as error:
        yield Finding(_("hours"), False, error.what, error.do)
    yield _theme(config.theme)
    from agentconsole.views.keys import clashes

    for clash in clashes(config) or [""]:
        yield Finding(_("keys"), not clash, clash or _("no clashes"), _("Change [keys].") if clash else "")
    try:
        store = open_desk(config.desk, path.parent, files=config.attachments)
        yield Finding(_("desk"), True, store.name)
        yield from _views(Desk(store, config, agent, path.parent)) if agent else ()
        store.close()
    except ConsoleError as error:
        yield Finding(_("desk"), False, error.what, error.do)
    if not any(settings.active for settings in config.channels):
        yield Finding(
            _("channels"), False, _("none is in use"), _("Add one to agentconsole.toml, such as your mailbox.")
        )
    for settings in config.channels:
        if not settings.active:
            yield Finding(settings.id, True, _("not active"))
            continue
        try:
            channel = open_channel(settings, find_secret(settings.id, path.parent), path.parent)
            try:
                for found in channel.check():
                    yield Finding(f"{settings.id}: {found.what}", found.good, found.seen, found.do)
            finally:
                channel.close()
        except ConsoleError as error:
            yield Finding(settings.id, False, error.what, error.do)


def _views(desk: Desk) -> Iterator[Finding]:
    wrong = saved_views.mistakes(desk)
    for mistake in wrong:
        yield Finding(_("views"), False, mistake, _("Correct it, or remove the view."))
    if not wrong:
        yield Finding(_("views"), True, ", ".join(view.id for view in saved_views.views_of(desk)))


def _theme(name: str) -> Finding:
    from agentconsole.views.themes import names

    known = names()
    do = "" if name in known else _("Use one of: {names}.").format(names=", ".join(known))
    return Finding(_("theme"), name in known, name, do)
