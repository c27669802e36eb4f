"""New files in a person's own folder: a name from a title, and never over a file that is there."""

from __future__ import annotations

import os
import re
from pathlib import Path

from agentconsole.text import fold

_NO_WORD = re.compile(r"[^a-z0-9]+")
_MOST = 60
"""Characters of a name made from a title."""


def slug(title: str, otherwise: str) -> str:
    """A title as a file's name (or ``otherwise``): ``Livraison en retard !`` is ``livraison-en-retard``."""
    return _NO_WORD.sub("-", fold(title)).strip("-")[:_MOST].strip("-") or otherwise


def put(path: Path, text: str) -> bool:
    """Write a file that is not there yet, in folders that need not be; whether it says that now.

    :raises OSError: it cannot be written; there is no half of it then.
    """
    data = text.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    return True
