"""Goodwill gestures: what is given, under which delegation, what the ledger keeps of it. Money is in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class GestureKind(StrEnum):
    """What is given."""

    VOUCHER = "voucher"
    CREDIT = "credit"
    REFUND = "refund"
    ITEM = "item"
    REDELIVERY = "redelivery"
    ATTENTION = "attention"


class Purse(StrEnum):
    """What pays: compensation and attentions have ceilings and budgets apart, since delight is no compensation."""

    GOODWILL = "goodwill"
    ATTENTION = "attention"


class Period(StrEnum):
    """What a budget lasts for, in the brand's own time zone; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class EntryKind(StrEnum):
    """Entries of the ledger. Only grants and voids move money; the others say who saw or decided what."""

    GRANT = "grant"
    VOID = "void"
    REVEAL = "reveal"
    REQUEST = "request"
    APPROVE = "approve"
    REFUSE = "refuse"


class ApprovalState(StrEnum):
    """REQUESTED and APPROVED hold money back until they expire; an APPROVED one is USED by one grant."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    USED = "used"


class FulfilmentHow(StrEnum):
    """Who sees to it that the customer gets it: a pool of voucher codes, the shop over HTTP, the back office."""

    VOUCHER = "voucher"
    SHOP = "shop"
    TASK = "task"


class FulfilmentState(StrEnum):
    """As the outbox's states; DONE: the customer has it, or can take it; CANCELLED: voided before that."""

    QUEUED = "queued"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What would come of a gesture, before anything is committed."""

    GRANTED = "granted"
    NEEDS_APPROVAL = "needs_approval"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A gesture somebody wants to make.

    :param amount: minor units, what it costs the brand. :param currency: ISO 4217.
    :param conversation: its id; the customer is the conversation's.
    :param proof: reference of a proof; empty where there is none.
    """

    conversation: UUID
    kind: str
    amount: int
    currency: str
    reason: str
    proof: str = ""

    @property
    def purse(self) -> Purse:
        """What pays."""
        return purse_of(self.kind)


def purse_of(kind: str) -> Purse:
    """What pays for a kind."""
    return Purse.ATTENTION if kind == GestureKind.ATTENTION else Purse.GOODWILL


@dataclass(frozen=True, slots=True)
class Rule:
    """What one agent may give alone of one kind in one currency. Amounts in minor units; 0 allows nothing.

    :param ceiling: of one gesture. :param customer: to one customer, by anybody, within ``within`` seconds.
    :param budget: of the agent in a period; :param count: gestures in a period.
    :param proof: up to which sum to one customer (within the same span) nothing has to be proved.
    """

    agent: str
    currency: str
    kind: str
    purse: Purse
    ceiling: int
    customer: int
    within: int
    proof: int
    period: Period
    budget: int
    count: int


@dataclass(frozen=True, slots=True)
class TeamRule:
    """A team's budget in a period: nobody can give beyond it, with an approval neither."""

    team: str
    currency: str
    purse: Purse
    period: Period
    budget: int


@dataclass(frozen=True, slots=True)
class Spent:
    """A budget's counter in the period that runs: what was given, and what approvals hold back."""

    spent: int = 0
    reserved: int = 0
    count: int = 0
    reserved_count: int = 0

    @property
    def bound(self) -> int:
        """What cannot be given any more."""
        return self.spent + self.reserved


@dataclass(frozen=True, slots=True)
class Giver:
    """Somebody's standing in one currency, kind and period: rule, training, what is used up. Own or an approver's.

    :param trained: the training that the delegation asks for is there and valid today.
    :param person: two logins of one human being are the same person.
    :param given: minor units that the customer already got within ``rule.within`` out of this purse, from anybody,
        and what approvals that are not used yet hold back for them.
    """

    agent: str
    person: str
    rule: Rule | None
    trained: bool
    reason_allowed: bool
    spent: Spent
    given: int
    team: TeamRule | None = None
    team_spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides about gestures to one customer in one kind, currency and reason, read at one moment.

    :param me: who wants to give. :param approvers: whose approval could be asked, best first (lowest ceiling).
    :param currencies: in which ``me`` may give at all; :param kinds: which ``me`` may give in this currency.
    """

    me: Giver
    approvers: tuple[Giver, ...]
    currencies: tuple[str, ...]
    kinds: tuple[str, ...]
    policy: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the ledger, as it was written and never changes.

    :param agent: who acted, whose chain it is in; :param seq: its place there, from 1.
    :param charged_to: whose budget a grant counts against: the agent, or who approved it.
    :param period: first day of the period of ``charged_to`` that it counts in; :param team_period: of the team.
    :param refers: the grant that a void or a reveal is about.
    :param policy: version of the policy it was decided under.
    """

    id: UUID
    agent: str
    seq: int
    entry: EntryKind
    conversation: UUID
    customer: UUID
    kind: str
    purse: Purse
    amount: int
    currency: str
    reason: str
    team: str | None
    charged_to: str
    period: date
    team_period: date | None
    at: datetime
    key: UUID
    approval: UUID | None
    refers: UUID | None
    policy: int
    text_digest: bytes
    prev: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """A grant as people look at it.

    :param number: of its conversation. :param message: the reply it is in; ``None``: in none that was sent.
    :param voided_at: UTC, where it was voided. :param revealed: its code was shown.
    :param how: how it is fulfilled, and how far that is; ``problem`` what stands in the way, in words.
    :param proof: its reference; empty where there is none or the customer was erased.
    """

    id: UUID
    number: int
    customer: UUID
    agent: str
    charged_to: str
    approval: UUID | None
    kind: str
    purse: Purse
    amount: int
    currency: str
    reason: str
    proof: str
    at: datetime
    period: date
    voided_at: datetime | None
    revealed: bool
    message: UUID | None
    how: FulfilmentHow
    fulfilment: FulfilmentState
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A voucher's code, shown by a reveal; ``expires`` is its last day."""

    code: str
    amount: int
    currency: str
    expires: date | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A request, and what became of it.

    :param amount: asked for; :param granted: approved, which may be less; ``None`` before.
    :param expires_at: UTC; a request or an approval is worth nothing after it.
    :param remark: the requester's words; :param answer: the approver's.
    """

    id: UUID
    number: int
    conversation: UUID
    customer: UUID
    requester: str
    kind: str
    amount: int
    currency: str
    reason: str
    proof: str
    remark: str
    team: str | None
    period: date
    requested_at: datetime
    expires_at: datetime
    state: ApprovalState
    approver: str | None = None
    granted: int | None = None
    decided_at: datetime | None = None
    answer: str = ""
