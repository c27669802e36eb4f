"""Incidents, from the dashboard: known to everybody, dismissed, over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from agentconsole.desk import incident_macros, incidents, notices, wording
from agentconsole.desk.incident_macros import Fit, Offer
from agentconsole.i18n import _, ngettext
from agentconsole.model.floor import Floor, Incident
from agentconsole.views.acts.floor_dialogs import Dialogs
from agentconsole.views.confirm import Confirm
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.floor_actions import SEVERAL
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line, cut
from agentconsole.views.layout import fit as fit_words
from agentconsole.views.overlays import Item, Picker


def incident_of(figure: Figure | None, floor: Floor | None) -> tuple[Incident | None, str]:
    """The incident that an act would be about, and its state as a :class:`Situation` has it.

    It is that of the number under the cursor; from any other number the only one that goes on.
    """
    going = [one for one in floor.incidents if one.state in ("raised", "confirmed")] if floor else []
    wanted = figure.part("incident") if figure is not None else ""
    found = [one for one in going if str(one.id) == wanted] if wanted else going
    if len(found) == 1:
        return found[0], found[0].state
    return None, SEVERAL if found else ""


class IncidentActs(Dialogs):
    """About the incident under the cursor, or the only one."""

    @property
    def _incident(self) -> Incident | None:
        return incident_of(self._host.figure, self._host.floor)[0]

    def known(self) -> None:
        """A banner, then macros: either may stay out."""
        one = self._incident
        if one is not None:
            words = ", ".join(steady(word, one_line=True, limit=30) for word in one.words[:4])
            again = one.state == "confirmed"
            self._ask(
                _("Incident known: banner on all consoles"),
                _("Empty leaves it as it is. Then: the macros for these conversations.")
                if again
                else _("Empty for none. Then: the macros for these conversations."),
                partial(self._known_macro, one),
                value="" if again else _("Known incident: {words}").format(words=words),
                most=notices.MAX_BANNER,
            )

    def _known_macro(self, one: Incident, banner: str) -> None:
        look = partial(incident_macros.offer, self._desk, one.id)
        self._host.work.look("box", look, partial(self._offer, one, banner), self._host.warn)

    def _offer(self, one: Incident, banner: str, offer: Offer) -> None:
        none = Item[tuple[Fit, ...]]((), _("no other macro") if one.macro else _("no macro"))
        items: list[Item[tuple[Fit, ...]]] = [
            Item((fit,), f"{fit_words(fit.macro.file.language or '-', 3)} {self._title(fit)}", self._about(fit, offer),
                 more=fit.macro.name)
            for fit in offer.ranked
        ]  # fmt: skip
        items.insert(1 if len(offer.best) == 1 else 0, none)
        if len(offer.best) > 1:
            said = ngettext(
                "{n} macro: the best for each language and channel",
                "{n} macros: the best for each language and channel",
                len(offer.best),
            ).format(n=len(offer.best))
            items.insert(0, Item(offer.best, said, _fits(offer.covered, offer.total)))

        def chosen(fits: tuple[Fit, ...] | None) -> None:
            if fits is not None and len(fits) > 1:
                self._sure(one, banner, offer)
            elif fits is not None:
                self._confirm(one, banner, fits, offer.total, sum(fit.count for fit in fits))

        self._host.app.push_screen(Picker(_("Macros for its conversations"), items), chosen)

    def _sure(self, one: Incident, banner: str, offer: Offer) -> None:
        """The best of each are many: they are read before they are pinned."""

        def make(columns: int) -> list[Line]:
            lines: list[Line] = []
            for fit in offer.best:
                head = f"{fit_words(fit.macro.file.language or '-', 3)} {self._title(fit)}"
                lines.append([(cut(f"{head}{DOT}{self._channels(fit)}{DOT}{fit.count}", columns), "")])
            rest = offer.total - offer.covered
            if rest:
                said = ngettext("{n} conversation has none.", "{n} conversations have none.", rest).format(n=rest)
                lines.append([(said, "dim")])
            return lines

        def sure(yes: bool | None) -> None:
            if yes:
                self._confirm(one, banner, offer.best, offer.total, offer.covered)

        self._host.app.push_screen(Confirm(_("Each conversation shows the macro that fits it"), make), sure)

    def _confirm(self, one: Incident, banner: str, fits: tuple[Fit, ...], total: int, covered: int) -> None:
        names = [fit.macro.name for fit in fits]
        said = _("The incident is known to everybody.")
        if fits and covered < total:
            said += " " + _("{n} of {all} conversations show a macro; none fits the others.").format(
                n=covered, all=total
            )
        self._write(partial(incidents.confirm, self._desk, one.id, banner or None, names), said)

    def _title(self, fit: Fit) -> str:
        return steady(fit.macro.title, one_line=True, limit=120)

    def _channels(self, fit: Fit) -> str:
        names = (steady(wording.medium(self._desk, channel), one_line=True, limit=30) for channel in fit.channels)
        return ", ".join(dict.fromkeys(names))

    def _about(self, fit: Fit, offer: Offer) -> str:
        over = _("says that it is over") if fit.over else ""
        return DOT.join(filter(None, (over, _fits(fit.count, offer.total), self._channels(fit))))

    def dismiss(self) -> None:
        """It is none."""
        self._sure_of(
            _("Dismiss this incident?"),
            lambda one: self._write(partial(incidents.dismiss, self._desk, one.id), _("Dismissed.")),
        )

    def end(self) -> None:
        """It is over."""
        self._sure_of(
            _("End this incident?"),
            lambda one: self._write(
                partial(incidents.end, self._desk, one.id), _("The incident is over; its banner is gone.")
            ),
        )

    def _sure_of(self, question: str, then: Callable[[Incident], None]) -> None:
        """Where the cursor is on another number it is asked first: nothing brings the incident back."""
        one = self._incident
        if one is None:
            return
        if self._part("incident"):
            then(one)
            return
        words = ", ".join(steady(word, one_line=True, limit=30) for word in one.words[:4])
        alike = ngettext("{n} alike", "{n} alike", one.count).format(n=one.count)

        def make(columns: int) -> list[Line]:
            return [[(cut(f"{words}{DOT}{alike}", columns), "")]]

        self._host.app.push_screen(Confirm(question, make), lambda yes: then(one) if yes else None)


def _fits(count: int, total: int) -> str:
    return _("fits {n} of {all}").format(n=count, all=total)
