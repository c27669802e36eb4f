"""Who may enter: PostgreSQL's own logins where the desk has them, else passwords kept for each agent.

A door blocks while it looks (scrypt, a connection), so the server asks it in a thread.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agentconsole.config import Config
from agentconsole.desk import entering
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.secrets import find_secret, store_secret

_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}
"""scrypt, as OWASP's password storage cheat sheet has it: 32 MiB a try."""
SHORTEST, LONGEST = 12, 1000
"""Characters of a password."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody whose password was right; see :class:`.sessions.Session`."""

    agent: str
    name: str
    address: str | None
    secrets: Mapping[str, str] = field(repr=False)


class Door(Protocol):
    """Looks whether somebody may enter."""

    def enter(self, name: str, password: str) -> Entered | None:
        """Who that is; ``None`` where name or password are wrong. It does not say which.

        :raises DeskError: the desk cannot be asked.
        """


class Passwords:
    """Passwords of agents, each kept as a digest where agentconsole keeps secrets (keyring, or secrets.toml).

    :param folder: the folder of agentconsole.toml.
    """

    def __init__(self, config: Config, folder: Path) -> None:
        self._config, self._folder = config, folder

    def enter(self, name: str, password: str) -> Entered | None:
        """See :class:`Door`. Somebody unknown takes as long as somebody known."""
        agent = self._config.agent_of(name)
        kept = find_secret(_key(agent.id if agent else "-"), self._folder)
        right = _is(password if _can_be(password) else "", kept or _NOBODY)
        return Entered(agent.id, agent.name, None, {}) if agent and not agent.disabled and kept and right else None


class Logins:
    """Logins of a desk in PostgreSQL. The password goes into the environment of that person's console."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address, self._folder = address, folder

    def enter(self, name: str, password: str) -> Entered | None:
        """See :class:`Door`."""
        if not name or not password or "\0" in name or not _can_be(password):
            return None
        found = entering.by_login(self._address, self._folder, name, password)
        if found is None:
            return None
        agent, address = found
        return Entered(agent.id, agent.name, address, {"PGPASSWORD": password})


def door_of(config: Config, folder: Path) -> Door:
    """The door of the desk that a configuration names."""
    return Logins(config.desk, folder) if "://" in config.desk else Passwords(config, folder)


def keep_password(config: Config, folder: Path, agent_id: str, password: str) -> str:
    """Keep an agent's password for a desk in a file; answers where.

    :raises UsageError: no such agent, the desk has logins of its own, or the password is too short.
    """
    if "://" in config.desk:
        raise UsageError(
            _("On PostgreSQL people log in with the password of their database role."),
            _("Set it there: ALTER ROLE … PASSWORD, or \\password in psql."),
        )
    if config.agent_of(agent_id) is None:
        names = ", ".join(sorted(agent.id for agent in config.agents))
        raise UsageError(
            _("There is no agent {name!r}.").format(name=agent_id), _("Use one of: {names}.").format(names=names)
        )
    if len(password) < SHORTEST or not _can_be(password):
        raise UsageError(
            _("The password is too short.") if len(password) < SHORTEST else _("That cannot be a password."),
            _("Take {n} to {most} characters.").format(n=SHORTEST, most=LONGEST),
        )
    return store_secret(_key(agent_id), _kept(password, os.urandom(16)), folder)


def have_passwords(config: Config, folder: Path) -> list[str]:
    """The agents who have one: nobody else gets in.

    :raises SecretError: the file of passwords is open to others, belongs to somebody else or is damaged.
    """
    return [agent.id for agent in config.agents if not agent.disabled and find_secret(_key(agent.id), folder)]


def _key(agent_id: str) -> str:
    return f"serve.{agent_id}"


def _can_be(password: str) -> bool:
    """HMAC, within scrypt, takes a password and the same with zeros behind it for one."""
    return "\0" not in password and len(password) <= LONGEST


def _kept(password: str, salt: bytes) -> str:
    written = unicodedata.normalize("NFC", password)  # keyboards differ in how they compose an é
    digest = hashlib.scrypt(written.encode("utf-8", "replace"), salt=salt, **_COST)
    return f"scrypt:{base64.b64encode(salt).decode()}:{base64.b64encode(digest).decode()}"


def _is(password: str, kept: str) -> bool:
    salt = b""
    with suppress(ValueError):
        kind, written, _digest = kept.split(":")
        salt = base64.b64decode(written, validate=True) if kind == "scrypt" else b""
    made = _kept(password, salt or bytes(16))
    return hmac.compare_digest(made.encode(), kept.encode("utf-8", "replace"))


_NOBODY = f"scrypt:{base64.b64encode(bytes(16)).decode()}:-"
