"""Linking customers by hand: the same person, known to the desk as several customers.

Each link is an entry ``linked`` of the audit trail, which joins two groups into one; the group of the customer it
was made from goes to the other one's root. Which customers belong together follows from the links alone: taking one
back (by undo, or :func:`unlink`) marks it undone and folds those that are left anew, in the order in which they were
made, so that everybody is where they would be if it had never been made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, step
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.customer import Consent, Customer
from agentconsole.store import client_book, conversations, customers


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What linking two customers would bring together.

    :param customer: the one linked from, and ``other``: each with all who are linked to them already.
    :param conversations: of the other's, merged ones left out. :param active: those of them that are not resolved.
    :param tags: of the customer, afterwards: they decide which boosts apply.
    :param notes: of the other's client book; each of the two sees them all afterwards.
    :param consents: what holds for both afterwards, one a purpose: the latest word of either.
    """

    customer: Customer
    other: Customer
    conversations: int
    active: int
    tags: tuple[str, ...]
    notes: int
    consents: tuple[Consent, ...]


def link_plan(desk: Desk, customer_id: UUID, other: UUID) -> LinkPlan:
    """What linking would do; nothing is changed.

    :raises NotFound: no such customer. :raises UsageError: they are linked already, or the same.
    """
    with desk.store.read() as connection:
        members = _checked(connection, customer_id, other)
        one, two = customers.by_ids(connection, [customer_id, other], members)
        return LinkPlan(
            customer=one,
            other=two,
            conversations=conversations.count_of(connection, members[other]),
            active=len(conversations.active_of(connection, members[other])),
            tags=tuple(sorted({*one.tags, *two.tags})),
            notes=len(two.notes),
            consents=customers.consents_of(connection, [*members[customer_id], *members[other]]),
        )


def link(desk: Desk, number: int, other_customer_id: UUID) -> Customer:
    """A conversation's customer and another one are the same person: a person says so.

    :returns: the conversation's customer, as known now.
    :raises NotFound: no such conversation or customer. :raises UsageError: they are linked already, or the same.
    """
    with step(desk) as doing:
        connection = doing.connection
        customers.hold_links(connection)
        standing = doing.hold(number)
        members = _checked(connection, standing.customer_id, other_customer_id)
        doing.record(standing, "linked", customer=str(standing.customer_id), other=str(other_customer_id))
        link_ = client_book.Link(0, standing.customer_id, other_customer_id)
        everybody = {*members[standing.customer_id], *members[other_customer_id]}
        _regroup(doing, everybody, [link_])
    return _known(desk, standing.customer_id)


def unlink(desk: Desk, number: int, other_customer_id: UUID) -> Customer:
    """They are not the same person after all. Everybody is where they would be without the link that joined them.

    :returns: the conversation's customer, as known now.
    :raises NotFound: no such conversation. :raises UsageError: they are not linked.
    """
    with step(desk) as doing:
        connection = doing.connection
        customers.hold_links(connection)
        standing = doing.hold(number)
        mine = standing.customer_id
        group = customers.groups(connection, [mine])[mine]
        if other_customer_id not in group[1:]:
            raise UsageError(_("These two customers are not linked."), _("See who is, with `agentconsole show`."))
        cut = [link.seq for link in _between(client_book.links(connection, group), mine, other_customer_id)]
        client_book.count(connection, cut, counts=False)
        doing.record(standing, "unlinked", customer=str(mine), other=str(other_customer_id), cut=cut)
        _regroup(doing, group)
    return _known(desk, mine)


def relink(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``linked`` and of ``unlinked``, for :mod:`.undo`: the links that are left, folded anew."""
    customers.hold_links(doing.connection)
    one, other = UUID(was["customer"]), UUID(was["other"])
    members = customers.groups(doing.connection, [standing.customer_id, one, other])
    if "cut" in was and other in members[one]:  # linked anew since: a second way between them would be a circle
        return _("They are one customer already.")
    client_book.count(doing.connection, was.get("cut", ()), counts=True)
    _regroup(doing, {i for group in members.values() for i in group})
    return ""


def _checked(connection: Connection, customer_id: UUID, other: UUID) -> dict[UUID, tuple[UUID, ...]]:
    members = customers.groups(connection, [customer_id, other])
    if other not in members or customer_id not in members:
        raise NotFound(_("There is no such customer."), _("Look for one with `agentconsole search from:NAME`."))
    if other in members[customer_id]:
        raise UsageError(_("They are one customer already."), _("There is nothing to link."))
    return members


def _regroup(doing: Doing, everybody: Collection[UUID], new: Sequence[client_book.Link] = ()) -> None:
    """Whom each of these customers is linked to, by the links there are; what is active is ranked anew."""
    connection = doing.connection
    root = {i: i for i in everybody}
    for link in (*client_book.links(connection, everybody), *new):
        here, there = root.setdefault(link.customer, link.customer), root.setdefault(link.other, link.other)
        root = {i: there if r == here else r for i, r in root.items()}
    before = {i: group[1:] for i, group in customers.groups(connection, list(root)).items()}
    customers.link(connection, {i: None if r == i else r for i, r in root.items()})
    after = customers.groups(connection, list(root))
    moved = [i for i in root if set(before[i]) != set(after[i][1:])]
    tags = customers.tags_of(connection, moved)
    for standing in doing.hold_all(conversations.active_of(connection, moved)):
        standing.customer_tags = tags.get(standing.customer_id, ())


def _between(links: Sequence[client_book.Link], mine: UUID, other: UUID) -> list[client_book.Link]:
    """The link next to ``other`` on the way from ``mine``: without it the two are apart. Links make no circle."""
    ways: dict[UUID, client_book.Link | None] = {mine: None}
    waiting = [mine]
    while waiting:
        at = waiting.pop()
        for link in links:
            if at in (link.customer, link.other):
                beyond = link.other if at == link.customer else link.customer
                if beyond not in ways:
                    ways[beyond] = link
                    waiting.append(beyond)
    found = ways.get(other)
    return [found] if found else []


def _known(desk: Desk, customer_id: UUID) -> Customer:
    with desk.store.read() as connection:
        return customers.get(connection, customer_id)
