"""The ledger on SQLite: it says what it wants to write, and the triggers of ``store/sql/sqlite`` decide.

They also keep the counters, approvals, vouchers and fulfilments, so that an entry written by hand is held to the same
rules and does the same. Whoever owns the file owns it, though: what is promised here is that tampering shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, RootTransaction, Row, select

from agentconsole.model.gesture import Code, EntryKind, Wanted
from agentconsole.model.ids import new_id
from agentconsole.store.ledger.appending import About, append, refusals
from agentconsole.store.ledger.base import Written, refuse
from agentconsole.store.ledger.periods import cover
from agentconsole.store.ledger.tables import voucher as v
from agentconsole.store.types import storable

_UNCOMMITTED: WeakKeyDictionary[RootTransaction, set[UUID]] = WeakKeyDictionary()
"""Grants whose code a transaction that still runs asked for: they are shown by a later one."""
_COPIED = "conversation_id, customer_id, kind, purse, amount, currency, reason, team, charged_to, period, team_period"
_MOST = 2**62


class SqliteLedger:
    """The acts of :class:`agentconsole.store.ledger.base.Ledger`; who acts is who the program says acts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _row(self, sql: str, *values: Any) -> Row[Any] | None:
        return self._connection.exec_driver_sql(sql, values).first()

    def _value(self, sql: str, *values: Any) -> Any:
        return self._connection.exec_driver_sql(sql, values).scalar()

    def apply_policy(self, author: str, document: str, digest: str) -> int:
        """Insert the document; a trigger makes the rules from it."""
        last = self._row("SELECT version, digest FROM ledger_policy ORDER BY version DESC LIMIT 1")
        if last and last.digest == digest:
            return int(last.version)
        version = last.version + 1 if last else 1
        with refusals():
            self._connection.exec_driver_sql(
                "INSERT INTO ledger_policy (version, at, author, digest, document)"
                " SELECT ?, at, ?, ?, ? FROM ledger_clock",
                (version, author, digest, document),
            )
        cover(self._connection)
        return int(version)

    def grant(self, agent: str, key: UUID, wanted: Wanted, approval: UUID | None = None) -> Written:
        """Write a grant, charged as it is without an approval, or as the approval was."""
        before = self._before(agent, key, EntryKind.GRANT, wanted, approval)
        if before:
            return Written(UUID(bytes=before.id), replayed=True)

        def about() -> About:
            found = self._wanted(agent, wanted)
            return found if approval is None else self._approved(found, approval)

        made = append(self._connection, agent, EntryKind.GRANT, key, about, (wanted.proof, ""))
        return Written(made, replayed=False)

    def request(self, agent: str, key: UUID, wanted: Wanted, remark: str = "") -> Written:
        """Write a request; the trigger makes its approval."""
        before = self._before(agent, key, EntryKind.REQUEST, wanted, None, remark)
        if before:
            return Written(UUID(bytes=before.approval_id), replayed=True)
        made = new_id()

        def about() -> About:
            found = self._wanted(agent, wanted)
            return replace(found, approval_id=made.bytes, period=found.team_period or found.period)

        append(self._connection, agent, EntryKind.REQUEST, key, about, (wanted.proof, remark))
        return Written(made, replayed=False)

    def approve(self, agent: str, approval: UUID, amount: int, remark: str = "") -> None:
        """Write an approval, for the amount or less."""
        self._decide(agent, approval, EntryKind.APPROVE, amount, remark)

    def refuse(self, agent: str, approval: UUID, remark: str) -> None:
        """Write a refusal."""
        self._decide(agent, approval, EntryKind.REFUSE, None, remark)

    def withdraw(self, agent: str, approval: UUID) -> None:
        """End a request of one's own; a trigger frees what it held back."""
        self._known(agent)
        found = self._row("SELECT requester, state FROM ledger_approval WHERE id = ?", approval.bytes)
        if found is None or found.state not in ("requested", "approved"):
            refuse("no_request")
        if found.requester != agent:
            refuse("approval_mismatch")
        with refusals():
            self._value("UPDATE ledger_approval SET state = 'withdrawn' WHERE id = ? RETURNING 1", approval.bytes)

    def expire(self) -> int:
        """End what has expired; a trigger frees what it held back."""
        with refusals():
            return self._connection.exec_driver_sql(
                "UPDATE ledger_approval SET state = 'expired'"
                " WHERE state IN ('requested', 'approved') AND expires_at <= (SELECT at FROM ledger_clock)"
            ).rowcount

    def void(self, agent: str, key: UUID, entry: UUID, remark: str = "") -> Written:
        """Write a reversing entry."""
        before = self._row(
            "SELECT e.id FROM ledger_entry e JOIN ledger_agent a ON a.id = e.agent AND a.active = 1"
            " LEFT JOIN ledger_text t ON t.entry_id = e.id"
            " WHERE e.agent = ? AND e.key = ? AND e.entry = 'void' AND e.refers = ? AND coalesce(t.remark = ?, 1)",
            *(agent, key.bytes, entry.bytes, storable(remark)),
        )
        if before:
            return Written(UUID(bytes=before.id), replayed=True)
        made = append(self._connection, agent, EntryKind.VOID, key, lambda: self._of(entry), ("", remark))
        return Written(made, replayed=False)

    def reveal(self, agent: str, entry: UUID) -> Code | None:
        """Write down that an agent sees a code, each of them once; the code itself comes with a later transaction."""
        transaction = self._connection.get_transaction()
        if not isinstance(transaction, RootTransaction):
            refuse("refused")
        pending = _UNCOMMITTED.setdefault(transaction, set())
        if entry in pending:
            return None
        seen = self._value(
            "SELECT 1 FROM ledger_entry e JOIN ledger_agent a ON a.id = e.agent AND a.active = 1 WHERE e.refers = ?"
            " AND e.entry = 'reveal' AND e.agent = ?"
            " AND NOT EXISTS (SELECT 1 FROM ledger_entry v WHERE v.refers = e.refers AND v.entry = 'void')",
            *(entry.bytes, agent),
        )
        if not seen:
            append(self._connection, agent, EntryKind.REVEAL, uuid4(), lambda: self._of(entry), ("", ""))
            pending.add(entry)
            return None
        query = select(v.c.code, v.c.amount, v.c.currency, v.c.expires).where(v.c.entry_id == entry)
        found = self._connection.execute(query).first()
        if found is None:
            refuse("no_code")
        return Code(*found)

    def add_vouchers(self, pool: str, vouchers: list[Code]) -> int:
        """Put codes into a pool; who may is for the desk to know."""
        at = self._value("SELECT at FROM ledger_clock")
        added = 0
        with refusals():
            for voucher in vouchers:
                known = self._value("SELECT 1 FROM ledger_voucher WHERE pool = ? AND code = ?", pool, voucher.code)
                if known:
                    continue
                expires = voucher.expires.isoformat() if voucher.expires else None
                values = (pool, voucher.code, voucher.amount, voucher.currency, expires, at)
                self._connection.exec_driver_sql(_VOUCHER, values)
                added += 1
        return added

    def review(self, agent: str, entry: UUID, verdict: str, remark: str) -> None:
        """Write a verdict."""
        with refusals():
            self._connection.exec_driver_sql(
                "INSERT INTO ledger_review (entry_id, at, reviewer, verdict, remark)"
                " SELECT ?, max(at, 1 + coalesce((SELECT max(at) FROM ledger_review WHERE entry_id = ?), 0)), ?, ?, ?"
                " FROM ledger_clock",
                (entry.bytes, entry.bytes, agent, verdict, storable(remark)),
            )

    def erase(self, agent: str, customers: list[UUID]) -> None:
        """Mark these customers as erased, and delete the words about their entries."""
        self._known(agent)
        if not self._value("SELECT supervisor FROM ledger_agent WHERE id = ?", agent):
            refuse("not_supervisor")
        with refusals():
            for customer in customers:
                for sql in _ERASE:
                    self._connection.exec_driver_sql(sql, (customer.bytes,))

    def _known(self, agent: str) -> None:
        if not self._value("SELECT 1 FROM ledger_setting"):
            refuse("no_policy")
        if not self._value("SELECT 1 FROM ledger_agent WHERE id = ? AND active = 1", agent):
            refuse("unknown_agent")

    def _before(
        self, agent: str, key: UUID, entry: EntryKind, wanted: Wanted, approval: UUID | None, remark: str = ""
    ) -> Row[Any] | None:
        """The entry under a key, where it was written for just the same; a trigger refuses what differs."""
        found = self._row(_BEFORE, agent, key.bytes, str(entry))
        if found is None:
            return None
        asked = (wanted.conversation.bytes, wanted.kind, wanted.amount, wanted.currency, wanted.reason)
        words = (storable(wanted.proof), storable(remark))
        same = asked == (found.conversation_id, found.kind, found.amount, found.currency, found.reason)
        same = same and (found.proof is None or words == (found.proof, found.remark))
        if entry is EntryKind.GRANT:
            same = same and found.approval_id == (approval.bytes if approval else None)
        return found if same else None

    def _wanted(self, agent: str, wanted: Wanted) -> About:
        """What an agent's own gesture is charged to."""
        found = self._row(
            "SELECT c.id AS id, coalesce(c.linked_to, c.id) AS root FROM conversation k"
            " JOIN customer c ON c.id = k.customer_id WHERE k.id = ?",
            wanted.conversation.bytes,
        )
        rule = found and self._row(
            "SELECT purse, team, begins, team_begins FROM ledger_standing"
            " WHERE root = ? AND agent = ? AND currency = ? AND kind = ?",
            *(found.root, agent, wanted.currency, wanted.kind),
        )
        return About(
            conversation_id=wanted.conversation.bytes,
            customer_id=found.id if found else None,
            kind=wanted.kind,
            purse=rule.purse if rule else str(wanted.purse),
            amount=wanted.amount if abs(wanted.amount) < _MOST else 0,
            currency=wanted.currency,
            reason=wanted.reason,
            team=rule.team if rule else None,
            charged_to=agent,
            period=rule.begins if rule else None,
            team_period=rule.team_begins if rule else None,
        )

    def _approved(self, about: About, approval: UUID) -> About:
        """The same, charged to who approved it."""
        found = self._row(
            "SELECT p.approver, p.team, p.approver_period, q.team_period FROM ledger_approval p"
            " JOIN ledger_entry q ON q.agent = p.requester AND q.key = p.key WHERE p.id = ?",
            approval.bytes,
        )
        charged_to, team, period, team_period = tuple(found) if found else (None,) * 4
        return replace(
            about, approval_id=approval.bytes, charged_to=charged_to, team=team, period=period, team_period=team_period
        )

    def _decide(self, agent: str, approval: UUID, entry: EntryKind, amount: int | None, remark: str) -> None:
        def about() -> About:
            found = self._row(
                "SELECT p.conversation_id, p.customer_id, p.kind, p.purse, p.amount, p.currency, p.reason, p.team,"
                " (SELECT n.begins FROM ledger_rule r JOIN ledger_now n ON n.period = r.period"
                "  WHERE r.agent = ? AND r.currency = p.currency AND r.kind = p.kind) AS period, q.team_period"
                " FROM ledger_approval p JOIN ledger_entry q ON q.agent = p.requester AND q.key = p.key"
                " WHERE p.id = ?",
                *(agent, approval.bytes),
            )
            said = About(**(found._asdict() if found else {}))
            if amount is not None:
                said = replace(said, amount=amount if abs(amount) < _MOST else 0)
            return replace(said, charged_to=agent, approval_id=approval.bytes)

        append(self._connection, agent, entry, uuid4(), about, ("", remark))

    def _of(self, entry: UUID) -> About:
        """What a grant says, for an entry that refers to it."""
        found = self._row(f"SELECT {_COPIED} FROM ledger_entry WHERE id = ? AND entry = 'grant'", entry.bytes)
        return replace(About(**(found._asdict() if found else {})), refers=entry.bytes)


_BEFORE = (
    "SELECT e.id, e.conversation_id, e.kind, e.amount, e.currency, e.reason, e.approval_id, t.proof, t.remark"
    " FROM ledger_entry e JOIN ledger_agent a ON a.id = e.agent AND a.active = 1"
    " JOIN conversation k ON k.id = e.conversation_id"
    " JOIN customer c ON c.id = k.customer_id AND c.erased_at IS NULL"
    " LEFT JOIN ledger_text t ON t.entry_id = e.id WHERE e.agent = ? AND e.key = ? AND e.entry = ?"
)
_VOUCHER = (
    "INSERT INTO ledger_voucher (pool, code, amount, currency, expires, imported_at, burnt)"
    " VALUES (?, ?, ?, ?, ?, ?, 0)"
)  # fmt: skip
_ERASE = (
    "UPDATE customer SET erased_at = (SELECT at FROM ledger_clock) WHERE id = ? AND erased_at IS NULL",
    "DELETE FROM ledger_text WHERE entry_id IN (SELECT id FROM ledger_entry WHERE customer_id = ?)",
    "UPDATE ledger_review SET remark = '' WHERE entry_id IN (SELECT id FROM ledger_entry WHERE customer_id = ?)",
)
