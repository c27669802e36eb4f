"""The rules in force at an open desk: those of agentconsole.toml or the policy, with the special hours of single days.

Others change them while the desk is open: a supervisor applies a policy, or sets the hours of a day. :func:`refresh`
notices and replaces :attr:`Desk.config` as a whole; consoles call it when something was committed, and the one that
keeps house calls :func:`keep`, which computes the clocks of active conversations anew besides.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import Connection

from agentconsole.config import Config
from agentconsole.config.values import parse_spans
from agentconsole.desk import housekeeping
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.store import special_hours
from agentconsole.store.engine import Store
from agentconsole.store.ledger import policies
from agentconsole.store.special_hours import SpecialDay

SETTLED = timedelta(minutes=1)
"""By then every console has seen new rules; what one wrote by the old ones is made right then."""


def state(store: Store) -> str:
    """A short text that changes exactly when the desk's rules do."""
    with store.read() as connection:
        return _state(connection, special_hours.days(connection))


def begin(desk: Desk, written: Config | None, seen: str) -> None:
    """Put the rules in force at a desk that was just opened.

    :param written: what its own file says, where the rest came from the desk's policy; ``None`` elsewhere.
    :param seen: :func:`state`, asked before the policy was read: what came between is noticed later.
    """
    with desk.store.read() as connection:
        days = special_hours.days(connection)
    follows = desk.following
    follows.written, follows.base, follows.seen = written, desk.config, seen
    desk.config = with_days(desk.config, days)


def refresh(desk: Desk) -> bool:
    """Put the rules in force where they are others now; one short look where they are not.

    :returns: whether :attr:`Desk.config` was replaced.
    :raises DeskError: this program cannot read the policy; the rules stay as they were, and it is said once.
    :raises UsageError: who is at the keyboard does not work here any more.
    """
    follows = desk.following
    with desk.store.read() as connection:
        days = special_hours.days(connection)
        now = _state(connection, days)
    if now == follows.seen:
        return False
    base = follows.base or desk.config
    if follows.written is not None:
        try:
            base = _from_policy(desk, follows.written)
        except ConsoleError:
            follows.seen = state(desk.store)  # raises where it was the desk that is away: it is tried again then
            raise
    follows.base, desk.config = base, with_days(base, days)
    follows.seen = now  # only now: who keeps house in another thread computes by the configuration of what was seen
    return True


def keep(desk: Desk) -> int:
    """Follow the rules, and compute active conversations anew by them; by whoever keeps house, every few seconds.

    Once for each state of them, and once more a little later for those that somebody changed by the old ones meanwhile.

    :returns: how many conversations stand otherwise now.
    :raises DeskError: see :func:`refresh`.
    """
    refresh(desk)
    follows, now = desk.following, desk.now()
    if follows.folded == follows.seen and follows.again is None:
        return 0
    if follows.folded != follows.seen:
        first, seen = follows.folded is None, follows.seen
        done = housekeeping.follow_policy(desk)
        follows.folded, follows.again = seen, None if first else now + SETTLED
        return done
    if follows.again is not None and now < follows.again:
        return 0
    follows.again = None
    return housekeeping.fold_active(desk)


def with_days(config: Config, days: list[SpecialDay]) -> Config:
    """The configuration with these days' hours before its own."""
    if not days:
        return config
    special = {**config.hours.special, **{one.day: parse_spans(one.spans) for one in days}}
    hours = config.hours.model_copy(update={"special": dict(sorted(special.items()))})
    return config.model_copy(update={"hours": hours})


def _state(connection: Connection, days: list[SpecialDay]) -> str:
    version = 0
    if connection.dialect.name != "sqlite":  # there each console's own file says what holds
        holds = policies.latest(connection)
        version = holds.version if holds else 0
    said = "\n".join(f"{one.day}={one.spans}" for one in days)
    return f"{version}/{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _from_policy(desk: Desk, written: Config) -> Config:
    from agentconsole.desk.shared import joined, names_same_shop

    config, desk.agent = joined(desk.store, written, desk.agent.id)
    desk.hands_over = desk.hands_over and (config is written or names_same_shop(written, config))
    return config
