"""Customers who may be the same person: suggestions for somebody to look at, never acted upon.

A suggestion has the same folded name *and* another sign: the same telephone number written otherwise, the same part
before the ``@`` of an e-mail address, or an address of the one in what the other wrote. A name alone is none. All
reads go by indexes and are bounded (:data:`NAMESAKES`, :mod:`agentconsole.store.client_book`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound
from agentconsole.i18n import _
from agentconsole.model.customer import Customer
from agentconsole.store import client_book, customers
from agentconsole.text import fold

NAMESAKES = 200
"""Customers of one name that are looked at."""
SUGGESTED = 20
"""Customers that are suggested, at most."""
_READ = 20
"""Namesakes whose messages are read."""
_PHONE_DIGITS = 9
"""Digits from the right that tell telephone numbers apart, however the country is written."""
_PHONE = re.compile(r"\+?\d[\d .()/-]{6,18}\d")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,64}@[^\s<>()\[\],;:\"'@]{1,190}|@\w{2,60}")
_EVERYBODYS = frozenset(
    [
        "accueil",
        "admin",
        "bonjour",
        "compta",
        "contact",
        "famille",
        "hello",
        "info",
        "infos",
        "mail",
        "office",
        "support",
    ]
)
"""Parts before an ``@`` that say nothing about who writes."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A customer who may be the same, and why, in words."""

    customer: Customer
    why: str


@dataclass(slots=True)
class _Known:
    """What one customer, or a group, can be recognised by."""

    addresses: set[str] = field(default_factory=set)
    phones: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)

    def learn(self, kind: str, value: str) -> None:
        if kind == "phone":
            self.phones |= dict.fromkeys(_digits([value]), value)
        else:
            self.addresses.add(value.casefold())

    def read(self, text: str) -> None:
        self.written |= {found.rstrip(".!?").casefold() for found in _ADDRESS.findall(text)}
        self.called |= _digits(_PHONE.findall(text))


def likely_same(desk: Desk, customer_id: UUID) -> list[Likeness]:
    """Customers who may be the same as this one and are not linked to it, those with most signs first.

    :returns: at most :data:`SUGGESTED`. :raises NotFound: no such customer.
    """
    with desk.store.read() as connection:
        group = customers.groups(connection, [customer_id]).get(customer_id)
        if group is None:
            raise NotFound(_("There is no such customer."), _("Look for one with `agentconsole search from:NAME`."))
        names = {fold(one.name): one.name for one in customers.by_ids(connection, group)}
        mine = _known(connection, group)
        found = [i for name in names.values() for i in customers.named_like(connection, name, NAMESAKES)]
        found += customers.known(connection, [("email", value) for value in mine.written]).values()
        others = [i for i in dict.fromkeys(found) if i not in group]
        named = {i for i, name in customers.names(connection, others).items() if fold(name) in names}
        others = [i for i in others if i in named]
        known = [(i, _signs(mine, theirs, names)) for i, theirs in zip(others, _each(connection, others), strict=True)]
        best = sorted((item for item in known if item[1]), key=lambda item: -len(item[1]))[:SUGGESTED]
        people = customers.by_ids(connection, [i for i, _signs_ in best])
    return [Likeness(one, ", ".join([_("same name"), *signs])) for one, (_i, signs) in zip(people, best, strict=True)]


def _known(connection: Connection, group: Sequence[UUID]) -> _Known:
    """One for all of a group."""
    known = _Known()
    for _whose, kind, value in client_book.identities(connection, group):
        known.learn(kind, value)
    for _whose, text in client_book.texts(connection, group):
        known.read(text)
    return known


def _each(connection: Connection, ids: Sequence[UUID]) -> list[_Known]:
    """One for each of them; what they wrote is read of the first ones only."""
    known = {i: _Known() for i in ids}
    for whose, kind, value in client_book.identities(connection, ids):
        known[whose].learn(kind, value)
    for whose, text in client_book.texts(connection, ids[:_READ]):
        known[whose].read(text)
    return [known[i] for i in ids]


def _signs(mine: _Known, theirs: _Known, names: Iterable[str]) -> list[str]:
    """What speaks for one person, in words."""
    signs = []
    if mine.phones.keys() & theirs.phones.keys():
        signs.append(_("same telephone number"))
    whole = any(len(name.split()) > 1 for name in names)  # a first name is no sign of anybody
    locals_ = _locals(mine.addresses) & _locals(theirs.addresses) if whole else set()
    signs += [_("both write from {name}@").format(name=name) for name in sorted(locals_)[:1]]
    signs += [_("wrote of {address}").format(address=value) for value in _named(mine, theirs)]
    signs += [_("{address} is in what the other wrote").format(address=value) for value in _named(theirs, mine)]
    return signs


def _named(writer: _Known, other: _Known) -> list[str]:
    """An address or number of the other one that somebody wrote of, if they did."""
    numbers = [other.phones[digits] for digits in sorted(writer.called & other.phones.keys())]
    return [*sorted(writer.written & other.addresses), *numbers][:1]


def _locals(addresses: Iterable[str]) -> set[str]:
    found = {address.partition("@")[0] for address in addresses}
    return {name for name in found if len(name) > 3 and name not in _EVERYBODYS}


def _digits(values: Iterable[str]) -> set[str]:
    found = {"".join(filter(str.isdecimal, value))[-_PHONE_DIGITS:] for value in values}
    return {digits for digits in found if len(digits) == _PHONE_DIGITS}
