"""Searches that an agent has made: the latest ones, and those saved as views of their own."""

from __future__ import annotations

import json
from pathlib import Path

from agentconsole.config import View
from agentconsole.desk import saved_views
from agentconsole.desk.context import Desk
from agentconsole.desk.new_files import put, slug
from agentconsole.desk.query import parse
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store import journal
from agentconsole.store.types import storable

KEPT = 50
"""Searches that are remembered."""
MAX_NAME = 60
"""Characters of a view's name."""
_LONGEST = 500
"""Characters of a query that is remembered."""


def history(desk: Desk) -> list[str]:
    """The agent's searches, latest first, each once."""
    with desk.store.read() as connection:
        return _read(journal.remembered(connection, _name(desk)))


def remember(desk: Desk, query: str) -> None:
    """The agent has searched for this; nothing is remembered of an empty query or one of over 500 characters."""
    query = " ".join(query.split())
    if not query or len(query) > _LONGEST:
        return
    with desk.store.write() as connection:
        known = _read(journal.remembered(connection, _name(desk)))
        latest = [query, *(other for other in known if other != query)][:KEPT]
        journal.remember(connection, _name(desk), json.dumps(latest, ensure_ascii=False))


def save(desk: Desk, query: str, name: str) -> View:
    """Keep a search as a view in the agent's own folder: one TOML file, with the keys of ``[[views]]``.

    :raises UsageError: the query is empty or not understood, the name is empty or taken, or the file cannot be written.
    """
    query, said = " ".join(storable(query).split()), " ".join(name.split())
    if not query:
        raise UsageError(_("There is no search to save."), _("Search for something first."))
    parse(desk, query)
    if not said or len(said) > MAX_NAME or not said.isprintable():
        raise UsageError(
            _("{name!r} cannot be a view's name.").format(name=name[: MAX_NAME * 2]),
            _("Give at most {n} characters.").format(n=MAX_NAME),
        )
    view = View(id=slug(said, "search"), name={"": said}, search=query, states=(), order="updated")
    taken = next((v for v in saved_views.views_of(desk) if v.id == view.id), None)
    if taken is not None:
        raise _taken(view.id)
    _write(desk.own_folder / saved_views.FOLDER / f"{view.id}.toml", view)
    return view


def _write(path: Path, view: View) -> None:
    """Never over a file that is there."""
    import tomli_w

    data = {"id": view.id, "name": view.name[""], "search": view.search, "states": [], "order": view.order}
    try:
        written = put(path, tomli_w.dumps(data))
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {error}.").format(path=path, error=error.strerror or error),
            _("Set `own` in agentconsole.toml to a folder of yours."),
        ) from None
    if not written:
        raise _taken(path.stem)


def _taken(name: str) -> UsageError:
    return UsageError(_("There is a view {name!r} already.").format(name=name), _("Choose another name."))


def _read(text: str | None) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except ValueError:  # a desk that another program wrote to
        return []
    return [str(query) for query in found][:KEPT] if isinstance(found, list) else []


def _name(desk: Desk) -> str:
    return f"searches:{desk.agent.id}"
