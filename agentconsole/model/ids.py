"""Identifiers: UUIDv7 (RFC 9562), so that rows sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier, unique over all desks and ordered by time."""
    return uuid7()
