"""The verb about who may work on a desk in PostgreSQL: desk init, desk agent and desk service add, disable, list."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from agentconsole.cli.opening import read_config
from agentconsole.cli.output import emit, line, table
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.store.engine import Store
from agentconsole.store.ledger import roles
from agentconsole.store.opening import open_desk


def init(options: argparse.Namespace) -> int:
    """``agentconsole desk init``: the desk's roles and their rights; again after an update of agentconsole."""
    with _opened(options, create=True) as store:
        roles.init_desk(store)
        line(_("The desk's roles and their rights are as they should be."))
        if not roles.logins(store):
            line(_("Let people in with `agentconsole desk agent add`."))
    return 0


def add(options: argparse.Namespace) -> int:
    """``agentconsole desk agent add AGENT [--login ROLE] [--supervisor]``."""
    login = options.login or options.id
    with _opened(options) as store:
        roles.add_agent(store, options.id, login, supervisor=options.supervisor)
    line(_("{login} is agent {agent}.").format(login=login, agent=options.id))
    line(_("Passwords are PostgreSQL's: set one with \\password {login} in psql.").format(login=login))
    return 0


def disable(options: argparse.Namespace) -> int:
    """``agentconsole desk agent disable AGENT``."""
    with _opened(options) as store:
        roles.disable_agent(store, options.id)
    line(_("No login of {agent} works on this desk any more.").format(agent=options.id))
    return 0


def list_logins(options: argparse.Namespace) -> int:
    """``agentconsole desk agent list``."""
    with _opened(options) as store:
        found = roles.logins(store)
    if options.json:
        for one in found:
            emit({"agent": one.agent, "login": one.role, "active": one.active, "supervisor": one.supervisor})
        return 0
    table([[one.agent, one.role, _standing(one)] for one in found])
    return 0


def add_service(options: argparse.Namespace) -> int:
    """``agentconsole desk service add ROLE``."""
    with _opened(options) as store:
        roles.add_service(store, options.login)
    line(_("{login} may run `agentconsole sync`.").format(login=options.login))
    line(_("Passwords are PostgreSQL's: set one with \\password {login} in psql.").format(login=options.login))
    return 0


def disable_service(options: argparse.Namespace) -> int:
    """``agentconsole desk service disable ROLE``."""
    with _opened(options) as store:
        roles.disable_service(store, options.login)
    line(_("{login} may not run `agentconsole sync` any more.").format(login=options.login))
    return 0


def list_services(options: argparse.Namespace) -> int:
    """``agentconsole desk service list``."""
    with _opened(options) as store:
        found = roles.services(store)
    for login in found:
        emit({"login": login}) if options.json else line(login)
    return 0


def _standing(login: roles.Login) -> str:
    if not login.active:
        return _("disabled")
    return _("supervisor") if login.supervisor else _("agent")


@contextmanager
def _opened(options: argparse.Namespace, *, create: bool = False) -> Iterator[Store]:
    """The desk with whatever login its address has: who administers it need be no agent of it."""
    config, path = read_config(options)
    if "://" not in config.desk:
        raise UsageError(
            _("A desk in a file has no roles: whoever can write the file can do everything."),
            _("Name a desk in PostgreSQL: --desk postgresql://admin@host/name."),
        )
    store = open_desk(config.desk, path.parent, files=config.attachments, create=create)
    try:
        yield store
    finally:
        store.close()
