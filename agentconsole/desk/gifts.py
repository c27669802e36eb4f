"""A gesture in a reply: its words, in Liquid and the customer's language; and which gestures of the catalogue fit."""

from __future__ import annotations

from collections.abc import Callable
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
"""The words of what is in no catalogue."""
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
    source = say(gift.text, language) if gift else _PLAIN
    named = gift.name if gift else None
    return render(source, _values(desk, given, code, language, named), _setting(desk, language)).text


def fill(desk: Desk, text: str, given: Given, code: Code | None, language: str) -> str:
    """A draft with its ``{{ gesture.… }}`` filled in, as a macro left them. Nothing else in it is looked at."""
    named = next((gift.name for gift in desk.config.catalogue if _is(gift, given)), None)
    values, setting = _values(desk, given, code, language, named), _setting(desk, language)
    parts, at = [], 0
    for found in UNRESOLVED.finditer(text):
        if found[1].startswith("gesture."):
            parts += [text[at : found.start()], render(found[0], values, setting).text]
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


def _is(gift: Gift, given: Given) -> bool:
    same = gift.kind == given.kind and gift.currency == given.currency
    return same and minor(gift.amount, gift.currency) == given.amount


def _setting(desk: Desk, language: str) -> Setting:
    return Setting(language, _today(desk))


def _today(desk: Desk) -> date:
    return desk.now().astimezone(desk.config.zone).date()


def in_stock(desk: Desk) -> Callable[[str, int, str], bool]:
    """Says of a kind, an amount (minor units) and a currency whether there is a voucher of it, where it takes one."""
    with desk.store.read() as connection:
        pools = standings.pools(connection)
        stock = vouchers.stock(connection, _today(desk)) if pools else []
    free = {(each.pool, each.amount, each.currency) for each in stock if each.free}
    return lambda kind, amount, currency: kind not in pools or (pools[kind], amount, currency) in free


def suggestions(desk: Desk, number: int, reason: str = "") -> tuple[Gift, ...]:
    """Gestures of the catalogue that I may make, best first: an attention at its moment, then those for the reason;
    vouchers that are out of stock, and attentions whose moment it is not, come last.

    :param reason: only what is for it, or for any; all where left out.
    :raises NotFound: no such conversation.
    """
    return suggested(desk, number)(reason)


def suggested(desk: Desk, number: int) -> Callable[[str], tuple[Gift, ...]]:
    """:func:`suggestions` for any reason, read once. :raises NotFound: no such conversation."""
    with desk.store.read() as connection:
        mine = standings.allowed(connection, desk.agent.id)
    now = {each.gift.id for each in attentions.of(desk, number) if each.gift}
    stocked = in_stock(desk)

    def best_first(reason: str) -> tuple[Gift, ...]:
        def rank(gift: Gift) -> tuple[bool, bool, bool, bool]:
            out_of_turn = purse_of(gift.kind) is Purse.ATTENTION and gift.id not in now
            there = stocked(gift.kind, minor(gift.amount, gift.currency), gift.currency)
            return out_of_turn, not there, gift.id not in now, reason not in gift.reasons

        fitting = [
            gift
            for gift in desk.config.catalogue
            if (gift.kind, gift.currency) in mine and (not reason or not gift.reasons or reason in gift.reasons)
        ]
        return tuple(sorted(fitting, key=rank))

    return best_first
