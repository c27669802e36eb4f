"""Reading macros' files: one that is broken is told with its reason and line, and hides no other."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from agentconsole.config.problems import problems_of
from agentconsole.desk.macros.checks import mistakes_in
from agentconsole.desk.macros.files import MacroFile
from agentconsole.desk.macros.places import Places
from agentconsole.i18n import _

MAX_BYTES = 64 * 1024
"""Of one file."""
MAX_FILES = 2_000
"""Of one folder with all that is in it; further ones are left alone, and that is told."""
MAX_DEPTH = 8
"""Folders in folders."""
_AT = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: on which line of the file (from 1; ``None``: of the file as a whole), and what it is."""

    line: int | None
    said: str

    def __str__(self) -> str:
        return _("line {line}: {said}").format(line=self.line, said=self.said) if self.line else self.said


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro that can be run; ``name`` is its path in its folder without ``.toml``, ``own`` whether it is mine."""

    name: str
    path: Path
    own: bool
    file: MacroFile

    @property
    def title(self) -> str:
        """What people find it by."""
        return self.file.title


@dataclass(frozen=True, slots=True)
class Broken:
    """A macro that cannot be run, and why; ``title`` is its name where not even that can be read."""

    name: str
    path: Path
    own: bool
    title: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A macro's file before it is read; ``stamp`` changes when the file does."""

    name: str
    path: Path
    stamp: tuple[int, int, int]


def find_files(folder: Path) -> Iterator[FoundFile]:
    """The macros' files of a folder and of the folders in it, by name; links that lead elsewhere are left out.

    A folder that is not there, or cannot be read, has none.
    """
    yield from sorted(_walk(os.fspath(folder), "", MAX_DEPTH), key=lambda found: found.name)


def _walk(folder: str, prefix: str, depth: int) -> Iterator[FoundFile]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                if depth and not entry.name.startswith("."):
                    yield from _walk(entry.path, f"{prefix}{entry.name}/", depth - 1)
            elif entry.name.endswith(".toml") and entry.is_file(follow_symlinks=False):
                seen = entry.stat(follow_symlinks=False)
                stamp = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
                yield FoundFile(prefix + entry.name.removesuffix(".toml"), Path(entry.path), stamp)
        except OSError:  # it has gone meanwhile
            continue


def read(found: FoundFile, own: bool) -> Macro | Broken:
    """A macro from its file."""
    problem: Problem
    try:
        with found.path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            problem = Problem(None, _("larger than {size} kB").format(size=MAX_BYTES // 1024))
        else:
            return _of(data.decode(), found, own)
    except OSError as error:
        problem = Problem(None, _("cannot be read: {error}").format(error=error.strerror))
    except UnicodeDecodeError as error:
        problem = Problem(data.count(b"\n", 0, error.start) + 1, _("not UTF-8"))
    return Broken(found.name, found.path, own, found.name, (problem,))


def check(text: str) -> tuple[MacroFile | None, tuple[Problem, ...]]:
    """A macro's file as a model (``None`` where it is none), with all its mistakes."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        return None, (Problem(line, _("not TOML: {error}").format(error=_AT.sub("", str(error)).strip())),)
    places = Places(text)
    try:
        file = MacroFile.model_validate(data)
    except ValidationError as error:
        said = problems_of(error, MacroFile, data)
        return None, tuple(Problem(places.line(line.partition(":")[0]), line) for line in said)
    questions = [question.name for question in file.questions]
    problems = [
        Problem(places.line_in(key, line), f"{key}: {mistake}")
        for key, source in file.templates()
        for line, mistake in mistakes_in(source, questions)
    ]
    return file, tuple(problems)


def _of(text: str, found: FoundFile, own: bool) -> Macro | Broken:
    file, problems = check(text)
    if file is not None and not problems:
        return Macro(found.name, found.path, own, file)
    return Broken(found.name, found.path, own, file.title if file else _title_in(text) or found.name, problems)


def _title_in(text: str) -> str:
    """The title of a file that is otherwise broken."""
    found = re.search(r'^title\s*=\s*"([^"\\\n]{1,120})"', text, re.MULTILINE)
    return found[1] if found else ""
