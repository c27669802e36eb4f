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
class Customer:
    """A customer as the desk knows them; ``since`` is their first contact, UTC."""

    id: UUID
    name: str
    language: str | None
    since: datetime
    note: str = ""
    tags: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
