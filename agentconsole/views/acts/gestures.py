"""Gestures at the keyboard: the panel opens, and what is at hand for them is told all day."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from agentconsole.desk import conversations
from agentconsole.desk.allowance import AtHand, at_hand, refused
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, money, ngettext
from agentconsole.model.conversation import DraftKind, Thread
from agentconsole.model.macro import Actions, MacroGesture
from agentconsole.views.acts.reading import SHOWN, Reading
from agentconsole.views.page import Acting

if TYPE_CHECKING:
    from agentconsole.views.acts.giving import Acts
    from agentconsole.views.acts.writing import Writing
    from agentconsole.views.gesture import GesturePanel
    from agentconsole.views.gesture_form import Form
    from agentconsole.views.offers import Basis, Known, Needed

_PREPARE_AFTER = 1.2
"""Seconds after the first picture until the panel is imported."""
_Opened = tuple["Known", str]
"""What was read for the panel, and the reason it begins with."""


class Gestures:
    """The panel; what is left of the budget; gifts that are in no reply yet."""

    def __init__(self, page: Acting, reading: Reading, writing: Writing) -> None:
        self.page, self._reading, self._writing = page, reading, writing
        self._at_hand = AtHand()
        self._made: Acts | None = None
        self._panel: GesturePanel | None = None
        reading.granted, reading.refused = self.unsent_words, self.refused_words
        writing.propose, writing.opened = self.propose, self.opened
        writing.sending.codes = lambda: self.codes

    @property
    def acts(self) -> Acts:
        """Made when it is first wanted: much is imported for it."""
        if self._made is None:
            from agentconsole.views.acts.giving import Acts

            desk = self.page.desk

            def reread(form: Form) -> Callable[[], Known]:
                number = form.known.thread.row.number
                return partial(_known_for, desk, number, self._enclosed(number), form.near)

            self._made = Acts(self.page, self._writing, reread, partial(_needed, desk))
        return self._made

    @property
    def panel(self) -> GesturePanel:
        """Made when it is first wanted, or before; kept, since making it would be felt each time."""
        if self._panel is None:
            from agentconsole.views.gesture import GesturePanel

            self._panel = self.acts.panel = GesturePanel(self.acts)
            self.page.app.install_screen(self._panel, "gesture")
        return self._panel

    @property
    def busy(self) -> bool:
        """The desk has not answered yet what came of a gesture."""
        return self._made is not None and self._made.busy

    @property
    def failed(self) -> bool:
        """What the last key wished was not done."""
        return self._made is not None and self._made.failed

    def begin_turn(self) -> None:
        """A key is about to be pressed."""
        if self._made is not None:
            self._made.failed = False

    def prepare(self) -> None:
        """Soon after the start, off the interface's thread: importing the panel would be felt when it first opens."""
        if self.page.desk.config.delegations:
            self.page.set_timer(
                _PREPARE_AFTER, lambda: self.page.work.look("panel", _import, lambda _none: self._make(), _quiet)
            )

    def _make(self) -> None:
        """Have the panel's widgets there before it is wanted; Textual has no other name for it than that of a push."""
        self.page.app._get_screen(self.panel)

    # At hand

    def renew(self) -> None:
        """Something was committed, or a minute has passed."""
        if self.page.desk.config.delegations:
            self.page.work.look("at hand", partial(at_hand, self.page.desk), self._told, _quiet)

    def _told(self, found: AtHand) -> None:
        if found != self._at_hand:
            self._at_hand = found
            self.page.card.renew()
            self.page.redraw()

    def left_words(self) -> list[str]:
        """What is left of the budget, from the longest words to the shortest; empty without a budget."""
        allowance = self._at_hand.allowance
        if allowance is None:
            return []
        from agentconsole.views.gesture_words import period_words

        left, period = money(allowance.left, allowance.currency), period_words(allowance.period)
        return [
            _("gestures: {amount} left {period}").format(amount=left, period=period),
            _("gestures: {amount}").format(amount=left),
            _("{amount} left").format(amount=left),
        ]

    def unsent_words(self, number: int) -> list[str]:
        """What I granted in a conversation that is in no reply, nor in the one being written, from the longest words
        to the shortest; empty without any.
        """
        enclosed = self._enclosed(number)
        found = [each for each in self._at_hand.unsent if each.number == number and str(each.id) not in enclosed]
        if not found:
            return []
        amounts = ", ".join(money(each.amount, each.currency) for each in found)
        count = len(found)
        return [
            _("GRANTED, IN NO REPLY: {amounts}").format(amounts=amounts),
            _("IN NO REPLY: {amounts}").format(amounts=amounts),
            ngettext("{n} GIFT UNSENT", "{n} GIFTS UNSENT", count).format(n=count),
        ]

    def refused_words(self, number: int) -> str:
        """What became of my latest request in a conversation, where it was refused lately; else empty."""
        found = next((each for each in self._at_hand.refused if each.number == number), None)
        if found is None:
            return ""
        from agentconsole.views.gesture_words import refused_words

        return refused_words(self.page.desk, found)

    def _enclosed(self, number: int) -> frozenset[str]:
        """What is granted for the reply that is being written, as entries."""
        composer = self.page.composer
        if composer is None or composer.number != number or not composer.actions:
            return frozenset()
        return frozenset(Actions.from_json(composer.actions).granted)

    # The panel

    def open(self, _key: str) -> None:
        """For the conversation one is on; with what a macro proposes, where one was put into the reply."""
        row, composer = self.page.target, self.page.composer
        if row is None:
            return
        macro = None
        if composer is not None and composer.is_open and composer.number == row.number and composer.actions:
            macro = Actions.from_json(composer.actions).gesture
        shown = self._reading.thread
        thread = shown if shown is not None and shown.row.number == row.number else None
        self._open(row.number, thread, macro)

    def propose(self, thread: Thread, macro: MacroGesture) -> None:
        """A macro was applied that proposes a gesture."""
        if self.page.desk.config.delegations:
            self._open(thread.row.number, thread, macro)

    def _open(self, number: int, thread: Thread | None, macro: MacroGesture | None) -> None:
        read = partial(_read, self.page.desk, number, thread, macro, self._enclosed(number))
        self.page.work.look("box", read, partial(self._show, macro))

    def _show(self, macro: MacroGesture | None, opened: _Opened) -> None:
        from agentconsole.views.gesture_form import Form

        known, reason = opened
        if self.panel in self.page.app.screen_stack:
            return
        self.panel.show_form(Form(self.page.desk, known, reason, macro))
        self.page.app.push_screen(self.panel, lambda _none: self._closed())

    def _closed(self) -> None:
        composer = self.page.composer
        if composer is not None and composer.is_open:
            composer.words.focus()

    def list(self, _key: str) -> None:
        """Gestures that need a hand, and going to the conversation of one."""
        from agentconsole.views.gifts import GiftsScreen
        from agentconsole.views.over import QUIT

        def chosen(number: int | None) -> None:
            if number == QUIT:
                self.page.end()
            elif number is not None:
                self.page.open_number(number)

        self.page.app.push_screen(GiftsScreen(self.page.session), chosen)

    # In the composer

    def opened(self) -> None:
        """The composer was opened: the codes that its reply must say."""
        composer = self.page.composer
        if composer is None or composer.kind is not DraftKind.REPLY or not composer.actions:
            return
        granted = [each for each in Actions.from_json(composer.actions).granted if each not in self.acts.codes]
        if granted:
            read = partial(_codes, self.page.desk, granted)
            self.page.work.look("codes", read, self.acts.codes.update, _quiet)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes that the words in the composer must have."""
        composer = self.page.composer
        if self._made is None or composer is None or not composer.actions:
            return ()
        known = self._made.codes
        return tuple(known[each] for each in Actions.from_json(composer.actions).granted if each in known)


def _import() -> None:
    for name in ("agentconsole.views.gesture", "agentconsole.views.acts.giving", "agentconsole.desk.gestures"):
        import_module(name)


def _codes(desk: Desk, granted: list[str]) -> dict[str, str]:
    from agentconsole.desk import gestures

    return gestures.codes(desk, granted)


def _known(desk: Desk, number: int, thread: Thread | None = None, enclosed: frozenset[str] = frozenset()) -> Known:
    """All that the panel shows but standings: run in a worker."""
    from agentconsole.desk import gestures
    from agentconsole.views.offers import Known

    thread = thread or conversations.open_thread(desk, number, SHOWN)
    mine, given = gestures.approvals(desk, mine=True), gestures.given(desk, number)
    here, best_first = (thread.row.number, *thread.merged), gestures.suggested(desk, number)
    return Known(
        thread,
        desk.now(),
        given,
        tuple(
            g for g in given if g.agent == desk.agent.id and g.message is None and not g.voided_at and g.number in here
        ),
        tuple(each for each in mine if each.number in here),
        {reason: best_first(reason) for reason in ("", *(each.id for each in desk.config.reasons))},
        enclosed=enclosed,
        refused=tuple(each for each in refused(desk) if each.number in here),
        stock=best_first.stock,
        now=best_first.now,
    )


def _read(
    desk: Desk, number: int, thread: Thread | None, macro: MacroGesture | None, enclosed: frozenset[str]
) -> _Opened:
    """And what the first offer needs, so that it is decided when the panel opens."""
    from agentconsole.desk import gestures
    from agentconsole.views.offers import first_basis, first_reason

    known = _known(desk, number, thread, enclosed)
    reason = first_reason(desk, known, macro)
    basis = first_basis(desk, known, reason, macro)
    known.standings[basis] = gestures.standing(desk, number, *basis)
    return known, reason


def _known_for(desk: Desk, number: int, enclosed: frozenset[str], basis: Basis) -> Known:
    """The same later on, for what the panel is at."""
    known = _known(desk, number, None, enclosed)
    known.add(basis, _needed(desk, number, basis))
    return known


def _needed(desk: Desk, number: int, basis: Basis) -> Needed:
    """The gifts for a reason, and a standing (none for no kind): run in a worker."""
    from agentconsole.desk import gestures

    kind, currency, reason = basis
    gifts = gestures.suggestions(desk, number, reason)
    return gifts, gestures.standing(desk, number, kind, currency, reason) if kind else None


def _quiet(_error: ConsoleError) -> None:
    """It is told less; the list says already that the desk cannot be reached."""
