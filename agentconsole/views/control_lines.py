"""Control in lines: a gesture and why it is looked at, and sums with a bar each. Pure; amounts are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import dropwhile

from agentconsole import i18n
from agentconsole.config.values import say
from agentconsole.desk import wording_control as wording
from agentconsole.desk.context import Desk
from agentconsole.desk.control import Looked
from agentconsole.desk.ledger import Month, Report, Sum
from agentconsole.i18n import _, moment, money, ngettext
from agentconsole.store.ledger.budgets import Used
from agentconsole.views.charts import bar
from agentconsole.views.foreign import steady
from agentconsole.views.gesture_words import kind_words, reason_words
from agentconsole.views.layout import DOT, Line, cut, fit, width, wrap

_VERDICTS = {"": "due", "fine": "ok", "talk": "warn", "wrong": "late"}
_NAME = 22
"""Columns of a name before a bar, at most."""
_ROOMY = 110
"""Columns from which on a line has room for the customer."""


def month_words(month: Month) -> str:
    """``March 2026``."""
    return i18n.month(month.first)


def verdict_words(looked: Looked) -> tuple[str, str]:
    """A verdict, or that there is none, and its style."""
    verdict = looked.review.verdict if looked.review else ""
    return wording.verdict(verdict) if verdict else _("TO LOOK AT"), _VERDICTS.get(verdict, "")


def why_words(desk: Desk, looked: Looked) -> list[str]:
    """Why it is looked at, a reason each."""
    return [steady(wording.why(desk, hit, looked.given.currency), one_line=True, limit=120) for hit in looked.hits]


def agent_words(desk: Desk, agent: str, columns: int = 40) -> str:
    """An agent's name."""
    return steady(desk.agent_name(agent), one_line=True, limit=columns)


def looked_line(desk: Desk, looked: Looked, columns: int, amounts: int, now: datetime, *, here: bool) -> Line:
    """A gesture in one line; ``amounts``: columns of the widest amount."""
    given, (verdict, style) = looked.given, verdict_words(looked)
    at = moment(given.at, desk.config.zone, now)
    why = DOT.join(why_words(desk, looked))
    line: Line = [
        ("> " if here else "  ", "accent"),
        (fit(verdict, 14), style),
        (fit(money(given.amount, given.currency), amounts, right=True) + "  ", "ghost" if given.voided_at else "bold"),
        (fit(at, 10), "dim"),
        (fit(agent_words(desk, given.agent), 18 if columns >= _ROOMY else 14) + " ", ""),
    ]
    if columns >= _ROOMY:
        line.append((fit(steady(looked.customer, one_line=True, limit=60), 18) + " ", ""))
    used = sum(width(text) for text, _style in line)
    return [*line, (cut(why, columns - used), "due" if looked.review is None else "dim")]


def detail_lines(desk: Desk, looked: Looked, columns: int, now: datetime) -> list[Line]:
    """All about one gesture."""
    given, zone = looked.given, desk.config.zone
    what = [money(given.amount, given.currency), kind_words(desk, given.kind), reason_words(desk, given.reason)]
    lines: list[Line] = [[(" " + DOT.join(what), "bold")]]

    def said(words: str, style: str = "") -> None:
        lines.extend([(" " + part, style)] for part in wrap(words, columns - 2))

    who = _("{who} granted it {when}").format(
        who=agent_words(desk, given.agent), when=moment(given.at, zone, now, time=True)
    )
    if given.approval:
        who += DOT + _("{who} approved it").format(who=agent_words(desk, given.charged_to))
    said(who)
    said(DOT.join([f"#{given.number}", steady(looked.customer, one_line=True, limit=80)]))
    proof = steady(given.proof, one_line=True, limit=200)
    said(_("proof: {proof}").format(proof=proof) if proof else _("no proof"), "" if proof else "dim")
    if given.voided_at:
        said(_("voided {when}").format(when=moment(given.voided_at, zone, now, time=True)), "warn")
    lines += [[], [(" " + _("Why it is looked at"), "title")]]
    for why in why_words(desk, looked):
        said(why, "due")
    if looked.review:
        review, (verdict, style) = looked.review, verdict_words(looked)
        when = moment(review.at, zone, now, time=True)
        lines += [[], [(" " + verdict, style), (DOT + agent_words(desk, review.reviewer) + DOT + when, "dim")]]
        if review.remark:
            said(steady(review.remark, limit=600))
    return lines


# Sums


def total_words(report: Report) -> str:
    """What was spent in all, a currency each: the ledger's sum of the month."""
    totals = report.totals().values()
    return ", ".join(money(part.net, part.currency) for part in totals) if totals else _("nothing")


_Bar = tuple[str, int, str]
"""A name, minor units and how often."""


def sum_lines(desk: Desk, report: Report, months: Sequence[tuple[Month, dict[str, int]]], columns: int) -> list[Line]:
    """By agent, reason, kind and month, a bar each, a currency after the other; then how far budgets are used."""
    lines: list[Line] = []
    told = {key[1] for key in report.totals()} | {currency for _month, net in months for currency in net}
    for currency in sorted(told):
        lines += [[]] if lines else []
        total = report.totals().get(("", currency))
        lines.append(_total(total) if total else [(" " + _("Nothing in {currency}.").format(currency=currency), "dim")])
        sections = [(title, _parts(desk, report, by, currency)) for by, title in _groups() if total]
        sections.append((_("By month, {currency}").format(currency=currency), _months(months, currency)))
        most = _widths([row for _title, rows in sections for row in rows], currency)
        for title, rows in sections:
            lines += [[], [(" " + title, "title")], *_bars(rows, currency, columns, most)]
    if not lines:
        lines = [[(" " + _("Nothing was given in this month."), "dim")]]
    if report.budgets:
        lines += [
            [],
            [(" " + _("Budgets that began in this month"), "title")],
            *_budgets(desk, report.budgets, columns),
        ]
    return lines


def _groups() -> list[tuple[str, str]]:
    return [("agent", _("By agent")), ("reason", _("By reason")), ("kind", _("By kind"))]


def _parts(desk: Desk, report: Report, by: str, currency: str) -> list[_Bar]:
    return [
        (steady(wording.group_name(desk, by, key[0]), one_line=True, limit=60), part.net, _counts(part))
        for key, part in report.totals(by).items()
        if key[1] == currency
    ]


def _months(months: Sequence[tuple[Month, dict[str, int]]], currency: str) -> list[_Bar]:
    """From the first month with something on."""
    rows = [(i18n.month(month.first, short=True), net.get(currency, 0), "") for month, net in months]
    return list(dropwhile(lambda row: not row[1], rows))


def _total(total: Sum) -> Line:
    words = f" {money(total.net, total.currency)} "
    given = ngettext("{n} gesture, {amount} given", "{n} gestures, {amount} given", total.gestures).format(
        n=i18n.number(total.gestures), amount=money(total.given, total.currency)
    )
    voided = DOT + _("{amount} voided").format(amount=money(total.voided, total.currency)) if total.voided else ""
    return [(words, "bold"), (given + voided, "dim")]


def _counts(part: Sum) -> str:
    return str(part.gestures) if not part.voids else f"{part.gestures} -{part.voids}"


def _widths(rows: Sequence[_Bar], currency: str) -> tuple[int, int, int]:
    """Columns of names, amounts and counts: one for all, so that bars begin below one another."""
    return (
        min(_NAME, max(width(name) for name, _amount, _count in rows)),
        max(width(money(amount, currency)) for _name, amount, _count in rows),
        max(width(count) for _name, _amount, count in rows),
    )


def _bars(rows: Sequence[_Bar], currency: str, columns: int, most: tuple[int, int, int]) -> list[Line]:
    largest, (names, amounts, counts) = max((amount for _name, amount, _count in rows), default=0), most
    room = max(4, min(48, columns - sum(most) - 6))
    return [
        [
            (" " + fit(name, names) + "  ", ""),
            (fit(money(amount, currency), amounts, right=True) + "  ", "bold" if amount else "dim"),
            (fit(count, counts, right=True) + "  ", "dim"),
            (bar(amount, largest, room), "accent"),
        ]
        for name, amount, count in rows
    ]


def _budgets(desk: Desk, budgets: Sequence[Used], columns: int) -> list[Line]:
    lines: list[Line] = []
    said = [_used(used) for used in budgets]
    most = max(map(width, said))
    for used, words in zip(budgets, said, strict=True):
        bound = used.spent + used.reserved
        holder = desk.agent_name(used.holder) if used.scope == "agent" else _team_name(desk, used.holder)
        name = DOT.join([steady(holder, one_line=True, limit=60), wording.purse_name(used.purse)])
        style = "late" if bound * 100 >= used.cap * 90 else ""
        room = max(4, min(30, columns - 32 - most - 4))
        graph = bar(bound, max(used.cap, bound), room)
        lines.append([(" " + fit(name, 30) + " ", ""), (fit(words, most, right=True) + "  ", style), (graph, "accent")])
    return lines


def _used(used: Used) -> str:
    return _("{spent} of {budget}").format(
        spent=money(used.spent + used.reserved, used.currency), budget=money(used.cap, used.currency)
    )


def _team_name(desk: Desk, team: str) -> str:
    return next((say(t.name, i18n.language()) for t in desk.config.teams if t.id == team), team)
