"""Verifying a ledger in one pass over its entries, on either engine, without trusting what guards it.

Looked at is whether each chain is whole (hashes, order, no gap) and ends at its head; whether words are those that were
written; whether each grant was within what the policy of its time allowed; whether counters, approvals and vouchers
say the same as the entries. What was cut off the end of a chain, counters and all, only kept heads tell: see
:func:`heads`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from agentconsole.store.ledger import tables as t
from agentconsole.store.ledger.agreeing import Approvals, fulfilments, reversals, stray_words, vouchers
from agentconsole.store.ledger.bygone import holding, policies
from agentconsole.store.ledger.counting import Counters
from agentconsole.store.ledger.findings import Finding
from agentconsole.store.ledger.hashing import START, hash_of, text_digest
from agentconsole.store.ledger.lines import Line, hashed_text, lines
from agentconsole.store.ledger.within import Within
from agentconsole.store.tables import customer


class Head(NamedTuple):
    """The end of an agent's chain: the hash covers every entry up to there."""

    agent: str
    seq: int
    hash: str


def heads(connection: Connection) -> list[Head]:
    """The end of each chain, by agent, as the entries have it; hash in hexadecimal."""
    e, newest = t.entry.c, t.chain.c
    query = select(e.agent, e.seq, e.hash).join(t.chain, (newest.agent == e.agent) & (newest.seq == e.seq))
    return [Head(agent, seq, value.hex()) for agent, seq, value in connection.execute(query.order_by(e.agent))]


def verify(connection: Connection, kept: Iterable[Head] = ()) -> list[Finding]:
    """All that is wrong with the ledger; nothing where it is whole.

    :param kept: heads that were written down earlier: their entries must still be there, as they were.
    """
    known, wrong = policies(connection)
    wrong += holding(connection, known)
    erased = set(connection.execute(select(customer.c.id).where(customer.c.erased_at.is_not(None))).scalars())
    chains = _Chains({str(one) for one in erased}, kept, wrong)
    approvals = Approvals(connection, known, wrong)
    within, counters = Within(known, approvals, wrong), Counters()
    for line in lines(connection):
        chains.follow(line)
        approvals.entry(line)
        if line.entry == "grant":
            within.grant(line)
            counters.grant(line)
        elif line.entry == "void":
            within.void(line)
            counters.void(line)
    chains.end(connection)
    within.end()
    approvals.end()
    wrong += counters.compared(connection, known, approvals)
    wrong += vouchers(connection, within, known)
    wrong += fulfilments(connection)
    wrong += reversals(connection) + stray_words(connection)
    return wrong


class _Chains:
    """Follows the chains, one after another."""

    def __init__(self, erased: set[str], kept: Iterable[Head], wrong: list[Finding]) -> None:
        self._erased, self._wrong = erased, wrong
        self._kept = {(head.agent, head.seq): head.hash for head in kept}
        self._agent, self._seq, self._head = "", 0, START
        self._ends: dict[str, tuple[int, bytes]] = {}

    def follow(self, line: Line) -> None:
        """The next entry of the chain, or the first one of the next agent's."""
        if line.agent != self._agent:
            self._agent, self._seq, self._head = line.agent, 0, START
        if line.seq != self._seq + 1:
            self._wrong.append(Finding("gap", line.place, str(self._seq + 1)))
        elif line.prev != self._head:
            self._wrong.append(Finding("prev", line.place))
        if hash_of(line.prev, hashed_text(line)) != line.hash:
            self._wrong.append(Finding("hash", line.place))
        if self._kept and (kept := self._kept.pop((line.agent, line.seq), None)) and kept != line.hash.hex():
            self._wrong.append(Finding("kept_head", line.place))
        self._seq, self._head = line.seq, line.hash
        self._ends[line.agent] = (line.seq, line.hash)
        self._words(line)

    def _words(self, line: Line) -> None:
        if line.salt is None:
            if line.customer_id not in self._erased:
                self._wrong.append(Finding("text_missing", line.place))
        elif text_digest(line.salt, line.proof or "", line.remark or "") != line.text_digest:
            self._wrong.append(Finding("text", line.place))

    def end(self, connection: Connection) -> None:
        """Each chain ends where its head says; every kept head was met."""
        c = t.chain.c
        held = {agent: (seq, bytes(head)) for agent, seq, head in connection.execute(select(c.agent, c.seq, c.head))}
        for agent in sorted(held.keys() | self._ends.keys()):
            seq, head = held.get(agent, (0, START))
            if (seq, head) != self._ends.get(agent, (0, head)):
                self._wrong.append(Finding("head", f"{agent} {seq}", str(self._ends.get(agent, (0, START))[0])))
        self._wrong += [Finding("kept_head", f"{agent} {seq}") for agent, seq in sorted(self._kept)]


def heads_digest(found: Iterable[Head]) -> str:
    """SHA-256 of all heads, hexadecimal: one line to write down in place of many."""
    return hashlib.sha256("".join(f"{h.agent} {h.seq} {h.hash}\n" for h in found).encode()).hexdigest()
