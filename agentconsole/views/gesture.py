"""The gesture panel: all that decides about a gesture is seen before it is made; enter makes it, or asks for it.

Typing decides anew by what was read once: no store is asked for a key. Money is never shown as given before it is.
"""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentconsole.i18n import _
from agentconsole.views import gesture_said
from agentconsole.views.gesture_form import Form, Giving
from agentconsole.views.gesture_list import GestureList
from agentconsole.views.layout import wrap
from agentconsole.views.messages import Chosen
from agentconsole.views.offers import Basis, Known, Offer
from agentconsole.views.overlays import Overlay
from agentconsole.views.widgets.fields import Amount, Fields, Height

_LOW = 32
"""Lines of a terminal below which the panel shows less of what was given and offered."""
_MOVES = {"up": "up", "down": "down", "pageup": "page_up", "pagedown": "page_down", "ctrl+p": "up", "ctrl+n": "down"}
_KEYS = frozenset(("escape", "enter", "tab", "shift+tab", "ctrl+x", *_MOVES))
_FIELDS = ("amount", "reason", "proof", "remark")


class GesturePanel(Overlay[None]):
    """Type an amount; arrows choose a gift, tab goes to reason, proof and words; enter does what the last lines say.

    Made once and shown again with another form: most of the time that opening it takes is Textual's making of widgets.
    """

    AUTO_FOCUS = ""
    form: Form
    """What it shows, or showed last; there is none before :meth:`show_form`."""

    def __init__(self, giving: Giving) -> None:
        super().__init__("")
        self._giving, self._begun = giving, False
        self._choices, self._got, self._left = GestureList(), Height(id="gesture-got"), Height(id="gesture-left")
        hints = {
            "proof": _("reference of a photo, an order, a ticket"),
            "remark": _("for whoever decides; may stay empty"),
        }
        self._fields = Fields(
            {name: Amount(self.to_reason) if name == "amount" else Input() for name in _FIELDS}, hints
        )
        self.busy = ""
        """What is going on, in words; nothing else can be done meanwhile."""
        self._leave = False
        self._said: tuple[str, str] | None = None
        self._asked: Basis | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="gesture"):
            yield self.title_bar
            yield self._got
            yield self._choices
            yield self._fields
            yield self._left
            yield self.foot

    def show_form(self, form: Form) -> None:
        """Begin with these fields: call it before it is put on the screen."""
        self.form, self._begun = form, True
        self.title_bar.show([(gesture_said.title(form), "title")])
        self.busy, self._leave, self._said, self._asked = "", False, None, None
        for name in _FIELDS:
            self._fields.set(name, "")
        form.renew()
        if self.is_mounted:
            self._begin()

    def on_mount(self) -> None:
        if self._begun:
            self._begin()

    def _begin(self) -> None:
        self.set_class(self.app.size.height < _LOW, "low")
        self._fields.boxes["amount"].focus()
        self._offer_all()

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Its styles are those that it had: Textual would work out all of them anew each time."""
        event.refresh_styles = False

    def leave(self) -> None:
        """Give the page back."""
        self.set_focus(None)
        self.dismiss(None)

    def on_resize(self) -> None:
        self.set_class(self.app.size.height < _LOW, "low")
        self.call_after_refresh(self.draw)

    # What it is told

    def renew(self, known: Known) -> None:
        """Something was granted, voided or spent: begin again with what is so now."""
        self._unbusy()
        self._asked = None
        self.form.renew(known)
        self._offer_all()

    def looked(self, basis: Basis) -> None:
        """What was missing is there."""
        if basis == self.form.basis:
            self._asked = None
            if not self._in_reason and self.form.looked():
                self._offer_all()
            else:
                self.form.decide()
                self._decided()

    def tell(self, said: str, style: str = "warn") -> None:
        """What came of the last key, above what enter does, until another key."""
        self._unbusy()
        self._said = said, style
        self.draw()

    def begin(self, said: str, *, leave: bool = False) -> None:
        """Something goes on that nothing may interrupt; ``leave``: but one may leave it alone."""
        self.busy, self._leave, self._said = said, leave, None
        self.draw()

    def _unbusy(self) -> None:
        """What was typed meanwhile was not decided on: enter must not take it unseen."""
        if self.busy:
            self._fields.forget()
        self.busy = ""

    # Lists

    def _offer_all(self) -> None:
        """The offers, with the chosen one marked, and its amount."""
        self._choices.show_offers(self.form)
        self._fill()

    def _fill(self) -> None:
        """The fields as the form has them."""
        fields, amount = self._fields, self._fields.boxes["amount"]
        if self.form.amount != amount.value:
            fields.set("amount", self.form.amount)
        fields.set("reason", self.form.reason_name)
        if not self.form.typed:
            amount.select_all()
        self._decided()

    @property
    def _in_reason(self) -> bool:
        return self._fields.at == "reason"

    # Typing

    def to_reason(self, typed: events.Key) -> None:
        """A letter where an amount is typed; all that follows it is for the reason too."""
        if "reason" in self.form.shown and not self.busy:
            self._fields.go("reason")
            self._fields.boxes["reason"]._forward_event(typed)

    def hear(self) -> None:
        """Take in what was typed: keys that follow it ask first, since Textual tells of it only after them."""
        typed = self._fields.typed()
        if not typed:
            return
        self._said = None
        for name, text in typed.items():
            if name == "reason":
                self._narrow(text)
            else:
                before = self.form.offer
                self.form.type(name, text)
                if self.form.offer is not before and not self._in_reason:  # there the list has reasons
                    self._offer_all()
        self._decided()

    def _narrow(self, typed: str) -> None:
        """The first reason that has the words typed is meant."""
        found = self.form.reasons_like(typed)
        self._choices.show_reasons(found, self.form.reason)
        if found:
            self._choices.cursor, self.form.reason = 0, found[0][0]
            self.form.decide()
        else:
            self._said = (_("No reason has all of these words."), "warn")

    def _decided(self) -> None:
        """Other things were filled in: ask for what is missing, and show what would come of it."""
        missing = self.form.missing
        if missing is not None and missing != self._asked:
            self._asked = missing
            self._giving.look(self.form, missing)
        self.draw()

    # Drawing

    def draw(self) -> None:
        """All lines but the choices."""
        if not self.is_mounted or not self._begun:
            return
        columns, form = max(20, min(110, self.app.size.width * 9 // 10) - 4), self.form  # as console.tcss has it
        shown, left, foot = form.shown | {"reason"}, gesture_said.left_lines(form, columns), self._foot()
        names = {"amount": _("amount"), "reason": _("reason"), "proof": _("proof"), "remark": _("why")}
        self._fields.appear(names, shown)
        below = sum(len(wrap(said, columns)) for said, _style in foot)
        self._share(columns, len(shown) + len(left) + below)
        self._left.tell(left)
        self.foot.show(*([said] for said in foot))

    def _share(self, columns: int, taken: int) -> None:
        """What the other lines leave, for offers and for what was given; three of the offers at least."""
        low = self.app.size.height < _LOW
        room = self.app.size.height * 96 // 100 - 3 - taken - (0 if low else 4)
        offered = max(3, min(len(self._choices.items), 4 if low else 8, room - 1))
        self._choices.take(offered)
        self._got.tell(gesture_said.got_lines(self.form, columns, max(1, min(2 if low else 6, room - offered - 1))))

    def _foot(self) -> list[tuple[str, str]]:
        if self.busy:
            return [(self.busy, "accent bold")]
        came = [self._said] if self._said else []
        if self._in_reason:
            takes = _("enter takes the reason {reason}; arrows or letters choose another")
            return [*came, (takes.format(reason=dict(self.form.reasons).get(self.form.reason, "-")), "accent")]
        keys = (_("arrows: another gift, tab: reason, esc leaves it"), "dim")
        narrow = self.app.size.height < _LOW and "proof" in self.form.shown
        return [*came, gesture_said.verdict(self.form), *gesture_said.warnings(self.form), *([] if narrow else [keys])]

    # Keys

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.busy:
            self.hear()

    def on_chosen(self, message: Chosen) -> None:
        message.stop()
        self._moved()

    def on_descendant_focus(self) -> None:
        """A field: the list offers reasons in that of the reason, else gifts."""
        if not self._begun:
            return
        if self._in_reason and not self._choices.has_reasons:
            self._choices.show_reasons(self.form.reasons, self.form.reason)
        elif not self._in_reason and self._choices.has_reasons:
            self.form.renew()
            self._offer_all()
        self.draw()

    def on_key(self, event: events.Key) -> None:
        key, offer = event.key, self.form.offer
        if key not in _KEYS or (key == "ctrl+x" and (offer is None or offer.given is None)):  # that is cutting text
            return
        event.stop()
        event.prevent_default()
        if self.busy:
            if key == "escape" and self._leave:
                self.leave()
            return
        self.hear()
        if key == "escape":
            self.leave()
        elif key in ("tab", "shift+tab"):
            self._step(1 if key == "tab" else -1)
        elif key == "enter" and self._in_reason:
            self.form.guess = ""
            self._fields.go("amount")
        elif key == "enter":
            self._enter()
        elif key == "ctrl+x":
            self._void()
        else:
            if self._choices.has_cursor:
                self._choices.press(_MOVES[key])
            else:
                self._choices.go(0)
            self._moved()

    def _moved(self) -> None:
        """The mark is on another line."""
        form, value = self.form, self._choices.marked
        self._said = None
        if value is form.offer:
            self.draw()
            return
        if isinstance(value, Offer):
            form.typed = form.typed and value.amount is None
            form.choose(value)
        elif isinstance(value, str):
            form.reason = value
            form.decide()
        self._fill()

    def _step(self, by: int) -> None:
        """To the next field that can be filled in."""
        chain = [name for name in _FIELDS if name in self.form.shown]
        at = chain.index(self._fields.at) if self._fields.at in chain else 0
        self._fields.go(chain[(at + by) % len(chain)])

    def _enter(self) -> None:
        form = self.form
        wish = form.wish
        if form.offer is not None and form.offer.what == "unsent" and form.offer.given is not None:
            self._giving.put(form, form.offer.given)
        elif form.unproved:
            self._fields.go("proof")
        elif wish is not None:
            self._giving.give(form, wish)

    def _void(self) -> None:
        given = self.form.offer.given if self.form.offer is not None else None
        if given is not None and self.form.voiding is given:
            self._giving.void(self.form, given)
        else:
            self.form.voiding = given
            self.draw()
