"""A macro's file, as a frozen model. docs/macros.md names every key of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agentconsole.config.amounts import read_amount
from agentconsole.config.values import Frozen, Id, Language
from agentconsole.desk.macros.formats import one_line
from agentconsole.model.states import Priority, State

_WORD = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def _word(value: str) -> str:
    if not _WORD.fullmatch(value):
        raise ValueError('a word of a to z, 0 to 9 and "_" that begins with a letter, such as "day"')
    return value


def _currency(value: str) -> str:
    if not _CURRENCY.fullmatch(value):
        raise ValueError('a currency\'s code, such as "EUR"')
    return value


def _line(value: str) -> str:
    """One line; no-break spaces, which French needs, stay."""
    words = one_line(value)
    if not words:
        raise ValueError("a text that is not empty")
    return words


Word = Annotated[str, AfterValidator(_word)]
Text = Annotated[str, AfterValidator(_line), Field(max_length=500)]
Tag = Annotated[str, AfterValidator(_line), Field(max_length=60)]
Kind = Literal["text", "choice", "date", "amount"]


class Question(Frozen):
    """Something the macro asks before it is filled in."""

    name: Word
    """The answer is `ask.NAME` in the macro's texts."""
    ask: Text
    """The question as the adviser reads it."""
    kind: Kind = "text"
    """"text", "choice" (one of `choices`), "date" or "amount"."""
    default: str = Field(default="", max_length=500)
    """The answer offered: any text; one of the choices; a date such as "tomorrow" or "2026-12-24"; an amount."""
    choices: tuple[Text, ...] = Field(default=(), max_length=50)
    """What can be chosen."""


class Promised(Frozen):
    """A promise to the customer that the macro makes."""

    when: Text
    """By when, in words that snoozing knows: "tomorrow 10:00", "{{ ask.day }} 10:00". Liquid."""
    text: Text
    """What is promised. Liquid."""


class Gestured(Frozen):
    """The gesture that the panel is opened with; nothing is granted by itself."""

    kind: Word
    """Kind of gesture, such as "voucher"."""
    amount: str = Field(default="", max_length=200)
    """Amount, such as "15.00"; left to the adviser where left out. Liquid: "{{ ask.amount }}"."""
    currency: Annotated[str, AfterValidator(_currency)] = "EUR"
    """Currency of `amount` and of questions for an amount."""
    reason: str = Field(default="", max_length=60)
    """Short name of the reason, such as "late_delivery"."""


class ActionTable(Frozen):
    """What happens to the conversation; what is left out stays as it is."""

    status: State | None = None
    """State afterwards."""
    add_tags: tuple[Tag, ...] = Field(default=(), max_length=20)
    """Tags that the conversation gets."""
    remove_tags: tuple[Tag, ...] = Field(default=(), max_length=20)
    """Tags that the conversation loses."""
    assignee: str | None = None
    """"me", "nobody" or an agent's id."""
    team: Id | None = None
    """A team's id."""
    priority: Priority | None = None
    """Priority afterwards."""
    snooze: Text | None = None
    """Snoozed until then, in words that snoozing knows: "2d", "tomorrow 9:00"."""
    note: str = Field(default="", max_length=10_000)
    """A note for colleagues. Liquid."""
    promise: Promised | None = None
    """A promise to the customer."""
    gesture: Gestured | None = None
    """The gesture that the panel is opened with."""


class MacroFile(Frozen):
    """A macro's file, whole."""

    title: Annotated[str, AfterValidator(_line), Field(max_length=120)]
    """What people find it by."""
    language: Language | None = None
    """Language of the words; any where left out."""
    channels: tuple[Id, ...] = ()
    """Channels it is written for, by id or by medium; all where left out."""
    tags: tuple[Tag, ...] = Field(default=(), max_length=50)
    """What it is about: words to find it by, and by which it is proposed."""
    body: str = Field(default="", max_length=20_000)
    """The words for the customer. Liquid."""
    questions: tuple[Question, ...] = Field(default=(), max_length=10)
    """What it asks first."""
    actions: ActionTable = ActionTable()
    """What happens to the conversation."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [*self._questions_wrong(), *self._actions_wrong()]
        if not self.body.strip() and self.actions == ActionTable():
            problems.append("body: found nothing; a macro needs a body or actions")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _questions_wrong(self) -> Iterator[str]:
        names = [question.name for question in self.questions]
        for number, question in enumerate(self.questions, 1):
            place = f"questions.{number}"
            if question.name in names[: number - 1]:
                yield f"{place}.name: found {question.name!r} again; allowed is each name once"
            if (question.kind == "choice") != bool(question.choices):
                said = "a choice needs some" if question.kind == "choice" else "only a choice has them"
                yield f"{place}.choices: found {len(question.choices)}; {said}"
            elif question.kind == "choice" and question.default and question.default not in question.choices:
                yield f"{place}.default: found {question.default!r}; allowed is one of the choices"
            elif question.kind == "amount" and question.default:
                yield from self._amount_wrong(f"{place}.default", question.default)

    def _actions_wrong(self) -> Iterator[str]:
        actions = self.actions
        if actions.snooze and actions.status not in (None, State.SNOOZED):
            yield f'actions.status: found {str(actions.status)!r}; allowed with snooze is "snoozed"'
        for tag in sorted({*actions.add_tags} & {*actions.remove_tags}):
            yield f"actions.remove_tags: found {tag!r}, which add_tags has too; allowed is one of them"
        amount = actions.gesture.amount if actions.gesture else ""
        if amount and "{" not in amount:
            yield from self._amount_wrong("actions.gesture.amount", amount)

    def _amount_wrong(self, place: str, amount: str) -> Iterator[str]:
        try:
            read_amount(amount, self.currency)
        except ValueError:
            yield f'{place}: found {amount!r}; allowed is an amount such as "15.00"'

    @property
    def currency(self) -> str:
        """Currency of amounts that say none: ISO 4217."""
        return self.actions.gesture.currency if self.actions.gesture else "EUR"

    def templates(self) -> Iterator[tuple[str, str]]:
        """Every text in it that is Liquid, with its key."""
        actions = self.actions
        yield "body", self.body
        yield "actions.note", actions.note
        if actions.promise:
            yield "actions.promise.when", actions.promise.when
            yield "actions.promise.text", actions.promise.text
        if actions.gesture:
            yield "actions.gesture.amount", actions.gesture.amount
