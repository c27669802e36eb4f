"""Whether approvals, vouchers, fulfilments and words say the same as the entries of the ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, or_, select, text

from agentconsole.store.ledger import tables as t
from agentconsole.store.ledger.bygone import Policy
from agentconsole.store.ledger.findings import Finding
from agentconsole.store.ledger.hashing import microseconds
from agentconsole.store.ledger.lines import Line
from agentconsole.store.ledger.within import Decision, Within
from agentconsole.store.tables import customer

_SLACK = 60_000_000
OPEN = ("requested", "approved")
"""States in which an approval holds money back."""


class Approvals:
    """What was asked for and decided, by the approvals' own rows and by the entries.

    :param known: the policies there were. :param wrong: findings are added here.
    """

    def __init__(self, connection: Connection, known: dict[int, Policy], wrong: list[Finding]) -> None:
        self._connection, self._known, self._wrong = connection, known, wrong
        self.rows: dict[str, Row[Any]] = {str(row.id): row for row in connection.execute(select(t.approval))}
        self._said: defaultdict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
        self._decisions: dict[str, Decision] = {}

    def entry(self, line: Line) -> None:
        """An entry, of whatever kind."""
        if line.approval_id is None:
            return
        self._said[line.approval_id][line.entry].append(line)
        if line.entry == "approve":
            self._decisions[line.approval_id] = Decision(line.agent, line.at, line.amount, line.policy)

    def decision(self, approval: str) -> Decision | None:
        """How an approval was decided, where it was approved."""
        return self._decisions.get(approval)

    def end(self) -> None:
        """Every entry was taken."""
        for approval in sorted(self.rows.keys() | self._said.keys()):
            row, said = self.rows.get(approval), self._said[approval]
            if row is None or not self._asked(row, said) or not self._answered(row, said):
                self._wrong.append(Finding("approval", f"approval {approval}"))
            if row is not None:
                self._used(row, said["grant"])
            for line in said["approve"]:
                self._allowed(line, row)

    def _asked(self, row: Row[Any], said: dict[str, list[Line]]) -> bool:
        """One request, and it is what the row has."""
        return [line.agent for line in said["request"]] == [row.requester] and all(
            (UUID(line.conversation_id), UUID(line.customer_id), line.kind, line.purse, line.amount, line.currency,
             line.reason, line.team, UUID(line.key))
            == (row.conversation_id, row.customer_id, row.kind, row.purse, row.amount, row.currency, row.reason,
                row.team, row.key)
            for line in said["request"]
        )  # fmt: skip

    def _answered(self, row: Row[Any], said: dict[str, list[Line]]) -> bool:
        """As many answers as the state has, from whom the row has."""
        approved, refused = said["approve"], said["refuse"]
        if any((line.agent, line.amount) != (row.approver, row.granted) for line in approved):
            return False
        if any(line.agent != row.approver for line in refused):
            return False
        many = {"requested": (0, 0), "approved": (1, 0), "used": (1, 0), "refused": (0, 1)}
        counted = (len(approved), len(refused))
        return counted == many[row.state] if row.state in many else counted in ((0, 0), (1, 0))

    def _used(self, row: Row[Any], grants: list[Line]) -> None:
        """By one grant at most, which is what was approved, before it expired."""
        if len(grants) > 1:
            self._wrong.append(Finding("approval_twice", grants[1].place))
        fine = len(grants) == (row.state == "used")
        for line in grants:
            fine = fine and (
                (line.agent, line.amount, line.kind, line.currency, line.reason, line.charged_to)
                == (row.requester, row.granted, row.kind, row.currency, row.reason, row.approver)
                and line.period == str(row.approver_period)
                and line.at <= microseconds(row.expires_at) + _SLACK
                and self._same_customer(UUID(line.customer_id), row.customer_id)
            )
        if not fine and len(grants) < 2:
            self._wrong.append(Finding("approval", f"approval {row.id}"))

    def _same_customer(self, one: UUID, other: UUID) -> bool:
        root = func.coalesce(customer.c.linked_to, customer.c.id)
        both = select(root).where(customer.c.id.in_([one, other])).distinct()
        return one == other or len(self._connection.execute(both).all()) == 1

    def _allowed(self, line: Line, row: Row[Any] | None) -> None:
        """Who approved might, and is not who asked."""
        policy = self._known.get(line.policy)
        requester = row.requester if row is not None else None
        if policy is None or requester is None:
            return
        if line.agent == requester or policy.person(line.agent) == policy.person(requester):
            self._wrong.append(Finding("four_eyes", line.place))
        rule = policy.rules.get((line.agent, line.currency, line.kind))
        if rule is None or (requester, line.agent) not in policy.approvers:
            self._wrong.append(Finding("no_rule", line.place))
        elif line.amount > rule["ceiling"]:
            self._wrong.append(Finding("ceiling", line.place, f"{line.amount} > {rule['ceiling']}"))


def vouchers(connection: Connection, within: Within, known: dict[int, Policy]) -> list[Finding]:
    """Each voucher that was given belongs to one grant of its amount, each grant of vouchers has one."""
    readable = text("SELECT has_column_privilege('ledger_voucher', 'entry_id', 'SELECT')")
    if connection.dialect.name != "sqlite" and not connection.execute(readable).scalar_one():
        return [Finding("voucher_unseen", "vouchers")]
    v, wrong = t.voucher.c, []
    given: Counter[str] = Counter()
    query = select(v.pool, v.amount, v.currency, v.entry_id, v.burnt).where(v.entry_id.is_not(None))
    for pool, amount, currency, entry, burnt in connection.execute(query):
        charge = within.grants.get(str(entry))
        policy = known.get(charge.policy) if charge else None
        kind = policy.kinds.get(charge.kind) if policy and charge else None
        if charge is None or kind is None or (charge.amount, charge.currency) != (amount, currency):
            wrong.append(Finding("voucher", charge.place if charge else f"pool {pool}"))
        elif kind["how"] != "voucher" or kind["pool"] != pool or bool(burnt) != (str(entry) in within.voids):
            wrong.append(Finding("voucher", charge.place))
        given[str(entry)] += 1
    by_voucher = {
        (version, kind)
        for version, policy in known.items()
        for kind, row in policy.kinds.items()
        if row["how"] == "voucher"
    }
    for grant, charge in within.grants.items():
        has = given[grant]
        if has > 1 or (not has and (charge.policy, charge.kind) in by_voucher and grant not in within.voids):
            wrong.append(Finding("voucher_missing", charge.place))
    return wrong


def fulfilments(connection: Connection) -> list[Finding]:
    """Each grant is fulfilled by somebody, and nothing else is."""
    e, f = t.entry.c, t.fulfilment.c
    theirs = and_(f.entry_id == e.id, e.entry == "grant")
    missing = select(e.agent, e.seq).outerjoin(t.fulfilment, theirs).where(e.entry == "grant", f.entry_id.is_(None))
    stray = select(f.entry_id).outerjoin(t.entry, theirs).where(e.id.is_(None))
    return [
        *(Finding("fulfilment", f"{agent} {seq}") for agent, seq in connection.execute(missing)),
        *(Finding("fulfilment", f"entry {entry}") for entry in connection.execute(stray).scalars()),
    ]


_REPEATED = (
    "conversation_id", "customer_id", "kind", "purse", "amount", "currency", "reason", "team", "charged_to", "period",
    "team_period",
)  # fmt: skip


def reversals(connection: Connection) -> list[Finding]:
    """Each void and each reveal is about a grant, and says the same as it."""
    granted, e = t.entry.alias("granted"), t.entry.c
    grant = granted.c
    other = or_(*(e[name].is_distinct_from(grant[name]) for name in _REPEATED))
    query = (
        select(e.agent, e.seq, e.entry)
        .outerjoin_from(t.entry, granted, and_(grant.id == e.refers, grant.entry == "grant"))
        .where(e.entry.in_(("void", "reveal")), or_(grant.id.is_(None), other))
    )
    return [Finding(entry, f"{agent} {seq}") for agent, seq, entry in connection.execute(query)]


def stray_words(connection: Connection) -> list[Finding]:
    """Words about entries that are not there: those were taken out of the ledger."""
    e, w = t.entry, t.words
    query = select(w.c.entry_id).outerjoin(e, e.c.id == w.c.entry_id).where(e.c.id.is_(None))
    return [Finding("text_stray", f"entry {entry}") for entry in connection.execute(query).scalars()]
