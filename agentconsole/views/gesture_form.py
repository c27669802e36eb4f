"""What the gesture panel holds, and what would come of it: the fields, the offer that is marked, the decision. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from agentconsole.config.amounts import read_amount, units
from agentconsole.desk.context import Desk
from agentconsole.desk.goodwill import Decision, decide
from agentconsole.model.gesture import Answer, Given, Standing, Wanted
from agentconsole.model.macro import MacroGesture
from agentconsole.text import fold
from agentconsole.views import gesture_words as words
from agentconsole.views.offers import Basis, Known, Offer, fitting, offers, reasons


@dataclass(frozen=True)
class Wish:
    """What enter was pressed on.

    :param asks: for an approval, rather than granting. :param remark: words for whoever decides.
    """

    offer: Offer
    wanted: Wanted
    asks: bool = False
    remark: str = ""


class Form:
    """The fields as they are filled in.

    :param reason: to begin with. :param macro: what a macro proposes.
    """

    def __init__(self, desk: Desk, known: Known, reason: str, macro: MacroGesture | None) -> None:
        self.desk, self.known, self.reason, self._macro = desk, known, reason, macro
        self.reasons = reasons(desk)
        self.guess = known.guess
        """The reason to begin with, until it is chosen, where nothing told it."""
        self.amount = self.proof = self.remark = ""
        self.typed = False
        """The amount is the adviser's, not the offer's."""
        self.offers: list[Offer] = []
        self.offer: Offer | None = None
        self._offered: str | None = None
        """The reason that the offers are for."""
        self._open = False
        """Nothing is chosen, until something is."""
        self.voiding: Given | None = None
        """What the key voids where it is pressed once more."""
        self.decision: Decision | None = None

    # Filling in

    def renew(self, known: Known | None = None) -> None:
        """Offers of what is known now, for the chosen reason: the first one, or of the kind whose amount is typed.

        Where it was read anew, what is in no reply comes before what was chosen, so that it is not given twice.
        """
        kept, renewed = self.offer, known is not None
        self.known = known or self.known
        found = offers(self.desk, self.known, self.reason, self._macro)
        here = [] if self._macro is not None else [each for each in found if self.enclosed(each)]
        self.offers = [*here, *(each for each in found if each not in here)]
        self._offered = self.reason if self.reason in self.known.gifts else None
        if self._open:
            self.choose(None)
            return
        loose = next((each for each in found if each.what == "unsent"), None) if renewed else None
        label, kind = (kept.label, kept.kind) if kept is not None else ("", "")
        same = next((each for each in self.offers if renewed and each.label == label), None)
        if same is None and self.typed:
            same = next((each for each in self.offers if each.kind == kind), None)
        self.choose(loose or same or next(iter(self.offers), None))
        self._fit()
        self.decide()

    def pick_none(self) -> None:
        """What was done is done: enter does nothing before something is chosen, or an amount typed."""
        self._open, self.typed, self.amount = True, False, ""
        self.choose(None)

    def enclosed(self, offer: Offer) -> bool:
        """Whether it is in the draft already: a second one is given only where it is chosen."""
        return offer.given is not None and str(offer.given.id) in self.known.enclosed

    def choose(self, offer: Offer | None) -> None:
        """Another offer is marked: its amount, unless one was typed."""
        self.offer, self.voiding = offer, None
        self._open = self._open and offer is None
        if offer is not None and offer.fixed:
            self.typed = False
        if offer is not None and not self.typed:
            self.amount = "" if offer.amount is None else units(offer.amount, offer.currency)
        self.decide()

    def type(self, field: str, text: str) -> None:
        """An amount, a proof or a remark was typed."""
        setattr(self, field, text)
        self.voiding = None
        if field == "amount":
            self.typed, self._open = True, False
            if self.offer is None or self.offer.fixed:  # of something new, then
                self.offer = next((each for each in self.offers if not each.fixed), self.offer)
            self._fit()
        self.decide()

    def _fit(self) -> None:
        """No gift stays marked that is of another amount than the one typed."""
        if self.typed and self.offer is not None and self.wanted is not None:
            self.offer = fitting(self.offer, self.wanted.amount, self.offers)

    def looked(self) -> bool:
        """What was missing is there; answers whether there are other offers for it."""
        other = self._offered != self.reason
        if other:
            self.renew()
        else:
            self.decide()
        return other

    def reasons_like(self, typed: str) -> list[tuple[str, str]]:
        """Reasons that have all of these words."""
        wanted = fold(typed).split()
        return [each for each in self.reasons if all(word in fold(each[1]) for word in wanted)]

    @property
    def reason_name(self) -> str:
        """The chosen one's, or that of what is settled already."""
        reason = self.offer.reason if self.offer is not None and self.offer.fixed else self.reason
        return dict(self.reasons).get(reason) or words.reason_words(self.desk, reason)

    # Deciding

    @property
    def basis(self) -> Basis | None:
        """What a standing is needed for; ``None`` where the policy has nothing to say."""
        return None if self.offer is None or self.offer.fixed else (self.offer.kind, self.offer.currency, self.reason)

    @property
    def near(self) -> Basis:
        """The basis, or that of the first offer that has one; no kind where none has."""
        open_to = (each for each in (self.offer, *self.offers) if each is not None and not each.fixed)
        return next(((each.kind, each.currency, self.reason) for each in open_to), ("", "", self.reason))

    @property
    def missing(self) -> Basis | None:
        """What has to be read before it can be decided."""
        basis = self.basis
        there = basis in self.known.standings and self.reason in self.known.gifts
        return None if there else basis

    @property
    def standing(self) -> Standing | None:
        """As it was read."""
        return self.known.standings.get(self.basis) if self.basis else None

    @property
    def wanted(self) -> Wanted | None:
        """The gesture as it stands in the fields; an amount that is none is 0."""
        offer = self.offer
        if offer is None:
            return None
        try:
            amount, currency = read_amount(self.amount, offer.currency)
        except ValueError:
            amount, currency = 0, offer.currency
        if currency != offer.currency:
            amount = 0
        conversation, proof = self.known.thread.row.id, self.proof.strip()
        if not offer.fixed:
            return Wanted(conversation, offer.kind, amount, offer.currency, self.reason, proof)
        proof = offer.approval.proof if offer.approval is not None else ""
        return Wanted(conversation, offer.kind, offer.amount or 0, offer.currency, offer.reason, proof)

    def decide(self) -> None:
        """What would come of it, by what was read."""
        wanted, standing = self.wanted, self.standing
        self.decision = decide(wanted, standing) if wanted is not None and standing is not None else None

    @property
    def proved(self) -> Decision | None:
        """The decision, as if a proof that is needed had been given."""
        wanted, standing = self.wanted, self.standing
        if wanted is None or standing is None:
            return None
        return decide(replace(wanted, proof=wanted.proof or "?"), standing)

    @property
    def wish(self) -> Wish | None:
        """What enter does with the fields as they are; ``None`` where it can do nothing."""
        offer, wanted, decision = self.offer, self.wanted, self.decision
        if offer is None or wanted is None or self.lacking:
            return None
        if offer.approval is not None or (decision is not None and decision.answer is Answer.GRANTED):
            return Wish(offer, wanted)
        if decision is not None and decision.answer is Answer.NEEDS_APPROVAL:
            return Wish(offer, wanted, asks=True, remark=self.remark.strip())
        return None

    @property
    def shown(self) -> frozenset[str]:
        """The fields that there are to fill in."""
        fields = {"amount"} if self.offer is not None and self.offer.fixed else {"amount", "reason"}
        if self.lacking:
            return frozenset(fields)
        if self.decision is not None and self.decision.proof_needed:
            fields.add("proof")
        if self.proved is not None and self.proved.answer is Answer.NEEDS_APPROVAL:
            fields.add("remark")
        return frozenset(fields)

    @property
    def lacking(self) -> str:
        """That there is no such voucher, in words, where nothing else forbids it; empty where there is."""
        offer, wanted = self.offer, self.wanted
        if offer is None or wanted is None or wanted.amount <= 0 or offer.what in ("unsent", "mine"):
            return ""
        stock, proved = self.known.stock, self.proved
        forbidden = offer.approval is None and (proved is None or proved.answer is Answer.REFUSED)
        if forbidden or stock(offer.kind, wanted.amount, offer.currency):
            return ""
        return words.no_voucher(wanted.amount, offer.currency, stock.amounts(offer.kind, offer.currency))

    @property
    def unproved(self) -> bool:
        """Nothing but a proof is missing."""
        if self.lacking:
            return False
        missing = self.decision is not None and self.decision.reason == "proof_required"
        return missing and self.proved is not None and self.proved.answer is not Answer.REFUSED


class Giving(Protocol):
    """What the panel has done; each tells the panel what came of it, while it still shows that form."""

    def look(self, form: Form, basis: Basis) -> None:
        """Read a standing, and the gifts for its reason, and call :meth:`GesturePanel.looked`."""

    def give(self, form: Form, wish: Wish) -> None:
        """Grant or ask."""

    def put(self, form: Form, given: Given) -> None:
        """Put what is granted into the reply."""

    def void(self, form: Form, given: Given) -> None:
        """Take a grant back."""
