"""Entering a desk in PostgreSQL by name and password, for those who come by another way than a terminal."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from agentconsole.config import Agent, Config
from agentconsole.desk.shared import has_login, joined
from agentconsole.errors import DeskError, NotLetIn, UsageError
from agentconsole.i18n import _
from agentconsole.store.engine import Store, address, asked_password, connect
from agentconsole.store.ledger import roles

_ELSEWHERE = ("user", "password", "passfile", "service", "sslcert", "sslkey", "sslpassword")
"""What an address may say besides of who connects: that is the server's own, not theirs."""


def by_login(desk: str, folder: Path, login: str, password: str) -> tuple[Agent, str] | None:
    """Who a login is, and the desk's address for it, without the password; ``None`` for whoever is no agent.

    :param desk: the address, ``postgresql://…``.
    :raises DeskError: the desk cannot be reached, or lets them in without having asked for the password.
    :raises UsageError: it has no roles.
    """
    theirs = _as(make_url(desk), login).render_as_string()
    store = connect(address(theirs, folder).set(password=password))
    try:
        _must_have_roles(store)
        # A server that trusts this machine, or knows it by a certificate, has not looked at what was typed.
        if not asked_password(store):
            raise DeskError(
                _("The desk {name} does not ask this machine for passwords.").format(name=store.name),
                _("Have it ask with scram-sha-256 in pg_hba.conf; docs/serve.md says how."),
            )
        if not has_login(store):
            return None
        _config, agent = joined(store, Config(desk=theirs), None)
    except NotLetIn:
        return None
    finally:
        store.close()
    return (agent, theirs) if not agent.disabled else None


def look(desk: str, folder: Path) -> None:
    """Look whether people can enter at all, as far as that shows without anybody's password.

    :param desk: the address, ``postgresql://…``, with or without a login.
    :raises UsageError: the desk has no roles. :raises DeskError: that is no desk's address.
    """
    store = connect(address(desk, folder))
    try:
        with suppress(DeskError):  # it may not be up yet, or want a password: whoever comes by will see
            _must_have_roles(store)
    finally:
        store.close()


def _must_have_roles(store: Store) -> None:
    with store.read() as connection:
        made = roles.are_made(connection)
    if not made:
        raise UsageError(
            _("In a browser people log in with their database role, and this desk has none."),
            _("Run `agentconsole desk init`, then `agentconsole desk agent add` for each of them."),
        )


def _as(url: URL, login: str) -> URL:
    """The address with this login in place of whatever it says of who connects."""
    query = {key: value for key, value in url.query.items() if key not in _ELSEWHERE}
    return URL.create(url.drivername, login, None, url.host, url.port, url.database, query)
