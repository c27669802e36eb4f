"""Opening a desk whatever its age: made where there is none, migrated where it is old, refused where it is newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from agentconsole.errors import DeskError
from agentconsole.i18n import _
from agentconsole.store.engine import Store, address, connect
from agentconsole.store.faults import told

HEAD = "0004"
"""The revision this program speaks; a test holds it to the newest file in migrations/versions."""
COPYING = "copying-"
"""How the revision of a desk begins that is being copied to: see :mod:`agentconsole.store.copying`."""
UNFINISHED = f"{COPYING}{HEAD}"
MOVED = "moved"
"""The revision of a desk that was moved elsewhere."""


def open_desk(desk: str, folder: Path, *, files: str | None = None, create: bool = True) -> Store:
    """Open the desk that agentconsole.toml names.

    :param desk: file name (relative to ``folder``) or ``postgresql://`` address.
    :param files: folder for attachments; beside an SQLite desk, or in PostgreSQL itself, where ``None``.
    :param create: make the desk where there is none.
    :raises DeskError: it cannot be opened, or a newer program made it.
    """
    url = address(desk, folder)
    place = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    if place and not place.exists():
        if not create:
            raise DeskError(
                f"{_('The desk')} {place} {_('does not exist as named.')}",
                _("Check the address `desk` in agentconsole.toml."),
            )
        _make_folder(place.parent)
    kept = (folder / files).absolute() if files else place.with_suffix(".files") if place else None
    store = connect(url, kept, f"agentconsole {HEAD}")
    try:
        _bring_up_to_date(store, place)
        store.revision = HEAD
    except BaseException:
        store.close()
        raise
    return store


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeskError(
            f"{_('The folder of the desk cannot be made:')} {error}.",
            _("Check the address `desk` in agentconsole.toml."),
        ) from None


def _bring_up_to_date(store: Store, place: Path | None) -> None:
    with store.read() as connection:
        revision = _revision(connection)
        tables = inspect(connection).get_table_names() if revision != HEAD else []
    if revision == HEAD:
        return
    _refuse_copies(store, revision)
    if tables and (revision is None or "conversation" not in tables):
        raise DeskError(
            f"{store.name}: {_('this database holds something else, not a desk.')}",
            _("Check the address `desk` in agentconsole.toml."),
        )
    from agentconsole.store import migrate

    if revision is not None and not migrate.knows(revision):
        raise DeskError(
            _("{desk}: a newer agentconsole made this desk (revision {revision}).").format(
                desk=store.name, revision=revision
            ),
            _("Update agentconsole on this machine; nothing was changed."),
        )
    if place and revision is not None:
        backup(place, place.with_name(f"{place.name}.before-{HEAD}"))
    with told(store.name):
        migrate.upgrade(store)


def _refuse_copies(store: Store, revision: str | None) -> None:
    if revision == MOVED:
        with store.read() as connection:
            address = connection.execute(text("SELECT value FROM setting WHERE name = 'moved_to'")).scalar()
        raise DeskError(
            _("{desk}: this desk has moved to {address}.").format(desk=store.name, address=address),
            _("Set `desk` in agentconsole.toml to that address."),
        )
    if revision is not None and revision.startswith(COPYING):
        raise DeskError(
            _("{desk}: a copy to this desk has not come to its end.").format(desk=store.name),
            _("Run the same `agentconsole desk copy` again: it goes on where it was."),
        )


def _revision(connection: Connection) -> str | None:
    """The desk's revision; ``None`` where it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def backup(place: Path, copy: Path) -> None:
    """A whole and consistent copy of an SQLite desk, made while others may be writing.

    An earlier copy of that name is kept under ``.1``, ``.2`` … The copy appears under its name only once complete.
    """
    number, free = 0, copy
    while free.exists():
        number += 1
        free = copy.with_name(f"{copy.name}.{number}")
    partial = free.with_name(f"{free.name}.partial")
    try:
        with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
        partial.replace(free)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise DeskError(
            f"{place}: {_('no backup copy could be made before the migration:')} {error}.",
            _("Make room and try again; nothing was changed."),
        ) from error
