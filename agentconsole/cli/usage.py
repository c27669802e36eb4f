"""What is wrong with a command line, in two lines as every other error: what, and what to do about it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import NoReturn

from agentconsole.errors import UsageError
from agentconsole.i18n import _

_FEW = 8
"""Choices that are named; of more only those that are like what was typed."""


class Parser(argparse.ArgumentParser):
    """An :class:`argparse.ArgumentParser` that raises, instead of printing its usage and ending the program."""

    def error(self, message: str) -> NoReturn:
        """:raises UsageError: always."""
        told = _("`{command} --help` tells what there is.").format(command=self.prog)
        for pattern, say in _SAID:
            found = re.fullmatch(pattern, message, re.DOTALL)
            if found:
                raise UsageError(*say(found, told))
        raise UsageError(f"{message}.", told)


def _missing(found: re.Match[str], told: str) -> tuple[str, str]:
    return _("Missing: {names}.").format(names=found[1]), told


def _one_missing(found: re.Match[str], told: str) -> tuple[str, str]:
    return _("One of these is missing: {names}.").format(names=found[1].replace(" ", ", ")), told


def _strange(found: re.Match[str], told: str) -> tuple[str, str]:
    return _("Not understood: {words}.").format(words=found[1]), told


def _ambiguous(found: re.Match[str], told: str) -> tuple[str, str]:
    return _("{option} may be one of: {names}.").format(option=found[1], names=found[2]), told


def _both(found: re.Match[str], told: str) -> tuple[str, str]:
    return _("{one} and {other} do not go together.").format(one=found[2], other=found[1]), told


def _no_value(found: re.Match[str], told: str) -> tuple[str, str]:
    return _("{option} needs a value.").format(option=found[1]), told


def _no_choice(found: re.Match[str], told: str) -> tuple[str, str]:
    names = [name.strip("'") for name in found[2].split(", ")]
    if len(names) <= _FEW:
        return _("{word} is none of: {names}.").format(word=found[1], names=", ".join(names)), told
    import difflib

    near = difflib.get_close_matches(found[1].strip("'"), names, 3)
    said = _("Perhaps: {names}.").format(names=", ".join(near)) if near else ""
    return _("There is no {word}.").format(word=found[1]), f"{said} {told}".strip()


def _wrong_value(found: re.Match[str], told: str) -> tuple[str, str]:
    return _("{option}: {word} does not fit.").format(option=found[1], word=found[2]), told


def _said(found: re.Match[str], told: str) -> tuple[str, str]:
    return f"{found[1]}: {found[2].rstrip('.')}.", told


_SAID: tuple[tuple[str, Callable[[re.Match[str], str], tuple[str, str]]], ...] = (
    (r"the following arguments are required: (.+)", _missing),
    (r"one of the arguments (.+) is required", _one_missing),
    (r"unrecognized arguments: (.+)", _strange),
    (r"ambiguous option: (.+) could match (.+)", _ambiguous),
    (r"argument (.+?): not allowed with argument (.+)", _both),
    (r"argument (.+?): expected .*arguments?", _no_value),
    (r"argument .+?: invalid choice: (.+) \(choose from (.+)\)", _no_choice),
    (r"argument (.+?): invalid \S+ value: (.+)", _wrong_value),
    (r"argument (.+?): (.+)", _said),
)
"""What argparse says, which it says in English only, and how it is said here."""
