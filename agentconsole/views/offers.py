"""What the gesture panel offers: what was approved, what is granted but in no reply, gifts of the catalogue, kinds.

Pure: made of what was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from agentconsole.config.amounts import minor
from agentconsole.config.gestures import Gift
from agentconsole.config.values import say
from agentconsole.desk.context import Desk
from agentconsole.desk.gifts import Stocked
from agentconsole.i18n import _, language, money
from agentconsole.model.conversation import Thread
from agentconsole.model.gesture import Approval, ApprovalState, GestureKind, Given, Purse, Standing, purse_of
from agentconsole.model.macro import MacroGesture
from agentconsole.views.foreign import steady
from agentconsole.views.gesture_words import kind_words

Basis = tuple[str, str, str]
"""Kind, currency and reason: what a :class:`Standing` is read for."""
Needed = tuple[tuple[Gift, ...], Standing | None]
"""The gifts for a basis's reason, and its standing."""


@dataclass(frozen=True)
class Offer:
    """Something that enter does.

    :param what: "approved": grant what was approved; "unsent": put what is granted into the reply; "mine": it is in
        the draft, or in a reply a short while ago, and may still be voided; "gift", "kind": grant, or ask for an
        approval.
    :param label: cleaned. :param amount: minor units; ``None`` leaves it to be typed.
    :param reason: fixed along with it; empty where the adviser chooses.
    """

    what: Literal["approved", "unsent", "mine", "gift", "kind"]
    label: str
    kind: str
    currency: str
    amount: int | None = None
    reason: str = ""
    gift: Gift | None = None
    approval: Approval | None = None
    given: Given | None = None

    @property
    def fixed(self) -> bool:
        """Amount and reason are not to be chosen any more."""
        return self.what in ("approved", "unsent", "mine")


@dataclass
class Known:
    """What was read of a conversation and its customer; ``standings`` and ``gifts`` grow with what is looked at.

    :param given: to the customer, by anybody, newest first. :param unsent: of these mine, in no reply yet.
    :param approvals: what I asked for in this conversation and is not settled.
    :param gifts: of the catalogue, by reason, best first.
    :param enclosed: entries that are in the draft.
    :param refused: what I asked for in this conversation and was refused, the newest first, while that is news.
    :param stock: which vouchers there are. :param now: ids of the attentions whose moment it is.
    :param guess: the reason to begin with, where nothing told it.
    """

    thread: Thread
    at: datetime
    given: tuple[Given, ...] = ()
    unsent: tuple[Given, ...] = ()
    approvals: tuple[Approval, ...] = ()
    gifts: dict[str, tuple[Gift, ...]] = field(default_factory=dict)
    standings: dict[Basis, Standing] = field(default_factory=dict)
    enclosed: frozenset[str] = frozenset()
    refused: tuple[Approval, ...] = ()
    stock: Stocked = field(default_factory=lambda: Stocked({}, frozenset()))
    now: frozenset[str] = frozenset()
    guess: str = ""

    def add(self, basis: Basis, needed: Needed) -> None:
        """What was read for a basis."""
        gifts, standing = needed
        self.gifts[basis[2]] = gifts
        if standing is not None:
            self.standings[basis] = standing

    @property
    def waiting(self) -> tuple[Approval, ...]:
        """What nobody has decided on yet."""
        return tuple(each for each in self.approvals if each.state is ApprovalState.REQUESTED)


def reasons(desk: Desk) -> list[tuple[str, str]]:
    """Why gestures are made: ids and names, those first that the agent's delegation has."""
    from agentconsole.desk.policy import delegation_of

    delegation = delegation_of(desk.config, desk.agent)
    allowed = delegation.reasons if delegation is not None else ()
    found = [(each.id, steady(say(each.name, language()), one_line=True, limit=60)) for each in desk.config.reasons]
    return sorted(found, key=lambda each: bool(allowed) and each[0] not in allowed)


def first_reason(desk: Desk, known: Known, wanted: MacroGesture | None) -> str:
    """The reason to begin with: the macro's, else one that the conversation is tagged with; else, as a guess that
    :attr:`Known.guess` then holds, that of the first gift.
    """
    named = [name for name, _words in reasons(desk)]
    if wanted is not None and wanted.reason in named:
        return wanted.reason
    tagged = [re.sub(r"[\s-]+", "_", tag.casefold()) for tag in known.thread.tags]
    told = next((name for tag in tagged for name in named if name.casefold() == tag), "")
    if told:
        return told
    gift = next((each for each in known.gifts.get("", ()) if not _out_of_turn(known, each.kind, each)), None)
    known.guess = next((name for name in (*(gift.reasons if gift else ()), *named) if name in named), "")
    return known.guess


def first_basis(desk: Desk, known: Known, reason: str, wanted: MacroGesture | None) -> Basis:
    """What the first offer that is not settled needs to be decided."""
    first = next((each for each in offers(desk, known, reason, wanted) if not each.fixed), None)
    if first is not None:
        return first.kind, first.currency, reason
    return GestureKind.VOUCHER, desk.config.gestures.currency, reason


def offers(desk: Desk, known: Known, reason: str, wanted: MacroGesture | None = None) -> list[Offer]:
    """What there is to choose from for a reason, what enter should do first at the top.

    :param wanted: what a macro proposes: the first of what is not granted yet.
    """
    granted = _granted(desk, known)
    found = [*_approved(desk, known), *(each for each in granted if each.what == "unsent")]
    mine = [each for each in granted if each.what == "mine"]
    gifts = [_gift(known, each) for each in known.gifts.get(reason, ())]
    some = sorted([*gifts, *_kinds(desk, known, gifts)], key=lambda each: _out_of_turn(known, each.kind, each.gift))
    if wanted is None:
        return [*found, *some, *mine]
    same = next((each for each in gifts if _fits(each, wanted)), None)
    first = same or _proposed(desk, wanted, gifts)
    return [*found, first, *(each for each in some if each is not same), *mine]


def _out_of_turn(known: Known, kind: str, gift: Gift | None) -> bool:
    """An attention whose moment it is not: never the first."""
    return purse_of(kind) is Purse.ATTENTION and (gift is None or gift.id not in known.now)


def _fits(offer: Offer, wanted: MacroGesture) -> bool:
    return (offer.kind, offer.currency) == (wanted.kind, wanted.currency) and wanted.amount in (None, offer.amount)


def _proposed(desk: Desk, wanted: MacroGesture, gifts: Iterable[Offer]) -> Offer:
    """Of the macro's amount; with the words of a gift of the same kind, where there is one."""
    gift = next((each.gift for each in gifts if each.kind == wanted.kind), None)
    label = _("{kind}, from the macro").format(kind=kind_words(desk, wanted.kind))
    return Offer("kind", label, wanted.kind, wanted.currency, wanted.amount, gift=gift)


def _approved(desk: Desk, known: Known) -> list[Offer]:
    found = []
    for each in known.approvals:
        if each.state is ApprovalState.APPROVED and each.expires_at > known.at:
            amount = each.granted if each.granted is not None else each.amount
            who = steady(desk.agent_name(each.approver or ""), one_line=True, limit=30)
            label = _("approved by {who}: {kind}").format(who=who, kind=kind_words(desk, each.kind))
            found.append(Offer("approved", label, each.kind, each.currency, amount, each.reason, approval=each))
    return found


def _granted(desk: Desk, known: Known) -> list[Offer]:
    """What is in no reply yet, and what could still be voided."""
    unsent = {each.id for each in known.unsent}
    young = known.at - desk.config.gestures.grace
    found = []
    for each in (*known.unsent, *(g for g in known.given if g.id not in unsent)):
        own = each.agent == desk.agent.id and each.number == known.thread.row.number and each.voided_at is None
        kind = kind_words(desk, each.kind)
        fixed = Offer("mine", "", each.kind, each.currency, each.amount, each.reason, given=each)
        if str(each.id) in known.enclosed:
            found.append(replace(fixed, label=_("in this draft: {kind}").format(kind=kind)))
        elif each.id in unsent:
            found.append(replace(fixed, what="unsent", label=_("in no reply yet: {kind}").format(kind=kind)))
        elif own and each.at > young and not each.revealed:
            found.append(replace(fixed, label=_("just granted: {kind}").format(kind=kind)))
    return found


def _gift(known: Known, gift: Gift) -> Offer:
    amount = minor(gift.amount, gift.currency)
    label: str = steady(say(gift.name, language()), one_line=True, limit=60)
    if not known.stock(gift.kind, amount, gift.currency):
        label = _("{gift}, out of stock").format(gift=label)
    return Offer("gift", label, gift.kind, gift.currency, amount, gift=gift)


def _kinds(desk: Desk, known: Known, gifts: Sequence[Offer]) -> list[Offer]:
    """Kinds that one may give, with an amount to be typed; those first of which no gift is offered."""
    basis, standing = next(iter(known.standings.items()), (None, None))
    if basis is None or standing is None:
        return []
    offered, words = {each.kind for each in gifts}, _("{kind}, amount to be typed")
    return [
        Offer("kind", words.format(kind=kind_words(desk, kind)), kind, basis[1])
        for kind in sorted(standing.kinds, key=offered.__contains__)
    ]


def fitting(offer: Offer, amount: int, among: Sequence[Offer]) -> Offer:
    """What is marked once an amount (minor units) was typed: of the same kind, that amount or any."""
    if offer.fixed or offer.amount == amount:
        return offer
    same = [each for each in among if not each.fixed and (each.kind, each.currency) == (offer.kind, offer.currency)]
    exact = next((each for each in same if each.amount == amount), None)
    return exact or next((each for each in same if each.amount is None), offer)


def amount_of(offer: Offer) -> str:
    """Its amount in words; empty where it is to be typed."""
    return "" if offer.amount is None else money(offer.amount, offer.currency)
