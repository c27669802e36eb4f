"""What the gesture panel says of what its form holds, and of what enter would do."""

from __future__ import annotations

from agentconsole.i18n import _, money
from agentconsole.model.gesture import Answer, FulfilmentHow
from agentconsole.views import gesture_words as words
from agentconsole.views.foreign import steady
from agentconsole.views.gesture_form import Form
from agentconsole.views.layout import Line
from agentconsole.views.offers import Offer

Said = tuple[str, str]
"""Words, and their style."""


def title(form: Form) -> str:
    """``Gesture for #12 Paul Roy``."""
    who = steady(form.known.thread.customer.name, one_line=True, limit=60)
    return _("Gesture for #{number} {name}").format(number=form.known.thread.row.number, name=who)


def got_lines(form: Form, columns: int, most: int) -> list[Line]:
    """What the customer already got."""
    currency = form.offer.currency if form.offer else form.desk.config.gestures.currency
    known = form.known
    head = words.got_words(form.decision, form.standing, currency, len(known.given))
    waiting = known.waiting[:1]
    lines: list[Line] = [[(head, "bold")], *words.refused_lines(form.desk, known.refused[:1], columns)]
    room = max(1, most - len(waiting) - len(lines) + 1)
    lines += [words.given_line(each, form.desk, columns) for each in known.given[:room]]
    for each in waiting:
        what = words.what_words(form.desk, each.kind, each.amount, each.currency)
        lines += [[(_("Asked for {what}: nobody has decided yet.").format(what=what), "due")]]
    return lines


def left_lines(form: Form, columns: int) -> list[Line]:
    """What is left of each ceiling afterwards."""
    if form.decision is None or form.standing is None or form.offer is None:
        return []
    return words.left_lines(form.decision, form.standing, form.offer.currency, columns, form.desk)


def verdict(form: Form) -> Said:
    """What enter does."""
    offer, wanted, standing = form.offer, form.wanted, form.standing
    if offer is None or wanted is None:
        nothing = _("Nothing can be given: the policy has nothing for you."), "warn"
        return (_("Choose a gift first: arrows, or type an amount."), "accent") if form.offers else nothing
    what = words.what_words(form.desk, offer.kind, wanted.amount, wanted.currency)
    if offer.fixed:
        return _fixed(form, offer, what)
    if form.decision is None or standing is None:
        return _("Looking it up …"), "dim"
    if wanted.amount <= 0:
        return _("Type an amount such as 15 or 15.50."), "warn"
    decision = form.proved or form.decision
    said, style = (form.lacking, "late") if form.lacking else words.verdict(form.desk, decision, what)
    if not form.unproved or standing.me.rule is None:
        return said, style
    most, given = money(standing.me.rule.proof, offer.currency), form.decision.given
    whole = money(given + wanted.amount, offer.currency)
    needed = _("A PROOF IS NEEDED: this customer would have {sum}, above {amount}. Give its reference.")
    needed = needed.format(sum=whole, amount=most)
    if form.proved is not None and form.proved.answer is Answer.GRANTED:
        said = _("Then enter grants {what}.").format(what=what)
    return f"{needed} {said}", "warn"


def warnings(form: Form) -> list[Said]:
    """What else one should know before enter."""
    offer = form.offer
    said: list[Said] = []
    if offer is not None and not offer.fixed and form.guess and form.guess == form.reason:
        guess = _("Nothing tells the reason: {reason} is only proposed, tab changes it.")
        said.append((guess.format(reason=form.reason_name), "due"))
    kinds = {each.id for each in form.desk.config.kinds if each.fulfil is FulfilmentHow.VOUCHER}
    if form.known.thread.row.public and offer is not None and offer.kind in kinds and offer.what != "mine":
        said.append((_("PUBLIC: whoever reads the reply can use the code."), "warn"))
    return said


def _fixed(form: Form, offer: Offer, what: str) -> Said:
    if form.lacking:
        return form.lacking, "late"
    if offer.approval is not None:
        said = _("APPROVED {until}: enter grants {what}, {reason}.")
        until = words.expires_words(offer.approval.expires_at, form.desk)
        return said.format(until=until, what=what, reason=form.reason_name), "ok"
    if form.voiding is not None:
        return _("ctrl+x once more voids {what}.").format(what=what), "late"
    if offer.what == "mine":
        if form.enclosed(offer):
            said = _("GRANTED: {what} is in this reply already. ctrl+x voids it, arrows choose another.")
            return said.format(what=what), "ok"
        return _("GRANTED: {what} is in a reply already. ctrl+x voids it.").format(what=what), "ok"
    return _("GRANTED, IN NO REPLY: enter puts {what} into the reply, ctrl+x voids it.").format(what=what), "due"
