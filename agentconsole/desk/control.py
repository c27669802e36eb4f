"""Control afterwards: which gestures of a month a supervisor looks at, why, and what they found.

Two ways lead to a look. Chance: a gesture is in the sample where HMAC-SHA256(seed, its id) falls under the policy's
percent, so that nobody can tell beforehand, and everybody who knows the seed can check afterwards. And rules: patterns
of what is within every ceiling and still worth a question. A hit says nothing about guilt.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from agentconsole.desk.context import Desk
from agentconsole.desk.ledger import Month, Report, report, whole
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.gesture import Given
from agentconsole.store import customers
from agentconsole.store.ledger import entries, ledger_of, reviews
from agentconsole.store.ledger.reviews import Ceiling, Review

JUST_UNDER = 90
"""Percent of the ceiling from which a gesture is just under it."""
BURST = 4
BURST_WITHIN = timedelta(hours=1)
"""So many gestures of one agent for one reason within this span are a burst."""
SPLIT_WITHIN = timedelta(days=7)
"""Gestures of one agent to one customer within this span count as one that was split, where together they are above
the ceiling that each of them is under."""
PAIR = 3
"""From so many approvals in a month on it is looked at whether it is always the same two."""
VERDICTS = ("fine", "talk", "wrong")
"""What a supervisor can find: fine; worth a talk; wrong."""
MAX_REMARK = 500
"""Characters of a remark."""


class Why(StrEnum):
    """Why a gesture is looked at."""

    SAMPLE = "sample"
    JUST_UNDER = "just_under"
    SAME_CUSTOMER = "same_customer"
    BURST = "burst"
    SPLIT = "split"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Hit:
    """One reason to look at a gesture.

    :param count: of gestures (same customer, burst, split) or approvals (pair); percent of the ceiling (just under).
    :param amount: what a split comes to, or the ceiling, in minor units. :param who: the approver of a pair.
    """

    why: Why
    count: int = 0
    amount: int = 0
    who: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A grant as the rules look at it.

    :param customer: of linked ones their root. :param ceiling: of the agent at that time, in minor units.
    :param approver: who approved it; empty where nobody had to.
    """

    id: UUID
    agent: str
    customer: UUID
    reason: str
    currency: str
    amount: int
    at: datetime
    ceiling: int | None
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A gesture to be looked at: why, and the latest verdict where there is one.

    :param customer: the customer's name.
    """

    given: Given
    customer: str
    hits: tuple[Hit, ...]
    review: Review | None


def sampled(seed: str, entry: UUID, percent: int) -> bool:
    """Whether chance chooses an entry: HMAC-SHA256 of its 16 bytes, of which the first 8 bytes count."""
    drawn = hmac.new(seed.encode(), entry.bytes, hashlib.sha256).digest()
    return int.from_bytes(drawn[:8]) * 100 < percent << 64


def hits(grants: Sequence[Seen]) -> dict[UUID, list[Hit]]:
    """What the rules find among grants that were not voided; pure.

    - just under: at least :data:`JUST_UNDER` percent of the ceiling, not approved by anybody;
    - same customer: the customer had got something already;
    - burst: one of :data:`BURST` or more of one agent for one reason within :data:`BURST_WITHIN`;
    - split: one of several of one agent to one customer within :data:`SPLIT_WITHIN`, together above the ceiling;
    - pair: everything that was approved for an agent, at least :data:`PAIR`, was approved by one and the same.
    """
    found: defaultdict[UUID, list[Hit]] = defaultdict(list)
    in_order = sorted(grants, key=lambda grant: (grant.at, grant.id))
    for rule in (_just_under, _same_customer, _bursts, _splits, _pairs):
        for grant, hit in rule(in_order):
            found[grant].append(hit)
    return dict(found)


_Found = Iterator[tuple[UUID, Hit]]


def _just_under(grants: Iterable[Seen]) -> _Found:
    for grant in grants:
        if grant.ceiling and not grant.approver and grant.amount * 100 >= grant.ceiling * JUST_UNDER:
            yield grant.id, Hit(Why.JUST_UNDER, grant.amount * 100 // grant.ceiling, grant.ceiling)


def _same_customer(grants: Iterable[Seen]) -> _Found:
    before: defaultdict[UUID, int] = defaultdict(int)
    for grant in grants:
        before[grant.customer] += 1
        if before[grant.customer] > 1:
            yield grant.id, Hit(Why.SAME_CUSTOMER, before[grant.customer])


def _bursts(grants: Iterable[Seen]) -> _Found:
    by: defaultdict[tuple[str, str], list[Seen]] = defaultdict(list)
    for grant in grants:
        by[grant.agent, grant.reason].append(grant)
    for group in by.values():
        largest: dict[UUID, int] = {}
        for window in _windows(group, BURST_WITHIN):
            for grant in window if len(window) >= BURST else ():
                largest[grant.id] = max(largest.get(grant.id, 0), len(window))
        yield from ((grant, Hit(Why.BURST, count)) for grant, count in largest.items())


def _splits(grants: Iterable[Seen]) -> _Found:
    by: defaultdict[tuple[str, UUID, str], list[Seen]] = defaultdict(list)
    for grant in grants:
        if grant.ceiling is not None and not grant.approver:
            by[grant.agent, grant.customer, grant.currency].append(grant)
    for group in by.values():
        most: dict[UUID, Hit] = {}
        for window in _windows(group, SPLIT_WITHIN):
            total, ceiling = sum(grant.amount for grant in window), max(grant.ceiling or 0 for grant in window)
            for grant in window if len(window) > 1 and total > ceiling else ():
                hit = Hit(Why.SPLIT, len(window), total)
                most[grant.id] = max(most.get(grant.id, hit), hit, key=lambda one: one.amount)
        yield from most.items()


def _windows(group: Sequence[Seen], within: timedelta) -> Iterator[Sequence[Seen]]:
    """For each grant those that ended within a span with it, itself the last."""
    first = 0
    for last, grant in enumerate(group):
        while group[first].at < grant.at - within:
            first += 1
        yield group[first : last + 1]


def _pairs(grants: Iterable[Seen]) -> _Found:
    by: defaultdict[str, list[Seen]] = defaultdict(list)
    for grant in grants:
        if grant.approver:
            by[grant.agent].append(grant)
    for group in by.values():
        if len(group) >= PAIR and len({grant.approver for grant in group}) == 1:
            yield from ((grant.id, Hit(Why.PAIR, len(group), who=grant.approver)) for grant in group)


# On a desk


def to_review(desk: Desk, month: Month) -> list[Looked]:
    """The gestures of a month that a supervisor looks at: those without a verdict first, then the newest.

    The rules look at what was not voided, and back over :data:`SPLIT_WITHIN` into the month before.

    :raises RuleRefused: not all of the ledger can be seen.
    """
    since, until = month.span(desk)
    with desk.store.read() as connection:
        whole(desk, connection)
        around = entries.given_between(connection, since - SPLIT_WITHIN, until)
        ceilings, found = reviews.ceilings(connection, [given.id for given in around]), []
        roots = customers.groups(connection, {g.customer for g in around})
        seen = [_seen(given, ceilings, roots) for given in around if given.voided_at is None]
        by_rule = hits(seen)
        seed, percent = reviews.seed(connection), desk.config.gestures.sample
        for given in around:
            chosen = [Hit(Why.SAMPLE, percent)] if sampled(seed, given.id, percent) else []
            why = (*chosen, *by_rule.get(given.id, ()))
            if why and given.at >= since:
                found.append((given, why))
        names = customers.names(connection, {given.customer for given, _why in found})
        latest = reviews.latest(connection, [given.id for given, _why in found])
    looked = [Looked(given, names[given.customer], why, latest.get(given.id)) for given, why in found]
    return sorted(looked, key=lambda one: one.review is not None)


def _seen(given: Given, ceilings: dict[UUID, Ceiling], groups: dict[UUID, tuple[UUID, ...]]) -> Seen:
    approver = given.charged_to if given.approval else ""
    return Seen(
        given.id, given.agent, min(groups.get(given.customer, (given.customer,))), given.reason, given.currency,
        given.amount, given.at, ceilings.get(given.id), approver,
    )  # fmt: skip


def review(desk: Desk, entry: UUID, verdict: str, remark: str = "") -> Review:
    """A supervisor's verdict on a gesture; the latest one holds.

    :param verdict: one of :data:`VERDICTS`; other than "fine" it needs a remark.
    :raises UsageError: another verdict, or no remark. :raises RuleRefused: as :meth:`.Ledger.review`.
    """
    words = remark.strip()
    if verdict not in VERDICTS:
        raise UsageError(
            _("There is no verdict {name!r}.").format(name=verdict),
            _("Use one of: {names}.").format(names=", ".join(VERDICTS)),
        )
    if verdict != "fine" and not words:
        raise UsageError(_("That verdict needs a remark."), _("Say what there is to talk about."))
    if len(words) > MAX_REMARK:
        raise UsageError(_("That is too long."), _("Write at most {n} characters.").format(n=MAX_REMARK))
    with desk.store.write() as connection:
        ledger_of(connection).review(desk.agent.id, entry, verdict, words)
        return reviews.latest(connection, [entry])[entry]


def totals(desk: Desk, month: Month) -> Report:
    """What was given in a month; see :meth:`.Report.totals`. Equal to the sum of the month's entries."""
    return report(desk, month)


def months(desk: Desk, last: Month, count: int = 12) -> list[tuple[Month, dict[str, int]]]:
    """Net of each of the months up to that one, by currency in minor units, the earliest first."""
    found = []
    with desk.store.read() as connection:
        whole(desk, connection)
        for back in range(count - 1, -1, -1):
            month, net = last.moved(-back), defaultdict[str, int](int)
            for part in entries.sums(connection, *month.span(desk)):
                net[part.currency] += part.net
            found.append((month, dict(net)))
    return found
