"""Who may do what on a desk in PostgreSQL: every right that the desk's roles have, given anew each time.

Rights on ordinary tables are those a console needs; what agents may do with money is in the functions of the schema
``ledger``. ``public`` is where a desk's tables are.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from agentconsole.store.indexes import metadata
from agentconsole.store.ledger.rights import AGENT, AUDITOR, GROUPS, RIGHTS, SUPERVISOR, SYNC, Right
from agentconsole.store.ledger.tables import LEDGER

__all__ = ["AGENT", "AUDITOR", "GROUPS", "SUPERVISOR", "SYNC", "give"]

FOR_SUPERVISORS = ("apply_policy", "add_vouchers", "review", "erase")
"""Functions of the schema ``ledger`` that other agents cannot even call."""
FOR_SYNC = ("clock", "fulfil_", "expire")
"""How functions begin that ``sync`` may call besides those that only read."""

_UNSEEN = {
    "ledger_voucher": ("pool", "amount", "currency", "expires", "imported_at", "entry_id", "burnt"),
    "ledger_setting": ("one", "zone", "grace", "expires", "policy"),
}
"""Of these tables only some columns can be read: not the codes, not (by agents) what chooses the sample."""
_FOR_POLICIES = (
    "leads()", "is_agent(text)", "erased_customer(uuid)", "erased(uuid)", "erased_message(uuid)", "own_words(bigint)",
    "needed(text)", "guarded()",
)  # fmt: skip
"""Functions of the schema ``desk`` that rights and triggers ask with the caller's rights: they answer yes or no."""
_BESIDES = ("alembic_version", "message_search")
"""Tables of a desk that its metadata does not have."""


def role(connection: Connection, group: str) -> str:
    """The name of one of the desk's roles, quoted: ``owner`` or one of :data:`GROUPS`."""
    return quoted(connection, f"{database(connection)}_{group}")


def database(connection: Connection) -> str:
    """The name of the desk's database."""
    return str(connection.execute(text("SELECT current_database()")).scalar_one())


def quoted(connection: Connection, name: str) -> str:
    """A name as SQL has it."""
    return connection.dialect.identifier_preparer.quote_identifier(name)


def owner(connection: Connection) -> str | None:
    """The role that owns the desk's tables, and may bring them up to date; ``None`` where there are none."""
    found = text("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass('public.conversation')")
    name = connection.execute(found).scalar_one_or_none()
    return None if name is None else str(name)


def desk_tables(connection: Connection) -> list[str]:
    """The desk's own tables in ``public`` that are there; of a database shared with something else not the others'."""
    names = [*(table.name for table in metadata.sorted_tables), *_BESIDES]
    query = text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
    there = set(connection.execute(query).scalars())
    return [name for name in names if name in there]


def give(connection: Connection) -> None:
    """Give the desk's roles their rights, and nobody else any. As the owner, or as somebody who may act as it."""
    everybody = ", ".join(role(connection, group) for group in GROUPS)
    run = connection.exec_driver_sql
    for schema in ("public", "ledger", "desk"):
        run(f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {everybody}")
        run(f"GRANT USAGE ON SCHEMA {schema} TO {everybody}")
    _tables(connection, everybody)
    _functions(connection, everybody)
    _feed(connection, everybody)
    run(f"ALTER DEFAULT PRIVILEGES FOR ROLE {role(connection, 'owner')} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")


def _tables(connection: Connection, everybody: str) -> None:
    run = connection.exec_driver_sql
    seeing = f"{role(connection, SUPERVISOR)}, {role(connection, AUDITOR)}"
    ledgers = {table.name for table in LEDGER}
    for name in desk_tables(connection):
        table = f"public.{quoted(connection, name)}"
        run(f"REVOKE ALL ON {table} FROM PUBLIC, {everybody}")
        if name == "ledger_voucher":
            run(f"GRANT SELECT ({', '.join(_UNSEEN[name])}) ON {table} TO {seeing}")
        elif name == "ledger_setting":
            run(f"GRANT SELECT ({', '.join(_UNSEEN[name])}) ON {table} TO {everybody}")
            run(f"GRANT SELECT ON {table} TO {seeing}")
        elif name in ledgers:
            run(f"GRANT SELECT ON {table} TO {everybody}")
        else:
            _own(connection, name, [right for right in RIGHTS if right.table == name])
    run(f"REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC, {everybody}")


def _own(connection: Connection, name: str, rights: list[Right]) -> None:
    """Rights with one of the desk's own tables: which columns by grants, which rows by policies."""
    run, table = connection.exec_driver_sql, f"public.{quoted(connection, name)}"
    before = text("SELECT polname FROM pg_policy WHERE polrelid = CAST(:table AS regclass)")
    for policy in connection.execute(before, {"table": table}).scalars().all():
        run(f"DROP POLICY {quoted(connection, policy)} ON {table}")
    by_row = any(right.rows or right.becomes for right in rights)
    run(f"ALTER TABLE {table} {'ENABLE' if by_row else 'DISABLE'} ROW LEVEL SECURITY")
    for number, right in enumerate(rights):
        to = ", ".join(role(connection, group) for group in right.groups)
        columns = f" ({', '.join(quoted(connection, column) for column in right.columns)})" if right.columns else ""
        run(f"GRANT {right.verb}{columns} ON {table} TO {to}")
        if by_row:
            run(f"CREATE POLICY desk_{number:02} ON {table} FOR {right.verb} TO {to} {_condition(right)}")
    adding = sorted({group for right in rights if right.verb == "INSERT" for group in right.groups})
    for sequence in _sequences(connection, table) if adding else ():
        run(f"GRANT USAGE ON SEQUENCE {sequence} TO {', '.join(role(connection, group) for group in adding)}")


def _condition(right: Right) -> str:
    rows = right.rows or "true"
    if right.verb == "INSERT":
        return f"WITH CHECK ({rows})"
    return f"USING ({rows})" + (f" WITH CHECK ({right.becomes or rows})" if right.verb == "UPDATE" else "")


def _sequences(connection: Connection, table: str) -> list[str]:
    """The sequences that number a table's rows."""
    query = text(
        "SELECT d.objid::regclass::text FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'"
        " WHERE d.deptype IN ('a', 'i') AND d.refobjid = CAST(:table AS regclass)"
    )
    return list(connection.execute(query, {"table": table}).scalars())


def _functions(connection: Connection, everybody: str) -> None:
    run = connection.exec_driver_sql
    run(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC, {everybody}")
    query = text(
        "SELECT proname, oid::regprocedure::text AS signature, provolatile <> 'v' AS reads FROM pg_proc"
        " WHERE pronamespace = 'ledger'::regnamespace AND NOT starts_with(proname, '_')"
    )
    for name, signature, reads in connection.execute(query).all():
        if name in FOR_SUPERVISORS:
            groups = [SUPERVISOR]
        elif reads:
            groups = list(GROUPS)
        else:
            groups = [AGENT, SUPERVISOR, *([SYNC] if name.startswith(FOR_SYNC) else [])]
        run(f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(role(connection, g) for g in groups)}")


def _feed(connection: Connection, everybody: str) -> None:
    """What tells consoles of changes: read by all, written by its triggers alone, forgotten by who keeps house."""
    run = connection.exec_driver_sql
    run(f"REVOKE ALL ON desk.change, desk.horizon FROM PUBLIC, {everybody}")
    run(f"GRANT SELECT ON desk.change TO {everybody}")
    run(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA desk FROM PUBLIC, {everybody}")
    for function in _FOR_POLICIES:
        run(f"GRANT EXECUTE ON FUNCTION desk.{function} TO {everybody}")
    run(f"GRANT EXECUTE ON FUNCTION desk.prune() TO {role(connection, SYNC)}")
    run(f"GRANT EXECUTE ON FUNCTION desk.move_drafts(uuid, uuid) TO {role(connection, AGENT)}")
