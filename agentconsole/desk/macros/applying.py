"""Filling a macro in for a conversation: its words as they would be sent, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agentconsole import i18n
from agentconsole.config.amounts import read_amount
from agentconsole.desk import wording
from agentconsole.desk.context import Desk
from agentconsole.desk.macros.files import Gestured
from agentconsole.desk.macros.library import ME
from agentconsole.desk.macros.questions import answers
from agentconsole.desk.macros.reading import Macro
from agentconsole.desk.macros.template import Setting, render
from agentconsole.desk.macros.values import setting, values
from agentconsole.desk.moves import tag_of
from agentconsole.desk.when import parse_when
from agentconsole.errors import UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import Thread
from agentconsole.model.macro import NOBODY, Actions, MacroGesture, MacroPromise
from agentconsole.model.states import State


@dataclass(frozen=True, slots=True)
class Planned:
    """A macro, filled in; nothing has happened yet.

    :param name: the macro's.
    :param text: the words for the customer; empty for a macro without a body.
    :param unresolved: placeholders that still stand in the text or in an action, each once.
    :param actions: what would happen besides.
    :param lines: the actions in words, one a line.
    """

    name: str
    text: str
    unresolved: tuple[str, ...]
    actions: Actions
    lines: tuple[str, ...]


def plan(desk: Desk, macro: Macro, thread: Thread, given: Mapping[str, str] | None = None) -> Planned:
    """What a macro comes to in a conversation. Reads nothing and changes nothing.

    :param given: answers to its questions as they were typed; a question without one has its default.
    :raises UsageError: an answer, a time or an amount does not fit.
    """
    how = setting(desk, macro, thread)
    answered = answers(macro.file, given or {}, desk.now(), desk.config.zone)
    known = values(desk, thread, how.language) | {f"ask.{name}": value for name, value in answered.items()}
    filling = _Filling(known, how)
    text = filling.fill(macro.file.body)
    actions = _actions(desk, macro, filling)
    return Planned(macro.name, text, tuple(dict.fromkeys(filling.unresolved)), actions, said(desk, actions))


class _Filling:
    """Fills in one text after another, and remembers what could not be."""

    def __init__(self, known: Mapping[str, str], how: Setting) -> None:
        self._known, self._how = known, how
        self.unresolved: list[str] = []

    def fill(self, source: str) -> str:
        rendered = render(source, self._known, self._how)
        self.unresolved += rendered.unresolved
        return rendered.text


def _actions(desk: Desk, macro: Macro, filling: _Filling) -> Actions:
    table = macro.file.actions
    promise = None
    if table.promise:
        promise = MacroPromise(_day(desk, filling.fill(table.promise.when)), filling.fill(table.promise.text))
    return Actions(
        state=State.SNOOZED if table.snooze else table.status,
        add_tags=tuple(map(tag_of, table.add_tags)),
        remove_tags=tuple(map(tag_of, table.remove_tags)),
        assignee=desk.agent.id if table.assignee == ME else table.assignee,
        team=table.team,
        priority=table.priority,
        snooze=_when(desk, table.snooze) if table.snooze else None,
        note=filling.fill(table.note),
        promise=promise,
        gesture=_gesture(table.gesture, filling) if table.gesture else None,
    )


def _when(desk: Desk, when: str) -> str:
    """A time as it was written, once it is known to be one; not looked at while a placeholder stands in it."""
    if "{{" not in when:
        parse_when(when, desk.now(), desk.config.zone)
    return when


def _day(desk: Desk, when: str) -> str:
    """:func:`_when` for a promise, which needs a time."""
    if "{{" not in when and parse_when(when, desk.now(), desk.config.zone) is None:
        raise UsageError(_("{text!r} is not a time.").format(text=when), _("A promise is for a day and a time."))
    return when


def _gesture(table: Gestured, filling: _Filling) -> MacroGesture:
    amount, currency, text = None, table.currency, filling.fill(table.amount)
    if text and "{{" not in text:
        try:
            amount, currency = read_amount(text, currency)
        except ValueError:
            raise UsageError(
                _("The gesture's amount {amount!r} is not an amount.").format(amount=text),
                _("Write it as 15, 15.00 or 15.00 {currency}.").format(currency=currency),
            ) from None
    return MacroGesture(table.kind, amount, currency, table.reason)


def said(desk: Desk, actions: Actions) -> tuple[str, ...]:
    """What actions do, in words, one line each: for a preview and above a draft."""
    lines: list[str] = []
    if actions.snooze:
        lines.append(_("snoozed until {when}").format(when=_said_when(desk, actions.snooze)))
    elif actions.state:
        lines.append(_("status {state}").format(state=wording.state(actions.state)))
    lines += [f"+{tag}" for tag in actions.add_tags]
    lines += [f"-{tag}" for tag in actions.remove_tags]
    if actions.assignee is not None:
        nobody = actions.assignee == NOBODY
        lines.append(_("to {name}").format(name=_("nobody") if nobody else desk.agent_name(actions.assignee)))
    if actions.team:
        lines.append(_("to the team {name}").format(name=wording.team(desk, actions.team)))
    if actions.priority:
        lines.append(wording.priority(actions.priority))
    if actions.promise:
        when = _said_when(desk, actions.promise.when)
        lines.append(_("promise, {when}: {text}").format(when=when, text=actions.promise.text))
    if actions.gesture:
        lines.append(_gesture_said(actions.gesture))
    if actions.note:
        lines.append(_("note: {text}").format(text=actions.note))
    return tuple(lines)


def _said_when(desk: Desk, when: str) -> str:
    """A time as people say it; as it was written where it is none, or none yet."""
    now = desk.now()
    try:
        at = parse_when(when, now, desk.config.zone)
    except UsageError:
        return when
    return i18n.moment(at, desk.config.zone, now, time=True) if at else when


def _gesture_said(gesture: MacroGesture) -> str:
    amount = i18n.money(gesture.amount, gesture.currency) if gesture.amount is not None else ""
    what = " ".join(filter(None, (gesture.kind, amount)))
    return _("gesture: {what}").format(what=f"{what} ({gesture.reason})" if gesture.reason else what)
