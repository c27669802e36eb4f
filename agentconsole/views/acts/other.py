"""The palette, key help and the outbox: what opens over the page."""

from __future__ import annotations

from agentconsole.i18n import _
from agentconsole.views.actions import ACTIONS, Action
from agentconsole.views.keys import key_words
from agentconsole.views.layout import Line, fit
from agentconsole.views.page import Acting
from agentconsole.views.situation import Place, Situation

_WHERE = (
    (Place.LIST, "list"),
    (Place.THREAD, "thread"),
    (Place.CARD, "card"),
    (Place.COMPOSER, "composer"),
    (Place.OUTBOX, "outbox"),
)


def place_words(place: Place) -> str:
    """Where a place is."""
    return {
        Place.LIST: _("in the list"),
        Place.THREAD: _("in a thread"),
        Place.CARD: _("on the customer's card"),
        Place.COMPOSER: _("while writing"),
        Place.SEARCH: _("while filtering"),
        Place.OUTBOX: _("in the outbox"),
    }.get(place, "")


def why_not(action: Action, situation: Situation) -> str:
    """Why the palette cannot run an action now: it belongs elsewhere, or what it says itself."""
    if situation.place not in action.places:
        where = next((place_words(place) for place, _name in _WHERE if place in action.places), "")
        return _("only {where}").format(where=where)
    return action.why_not(situation)


class Other:
    """Help of all kinds."""

    def __init__(self, page: Acting) -> None:
        self.page = page

    def palette(self, _key: str) -> None:
        """Every action with its keys and, where it cannot run, why."""
        from agentconsole.views.overlays import Item, Picker

        situation, keymap = self.page.situation(), self.page.session.keymap
        items: list[Item[Action]] = []
        for action in ACTIONS:
            if action.listed:
                keys = " ".join(key_words(key) for key in keymap.keys(action.id))
                text = f"{fit(keys.split(' ')[0], 11)}{_(action.label)}"
                items.append(Item(action, text, _(action.tip), why_not(action, situation), more=f"{action.id} {keys}"))
        items.sort(key=lambda item: bool(item.why_not))
        picker: Picker[Action] = Picker(_("All actions"), items, placeholder=_("type what you want to do"))
        self.page.app.push_screen(picker, lambda action: None if action is None else self.page.run_act(action))

    def help(self, _key: str) -> None:
        """The keys of where one is."""
        from agentconsole.views.overlays import Reader

        place, keymap = self.page.situation().place, self.page.session.keymap

        def make(columns: int) -> list[Line]:
            lines: list[Line] = []
            for action in keymap.at(place):
                keys = " ".join(key_words(key) for key in keymap.keys(action.id, place))
                if keys:
                    lines.append([(fit(keys, 18), "accent"), (fit(_(action.tip), columns - 20), "")])
            return lines

        self.page.app.push_screen(Reader(_("Keys {where}").format(where=place_words(place)), make, keymap))

    def outbox(self, _key: str) -> None:
        """Replies that are not sent."""
        from agentconsole.views.outbox import QUIT, OutboxScreen

        def left(number: int | None) -> None:
            if number == QUIT:
                self.page.end()
            elif number is not None:
                self.page.open_number(number)

        self.page.app.push_screen(OutboxScreen(self.page.session), left)
