"""Requests for gestures in lines: one in the list, and all that one needs to decide. Pure; amounts are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest

from agentconsole import i18n
from agentconsole.desk import clocks
from agentconsole.desk.context import Desk
from agentconsole.desk.deciding import Case, Request, Whose, after
from agentconsole.desk.goodwill import Decision
from agentconsole.i18n import _, money, pgettext
from agentconsole.model.conversation import Message
from agentconsole.model.gesture import Answer, Approval, ApprovalState, Standing
from agentconsole.model.message import Direction
from agentconsole.views.foreign import steady
from agentconsole.views.gesture_words import given_lines, kind_words, left_lines, period_words, reason_words
from agentconsole.views.layout import BAR, DOT, Line, cut, fit, line_width, width, wrap
from agentconsole.views.rows import medium_of

SIDES = 116
"""Columns from which on the conversation stands beside the request."""
_OURS = 64
"""Columns that the request has beside it, at least: amounts with what they are of."""
_GIVEN = 6
_OF_MESSAGE = 8
"""Lines of a message, at most."""


def state_of(request: Request, desk: Desk, now: datetime) -> tuple[str, str]:
    """How a request stands, and in which style: a clock for what waits for me, what became of it for what I asked."""
    asked = request.approval
    if request.whose is Whose.DECIDE and request.due is not None:
        state = clocks.state(request.due, now, desk.config.due_within)
        return i18n.clock_words(str(state), clocks.seconds_left(request.due, now)), str(state)
    return {
        ApprovalState.REQUESTED: (pgettext("approval", "asked"), ""),
        ApprovalState.APPROVED: (pgettext("approval", "APPROVED"), "ok bold"),
        ApprovalState.REFUSED: (pgettext("approval", "refused"), "due"),
        ApprovalState.WITHDRAWN: (pgettext("approval", "withdrawn"), "dim"),
        ApprovalState.EXPIRED: (pgettext("approval", "expired"), "due"),
        ApprovalState.USED: (pgettext("approval", "given"), "dim"),
    }[asked.state]


def amount_words(asked: Approval) -> str:
    """``€60.00``, or what was approved of it: ``€40.00 of €60.00``."""
    whole = money(asked.amount, asked.currency)
    if asked.granted is None or asked.granted == asked.amount:
        return whole
    return _("{amount} of {whole}").format(amount=money(asked.granted, asked.currency), whole=whole)


def request_line(request: Request, desk: Desk, columns: int, amounts: int, *, here: bool) -> Line:
    """One line of the list: how it stands, how much, what, who asks, whom it is for.

    :param amounts: columns of the widest amount of the list.
    """
    asked, now = request.approval, desk.now()
    words, style = state_of(request, desk, now)
    other = asked.approver if request.whose is not Whose.DECIDE else asked.requester
    who = steady(desk.agent_name(other), one_line=True, limit=40) if other else "-"
    kinds = 12 if columns < 100 else 20
    room = columns - 2 - 12 - amounts - 2 - kinds - 1 - 10
    names = max(8, min(24, room // 2))
    return [
        ("> " if here else "  ", "accent bold"),
        (fit(words, 11) + " ", style),
        (fit(amount_words(asked), amounts, right=True) + "  ", "bold"),
        (fit(kind_words(desk, asked.kind), kinds) + " ", ""),
        (fit(f"#{asked.number}", 9) + " ", "dim"),
        (fit(who, names) + " ", ""),
        (cut(steady(request.customer, one_line=True, limit=80), max(0, room - names - 1)), "dim"),
    ]


def case_lines(case: Case, desk: Desk, columns: int) -> list[Line]:
    """All about a request; the conversation beside it where there is room, else below."""
    if columns < SIDES:
        return [*_about(case, desk, columns), [], *_conversation(case, desk, columns)]
    left = max(_OURS, columns * 5 // 11)
    ours, theirs = _about(case, desk, left - 2), _conversation(case, desk, columns - left - 2)
    return [
        [*one, (" " * (left - line_width(one)), ""), (BAR + " ", "line"), *other]
        for one, other in zip_longest(ours, theirs, fillvalue=())
    ]


def after_words(case: Case, amount: int) -> str:
    """What is left once so much is approved, in one line: ``my budget €1,940.00 · team Instant €840.00``."""
    left, currency = after(case, amount), case.request.approval.currency
    if left is None:
        return ""
    rooms = [(_("my budget"), left.budget), (_("this customer"), left.customer), (_("team"), left.team)]
    said = [f"{name} {money(room, currency)}" for name, room in rooms if room is not None]
    return _("left after it: {what}").format(what=DOT.join(said))


def over_words(case: Case, amount: int) -> str:
    """Which ceiling that amount is above, in words; empty where it is above none."""
    left, asked = after(case, amount), case.request.approval
    if left is None:
        return _("Your delegation has nothing for this.")
    for name, room in (
        (_("your ceiling for one gesture"), left.gesture),
        (_("what this customer may get from you"), left.customer),
        (_("your budget"), left.budget),
    ):
        if room is not None and room < 0:
            return _("{amount} above {ceiling}.").format(amount=money(-room, asked.currency), ceiling=name)
    return _("You have made all gestures of this period.") if left.count < 0 else ""


# The request


def _about(case: Case, desk: Desk, columns: int) -> list[Line]:
    asked = case.request.approval
    what = f"{kind_words(desk, asked.kind)}{DOT}{reason_words(desk, asked.reason)}"
    amount = amount_words(asked)
    lines: list[Line] = [[(amount, "title"), ("  " + cut(what, columns - width(amount) - 2), "bold")]]
    lines += _said(_stands(case.request, desk), "dim", columns)
    proof = steady(asked.proof, one_line=True, limit=200)
    lines += _said(_("proof: {proof}").format(proof=proof) if proof else _("no proof"), "" if proof else "dim", columns)
    lines += _said(steady(asked.remark, limit=1000), "note", columns) if asked.remark else []
    if asked.answer:
        lines += _said(_("answer: {answer}").format(answer=steady(asked.answer, limit=1000)), "due", columns)
    lines += _left(case, desk, columns)
    lines += [[], [(_("What the customer already got"), "title")]]
    lines += given_lines(case.given, desk, columns, _GIVEN) or [[(_("nothing"), "dim")]]
    return lines


def _stands(request: Request, desk: Desk) -> str:
    """Who asked when, and until when it is worth something."""
    asked, now, zone = request.approval, desk.now(), desk.config.zone

    def at(when: datetime) -> str:
        return i18n.moment(when, zone, now, time=True)

    def name(agent: str) -> str:
        return steady(desk.agent_name(agent), one_line=True, limit=60)

    waits = i18n.duration((now - asked.requested_at).total_seconds())
    parts = [_("{who} asked {when}").format(who=name(asked.requester), when=at(asked.requested_at))]
    if asked.state is ApprovalState.REQUESTED:
        parts.append(_("waits for {time}").format(time=waits))
    if asked.approver and asked.decided_at:
        who, when = name(asked.approver), at(asked.decided_at)
        refused = asked.state is ApprovalState.REFUSED
        said = _("{who} refused {when}") if refused else _("{who} approved {when}")
        parts.append(said.format(who=who, when=when))
    if asked.state in (ApprovalState.REQUESTED, ApprovalState.APPROVED):
        parts.append(_("expires {when}").format(when=at(asked.expires_at)))
    return DOT.join(parts)


def _left(case: Case, desk: Desk, columns: int) -> list[Line]:
    asked, left, lines = case.request.approval, after(case, case.request.approval.amount), list[Line]()
    if left is not None and case.mine is not None:
        standing = Standing(case.mine, (), (), (), 0)
        decision = Decision(Answer.GRANTED, "", left)
        lines += [[], [(_("What is left once it is approved"), "title")]]
        lines += left_lines(decision, standing, asked.currency, columns, desk)
        over = over_words(case, asked.amount)
        lines += _said(_("More than you can approve: {why}").format(why=over), "late", columns) if over else []
    elif case.request.whose is Whose.DECIDE:
        lines += _said(over_words(case, asked.amount), "late", columns)
    giver = case.requester
    if giver is not None and giver.rule is not None and case.request.whose is Whose.DECIDE:
        rule = giver.rule
        said = _("{who}: {left} of {budget} left {period}, none of which pays for this").format(
            who=steady(desk.agent_name(giver.agent), one_line=True, limit=60),
            left=money(rule.budget - giver.spent.bound, asked.currency),
            budget=money(rule.budget, asked.currency),
            period=period_words(rule.period),
        )
        lines += _said(said, "dim", columns)
    return lines


# The conversation


def _conversation(case: Case, desk: Desk, columns: int) -> list[Line]:
    thread = case.thread
    customer, row = thread.customer, thread.row
    tags = DOT.join(steady(tag, one_line=True, limit=40) for tag in customer.tags)
    name = steady(customer.name, one_line=True, limit=80) or _("no name")
    since = _("since {date}").format(date=i18n.date(customer.since.astimezone(desk.config.zone).date()))
    head: Line = [(cut(name, columns // 2), "bold"), ("  " + tags if tags else "", "accent")]
    rest = columns - line_width(head) - 2
    lines: list[Line] = [[*head, ("  " + cut(since, rest), "dim")]]
    subject = steady(row.subject, one_line=True, limit=200)
    lines.append([(cut(f"#{row.number} {medium_of(row.channel, desk)}{DOT}{subject}", columns), "dim")])
    if thread.earlier:
        lines.append([(_("earlier messages are in the conversation"), "dim")])
    for message in reversed(thread.messages):
        lines += [[], *_message(message, desk, columns)]
    return lines


def _message(message: Message, desk: Desk, columns: int) -> list[Line]:
    at = i18n.moment(message.at, desk.config.zone, desk.now(), time=True)
    styles = {Direction.IN: "bold", Direction.OUT: "reply", Direction.NOTE: "note"}
    ours = message.direction is not Direction.IN
    author = desk.agent_name(message.author) if ours else message.author_name or message.author
    head = f"{at}  {steady(author, one_line=True, limit=60)}"
    head += f"  {_('note')}" if message.direction is Direction.NOTE else ""
    lines: list[Line] = [[(cut(head, columns), styles[message.direction])]]
    words = wrap(steady(message.text, limit=4000), columns)
    lines += [[(line, "")] for line in words[:_OF_MESSAGE]]
    if len(words) > _OF_MESSAGE:
        lines.append([(_("… goes on in the conversation"), "dim")])
    return lines


def _said(text: str, style: str, columns: int) -> list[Line]:
    return [[(line, style)] for line in wrap(text, columns)] if text else []


def widest(requests: Sequence[Request]) -> int:
    """Columns of the widest amount."""
    return max((width(amount_words(request.approval)) for request in requests), default=0)
