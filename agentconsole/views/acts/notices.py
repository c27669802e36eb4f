"""What supervisors tell this console: banners above the panes, messages until they are read, a known incident's macro;
and what the desk tells a supervisor: a burst that nobody has acted on yet.

A message or a burst rings once, as ``[notify]`` wishes; it is never in the way of what is being written.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from textual.timer import Timer

from agentconsole.desk import incidents, notices
from agentconsole.desk.context import Desk
from agentconsole.desk.incidents import Pin
from agentconsole.desk.notices import Live, Notice
from agentconsole.desk.supervisor import supervises
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, clock_time, moment, ngettext, pgettext
from agentconsole.model.floor import Incident
from agentconsole.views.foreign import steady
from agentconsole.views.keys import key_words
from agentconsole.views.layout import DOT, Line, Spread, cut, line_width, wrap

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen

_AT_MOST = 1.0
"""Seconds between two looks."""
_BANNERS = 2
"""Banners that are shown at once; of more it is said how many."""
_TALL = 36
"""Lines of a terminal from which on a banner may take two."""


class Notices:
    """Looks when something of the floor was committed, and each minute, since banners end by themselves."""

    def __init__(self, page: MainScreen) -> None:
        self.page = page
        self.live = Live()
        self._looked_at = float("-inf")
        self._later: Timer | None = None
        self._rung: set[UUID] = set()
        self._signals: list[Incident] = []
        """Of a supervisor: bursts that nobody has acted on yet."""
        self._known = False
        """A known incident goes on: only then a conversation is asked whether it belongs to one."""
        self._pin: tuple[int, Pin | None] = (0, None)

    # What is told

    def look(self) -> None:
        """Now, or as soon as the last look is long enough ago."""
        if self._later is None:
            rest = self._looked_at + _AT_MOST - monotonic()
            self._later = self.page.set_timer(max(rest, 0.001), self._look)

    def _look(self) -> None:
        self._later, self._looked_at = None, monotonic()
        self.page.work.look("notices", partial(_told_now, self.page.desk), self._read, _quiet)

    def _read(self, both: tuple[Live, list[Incident]]) -> None:
        found, going_on = both
        self._known = any(one.state == "confirmed" for one in going_on)
        self._look_pin()
        raised = supervises(self.page.desk)
        signals = [one for one in going_on if one.state == "raised" and raised]
        told: list[Notice | Incident] = [*found.messages, *signals]
        new = [one for one in told if one.id not in self._rung]
        self._rung.update(one.id for one in new)
        if (found, signals) != (self.live, self._signals):
            self.live, self._signals = found, signals
            self.draw()
        if new:
            self._ring(new[-1])

    def _ring(self, one: Notice | Incident) -> None:
        from agentconsole.views.console import Console

        app = self.page.app
        if isinstance(one, Notice):
            said = _("{who} has sent a message.").format(who=self._who(one.author))
        else:
            said = _("A burst of similar conversations: {words}.").format(words=_words(one))
        self.page.say(said, "warn")
        how = self.page.desk.config.notify.how
        if how == "osc9" and isinstance(app, Console):
            app.notify_desktop(f"agentconsole: {said}")
        elif how != "none":
            app.bell()

    def _who(self, agent: str) -> str:
        return steady(self.page.desk.agent_name(agent), one_line=True, limit=40)

    def draw(self) -> None:
        """The lines below the header: none where nothing is told."""
        lines = self._lines(*self.page.app.size)
        bar = self.page.bar("banner")
        bar.appear(bool(lines))
        if lines:
            height = len(lines)
            if bar.styles.height is None or bar.styles.height.value != height:
                bar.styles.height = height
            bar.show(*lines)

    def _lines(self, columns: int, height: int) -> list[Line | Spread]:
        found: list[Line | Spread] = []
        banners, messages = self.live.banners, self.live.messages
        reads: Line = [
            (f" {key_words(self.page.session.keymap.key('notices'))}: ", "accent"),
            (pgettext("hint", "read") + " ", "dim"),
        ]
        if self._signals:
            found.append(self._signal(self._signals[0], columns))
        for number, one in enumerate(banners[:_BANNERS], 1):
            right: Line = [(f"  {self._who(one.author)} ", "dim")]
            if number == _BANNERS and len(banners) > _BANNERS:
                more = len(banners) - _BANNERS
                right.insert(0, ("  " + ngettext("{n} more", "{n} more", more).format(n=more), "dim"))
            text = steady(one.text, one_line=True, limit=notices.MAX_BANNER)
            found += _banner(text, right, [] if messages else reads, columns, 2 if height >= _TALL else 1)
        if messages:
            one = messages[0]
            more = len(messages) - 1
            right = list(reads)
            if more:
                right.insert(0, ("  " + ngettext("{n} more", "{n} more", more).format(n=more), "dim"))
            text = steady(one.text, one_line=True, limit=400)
            found.append(Spread([(f" {self._who(one.author)}: ", "accent bold"), (text, "bold")], right))
        return found

    def _signal(self, one: Incident, columns: int) -> Spread:
        key = key_words(self.page.session.keymap.key("dashboard"))
        right: Line = [(f" {key} ", "accent"), (_("the floor") + " ", "dim")]
        if len(self._signals) > 1:
            more = len(self._signals) - 1
            right.insert(0, ("  " + ngettext("{n} more", "{n} more", more).format(n=more), "dim"))
        like = ngettext("{n} alike", "{n} alike", one.count).format(n=one.count)
        head: Line = [(" " + _("INCIDENT?") + " ", "late"), (like + "  ", "bold")]
        since = clock_time(one.begins, self.page.desk.config.zone)
        said = DOT.join((_words(one), _("since {time}").format(time=since)))
        return Spread([*head, (cut(said, columns - line_width(head) - line_width(right)), "due")], right)

    def show(self, _key: str = "") -> None:
        """Everything in full; messages are read by it."""
        from agentconsole.views.overlays import Reader

        live = self.live
        if not live.banners and not live.messages:
            self.page.say(_("Nothing is told at the moment."))
            return
        self.page.app.push_screen(Reader(_("Messages"), partial(self._told, live), self.page.session.keymap))
        read = [one.id for one in live.messages]
        if read:
            self.page.work.write(partial(notices.seen, self.page.desk, read), lambda _none: self._look(), _quiet)

    def _told(self, live: Live, columns: int) -> list[Line]:
        lines: list[Line] = []
        zone, now = self.page.desk.config.zone, self.page.desk.now()
        for one in (*live.messages, *live.banners):
            at = moment(one.at, zone, now, time=True)
            kind = _("banner") if one.kind == "banner" else ""
            to = _("to everybody") if one.kind != "banner" and one.recipient is None else ""
            head = DOT.join(filter(None, (at, kind, to)))
            lines += [[(self._who(one.author), "accent bold"), (f"  {head}", "dim")]]
            lines += [[(line, "")] for line in wrap(steady(one.text, limit=notices.MAX_MESSAGE), columns)]
            lines.append([])
        return lines[:-1]

    # A known incident

    def thread_shown(self, number: int | None) -> None:
        """Another conversation is in the thread pane: whether it belongs to a known incident."""
        if number is None:
            self._pin = (0, None)
            self._draw_pin()
        elif number != self._pin[0]:
            self._pin = (number, None)
            self._draw_pin()
            self._look_pin()

    def _look_pin(self) -> None:
        number = self._pin[0]
        if not self._known:
            self.took(number, None)
        elif number:
            self.page.work.look(
                "pin", partial(incidents.pinned, self.page.desk, number), partial(self.took, number), _quiet
            )

    def took(self, number: int, pin: Pin | None) -> None:
        """Whether it does."""
        if number == self._pin[0] and pin != self._pin[1]:
            self._pin = number, pin
            self._draw_pin()

    def _draw_pin(self) -> None:
        bar, pin = self.page.bar("pin"), self._pin[1]
        bar.appear(pin is not None)
        if pin is not None:
            words = ", ".join(steady(word, one_line=True, limit=30) for word in pin.words[:4])
            line: Line = [(_("KNOWN INCIDENT") + " ", "warn"), (words, "due")]
            right: Line = []
            if pin.macro:
                key = key_words(self.page.session.keymap.key("macro"))
                right = [(f" {key} ", "accent"), (_("its macro") + " ", "dim")]
            bar.show(Spread(line, right))


def _banner(text: str, right: Line, reads: Line, columns: int, most: int) -> list[Line | Spread]:
    """A banner in at most so many lines; where that cuts it, the key that reads it whole."""
    parts = wrap(text, columns - 4 - line_width(right))
    if len(parts) > most:
        right = [*right, *reads]
        parts = wrap(text, columns - 4 - line_width(right))
        parts = [*parts[: most - 1], cut(" ".join(parts[most - 1 :]), columns - 4 - line_width(right))]
    first, *rest = parts
    return [Spread([(" ! ", "warn"), (first, "warn")], right), *([("   " + part, "warn")] for part in rest)]


def _told_now(desk: Desk) -> tuple[Live, list[Incident]]:
    """What is told now, and the incidents that go on."""
    return notices.live(desk), incidents.live(desk)


def _words(one: Incident) -> str:
    return ", ".join(steady(word, one_line=True, limit=30) for word in one.words[:4])


def _quiet(_error: ConsoleError) -> None:
    """The status line says already that the desk cannot be reached."""
