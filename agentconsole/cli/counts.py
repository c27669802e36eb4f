"""Numbers and identifiers as options have them; for argparse, which says what is raised."""

from __future__ import annotations

import argparse
from uuid import UUID

from agentconsole.i18n import _

_TOO_MANY = 10**15
"""No desk counts so far; what is longer than 64 bits no engine reads."""


def count(text: str) -> int:
    """A number from 1."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(_TOO_MANY)) else 0
    if not number:
        raise argparse.ArgumentTypeError(_("{text!r} is not a number from 1").format(text=text[:40]))
    return number


def identifier(text: str) -> UUID:
    """A UUID."""
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("{text!r} is no UUID").format(text=text[:40])) from None
