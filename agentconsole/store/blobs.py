"""Bytes by their SHA-256: as files in a folder, or in PostgreSQL itself.

Beside an SQLite desk they are files, so that the desk's file stays small to copy. On PostgreSQL they are rows
of ``bytea`` unless a folder is configured: rows are saved with the transaction, follow the desk's rights,
replicate and are in every dump, all of which large objects make harder (they have owners of their own and must
be vacuumed apart), and TOAST keeps them out of the way of everything else.
"""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select

from agentconsole.errors import DamagedError
from agentconsole.i18n import _
from agentconsole.store.engine import Store
from agentconsole.store.tables import blob
from agentconsole.store.upsert import insert_or

LARGE = 65_536
"""Bytes from which the original of a message is kept here rather than in its row."""


def keep(store: Store, connection: Connection, data: bytes) -> str:
    """Keep bytes; the same bytes are kept once. A file is on the disk for good before the transaction can commit.

    :returns: their name, the SHA-256 in hexadecimal.
    """
    digest = sha256(data).hexdigest()
    if store.files is None:
        statement = insert_or(connection, blob).on_conflict_do_nothing()
        connection.execute(statement, {"digest": digest, "data": data})
    else:
        place = _place(store.files, digest)
        if not place.exists():
            _write(place, data)
    return digest


def read(store: Store, connection: Connection, digest: str) -> bytes:
    """The bytes of that name.

    :raises DamagedError: they are gone, or not what was kept.
    """
    if store.files is None:
        data = connection.execute(select(blob.c.data).where(blob.c.digest == digest)).scalar_one_or_none()
    else:
        place = _place(store.files, digest)
        data = place.read_bytes() if place.is_file() else None
    if data is None or sha256(data).hexdigest() != digest:
        raise DamagedError(
            f"{store.name}: {_('an attachment is missing or damaged')} ({digest[:12]}).",
            _("Restore the attachments' folder from a backup copy."),
        )
    return bytes(data)


def remove(store: Store, digest: str) -> None:
    """Delete a file, if it is there. Nothing may refer to it any more: nobody looks here."""
    if store.files is not None:
        _place(store.files, digest).unlink(missing_ok=True)


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest[2:]


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for folder in (place.parent, place.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk for good only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
