"""Incidents, from the dashboard: known to everybody, dismissed, over."""

from __future__ import annotations

from functools import partial

from agentconsole.desk import incidents, notices
from agentconsole.desk.macros.library import Library
from agentconsole.i18n import _
from agentconsole.model.floor import Incident
from agentconsole.views.acts.floor_dialogs import Dialogs
from agentconsole.views.foreign import steady
from agentconsole.views.overlays import Item


class IncidentActs(Dialogs):
    """About the incident under the cursor."""

    @property
    def _incident(self) -> Incident | None:
        wanted = self._part("incident")
        found = self._host.floor.incidents if self._host.floor else ()
        return next((one for one in found if str(one.id) == wanted), None)

    def known(self) -> None:
        """A banner, then a macro: either may stay out."""
        one = self._incident
        if one is not None:
            words = ", ".join(steady(word, one_line=True, limit=30) for word in one.words[:4])
            self._ask(
                _("Incident known: banner on all consoles"),
                _("Empty for none. Then: the macro for these conversations."),
                partial(self._known_macro, one),
                value=_("Known incident: {words}").format(words=words),
                most=notices.MAX_BANNER,
            )

    def _known_macro(self, one: Incident, banner: str) -> None:
        def read() -> list[tuple[str, str]]:
            macros = Library.of(self._desk).look().macros.values()
            return [(macro.name, macro.title) for macro in macros if not macro.own]

        def offer(found: list[tuple[str, str]]) -> None:
            items = [Item("", _("no macro"))]
            items += [Item(name, steady(title, one_line=True, limit=120), more=name) for name, title in found]
            self._choose(_("Macro for its conversations"), items, partial(self._confirm, one, banner))

        self._host.work.look("box", read, offer, self._host.warn)

    def _confirm(self, one: Incident, banner: str, macro: str) -> None:
        change = partial(incidents.confirm, self._desk, one.id, banner or None, macro or None)
        self._write(change, _("The incident is known to everybody."))

    def dismiss(self) -> None:
        """It is none."""
        one = self._incident
        if one is not None:
            self._write(partial(incidents.dismiss, self._desk, one.id), _("Dismissed."))

    def end(self) -> None:
        """It is over."""
        one = self._incident
        if one is not None:
            self._write(partial(incidents.end, self._desk, one.id), _("The incident is over; its banner is gone."))
