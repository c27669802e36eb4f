"""Goodwill gestures in agentconsole.toml: delegations, reasons, kinds, the catalogue, moments, the shop."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from agentconsole.config.amounts import exponent, parse_amount
from agentconsole.config.values import Duration, Frozen, Id, Label, Length
from agentconsole.model.gesture import FulfilmentHow, GestureKind, Period, Purse
from agentconsole.model.states import Role

Amount = Annotated[str, BeforeValidator(parse_amount), WithJsonSchema({"type": "string", "title": "amount"})]
"""An amount in units of its currency, kept as it was written ("15.00"): minor units want the currency."""


def _currency(value: str) -> str:
    try:
        exponent(value)
    except ValueError:
        raise ValueError('a currency code of ISO 4217 such as "EUR"') from None
    return value


Currency = Annotated[str, AfterValidator(_currency), WithJsonSchema({"type": "string", "title": "currency code"})]


class Limits(Frozen):
    """What a delegation allows in one currency, for compensation or for attentions."""

    currency: Currency = "EUR"
    """The currency; amounts never add up across currencies."""
    purse: Purse = Purse.GOODWILL
    """"goodwill" (compensation) or "attention" (a surprise at a chosen moment, with a budget apart)."""
    gesture: Amount
    """Most that one gesture may cost."""
    kinds: dict[GestureKind, Amount] = Field(default_factory=dict)
    """Another ceiling per gesture for some kinds: { refund = "30" }."""
    customer: Amount
    """Most that one customer may get within the span of `within`, from anybody, on any channel."""
    within: Length = timedelta(days=90)
    """The span over which gifts to one customer are added up; it moves with time."""
    proof: Amount = "0"
    """Up to this sum to one customer nothing has to be proved; above it a proof's reference must be given."""
    budget: Amount
    """Most that an agent may give in a period."""
    count: int = Field(default=1000, ge=0)
    """Most gestures that an agent may make in a period."""


class Delegation(Frozen):
    """What an agent may give alone."""

    id: Id
    """Short name; an agent's `delegation` names it."""
    roles: tuple[Role, ...] = ()
    """Whose it is where an agent names none: everybody with one of these roles."""
    kinds: tuple[GestureKind, ...] = ()
    """What may be given; all kinds where empty."""
    reasons: tuple[Id, ...] = ()
    """Reasons that count; all where empty."""
    approvers: tuple[Id, ...] = ()
    """Delegations whose holders may approve what is above a ceiling; where empty, nothing above can be had."""
    period: Period = Period.MONTH
    """What a budget lasts for: "day", "week" or "month", in the time zone of `hours`."""
    training: bool = False
    """Whether the training must be valid: the agent's `trained_until`."""
    limits: tuple[Limits, ...] = Field(min_length=1)
    """Ceilings and budgets: one table a currency, and one more where attentions may be given."""


class TeamBudget(Frozen):
    """What a team may give in a period; nobody can go beyond it, with an approval neither."""

    currency: Currency = "EUR"
    """The currency."""
    purse: Purse = Purse.GOODWILL
    """"goodwill" or "attention"."""
    budget: Amount
    """Most that the team's agents may give together in a period."""
    period: Period = Period.MONTH
    """What it lasts for."""


class Reason(Frozen):
    """Why a gesture is made."""

    id: Id
    """Short name, kept in the ledger and used by macros and the command line."""
    name: Label
    """Name as people see it."""


class Kind(Frozen):
    """A kind of gesture, and who sees to it that the customer gets it."""

    id: GestureKind
    """"voucher", "credit", "refund", "item", "redelivery" or "attention"."""
    name: Label | None = None
    """Name as people see it; the usual word where left out."""
    fulfil: FulfilmentHow = FulfilmentHow.TASK
    """"voucher" (a code out of a pool), "shop" (a request to the shop) or "task" (the back office does it)."""
    pool: Id | None = None
    """The pool of voucher codes; the kind's own id where left out."""


class Gift(Frozen):
    """A gesture of the catalogue: chosen with one key."""

    id: Id
    """Short name."""
    name: Label
    """Name as people see it."""
    kind: GestureKind
    """What is given."""
    amount: Amount
    """What it costs, unless another amount is typed."""
    currency: Currency = "EUR"
    """The currency of the amount."""
    reasons: tuple[Id, ...] = ()
    """Reasons it is proposed for; for all where empty."""
    text: Label
    """What the reply says, in Liquid: {{ gesture.amount }}, {{ gesture.code }}, {{ gesture.expires | day }}."""


class MomentOf(Frozen):
    """A moment at which an attention is proposed."""

    id: Id
    """Short name."""
    name: Label
    """Name as people see it."""
    when: Literal["birthday", "anniversary", "mishap"]
    """"birthday" (of the customer, where it is known), "anniversary" (of the first contact) or "mishap" (again)."""
    before: Duration = timedelta(days=3)
    """How long before the day it is proposed."""
    after: Duration = timedelta(days=7)
    """How long after the day it is proposed."""
    tags: tuple[str, ...] = ()
    """With "mishap": tags of conversations that count; all conversations where empty."""
    count: int = Field(default=2, ge=2)
    """With "mishap": from which one on."""
    within: Length = timedelta(days=90)
    """With "mishap": the span they fall into."""
    gift: Id
    """The gesture of the catalogue that is proposed; of the kind "attention"."""


class Shop(Frozen):
    """The service that credits, refunds and sends things again: one signed POST a gesture."""

    url: str = Field(pattern=r"https://\S+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?")
    """Where gestures are posted to; https, but for this machine itself."""
    secret: Id = "shop"  # noqa: S105 (no password: the name under which the key is kept)
    """Under which name the key that signs requests is kept: `agentconsole secret set shop`."""
    timeout: Length = timedelta(seconds=10)
    """How long one request may take in all."""
    window: Length = timedelta(days=1)
    """How long the shop knows an idempotency key: within it an unanswered request is asked again by itself."""


class Gestures(Frozen):
    """How gestures are made."""

    currency: Currency = "EUR"
    """The currency where none is named."""
    grace: Duration = timedelta(minutes=15)
    """How long whoever granted a gesture may void it alone, while its code was not shown."""
    approve_within: Length = timedelta(hours=1)
    """Open time within which a request should be decided; after it the conversation is late."""
    expires: Length = timedelta(days=3)
    """How long a request, and then its approval, is worth something."""
    low_stock: int = Field(default=20, ge=0)
    """Fewer voucher codes than this left in a pool are reported."""
    sample: int = Field(default=5, ge=0, le=100)
    """Percent of gestures that a supervisor looks at afterwards, chosen by chance."""
