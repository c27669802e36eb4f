"""Bringing macros from another helpdesk, with a report of what could not be carried over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentconsole.desk.macros import chatwoot, zendesk
from agentconsole.desk.macros.foreign import Draftsman
from agentconsole.desk.macros.saving import NAMELESS, save_or_find, written
from agentconsole.desk.new_files import slug
from agentconsole.errors import UsageError
from agentconsole.i18n import _

SOURCES = {"zendesk": zendesk.macros, "chatwoot": chatwoot.macros}
"""Helpdesks whose macros can be read."""
MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Imported:
    """One macro that was brought.

    :param path: its file; ``None`` where nothing was written.
    :param lost: what could not be carried over, one line each.
    :param refused: why the whole of it could not be; empty where it could.
    :param written: its file is new; otherwise one that says just the same was there.
    """

    title: str
    path: Path | None
    lost: tuple[str, ...]
    refused: str = ""
    written: bool = False


def read_export(path: Path) -> Any:
    """The JSON of a file.

    :raises UsageError: it cannot be read, is larger than 50 MB, or is not JSON.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(_("{path} is larger than 50 MB.").format(path=path), _("Split it."))
        return json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read: {error}.").format(path=path, error=error.strerror), _("Check its name.")
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(
            _("{path} is not JSON: {error}.").format(path=path, error=error),
            _("Save the answer of the helpdesk's API as it is."),
        ) from None


def bring(data: Any, source: str, folder: Path, *, dry_run: bool = False) -> Iterator[Imported]:
    """Write the macros of an export as new files, one after the other; nothing that is there is touched.

    :param data: as the helpdesk's API answers.
    :param source: one of :data:`SOURCES`.
    :param dry_run: tell, and write nothing.
    :raises UsageError: there is no macro in it, or the folder cannot be written to.
    """
    drafts = list(SOURCES[source](data))
    if not drafts:
        raise UsageError(
            _("There is no macro of {source} in it.").format(source=source),
            _("Give what its API answers: a list of macros."),
        )
    for draft in drafts:
        yield _brought(draft, folder, dry_run)


def _brought(draft: Draftsman, folder: Path, dry_run: bool) -> Imported:
    fields, lost = draft.finished(), tuple(draft.lost)
    if set(fields) <= {"title", "tags"}:
        return Imported(draft.title, None, lost, _("nothing in it could be carried over"))
    try:
        written(fields)
    except UsageError as error:
        return Imported(draft.title, None, lost, error.what)
    if dry_run:
        return Imported(draft.title, None, lost)
    name = "/".join(slug(part, NAMELESS) for part in (*draft.group[:4], draft.title))
    path, new = save_or_find(folder, fields, name)
    return Imported(draft.title, path, lost, written=new)
