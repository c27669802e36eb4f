"""The palette, key help and the outbox: what opens over the page."""

from __future__ import annotations

from agentconsole.i18n import _, pgettext
from agentconsole.views.actions import ACTIONS, Action
from agentconsole.views.keys import key_words
from agentconsole.views.layout import fit
from agentconsole.views.page import Acting
from agentconsole.views.situation import Place, Situation

_WHERE = (Place.LIST, Place.THREAD, Place.CARD, Place.COMPOSER, Place.OUTBOX, Place.GIFTS, Place.APPROVALS,
          Place.CONTROL, Place.PEOPLE, Place.DASHBOARD, Place.BEHIND)  # fmt: skip
_LAST = (
    "view_next", "view_previous", "row_next", "row_previous", "copy", "refresh", "back", "help", "palette", "quit",
)  # fmt: skip
"""What the palette offers last: moves, and what nobody looks for by name."""


def place_words(place: Place) -> str:
    """Where a place is."""
    return {
        Place.LIST: _("in the list"),
        Place.THREAD: _("in a thread"),
        Place.CARD: _("on the customer's card"),
        Place.COMPOSER: _("while writing"),
        Place.SEARCH: _("while searching"),
        Place.OUTBOX: _("in the outbox"),
        Place.APPROVALS: _("among the approvals"),
        Place.GIFTS: _("in the list of gifts"),
        Place.CONTROL: _("in control"),
        Place.PEOPLE: _("among the people"),
        Place.DASHBOARD: _("on the dashboard"),
        Place.BEHIND: _("in the list behind a number"),
    }.get(place, "")


def places_words(places: Place) -> str:
    """Where some places are: ``in list, thread and customer``."""
    names = {
        Place.LIST: pgettext("place", "list"),
        Place.THREAD: pgettext("place", "thread"),
        Place.CARD: pgettext("place", "customer"),
        Place.COMPOSER: pgettext("place", "composer"),
        Place.OUTBOX: pgettext("place", "outbox"),
        Place.APPROVALS: pgettext("place", "approvals"),
        Place.GIFTS: pgettext("place", "gifts"),
        Place.CONTROL: pgettext("place", "control"),
        Place.PEOPLE: pgettext("place", "people"),
        Place.DASHBOARD: pgettext("place", "dashboard"),
        Place.BEHIND: pgettext("place", "the list behind a number"),
    }
    found = [place for place in _WHERE if place in places]
    if len(found) < 2:
        return "".join(place_words(place) for place in found)
    *some, last = [names[place] for place in found]
    return _("in {places} and {last}").format(places=", ".join(some), last=last)


def why_not(action: Action, situation: Situation) -> str:
    """Why the palette cannot run an action now: it belongs elsewhere, or what it says itself."""
    if situation.place not in action.places:
        return _("only {where}").format(where=places_words(action.places))
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
                here = situation.place if situation.place in action.places else None
                keys = [key_words(key) for key in keymap.keys(action.id, here)]
                text = f"{fit(keys[0] if keys else '', 11)}{action.words(situation.writing)}"
                more = " ".join([action.id, action.label, *keys])
                items.append(Item(action, text, action.help(), why_not(action, situation), more=more))
        writing = situation.place is Place.COMPOSER

        def order(item: Item[Action]) -> tuple[bool, bool, bool]:
            """What can run first; while one writes, what is for writing alone before what can be done anywhere."""
            return bool(item.why_not), item.value.id in _LAST, writing and bool(item.value.places & Place.MAIN)

        items.sort(key=order)
        picker: Picker[Action] = Picker(_("All actions"), items, placeholder=_("type what you want to do"))
        self.page.app.push_screen(picker, lambda action: None if action is None else self.page.run_act(action))

    def help(self, _key: str) -> None:
        """The keys of where one is."""
        from agentconsole.views.helping import keys_of

        place = self.page.situation().place
        self.page.app.push_screen(keys_of(self.page.session.keymap, place, place_words(place)))

    def outbox(self, _key: str) -> None:
        """Replies that are not sent."""
        from agentconsole.views.outbox import OutboxScreen
        from agentconsole.views.over import QUIT

        def left(number: int | None) -> None:
            if number == QUIT:
                self.page.end()
            elif number is not None:
                self.page.open_number(number)

        self.page.app.push_screen(OutboxScreen(self.page.session), left)
