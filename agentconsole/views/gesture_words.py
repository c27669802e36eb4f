"""Gestures in words: what was given, what is left of each ceiling, what enter will do. Pure; amounts are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from agentconsole.config.values import say
from agentconsole.desk.attentions import Suggestion
from agentconsole.desk.context import Desk
from agentconsole.desk.goodwill import Decision, Left
from agentconsole.desk.policy import delegation_of
from agentconsole.desk.wording_gestures import kind_name, reason_name
from agentconsole.i18n import _, language, moment, money, ngettext, number
from agentconsole.model.gesture import Answer, Approval, FulfilmentState, Given, Giver, Period, Purse, Standing
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut, fit, width, wrap

_ROW = tuple[str, str, str, str]
"""What it is of, what is left of it, out of how much, and for how long."""


def kind_words(desk: Desk, kind: str) -> str:
    """What a kind is called."""
    return steady(kind_name(desk, kind), one_line=True, limit=40)


def reason_words(desk: Desk, reason: str) -> str:
    """What a reason is called."""
    return steady(reason_name(desk, reason), one_line=True, limit=60)


def what_words(desk: Desk, kind: str, amount: int, currency: str) -> str:
    """``15.00 € voucher``."""
    return f"{money(amount, currency)} {kind_words(desk, kind)}"


def period_words(period: Period) -> str:
    """When a budget's period runs: ``this month``."""
    return {Period.DAY: _("today"), Period.WEEK: _("this week"), Period.MONTH: _("this month")}[period]


def state_words(given: Given) -> tuple[str, str]:
    """How a grant stands, and in which style."""
    if given.voided_at is not None:
        return _("voided"), "dim"
    wrong = {
        FulfilmentState.FAILED: _("NOT FULFILLED"),
        FulfilmentState.UNKNOWN: _("MAY BE FULFILLED"),
    }.get(given.fulfilment)
    if wrong:
        return wrong, "late"
    if given.message is None:
        return _("in no reply"), "due"
    if given.fulfilment is FulfilmentState.DONE:
        return _("given"), "ok"
    return _("on its way"), "dim"


# What the customer already got


def given_lines(given: Sequence[Given], desk: Desk, columns: int, most: int) -> list[Line]:
    """A line a grant, the newest first: when, how much, how it stands, what, who; those left out are counted."""
    lines = [given_line(each, desk, columns) for each in given[:most]]
    left = len(given) - most
    return [*lines, [(ngettext("and {n} more", "and {n} more", left).format(n=left), "dim")]] if left > 0 else lines


def given_line(given: Given, desk: Desk, columns: int, *, number_too: bool = True) -> Line:
    """One grant; what it is and who gave it give way."""
    at = moment(given.at, desk.config.zone, desk.now(), time=columns >= 60)
    state, style = state_words(given)
    amount = money(given.amount, given.currency)
    head = f"{at}  {amount}  "
    who = steady(desk.agent_name(given.agent), one_line=True, limit=40)
    about = [kind_words(desk, given.kind), who, *([f"#{given.number}"] if number_too else [])]
    room = columns - width(head) - width(state) - 2
    bold = "ghost" if given.voided_at is not None else "bold"
    return [(f"{at}  ", "dim"), (amount, bold), ("  ", ""), (state + "  ", style), (cut(DOT.join(about), room), "dim")]


def got_words(decision: Decision | None, standing: Standing | None, currency: str, count: int) -> str:
    """``Already got 25.00 € in 90 days · 2 gestures in all``: by anybody, in all conversations."""
    every = ngettext("{n} gesture in all", "{n} gestures in all", count).format(n=number(count)) if count else ""
    if decision is None or standing is None or standing.me.rule is None:
        return every or _("Got nothing yet")
    span = span_words(standing.me.rule.within)
    got = _("Got nothing in {span}").format(span=span)
    if decision.given:
        got = _("Already got {amount} in {span}").format(amount=money(decision.given, currency), span=span)
    return DOT.join(part for part in (got, every) if part)


def span_words(seconds: int) -> str:
    """A span of days: ``90 days``."""
    days = max(1, timedelta(seconds=seconds).days)
    return ngettext("{n} day", "{n} days", days).format(n=number(days))


def card_lines(
    given: Sequence[Given], attentions: Sequence[Suggestion], desk: Desk, columns: int, most: int = 3
) -> list[Line]:
    """For the customer's card: what is proposed, the sum within the span of my rules, the last ones."""
    lines: list[Line] = []
    for each in attentions:
        gift = steady(say(each.gift.name, language()), one_line=True, limit=60) if each.gift is not None else ""
        moment_name = steady(say(each.moment.name, language()), one_line=True, limit=60)
        said = _("{moment}: {gift}").format(moment=moment_name, gift=gift) if gift else moment_name
        lines += [[(line, "due")] for line in wrap(said, columns)]
    span = _span(desk)
    sums: dict[str, int] = {}
    for one in given:
        if one.voided_at is None and one.purse is Purse.GOODWILL and one.at > desk.now() - span:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount
    if given:
        got = ", ".join(money(amount, currency) for currency, amount in sums.items()) or _("nothing")
        words = _("{amount} in {span}").format(amount=got, span=span_words(int(span.total_seconds())))
        lines += [[(line, "bold")] for line in wrap(words, columns)]
    for one in given[:most]:
        at, (state, style) = moment(one.at, desk.config.zone, desk.now()), state_words(one)
        amount = money(one.amount, one.currency)
        who = steady(desk.agent_name(one.agent), one_line=True, limit=40)
        lines.append([(f"{at}  ", "dim"), (f"{amount}  ", "ghost" if one.voided_at else ""), (state, style)])
        lines += [[(f"  {line}", "dim")] for line in wrap(DOT.join([kind_words(desk, one.kind), who]), columns - 2)]
    if len(given) > most:
        more = len(given) - most
        lines.append([(ngettext("and {n} more", "and {n} more", more).format(n=more), "dim")])
    return lines


def _span(desk: Desk) -> timedelta:
    """The longest span over which my rules add up what a customer got."""
    delegation = delegation_of(desk.config, desk.agent)
    spans = [each.within for each in delegation.limits if each.purse is Purse.GOODWILL] if delegation else []
    return max(spans, default=timedelta(days=90))


# What is left


def left_lines(decision: Decision, standing: Standing, currency: str, columns: int, desk: Desk) -> list[Line]:
    """A line a ceiling: its name, what is left of it after the gesture, out of how much."""
    rows = _rows(decision.left, standing.me, currency, desk)
    lefts, wholes = max((width(row[1]) for row in rows), default=0), max((width(row[2]) for row in rows), default=0)
    names = max((width(row[0]) for row in rows), default=0)
    room = columns - lefts - wholes - 4 - width(_("of"))
    name_room = min(names, max(8, room))
    rest = room - name_room - 2
    lines: list[Line] = []
    for (name, left, whole, span), over in zip(rows, _overs(decision.left), strict=True):
        lines.append(
            [
                (fit(name, name_room) + "  ", "dim"),
                (fit(left, lefts, right=True), "late" if over else "ok"),
                (f" {_('of')} ", "dim"),
                (fit(whole, wholes, right=True), ""),
                (f"  {span}" if width(span) <= rest else "", "dim"),  # an ellipsis there would look like a cut amount
            ]
        )
    return lines


def _overs(left: Left) -> list[bool]:
    every = [left.gesture, left.customer, left.budget, left.count, *([left.team] if left.team is not None else [])]
    return [each is not None and each < 0 for each in every]


def _rows(left: Left, me: Giver, currency: str, desk: Desk) -> list[_ROW]:
    rule = me.rule
    if rule is None:
        return []

    def amount(minor: int | None) -> str:
        if minor is None:
            return "-"
        said = _("{amount} left") if minor >= 0 else _("{amount} OVER")
        return said.format(amount=money(abs(minor), currency))

    period = period_words(rule.period)
    count = (_("{amount} left") if left.count >= 0 else _("{amount} OVER")).format(amount=number(abs(left.count)))
    rows = [
        (_("one gesture"), amount(left.gesture), money(rule.ceiling, currency), ""),
        (_("this customer"), amount(left.customer), money(rule.customer, currency),
         _("in {span}").format(span=span_words(rule.within))),
        (_("my budget"), amount(left.budget), money(rule.budget, currency), period),
        (_("my gestures"), count, number(rule.count), period),
    ]  # fmt: skip
    if me.team is not None and left.team is not None:
        name = _("team {name}").format(name=_team(desk, me.team.team))
        rows.append((name, amount(left.team), money(me.team.budget, currency), period_words(me.team.period)))
    return rows


def _team(desk: Desk, team: str) -> str:
    named = next((each.name for each in desk.config.teams if each.id == team), None)
    return steady(say(named, language()) if named else team, one_line=True, limit=30)


# What enter will do


def names(desk: Desk, agents: Sequence[str], most: int = 3) -> str:
    """``Sam Okoro, Eve Lind``; of many the first ones."""
    shown = [steady(desk.agent_name(agent), one_line=True, limit=30) for agent in agents[:most]]
    more = len(agents) - most
    return ", ".join([*shown, *([_("{n} more").format(n=more)] if more > 0 else [])])


def verdict(desk: Desk, decision: Decision, what: str) -> tuple[str, str]:
    """What enter does, and in which style; ``what``: amount and kind."""
    from agentconsole.store.ledger.refusals import REFUSALS, explained

    if decision.answer is Answer.GRANTED:
        return _("GRANTED AT ONCE: enter grants {what}.").format(what=what), "ok"
    why, do = explained(decision.reason if decision.reason in REFUSALS else "refused")
    if decision.answer is Answer.NEEDS_APPROVAL:
        ask = _("APPROVAL NEEDED: {why} enter asks {names} for {what}.")
        return ask.format(why=why, names=names(desk, decision.approvers), what=what), "due"
    return _("REFUSED: {why} {do}").format(why=why, do=do).replace("`", ""), "late"


def no_voucher(amount: int, currency: str, there: Sequence[int], most: int = 8) -> str:
    """There is no voucher of an amount; those next to it that are ``there``, all in minor units."""
    said = money(amount, currency)
    if not there:
        return _("NO VOUCHER OF {amount}: there are none left.").format(amount=said)
    near = sorted(sorted(there, key=lambda each: abs(each - amount))[:most])
    amounts = ", ".join(money(each, currency) for each in near)
    return _("NO VOUCHER OF {amount}: in stock are {amounts}.").format(amount=said, amounts=amounts)


def refused_words(desk: Desk, refused: Approval) -> str:
    """``REFUSED by Sam Okoro: not without a photo``: what became of a request."""
    who = steady(desk.agent_name(refused.approver or ""), one_line=True, limit=30)
    why = steady(refused.answer, one_line=True, limit=200)
    return _("REFUSED by {who}: {words}").format(who=who, words=why)


def refused_lines(desk: Desk, refused: Sequence[Approval], columns: int) -> list[Line]:
    """The same, whole, for the panel."""
    return [[(line, "late")] for each in refused for line in wrap(refused_words(desk, each), columns)]


def expires_words(at: datetime, desk: Desk) -> str:
    """Until when it is worth something."""
    return _("until {when}").format(when=moment(at, desk.config.zone, desk.now(), time=True))
