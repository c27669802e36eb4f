"""The database roles of a desk in PostgreSQL: its owner, its groups, and a login for each agent.

Roles belong to the whole server, so the desk's have the database's name before their own. Passwords are not ours: a
login is made without one, and whoever runs the server sets it, or has people identified otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.store.engine import Store
from agentconsole.store.ledger import grants
from agentconsole.store.ledger.grants import quoted, role
from agentconsole.store.ledger.tables import login as logins_table
from agentconsole.store.upsert import insert_or

_LONGEST = 63
"""Bytes of a role's name: PostgreSQL's NAMEDATALEN, less one."""


@dataclass(frozen=True, slots=True)
class Login:
    """Which database role is whom."""

    role: str
    agent: str
    active: bool
    supervisor: bool


def init_desk(store: Store) -> None:
    """Make the desk's roles, let its owner own it, and give every role its rights; again where that was done before.

    :param store: opened by an administrator: a superuser, or who owns the database and may create roles.
    :raises UsageError: the desk is a file.
    :raises DeskError: the database does not let this login do it.
    """
    _of_a_server(store)
    with store.write() as connection:
        _recent(connection)
        _make_roles(connection)
        _hand_over(connection)
        _shut_database(connection)
        grants.give(connection)


def are_made(connection: Connection) -> bool:
    """Whether a desk in PostgreSQL has its roles: :func:`init_desk` was run."""
    return grants.owner(connection) == f"{grants.database(connection)}_owner"


def add_agent(store: Store, agent: str, login: str, *, supervisor: bool) -> None:
    """Let a database role be an agent of the desk; the role is made where there is none.

    :param agent: the id that the policy has. :param login: the role's name.
    :raises UsageError: the desk has no roles yet, or that role may do things that no agent may, or is somebody else.
    """
    with store.write() as connection:
        _initialised(store, connection)
        _check_login(connection, agent, login)
        run, name = connection.exec_driver_sql, quoted(connection, login)
        if not _exists(connection, login):
            run(f"CREATE ROLE {name} LOGIN")
        run(f"ALTER ROLE {name} LOGIN")
        run(f"GRANT {role(connection, grants.AGENT)} TO {name} WITH INHERIT TRUE, SET FALSE")
        chief = role(connection, grants.SUPERVISOR)
        run(f"GRANT {chief} TO {name} WITH INHERIT TRUE, SET FALSE" if supervisor else f"REVOKE {chief} FROM {name}")
        run(f"SET LOCAL ROLE {role(connection, 'owner')}")
        made = insert_or(connection, logins_table).values(role=login, agent=agent, active=True)
        connection.execute(made.on_conflict_do_update(index_elements=["role"], set_={"active": True}))
        run("RESET ROLE")


def add_service(store: Store, login: str) -> None:
    """Let a database role be the service's, which pulls, delivers and keeps house; made where there is none.

    :raises UsageError: the desk has no roles yet, or that role may do what the service may not, or is an agent's.
    """
    with store.write() as connection:
        _initialised(store, connection)
        _check_login(connection, None, login)
        run, name = connection.exec_driver_sql, quoted(connection, login)
        if not _exists(connection, login):
            run(f"CREATE ROLE {name} LOGIN")
        run(f"ALTER ROLE {name} LOGIN")
        run(f"GRANT {role(connection, grants.SYNC)} TO {name} WITH INHERIT TRUE, SET FALSE")


def disable_service(store: Store, login: str) -> None:
    """This login of the service does not work any more, sessions that are open neither.

    :raises NotFound: it is none.
    """
    with store.write() as connection:
        _initialised(store, connection)
        run, name = connection.exec_driver_sql, quoted(connection, login)
        if login not in _services(connection):
            raise NotFound(
                _("{name!r} is no login of the service.").format(name=login), _("See `agentconsole desk service list`.")
            )
        run(f"REVOKE {role(connection, grants.SYNC)} FROM {name}")
        if not _has_other_use(connection, login):
            run(f"ALTER ROLE {name} NOLOGIN")


def services(store: Store) -> list[str]:
    """The logins of the service, by name."""
    with store.read() as connection:
        _initialised(store, connection)
        return _services(connection)


def _services(connection: Connection) -> list[str]:
    query = text(
        "SELECT r.rolname FROM pg_auth_members m"
        " JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid"
        " WHERE g.rolname = current_database() || '_sync' AND r.rolcanlogin ORDER BY r.rolname"
    )
    return [str(name) for name in connection.execute(query).scalars()]


def disable_agent(store: Store, agent: str) -> None:
    """No login of this agent works any more, sessions that are open neither. What they did stays theirs.

    :raises NotFound: no login is that agent's.
    """
    with store.write() as connection:
        _initialised(store, connection)
        run = connection.exec_driver_sql
        run(f"SET LOCAL ROLE {role(connection, 'owner')}")
        found = [one for one in _logins(connection) if one.agent == agent]
        if not found:
            raise NotFound(
                _("No login is agent {name!r}.").format(name=agent), _("See `agentconsole desk agent list`.")
            )
        connection.execute(logins_table.update().where(logins_table.c.agent == agent).values(active=False))
        run("RESET ROLE")
        for one in found:
            if not _exists(connection, one.role):
                continue
            for group in grants.GROUPS:
                run(f"REVOKE {role(connection, group)} FROM {quoted(connection, one.role)}")
            if not _has_other_use(connection, one.role):
                run(f"ALTER ROLE {quoted(connection, one.role)} NOLOGIN")


def logins(store: Store) -> list[Login]:
    """Every login there is or was, by agent."""
    with store.read() as connection:
        _initialised(store, connection)
        return _logins(connection)


def _logins(connection: Connection) -> list[Login]:
    query = text(
        "SELECT l.role, l.agent, l.active, EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " JOIN pg_roles g ON g.oid = m.roleid WHERE r.rolname = l.role"
        " AND g.rolname = current_database() || '_supervisor') FROM public.ledger_login l ORDER BY l.agent, l.role"
    )
    return [Login(*row) for row in connection.execute(query)]


def _make_roles(connection: Connection) -> None:
    name = grants.database(connection)
    for group in ("owner", *grants.GROUPS):
        _check_length(f"{name}_{group}")
        if not _exists(connection, f"{name}_{group}"):
            connection.exec_driver_sql(f"CREATE ROLE {role(connection, group)} NOLOGIN")
    if not connection.execute(
        text("SELECT pg_has_role(current_user, :owner, 'SET')"), {"owner": f"{name}_owner"}
    ).scalar():
        connection.exec_driver_sql(f"GRANT {role(connection, 'owner')} TO CURRENT_USER")


def _hand_over(connection: Connection) -> None:
    """The owner owns the desk's tables (with their sequences and indexes), and the schemas ``ledger`` and ``desk``."""
    run, owner = connection.exec_driver_sql, role(connection, "owner")
    run(f"GRANT CREATE, USAGE ON SCHEMA public TO {owner}")
    run(f"GRANT CREATE ON DATABASE {quoted(connection, grants.database(connection))} TO {owner}")
    for table in grants.desk_tables(connection):
        run(f"ALTER TABLE public.{quoted(connection, table)} OWNER TO {owner}")
    inside = (
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind = 'r'"
    )
    functions = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)"
    for schema in ("ledger", "desk"):
        run(f"ALTER SCHEMA {schema} OWNER TO {owner}")
        for table in connection.execute(text(inside), {"schema": schema}).scalars().all():
            run(f"ALTER TABLE {table} OWNER TO {owner}")
        for function in connection.execute(text(functions), {"schema": schema}).scalars().all():
            run(f"ALTER FUNCTION {function} OWNER TO {owner}")


def _shut_database(connection: Connection) -> None:
    """Nobody connects but the desk's roles, and nobody makes temporary tables."""
    name, groups = quoted(connection, grants.database(connection)), [role(connection, g) for g in grants.GROUPS]
    run = connection.exec_driver_sql
    run(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC, {', '.join(groups)}")
    run(f"GRANT CONNECT ON DATABASE {name} TO {', '.join(groups)}")
    run(f"GRANT CONNECT ON DATABASE {name} TO {role(connection, 'owner')}")
    left = "SELECT has_database_privilege('public', current_database(), 'CONNECT, TEMPORARY, CREATE')"
    if connection.execute(text(left)).scalar():  # PostgreSQL only warns whoever may not take them away
        raise UsageError(
            _("Your login may not set the rights of this database."),
            _("Let a superuser, or who owns the database, run `agentconsole desk init`."),
        )


def _check_login(connection: Connection, agent: str | None, login: str) -> None:
    """Whether a role may be an agent's login, or the service's (``agent`` is ``None``): it may be nothing else yet."""
    _check_length(login)
    name = grants.database(connection)
    query = text(
        "SELECT p.rolsuper OR p.rolcreaterole OR p.rolcreatedb OR p.rolreplication OR p.rolbypassrls"
        " OR p.rolname = :owner OR p.rolname = :other OR p.oid = r.oid AND p.rolname = ANY (:groups)"
        " OR starts_with(p.rolname, 'pg_') AND p.rolname <> 'pg_database_owner'"
        " OR EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = p.oid)"
        " FROM pg_roles r JOIN pg_roles p ON pg_has_role(r.oid, p.oid, 'MEMBER')"
        " WHERE r.rolname = :login ORDER BY 1 DESC LIMIT 1"
    )
    groups = [f"{name}_{group}" for group in grants.GROUPS]
    other = f"{name}_{grants.SYNC if agent is not None else grants.AGENT}"  # nobody is both
    values = {"login": login, "owner": f"{name}_owner", "other": other, "groups": groups}
    if connection.execute(query, values).scalar():
        raise UsageError(
            _("The role {name!r} may do more than an agent may.").format(name=login),
            _("Give the agent a login of their own, without such rights."),
        )
    before = next((one for one in _logins(connection) if one.role == login), None)
    if before is not None and before.agent != agent:
        raise UsageError(
            _("The role {name!r} is agent {agent!r}.").format(name=login, agent=before.agent),
            _("What was done with it stays theirs: choose another login."),
        )


def _check_length(name: str) -> None:
    """PostgreSQL would cut a longer name and go on: the role would be another one than the desk has written down."""
    if len(name.encode()) > _LONGEST:
        raise UsageError(
            _("The name {name!r} is too long for a role.").format(name=name),
            _("PostgreSQL cuts names after {n} bytes: choose a shorter one.").format(n=_LONGEST),
        )


def _recent(connection: Connection) -> None:
    """Memberships that inherit but cannot be switched to came with PostgreSQL 16."""
    if int(connection.execute(text("SELECT current_setting('server_version_num')")).scalar_one()) < 160_000:
        raise UsageError(
            _("The roles of a desk need PostgreSQL 16 or newer."), _("Update the server; the desk stays as it is.")
        )


def _of_a_server(store: Store) -> None:
    if store.sqlite:
        raise UsageError(
            _("A desk in a file has no roles: whoever can write the file can do everything."),
            _("Set `desk` to a PostgreSQL address."),
        )


def _initialised(store: Store, connection: Connection) -> None:
    _of_a_server(store)
    if not are_made(connection):
        raise UsageError(_("This desk has no roles yet."), _("Run `agentconsole desk init` first."))


def _exists(connection: Connection, name: str) -> bool:
    query = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)")
    return bool(connection.execute(query, {"name": name}).scalar())


def _has_other_use(connection: Connection, name: str) -> bool:
    """Whether a role is a member of anything else: then its login is somebody else's to take."""
    query = text(
        "SELECT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = :name)"
    )
    return bool(connection.execute(query, {"name": name}).scalar())
