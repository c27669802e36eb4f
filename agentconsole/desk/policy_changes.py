"""What changed from one policy to another, one line a rule: who, what, from, to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agentconsole import i18n
from agentconsole.desk.policy import Document
from agentconsole.i18n import _
from agentconsole.model.gesture import Purse

Facts = dict[tuple[str, str], str]
_Cell = tuple[str, str, str, str, str]
"""Agent, currency, field, before, after."""
_Said = tuple[str, str, str]
"""What, before, after."""
_Found = tuple[str, str, str, str]
"""Who, what, before, after."""


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that is another now. Texts in the language in use; empty: there was, or is, none.

    :param who: whose it is: ids of agents, ``team ID``, ``macro NAME`` …; empty: the whole desk's.
    """

    who: tuple[str, ...]
    what: str
    before: str
    after: str


def changes(before: Document, after: Document) -> list[Change]:
    """All of them: about the whole desk first, then by whom. An empty document is: no policy yet.

    What changed alike for several is told once, and so is what changed alike for several kinds.
    """
    found = [*_changed(_facts(before), _facts(after)), *_rules(before, after)]
    found += _settings(before.get("shared", {}), after.get("shared", {}))
    found += _changed(_macros(before), _macros(after))
    alike: dict[_Said, list[str]] = {}
    for who, *said in found:
        alike.setdefault((said[0], said[1], said[2]), []).append(who)
    told = [Change(tuple(sorted(filter(None, who))), *said) for said, who in alike.items()]
    return sorted(told, key=lambda change: change.who)


def _changed(before: Facts, after: Facts) -> Iterator[_Found]:
    for who, what in dict.fromkeys([*before, *after]):
        was, becomes = before.get((who, what), ""), after.get((who, what), "")
        if was != becomes:
            yield who, what, was, becomes


def _facts(document: Document) -> Facts:
    found: Facts = {}
    if document:
        found["", _("time zone")] = document["zone"]
        found["", _("time to void alone")] = i18n.duration(document["grace"])
        found["", _("how long a request lasts")] = i18n.duration(document["expires"])
    for kind in document.get("kinds", ()):
        found["", _("{kind} comes from").format(kind=kind["kind"])] = (
            f"{kind['how']} {kind['pool']}" if kind["how"] == "voucher" else kind["how"]
        )
    for team in document.get("teams", ()):
        who = _("team {team}").format(team=team["team"])
        what = _("budget, {purse} ({currency})").format(purse=purse_name(team["purse"]), currency=team["currency"])
        found[who, what] = f"{i18n.money(team['budget'], team['currency'])} / {period_name(team['period'])}"
    for agent in document.get("agents", ()):
        found |= _agent(agent)
    for key, what, part in (("reasons", _("reasons"), "reason"), ("approvers", _("approvers"), "approver")):
        for row in document.get(key, ()):
            said = found.get((row["agent"], what))
            found[row["agent"], what] = f"{said}, {row[part]}" if said else row[part]
    return found


def _agent(agent: Document) -> Facts:
    who = agent["id"]
    found = {
        (who, _("name")): agent["name"],
        (who, _("works here")): _("yes") if agent["active"] else _("no"),
        (who, _("supervisor")): _("yes") if agent["supervisor"] else _("no"),
        (who, _("team")): agent["team"] or "",
        (who, _("training needed")): _("yes") if agent["training"] else _("no"),
        (who, _("trained until")): agent["trained_until"] or "",
    }
    if agent["person"] != who:
        found[who, _("person")] = agent["person"]
    return found


def _rules(before: Document, after: Document) -> Iterator[_Found]:
    """Kinds of which the same is changed in the same way are told in one line."""
    was, becomes = _cells(before), _cells(after)
    alike: dict[_Cell, list[str]] = {}
    for agent, currency, kind, field in dict.fromkeys([*was, *becomes]):
        values = was.get((agent, currency, kind, field), ""), becomes.get((agent, currency, kind, field), "")
        if values[0] != values[1]:
            alike.setdefault((agent, currency, field, *values), []).append(kind)
    for (agent, currency, field, old, new), kinds in alike.items():
        what = _("{rule}: {kinds} ({currency})").format(rule=field, kinds=", ".join(sorted(kinds)), currency=currency)
        yield agent, what, old, new


def _cells(document: Document) -> dict[tuple[str, str, str, str], str]:
    return {
        (rule["agent"], rule["currency"], rule["kind"], field): value
        for rule in document.get("rules", ())
        for field, value in rule_in_words(rule).items()
    }


def rule_in_words(rule: Document) -> dict[str, str]:
    """What a rule allows, by what it limits."""

    def money(key: str) -> str:
        return i18n.money(rule[key], rule["currency"])

    return {
        _("ceiling of a gesture"): money("ceiling"),
        _("ceiling of a customer"): f"{money('customer')} / {i18n.duration(rule['within'])}",
        _("proof above"): money("proof"),
        _("budget"): f"{money('budget')} / {period_name(rule['period'])}",
        _("gestures"): f"{i18n.number(rule['count'])} / {period_name(rule['period'])}",
    }


def period_name(period: str) -> str:
    """What a budget lasts for."""
    return {"day": _("day"), "week": _("week"), "month": _("month")}[period]


def purse_name(purse: str) -> str:
    """What pays."""
    return _("attentions") if purse == Purse.ATTENTION else _("compensation")


def _settings(before: Document, after: Document) -> Iterator[_Found]:
    """Of agentconsole.toml: each key, or each table of a list by its id; what the rules say is told with them."""
    for key in sorted({*before, *after} - {"delegations"}):
        was, becomes = _by_id(before.get(key)), _by_id(after.get(key))
        for item in dict.fromkeys([*was, *becomes]):
            old, new = was.get(item), becomes.get(item)
            if old != new:
                yield from _setting(f"{key}.{item}" if item else key, old, new)


def _setting(place: str, old: Any, new: Any) -> Iterator[_Found]:
    """Told down to what differs where both are tables."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield from _setting(f"{place}.{key}", old.get(key), new.get(key))
    else:
        yield "", place, _short(old), _short(new)


def _by_id(value: Any) -> dict[str, Any]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return {str(item.get("id", number)): item for number, item in enumerate(value, 1)}
    return {} if value is None else {"": value}


def _short(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _macros(document: Document) -> Facts:
    return {
        (_("macro {name}").format(name=name), _("text")): _("{n} characters, {digest}").format(
            n=i18n.number(len(text)), digest=hashlib.sha256(text.encode()).hexdigest()[:8]
        )
        for name, text in document.get("macros", {}).items()
    }
