"""The verb about what may be given: policy apply, show, diff, history."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from agentconsole import i18n
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, line, table
from agentconsole.desk import policies
from agentconsole.desk.context import Desk
from agentconsole.desk.policies import Policy
from agentconsole.desk.policy import Document
from agentconsole.desk.policy_changes import Change, changes, rule_in_words
from agentconsole.errors import NotFound
from agentconsole.i18n import _, ngettext

_NAMED = 20
"""How many of whom something is changed are named in a line; ``--json`` has all."""


def apply(options: argparse.Namespace) -> int:
    """``agentconsole policy apply``: what agentconsole.toml says holds from now on."""
    with opened(options, as_written=True) as desk:
        found = policies.diff(desk)
        version = policies.apply(desk)
        if options.json:
            emit({"version": version, "changes": [_fields(change) for change in found]})
            return 0
        _print(found)
        line(
            _("Version {version} holds now.").format(version=version)
            if found
            else _("Nothing has changed: version {version} holds.").format(version=version)
        )
    return 0


def show(options: argparse.Namespace) -> int:
    """``agentconsole policy show``: what holds, one line for each agent and what they may give alone."""
    with opened(options, as_written=True) as desk:
        holds = policies.current(desk)
        if holds is None:
            raise NotFound(
                _("No policy of gestures holds here."), _("A supervisor applies one: `agentconsole policy apply`.")
            )
        if options.json:
            emit(_about(holds) | {"document": holds.document})
            return 0
        line(_heading(desk, holds))
        line()
        table([_titles(), *_rows(holds.document)])
    return 0


def diff(options: argparse.Namespace) -> int:
    """``agentconsole policy diff``: what `apply` would change; nothing is changed."""
    with opened(options, as_written=True) as desk:
        found = policies.diff(desk)
        if options.json:
            for change in found:
                emit(_fields(change))
            return 0
        _print(found)
        if not found:
            line(_("Nothing would change."))
    return 0


def history(options: argparse.Namespace) -> int:
    """``agentconsole policy history``: every policy there was, with what it changed, the oldest first."""
    with opened(options, as_written=True) as desk:
        before: Document = {}
        for number, policy in enumerate(policies.history(desk)):
            found = changes(before, policy.document) if number else []
            if options.json:
                emit(_about(policy) | {"changes": [_fields(change) for change in found]})
            else:
                line(_heading(desk, policy))
                _print(found, "  ")
            before = policy.document
    return 0


def _heading(desk: Desk, policy: Policy) -> str:
    at = i18n.moment(policy.applied.at, desk.config.zone, desk.now(), time=True)
    said = _("Version {version}, {at}, by {author}").format(
        version=policy.applied.version, at=at, author=policy.applied.author
    )
    agents = len({rule["agent"] for rule in policy.document["rules"]})
    may = ngettext("{n} agent may give", "{n} agents may give", agents).format(n=agents)
    return f"{said}: {may}"


def _print(found: list[Change], indent: str = "") -> None:
    none = _("(none)")
    for change in found:
        who = _named(change.who)
        if change.new:
            line(f"{indent}{change.what}: {who} · {change.after}")
        else:
            line(f"{indent}{who} · {change.what}: {change.before or none} → {change.after or none}")


def _named(who: tuple[str, ...]) -> str:
    more = len(who) - _NAMED
    named = ", ".join(who[:_NAMED] if more > 1 else who) or _("the desk")
    return f"{named} {ngettext('and {n} more', 'and {n} more', more).format(n=more)}" if more > 1 else named


def _titles() -> list[str]:
    return [_("agent"), _("what"), _("a gesture"), _("a customer"), _("proof above"), _("budget"), _("gestures")]


def _rows(document: Document) -> Iterator[list[str]]:
    """Kinds that have the same rule are one row."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for rule in document["rules"]:
        alike.setdefault((rule["agent"], *rule_in_words(rule).values()), []).append(rule["kind"])
    for (agent, *words), kinds in alike.items():
        yield [agent, ", ".join(kinds), *words]


def _about(policy: Policy) -> dict[str, Any]:
    applied = policy.applied
    return {
        "version": applied.version,
        "at": applied.at.isoformat(),
        "author": applied.author,
        "digest": applied.digest,
    }


def _fields(change: Change) -> dict[str, Any]:
    return {"who": list(change.who), "what": change.what, "from": change.before, "to": change.after, "new": change.new}
