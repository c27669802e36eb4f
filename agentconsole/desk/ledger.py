"""Checking and reading the ledger of goodwill gestures: verify, heads, export, report.

A month is a calendar month in the brand's time zone. An entry counts in the month in which it was written, a void too:
what was told of a month that is over stays true, and its figures are the sum of its entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from agentconsole.config import Role
from agentconsole.config.amounts import units
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.gesture import Entry
from agentconsole.store.ledger import entries, guards, verifying
from agentconsole.store.ledger.base import refuse
from agentconsole.store.ledger.budgets import Used, used
from agentconsole.store.ledger.entries import Sum
from agentconsole.store.ledger.findings import Finding
from agentconsole.store.ledger.verifying import Head, heads_digest

__all__ = [
    "FIELDS", "Finding", "Head", "Month", "Report", "Sum", "export", "heads", "heads_digest", "may_see_all", "month_of",
    "read_heads", "report", "this_month", "unguarded", "verify",
]  # fmt: skip

FIELDS = (
    "id", "agent", "seq", "entry", "at", "number", "conversation", "customer", "kind", "purse", "amount", "currency",
    "reason", "proof", "remark", "team", "charged_to", "period", "team_period", "key", "approval", "refers", "policy",
    "text_digest", "prev", "hash",
)  # fmt: skip
"""What an exported entry has, in this order."""
_AT_ONCE = 1_000
_HEAD = re.compile(r"(\S+) (\d+) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def moved(self, months: int) -> Month:
        """The month that many months later, earlier where negative."""
        year, before = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, before + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def span(self, desk: Desk) -> tuple[datetime, datetime]:
        """From when on and before when, UTC: midnights in the brand's time zone."""
        return _midnight(self.first, desk), _midnight(self.moved(1).first, desk)


def this_month(desk: Desk) -> Month:
    """The month that runs, in the brand's time zone."""
    today = desk.now().astimezone(desk.config.zone)
    return Month(today.year, today.month)


def month_of(words: str, desk: Desk) -> Month:
    """A month as it is typed: ``2026-03``; the one that runs where empty.

    :raises UsageError: anything else.
    """
    if not words:
        return this_month(desk)
    found = re.fullmatch(r"(\d{4})-(\d{2})", words, re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[1]) < 9999:
        raise UsageError(_("{words!r} is no month.").format(words=words), _("Write it so: 2026-03."))
    return Month(int(found[1]), int(found[2]))


def _midnight(day: date, desk: Desk) -> datetime:
    return datetime.combine(day, time(), desk.config.zone).astimezone(UTC)


def may_see_all(desk: Desk, connection: Connection | None = None) -> bool:
    """Whoever is at the keyboard sees the whole ledger: on SQLite everybody with the file; on PostgreSQL supervisors,
    auditors and who set up the desk, which the database says."""
    if desk.store.sqlite:
        return True
    if connection is not None:
        return bool(connection.execute(text(_SEES_ALL)).scalar_one())
    with desk.store.read() as opened:
        return bool(opened.execute(text(_SEES_ALL)).scalar_one())


_SEES_ALL = """
SELECT ledger.sees_all() OR pg_has_role(session_user, c.relowner, 'USAGE')
FROM pg_class c WHERE c.oid = 'public.ledger_entry'::regclass
"""


def whole(desk: Desk, connection: Connection) -> None:
    """:raises RuleRefused: ``not_supervisor``: only a part of the ledger can be seen, and sums of it would mislead."""
    if not may_see_all(desk, connection):
        refuse("not_supervisor")


def supervises(desk: Desk) -> bool:
    """Whoever is at the keyboard is a supervisor, or the desk has none."""
    return desk.agent.role is Role.SUPERVISOR or not any(a.role is Role.SUPERVISOR for a in desk.config.agents)


def verify(desk: Desk, kept: Iterable[Head] = ()) -> list[Finding]:
    """All that is wrong with the ledger; nothing where it is whole.

    :param kept: of :func:`read_heads`. :raises RuleRefused: not all of the ledger can be seen.
    """
    with desk.store.read() as connection:
        whole(desk, connection)
        return verifying.verify(connection, kept)


def unguarded(desk: Desk) -> list[Finding]:
    """Triggers and views of an SQLite desk that are missing or were changed, its clock among them: entries may be whole
    and yet written past the rules. On PostgreSQL only the desk's owner could change any."""
    if not desk.store.sqlite:
        return []
    with desk.store.read() as connection:
        return [Finding("guard", name) for name in guards.altered(connection)]


def heads(desk: Desk) -> list[Head]:
    """The end of each agent's chain, to be kept outside: whoever cuts entries off cannot change what was kept.

    :raises RuleRefused: not all of the ledger can be seen.
    """
    with desk.store.read() as connection:
        whole(desk, connection)
        return verifying.heads(connection)


def read_heads(path: Path) -> list[Head]:
    """Heads as ``ledger heads`` printed them: lines of agent, place and hash; others are passed over.

    :raises UsageError: the file cannot be read, or holds none.
    """
    try:
        written = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", _("Give the file that `agentconsole ledger heads` was kept in.")) from None
    found = [_HEAD.fullmatch(line.strip()) for line in written.splitlines()]
    kept = [Head(line[1], int(line[2]), line[3]) for line in found if line]
    if not kept:
        raise UsageError(
            _("{path} holds no heads.").format(path=path),
            _("Give the file that `agentconsole ledger heads` was kept in."),
        )
    return kept


def export(desk: Desk, since: datetime | None = None, until: datetime | None = None) -> Iterator[dict[str, Any]]:
    """The entries from ``since`` on and before ``until`` (UTC), oldest first, with :data:`FIELDS`.

    Amounts are text in units with a point, of a void negative: those of grants and voids add up to what was spent.
    Times are ISO 8601 in UTC to the microsecond, identifiers and hashes text; ``number`` is the conversation's, and
    ``proof`` and ``remark`` are what people wrote: null where it was erased.

    :raises RuleRefused: not all of the ledger can be seen.
    """
    with desk.store.read() as connection:
        whole(desk, connection)
        streamed = entries.entries(connection, since, until)
        for some in iter(lambda: list(islice(streamed, _AT_ONCE)), []):
            numbers = entries.numbers(connection, [entry.conversation for entry in some])
            words = entries.words(connection, [entry.id for entry in some])
            for entry in some:
                proof, remark = words.get(entry.id, (None, None))
                fields = _fields(entry) | {"proof": proof, "remark": remark, "number": numbers[entry.conversation]}
                yield {name: fields[name] for name in FIELDS}


def _fields(entry: Entry) -> dict[str, Any]:
    amount = -entry.amount if entry.entry == "void" else entry.amount
    return {
        "id": str(entry.id),
        "agent": entry.agent,
        "seq": entry.seq,
        "entry": str(entry.entry),
        "at": entry.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "conversation": str(entry.conversation),
        "customer": str(entry.customer),
        "kind": entry.kind,
        "purse": str(entry.purse),
        "amount": units(amount, entry.currency),
        "currency": entry.currency,
        "reason": entry.reason,
        "team": entry.team,
        "charged_to": entry.charged_to,
        "period": entry.period.isoformat(),
        "team_period": entry.team_period.isoformat() if entry.team_period else None,
        "key": str(entry.key),
        "approval": str(entry.approval) if entry.approval else None,
        "refers": str(entry.refers) if entry.refers else None,
        "policy": entry.policy,
        "text_digest": entry.text_digest.hex(),
        "prev": entry.prev.hex(),
        "hash": entry.hash.hex(),
    }


@dataclass(frozen=True, slots=True)
class Report:
    """A month: what was given and voided, and how much of the budgets that began in it is used.

    :param sums: one for each agent, reason, kind, customer and currency.
    """

    month: Month
    sums: tuple[Sum, ...]
    budgets: tuple[Used, ...]

    def totals(self, by: str = "") -> dict[tuple[str, str], Sum]:
        """Added up by (value, currency) of a field of :class:`Sum`, ``agent``, ``reason``, ``kind`` or ``customer``;
        by currency alone (with an empty value) where none is named."""
        return added(self.sums, by)


def added(parts: Sequence[Sum], by: str = "") -> dict[tuple[str, str], Sum]:
    """Sums put together, the largest first; never across currencies."""
    found: dict[tuple[str, str], list[int]] = {}
    for part in parts:
        figures = found.setdefault((str(getattr(part, by)) if by else "", part.currency), [0, 0, 0, 0])
        for place, value in enumerate((part.given, part.voided, part.gestures, part.voids)):
            figures[place] += value
    summed = {
        key: Sum(
            key[0] if by == "agent" else "", key[0] if by == "reason" else "", key[0] if by == "kind" else "",
            None, key[1], *figures,
        )
        for key, figures in found.items()
    }  # fmt: skip
    return dict(sorted(summed.items(), key=lambda item: (item[0][1], -item[1].net, item[0][0])))


def report(desk: Desk, month: Month) -> Report:
    """What was given in a month. :raises RuleRefused: not all of the ledger can be seen."""
    with desk.store.read() as connection:
        whole(desk, connection)
        since, until = month.span(desk)
        found = tuple(entries.sums(connection, since, until))
        return Report(month, found, tuple(used(connection, month.first, month.moved(1).first)))
