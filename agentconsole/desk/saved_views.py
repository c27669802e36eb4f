"""Saved views: which conversations they let through, with ``me`` and ``now`` filled in when they are read."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from agentconsole.config import Agent, Config, State, View, problems_of
from agentconsole.desk.context import Desk
from agentconsole.desk.filters import NOTHING, channels_of, clock_spans
from agentconsole.desk.query import parse
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import N_, _
from agentconsole.model.criteria import Criteria, Order, Span
from agentconsole.text import fold

_BUILT_IN = (
    View(id="open", name={"en": N_("All open"), "fr": "Toutes les ouvertes"}),
    View(id="mine", name={"en": N_("Mine"), "fr": "Les miennes"}, assignee="me"),
    View(
        id="pending",
        name={"en": N_("Waiting for the customer"), "fr": "Client attendu"},
        states=(State.PENDING, State.SNOOZED),
        order="updated",
    ),
    View(
        id="resolved", name={"en": N_("Resolved"), "fr": "Résolues"}, states=(State.RESOLVED,), order="updated"
    ),
    View(id="mentions", name={"en": N_("Mentions of me"), "fr": "On me mentionne"}, states=(), mentioned=True),
)  # fmt: skip
FOLDER = "views"
"""Below the own folder: one TOML file a view, with the keys of ``[[views]]``."""


def views(config: Config) -> tuple[View, ...]:
    """The desk's saved views; a few that every desk can use where none are configured."""
    return config.views or _BUILT_IN


def views_of(desk: Desk) -> tuple[View, ...]:
    """The desk's saved views, then those that whoever is at the keyboard has saved for themselves."""
    return found_views(desk)[0]


def found_views(desk: Desk) -> tuple[tuple[View, ...], tuple[str, ...]]:
    """:func:`views_of`, and what is wrong with files of the own folder: one line a mistake, naming file and key.

    A file with a mistake hides no other. An id that is taken already is a mistake too.
    """
    found = {view.id: view for view in views(desk.config)}
    problems: list[str] = []
    folder = desk.own_folder / FOLDER
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        view, wrong = _own(path)
        if view is not None and view.id in found:
            wrong = (_("{file}: there is a view {name!r} already.").format(file=path, name=view.id),)
        elif view is not None:
            found[view.id] = view
        problems += wrong
    return tuple(found.values()), tuple(problems)


def view(config: Config, name: str) -> View:
    """The configured view of that id, or of that number as the screen shows it (from 1).

    :raises NotFound: there is none; says which there are.
    """
    return _named(views(config), name)


def view_of(desk: Desk, name: str) -> View:
    """:func:`view` among :func:`views_of`.

    :raises NotFound: there is none; says which there are.
    """
    return _named(views_of(desk), name)


def _named(known: tuple[View, ...], name: str) -> View:
    if name.isdecimal() and 1 <= int(name) <= len(known):
        return known[int(name) - 1]
    for candidate in known:
        if candidate.id == name:
            return candidate
    raise NotFound(
        _("There is no view {name!r}.").format(name=name),
        _("Use one of: {names}.").format(names=", ".join(v.id for v in known)),
    )


def bind(view: View, desk: Desk, now: datetime | None = None) -> Criteria:
    """A view's filters with ``me``, ``team`` and ``now`` filled in.

    What the view's search says takes the place of its filters of the same kind; words are added.

    :raises UsageError: the view's search is not understood.
    """
    now = now or desk.now()
    config, agent = desk.config, desk.agent
    found = Criteria(
        states=view.states,
        channels=channels_of(config, view.channels),
        assignees=_assignees(view, agent),
        nobody=view.assignee in ("nobody", "team"),
        teams=_teams(view, agent),
        tags=view.tags,
        without_tags=view.without_tags,
        priorities=view.priority,
        languages=view.languages,
        due=clock_spans(view.clock, now, config),
        due_kinds=view.clock_kind,
        opened=Span(
            start=now - view.newer_than if view.newer_than else None,
            end=now - view.older_than if view.older_than else None,
        ),
        promised=view.promised,
        escalated=view.escalated,
        approval=view.approval,
        attention=now if view.attention else None,
        mentioned=agent.id if view.mentioned else None,
        words=tuple(fold(view.text).split()),
    )
    if view.search:
        found = _narrowed(found, parse(desk, view.search))
    order = Order(view.order)
    if order is Order.RANK and (not found.states or State.RESOLVED in found.states):
        order = Order.UPDATED  # what is resolved has no deadline
    return replace(found, order=order)


def mistakes(desk: Desk) -> list[str]:
    """What is wrong with views beyond what reading agentconsole.toml tells: searches, and files of the own folder."""
    known, found = found_views(desk)
    lines = list(found)
    for view in known:
        try:
            bind(view, desk)
        except UsageError as error:
            lines.append(f"views.{view.id}.search: {error.what} {error.do}")
    return lines


def _narrowed(found: Criteria, typed: Criteria) -> Criteria:
    said = {f.name: value for f in fields(Criteria) if (value := getattr(typed, f.name)) != getattr(Criteria(), f.name)}
    if "nobody" in said or "assignees" in said:
        said |= {"nobody": typed.nobody, "assignees": typed.assignees}
    return replace(found, **said | {"words": (*found.words, *typed.words)})


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, _size: int) -> tuple[View | None, tuple[str, ...]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return None, (_("{file} cannot be read: {error}.").format(file=path, error=error),)
    try:
        return View.model_validate(data), ()
    except ValidationError as error:
        return None, tuple(f"{path}: {problem}" for problem in problems_of(error, View, data))


def _own(path: Path) -> tuple[View | None, tuple[str, ...]]:
    """A view of the own folder and what is wrong with it; read again only when the file has changed."""
    try:
        known = path.stat()
    except OSError as error:
        return None, (_("{file} cannot be read: {error}.").format(file=path, error=error),)
    return _read(path, known.st_mtime_ns, known.st_size)


def _assignees(view: View, agent: Agent) -> tuple[str, ...]:
    if view.assignee == "me":
        return (agent.id,)
    return () if view.assignee in ("anyone", "nobody", "team") else (view.assignee,)


def _teams(view: View, agent: Agent) -> tuple[str, ...]:
    if view.assignee != "team":
        return view.teams
    mine = tuple(team for team in agent.teams if not view.teams or team in view.teams)
    return mine or (NOTHING,)  # somebody in no team sees nothing in a team's view
