"""Voucher codes: brought as CSV, counted by pool, reported where they run low. What a code says is never told again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from agentconsole.config import Role
from agentconsole.config.amounts import minor
from agentconsole.desk import voucher_file
from agentconsole.desk.context import Desk
from agentconsole.desk.voucher_file import Bad
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.gesture import Code, FulfilmentHow
from agentconsole.store.ledger import ledger_of, vouchers
from agentconsole.store.ledger.base import refuse
from agentconsole.store.ledger.vouchers import Stock

MOST_BYTES = 64_000_000
"""A larger file is no list of codes."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file: how many codes are in the pool now, and the lines that are not, by their number."""

    pool: str
    added: int
    bad: tuple[Bad, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A stock, and whether it is lower than ``low_stock`` allows."""

    stock: Stock
    low: bool


def bring(desk: Desk, file: Path, pool: str) -> Brought:
    """Put the codes of a CSV file into a pool, in one transaction: all that are good, and a reason for each other line.

    :raises UsageError: no kind is fulfilled from such a pool; the file cannot be read, or its header names no codes.
    :raises RuleRefused: ``not_supervisor``.
    """
    if desk.agent.role is not Role.SUPERVISOR and any(agent.role is Role.SUPERVISOR for agent in desk.config.agents):
        refuse("not_supervisor")
    _known_pool(desk, pool)
    codes, bad = voucher_file.parse(_read(file), currency=desk.config.gestures.currency, today=_today(desk))
    with desk.store.write() as connection:
        there = vouchers.known(connection, pool, [item.code for _line, item in codes])
        new: list[Code] = []
        for line, item in codes:
            if item.code in there:
                bad.append(Bad(line, "known", _("the pool has that code already")))
            else:
                new.append(item)
        added = ledger_of(connection).add_vouchers(pool, new) if new else 0
    return Brought(pool, added, tuple(sorted(bad, key=lambda item: item.line)))


def counted(desk: Desk) -> list[Counted]:
    """All pools, by currency and amount: what the catalogue offers is there with nothing where there is none.

    Low is what there are fewer free codes of than ``low_stock``; of amounts that the catalogue does not offer any more,
    only while some are left.
    """
    with desk.store.read() as connection:
        there = {(s.pool, s.currency, s.amount): s for s in vouchers.stock(connection, _today(desk))}
    offered = {key: Stock(key[0], key[2], key[1]) for key in _offered(desk)}
    least = desk.config.gestures.low_stock
    return [
        Counted(stock, stock.free < least and (key in offered or stock.free > 0))
        for key, stock in sorted((offered | there).items())
    ]


def low(desk: Desk) -> list[Stock]:
    """What there is too little of."""
    return [item.stock for item in counted(desk) if item.low]


def pools(desk: Desk) -> dict[str, str]:
    """The pools that kinds are fulfilled from: kind by pool."""
    return {
        kind.pool or str(kind.id): str(kind.id) for kind in desk.config.kinds if kind.fulfil is FulfilmentHow.VOUCHER
    }


def _known_pool(desk: Desk, pool: str) -> None:
    names = sorted(pools(desk))
    if pool not in names:
        raise UsageError(
            _("No kind of gesture is fulfilled from a pool {pool!r}.").format(pool=pool),
            _("Use one of: {names}.").format(names=", ".join(names))
            if names
            else _('Set fulfil = "voucher" for a kind in agentconsole.toml.'),
        )


def _offered(desk: Desk) -> Counter[tuple[str, str, int]]:
    of_kind = {kind: pool for pool, kind in pools(desk).items()}
    return Counter(
        (of_kind[gift.kind], gift.currency, minor(gift.amount, gift.currency))
        for gift in desk.config.catalogue
        if gift.kind in of_kind
    )


def _today(desk: Desk) -> date:
    return desk.now().astimezone(desk.config.zone).date()


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UsageError(
                _("{file} is too large for a list of codes.").format(file=file), _("Divide it into several files.")
            )
        return file.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {error}.").format(file=file, error=error.strerror), _("Give a CSV file.")
        ) from None
