"""What is typed into the search, as criteria: words, and filters as ``key:value``.

``panne box from:durand channel:x tag:vip is:late before:2026-03-01`` – everything must hold. Quotes hold words
together: ``from:"camille durand"``. Saved views may have such a query too (:attr:`View.search`).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from agentconsole.config import ClockState, Priority, State
from agentconsole.desk.context import Desk
from agentconsole.desk.filters import NOTHING, channels_of, clock_spans
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.criteria import Criteria, Order, Span
from agentconsole.store.types import storable
from agentconsole.text import fold

KEYS = (
    "from", "channel", "tag", "assignee", "team", "priority", "lang", "before", "after", "is",
)  # fmt: skip
"""What may stand before a colon."""
_LONGEST = 200
"""Characters of a name that are looked for."""


def parse(desk: Desk, query: str) -> Criteria:
    """A query as criteria, latest change first.

    :raises UsageError: an unknown key or value; says which there are.
    """
    criteria = Criteria(order=Order.UPDATED)
    words: list[str] = []
    for part in _parts(storable(query)):
        key, colon, value = part.partition(":")
        if not colon or key.lower() not in KEYS:
            if colon and key.isalpha() and value and not value.startswith("//"):
                raise UsageError(
                    _("Search knows no {key}:").format(key=key),
                    _("Use {keys}.").format(keys=", ".join(f"{k}:" for k in KEYS)),
                )
            words += fold(part).split()
        elif value:
            criteria = _FILTERS[key.lower()](desk, criteria, value)
    return replace(criteria, words=tuple(words))


def _parts(query: str) -> list[str]:
    lexer = shlex.shlex(query, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.quotes, lexer.escape = True, "", '"', ""
    try:
        return list(lexer)
    except ValueError:  # a quote without its end, while somebody is still typing
        return query.replace('"', " ").split()


_WAITING: dict[str, Callable[[Desk, Criteria], Criteria]] = {
    "promised": lambda _desk, found: replace(found, promised=True),
    "escalated": lambda _desk, found: replace(found, escalated=True),
    "approval": lambda _desk, found: replace(found, approval=True),
    "attention": lambda desk, found: replace(found, attention=desk.now()),
    "mentioned": lambda desk, found: replace(found, mentioned=desk.agent.id),
}
"""Something is promised and not kept yet; it was escalated and nobody has taken it; a gesture was asked for; an
attention is proposed to the customer; a note calls me."""


def _is(desk: Desk, criteria: Criteria, value: str) -> Criteria:
    if value in set(State):
        return replace(criteria, states=(*criteria.states, State(value)))
    if value in set(ClockState):
        spans = clock_spans((ClockState(value),), desk.now(), desk.config)
        return replace(criteria, due=(*criteria.due, *spans))
    if value in _WAITING:
        return _WAITING[value](desk, criteria)
    raise _unknown("is", value, [*map(str, State), *map(str, ClockState), *_WAITING])


def _assignee(desk: Desk, criteria: Criteria, value: str) -> Criteria:
    if value == "nobody":
        return replace(criteria, nobody=True)
    who = desk.agent.id if value == "me" else value
    agents = {a.id for a in desk.config.agents} | {desk.agent.id}
    if who not in agents:
        raise _unknown("assignee", value, ["me", "nobody", *sorted(agents)])
    return replace(criteria, assignees=(*criteria.assignees, who))


def _channel(desk: Desk, criteria: Criteria, value: str) -> Criteria:
    found = channels_of(desk.config, [value])
    if NOTHING in found:
        raise _unknown("channel", value, sorted({c.id for c in desk.config.channels}))
    return replace(criteria, channels=(*criteria.channels, *found))


def _priority(desk: Desk, criteria: Criteria, value: str) -> Criteria:  # noqa: ARG001 (one shape for all filters)
    if value not in set(Priority):
        raise _unknown("priority", value, list(Priority))
    return replace(criteria, priorities=(*criteria.priorities, Priority(value)))


def _day(desk: Desk, key: str, value: str) -> datetime:
    """The beginning of a day in the desk's time zone: a date, ``today``, ``yesterday``, or ``7d`` ago."""
    today = desk.now().astimezone(desk.config.zone).date()
    if value.endswith("d") and value[:-1].isdecimal() and len(value) < 7:
        day = today - timedelta(days=int(value[:-1]))
    elif value in ("today", "yesterday"):
        day = today - timedelta(days=value == "yesterday")
    else:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise _unknown(key, value, _DAYS) from None
    try:
        return datetime.combine(day, time.min, desk.config.zone).astimezone(UTC)
    except OverflowError:  # the first and the last day there is, seen from another time zone
        raise _unknown(key, value, _DAYS) from None


_DAYS = ("2026-03-01", "today", "yesterday", "7d")


def _unknown(key: str, value: str, allowed: Sequence[str]) -> UsageError:
    return UsageError(
        _("Search knows no {key}:{value}.").format(key=key, value=value),
        _("Use one of: {names}.").format(names=", ".join(f"{key}:{name}" for name in allowed)),
    )


_FILTERS: dict[str, Callable[[Desk, Criteria, str], Criteria]] = {
    "from": lambda _desk, found, value: replace(found, customer=(*found.customer, value[:_LONGEST])),
    "channel": _channel,
    "tag": lambda _desk, found, value: replace(found, tags=(*found.tags, value)),
    "assignee": _assignee,
    "team": lambda _desk, found, value: replace(found, teams=(*found.teams, value)),
    "priority": _priority,
    "lang": lambda _desk, found, value: replace(found, languages=(*found.languages, value.lower())),
    "before": lambda desk, found, value: replace(found, opened=Span(found.opened.start, _day(desk, "before", value))),
    "after": lambda desk, found, value: replace(found, opened=Span(_day(desk, "after", value), found.opened.end)),
    "is": _is,
}
