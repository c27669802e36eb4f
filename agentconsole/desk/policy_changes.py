"""What changed from one policy to another, one line a rule: who, what, from, to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from agentconsole import i18n
from agentconsole.desk.policy import Document
from agentconsole.i18n import _, ngettext
from agentconsole.model.gesture import Purse

Facts = dict[tuple[str, str], str]
_Cells = dict[tuple[str, str, str, str], str]
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
    :param new: agents who were not there before: ``what`` counts them, ``after`` says all they may do.
    """

    who: tuple[str, ...]
    what: str
    before: str
    after: str
    new: bool = False


def changes(before: Document, after: Document, delegations: Mapping[str, str] = MappingProxyType({})) -> list[Change]:
    """All of them: about the whole desk first, then by whom. An empty document is: no policy yet.

    What changed alike for several is told once, and so is what changed alike for several kinds. New agents who may do
    the same are told in one line.

    :param delegations: what the delegation of an agent is called after it, by the agent's id.
    """
    new = {agent["id"] for agent in after.get("agents", ())} - {agent["id"] for agent in before.get("agents", ())}
    known = _without(after, new)
    found = [*_changed(_facts(before), _facts(known)), *_rules(before, known)]
    found += _settings(_table(before, "shared"), _table(after, "shared"))
    found += _changed(_macros(before), _macros(after))
    alike: dict[_Said, list[str]] = {}
    for who, *said in found:
        alike.setdefault((said[0], said[1], said[2]), []).append(who)
    told = [Change(tuple(sorted(filter(None, who))), *said) for said, who in alike.items()]
    return sorted([*told, *_arrived(before, after, new, delegations)], key=lambda change: change.who)


def _without(document: Document, agents: set[str]) -> Document:
    """The document with nothing about these agents, but that they may approve for others."""
    kept = {"agents": [agent for agent in document.get("agents", ()) if agent["id"] not in agents]}
    for key in ("rules", "reasons", "approvers"):
        kept[key] = [row for row in document.get(key, ()) if row["agent"] not in agents]
    return {**document, **kept} if document else document


def _arrived(before: Document, after: Document, new: set[str], delegations: Mapping[str, str]) -> Iterator[Change]:
    """One change for all new agents of whom the same holds but name, person and the training's end.

    Limits are told but of a delegation by name that others had before, as it is.
    """
    facts, cells = _facts(after), _cells(after)
    held = [_own_cells(agent["id"], _cells(before)) for agent in before.get("agents", ())]
    alike: dict[tuple[str, str], list[str]] = {}
    for agent in sorted(new):
        own, delegation = _own_cells(agent, cells), delegations.get(agent, "")
        limits = {} if delegation and own in held else own
        alike.setdefault((delegation, _summary(agent, facts, limits)), []).append(agent)
    for (delegation, said), agents in alike.items():
        n = len(agents)
        counted = (
            ngettext(
                "{n} new agent with the delegation {delegation}", "{n} new agents with the delegation {delegation}", n
            )
            if delegation
            else ngettext("{n} new agent", "{n} new agents", n)
        )
        yield Change(tuple(agents), counted.format(n=i18n.number(n), delegation=delegation), "", said, new=True)
        yield from _of_their_own(agents, facts)


def _own_cells(agent: str, cells: _Cells) -> dict[tuple[str, str, str], str]:
    """An agent's limits, by currency, kind and field."""
    return {(currency, kind, field): value for (who, currency, kind, field), value in cells.items() if who == agent}


def _summary(agent: str, facts: Facts, limits_of: Mapping[tuple[str, str, str], str]) -> str:
    """What an agent is and may do, with semicolons; kinds of which the same holds together."""
    usual = {(_("works here"), _("yes")), (_("supervisor"), _("no"))}
    own = {_("name"), _("person"), _("trained until")}
    about = {what: value for (who, what), value in facts.items() if who == agent and what not in own and value}
    said = [f"{what}: {value}" for what, value in about.items() if (what, value) not in usual]
    kinds: dict[tuple[str, str], list[str]] = {}
    for (currency, kind, field), value in limits_of.items():
        kinds.setdefault((currency, kind), []).append(f"{field} {value}")
    alike: dict[tuple[str, str], list[str]] = {}
    for (currency, kind), limits in kinds.items():
        alike.setdefault((currency, ", ".join(limits)), []).append(kind)
    said += [f"{', '.join(sorted(names))} ({currency}): {limits}" for (currency, limits), names in alike.items()]
    return "; ".join(said)


def _of_their_own(agents: list[str], facts: Facts) -> Iterator[Change]:
    """What new agents have each for themselves: another login's person, the end of the training."""
    for what in (_("person"), _("trained until")):
        whose: dict[str, list[str]] = {}
        for agent in agents:
            if value := facts.get((agent, what)):
                whose.setdefault(value, []).append(agent)
        for value, who in whose.items():
            yield Change(tuple(who), what, "", value)


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


def _cells(document: Document) -> _Cells:
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
            arrived = key == "agents" and old is None  # told with what they may do
            if old != new and not arrived:
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
        for name, text in ((name, str(text)) for name, text in _table(document, "macros").items())
    }


def _table(document: Document, key: str) -> dict[str, Any]:
    """What a document has under a key; nothing where somebody wrote something else there."""
    found = document.get(key)
    return found if isinstance(found, dict) else {}
