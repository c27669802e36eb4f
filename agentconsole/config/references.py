"""Names in agentconsole.toml that point at one another: each thing once, and nothing that is not there.

Works on the plain data of the file, so that these mistakes are told together with all others.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from agentconsole.model.states import MEDIUMS

_ANYBODY = ("anyone", "me", "nobody", "team")
_OF_GESTURES = ("delegations", "reasons", "kinds", "catalogue", "moments")


def wrong_references(data: Mapping[str, Any]) -> list[str]:
    """One line a mistake: ``key: found …; allowed are …``. What is not of the right type is passed over."""
    found = [*_doubles(data), *_strangers(data)]
    if any(data.get(key) for key in _OF_GESTURES) or any(team.get("budgets") for _, team in _tables(data, "teams")):
        from agentconsole.config.delegations import wrong_delegations

        found += wrong_delegations(data)
    return found


def _doubles(data: Mapping[str, Any]) -> Iterator[str]:
    for key in ("teams", "agents", "views", "channels", "purposes", *_OF_GESTURES):
        ids = _all(data, key, "id")
        for double in sorted({i for i in ids if ids.count(i) > 1}):
            yield f"{key}: found the id {double!r} twice; allowed is each id once"
    for taken in sorted(set(_all(data, "agents", "id")).intersection(_ANYBODY)):
        yield f"agents.{taken}.id: found {taken!r}; allowed is a word that views give no meaning"


def _strangers(data: Mapping[str, Any]) -> Iterator[str]:
    agents, teams = set(_all(data, "agents", "id")), set(_all(data, "teams", "id"))
    delegations, reasons = set(_all(data, "delegations", "id")), set(_all(data, "reasons", "id"))
    channels = {*_all(data, "channels", "id"), *_all(data, "channels", "medium"), *MEDIUMS}
    if isinstance(data.get("agent"), str):
        yield from _unknown("agent", [data["agent"]], agents)
    for table, key, allowed in (
        ("agents", "teams", teams),
        ("agents", "channels", channels),
        ("sla", "channels", channels),
        ("boosts", "channels", channels),
        ("views", "channels", channels),
        ("views", "teams", teams),
        ("delegations", "approvers", delegations),
        ("delegations", "reasons", reasons),
        ("catalogue", "reasons", reasons),
    ):
        for place, item in _tables(data, table):
            yield from _unknown(f"{place}.{key}", item.get(key), allowed)
    for place, agent in _tables(data, "agents"):
        yield from _unknown(f"{place}.delegation", [agent.get("delegation")], {*delegations, "none"})
    for place, moment in _tables(data, "moments"):
        yield from _unknown(f"{place}.gift", [moment.get("gift")], set(_all(data, "catalogue", "id")))
    for place, view in _tables(data, "views"):
        yield from _unknown(f"{place}.assignee", [view.get("assignee", "anyone")], {*_ANYBODY, *agents})


def _unknown(place: str, found: Any, allowed: set[str]) -> Iterator[str]:
    for name in found if isinstance(found, list | tuple) else ():
        if isinstance(name, str) and name not in allowed:
            near = difflib.get_close_matches(name, allowed, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            listed = ", ".join(sorted(allowed)) or "none, since there are none yet"
            yield f"{place}: found {name!r}{hint}; allowed are {listed}"


def _tables(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables of a list, with their place: by id where they have one, else by number from 1."""
    items = data.get(key)
    for number, item in enumerate(items if isinstance(items, list | tuple) else (), 1):
        if isinstance(item, Mapping):
            yield f"{key}.{item.get('id', number)}", item


def _all(data: Mapping[str, Any], table: str, key: str) -> list[str]:
    return [str(item[key]) for _, item in _tables(data, table) if isinstance(item.get(key), str)]
