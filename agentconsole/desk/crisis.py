"""The crisis signal: a burst of conversations about the same thing, whatever the channel. Pure.

A customer counts once, however much they write. For each word the customers who used it within the last half hour
are compared with how many would: *usual conversations of that weekday and hour* times *the share of past conversations
with that word*. The surprise is the tail of a negative binomial distribution (a Poisson one whose rate is not certain:
floors have good and bad days, and what people write about drifts). A word that is surprising enough, which enough
customers used, is the seed of a burst; other surprising words that half of these used join it; whoever used the seed
or two of the words belongs to it.

Where little is known of the past, nothing is surprising: any word may be in a tenth of what people write there. A desk
has to know some fifty conversations before it tells anything.

The method is that of burst detection by document frequency against a background (e.g. Kleinberg 2002, "Bursty and
hierarchical structure in streams"; He and Parker 2010), reduced to what can be said to a supervisor in one line. Its
rates of false alarms and of detection are measured by bench/crisis.py and held by tests: docs/crisis.md.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations
from math import exp, inf, lgamma, log, log1p
from unicodedata import normalize
from uuid import UUID

from agentconsole.desk.language import function_words
from agentconsole.text import fold

LOOKED_AT = 2_000
"""Characters of what a customer wrote that are looked at."""
PRIOR = 25.0
"""Conversations that are taken as known in advance: in a tenth of these every word was, until more is known."""
DRIFT = 1.0
"""How uncertain a word's rate is: the variance is the mean plus this times its square."""
SURPRISE = 9.5
"""Nats: a seed's count is less likely than ``exp(-SURPRISE)``. bench/crisis.py tells what other values would do."""
OF_PAIRS = 2.0
"""The same of each word of a pair; whether the pair is a seed is decided by the two together."""
OF_OTHERS = 6.0
"""The same of the words that join a seed."""
QUIET = 20
"""Customers within the time looked at from which on more surprise is asked for: of twice as many, four times as many
pairs of words come together by chance.
"""
TIMES = 4.0
"""A seed's count is at least so many times the usual one."""
WORDS = 5
"""Words of a burst, at most."""
MOST = 3
"""Bursts that are told at once, at most."""

Unit = tuple[str, ...]
"""A term, or two of them that are used together, in the order of the alphabet."""

_WORD = re.compile(r"[^\W\d_]{3,40}")
_LETTERS = re.compile(r"[^\W\d_]{1,40}")
_POLITE = """
bonjour bonsoir merci cordialement salutations sincerement madame monsieur messieurs mesdames avance svp plait reponse
retour hello dear sir madam regards best kind kindly thank thanks please cheers sincerely hi team support service
client clients customer customers equipe besoin aide help need want would could should like get got still already
toujours encore deja faire fait etre avoir peux pouvez peut pourriez voudrais souhaite souhaiterais aimerais comme tout
tous toute toutes tres bien aussi alors quand sans elle elles ils leur leurs nos notre votre vos ces cet cette son ses
par avec etait ete sont ont avait fois jour jours semaine mois heure heures hier demain today yesterday tomorrow day
days week month hour hours time since ago about there their them they were who which into out only also than then
yet ever never jamais again encore please must may might dois doit doivent devoir faut fallait vais vas vont aller
ans an message mail email wrote ecrit probleme problem question demande request issue soucis souci
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation in which a customer wrote, with the terms of what they wrote within the time looked at.

    :param at: when they began, UTC.
    """

    id: UUID
    customer: UUID
    at: datetime
    channel: str
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Background:
    """What is usual.

    :param known: past conversations that were looked at. :param having: in which of them each term was, by their index.
    :param hourly: conversations usual in an hour, at this time of the week.
    """

    known: int = 0
    having: Mapping[str, array[int]] = field(default_factory=dict)
    hourly: float = 0.0

    @classmethod
    def of(cls, past: Iterable[Collection[str]], hourly: float = 0.0) -> Background:
        """The background that past conversations make, each given by its terms."""
        having: dict[str, array[int]] = {}
        known = 0
        for terms in past:
            for term in terms:
                having.setdefault(term, array("L")).append(known)
            known += 1
        return cls(known, having, hourly)

    def share(self, unit: Unit) -> float:
        """The share of conversations with all these terms, above nothing."""
        first, *rest = (self.having.get(term, ()) for term in unit)
        with_all = set(first).intersection(*rest) if rest else first
        trust = self.known + PRIOR
        return (len(with_all) + 0.5 + 2 * PRIOR / trust) / trust


@dataclass(frozen=True, slots=True)
class Shared:
    """What the conversations of a burst share.

    :param words: the most telling first. :param alone: the first of them is enough; else it takes two.
    """

    words: tuple[str, ...]
    alone: bool

    def in_(self, terms: Collection[str]) -> bool:
        """Whether what has these terms belongs to it: two of the words, or the first where it is enough."""
        return (self.alone and self.words[0] in terms) or sum(word in terms for word in self.words) >= 2


@dataclass(frozen=True, slots=True)
class Burst:
    """Conversations about the same thing.

    :param cases: the oldest first. :param usual: conversations of that kind that are usual in an hour.
    :param surprise: nats.
    """

    shared: Shared
    cases: tuple[Case, ...]
    usual: float
    surprise: float


def terms_of(text: str) -> frozenset[str]:
    """The words of a text that can be what it is about: folded, without function words, polite ones and plurals."""
    stop = _stop_words()
    return frozenset(term for word in _WORD.findall(fold(text[:LOOKED_AT])) if (term := _stem(word)) not in stop)


def as_written(terms: Sequence[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Terms as most of these texts write them, in lower case: with accents, in the plural."""
    forms: dict[str, Counter[str]] = {term: Counter() for term in terms}
    for text in texts:
        for word in set(_LETTERS.findall(normalize("NFC", text[:LOOKED_AT]).lower())):
            found = forms.get(_stem(fold(word)))
            if found is not None:
                found[word] += 1
    return tuple(min(found, key=lambda word: (-found[word], word), default=term) for term, found in forms.items())


def usual_rate(counts: Sequence[int], overall: float) -> float:
    """Conversations usual in an hour: of the same hour in past weeks, with one week's worth of the overall mean."""
    return (overall + sum(counts)) / (1 + len(counts))


def find(
    cases: Iterable[Case],
    background: Background,
    span: timedelta,
    least: int,
    ignore: Collection[str] = (),
    surprise: float = SURPRISE,
) -> list[Burst]:
    """The bursts among conversations, the most surprising first.

    :param cases: of the last ``span``; those of known incidents left out. :param least: customers, at least.
    :param ignore: words that are no signal, as people write them.
    :param surprise: nats from which on a word is a seed.
    """
    left = list(cases)
    never = frozenset().union(*map(terms_of, ignore)) if ignore else frozenset()
    found: list[Burst] = []
    while len(found) < MOST:
        burst = _most_surprising(left, background, span, least, never, surprise)
        if burst is None:
            break
        found.append(burst)
        taken = {case.id for case in burst.cases}
        left = [case for case in left if case.id not in taken]
    return found


def _most_surprising(
    cases: list[Case], background: Background, span: timedelta, least: int, never: frozenset[str], surprise: float
) -> Burst | None:
    customers = len({case.customer for case in cases})
    if customers < least:
        return None
    volume = max(background.hourly * span.total_seconds() / 3600, customers)

    def score(unit: Unit, count: int) -> float:
        usual = volume * background.share(unit)
        return tail(count, usual) if count >= TIMES * usual else 0.0

    theirs = _terms_of_customers(cases, never)
    counts = Counter((term,) for terms in theirs for term in terms)
    many = {unit: count for unit, count in counts.items() if count >= max(3, least // 2)}
    scores = {unit[0]: found for unit, count in many.items() if (found := tail(count, volume * background.share(unit)))}
    units: dict[Unit, int] = {unit: count for unit, count in many.items() if count >= least}
    units |= {pair: count for pair, count in _pairs(theirs, scores).items() if count >= least}
    ranked = [(score(unit, count), count, unit) for unit, count in units.items()]
    best, _count, seed = max(ranked, default=(0.0, 0, ()))
    if best < surprise + 2 * log(max(1.0, customers / QUIET)):
        return None
    words = (*sorted(seed, key=lambda term: -scores[term]), *_others(seed, theirs, scores))[:WORDS]
    shared = Shared(words, alone=len(seed) == 1)
    among = sorted((case for case in cases if shared.in_(case.terms)), key=lambda case: case.at)
    return Burst(shared, tuple(among), background.hourly * background.share(seed), best)


def _terms_of_customers(cases: Iterable[Case], never: frozenset[str]) -> list[set[str]]:
    """What each customer used."""
    theirs: dict[UUID, set[str]] = {}
    for case in cases:
        theirs.setdefault(case.customer, set()).update(case.terms - never)
    return list(theirs.values())


def _pairs(theirs: Iterable[set[str]], scores: Mapping[str, float]) -> Counter[Unit]:
    """How many customers used two terms together, of those that are more frequent than usual."""
    frequent = {term for term, found in scores.items() if found >= OF_PAIRS}
    return Counter(pair for terms in theirs for pair in combinations(sorted(terms & frequent), 2))


def _others(seed: Unit, theirs: Iterable[set[str]], scores: Mapping[str, float]) -> list[str]:
    """Surprising words that half of those with the seed used."""
    having = [terms for terms in theirs if terms.issuperset(seed)]
    counts = Counter(term for terms in having for term in terms)
    found = [(found, term) for term, found in scores.items() if found >= OF_OTHERS and counts[term] * 2 >= len(having)]
    return [term for _score, term in sorted(found, reverse=True) if term not in seed]


def tail(count: int, mean: float, drift: float = DRIFT) -> float:
    """How surprising so many are where ``mean`` are usual: ``-log P(X >= count)``, X negative binomial, in nats.

    :param mean: above 0. :param drift: the variance is ``mean + drift * mean ** 2``.
    """
    if count <= mean:
        return 0.0
    shape = 1 / drift
    rest, more = log(mean / (shape + mean)), -shape * log1p(mean / shape)
    term = more + count * rest + lgamma(count + shape) - lgamma(shape) - lgamma(count + 1)
    total, ratio, i = 1.0, 1.0, count
    while ratio > 1e-9 and i < count + 10_000:
        ratio *= exp(rest) * (i + shape) / (i + 1)
        total, i = total + ratio, i + 1
    return -(term + log(total)) if total < inf else 0.0


@cache
def _stop_words() -> frozenset[str]:
    parts = _WORD.findall(fold(" ".join(function_words()) + _POLITE))
    return frozenset(map(_stem, parts))


def _stem(word: str) -> str:
    """A word without the ending of its plural, where it has a usual one: French and English count alike."""
    return word[:-1] if len(word) > 4 and word[-1] in "sx" and word[-2] not in "su" else word
