"""Customers: one person, known by many identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_SHARED_KINDS = {
    "mail": "email",
    "form": "email",
    "chat": "email",
    "whatsapp": "phone",
    "sms": "phone",
    "voice": "phone",
}


def identity_kind(medium: str) -> str:
    """What kind of identity a medium's addresses are: mail, web form and chat share e-mail addresses."""
    return _SHARED_KINDS.get(medium, medium)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a customer is known by: ``kind`` (email, phone, x …) and the value as compared."""

    kind: str
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CustomerNote:
    """An entry of the client book; ``author`` is an agent's id, empty where it came with the customer."""

    id: UUID
    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a customer agrees to a purpose: since when (UTC), how it is known, who wrote it down."""

    purpose: str
    given: bool
    at: datetime
    source: str
    author: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the desk knows them, all who were linked to them included; ``since``: first contact, UTC.

    :param notes: the client book, latest first.
    :param consents: what holds now, one a purpose.
    :param linked: the other customers that a person said are the same one.
    :param birthday: ``MM-DD``; empty where it is not known.
    """

    id: UUID
    name: str
    language: str | None
    since: datetime
    tags: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    notes: tuple[CustomerNote, ...] = ()
    consents: tuple[Consent, ...] = ()
    linked: tuple[UUID, ...] = ()
    birthday: str = ""
