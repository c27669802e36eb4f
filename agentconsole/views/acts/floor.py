"""What a supervisor does to the floor, from the dashboard and from the lists behind its numbers: one dialog each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from agentconsole.desk import notices, pauses, reassigning, special_hours, undo
from agentconsole.desk.reassigning import Held
from agentconsole.desk.undo import Undone
from agentconsole.i18n import _, clock_time, ngettext, number
from agentconsole.views.acts.floor_dialogs import Dialogs, Holder, holders
from agentconsole.views.acts.floor_incidents import IncidentActs
from agentconsole.views.dashboard_lines import channel_names
from agentconsole.views.foreign import steady
from agentconsole.views.overlays import Item, Picker
from agentconsole.views.situation import Place
from agentconsole.views.when import WhenBox

if TYPE_CHECKING:
    from agentconsole.desk.notices import Notice


class FloorActs(Dialogs):
    """The dialogs, by the ids of their actions."""

    def by_id(self) -> dict[str, Callable[[], object]]:
        """What each action of the floor does, by its id."""
        incidents = IncidentActs(self._host)
        return {
            "message_floor": self.message, "banner": self.banner, "banner_end": self.banner_end,
            "pause_channel": self.pause, "hand_over": self.hand_over, "hours_today": self.hours,
            "incident_known": incidents.known, "incident_no": incidents.dismiss, "incident_end": incidents.end,
            "trend": self.trend, "undo": self.undo,
        }  # fmt: skip

    # Telling people

    def message(self) -> None:
        """To the adviser under the cursor, else to whom one chooses."""
        agent = self._part("agent")
        if agent:
            self._message(agent)
            return
        items = [Item("", _("everybody"))]
        items += [Item(a.id, self._agent(a.id), more=a.id) for a in self._desk.config.agents if not a.disabled]
        self._choose(_("Message to"), items, self._message)

    def _message(self, agent: str) -> None:
        who = self._agent(agent) if agent else _("everybody")
        self._ask(
            _("Message to {who}").format(who=who),
            _("It is shown on their console until they have read it. Enter sends it, esc leaves it."),
            lambda text: self._write(
                partial(notices.message, self._desk, text, agent or None), _("Told {who}.").format(who=who)
            ),
            most=notices.MAX_MESSAGE,
            empty=False,
        )

    def banner(self) -> None:
        """A line on all consoles."""
        self._ask(
            _("Banner on all consoles"),
            _("One line, such as: WhatsApp is down, answer by mail. Then: for how long."),
            self._banner_until,
            most=notices.MAX_BANNER,
            empty=False,
        )

    def _banner_until(self, text: str) -> None:
        now, closing = self._desk.now(), self._host.floor.forecast.closing if self._host.floor else None
        ends: dict[str, datetime | None] = {
            "": None, "1": now + timedelta(hours=1), "4": now + timedelta(hours=4), "24": now + timedelta(days=1),
        }  # fmt: skip
        items = [
            Item("", _("until somebody ends it")),
            Item("1", ngettext("for {n} hour", "for {n} hours", 1).format(n=1)),
            Item("4", ngettext("for {n} hour", "for {n} hours", 4).format(n=4)),
            Item("24", _("for a day")),
            Item("when", _("until a time …")),
        ]
        if closing is not None and closing > now:
            ends["closing"] = closing
            at = clock_time(closing, self._desk.config.zone)
            items.insert(1, Item("closing", _("until closing time, {time}").format(time=at)))

        def show(until: datetime | None) -> None:
            self._write(partial(notices.banner, self._desk, text, until), _("All consoles show the banner."))

        def chosen(key: str) -> None:
            if key != "when":
                show(ends[key])
                return
            box = WhenBox(_("Banner until"), self._desk, [], until_reply=False)
            self._host.app.push_screen(box, lambda said: None if said is None else show(said.at))

        self._choose(_("How long?"), items, chosen)

    def banner_end(self) -> None:
        """One of those that are shown."""
        self._host.work.look("box", partial(notices.live, self._desk), self._end_one, self._host.warn)

    def _end_one(self, live: notices.Live) -> None:
        known: dict[str, Notice] = {str(notice.id): notice for notice in live.banners}
        if not known:
            self._host.tell(_("No banner is shown."), "warn")
            return
        items = [
            Item(key, steady(one.text, one_line=True, limit=200), self._agent(one.author)) for key, one in known.items()
        ]
        self._choose(
            _("End which banner?"),
            items,
            lambda key: self._write(partial(notices.end, self._desk, UUID(key)), _("The banner is gone.")),
        )

    # Channels, hours, people

    def pause(self) -> None:
        """The channel under the cursor, else one that one chooses: paused, or gone on with where it is."""
        floor = self._host.floor
        paused = {load.id: load.paused for load in floor.channels if load.paused} if floor else {}
        channel = self._part("channel")
        if channel:
            self._pause(channel, paused=channel in paused)
            return
        items = [
            Item(one.id, self._channel(one.id), _("PAUSED: go on with it") if one.id in paused else "", more=one.id)
            for one in self._desk.config.channels
        ]
        self._choose(_("Pause a channel, or go on with it"), items, lambda key: self._pause(key, paused=key in paused))

    def _channel(self, channel: str) -> str:
        return channel_names(self._desk, [one.id for one in self._desk.config.channels] + [channel])[channel]

    def _pause(self, channel: str, *, paused: bool) -> None:
        name = self._channel(channel)
        if paused:
            self._write(partial(pauses.go_on, self._desk, channel), _("{name} goes on.").format(name=name))
            return
        self._ask(
            _("Pause {name}?").format(name=name),
            _("Nothing is pulled nor delivered; replies wait in the outbox. Why? It may stay empty."),
            lambda why: self._write(
                partial(pauses.pause, self._desk, channel, why), _("{name} is paused.").format(name=name)
            ),
            most=pauses.MAX_REASON,
        )

    def hours(self) -> None:
        """Today's, as they are, to be changed."""
        day = special_hours.today(self._desk)
        self._ask(
            _("Opening hours today"),
            _("Such as 08:00-22:00; empty closes the desk for today. Clocks in opening hours follow at once."),
            self._hours_why,
            value=special_hours.spans_of(self._desk, day),
            wrong=special_hours.wrong,
        )

    def _hours_why(self, spans: str) -> None:
        day, hours = special_hours.today(self._desk), special_hours.as_written(spans)
        today = _("Today: {hours}").format(hours=steady(hours, one_line=True, limit=60) or _("closed"))

        def follow(moved: int) -> None:
            clocks = ngettext("{n} clock moved.", "{n} clocks moved.", moved).format(n=number(moved))
            self._host.tell(f"{today}. {clocks}", "ok")
            self._host.done()

        self._ask(
            today,
            _("Why? It may stay empty. Enter sets the hours, esc leaves them."),
            lambda why: self._host.work.long(
                partial(special_hours.put_at_once, self._desk, day, hours, why), follow, self._host.warn
            ),
            most=pauses.MAX_REASON,
        )

    def hand_over(self) -> None:
        """All that the adviser under the cursor has open, else of one that one chooses."""
        agent = self._part("agent")
        if agent:
            self._give_whose(agent)
            return
        loads = self._host.floor.agents if self._host.floor else ()
        items = [
            Item(
                one.id, self._agent(one.id), ngettext("{n} open", "{n} open", one.open).format(n=one.open), more=one.id
            )
            for one in sorted(loads, key=lambda one: -one.open)
            if one.open
        ]
        if not items:
            self._host.tell(_("Nobody has an open conversation."), "warn")
        else:
            self._choose(_("Hand over whose conversations?"), items, self._give_whose)

    def _give_whose(self, agent: str) -> None:
        self._host.work.look(
            "box", partial(reassigning.held_by, self._desk, agent), partial(self._give_to, agent), self._host.warn
        )

    def _give_to(self, agent: str, held: Held) -> None:
        """To whom, with what would move; back to nobody comes last, since it is the least that one may want."""
        who = self._agent(agent)
        if not held.total:
            self._host.tell(_("{who} has no conversation to hand over.").format(who=who), "warn")
            return
        items = holders(self._desk, self._host.floor, but=agent)
        items.append(Item((None, None), _("nobody: back to the team of each")))

        def chosen(holder: Holder | None) -> None:
            if holder is not None:
                self._give(agent, holder)

        title = ngettext(
            "Give {n} conversation of {who} ({what}) to",
            "Give {n} conversations of {who} ({what}) to",
            held.total,
        )
        self._host.app.push_screen(Picker(title.format(n=held.total, who=who, what=_held(held)), items), chosen)

    def _give(self, agent: str, holder: Holder) -> None:
        change = partial(reassigning.everything_of, self._desk, agent, *holder)
        who = self._agent(agent)

        def given(count: int) -> None:
            said = ngettext(
                "{n} conversation of {who} was handed over.", "{n} conversations of {who} were handed over.", count
            ).format(n=count, who=who)
            key = self._host.session.keymap.key("undo", Place.DASHBOARD)
            if key and count:
                said += " " + _("{key} takes it back.").format(key=key)
            self._host.tell(said, "ok")
            self._host.done()

        self._host.work.long(change, given, self._host.warn)

    def undo(self) -> None:
        """What one did last to conversations."""

        def undone(done: Undone) -> None:
            count = len(done.rows)
            said = ngettext(
                "Undone: {n} conversation is as it was.", "Undone: {n} conversations are as they were.", count
            )
            self._host.tell(said.format(n=count), "ok")
            self._host.done()

        self._host.work.write(partial(undo.undo, self._desk), undone, self._host.warn)

    # The year

    def trend(self) -> None:
        """Day by day."""
        from agentconsole.views.dashboard_trend import read, trend

        def show(found: object) -> None:
            self._host.app.push_screen(trend(found))  # type: ignore[arg-type]  # what read answers

        self._host.work.look("box", partial(read, self._desk), show, self._host.warn)


def _held(held: Held) -> str:
    """``3 open, 6 that sleep or wait``."""
    parts = [ngettext("{n} open", "{n} open", held.open).format(n=held.open)] if held.open else []
    if held.others:
        parts.append(ngettext("{n} that sleeps or waits", "{n} that sleep or wait", held.others).format(n=held.others))
    return ", ".join(parts)
