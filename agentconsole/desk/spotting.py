"""Looking for bursts, by whoever keeps house: what is usual, what customers write now, and what follows from both.

The pure detector is :mod:`agentconsole.desk.crisis`; docs/crisis.md tells supervisors how it decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from agentconsole.desk import crisis
from agentconsole.desk.context import Desk
from agentconsole.desk.crisis import Background, Burst, Case, Shared
from agentconsole.desk.handling import TIMER
from agentconsole.model.ids import new_id
from agentconsole.store import floor_trail
from agentconsole.store import incidents as store
from agentconsole.store.incidents import Kept, Words, Written

EVERY = timedelta(seconds=45)
"""Time between two looks, by whichever console or service comes first."""
PAST = timedelta(days=28)
"""How far back the usual is looked for."""
RECENT = timedelta(hours=3)
"""What was written within it is no part of the usual yet: a crisis that goes on would hide itself."""
A_DAY = 150
"""Conversations of each past day, from about this time of day on, that the usual is made of."""
RENEWED = timedelta(hours=1)
"""How old the usual may be."""
WEEKS = 4
"""Past weeks in which the same hour of the same weekday is looked at."""
_MOST = 5_000


@dataclass(slots=True)
class _Memory:
    """What one process keeps between two looks: the usual, and the terms of what was looked at."""

    made_at: datetime | None = None
    background: Background = field(default_factory=Background)
    overall: float = 0.0
    terms: dict[tuple[UUID, int], frozenset[str]] = field(default_factory=dict)


_memories: WeakKeyDictionary[Desk, _Memory] = WeakKeyDictionary()


def keep(desk: Desk) -> list[UUID]:
    """Let new conversations join what goes on, end what nobody acted on, and look for bursts; by who keeps house.

    :returns: the incidents that were raised. Nothing is done where somebody has looked within :data:`EVERY`.
    """
    settings, now = desk.config.crisis, desk.now()
    if not settings.watch:
        return []
    with desk.store.write() as connection:
        if not store.take_turn(connection, now, EVERY):
            return []
    with desk.store.read() as connection:
        known = store.known(connection, now - settings.forgotten)
        wrote = store.written(connection, now - settings.within, now, _MOST)
        taken = store.belonging(connection, [one.id for one in wrote], now - settings.forgotten)
    memory = _memories.setdefault(desk, _Memory())
    cases = _cases(memory, wrote)
    joining = _joining(known, [case for case in cases if case.id not in taken])
    taken |= {case.id for cases_of in joining.values() for case in cases_of}
    left = [case for case in cases if case.id not in taken]
    bursts: list[Burst] = []
    if len(left) >= settings.customers:
        usual = _usual(desk, memory, now)
        bursts = crisis.find(left, usual, settings.within, settings.customers, settings.ignore)
    over = [one for one in known if one.state == "raised" and store.age(one, now) > settings.forgotten]
    if not (joining or bursts or over):
        return []
    with desk.store.write() as connection:
        for incident_id, cases_of in joining.items():
            store.join(connection, incident_id, [case.id for case in cases_of])
        for one in over:
            stands = store.get(connection, one.id, lock=True)
            if stands is not None and stands.state == "raised":  # else a supervisor was faster
                end_within(connection, stands, "ended", TIMER, now)
        ids = {case.id for burst in bursts for case in burst.cases}
        if store.belonging(connection, ids, now - settings.forgotten):
            return []  # somebody who looked at the same time was faster: the rest is told the next time
        return [_raise(connection, burst, wrote, now) for burst in bursts]


def _cases(memory: _Memory, wrote: Iterable[Written]) -> list[Case]:
    terms = {}
    cases = []
    for one in wrote:
        key = one.id, len(one.text)
        terms[key] = memory.terms.get(key) or crisis.terms_of(one.text)
        cases.append(Case(one.id, one.customer, one.at, one.channel, terms[key]))
    memory.terms = terms
    return cases


def _joining(known: list[Kept], cases: list[Case]) -> dict[UUID, list[Case]]:
    """Which conversations belong to what is known; of several the newest. What was dismissed takes them too, so that
    it is not told again; what has ended does not: it may have come back.
    """
    found: dict[UUID, list[Case]] = {}
    open_ = [(one, Shared(one.words.terms, one.words.alone)) for one in known if one.state != "ended"]
    for case in cases:
        mine = next((one for one, shared in open_ if shared.in_(case.terms)), None)
        if mine is not None:
            found.setdefault(mine.id, []).append(case)
    return found


def _raise(connection: Connection, burst: Burst, wrote: Iterable[Written], now: datetime) -> UUID:
    ids, incident_id = {case.id for case in burst.cases}, new_id()
    shown = crisis.as_written(burst.shared.words, [one.text for one in wrote if one.id in ids])
    words = Words(burst.shared.words, shown, burst.shared.alone)
    store.add(connection, incident_id, burst.cases[0].at, now, words, burst.usual)
    store.join(connection, incident_id, ids)
    said = {"incident": str(incident_id), "words": shown, "count": len(ids)}
    floor_trail.record(connection, now, TIMER, "incident_raised", **said)
    return incident_id


def _usual(desk: Desk, memory: _Memory, now: datetime) -> Background:
    """What is usual now; what people write about is gathered anew once in :data:`RENEWED`, a day at a time."""
    if memory.made_at is None or not timedelta(0) <= now - memory.made_at < RENEWED:
        memory.background, memory.overall, memory.made_at = *_gathered(desk, now), now
    half = timedelta(minutes=30)
    with desk.store.read() as connection:
        middles = [now - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
        counts = [store.count_begun(connection, at - half, at + half) for at in middles]
    while counts and counts[-1] == 0:  # the desk was not there yet
        counts.pop()
    background = memory.background
    return Background(background.known, background.having, crisis.usual_rate(counts, memory.overall))


def _gathered(desk: Desk, now: datetime) -> tuple[Background, float]:
    """The terms of past conversations, and how many begin in an hour, by and large."""
    texts: list[frozenset[str]] = []
    for days in range(PAST.days, 0, -1):
        begin = now - timedelta(days=days, hours=1)
        with desk.store.read() as connection:
            ids = store.ordinary(connection, begin, min(begin + timedelta(days=1), now - RECENT), A_DAY)
            texts += map(crisis.terms_of, store.first_words(connection, ids, crisis.LOOKED_AT))
    with desk.store.read() as connection:
        count = store.count_begun(connection, now - timedelta(days=7), now - RECENT)
    return Background.of(texts), count / (7 * 24)


def end_within(connection: Connection, one: Kept, state: str, actor: str, now: datetime) -> None:
    """An incident is over: "ended" or "dismissed", within a transaction."""
    store.change(connection, one.id, state=state, actor=actor, ended_at=now)
    floor_trail.record(
        connection, now, actor, f"incident_{state}", incident=str(one.id), words=one.words.shown, count=one.count
    )
