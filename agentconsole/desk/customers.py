"""Customers: the client book, consent, who is the same as whom, and finding them.

Every change is recorded on the conversation it was made from, as a step that can be undone. What is known of one
customer is known of all who are linked to it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agentconsole.config import Purpose
from agentconsole.desk import drafts
from agentconsole.desk.context import Desk
from agentconsole.desk.likeness import Likeness, likely_same
from agentconsole.desk.linking import LinkPlan, link, link_plan, relink, unlink
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, step
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import DraftKind
from agentconsole.model.criteria import Criteria
from agentconsole.model.customer import Consent, Customer, CustomerNote
from agentconsole.model.ids import new_id
from agentconsole.store import conversations, customers, finding
from agentconsole.store.types import storable
from agentconsole.text import fold

__all__ = [
    "Likeness", "LinkPlan", "consent", "consent_history", "contacts", "drop_note", "find_customers",
    "latest_conversation", "likely_same", "link", "link_plan", "note", "purposes", "relink", "unconsent", "undrop",
    "unlink", "unnote",
]  # fmt: skip

MAX_NOTE = 2_000
"""Characters of an entry of the client book."""
MAX_SOURCE = 300
"""Characters of how a consent is known."""
FOUND = 20
"""Customers that :func:`find_customers` answers, at most."""
_LOOKED_AT = 100

_PURPOSES = (
    Purpose(id="news", name={"en": "News and offers", "fr": "Nouveautés et offres"}),
    Purpose(id="survey", name={"en": "Satisfaction surveys", "fr": "Enquêtes de satisfaction"}),
)
"""What consent is asked for where agentconsole.toml has no purposes."""


def note(desk: Desk, number: int, text: str, *, message_id: UUID | None = None) -> CustomerNote:
    """Write something about a conversation's customer into the client book, for whoever serves them next.

    :param message_id: the note's identifier, minted before the first try: another try finds what that one stored.
    :raises NotFound: no such conversation. :raises UsageError: the note is empty or too long.
    """
    words = _words(text, MAX_NOTE, _("The note is empty."))
    with step(desk) as doing:
        standing = doing.hold(number)
        made = CustomerNote(message_id or new_id(), doing.now, desk.agent.id, words)
        if message_id and customers.has_note(doing.connection, message_id):
            drafts.spend(doing.connection, desk, number, standing.id, DraftKind.BOOK, text)
            return made
        row = {"id": made.id, "customer_id": standing.customer_id, "at": made.at, "author": made.author}
        customers.add_notes(doing.connection, [row | {"text": made.text}])
        doing.record(standing, "client_noted", note=str(made.id))
        drafts.spend(doing.connection, desk, number, standing.id, DraftKind.BOOK, text)
    return made


def drop_note(desk: Desk, number: int, note_id: UUID) -> None:
    """Take an entry out of the client book of a conversation's customer.

    :raises NotFound: no such conversation, or no such entry.
    """
    with step(desk) as doing:
        standing = doing.hold(number)
        if not customers.set_dropped(doing.connection, note_id, _group(doing.connection, standing), doing.now):
            raise NotFound(_("The client book has no such note (any more)."), _("Look at the customer again."))
        doing.record(standing, "client_note_dropped", note=str(note_id))


def purposes(desk: Desk) -> tuple[Purpose, ...]:
    """What consent is asked for: as configured, else news and surveys."""
    return desk.config.purposes or _PURPOSES


def consent(desk: Desk, number: int, purpose: str, given: bool, source: str) -> Consent:
    """Write down that a conversation's customer agrees to a purpose, or does not (any more).

    What was written down before stays as history; the latest word holds.

    :param purpose: one of :func:`purposes`, by its id. :param source: how it is known: "on the phone".
    :raises NotFound: no such conversation. :raises UsageError: no such purpose, or no source.
    """
    known = [p.id for p in purposes(desk)]
    if purpose not in known:
        raise UsageError(
            _("There is no purpose {name!r}.").format(name=purpose),
            _("Use one of: {names}.").format(names=", ".join(known)),
        )
    words = _words(source, MAX_SOURCE, _("A consent needs its source."))
    with step(desk) as doing:
        standing = doing.hold(number)
        group = _group(doing.connection, standing)
        before = [c.at for c in customers.consents_of(doing.connection, group, history=True) if c.purpose == purpose]
        at = max([doing.now, *(latest + timedelta(microseconds=1) for latest in before[:1])])
        said = Consent(purpose, given, at, words, desk.agent.id)
        row = {"customer_id": standing.customer_id, "purpose": purpose, "at": at, "given": given, "source": words}
        customers.add_consents(doing.connection, [row | {"author": said.author}])
        doing.record(standing, "consented", purpose=purpose, given=given, dated=at.isoformat())
    return said


def consent_history(desk: Desk, customer_id: UUID) -> tuple[Consent, ...]:
    """All that was ever written down about a customer's consent, latest first.

    :raises NotFound: no such customer.
    """
    with desk.store.read() as connection:
        return customers.consents_of(connection, _members(connection, customer_id), history=True)


def contacts(desk: Desk, customer_id: UUID, months: int = 12) -> list[int]:
    """How many conversations a customer began in each of the latest months, oldest first; the last one is this month.

    Months of the calendar, in the desk's time zone.

    :raises NotFound: no such customer.
    """
    zone = desk.config.zone
    today = desk.now().astimezone(zone)
    latest = today.year * 12 + today.month - 1
    first = latest - months + 1
    since = datetime(first // 12, first % 12 + 1, 1, tzinfo=zone)
    with desk.store.read() as connection:
        begun = conversations.begun(connection, _members(connection, customer_id), since)
    local = [at.astimezone(zone) for at in begun]
    counted = Counter(at.year * 12 + at.month - 1 for at in local)
    return [counted[month] for month in range(first, latest + 1)]


def latest_conversation(desk: Desk, customer_id: UUID) -> int | None:
    """The number of the conversation of a customer (alone, not of the group) that changed last."""
    with desk.store.read() as connection:
        return next((row.number for row in conversations.of_customers(connection, [customer_id], 1)), None)


def find_customers(desk: Desk, words: str) -> list[Customer]:
    """Customers by an address, or by words of their name, at most :data:`FOUND`; who wrote last comes first.

    Names are found by what customers wrote: the index of words has the name and address each message came from.
    """
    query = storable(words).strip()
    wanted = fold(query).split()
    if not wanted:
        return []
    with desk.store.read() as connection:
        known = customers.with_identity(connection, {query, query.lower()})
        found = list(known.values())
        rows, _last = finding.found(connection, Criteria(words=tuple(wanted)), _LOOKED_AT)
        found += [row.customer_id for row in rows]
        found += customers.named_like(connection, query, FOUND)
        people = customers.by_ids(connection, list(dict.fromkeys(found)))
    exact = {one.id for one in people if one.id in known.values()}
    return [one for one in people if one.id in exact or _is_called(one, wanted)][:FOUND]


def _is_called(one: Customer, wanted: list[str]) -> bool:
    names = fold("\n".join([one.name, *(f"{i.value}\n{i.name}" for i in one.identities)]))
    return all(word in names for word in wanted)


def unnote(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``client_noted``, for :mod:`.undo`."""
    group = _group(doing.connection, standing)
    if not customers.set_dropped(doing.connection, UUID(was["note"]), group, doing.now):
        return _("The note was changed again since.")
    return ""


def undrop(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``client_note_dropped``."""
    if not customers.set_dropped(doing.connection, UUID(was["note"]), _group(doing.connection, standing), None):
        return _("The note was changed again since.")
    return ""


def unconsent(doing: Doing, standing: Standing, was: dict[str, Any]) -> str:
    """The inverse of ``consented``: it was never said. The trail still tells that it was written down."""
    at = datetime.fromisoformat(was["dated"])
    if not customers.remove_consent(doing.connection, standing.customer_id, was["purpose"], at):
        return _("The consent was changed again since.")
    return ""


def _group(connection: Connection, standing: Standing) -> tuple[UUID, ...]:
    return customers.groups(connection, [standing.customer_id])[standing.customer_id]


def _members(connection: Connection, customer_id: UUID) -> tuple[UUID, ...]:
    found = customers.groups(connection, [customer_id]).get(customer_id)
    if found is None:
        raise NotFound(_("There is no such customer."), _("Look for one with `agentconsole search from:NAME`."))
    return found


def _words(text: str, most: int, empty: str) -> str:
    words = text.strip()
    if not words:
        raise UsageError(empty, _("Write something first."))
    if len(words) > most:
        raise UsageError(
            _("That is too long: {count} characters.").format(count=len(words)),
            _("At most {n} characters.").format(n=most),
        )
    return words
