"""The adviser's own editor, for one text."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from agentconsole.desk.served import must_have_files
from agentconsole.errors import UsageError
from agentconsole.i18n import _

_AT_MOST = 4_000_000
"""Bytes that are taken back from an editor."""


def command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The program and its arguments, from VISUAL or else EDITOR; no shell reads them.

    :raises UsageError: neither is set, or it cannot be read.
    """
    must_have_files()
    for name in ("VISUAL", "EDITOR"):
        value = environment.get(name, "").strip()
        if not value:
            continue
        try:
            words = shlex.split(value)
        except ValueError:
            raise UsageError(
                _("{name} cannot be read: {value}.").format(name=name, value=value), _("Close its quotes.")
            ) from None
        if words:
            return words
    raise UsageError(_("No editor is set."), _("Set VISUAL or EDITOR, for example: export EDITOR=nano."))


def edit(text: str, command: list[str]) -> str:
    """Edit a text in a file that only its owner can read, in a folder of its own; both are gone afterwards.

    Blocks until the editor ends. What editors write beside a file (backups, swap files) goes with the folder.

    :raises UsageError: the editor cannot be started, ends with an error, or leaves no text.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="agentconsole-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "reply.txt"  # the folder's mode is 0700
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text + "\n")
            _run([*command, str(path)])
            if path.stat().st_size > _AT_MOST:
                raise UsageError(_("The edited text is too large."), _("Your words are as they were."))
            return path.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeError) as error:
        raise UsageError(
            _("The text cannot be edited: {error}.").format(error=getattr(error, "strerror", None) or error),
            _("Your words are as they were."),
        ) from None


def _run(command: list[str]) -> None:
    try:
        with _deaf():
            code = subprocess.run(command, check=False).returncode  # noqa: S603 (the person's own program)
    except OSError as error:
        raise UsageError(
            _("The editor {name} cannot be started: {error}.").format(name=command[0], error=error.strerror or error),
            _("Set VISUAL or EDITOR to another one. Your words are as they were."),
        ) from None
    if code != 0:
        raise UsageError(
            _("The editor {name} ended with the error {code}.").format(name=command[0], code=code),
            _("Your words are as they were."),
        )


@contextmanager
def _deaf() -> Iterator[None]:
    """A ctrl+c in the editor's terminal is the editor's. Ignoring it would be inherited; a handler is not."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
