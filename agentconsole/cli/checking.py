"""``agentconsole check``: configuration, desk, keys, and each channel's server and login."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agentconsole.channels.base import Finding, open_channel
from agentconsole.cli.opening import read_config
from agentconsole.config import Agent, Config
from agentconsole.config.amounts import units
from agentconsole.desk import orders, policies, saved_views, vouchers
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.hours import Calendar
from agentconsole.desk.policy import delegation_of
from agentconsole.desk.shared import has_login, joined, names_same_shop, overruled
from agentconsole.errors import ConsoleError, SecretError
from agentconsole.i18n import _, date, ngettext
from agentconsole.secrets import find_secret
from agentconsole.store.engine import Store
from agentconsole.store.opening import open_desk


def findings(options: argparse.Namespace) -> Iterator[Finding]:
    """One after the other, as they are looked at.

    :raises ConfigError: the configuration cannot be read; nothing else can be looked at then.
    """
    config, path = read_config(options)
    written = config
    yield Finding(_("configuration"), True, str(path))
    place = _Place(config, path, options.agent)
    yield from place.findings()
    config, agent, store = place.config, place.agent, place.store
    try:
        Calendar.of(config.hours)
        yield Finding(_("hours"), True, config.hours.zone)
    except ConsoleError as error:
        yield Finding(_("hours"), False, error.what, error.do)
    yield _theme(config.theme)
    from agentconsole.views.keys import clashes

    for clash in clashes(config) or [""]:
        yield Finding(_("keys"), not clash, clash or _("no clashes"), _("Change [keys].") if clash else "")
    if store and agent:
        hands_over = config is written or names_same_shop(written, config)
        desk = Desk(store, config, agent, path.parent, hands_over=hands_over)
        yield from _views(desk)
        yield from _policy(desk)
        yield from _trained(desk)
        yield from _fulfilled(desk)
    if store:
        store.close()
    if not any(settings.active for settings in config.channels):
        yield Finding(
            _("channels"), False, _("none is in use"), _("Add one to agentconsole.toml, such as your mailbox.")
        )
    for settings in config.channels:
        if not settings.active:
            yield Finding(settings.id, True, _("not active"))
            continue
        if place.elsewhere:
            yield Finding(settings.id, True, _("the service pulls it, and delivers to it"))
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


@dataclass
class _Place:
    """The desk and who is at it. On PostgreSQL the desk may say who that is, and what holds of agentconsole.toml."""

    config: Config
    path: Path
    given: str | None
    agent: Agent | None = None
    store: Store | None = None
    elsewhere: bool = False
    """Whether channels are somebody else's to pull: an agent's login does not, where the desk has roles."""

    def findings(self) -> Iterator[Finding]:
        written, at = self.config, self.path.parent
        if "://" not in written.desk:
            yield from self._agent()
        try:
            self.store = open_desk(written.desk, at, files=written.attachments)
            yield Finding(_("desk"), True, self.store.name)
            yield from _clock(self.store)
        except ConsoleError as error:
            yield Finding(_("desk"), False, error.what, error.do)
        if "://" in written.desk:
            yield from self._agent()
        for key in overruled(self.store, written, at) if self.store and self.agent else ():
            said = _("{key} is otherwise in the desk's policy, which holds").format(key=key)
            yield Finding(_("policy"), False, said, _("Apply this file (`agentconsole policy apply`), or take it out."))

    def _agent(self) -> Iterator[Finding]:
        try:
            if self.store:
                self.config, self.agent = joined(self.store, self.config, self.given)
                self.elsewhere = has_login(self.store)
            else:
                self.agent = who_am_i(self.config, self.given)
            yield Finding(_("agent"), True, f"{self.agent.id} ({self.agent.name})")
        except ConsoleError as error:
            yield Finding(_("agent"), False, error.what, error.do)


_SKEW = 30
"""Seconds by which a clock may be wrong without a word: nobody sees them."""


def _clock(store: Store) -> Iterator[Finding]:
    """Only of a desk on a server: else there is no other clock."""
    ahead = round(store.now.ahead.total_seconds())
    if abs(ahead) > _SKEW:
        minutes = max(1, abs(ahead) // 60)
        said = (
            ngettext("{n} minute ahead of the desk's", "{n} minutes ahead of the desk's", minutes)
            if ahead > 0
            else ngettext("{n} minute behind the desk's", "{n} minutes behind the desk's", minutes)
        )
        does = _("Set this machine's clock; until then the console goes by the desk's.")
        yield Finding(_("clock"), False, said.format(n=minutes), does)


def _policy(desk: Desk) -> Iterator[Finding]:
    try:
        holds, waits = policies.current(desk), policies.outdated(desk)
    except ConsoleError as error:
        yield Finding(_("policy"), False, error.what, error.do)
        return
    if waits:
        yield Finding(_("policy"), True, _("the file's holds as soon as the console is opened or something is written"))
    elif holds:
        yield Finding(_("policy"), True, _("version {version}").format(version=holds.applied.version))
    elif desk.config.delegations:
        yield Finding(_("policy"), False, _("none holds"), _("A supervisor applies one: `agentconsole policy apply`."))


def _trained(desk: Desk) -> Iterator[Finding]:
    """Whose training has ended: no mistake of the file, but they can give nothing."""
    today = desk.now().astimezone(desk.config.zone).date()
    for agent in desk.config.agents:
        delegation, until = delegation_of(desk.config, agent), agent.trained_until
        if delegation and delegation.training and not agent.disabled and (until is None or until < today):
            seen = _("{agent}: ended on {day}").format(agent=agent.id, day=date(until)) if until else ""
            seen = seen or _("{agent}: none").format(agent=agent.id)
            do = _("They can give nothing. Set trained_until once they are trained.")
            yield Finding(_("training in gestures"), False, seen, do)


def _fulfilled(desk: Desk) -> Iterator[Finding]:
    """What gestures are fulfilled by: codes that do not run low, a key for the shop."""
    try:
        for stock in vouchers.low(desk):
            what = f"{stock.pool} {units(stock.amount, stock.currency)} {stock.currency}"
            said = ngettext("{n} code left", "{n} codes left", stock.free).format(n=stock.free)
            do = _("Bring more: `agentconsole voucher import FILE --pool {pool}`.").format(pool=stock.pool)
            yield Finding(_("voucher codes"), False, f"{what}: {said}", do)
        if desk.config.shop is not None and not desk.hands_over:
            yield Finding(_("shop"), True, _("left to other consoles"))
        elif desk.config.shop is not None:
            orders.opened(desk)
            yield Finding(_("shop"), True, desk.config.shop.url)
    except ConsoleError as error:
        yield Finding(_("shop") if isinstance(error, SecretError) else _("gestures"), False, error.what, error.do)


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
