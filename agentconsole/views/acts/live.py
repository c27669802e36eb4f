"""What happens by itself: others' changes, channels at work, the passing of time."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from textual.timer import Timer

from agentconsole.desk import floor, rules
from agentconsole.errors import ConsoleError, DeskError, Outdated
from agentconsole.i18n import _, clock_time
from agentconsole.model.news import EVERYTHING, News
from agentconsole.store.cursors import ChannelStatus
from agentconsole.views import settling
from agentconsole.views.acts.reach import Reach
from agentconsole.views.foreign import steady
from agentconsole.views.layout import DOT, Line
from agentconsole.views.messages import Changed, Refused, Unreached
from agentconsole.views.page import Page

if TYPE_CHECKING:
    from agentconsole.desk.watch import Watch
    from agentconsole.sync import Service
    from agentconsole.views.acts.finding import Finding

_AT_MOST = 0.4
"""Seconds between two times that others' changes are read: floods coalesce."""
_KEYS_REST, _AT_LATEST = 0.25, 1.0
"""Seconds without a key before they are read, since reading takes time from painting what a key does; seconds after
which they are read all the same."""
_ALL = 30.0
"""Seconds after which list and counts are read whatever has changed: time alone changes them too."""
_SILENT = 6.0
"""Seconds after which a desk that owes an answer counts as out of reach."""
_RETRY, _RETRY_AT_MOST = 0.5, 4.0
"""Seconds until a desk out of reach is tried again, doubled each time; not all consoles at once."""


class Live:
    """Watches the desk in a thread of its own, runs the channels, and asks for what changed to be read again."""

    def __init__(self, page: Page, renew: Callable[[News], None], finding: Finding) -> None:
        self.page, self._renew, self._finding = page, renew, finding
        self.reach = Reach(page)
        self._news: News | None = None
        self.statuses: list[ChannelStatus] = []
        self.unsent: dict[str, int] = {}
        self._service: Service | None = None
        self._watching: Watch | None = None
        self._stop = threading.Event()
        self._renewed_at = self._counted_at = self._key_at = self._changed_at = 0.0
        self._later: Timer | None = None
        self._count_later: Timer | None = None

    def start(self) -> None:
        """Begin watching, and, if wanted, the channels' work."""
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        if self.page.session.sync:
            threading.Thread(target=self._serve, name="service", daemon=True).start()
        self.read_statuses()

    def stop(self) -> threading.Thread:
        """End; replies under way may finish, and leases are given back, in the thread that is answered."""
        self._stop.set()
        ending = threading.Thread(target=self._end, name="end", daemon=True)
        ending.start()
        return ending

    def _end(self) -> None:
        if self._service is not None:
            self._service.stop()

    def kick(self) -> None:
        """A reply was queued."""
        if self._service is not None:
            self._service.kick()

    def _serve(self) -> None:
        from agentconsole.sync import Service

        service = Service(self.page.desk)
        if not self._stop.is_set():
            service.start()
            self._service = service

    def _watch(self) -> None:
        from agentconsole.desk.watch import Watch

        watch, lost = Watch(self.page.desk), 0
        self._watching = watch
        post = self.page.post_message
        while not self._stop.is_set():
            try:
                news = watch.wait(5.0, self._stop)
            except DeskError as error:
                if not lost or isinstance(error, Outdated):
                    post(Unreached(error))
                if isinstance(error, Outdated):
                    break
                rest = min(_RETRY * 2 ** min(lost, 9), _RETRY_AT_MOST) * random.uniform(0.8, 1.2)  # noqa: S311 (no secret: it spreads retries)
                lost += 1
                self._stop.wait(rest)
                continue
            if lost or self.reach.since is not None:
                lost, news = 0, EVERYTHING
                post(Unreached(None))
            if news is not None:
                post(Changed(self._followed(news)))
        watch.close()

    def _followed(self, news: News) -> News:
        """The rules in force are followed first: where they are others now, all there is has to be read again."""
        if not news.of("floor", "policy"):
            return news
        try:
            return EVERYTHING if rules.refresh(self.page.desk) else news
        except ConsoleError as error:
            self.page.post_message(Refused(error))
            return news

    def unreached(self, error: DeskError | None) -> bool:
        """The desk went out of reach, or (``None``) is back; whether it is back."""
        if error is None:
            self.reach.back()
        else:
            self.reach.lost(error)
        return error is None

    def tick(self) -> None:
        """A second has passed."""
        now = monotonic()
        if self.reach.since is None and self._watching is not None and self._watching.unanswered > _SILENT:
            self.reach.lost(DeskError(_("The desk does not answer."), _("The console waits for it; write on.")))
        if now - self._key_at > _KEYS_REST:
            settling.rest()
            if now - self._finding.read_at > _ALL and self._finding.state == "ready":
                self._finding.renew()
                self._count_soon()

    def touched(self) -> None:
        """A key was pressed: what it does goes first."""
        self._key_at = monotonic()

    def changed(self, news: News = EVERYTHING) -> None:
        """Something was committed: read again, as soon as the last time is long enough ago and the keys rest."""
        self._news = news if self._news is None else self._news | news
        if self._later is None:
            self._changed_at = monotonic()
            self._read_soon()

    def _read_soon(self) -> None:
        due = max(self._renewed_at + _AT_MOST, self._key_at + _KEYS_REST)
        rest = min(due, self._changed_at + _AT_LATEST) - monotonic()
        if rest <= 0:
            self._read()
        else:
            self._later = self.page.set_timer(rest, self._read_soon)

    def _read(self) -> None:
        self._later, self._renewed_at = None, monotonic()
        news, self._news = self._news or EVERYTHING, None
        self._renew(news)
        if news.of("channel", "delivery"):
            self.read_statuses()
        if news.of("conversation", "customer", "gesture", "policy"):
            self._count_soon()

    def _count_soon(self) -> None:
        if self._count_later is None:
            rest = self._counted_at + self._finding.rest - monotonic()
            self._count_later = self.page.set_timer(max(rest, 0.001), self._count_now)

    def _count_now(self) -> None:
        self._count_later, self._counted_at = None, monotonic()
        self._finding.count()

    # Channels and outbox

    def read_statuses(self) -> None:
        """What the channels do, and what the outbox holds."""
        desk = self.page.desk
        self.page.work.look("status", lambda: (floor.channels(desk), floor.replies(desk)), self._read_statuses, _quiet)

    def _read_statuses(self, found: tuple[list[ChannelStatus], dict[str, int]]) -> None:
        self.statuses, self.unsent = found
        self.page.redraw()

    def status_line(self) -> Line:
        """What the channels do and since when, those that do the same together; first those in trouble.

        While the desk is out of reach, that.
        """
        if self.reach.words:
            return self.reach.words
        config = self.page.desk.config
        known = {status.channel: status for status in self.statuses}
        alike: dict[tuple[str, str], list[str]] = {}
        for channel in config.channels:
            if channel.active:
                alike.setdefault(self._doing(known.get(channel.id)), []).append(steady(channel.id, one_line=True))
        if not alike:
            return [(_("no channel"), "due")]
        line: Line = []
        for (doing, error), names in sorted(alike.items(), key=lambda item: not item[0][1]):
            line += [(f"{DOT if line else ''}{', '.join(names)} ", "bold"), (doing, "dim")]
            if error:
                line.append((f" {error}", "late"))
        return line

    def _doing(self, status: ChannelStatus | None) -> tuple[str, str]:
        """What a channel does since when, and what it met: both safe to show."""
        if status is None or not status.doing:
            return _("not begun"), ""
        since = clock_time(status.since, self.page.desk.config.zone) if status.since else ""
        doing = steady(_(status.doing), one_line=True)
        said = _("{doing} since {time}").format(doing=doing, time=since) if since else doing
        return said, steady(status.error, one_line=True, limit=160)

    def outbox_words(self) -> Line:
        """Replies that wait, and those that somebody must look at."""
        waiting = self.unsent.get("queued", 0) + self.unsent.get("sending", 0)
        failed, unknown = self.unsent.get("failed", 0), self.unsent.get("unknown", 0)
        line: Line = []
        if waiting:
            line.append((_("{n} to send").format(n=waiting) + "  ", "dim"))
        if failed:
            line.append((_("{n} NOT SENT").format(n=failed) + "  ", "late"))
        if unknown:
            line.append((_("{n} unclear").format(n=unknown) + "  ", "late"))
        return line


def _quiet(_error: ConsoleError) -> None:
    """The list says already that the desk cannot be reached."""
