"""Passwords of channels: in the system's keyring, else in a private file, else in the environment.

Never in agentconsole.toml, and never in a message, a log line or a ``repr``. The three places, in this order:

1. the keyring, service ``agentconsole``, user the channel's id;
2. ``secrets.toml`` beside agentconsole.toml, else in the user's configuration folder: ``mail = "…"`` or a
   table ``[mail]`` with ``password = "…"``. It must be the user's and closed to everybody else (mode 0600);
3. the variable ``AGENTCONSOLE_SECRET_MAIL``: the id in capitals, ``-`` and ``.`` as ``_``.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from platformdirs import user_config_path

from agentconsole.errors import SecretError
from agentconsole.i18n import _

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "agentconsole"
FILE_NAME = "secrets.toml"
HEAD = "# Written by `agentconsole secret`, which rewrites it whole: comments added here are lost.\n"

T = TypeVar("T")
_silent_keyring = Event()
"""Set: a keyring that did not answer once is not asked again by this process."""


def find_secret(channel_id: str, folder: Path) -> str | None:
    """The password of a channel, or ``None`` where none is kept.

    :param folder: the folder of agentconsole.toml.
    :raises SecretError: the file of passwords is open to others, belongs to somebody else or is damaged.
    """
    found = _search(channel_id, folder)
    return found[0] if found else None


def where_secret(channel_id: str, folder: Path) -> str | None:
    """Where :func:`find_secret` finds it, in words for a person; ``None`` where it does not. Same errors."""
    found = _search(channel_id, folder)
    return found[1] if found else None


def store_secret(channel_id: str, value: str, folder: Path) -> str:
    """Keep a password: in the keyring where there is one, else in ``folder``/secrets.toml, made private.

    :returns: where it is now, in words for a person.
    :raises SecretError: empty; or the file cannot be written, or was written by a person and so is not
        rewritten.
    """
    if not value:
        raise SecretError(_("An empty password was not stored."), _("Give it again."))
    if _keyring_keeps(channel_id, value):
        return _("the keyring")
    path = folder / FILE_NAME
    data = _own_file(path)
    _write_private(path, {**data, channel_id: value})
    return str(path)


def forget_secret(channel_id: str, folder: Path) -> list[str]:
    """Remove a password from the keyring and from a secrets.toml of ours.

    :returns: the places it was removed from, in words for a person.
    :raises SecretError: it is in a file that a person wrote, or in one that cannot be read or written.
    """
    forgotten = []
    if _keyring_forgets(channel_id):
        forgotten.append(_("the keyring"))
    for path in _files(folder):
        if path.exists() and _in_file(_read_private(path), channel_id, path) is not None:
            _write_private(path, {k: v for k, v in _own_file(path).items() if k != channel_id})
            forgotten.append(str(path))
    return forgotten


def ask_secret(channel_id: str) -> str:
    """A password typed unseen at the terminal; the first line of standard input where that is none."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    return getpass(_("Password of {channel}: ").format(channel=channel_id))


def variable(channel_id: str) -> str:
    """The environment variable that may hold a channel's password."""
    return f"AGENTCONSOLE_SECRET_{re.sub('[-.]', '_', channel_id).upper()}"


def _search(channel_id: str, folder: Path) -> tuple[str, str] | None:
    kept = _keyring_has(channel_id)
    if kept:
        return kept, _("the keyring")
    for path in _files(folder):
        if path.is_symlink() or path.exists():
            value = _in_file(_read_private(path), channel_id, path)
            if value is not None:
                return value, str(path)
    name = variable(channel_id)
    if os.environ.get(name):
        return os.environ[name], _("the variable {name}").format(name=name)
    return None


# The keyring


def _patience() -> float:
    """Seconds to wait for a keyring: where there is a desktop, a person may be typing its password."""
    desktop = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    return 60.0 if desktop else 3.0


def _ask_keyring(question: Callable[[KeyringBackend], T | None]) -> T | None:
    """The first answer of the keyrings that keyring itself recommends (priority 1 and more).

    The others keep passwords in the open or prompt in the terminal. No usable keyring, one that fails, and
    one that does not answer are all the same here: no answer. It runs in a thread of its own, since a backend
    that waits for a prompt which nobody can see cannot be interrupted.
    """
    if _silent_keyring.is_set():
        return None
    answers: list[T] = []

    def ask() -> None:
        for backend in _keyrings():
            with suppress(Exception):  # backends raise whatever their libraries raise
                answer = question(backend)
                if answer:
                    answers.append(answer)
                    return

    thread = Thread(target=ask, name="keyring", daemon=True)
    thread.start()
    thread.join(_patience())
    if thread.is_alive():
        _silent_keyring.set()
    return answers[0] if answers else None


def _keyrings() -> list[KeyringBackend]:
    with suppress(Exception):  # as above: looking for backends imports them
        import keyring

        chosen = keyring.get_keyring()
        return [backend for backend in getattr(chosen, "backends", [chosen]) if backend.priority >= 1]
    return []


def _keyring_has(channel_id: str) -> str | None:
    return _ask_keyring(lambda keyring: keyring.get_password(SERVICE, channel_id))


def _keyring_keeps(channel_id: str, value: str) -> bool:
    def keep(keyring: KeyringBackend) -> bool:
        keyring.set_password(SERVICE, channel_id, value)
        return keyring.get_password(SERVICE, channel_id) == value

    return bool(_ask_keyring(keep))


def _keyring_forgets(channel_id: str) -> bool:
    def forget(keyring: KeyringBackend) -> bool:
        if keyring.get_password(SERVICE, channel_id) is None:
            return False
        keyring.delete_password(SERVICE, channel_id)
        return keyring.get_password(SERVICE, channel_id) is None

    return bool(_ask_keyring(forget))


# The file


def _files(folder: Path) -> list[Path]:
    places = (folder / FILE_NAME, user_config_path(SERVICE) / FILE_NAME)
    return list(dict.fromkeys(place.absolute() for place in places))


def _read_private(path: Path) -> dict[str, Any]:
    """The file's content, if it is the user's and nobody else can read it.

    What is checked is the open file, not its name, so that it cannot be exchanged in between. A link must be
    the user's own too. O_NONBLOCK keeps a pipe of that name from blocking.
    """
    try:
        link = path.lstat()
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            _refuse_public(path, link, os.fstat(descriptor))
            text = file.read()
    except OSError as error:
        raise SecretError(
            _("{path} cannot be read: {error}.").format(path=path, error=error.strerror),
            _("Make it a file of yours that only you can read: chmod 600 {path}").format(path=path),
        ) from None
    try:
        return tomllib.loads(text.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # Only the place: the rest of the message may quote what the file holds.
        place = re.search(r"line \d+, column \d+", str(error))
        raise SecretError(
            _("{path} is not TOML: {place}.").format(path=path, place=place[0] if place else "UTF-8"),
            _('Write one line a channel: mail = "the password"'),
        ) from None


def _refuse_public(path: Path, link: os.stat_result, opened: os.stat_result) -> None:
    if not stat.S_ISREG(opened.st_mode):
        raise SecretError(_("{path} is not a file.").format(path=path), _("Replace it by a file of mode 0600."))
    if os.name != "posix":
        return  # Windows keeps a user's folders to that user
    user = os.geteuid()
    if opened.st_uid != user or link.st_uid != user:
        raise SecretError(
            _("{path} belongs to somebody else and is not trusted.").format(path=path),
            _("Make a file of your own: chown $USER {path}").format(path=path),
        )
    if stat.S_IMODE(opened.st_mode) & 0o077:
        mode = f"{stat.S_IMODE(opened.st_mode):04o}"
        raise SecretError(
            _("{path} can be read by others (mode {mode}).").format(path=path, mode=mode),
            _("Close it, and change the passwords in it: chmod 600 {path}").format(path=path),
        )


def _in_file(data: Mapping[str, Any], channel_id: str, path: Path) -> str | None:
    """``id = "…"`` or ``[id] password = "…"``; an id with dots also as the nested table TOML makes of it."""
    value: Any = data.get(channel_id)
    if value is None and "." in channel_id:
        value = data
        for part in channel_id.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping):
        value = value.get("password")
    if value is None or (isinstance(value, str) and value):
        return value
    raise SecretError(
        _("{path}: the password of {channel} is not a text.").format(path=path, channel=channel_id),
        _('Write it in quotes: {channel} = "the password"').format(channel=channel_id),
    )


def _own_file(path: Path) -> dict[str, Any]:
    """The content of a file that may be rewritten; empty where there is none."""
    if not path.is_symlink() and not path.exists():
        return {}
    data = _read_private(path)
    if not path.read_text(encoding="utf-8").startswith(HEAD):
        raise SecretError(
            _("{path} was written by hand and is not rewritten.").format(path=path),
            _("Change that line in it yourself."),
        )
    return data


def _write_private(path: Path, data: Mapping[str, Any]) -> None:
    """Replace the file at once; mkstemp makes it with mode 0600, so that it is never open to others."""
    import tomli_w

    target = path.resolve()  # a link keeps pointing where it does
    partial = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{FILE_NAME}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(HEAD + tomli_w.dumps(data))
            file.flush()
            os.fsync(descriptor)
        Path(partial).replace(target)
    except OSError as error:
        if partial:
            Path(partial).unlink(missing_ok=True)
        raise SecretError(
            _("{path} cannot be written: {error}.").format(path=path, error=error.strerror),
            _("Make its folder writable, or use the variable AGENTCONSOLE_SECRET_…"),
        ) from None
