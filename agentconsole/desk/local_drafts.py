"""Unsent words on this machine, while the desk cannot take them: one file each, brought back to the desk once.

A file appears under its name only once it is whole and on the disk, and nobody else can read it. Who brings words back
takes their file away first, under another name; where that ends half-way, the words are brought back again, which
changes nothing more (:func:`agentconsole.desk.drafts.bring_back`).
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from agentconsole.desk import drafts
from agentconsole.desk.context import Desk
from agentconsole.errors import DeskError, NotFound
from agentconsole.i18n import _
from agentconsole.model.conversation import DraftKind

_BASES = 20
_TAKEN = ".taken"


@dataclass(frozen=True, slots=True)
class Words:
    """Words as they were when the desk did not take them.

    :param bases: texts that the desk may hold of these words: it is not known which one it took last.
    """

    number: int
    kind: DraftKind
    text: str
    seen: int
    files: tuple[str, ...] = ()
    actions: str = ""
    bases: tuple[str, ...] = ()


def keep(desk: Desk, words: Words) -> None:
    """Keep words on this machine, in place of those kept here before of the same conversation and kind.

    :raises DeskError: they cannot be written here either.
    """
    place = _folder(desk) / f"{words.number}-{words.kind}.json"
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(place, json.dumps(asdict(replace(words, bases=words.bases[-_BASES:])), ensure_ascii=False).encode())
    except OSError as error:
        raise DeskError(
            _("Your words cannot be kept on this machine either: {error}.").format(error=error.strerror or error),
            _("Leave the console open until the desk is back."),
        ) from None


def _write(place: Path, data: bytes) -> None:
    number, name = tempfile.mkstemp(dir=place.parent, prefix=".")  # of mode 0600
    partial = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def drop(desk: Desk, number: int, kind: DraftKind) -> None:
    """The desk has them, or they are wanted no more."""
    (_folder(desk) / f"{number}-{kind}.json").unlink(missing_ok=True)


def kept(desk: Desk) -> list[Words]:
    """The words of whoever is at the keyboard that are on this machine alone."""
    return [words for _path, words in _found(desk)]


def bring_back(desk: Desk, but: Collection[tuple[int, DraftKind]] = ()) -> int:
    """Give the desk what is kept here of the agent's words; answers how many drafts of theirs have changed by it.

    :param but: words that somebody still writes here, by conversation and kind: they see to them themselves.
    :raises DeskError: the desk cannot take them; they stay here.
    """
    count = 0
    for path, words in list(_found(desk)):
        if (words.number, words.kind) in but:
            continue
        taken = path if path.suffix == _TAKEN else path.with_suffix(f".{os.getpid()}{_TAKEN}")
        try:
            path.replace(taken)
        except OSError:  # another console was faster
            continue
        count += _bring(desk, words)
        taken.unlink(missing_ok=True)
    return count


def _bring(desk: Desk, words: Words) -> bool:
    try:
        before = drafts.of(desk, words.number, words.kind)
        after = drafts.bring_back(
            desk, words.number, words.text, words.seen, words.kind, words.files, words.actions, words.bases
        )
    except NotFound:  # a desk that was made anew at the same address
        return False
    return before != after


def _found(desk: Desk) -> Iterator[tuple[Path, Words]]:
    folder = _folder(desk)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix not in (".json", _TAKEN) or path.name.startswith("."):
            continue
        try:
            data = json.loads(path.read_bytes())
            lists = {key: tuple(map(str, data[key])) for key in ("files", "bases")}
            yield path, Words(**data | lists | {"kind": DraftKind(data["kind"])})
        except (OSError, ValueError, KeyError, TypeError):  # another program's, or taken away meanwhile: left as it is
            continue


def _folder(desk: Desk) -> Path:
    from platformdirs import user_state_path

    place = hashlib.sha256(desk.store.name.encode()).hexdigest()[:24]
    return user_state_path("agentconsole") / "unsent" / place / desk.agent.id
