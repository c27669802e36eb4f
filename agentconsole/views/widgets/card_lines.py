"""What the customer's card says, part by part, as lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from agentconsole import i18n
from agentconsole.config.values import say
from agentconsole.desk import clocks, customers, wording
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import ConversationRow, Promise, Thread
from agentconsole.model.customer import Consent, CustomerNote
from agentconsole.views.charts import sparkline
from agentconsole.views.foreign import steady
from agentconsole.views.keys import Keymap
from agentconsole.views.layout import DOT, Line, cut, fit, width, wrap
from agentconsole.views.rows import about, medium_of
from agentconsole.views.situation import Place

if TYPE_CHECKING:
    from agentconsole.desk.attentions import Suggestion
    from agentconsole.desk.customers import Likeness
    from agentconsole.desk.linked import Linked
    from agentconsole.model.gesture import Given

CardLine = tuple[Line, ConversationRow | None]
"""A line, and the conversation that it leads to."""


@dataclass(frozen=True, slots=True)
class About:
    """What is read of a customer once the card is in sight.

    :param contacts: conversations they began in each month, oldest first.
    :param likely: customers that may be the same one; ``linked`` those that somebody said are.
    :param given: gestures that they got, the newest first; ``attentions`` what is proposed now.
    """

    contacts: tuple[int, ...] = ()
    likely: tuple[Likeness, ...] = ()
    linked: tuple[Linked, ...] = ()
    given: tuple[Given, ...] = ()
    attentions: tuple[Suggestion, ...] = ()


class CardLines:
    """Makes the lines of a card of so many columns."""

    def __init__(self, thread: Thread, known: About, desk: Desk, keymap: Keymap, columns: int, now: datetime) -> None:
        self._thread, self._known, self._desk, self._keymap = thread, known, desk, keymap
        self._columns, self._now = columns, now
        self._lines: list[CardLine] = []

    def make(self) -> list[CardLine]:
        """All of them."""
        self._who()
        self._promises()
        self._gestures()
        self._book()
        self._identities()
        self._consents()
        self._conversation()
        self._history()
        return self._lines

    # Who

    def _who(self) -> None:
        customer = self._thread.customer
        self._say(steady(customer.name, one_line=True, limit=200) or _("no name"), "bold")
        if customer.tags:
            self._say(DOT.join(steady(tag, one_line=True) for tag in customer.tags), "accent")
        since = _("since {date}").format(date=i18n.date(self._day(customer.since)))
        language = i18n.language_name(customer.language) if customer.language else ""
        self._say(DOT.join(part for part in (steady(language, one_line=True, limit=40), since) if part), "dim")
        if customer.birthday:
            self._say(_("birthday {day}").format(day=i18n.day_of_year(customer.birthday)), "dim")
        contacts = self._known.contacts
        if contacts:
            total = sum(contacts)
            said = ngettext("{n} contact in {m} months", "{n} contacts in {m} months", total)
            words = said.format(n=i18n.number(total), m=len(contacts))
            picture = sparkline(contacts)
            if width(picture) + 2 + width(words) <= self._columns:
                self._add([(picture, "accent"), ("  " + words, "dim")])
            else:
                self._add([(picture, "accent")])
                self._say(words, "dim")

    def _promises(self) -> None:
        promises = self._thread.promises
        if promises:
            self._part(_("Promises"))
        for promise in promises:
            self._promise(promise)

    def _promise(self, promise: Promise) -> None:
        state = clocks.state(promise.at, self._now, self._desk.config.due_within)
        left = clocks.seconds_left(promise.at, self._now)
        at = i18n.moment(promise.at, self._desk.config.zone, self._now, time=True)
        self._add([(i18n.clock_words(str(state), left) + "  ", str(state)), (at, "bold")])
        self._say(steady(promise.text, one_line=True, limit=400), indent=2)
        self._say(f"#{promise.number}{DOT}{self._agent(promise.author)}", "dim", indent=2)

    def _gestures(self) -> None:
        known = self._known
        if not (known.given or known.attentions):
            return
        from agentconsole.views.gesture_words import card_lines

        self._part(_("Gestures"))
        for line in card_lines(known.given, known.attentions, self._desk, self._columns):
            self._add(line)
        if known.attentions:
            self._hint("gesture", _("{key} gives it"))

    # What they are known by, and what they agree to

    def _identities(self) -> None:
        customer = self._thread.customer
        self._part(_("Known by"))
        kinds = [steady(identity.kind, one_line=True, limit=20) for identity in customer.identities]
        room = min(max(map(width, kinds), default=0), self._columns // 3) + 2
        for kind, identity in zip(kinds, customer.identities, strict=True):
            value = steady(identity.value, one_line=True, limit=200)
            first, *rest = wrap(value, self._columns - room) or [""]
            self._add([(fit(kind, room), "dim"), (first, "")])
            for line in rest:
                self._add([(" " * room, ""), (line, "")])
        if not customer.identities:
            self._say(_("nothing"), "dim")
        if customer.linked:
            names = [steady(one.name, one_line=True, limit=60) for one in self._known.linked]
            count = len(customer.linked)
            said = ngettext("one other customer is linked", "{n} other customers are linked", count).format(n=count)
            self._say(_("{said}: {names}").format(said=said, names=", ".join(names)) if names else said, "dim")
        for like in self._known.likely[:3]:
            name = steady(like.customer.name, one_line=True, limit=60)
            why = steady(like.why, one_line=True, limit=120)
            self._say(_("may be the same as {name} ({why})").format(name=name, why=why), "due")
        if self._known.likely:
            self._hint("link", _("{key} links them"))

    def _consents(self) -> None:
        given = {consent.purpose: consent for consent in self._thread.customer.consents}
        purposes = {p.id: say(p.name, i18n.language()) for p in customers.purposes(self._desk)}
        names = purposes | {purpose: purpose for purpose in given if purpose not in purposes}
        if not names:
            return
        self._part(_("Consent"))
        words = {purpose: self._answer(given.get(purpose)) for purpose in names}
        room = max(width(word) for word, _style in words.values())
        for purpose, name in names.items():
            word, style = words[purpose]
            self._pair(fit(word, room), style, steady(name, one_line=True, limit=120))
            self._source(given.get(purpose))
        if not given:
            self._hint("consent", _("{key} writes it down"))

    def _answer(self, consent: Consent | None) -> tuple[str, str]:
        if consent is None:
            return _("not asked"), "dim"
        return (_("yes"), "ok") if consent.given else (_("no"), "due")

    def _source(self, consent: Consent | None) -> None:
        if consent is not None:
            self._say(steady(consent.source, one_line=True, limit=300), indent=2)
            self._say(self._signed(consent.at, consent.author), "dim", indent=2)

    def _book(self) -> None:
        notes = self._thread.customer.notes
        self._part(_("Client book"))
        for note in notes:
            self._note(note)
        if not notes:
            self._hint("book", _("nothing yet; {key} writes here for whoever comes next"))

    def _note(self, note: CustomerNote) -> None:
        self._say(steady(note.text, limit=2000))
        self._say(self._signed(note.at, note.author), "dim", indent=2)

    def _signed(self, at: datetime, author: str) -> str:
        """When, and by whom."""
        day = i18n.date(at.astimezone(self._desk.config.zone).date())
        return DOT.join(part for part in (day, self._agent(author)) if part)

    # Conversations

    def _conversation(self) -> None:
        thread = self._thread
        if thread.tags:
            self._part(_("Tags of the conversation"))
            self._say(DOT.join(steady(tag, one_line=True) for tag in thread.tags))
        if thread.drafts:
            self._part(_("Unsent words"))
            for draft in thread.drafts:
                mine = draft.agent == self._desk.agent.id  # a colleague's words are hers until she sends them
                words = steady(draft.text, one_line=True, limit=80) if mine else "…"
                self._say(f"{self._agent(draft.agent)}: {words}")

    def _history(self) -> None:
        self._part(_("Other conversations"))
        if not self._thread.history:
            self._say(_("none"), "dim")
        for row in self._thread.history:
            when = i18n.moment(row.updated_at, self._desk.config.zone, self._now)
            subject, excerpt = about(row)
            head = f"#{row.number} {when} {medium_of(row.channel, self._desk)} {wording.state(row.state)} "
            room = self._columns - width(head) - 2
            self._lines.append(([("  ", "accent"), (head, "dim"), (cut(subject or excerpt, room), "")], row))

    # Lines

    def _add(self, line: Line) -> None:
        self._lines.append((line, None))

    def _say(self, text: str, style: str = "", *, indent: int = 0) -> None:
        for line in wrap(text, self._columns - indent):
            self._add([(" " * indent + line, style)])

    def _pair(self, word: str, style: str, text: str) -> None:
        """A word in its style, then a text that goes on below itself."""
        room = width(word) + 2
        first, *rest = wrap(text, self._columns - room) or [""]
        self._add([(word + "  ", style), (first, "")])
        for line in rest:
            self._add([(" " * room + line, "")])

    def _part(self, title: str) -> None:
        self._add([])
        self._add([(title, "title")])

    def _hint(self, action: str, said: str) -> None:
        key = self._keymap.key(action, Place.CARD)
        if key:
            self._say(said.format(key=key), "dim")

    def _agent(self, agent: str) -> str:
        return steady(self._desk.agent_name(agent), one_line=True, limit=40) if agent else ""

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._desk.config.zone).date()
