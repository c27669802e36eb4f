"""Numbers as options have them."""

from __future__ import annotations

import argparse

from agentconsole.i18n import _

_TOO_MANY = 10**15
"""No desk counts so far; what is longer than 64 bits no engine reads."""


def count(text: str) -> int:
    """A number from 1, for argparse."""
    number = int(text)
    if not 0 < number < _TOO_MANY:
        raise argparse.ArgumentTypeError(_("a number from 1"))
    return number
