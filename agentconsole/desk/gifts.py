"""A gesture in a reply: its words, in Liquid and the customer's language; and which gestures of the catalogue fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from agentconsole.config.amounts import minor
from agentconsole.config.gestures import Gift
from agentconsole.config.values import say
from agentconsole.desk import attentions
from agentconsole.desk.context import Desk
from agentconsole.desk.macros.formats import money, plain_amount
from agentconsole.desk.macros.placeholders import UNRESOLVED
from agentconsole.desk.macros.template import Setting, render
from agentconsole.model.gesture import Code, Given, Purse, purse_of
from agentconsole.store.ledger import standing as standings
from agentconsole.store.ledger import vouchers

_PLAIN = "{{ gesture.label }} {{ gesture.amount }}{% if gesture.code %}: {{ gesture.code }}{% endif %}"
"""The words of what is in no catalogue, in a language that has no sentence here."""
_EN_UNTIL = "{% if gesture.expires %}, valid until {{ gesture.expires | day }}{% endif %}"
_FR_UNTIL = "{% if gesture.expires %}, valable jusqu’au {{ gesture.expires | day }}{% endif %}"
_SENTENCES = {
    "voucher": {
        "en": f"Here is a voucher of {{{{ gesture.amount }}}} for you: {{{{ gesture.code }}}}{_EN_UNTIL}.",
        "fr": f"Voici un bon d’achat de {{{{ gesture.amount }}}} pour vous\u00a0: {{{{ gesture.code }}}}{_FR_UNTIL}.",
    },
    "credit": {
        "en": "{{ gesture.amount }} come off your next bill; there is nothing to do.",
        "fr": "{{ gesture.amount }} sont déduits de votre prochaine facture\u00a0; vous n’avez rien à faire.",
    },
    "refund": {
        "en": "We are paying {{ gesture.amount }} back to you; there is nothing to do.",
        "fr": "Nous vous remboursons {{ gesture.amount }}\u00a0; vous n’avez rien à faire.",
    },
    "item": {
        "en": "We are sending you an item worth {{ gesture.amount }}, free of charge.",
        "fr": "Nous vous envoyons gratuitement un article d’une valeur de {{ gesture.amount }}.",
    },
    "redelivery": {
        "en": "We are delivering your order again, free of charge.",
        "fr": "Nous livrons de nouveau votre commande, sans frais.",
    },
    "attention": {
        "en": "We have a small gift for you, worth {{ gesture.amount }}, simply because we like you.",
        "fr": "Nous vous offrons une petite attention, d’une valeur de {{ gesture.amount }}, pour le plaisir.",
    },
}
"""What a reply says, by kind and its language, about what is in no catalogue."""
_EXPIRES = re.compile(r"\{\{-?\s*gesture\.expires\b")
_ENDLESS = {"en": "(no expiry date)", "fr": "(sans date limite)"}
"""In place of the last day of a voucher that has none."""
_LABELS = {
    "voucher": {"en": "Voucher", "fr": "Bon d’achat"},
    "credit": {"en": "Credit", "fr": "Avoir"},
    "refund": {"en": "Refund", "fr": "Remboursement"},
    "item": {"en": "Free item", "fr": "Article offert"},
    "redelivery": {"en": "New delivery", "fr": "Nouvelle livraison"},
    "attention": {"en": "A small gift", "fr": "Une attention"},
}
"""What kinds are called to customers, where neither the catalogue nor the kind has a name: in their language, which
need not be the interface's."""


def gift_text(desk: Desk, gift: Gift | None, given: Given, code: Code | None, language: str) -> str:
    """What a reply says about a gesture that was granted; what cannot be filled in stays, and is never sent.

    :param gift: of the catalogue; ``None`` where it was in none. :param language: the words', ISO 639-1.
    :raises UsageError: the catalogue's text is no template.
    """
    source = say(gift.text, language) if gift else ""
    if not source or (_EXPIRES.search(source) and code is not None and code.expires is None):
        source = _SENTENCES.get(given.kind, {}).get(language) or source or _PLAIN
    named = gift.name if gift else None
    return render(source, _values(desk, given, code, language, named), _setting(desk, language)).text


def fill(desk: Desk, text: str, given: Given, code: Code | None, language: str) -> str:
    """A draft with its ``{{ gesture.… }}`` filled in, as a macro left them. Nothing else in it is looked at."""
    gift = gift_of(desk, given)
    named = gift.name if gift else None
    values, setting = _values(desk, given, code, language, named), _setting(desk, language)
    endless = _ENDLESS.get(language, _ENDLESS["en"]) if code is not None and code.expires is None else ""
    parts, at = [], 0
    for found in UNRESOLVED.finditer(text):
        if found[1].startswith("gesture."):
            known = endless if found[1] == "gesture.expires" else ""
            parts += [text[at : found.start()], known or render(found[0], values, setting).text]
            at = found.end()
    return "".join([*parts, text[at:]])


def _values(desk: Desk, given: Given, code: Code | None, language: str, named: dict[str, str] | None) -> dict[str, str]:
    kind = next((each.name for each in desk.config.kinds if each.id == given.kind), None)
    label = named or kind or _LABELS.get(given.kind, {"": given.kind})
    values = {
        "gesture.amount": money(plain_amount(given.amount, given.currency), language, given.currency),
        "gesture.label": say(label, language),
    }
    if code is not None:
        values["gesture.code"] = code.code
        if code.expires is not None:
            values["gesture.expires"] = code.expires.isoformat()
    return values


def gift_of(desk: Desk, given: Given) -> Gift | None:
    """The first gift of the catalogue that was given with it; ``None`` of what is in none."""
    wanted = given.kind, given.currency, given.amount
    fitting = (g for g in desk.config.catalogue if (g.kind, g.currency, minor(g.amount, g.currency)) == wanted)
    return next(fitting, None)


def _setting(desk: Desk, language: str) -> Setting:
    return Setting(language, _today(desk))


def _today(desk: Desk) -> date:
    return desk.now().astimezone(desk.config.zone).date()


@dataclass(frozen=True, slots=True)
class Stocked:
    """Which vouchers there are today, read once.

    :param pools: the pool of each kind that is given as a voucher.
    :param free: pool, amount (minor units) and currency of what can be given.
    """

    pools: dict[str, str]
    free: frozenset[tuple[str, int, str]]

    def __call__(self, kind: str, amount: int, currency: str) -> bool:
        """Whether there is a voucher of it, where it takes one."""
        return kind not in self.pools or (self.pools[kind], amount, currency) in self.free

    def amounts(self, kind: str, currency: str) -> tuple[int, ...]:
        """Of which amounts there are some, the smallest first; none where the kind takes no voucher."""
        return tuple(sorted(a for pool, a, c in self.free if pool == self.pools.get(kind) and c == currency))


def in_stock(desk: Desk) -> Stocked:
    """Which vouchers there are today."""
    with desk.store.read() as connection:
        pools = standings.pools(connection)
        stock = vouchers.stock(connection, _today(desk)) if pools else []
    return Stocked(pools, frozenset((each.pool, each.amount, each.currency) for each in stock if each.free))


@dataclass(frozen=True, slots=True)
class Suggesting:
    """The catalogue as it fits a conversation's customer, read once.

    :param gifts: that I may give. :param now: ids of the attentions whose moment it is.
    """

    gifts: tuple[Gift, ...]
    now: frozenset[str]
    stock: Stocked

    def __call__(self, reason: str) -> tuple[Gift, ...]:
        """:func:`suggestions` for a reason."""

        def rank(gift: Gift) -> tuple[bool, bool, bool, bool]:
            there = self.stock(gift.kind, minor(gift.amount, gift.currency), gift.currency)
            return self.out_of_turn(gift), not there, gift.id not in self.now, reason not in gift.reasons

        fitting = [each for each in self.gifts if not reason or not each.reasons or reason in each.reasons]
        return tuple(sorted(fitting, key=rank))

    def out_of_turn(self, gift: Gift) -> bool:
        """It is an attention, and not its moment."""
        return purse_of(gift.kind) is Purse.ATTENTION and gift.id not in self.now


def suggestions(desk: Desk, number: int, reason: str = "") -> tuple[Gift, ...]:
    """Gestures of the catalogue that I may make, best first: an attention at its moment, then those for the reason;
    vouchers that are out of stock, and attentions whose moment it is not, come last.

    :param reason: only what is for it, or for any; all where left out.
    :raises NotFound: no such conversation.
    """
    return suggested(desk, number)(reason)


def suggested(desk: Desk, number: int) -> Suggesting:
    """:func:`suggestions` for any reason, read once. :raises NotFound: no such conversation."""
    with desk.store.read() as connection:
        mine = standings.allowed(connection, desk.agent.id)
    now = frozenset(each.gift.id for each in attentions.of(desk, number) if each.gift)
    gifts = tuple(each for each in desk.config.catalogue if (each.kind, each.currency) in mine)
    return Suggesting(gifts, now, in_stock(desk))
