"""Requests for gestures, as whoever decides on them and whoever asked looks at them.

Who may decide is said by the policy: an agent's approvers, never the same person. Deciding itself is
:mod:`.gestures`' (``approve``, ``refuse``, ``withdraw``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import open_thread
from agentconsole.desk.goodwill import Left, over
from agentconsole.errors import RuleRefused
from agentconsole.model.conversation import ConversationRow, Thread
from agentconsole.model.gesture import Approval, ApprovalState, Given, Giver, Standing
from agentconsole.store import conversations, customers
from agentconsole.store.ledger import approvals as stored
from agentconsole.store.ledger import deciding, entries
from agentconsole.store.ledger import standing as standings

KEPT = timedelta(days=14)
"""How long what became of one's own requests is listed."""
_MESSAGES = 6
_AT_MOST = 200


class Whose(StrEnum):
    """What a request in the list is to whoever looks."""

    DECIDE = "decide"
    """Nobody has decided on it, and I may."""
    MINE = "mine"
    """I asked, and it is open: not decided on, or approved and not used."""
    ENDED = "ended"
    """I asked, and it is refused, withdrawn, expired or used."""


@dataclass(frozen=True, slots=True)
class Request:
    """A line of the list.

    :param customer: their name. :param due: when its conversation's clock of approvals ends, UTC.
    """

    approval: Approval
    whose: Whose
    customer: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requests wait for a decision of mine, and how many of mine are approved and not used."""

    decide: int = 0
    approved: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """All that one needs to decide on a request.

    :param thread: its conversation with the latest messages, and its customer.
    :param given: what the customer and all linked to them got from anybody, the newest first.
    :param requester: who asked, their rule, team and counters; ``None`` where that may not be seen.
    :param mine: the same of whoever looks, but with the requester's team, which is what pays; ``None`` of a request of
        one's own, or where there is no such rule.
    :param refusal: why I cannot approve the whole amount, a code; empty where I can.
    """

    request: Request
    thread: Thread
    given: tuple[Given, ...]
    requester: Giver | None = None
    mine: Giver | None = None
    refusal: str = ""


def waiting(desk: Desk) -> Waiting:
    """How many wait, for the header: two short reads."""
    with desk.store.read() as connection:
        theirs = deciding.decided_for(connection, desk.agent.id)
        return Waiting(*deciding.count(connection, desk.agent.id, theirs, desk.now()))


def requests(desk: Desk) -> tuple[Request, ...]:
    """What I may decide on, the first due first; then what I asked for and is open; then what became of the rest."""
    now, me = desk.now(), desk.agent.id
    with desk.store.read() as connection:
        theirs = deciding.decided_for(connection, me)
        waits = [
            a for a in stored.some(connection, now) if a.requester in theirs and a.state is ApprovalState.REQUESTED
        ]
        mine = stored.some(connection, now, requester=me)
        ended = stored.some(connection, now, open_only=False, requester=me, since=now - KEPT)
        still = {asked.id for asked in mine}
        over = [asked for asked in reversed(ended) if asked.id not in still][:_AT_MOST]
        numbers = {asked.number for asked in (*waits, *mine, *over)}
        rows = {row.number: row for row in conversations.by_numbers(connection, numbers)}
    decide = [_request(asked, Whose.DECIDE, rows) for asked in waits]
    decide.sort(key=lambda request: (request.due or request.approval.expires_at, request.approval.requested_at))
    return (
        *decide,
        *(_request(asked, Whose.MINE, rows) for asked in mine),
        *(_request(asked, Whose.ENDED, rows) for asked in over),
    )


def case(desk: Desk, request: Request) -> Case:
    """All about one request, read now.

    :raises NotFound: its conversation is gone.
    """
    asked, me = request.approval, desk.agent.id
    thread = open_thread(desk, asked.number, _MESSAGES)
    with desk.store.read() as connection:
        group = customers.groups(connection, [asked.customer])[asked.customer]
        given = tuple(sorted(entries.given_to(connection, group), key=lambda each: each.at, reverse=True))
        theirs = _standing(connection, asked.requester, asked, desk.now())
        mine = None if asked.requester == me else _mine(connection, me, asked, theirs, desk.now())
    requester = theirs.me if theirs else None
    if mine is None or (rule := mine.rule) is None:
        return Case(request, thread, given, requester)
    if requester is not None:
        mine = replace(mine, team=requester.team, team_spent=requester.team_spent)
    refusal = "" if mine.trained else "training_expired"
    return Case(request, thread, given, requester, mine, refusal or next(over(asked.amount, mine, rule), ""))


def after(case: Case, amount: int) -> Left | None:
    """What is left of each ceiling of mine, and of the requester's team, once so much is approved; pure.

    :param amount: minor units. :returns: ``None`` where nothing of mine decides.
    """
    mine, asked = case.mine, case.request.approval
    if mine is None or mine.rule is None:
        return None
    rule, spent = mine.rule, mine.spent
    team = (
        mine.team.budget - mine.team_spent.bound + asked.amount - amount if mine.team else None
    )  # it holds it already
    return Left(
        gesture=rule.ceiling - amount,
        customer=rule.customer - mine.given - amount,
        budget=rule.budget - spent.bound - amount,
        count=rule.count - spent.count - spent.reserved_count - 1,
        team=team,
    )


def most(case: Case) -> int:
    """The most that I can approve of a request, in minor units; 0 for nothing."""
    left = after(case, 0)
    if left is None or left.count < 0 or (case.mine is not None and not case.mine.trained):
        return 0
    return max(0, min(case.request.approval.amount, left.gesture or 0, left.customer, left.budget))


def _request(asked: Approval, whose: Whose, rows: dict[int, ConversationRow]) -> Request:
    row = rows.get(asked.number)
    return Request(asked, whose, row.customer if row else "", row.approval_due_at if row else None)


def _standing(connection: Connection, agent: str, asked: Approval, now: datetime) -> Standing | None:
    """``None`` where the customer was erased, or the agent's rules may not be seen."""
    try:
        return standings.read(connection, agent, asked.customer, asked.kind, asked.currency, asked.reason, now)
    except RuleRefused:
        return None


def _mine(connection: Connection, me: str, asked: Approval, theirs: Standing | None, now: datetime) -> Giver | None:
    among = next((giver for giver in theirs.approvers if giver.agent == me), None) if theirs else None
    if among is not None:
        return among
    own = _standing(connection, me, asked, now)
    return own.me if own else None
