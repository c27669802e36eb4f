"""Erasing a customer: who they were and what was written goes, for good; what was given stays in the sums.

The ledger's entries name a customer by an id that then leads to nobody, and keep digests of words that are gone: its
chains, counters and totals are what they were, and verifying it finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agentconsole.desk.context import Desk
from agentconsole.desk.ledger import supervises
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _, ngettext
from agentconsole.store import customers, erasing, journal
from agentconsole.store.ledger import ledger_of
from agentconsole.store.ledger.base import refuse


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is, or was, erased.

    :param customers: all who are linked, each by id, and their names before.
    """

    customers: tuple[UUID, ...]
    names: tuple[str, ...]
    conversations: int
    messages: int


def plan(desk: Desk, customer_id: UUID) -> Erasure:
    """What :func:`erase` would take away; nothing is changed.

    :raises NotFound: no such customer. :raises RuleRefused: ``not_supervisor``, where the desk has supervisors.
    """
    _supervisor(desk)
    with desk.store.read() as connection:
        group = customers.groups(connection, [customer_id]).get(customer_id)
        if group is None:
            raise NotFound(_("There is no such customer."), _("Look for one with `agentconsole search from:NAME`."))
        names, found = customers.names(connection, group), erasing.extent(connection, group)
    return Erasure(group, tuple(names[i] for i in group), len(found.conversations), found.messages)


def erase(desk: Desk, customer_id: UUID) -> Erasure:
    """Erase a customer with all who are linked to them, in one transaction; once more changes nothing.

    Gone are identities, names, the client book, tags, birthdays, how consents are known, subjects, texts, originals,
    attachments and drafts of their conversations, the words they are found by, and what was written about gestures.
    Undo does not reach behind it. The audit trail of each conversation tells who did it.

    :raises NotFound: no such customer. :raises RuleRefused: ``not_supervisor``, where the desk has supervisors.
    :raises UsageError: a reply to them is in the outbox. Nothing was changed.
    """
    _supervisor(desk)
    with desk.store.write() as connection:
        customers.hold_links(connection)
        group = customers.groups(connection, [customer_id]).get(customer_id)
        if group is None:
            raise NotFound(_("There is no such customer."), _("Look for one with `agentconsole search from:NAME`."))
        names = customers.names(connection, group)
        waiting = erasing.undelivered(connection, erasing.extent(connection, group).conversations)
        if waiting:
            numbers = ", ".join(f"#{number}" for number in waiting)
            said = ngettext(
                "A reply to this customer is in the outbox: {numbers}.",
                "Replies to this customer are in the outbox: {numbers}.",
                len(waiting),
            )
            raise UsageError(said.format(numbers=numbers), _("Wait until it is sent, or give it up in the outbox."))
        new = erasing.is_new(connection, group)
        found = erasing.erase(connection, group, _("erased customer"), desk.now())
        for conversation in found.conversations if new else ():
            journal.record(connection, [journal.entry(conversation, desk.now(), desk.agent.id, "erased")])
        if erasing.given(connection, group):
            ledger_of(connection).erase(desk.agent.id, list(group))
    with desk.store.write() as connection:
        erasing.delete_files(desk.store, connection)
    erasing.overwrite(desk.store)
    return Erasure(group, tuple(names[i] for i in group), len(found.conversations), found.messages)


def _supervisor(desk: Desk) -> None:
    if not supervises(desk):
        refuse("not_supervisor")
