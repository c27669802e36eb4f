"""What consoles on PostgreSQL share: the policy's document also has the desk's settings and the brand's macros.

Two more keys beside those of :mod:`agentconsole.desk.policy`::

    shared  what agentconsole.toml says, as it says it, but for :data:`PERSONAL` keys and for anything secret
    macros  {name: text of its file}, where the configuration names a folder of macros

So a console needs nothing but the desk's address: who one is says the login.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agentconsole.config import Agent, Config
from agentconsole.desk.context import SERVICE, Desk, who_am_i
from agentconsole.desk.policy import Document
from agentconsole.errors import DeskError, UsageError
from agentconsole.i18n import _
from agentconsole.store.engine import Store
from agentconsole.store.ledger import policies

PERSONAL = frozenset({"desk", "attachments", "macros", "own", "agent", "language", "theme", "keys", "notify"})
"""Keys that count as each console's own file has them: who and where one is, and how one likes it."""
_SECRET = re.compile(
    r"(.+[_-])?(pass(word|wd|phrase)?s?|tokens?|credentials?|(api|private|access|signing)[_-]?key|client[_-]?secret)",
    re.IGNORECASE,
)
"""Keys whose values are secrets. ``secret`` and ``smtp_secret`` are names under which one is kept, and passed on."""
_PART = re.compile(r"[^\W_][\w .-]{0,79}")
_DEPTH = 9
_MOST = 1_000_000
"""Bytes of all macros."""


def shared_part(desk: Desk) -> Document:
    """``shared`` and ``macros`` of a desk's configuration.

    :raises UsageError: a macro's file cannot be passed on: its name, its size or its encoding.
    """
    found: Document = {"shared": _shared(desk.following.base or desk.config)}
    if desk.config.macros:
        found["macros"] = _macros(desk.folder, desk.config.macros)
    return found


def _shared(config: Config) -> Document:
    data: Document = _without_secrets(config.model_dump(mode="json", exclude=set(PERSONAL), exclude_unset=True))
    return data


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secrets(held) for key, held in value.items() if not _SECRET.fullmatch(str(key))}
    return [_without_secrets(held) for held in value] if isinstance(value, list) else value


def _macros(folder: Path, macros: str) -> dict[str, str]:
    from agentconsole.desk.macros.reading import MAX_BYTES, MAX_FILES, find_files

    texts: dict[str, str] = {}
    for file in list(find_files(folder / Path(macros).expanduser()))[:MAX_FILES]:
        try:
            data = file.path.read_bytes()
            texts[file.name] = data.decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(_("{path} cannot be read: {error}.").format(path=file.path, error=error), "") from None
        if len(data) > MAX_BYTES or not _is_name(file.name):
            raise UsageError(
                _("The macro {path} cannot be passed on to other consoles.").format(path=file.path),
                _("Make it smaller, or give it a name of letters, digits, spaces, dots and dashes."),
            )
    if sum(map(len, texts.values())) > _MOST:
        raise UsageError(_("The macros are too large to be passed on to other consoles."), _("Take some away."))
    return texts


def _is_name(name: str) -> bool:
    """Whether a macro's name stays in its folder, on any system."""
    parts = name.split("/")
    return len(parts) <= _DEPTH and all(_PART.fullmatch(part) and part[-1] not in " ." for part in parts)


def joined(store: Store, config: Config, given: str | None, *, as_written: bool = False) -> tuple[Config, Agent]:
    """The configuration of a console on PostgreSQL, and who is at it.

    :param config: of its own file, whose personal keys count; all others come from the policy where it has them.
    :param given: ``--agent``, or the service's id: with a login that is no agent's it is the service then.
    :param as_written: the configuration stays what the file says, and who is at it need be no agent of it.
    :raises UsageError: somebody else than the login says, or it is not clear who.
    :raises DeskError: this program cannot read the policy.
    """
    with store.read() as connection:
        login = policies.agent_of_login(connection)
        serves = login is None and (given == SERVICE.id or (not given and policies.is_service_login(connection)))
    document = {} if as_written else _document(store)
    if "shared" in document:
        config = _with_shared(config, document)
    if serves and config.agent_of(SERVICE.id) is None:
        return config, SERVICE
    if login is None:
        return config, who_am_i(Config() if as_written else config, given)
    if given not in (None, login, SERVICE.id):
        raise UsageError(
            _("This login is the agent {login}, not {given}.").format(login=login, given=given),
            _("Leave --agent out, or use the login of {given}.").format(given=given),
        )
    return config, config.agent_of(login) or Agent(id=login, name=login)


def has_login(store: Store) -> bool:
    """Whether the login of this console is an agent's: then pulling and delivering are the service's."""
    with store.read() as connection:
        return policies.agent_of_login(connection) is not None


def _with_shared(config: Config, document: Document) -> Config:
    data: dict[str, Any] = config.model_dump(mode="json", include=set(PERSONAL), exclude_unset=True)
    data.pop("macros", None)
    if "macros" in document:
        data["macros"] = str(keep_macros(document["macros"]))
    shared: Document = {key: value for key, value in document["shared"].items() if key not in PERSONAL}
    agents = shared.get("agents")
    named = [agent.get("id") for agent in agents if isinstance(agent, dict)] if isinstance(agents, list) else []
    if data.get("agent") not in named:
        data.pop("agent", None)
    try:
        return Config.model_validate(shared | data)
    except ValidationError:
        raise _unreadable() from None


def _unreadable() -> DeskError:
    return DeskError(_("This agentconsole cannot read the desk's policy."), _("Update agentconsole on this machine."))


def names_same_shop(written: Config, config: Config) -> bool:
    """Whether a console whose own file says ``written`` hands over to the shop of ``config``, which the policy says.

    Only where its own file names the same shop: else a policy could have the key kept here sign for any address.
    """
    mine, shop = written.shop, config.shop
    return mine is not None and shop is not None and (mine.url, mine.secret) == (shop.url, shop.secret)


def overruled(store: Store, config: Config, folder: Path) -> list[str]:
    """Keys that a console's own file says otherwise than the desk's policy, and that therefore do not count.

    :param folder: where that file lies.
    """
    document = {} if store.sqlite else _document(store)
    if "shared" not in document:
        return []
    found = [key for key, value in _shared(config).items() if value != document["shared"].get(key)]
    if config.macros and _macros(folder, config.macros) != document.get("macros"):
        found.append("macros")
    return sorted(found)


def _document(store: Store) -> Document:
    """Of the policy that holds; empty where none does.

    :raises DeskError: this program cannot read it.
    """
    with store.read() as connection:
        holds = policies.latest(connection)
        text = policies.document(connection, holds.version) if holds else None
    found = json.loads(text) if text else {}
    if not _is_readable(found):
        raise _unreadable()
    document: Document = found
    return document


def _is_readable(document: Any) -> bool:
    """Whether the two keys are what they have to be; what ``shared`` holds is for :class:`Config` to say."""
    if not isinstance(document, dict) or not isinstance(document.get("shared", {}), dict):
        return False
    macros = document.get("macros", {})
    return isinstance(macros, dict) and all(isinstance(text, str) for text in macros.values())


def keep_macros(texts: dict[str, str]) -> Path:
    """The macros as files in this person's cache folder, one folder for each state of them; answers it.

    :raises DeskError: a name that leads out of the folder, or the folder cannot be written.
    """
    from platformdirs import user_cache_path

    state = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()
    folder = user_cache_path("agentconsole") / "macros" / state
    for name in texts:
        if not _is_name(name):
            raise DeskError(
                _("The desk's policy has a macro of the name {name!r}.").format(name=name),
                _("Ask a supervisor to apply the policy again."),
            )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _only(folder, texts)
    except OSError as error:
        raise DeskError(
            _("The macros cannot be kept in {folder}: {error}.").format(folder=folder, error=error.strerror),
            _("Make room, or let that folder be yours."),
        ) from None
    return folder


def _only(folder: Path, texts: dict[str, str]) -> None:
    """Make the folder hold these files and no other; what it holds already is left as it is."""
    from agentconsole.desk.macros.reading import find_files

    for there in list(find_files(folder)):
        if there.name not in texts:
            there.path.unlink(missing_ok=True)
    for name, text in texts.items():
        path, data = folder / f"{name}.toml", text.encode()
        if path.is_symlink() or not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, partial = tempfile.mkstemp(dir=path.parent)  # of mode 0600
            with os.fdopen(number, "wb") as file:
                file.write(data)
            Path(partial).replace(path)
