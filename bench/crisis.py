"""``python -m bench.crisis``: how often the crisis signal is wrong, and how soon it is right. Prints JSON.

Ordinary traffic of a desk that does nothing unusual: a day's curve, weekdays, hours that are good or bad (overdispersed
arrivals), some thirty subjects with words of their own whose shares drift from day to day, words as unevenly common as
real ones. Every signal on it is a false one. Into further weeks of it bursts are put, at any time of the day: customers
who write within half an hour, each with some of three words that they share, on an ordinary subject otherwise.

With ``--texts FILE`` (CSV: text, category) the words are real ones: ordinary traffic draws from all categories, a
burst from one of them, so that its customers share no more than people do who have the same problem.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

from agentconsole.desk.crisis import SURPRISE, Background, Case, Shared, find, terms_of, usual_rate
from bench.words import Words

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
SPAN = timedelta(minutes=30)
QUIET = timedelta(hours=6)
_CURVE = (1, 1, 1, 1, 1, 2, 6, 14, 30, 42, 46, 44, 36, 38, 42, 42, 40, 38, 36, 30, 20, 12, 6, 3)
"""Of a day's conversations, by the hour."""
_WEEK = (1.25, 1.1, 1.0, 1.0, 0.95, 0.6, 0.3)
_NOISE = 12.0
"""Shape of an hour's gamma noise: its busiest one in twenty has half as many again."""
Speaker = Callable[[Random, int], str]
"""What a customer writes on a day about something ordinary."""


@dataclass(slots=True)
class Injected:
    """A burst that was put in. ``found`` is when a signal of it came."""

    begins: datetime
    times: list[datetime]
    found: datetime | None = None


@dataclass(slots=True)
class Run:
    """What came of some weeks of traffic."""

    weeks: float
    false: list[tuple[datetime, tuple[str, ...]]] = field(default_factory=list)
    bursts: list[Injected] = field(default_factory=list)
    looks: int = 0
    seconds: float = 0.0


def arrivals(random: Random, day: int, a_day: float) -> Iterator[datetime]:
    """When the conversations of a day begin."""
    for hour, part in enumerate(_CURVE):
        mean = a_day * _WEEK[day % 7] * part / sum(_CURVE) * random.gammavariate(_NOISE, 1 / _NOISE)
        at = random.expovariate(mean) if mean else 1.0
        while at < 1:
            yield BEGIN + timedelta(days=day, hours=hour + at)
            at += random.expovariate(mean)


class Made:
    """Made words: ordinary subjects with words of their own, and bursts that share three."""

    def __init__(self, seed: int, subjects: int = 30) -> None:
        self._words, random = Words(10_000), Random(f"{seed}/subjects")
        self._own = [random.sample(self._words.words[200:6000], 25) for _ in range(subjects)]
        self._seed, self._shares = seed, [1 / (rank + 1) for rank in range(subjects)]
        self._falling = list(accumulate(1 / (rank + 1) for rank in range(25)))
        self._drift: dict[int, list[float]] = {}

    def ordinary(self, random: Random, day: int) -> str:
        """What somebody writes about something ordinary."""
        if day not in self._drift:
            dice = Random(f"{self._seed}/{day}")
            self._drift[day] = list(accumulate(share * dice.lognormvariate(0, 0.5) for share in self._shares))
        (own,) = random.choices(self._own, cum_weights=self._drift[day])
        drawn = random.choices(own, cum_weights=self._falling, k=random.randint(3, 8))
        return f"{self._words.subject(random)} {self._words.text(random)} {' '.join(drawn)}"

    def burst(self, random: Random) -> Speaker:
        """What they write who share three words, each of them in two of three texts."""
        shared = random.sample(self._words.words[300:8000], 3)

        def says(dice: Random, day: int) -> str:
            return f"{self.ordinary(dice, day)} {' '.join(word for word in shared if dice.random() < 2 / 3)}"

        return says


class Texts:
    """Real texts with the category that each is of."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self._all = [row.get("fr") or row["text"] for row in rows]
        self._by: dict[str, list[str]] = {}
        for row, text in zip(rows, self._all, strict=True):
            self._by.setdefault(row.get("category") or row["intent"], []).append(text)
        self._kinds = sorted(kind for kind, texts in self._by.items() if len(texts) >= 30)
        self._drift: dict[int, list[float]] = {}

    def ordinary(self, random: Random, day: int) -> str:
        """A text of any category; what is asked most is not the same each day."""
        if day not in self._drift:
            dice = Random(day)
            self._drift[day] = list(accumulate(dice.lognormvariate(0, 0.5) for _ in self._kinds))
        (kind,) = random.choices(self._kinds, cum_weights=self._drift[day])
        return random.choice(self._by[kind])

    def burst(self, random: Random) -> Speaker:
        """Texts of one category."""
        kind = random.choice(self._kinds)
        return lambda dice, _day: dice.choice(self._by[kind])


class Desk:
    """A desk at which time passes: what :mod:`agentconsole.desk.incidents` does, without the store."""

    def __init__(self, least: int, surprise: float) -> None:
        self._least, self._surprise = least, surprise
        self._past: list[Case] = []
        self._background = Background()
        self._made_on = -1
        self._live: list[tuple[datetime, Shared]] = []

    def look(self, case: Case) -> tuple[str, ...] | None:
        """A conversation begins; the words of a signal that comes of it."""
        day = (case.at - BEGIN).days
        if day != self._made_on:
            self._made_on = day
            self._remember(Random(day))
        self._past.append(case)
        self._live = [(until, shared) for until, shared in self._live if until > case.at]
        recent = [c for c in self._recent(case.at) if not any(shared.in_(c.terms) for _, shared in self._live)]
        usual = Background(self._background.known, self._background.having, self._hourly(case.at))
        for burst in find(recent, usual, SPAN, self._least, surprise=self._surprise):
            self._live.append((case.at + QUIET, burst.shared))
            return burst.shared.words
        return None

    def _recent(self, at: datetime) -> list[Case]:
        found = []
        for case in reversed(self._past):
            if case.at < at - SPAN:
                break
            found.append(case)
        return found

    def _remember(self, random: Random) -> None:
        known = [case for case in self._past if (self._past[-1].at - case.at).days < 28]
        known = random.sample(known, min(len(known), 4000))
        self._background = Background.of(case.terms for case in known)
        hours = Counter(int((case.at - BEGIN).total_seconds() // 3600) for case in self._past)
        self._hours, self._mean = hours, len(self._past) / max(1, len({h // 24 for h in hours}) * 24)

    def _hourly(self, at: datetime) -> float:
        hour, weeks = int((at - BEGIN).total_seconds() // 3600), (at - BEGIN).days // 7
        return usual_rate([self._hours[hour - 168 * week] for week in range(1, weeks + 1)][:8], self._mean)


def simulate(
    speaking: Made | Texts,
    seed: int,
    weeks: int,
    *,
    a_day: float = 500.0,
    history: int = 28,
    size: int = 0,
    least: int = 5,
    surprise: float = SURPRISE,
) -> Run:
    """Weeks of traffic after some days of history.

    :param size: customers of each burst; 0: none are put in. Three a day, at open hours, hours apart.
    """
    random, desk, run = Random(seed), Desk(least, surprise), Run(float(weeks))
    for day in range(history + weeks * 7):
        traffic = [(at, speaking.ordinary(random, day), -1) for at in arrivals(random, day, a_day)]
        if size and day >= history:
            for hour in (8, 12, 16):
                traffic += _inject(random, speaking, run, BEGIN + timedelta(days=day, hours=hour), size, day)
        for at, text, which in sorted(traffic):
            case = Case(
                UUID(int=random.getrandbits(128)), UUID(int=random.getrandbits(128)), at, "mail", terms_of(text)
            )
            began = perf_counter()
            words = desk.look(case)
            run.seconds, run.looks = run.seconds + perf_counter() - began, run.looks + 1
            if words and day >= history:
                _judge(run, at, words, which)
    return run


def _inject(
    random: Random, speaking: Made | Texts, run: Run, at: datetime, size: int, day: int
) -> list[tuple[datetime, str, int]]:
    begins = at + timedelta(minutes=random.uniform(0, 180))
    times = sorted(begins + SPAN * random.random() for _ in range(size))
    run.bursts.append(Injected(times[0], times))
    says = speaking.burst(random)
    return [(when, says(random, day), len(run.bursts) - 1) for when in times]


def _judge(run: Run, at: datetime, words: tuple[str, ...], which: int) -> None:
    """A signal that comes with a conversation of a burst is of that burst, any other is a false one."""
    if which < 0:
        run.false.append((at, words))
    elif run.bursts[which].found is None:
        run.bursts[which].found = at


def figures(run: Run) -> dict[str, Any]:
    """What a run comes to; delays are minutes from a burst's first conversation, and its found share that in them."""
    found = [b for b in run.bursts if b.found]
    delays = [(b.found - b.begins).total_seconds() / 60 for b in found if b.found]
    seen = [sum(at <= b.found for at in b.times) for b in found if b.found]
    told: dict[str, Any] = {"weeks": run.weeks, "look_ms": round(run.seconds / max(run.looks, 1) * 1000, 2)}
    if not run.bursts:
        return told | {"false_a_week": round(len(run.false) / run.weeks, 2)}
    if run.bursts:
        told |= {
            "further": len(run.false),
            "bursts": len(run.bursts),
            "found": round(len(found) / len(run.bursts), 3),
            "within_15_min": round(sum(d <= 15 for d in delays) / len(run.bursts), 3),
            "delay_p50_min": round(median(delays), 1) if delays else None,
            "delay_p95_min": round(quantiles(delays, n=20)[-1], 1) if len(delays) > 1 else None,
            "conversations_p50": median(seen) if seen else None,
            "conversations_p95": math.ceil(quantiles(seen, n=20)[-1]) if len(seen) > 1 else None,
        }
    return told


def main(arguments: list[str] | None = None) -> int:
    """Simulate what the options say, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.crisis", description=__doc__)
    parser.add_argument("--weeks", type=int, default=8, help="of ordinary traffic (default %(default)s)")
    parser.add_argument("--a-day", type=float, nargs="+", default=[150.0, 500.0, 2000.0], help="conversations")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 20, 40], help="customers of a burst")
    parser.add_argument("--history", type=int, default=28, help="days before (default %(default)s)")
    parser.add_argument("--surprise", type=float, default=SURPRISE, help="nats (default %(default)s)")
    parser.add_argument("--least", type=int, default=5, help="customers (default %(default)s)")
    parser.add_argument("--texts", type=Path, help="CSV with the columns text and category, or fr and intent")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    speaking = Texts(options.texts) if options.texts else Made(options.seed)
    common = {"history": options.history, "surprise": options.surprise, "least": options.least}
    told: list[dict[str, Any]] = []
    for a_day in options.a_day:
        run = simulate(speaking, options.seed, options.weeks, a_day=a_day, **common)
        told.append({"a_day": a_day, "size": 0} | figures(run) | {"words": [" ".join(w) for _, w in run.false[:5]]})
        for size in options.sizes:
            run = simulate(speaking, options.seed + size, 2, a_day=a_day, size=size, **common)
            told.append({"a_day": a_day, "size": size} | figures(run))
    for one in told:
        print(json.dumps(one, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
