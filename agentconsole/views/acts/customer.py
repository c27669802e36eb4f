"""What the desk remembers of a customer: the client book, consent, and who is the same person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from textual.timer import Timer

from agentconsole import i18n
from agentconsole.config.values import say
from agentconsole.desk import attentions, conversations, customers
from agentconsole.desk.context import Desk
from agentconsole.desk.customers import LinkPlan
from agentconsole.desk.linked import Linked, linked
from agentconsole.errors import ConsoleError, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import Thread
from agentconsole.model.customer import Consent, Customer
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line
from agentconsole.views.messages import Changed
from agentconsole.views.page import Acting
from agentconsole.views.situation import Place
from agentconsole.views.widgets.card_lines import About

_REST = 0.15
"""Seconds that a card is looked at before more is read of its customer."""
_SOURCE_AT_MOST = 200
"""Characters of how a consent is known."""


class Customers:
    """Changes of the customer whose conversation one is on."""

    def __init__(self, page: Acting) -> None:
        self.page = page
        self._pause: Timer | None = None
        page.card.wanted = self._wanted

    # The card

    def _wanted(self, customer: UUID) -> None:
        """The card shows a customer: read what is not read along with a conversation, once the cursor rests."""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.page.set_timer(_REST, partial(self._read, customer))

    def _read(self, customer: UUID) -> None:
        thread = self.page.card.thread
        look = partial(_about, self.page.desk, customer, thread.row.number if thread is not None else None)
        self.page.work.look("about", look, partial(self.page.card.tell, customer), _quiet)

    # Whom it is about

    @property
    def linked(self) -> int:
        """How many others are linked with the customer one is on, as far as is known without reading."""
        thread, row = self.page.card.thread, self.page.target
        if thread is None:
            return 0
        linked = thread.customer.linked
        return len(linked) if row is None or row.customer_id in (thread.customer.id, *linked) else 0

    def _with(self, then: Callable[[Thread], None]) -> None:
        """The conversation one is on, as it is now."""
        row = self.page.target
        if row is not None:
            self.page.work.look("box", partial(conversations.open_thread, self.page.desk, row.number, 1), then)

    def _done(self, said: str, _result: object = None) -> None:
        self.page.say(said, "ok")
        self.page.post_message(Changed())

    # The client book

    def book_remove(self, _key: str) -> None:
        """Take an entry off."""
        self._with(self._choose_entry)

    def _choose_entry(self, thread: Thread) -> None:
        from agentconsole.views.overlays import Item, Picker

        desk, notes = self.page.desk, thread.customer.notes
        if not notes:
            self.page.say(_("The client book says nothing of {name}.").format(name=_name(thread.customer)), "warn")
            return
        items = []
        for note in notes:
            by = steady(desk.agent_name(note.author), one_line=True, limit=40) if note.author else ""
            when = DOT.join(part for part in (_date(desk, note.at), by) if part)
            items.append(Item(note.id, steady(note.text, one_line=True, limit=160), when))
        picker: Picker[UUID] = Picker(_("Take off which entry of the client book?"), items)
        self.page.app.push_screen(picker, partial(self._remove, thread.row.number))

    def _remove(self, number: int, note: UUID | None) -> None:
        if note is not None:
            drop = partial(customers.drop_note, self.page.desk, number, note)
            self.page.work.write(drop, partial(self._done, _("The entry is taken off.")))

    # Consent

    def consent(self, _key: str) -> None:
        """Write down that a customer agrees to a purpose, or does not."""
        self._with(self._choose_purpose)

    def _choose_purpose(self, thread: Thread) -> None:
        from agentconsole.views.overlays import Item, Picker

        desk, given = self.page.desk, {consent.purpose: consent for consent in thread.customer.consents}
        items = []
        for purpose in customers.purposes(desk):
            name = steady(say(purpose.name, i18n.language()), one_line=True, limit=80)
            items.append(Item((purpose.id, str(name)), name, self._now(given.get(purpose.id))))
        title = _("What does {name} agree to, or not?").format(name=_name(thread.customer))
        picker: Picker[tuple[str, str]] = Picker(title, items)
        self.page.app.push_screen(picker, partial(self._choose_answer, thread.row.number))

    def _choose_answer(self, number: int, purpose: tuple[str, str] | None) -> None:
        """Apart from the purpose: what narrows one down must not choose the other."""
        from agentconsole.views.overlays import Item, Picker

        if purpose is None:
            return
        key, name = purpose
        answers = [(True, _("{purpose}: yes")), (False, _("{purpose}: no"))]
        titles = [(given, said.format(purpose=name)) for given, said in answers]
        items = [
            Item((key, given, title), word) for (given, title), word in zip(titles, (_("yes"), _("no")), strict=True)
        ]
        picker: Picker[tuple[str, bool, str]] = Picker(name, items)
        self.page.app.push_screen(picker, partial(self._ask_source, number))

    def _now(self, consent: Consent | None) -> str:
        if consent is None:
            return _("not asked")
        said = _("now: yes, {date}") if consent.given else _("now: no, {date}")
        return said.format(date=_date(self.page.desk, consent.at))

    def _ask_source(self, number: int, chosen: tuple[str, bool, str] | None) -> None:
        if chosen is None:
            return
        from agentconsole.views.overlays import Ask

        purpose, given, title = chosen
        ask = Ask(title, _("How do you know? Such as: on the phone, form of 12 March. Enter writes it down."), _wrong)
        self.page.app.push_screen(ask, partial(self._consented, number, purpose, given, title))

    def _consented(self, number: int, purpose: str, given: bool, title: str, source: str | None) -> None:
        if source is not None:
            change = partial(customers.consent, self.page.desk, number, purpose, given, source.strip())
            self.page.work.write(change, partial(self._done, _("Written down: {what}").format(what=title)))

    # The birthday

    def birthday(self, _key: str) -> None:
        """Write down when a customer has their birthday."""
        self._with(self._ask_birthday)

    def _ask_birthday(self, thread: Thread) -> None:
        from agentconsole.views.overlays import Ask

        title = _("When is the birthday of {name}?").format(name=_name(thread.customer))
        hint = _("Month and day: 05-31 is 31 May. Enter writes it down; left empty, it is not known any more.")
        ask = Ask(title, hint, _no_birthday, thread.customer.birthday)
        self.page.app.push_screen(ask, partial(self._born, thread.row.number))

    def _born(self, number: int, day: str | None) -> None:
        if day is None:
            return
        kept = attentions.birthday_of(day) if day.strip() else ""
        said = _("birthday {day}").format(day=i18n.day_of_year(kept)) if kept else _("no birthday")
        change = partial(attentions.write_birthday, self.page.desk, number, kept)
        self.page.work.write(change, partial(self._done, _("Written down: {what}").format(what=said)))

    # The same person

    def link(self, _key: str) -> None:
        """Say that two customers are the same person."""
        self._with(self._find_other)

    def _find_other(self, thread: Thread) -> None:
        from agentconsole.views.linking import LinkBox

        box = LinkBox(self.page.work, self.page.desk, thread.customer.id, _name(thread.customer))
        self.page.app.push_screen(box, partial(self._plan, thread))

    def _plan(self, thread: Thread, other: Customer | None) -> None:
        if other is not None:
            plan = partial(customers.link_plan, self.page.desk, thread.customer.id, other.id)
            self.page.work.look("box", plan, partial(self._preview, thread, other))

    def _preview(self, thread: Thread, other: Customer, plan: LinkPlan) -> None:
        from agentconsole.views.confirm import Confirm
        from agentconsole.views.linking import plan_lines

        names = {"one": _name(thread.customer), "other": _name(other)}
        title = _("{one} and {other} are one person").format(**names)
        said = _("{one} and {other} are linked.").format(**names)
        link = partial(customers.link, self.page.desk, thread.row.number, other.id)

        def decided(wanted: bool | None) -> None:
            if wanted:
                self.page.work.write(link, partial(self._done, said))

        def make(columns: int) -> list[Line]:
            return plan_lines(plan, self.page.desk, self.page.session.keymap.key("undo", Place.LIST), columns)

        self.page.app.push_screen(Confirm(title, make), decided)

    def unlink(self, _key: str) -> None:
        """They are not the same person after all."""
        self._with(self._find_linked)

    def _find_linked(self, thread: Thread) -> None:
        look = partial(linked, self.page.desk, thread.customer.id)
        self.page.work.look("box", look, partial(self._choose_linked, thread))

    def _choose_linked(self, thread: Thread, found: tuple[Linked, ...]) -> None:
        from agentconsole.views.overlays import Item, Picker

        items = []
        for one in found:
            known = steady(DOT.join(f"{kind} {value}" for kind, value in one.known_by[:3]), one_line=True, limit=200)
            items.append(Item(one, steady(one.name, one_line=True, limit=60) or _("no name"), known))
        picker: Picker[Linked] = Picker(_("Who is not {name}?").format(name=_name(thread.customer)), items)
        self.page.app.push_screen(picker, partial(self._unlink, thread.row.number))

    def _unlink(self, number: int, other: Linked | None) -> None:
        if other is not None:
            said = _("{name} is somebody else again.").format(name=steady(other.name, one_line=True, limit=60))
            apart = partial(customers.unlink, self.page.desk, number, other.id)
            self.page.work.write(apart, partial(self._done, said))


def _about(desk: Desk, customer: UUID, number: int | None) -> About:
    contacts, likely = customers.contacts(desk, customer), customers.likely_same(desk, customer)
    about = About(tuple(contacts), tuple(likely), linked(desk, customer))
    if number is None or not desk.config.delegations:
        return about
    from agentconsole.desk import gestures

    return replace(about, given=gestures.given(desk, number), attentions=attentions.of(desk, number))


def _name(customer: Customer) -> str:
    return steady(customer.name, one_line=True, limit=40) or _("no name")


def _date(desk: Desk, at: datetime) -> str:
    return i18n.date(at.astimezone(desk.config.zone).date())


def _no_birthday(text: str) -> str:
    """Why that is no birthday; empty where it is one, or nothing."""
    try:
        if text.strip():
            attentions.birthday_of(text)
    except UsageError as error:
        return f"{error.what} {error.do}"
    return ""


def _wrong(source: str) -> str:
    """Why that is no source; empty where it is one."""
    if not source.strip():
        return _("Say how it is known: a consent without a source is worth nothing.")
    too_long = len(source.strip()) > _SOURCE_AT_MOST
    return _("At most {n} characters.").format(n=_SOURCE_AT_MOST) if too_long else ""


def _quiet(_error: ConsoleError) -> None:
    """The card says less; the list says already that the desk cannot be reached."""
