"""Writing new macros. A file that is there is never touched: tomli-w would drop its comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from agentconsole.config.problems import problems_of
from agentconsole.desk.macros.files import MacroFile
from agentconsole.desk.macros.reading import check
from agentconsole.desk.new_files import put, slug
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store.types import storable

_PART = re.compile(r"[^\W_][\w .-]{0,79}")
_TRIES = 1_000
NAMELESS = "macro"
"""The name of a macro whose title has no letters."""


def save(folder: Path, fields: Mapping[str, Any], name: str = "") -> Path:
    """Write a new macro.

    :param folder: the library's folder; made where it is not there.
    :param fields: as they stand in the file: title, body …
    :param name: below the folder, without ``.toml``; made from the title where empty.
    :returns: its file. The name gets a number where it is taken, unless the file there says just the same.
    :raises UsageError: it would be broken, or it cannot be written.
    """
    return save_or_find(folder, fields, name)[0]


def save_or_find(folder: Path, fields: Mapping[str, Any], name: str = "") -> tuple[Path, bool]:
    """:func:`save`, and whether the file is new."""
    text = written(fields)
    wanted = _checked_name(name) if name else slug(str(fields.get("title", "")), NAMELESS)
    try:
        for attempt in range(1, _TRIES):
            path = folder / f"{wanted}{f'-{attempt}' if attempt > 1 else ''}.toml"
            there = path.exists()
            if put(path, text):
                return path, not there
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {error}.").format(path=folder / wanted, error=error.strerror),
            _("Choose another folder."),
        ) from None
    raise UsageError(_("{folder} has too many macros of that name.").format(folder=folder), _("Give it another title."))


def written(fields: Mapping[str, Any]) -> str:
    """A macro's file as text.

    :raises UsageError: it would be broken.
    """
    try:
        file = MacroFile.model_validate(dict(fields))
    except ValidationError as error:
        raise _broken(problems_of(error, MacroFile, fields)[0]) from None
    text = storable(tomli_w.dumps(file.model_dump(mode="json", exclude_defaults=True), multiline_strings=True))
    problems = check(text)[1]
    if problems:
        raise _broken(problems[0].said)
    return text


def generalized(text: str, known: Mapping[str, str]) -> str:
    """A reply as a macro's body: the customer's name becomes its placeholder, so that nobody else is called by it.

    :param known: values of placeholders, as :func:`agentconsole.desk.macros.values.values` has them.
    """
    for name in ("customer.name", "customer.first_name"):
        value = known.get(name, "")
        if len(value) > 1:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"{{{{ {name} }}}}", text)
    return text


def _checked_name(name: str) -> str:
    parts = name.removesuffix(".toml").split("/")
    if not all(_PART.fullmatch(part) for part in parts) or len(parts) > 5:
        raise UsageError(
            _("{name!r} cannot be a macro's name.").format(name=name),
            _("Write letters, digits and -, with / for a folder: fr/delivery-late."),
        )
    return "/".join(parts)


def _broken(problem: str) -> UsageError:
    return UsageError(_("The macro would be broken: {problem}.").format(problem=problem), _("Correct that first."))
