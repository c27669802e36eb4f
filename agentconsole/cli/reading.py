"""Verbs that read: views, list, next, show, search."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from agentconsole import i18n
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, iso, line, row_cells, row_fields, table, thread_fields
from agentconsole.config.values import say
from agentconsole.desk import conversations, saved_views, searches, triage, wording, wording_trail
from agentconsole.desk import search as searching
from agentconsole.desk.context import Desk
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import ConversationRow, Message
from agentconsole.model.message import Direction

_SUBJECT = 4


def views(options: argparse.Namespace) -> int:
    """``agentconsole views``."""
    with opened(options, reads=True) as desk:
        counts, known = triage.counts(desk), saved_views.views_of(desk)
        if options.json:
            for view in known:
                count = counts[view.id]
                name = say(view.name, i18n.language())
                emit({"view": view.id, "name": name, "total": count.total, "late": count.late, "more": count.more})
            return 0
        rows = []
        for number, view in enumerate(known, 1):
            count = counts[view.id]
            late = ngettext("{n} late", "{n} late", count.late).format(n=count.late) if count.late else ""
            total = f"{count.total}{'+' if count.more else ''}"
            rows.append([str(number), view.id, say(view.name, i18n.language()), total, late])
        table(rows)
    return 0


def list_view(options: argparse.Namespace) -> int:
    """``agentconsole list VIEW``."""
    with opened(options, reads=True) as desk:
        view = saved_views.view_of(desk, options.view)
        _print(desk, triage.page(desk, view, limit=options.limit).rows, options.json)
    return 0


def search(options: argparse.Namespace) -> int:
    """``agentconsole search WORDS``."""
    with opened(options, reads=True) as desk:
        query, limit = " ".join(options.words), options.limit
        if options.save:
            line(_("Saved as view {name}.").format(name=searches.save(desk, query, options.save).id))
            return 0
        page = searching.search(desk, query, limit=limit)
        rows = list(page.rows)
        while page.next and len(rows) < limit:
            page = searching.search(desk, query, page.next, limit - len(rows))
            rows += page.rows
        _print(desk, rows[:limit], options.json)
    return 0


def _print(desk: Desk, rows: Sequence[ConversationRow], as_json: bool) -> None:
    now = desk.now()
    if as_json:
        for row in rows:
            emit(row_fields(row, desk, now))
    else:
        table([row_cells(row, desk, now) for row in rows], flexible=_SUBJECT)
        if not rows:
            line(_("No conversation."))


def next_conversation(options: argparse.Namespace) -> int:
    """``agentconsole next [VIEW]``: exit code 1 where the view is empty."""
    with opened(options) as desk:
        known = saved_views.views_of(desk)
        view = saved_views.view_of(desk, options.view) if options.view else known[0]
        page = triage.page(desk, view, limit=1)
        if not page.rows:
            if not options.json:
                line(_("Nothing to do in this view."))
            return 1
        row, now = page.rows[0], desk.now()
        if options.json:
            emit(row_fields(row, desk, now))
        else:
            table([row_cells(row, desk, now)], flexible=_SUBJECT)
            line(_("why first: {reasons}").format(reasons=" · ".join(wording.why(row, desk, now))))
    return 0


def show(options: argparse.Namespace) -> int:
    """``agentconsole show ID``."""
    with opened(options, reads=True) as desk:
        limit = 100_000 if options.all else conversations.SHOWN
        number = conversations.number_of(options.number)
        thread, now = conversations.open_thread(desk, number, limit), desk.now()
        trail = conversations.trail(desk, number) if options.trail else []
        if options.json:
            fields = thread_fields(thread, desk, now)
            if options.trail:
                fields["trail"] = [
                    {"at": iso(e.at), "actor": e.actor, "kind": e.kind, "detail": e.detail, "undone": e.undone}
                    for e in trail
                ]
            emit(fields)
            return 0
        row = thread.row
        if row.number != number:
            line(_("#{number} was merged into #{into}.").format(number=number, into=row.number))
        table([row_cells(row, desk, now)])
        heading(" · ".join(filter(None, [wording.state(row.state), wording.assignee(row, desk), *thread.tags])))
        line(_("why: {reasons}").format(reasons=" · ".join(wording.why(row, desk, now))))
        if row.escalated_to:
            heading(wording.escalation(row, desk, now))
        for made in thread.promises:
            heading(
                f"{wording.promise_clock(made, desk, now).words()}  #{made.number}  {wording.promise(made, desk, now)}"
            )
        if thread.earlier:
            count = thread.earlier
            line(ngettext("({n} earlier message: --all)", "({n} earlier messages: --all)", count).format(n=count))
        for message in thread.messages:
            _print_message(desk, message, options.all)
        for event in trail:
            at, who = i18n.moment(event.at, desk.config.zone, now, time=True), wording.actor(desk, event.actor)
            undone = f" ({_('undone')})" if event.undone else ""
            line(f"{at}  {who}  {wording_trail.event(event.kind, event.detail, desk)}{undone}")
    return 0


def _print_message(desk: Desk, message: Message, whole: bool) -> None:
    at = i18n.moment(message.at, desk.config.zone, desk.now(), time=True)
    kind = _("note") if message.direction is Direction.NOTE else wording.channel(desk, message.channel)
    sent = f" · {wording.delivery(message.delivery.state)}" if message.delivery else ""
    line()
    heading(f"--- {at} · {message.author_name} · {kind}{sent}")
    if message.delivery and message.delivery.error:
        heading(f"    {message.delivery.error}")
    line(message.text)
    if whole:
        for part in (message.signature, message.quoted):
            if part:
                line()
                line(part)
    elif message.quoted or message.signature:
        line(_("(quoted history or a signature is folded away: --all)"))
    for item in message.attachments:
        heading(f"[{item.name} · {item.media_type} · {i18n.number(item.size)} B]")
    for warning in message.warnings:
        heading(f"! {warning}")
