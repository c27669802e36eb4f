"""Verbs of a supervisor on the floor: banner, message, channel, hours, reassign, trail; and notices."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

from agentconsole import i18n
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, iso, line, table
from agentconsole.desk import (
    floor,
    floor_trail,
    housekeeping,
    notices,
    pauses,
    reassigning,
    snooze,
    special_hours,
    wording,
)
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.i18n import _, ngettext

_TEAM = "team:"


def banner(options: argparse.Namespace) -> int:
    """``agentconsole banner [TEXT] [--until WHEN | --end UUID]``."""
    with opened(options) as desk:
        if options.end:
            notices.end(desk, options.end)
            line(_("The banner has ended."))
        elif options.text:
            until = snooze.moment(desk, options.until) if options.until else None
            line(str(notices.banner(desk, " ".join(options.text), until)))
        else:
            for one in notices.live(desk).banners:
                heading(f"{one.id}  {_banner(one, desk)}")
    return 0


def message(options: argparse.Namespace) -> int:
    """``agentconsole message WHO TEXT``."""
    with opened(options) as desk:
        line(str(notices.message(desk, " ".join(options.text), None if options.to == "all" else options.to)))
    return 0


def _notices_told(options: argparse.Namespace, desk: Desk) -> int:
    for told in notices.told(desk):
        one = told.notice
        if options.json:
            emit(_notice_fields(one) | {"readers": [{"agent": who, "at": iso(at)} for who, at in told.readers]})
            continue
        to = desk.agent_name(one.recipient) if one.recipient else _("everybody")
        state = _("ended") if one.ended_at else ""
        heading("  ".join(filter(None, (str(one.id), wording.at(one.at, desk), to, state, _banner(one, desk)))))
        if told.readers:
            heading(
                "  " + _("read by {names}").format(names=", ".join(desk.agent_name(who) for who, _at in told.readers))
            )
    return 0


def list_notices(options: argparse.Namespace) -> int:
    """``agentconsole notices [--seen | --all]``."""
    with opened(options) as desk:
        if options.all:
            return _notices_told(options, desk)
        live = notices.live(desk)
        for one in (*live.banners, *live.messages):
            if options.json:
                emit(_notice_fields(one))
            elif one.kind == "banner":
                heading(_("Banner: {text}").format(text=_banner(one, desk)))
            else:
                said = _("{who}, {at}:").format(who=desk.agent_name(one.author), at=wording.at(one.at, desk))
                heading(said)
                line(one.text)
        if options.seen and live.messages:
            notices.seen(desk, [one.id for one in live.messages])
        if not options.json and not (live.banners or live.messages):
            line(_("Nothing is told."))
    return 0


def _banner(one: notices.Notice, desk: Desk) -> str:
    if one.until is None:
        return one.text
    return f"{one.text} ({_('until {at}').format(at=wording.at(one.until, desk))})"


def _notice_fields(one: notices.Notice) -> dict[str, object]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "to": one.recipient,
        "text": one.text,
        "author": one.author,
        "at": iso(one.at),
        "until": iso(one.until),
        "ended_at": iso(one.ended_at),
    }


def pause(options: argparse.Namespace) -> int:
    """``agentconsole channel pause CHANNEL [REASON]``."""
    with opened(options) as desk:
        pauses.pause(desk, options.channel, " ".join(options.reason))
        line(_("{channel} is paused: replies wait in the outbox.").format(channel=options.channel))
    return 0


def resume(options: argparse.Namespace) -> int:
    """``agentconsole channel resume CHANNEL``."""
    with opened(options) as desk:
        pauses.go_on(desk, options.channel)
        line(_("{channel} goes on.").format(channel=options.channel))
    return 0


def channels(options: argparse.Namespace) -> int:
    """``agentconsole channel list``."""
    with opened(options, reads=True) as desk:
        paused, doing = pauses.paused(desk), {status.channel: status for status in floor.channels(desk)}
        rows = []
        for channel in desk.config.channels:
            held, status = paused.get(channel.id), doing.get(channel.id)
            if options.json:
                emit(
                    {
                        "channel": channel.id,
                        "active": channel.active,
                        "doing": status.doing if status else "",
                        "error": status.error if status else "",
                        "paused": {"by": held.author, "at": iso(held.at), "reason": held.reason} if held else None,
                    }
                )
                continue
            said = _paused(held, desk) if held else _(status.doing) if status and status.doing else _("not begun")
            rows.append([channel.id, said, status.error if status and not held else ""])
        table(rows, flexible=2)
    return 0


def _paused(held: pauses.Pause, desk: Desk) -> str:
    said = _("paused by {who}, {at}").format(who=desk.agent_name(held.author), at=wording.at(held.at, desk))
    return f"{said}: {held.reason}" if held.reason else said


def hours(options: argparse.Namespace) -> int:
    """``agentconsole hours [DAY HOURS | DAY --closed | DAY --drop]``."""
    with opened(options) as desk:
        if options.day is None:
            return _hours_listed(options, desk)
        day = _day(options.day, desk)
        if options.drop:
            special_hours.drop(desk, day)
        elif options.closed or options.spans:
            special_hours.put(desk, day, options.spans or "", options.reason)
        else:
            raise UsageError(_("Say which hours."), _('Give them as "08:00-22:00", or --closed, or --drop.'))
        moved = housekeeping.follow_policy(desk)
        line(_hours_of(day, desk))
        line(ngettext("{n} clock moved.", "{n} clocks moved.", moved).format(n=i18n.number(moved)))
    return 0


def _hours_listed(options: argparse.Namespace, desk: Desk) -> int:
    today = special_hours.today(desk)
    for one in special_hours.days(desk):
        if options.json:
            said = {"day": str(one.day), "hours": one.spans, "by": one.author, "at": iso(one.at), "reason": one.reason}
            emit(said)
        elif one.day >= today:
            by = _("{who}, {at}").format(who=desk.agent_name(one.author), at=wording.at(one.at, desk))
            heading("  ".join(filter(None, (str(one.day), one.spans or _("closed"), by, one.reason))))
    if not options.json:
        line(_hours_of(today, desk))
    return 0


def _hours_of(day: date, desk: Desk) -> str:
    spans = special_hours.spans_of(desk, day)
    said = _("{day}: {spans}") if spans else _("{day}: closed")
    return said.format(day=i18n.date(day), spans=spans)


def _day(text: str, desk: Desk) -> date:
    today = special_hours.today(desk)
    known = {_("today"): 0, "today": 0, _("tomorrow"): 1, "tomorrow": 1}
    if text.lower() in known:
        return today + timedelta(days=known[text.lower()])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _("{text!r} is no day.").format(text=text[:40]), _("Write today, tomorrow, or 2026-12-24.")
        ) from None


def reassign(options: argparse.Namespace) -> int:
    """``agentconsole reassign AGENT WHO``."""
    with opened(options) as desk:
        team = options.to.removeprefix(_TEAM) if options.to.startswith(_TEAM) else None
        to = None if team or options.to == "nobody" else desk.agent.id if options.to == "me" else options.to
        count = reassigning.everything_of(desk, options.whose, to, team)
        line(ngettext("{n} conversation.", "{n} conversations.", count).format(n=i18n.number(count)))
    return 0


def trail(options: argparse.Namespace) -> int:
    """``agentconsole trail``."""
    with opened(options, reads=True) as desk:
        for entry in floor_trail.trail(desk, max(options.limit, 1)):
            if options.json:
                emit({"at": iso(entry.at), "actor": entry.actor, "kind": entry.kind, "detail": entry.detail})
                continue
            said = (wording.at(entry.at, desk), floor_trail.who(entry, desk), floor_trail.words(entry, desk))
            heading("  ".join(said))
    return 0
