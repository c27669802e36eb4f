"""CSV that a spreadsheet opens as what it is: cells, never formulas."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from agentconsole.desk.served import must_have_files
from agentconsole.errors import UsageError
from agentconsole.i18n import _

_FORMULA = re.compile(r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def cell(value: object) -> str:
    """A value as a cell: empty for ``None``. What a spreadsheet would take for a formula gets an apostrophe before it
    (OWASP, *CSV Injection*); numbers stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def save(path: Path, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A new file, for its owner alone, with a byte order mark: without one spreadsheets take UTF-8 for something else.

    :raises UsageError: there is one already, or it cannot be written. Whatever ``rows`` raise: there is no file then.
    """
    must_have_files()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", _("Give another name.")) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            write(file, fields, rows)
    except BaseException:
        path.unlink()
        raise


def write(out: TextIO, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A header line, then a line a row (RFC 4180)."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(fields)
    writer.writerows([cell(row[name]) for name in fields] for row in rows)
