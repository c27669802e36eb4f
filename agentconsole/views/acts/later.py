"""What is for later or for somebody else: snoozing, promising, escalating."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from agentconsole.desk import duty
from agentconsole.desk.context import Desk
from agentconsole.desk.duty import Person
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow, Promise
from agentconsole.views.acts.changing import Wish
from agentconsole.views.acts.handling import Handling, Holder
from agentconsole.views.foreign import steady
from agentconsole.views.page import Page

if TYPE_CHECKING:
    from agentconsole.views.when import Said, Suggestion

Deed = Literal["keep", "renew", "drop", "new"]
_EACH: tuple[Deed, ...] = ("keep", "renew", "drop")


class Later:
    """Conversations that come back by themselves, and those that are passed on."""

    def __init__(self, page: Page, handling: Handling) -> None:
        self.page, self._handling = page, handling
        self._changing = handling.changing

    # Snoozing

    def snooze(self, _key: str) -> None:
        """Until a time that is said in words."""
        numbers = self._changing.numbers
        if numbers:
            self.page.work.look("box", partial(_suggestions, self.page.desk), partial(self._ask_snooze, numbers))

    def _ask_snooze(self, numbers: tuple[int, ...], known: tuple[list[Suggestion], str]) -> None:
        from agentconsole.views.when import WhenBox

        title = _("Snooze {what} until").format(what=self._handling.about(numbers))
        box = WhenBox(title, self.page.desk, known[0], same=known[1])
        self.page.app.push_screen(box, lambda said: None if said is None else self._snooze(numbers, said))

    def _snooze(self, numbers: tuple[int, ...], said: Said) -> None:
        from agentconsole.desk import snooze
        from agentconsole.views.when import when_words

        desk, words = self.page.desk, when_words(said.at, self.page.desk)

        def told(number: int) -> str:
            return _("#{number} comes back: {when}.").format(number=number, when=words)

        what = _("Snooze: {when}").format(when=words)
        self._changing.change(numbers, Wish(what, (snooze.move(desk, said.words),), told))

    # Promises

    def promise(self, _key: str) -> None:
        """What is promised already: kept, renewed or dropped; else something new."""
        from agentconsole.desk import promises

        row = self.page.target
        if row is None:
            return
        if row.promised_at is None:
            self._begin_promise(row.number)
        else:
            read = partial(promises.open_promises, self.page.desk, row.number)
            self.page.work.look("box", read, partial(self._choose_promise, row.number))

    def _choose_promise(self, number: int, found: list[Promise]) -> None:
        from agentconsole.views.overlays import Item, Picker
        from agentconsole.views.when import when_words

        words = {"keep": _("kept: {what}"), "renew": _("another time: {what}"), "drop": _("drop: {what}")}
        items: list[Item[tuple[Deed, Promise | None]]] = [
            Item((deed, each), words[deed].format(what=_shown(each)), when_words(each.at, self.page.desk))
            for each in found
            for deed in _EACH
        ]
        items.append(Item(("new", None), _("promise something else")))

        def chosen(choice: tuple[Deed, Promise | None] | None) -> None:
            if choice is None:
                return
            deed, each = choice
            if each is None:
                self._begin_promise(number)
            elif deed == "renew":
                self._ask_renewed(each)
            else:
                self._end_promise(each, deed)

        title = _("What is promised on #{number}").format(number=number)
        picker: Picker[tuple[Deed, Promise | None]] = Picker(title, items)
        self.page.app.push_screen(picker, chosen)

    def _end_promise(self, each: Promise, deed: Deed) -> None:
        from agentconsole.desk import promises

        end, said = (
            (promises.keep, _("Kept: {what}")) if deed == "keep" else (promises.drop, _("Dropped: {what}"))
        )  # fmt: skip
        done = partial(self._changing.changed, said.format(what=_shown(each)), None)
        self.page.work.write(partial(end, self.page.desk, each.id), done)

    def _ask_renewed(self, each: Promise) -> None:
        from agentconsole.views.when import WhenBox

        def ask(known: tuple[list[Suggestion], str]) -> None:
            title = _("Another time: {what}").format(what=_shown(each))
            box = WhenBox(title, self.page.desk, known[0], until_reply=False)
            self.page.app.push_screen(box, lambda said: None if said is None else self._renew(each, said))

        self.page.work.look("box", partial(_suggestions, self.page.desk), ask)

    def _renew(self, each: Promise, said: Said) -> None:
        from agentconsole.desk import promises
        from agentconsole.views.when import when_words

        if said.at is not None:
            told = _("Promised for {when}: {what}").format(when=when_words(said.at, self.page.desk), what=_shown(each))
            renew = partial(promises.renew, self.page.desk, each.id, said.at)
            self.page.work.write(renew, partial(self._changing.changed, told, None))

    def _begin_promise(self, number: int) -> None:
        from agentconsole.views.when import WhenBox

        def ask(known: tuple[list[Suggestion], str]) -> None:
            title = _("Promise on #{number}: when, and what").format(number=number)
            what = _("what is promised, such as: call back")
            box = WhenBox(title, self.page.desk, known[0], what=what, until_reply=False)
            self.page.app.push_screen(box, lambda said: None if said is None else self._promise(number, said))

        self.page.work.look("box", partial(_suggestions, self.page.desk), ask)

    def _promise(self, number: int, said: Said) -> None:
        from agentconsole.desk import promises
        from agentconsole.views.when import when_words

        if said.at is not None:
            what = steady(said.what, one_line=True, limit=80)
            told = _("Promised for {when}: {what}").format(when=when_words(said.at, self.page.desk), what=what)
            make = partial(promises.promise, self.page.desk, number, said.at, said.what)
            self.page.work.write(make, partial(self._changing.changed, told, None))

    # Escalating

    def escalate(self, _key: str) -> None:
        """To a colleague or a team, with a reason."""
        numbers = self._changing.numbers
        if numbers:
            row = self.page.target if len(numbers) == 1 else None
            read = partial(duty.people, self.page.desk)
            self.page.work.look("box", read, partial(self._choose_holder, numbers, row))

    def _choose_holder(self, numbers: tuple[int, ...], row: ConversationRow | None, people: Sequence[Person]) -> None:
        from agentconsole.views.overlays import Picker

        items = self._handling.holders(row, people, without_me=True)
        if not items:
            self.page.say(_("There is nobody to escalate to: agentconsole.toml names no colleague and no team."))
            return
        picker: Picker[Holder] = Picker(_("Escalate {what} to").format(what=self._handling.about(numbers)), items)
        self.page.app.push_screen(picker, lambda holder: None if holder is None else self._ask_why(numbers, holder))

    def _ask_why(self, numbers: tuple[int, ...], holder: Holder) -> None:
        from agentconsole.desk import escalations
        from agentconsole.views.overlays import Ask

        desk, (agent, team) = self.page.desk, holder
        name = desk.agent_name(agent) if agent else self._handling.team_name(team or "")
        who = steady(name, one_line=True, limit=60)
        hint = _("It becomes a note that only colleagues see.")
        nothing = _("Say why.")
        ask = Ask(_("Escalate to {who}: why?").format(who=who), hint, lambda given: "" if given.strip() else nothing)

        def given(reason: str | None) -> None:
            if reason is not None:
                move = partial(escalations.make_escalation, reason=reason, agent=agent, team=team)
                what = _("Escalate to {who}").format(who=who)
                self._changing.change(
                    numbers,
                    Wish(what, (move,), lambda n: _("#{number} is escalated to {who}.").format(number=n, who=who)),
                )

        self.page.app.push_screen(ask, given)


def _suggestions(desk: Desk) -> tuple[list[Suggestion], str]:
    """What one may want, and what ``=`` stands for."""
    from agentconsole.desk import snooze

    return snooze.suggestions(desk), snooze.last(desk)


def _shown(promise: Promise) -> str:
    return steady(promise.text, one_line=True, limit=80)
