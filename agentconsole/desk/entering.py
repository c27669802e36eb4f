"""Entering a desk in PostgreSQL by name and password, for those who come by another way than a terminal."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from agentconsole.config import Agent, Config
from agentconsole.desk.shared import has_login, joined
from agentconsole.errors import NotLetIn
from agentconsole.store.engine import address, connect


def by_login(desk: str, folder: Path, login: str, password: str) -> tuple[Agent, str] | None:
    """Who a login is, and the desk's address for it, without the password; ``None`` for whoever is no agent.

    :param desk: the address, ``postgresql://…``.
    :raises DeskError: the desk cannot be reached.
    """
    store = connect(address(desk, folder).set(username=login, password=password))
    try:
        if not has_login(store):
            return None
        _config, agent = joined(store, Config(desk=desk), None)
    except NotLetIn:
        return None
    finally:
        store.close()
    return agent, make_url(desk).set(username=login).render_as_string()
