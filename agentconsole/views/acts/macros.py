"""Macros: chosen, asked for, put into the composer with what they do; each taken back in one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from agentconsole.desk import acting, conversations, incidents
from agentconsole.desk.context import Desk
from agentconsole.desk.macros import saving, uses
from agentconsole.desk.macros.applying import Planned, plan
from agentconsole.desk.macros.choosing import Chooser, situation
from agentconsole.desk.macros.library import Holding, Library, own_folder
from agentconsole.desk.macros.questions import answer
from agentconsole.desk.macros.reading import Macro
from agentconsole.desk.macros.values import values
from agentconsole.desk.steps import Move
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import DraftKind, Thread
from agentconsole.model.macro import Actions
from agentconsole.views.acts.changing import Wish
from agentconsole.views.acts.keeping import Key
from agentconsole.views.acts.reading import SHOWN, Reading
from agentconsole.views.foreign import steady
from agentconsole.views.page import Acting

if TYPE_CHECKING:
    from agentconsole.views.acts.writing import Writing
    from agentconsole.views.macros import Shelf

_PREPARE_AFTER = 0.6
"""Seconds after the first picture until macros are read and Liquid is imported, so that the picker opens at once."""


@dataclass(frozen=True)
class _Applied:
    """A macro in the composer, and what was there before it: coming back to these words takes its actions away too."""

    key: Key
    text: str
    actions: str


class Macros:
    """The macro picker and what comes of it."""

    def __init__(self, page: Acting, reading: Reading, writing: Writing) -> None:
        self.page, self._reading, self._writing = page, reading, writing
        self._rules, self._library = page.desk.config, Library.of(page.desk)
        self._chooser: tuple[Holding, Chooser] | None = None
        """Made once for all the macros there are: reading them into it is felt."""
        self._applied: list[_Applied] = []

    def prepare(self) -> None:
        """Soon after the start, off the interface's thread."""
        self.page.set_timer(_PREPARE_AFTER, self._prepare)

    def _prepare(self) -> None:
        self.page.work.look("macros", self._warm, lambda _none: None, lambda _error: None)

    def _warm(self) -> None:
        """Read the macros, fetch what renders them, and the picker: each would be felt when it first opens."""
        import_module("agentconsole.views.macros")
        self._chooser_of(self._look())

    def _look(self) -> Holding:
        """All macros there are; of another library where the desk's rules are others now."""
        desk = self.page.desk
        if self._rules is not desk.config:
            self._rules, self._library = desk.config, Library.of(desk)
        return self._library.look()

    def _chooser_of(self, holding: Holding) -> Chooser:
        if self._chooser is None or self._chooser[0] is not holding:
            self._chooser = holding, Chooser(holding.macros.values())
        return self._chooser[1]

    # Choosing

    def choose(self, _key: str) -> None:
        """Open the picker for the conversation one is on."""
        row = self.page.target
        if row is not None:
            shown = self._reading.thread
            thread = shown if shown is not None and shown.row.number == row.number else None
            self.page.work.look("compose", partial(self._read, row.number, thread), self._offer)

    def _read(self, number: int, thread: Thread | None) -> tuple[Thread, Shelf]:
        """The conversation and the macros there are now: run in a worker."""
        from agentconsole.views.macros import Shelf

        desk, holding = self.page.desk, self._look()
        chooser = self._chooser_of(holding)
        chooser.uses = uses.counts(desk)
        thread = thread or conversations.open_thread(desk, number, SHOWN)
        pin = incidents.pinned(desk, thread.row.number)
        fill, macro = partial(_fill, self.page, thread), pin.macro if pin is not None else None
        return thread, Shelf(chooser, situation(desk, thread), holding.broken, fill, macro)

    def _offer(self, found: tuple[Thread, Shelf]) -> None:
        from agentconsole.views.macros import Choice, MacroPicker

        thread, shelf = found
        picker = MacroPicker(self._title(thread), shelf)

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                self._ask(thread, choice.macro, choice.whole, {})
            elif self._open_on(thread.row.number):
                self._writing.keeping.composer.words.focus()

        self.page.app.push_screen(picker, chosen)

    def _title(self, thread: Thread) -> str:
        count = len(self.page.marked)
        if count:
            many = ngettext("Macro for {n} marked conversation", "Macro for {n} marked conversations", count)
            return many.format(n=count)
        who = steady(thread.customer.name, one_line=True, limit=40)
        return _("Macro for #{number} {name}").format(number=thread.row.number, name=who)

    # Asking

    def _ask(self, thread: Thread, macro: Macro, whole: bool, given: dict[str, str]) -> None:
        """The macro's next question; where all are answered, it is applied."""
        from agentconsole.views.overlays import Ask, Item, Picker

        question = next((q for q in macro.file.questions if q.name not in given), None)
        if question is None:
            self._apply(thread, macro, whole, given)
            return

        def answered(text: str | None) -> None:
            if text is not None:
                self._ask(thread, macro, whole, given | {question.name: text})

        ask = steady(question.ask, one_line=True, limit=200)
        if question.kind == "choice":
            first = sorted(question.choices, key=lambda choice: choice != question.default)
            items = [Item(choice, steady(choice, one_line=True, limit=200)) for choice in first]
            self.page.app.push_screen(Picker(ask, items), answered)
            return
        desk = self.page.desk

        def wrong(text: str) -> str:
            try:
                answer(question, text, macro.file.currency, desk.now(), desk.config.zone)
            except ConsoleError as error:
                return f"{error.what} {error.do}"
            return ""

        hint = {
            "date": _("A day: tomorrow, friday, 2026-12-24."),
            "amount": _("An amount: 15 or 15.00."),
        }.get(question.kind, _("Empty leaves the placeholder to be filled in."))
        self.page.app.push_screen(Ask(ask, hint, wrong, question.default), answered)

    # Applying

    def _apply(self, thread: Thread, macro: Macro, whole: bool, given: dict[str, str]) -> None:
        try:
            planned = _fill(self.page, thread, macro, given)
        except ConsoleError as error:
            self.page.warn(error)
            return
        if whole and not planned.text.strip():
            if self.page.marked:
                self._act_on_many(macro, given)
            else:
                self._act(thread, planned)
            return
        if len(self.page.marked) > 1:
            self.page.say(_("A macro with words answers one conversation: take the marks away first."), "warn")
            return
        if not self._open_on(thread.row.number):
            self._writing.open(DraftKind.REPLY, thread)
        composer = self._writing.keeping.composer
        if whole and composer.kind is DraftKind.REPLY:
            self._applied.append(_Applied((thread.row.number, composer.kind), composer.words.text, composer.actions))
            composer.actions = Actions.from_json(composer.actions).merge(planned.actions).to_json()
        composer.words.put(planned.text)
        composer.words.focus()
        self._writing.composing.tell_actions()
        self._writing.keeping.changed()
        self.page.work.write(partial(uses.used, self.page.desk, planned.name))
        if whole and composer.kind is DraftKind.REPLY:
            self._propose(thread, planned)

    def _propose(self, thread: Thread, planned: Planned) -> None:
        """The gesture is for a person to decide on."""
        if planned.actions.gesture is not None and self._writing.propose is not None:
            self._writing.propose(thread, planned.actions.gesture)

    def _open_on(self, number: int) -> bool:
        composer = self.page.composer
        return composer is not None and composer.is_open and composer.number == number

    def _act_on_many(self, macro: Macro, given: dict[str, str]) -> None:
        """On the marked conversations, after a preview."""
        from agentconsole.views.acts.macro_many import move_of

        numbers, title = self.page.marked, steady(macro.title, one_line=True, limit=60)
        read = partial(move_of, self.page.desk, macro, given, numbers)
        self.page.work.look(
            "box", read, lambda move: self.page.change(numbers, Wish(title, (move,), lambda n: f"#{n}: {title}"))
        )
        self.page.work.write(partial(uses.used, self.page.desk, macro.name))

    def _act(self, thread: Thread, planned: Planned) -> None:
        """A macro without words happens at once, as one step."""
        if planned.unresolved:
            names = ", ".join(planned.unresolved)
            self.page.say(_("Nothing was done: {names} is not known here.").format(names=names), "warn")
        elif replace(planned.actions, gesture=None):
            moves = partial(acting.moves_of, self.page.desk, planned.actions)
            self.page.work.look("box", moves, partial(self._change, thread, planned))
        else:
            self._propose(thread, planned)

    def _change(self, thread: Thread, planned: Planned, moves: tuple[Move, ...]) -> None:
        lines = steady(", ".join(planned.lines), one_line=True, limit=200)
        said = _("#{number}: {what}.")
        wish = Wish(lines, moves, lambda number: said.format(number=number, what=lines))
        self.page.change((thread.row.number,), wish)
        self.page.work.write(partial(uses.used, self.page.desk, planned.name))
        self._propose(thread, planned)

    # In the composer

    def changed(self) -> None:
        """The words changed: back at what stood before a macro, what it does is taken back too."""
        composer = self.page.composer
        if composer is None or composer.number is None:
            return
        key = composer.number, composer.kind
        self._applied = [applied for applied in self._applied if applied.key[0] == composer.number]
        if self._applied and self._applied[-1].key == key and composer.words.text == self._applied[-1].text:
            composer.actions = _but_granted(self._applied.pop().actions, composer.actions)
            self._writing.composing.tell_actions()

    def take_off(self, _key: str) -> None:
        """The words stay; nothing but they is sent, and what was granted for them."""
        composer = self._writing.keeping.composer
        composer.actions = _but_granted("", composer.actions)
        self._applied.clear()
        self._writing.composing.tell_actions()
        self._writing.keeping.changed()

    def save(self, _key: str) -> None:
        """The words in the composer, as a macro of one's own."""
        from agentconsole.views.overlays import Ask

        composer = self._writing.keeping.composer
        words, thread = composer.words.text, self._reading.thread
        hint = _("A title; the macro is yours alone, and a file that you can edit.")

        def save(title: str | None) -> None:
            composer.words.focus()
            if title is not None:
                write = partial(_save, self.page.desk, thread, title, words)
                self.page.work.write(write, self._saved)

        empty = _("Type a title.")
        self.page.app.push_screen(Ask(_("Save as a macro"), hint, lambda t: "" if t.strip() else empty), save)

    def _saved(self, place: Path) -> None:
        self.page.say(_("Saved: {place}").format(place=steady(str(place), one_line=True)), "ok")


def _but_granted(actions: str, now: str) -> str:
    """Other actions; but what was granted stays with the words until it is voided."""
    granted = Actions.from_json(now).granted
    return replace(Actions.from_json(actions), granted=granted).to_json()


def _save(desk: Desk, thread: Thread | None, title: str, words: str) -> Path:
    """A new file in the person's own folder; the customer's name in it becomes its placeholder again."""
    fields = {"title": title.strip(), "body": words}
    if thread is not None:
        fields["body"] = saving.generalized(words, values(desk, thread, thread.row.language or ""))
        if thread.row.language:
            fields["language"] = thread.row.language
    return saving.save(own_folder(desk), fields)


def _fill(page: Acting, thread: Thread, macro: Macro, given: dict[str, str] | None = None) -> Planned:
    return plan(page.desk, macro, thread, given)
