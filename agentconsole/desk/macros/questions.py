"""A macro's questions: what was answered, checked, in the form in which templates are given it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agentconsole.config.amounts import read_amount
from agentconsole.desk.macros.files import MacroFile, Question
from agentconsole.desk.macros.formats import plain_amount
from agentconsole.desk.when import parse_when
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.text import fold

_TODAY = ("today", "aujourd'hui")


def answers(file: MacroFile, given: Mapping[str, str], now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """The answers to all questions of a macro, by question; the default where none was given.

    :param given: as they were typed; an empty one stays without answer, so that its placeholder is unresolved.
    :param now: aware.
    :raises UsageError: an answer does not fit, or there is no such question.
    """
    known = {question.name for question in file.questions}
    for name in given:
        if name not in known:
            raise UsageError(
                _("The macro does not ask {name!r}.").format(name=name),
                _("Use one of: {names}.").format(names=", ".join(sorted(known)) or "-"),
            )
    return {
        question.name: answer(question, given.get(question.name, question.default), file.currency, now, zone)
        for question in file.questions
    }


def answer(question: Question, text: str, currency: str, now: datetime, zone: ZoneInfo) -> str:
    """One answer as templates are given it: a date as ISO 8601, an amount as ``15.00 EUR``, a choice as it is written.

    :raises UsageError: it does not fit.
    """
    text = text.strip()
    if not text:
        return ""
    match question.kind:
        case "choice":
            return _choice(question, text)
        case "date":
            return _date(question, text, now, zone).isoformat()
        case "amount":
            return _amount(question, text, currency)
        case _:
            return text


def _choice(question: Question, text: str) -> str:
    """The choice of that name, or the only one that begins so; accents and case do not matter."""
    if text in question.choices:
        return text
    same = [choice for choice in question.choices if fold(choice) == fold(text)]
    found = same or [choice for choice in question.choices if fold(choice).startswith(fold(text))]
    if len(found) != 1:
        raise UsageError(
            _("{question} {answer!r} is not one of the choices.").format(question=question.ask, answer=text),
            _("Use one of: {names}.").format(names=", ".join(question.choices)),
        )
    return found[0]


def _date(question: Question, text: str, now: datetime, zone: ZoneInfo) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    if fold(text).replace("’", "'") in _TODAY:
        return now.astimezone(zone).date()
    try:
        at = parse_when(text, now, zone)
    except UsageError:
        at = None
    if at is None:
        raise UsageError(
            _("{question} {answer!r} is not a date.").format(question=question.ask, answer=text),
            _("Write a day such as tomorrow, friday or 2026-12-24."),
        )
    return at.astimezone(zone).date()


def _amount(question: Question, text: str, currency: str) -> str:
    try:
        return plain_amount(*read_amount(text, currency))
    except ValueError:
        raise UsageError(
            _("{question} {answer!r} is not an amount.").format(question=question.ask, answer=text),
            _("Write it as 15, 15.00 or 15.00 {currency}.").format(currency=currency),
        ) from None
