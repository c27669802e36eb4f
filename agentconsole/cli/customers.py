"""Verbs about customers and what is theirs: customer, merge, unmerge, split, day."""

from __future__ import annotations

import argparse
from typing import Any

from agentconsole import i18n
from agentconsole.cli.opening import opened
from agentconsole.cli.output import customer_fields, emit, heading, line, row_cells, row_fields, table
from agentconsole.config.values import say
from agentconsole.desk import attentions, conversations, customers, merging
from agentconsole.desk import day as days
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import number_of
from agentconsole.errors import NotFound
from agentconsole.i18n import _, duration, moment, ngettext
from agentconsole.model.customer import Customer
from agentconsole.text import clean

_BAR = 40
"""Characters of the longest bar of a day."""


def merge(options: argparse.Namespace) -> int:
    """``agentconsole merge ID… --into ID [--dry-run]``."""
    with opened(options) as desk:
        numbers, into = [number_of(text) for text in options.numbers], number_of(options.into)
        for number in numbers if options.dry_run else ():
            _print_plan(merging.plan(desk, number, into))
        if not options.dry_run:
            stays = merging.merge(desk, numbers, into)
            gone = ", ".join(f"#{number}" for number in numbers)
            line(_("{numbers} merged into #{number}.").format(numbers=gone, number=stays.number))
    return 0


def _print_plan(plan: merging.MergePlan) -> None:
    said = _("#{number} {subject} goes into #{into} {stays}, which stays:").format(
        number=plan.goes.number, subject=plan.goes.subject, into=plan.stays.number, stays=plan.stays.subject
    )
    heading(said)
    parts = [ngettext("{n} message", "{n} messages", plan.messages).format(n=plan.messages)]
    if plan.drafts:
        parts.append(ngettext("{n} draft", "{n} drafts", plan.drafts).format(n=plan.drafts))
    if plan.promises:
        parts.append(ngettext("{n} promise", "{n} promises", plan.promises).format(n=plan.promises))
    if plan.undelivered:
        parts.append(_("{n} not delivered yet").format(n=plan.undelivered))
    heading(f"  {', '.join(parts)}")
    if plan.tags:
        heading("  " + _("tags: {tags}").format(tags=" ".join(plan.tags)))


def unmerge(options: argparse.Namespace) -> int:
    """``agentconsole unmerge ID``."""
    with opened(options) as desk:
        back = merging.unmerge(desk, number_of(options.number))
        table([row_cells(back, desk, desk.now())])
    return 0


def split(options: argparse.Namespace) -> int:
    """``agentconsole split ID SEQ``."""
    with opened(options) as desk:
        table([row_cells(merging.split(desk, number_of(options.number), options.seq), desk, desk.now())])
    return 0


def show(options: argparse.Namespace) -> int:
    """``agentconsole customer show ID``."""
    with opened(options, reads=True) as desk:
        thread = conversations.open_thread(desk, number_of(options.number), 1)
        one, now = thread.customer, desk.now()
        likely = customers.likely_same(desk, one.id)
        alike = [(like, customers.latest_conversation(desk, like.customer.id)) for like in likely]
        months = customers.contacts(desk, one.id)
        if options.json:
            fields: dict[str, Any] = customer_fields(one)
            fields["likely_same"] = [
                {"customer_id": str(like.customer.id), "name": like.customer.name, "id": number, "why": like.why}
                for like, number in alike
            ]
            fields["history"] = [row_fields(row, desk, now) for row in (thread.row, *thread.history)]
            emit(fields | {"contacts": months})
            return 0
        _print_customer(desk, one)
        line(_("contacts by month: {counts}").format(counts=" ".join(map(str, months))))
        for like, number in alike:
            heading(_("perhaps the same: #{number} {name} ({why})").format(
                number=number or "-", name=like.customer.name, why=like.why
            ))  # fmt: skip
        table([row_cells(row, desk, now) for row in (thread.row, *thread.history)], flexible=4)
    return 0


def _print_customer(desk: Desk, one: Customer) -> None:
    now, zone = desk.now(), desk.config.zone
    since = _("since {date}").format(date=i18n.date(one.since.astimezone(zone).date()))
    born = _("birthday {day}").format(day=i18n.day_of_year(one.birthday)) if one.birthday else ""
    heading(" · ".join(filter(None, [one.name, since, one.language, born, *one.tags])))
    for known in one.identities:
        heading(f"  {known.kind}  {known.value}")
    for said in one.consents:
        yes = _("yes") if said.given else _("no")
        heading(f"  {_purpose(desk, said.purpose)}: {yes} · {moment(said.at, zone, now)} · {said.source}")
    for number, note in enumerate(one.notes, 1):
        who = desk.agent_name(note.author) if note.author else ""
        words = clean(note.text, one_line=True, limit=None)
        heading(f"  {number}. {' · '.join(filter(None, [moment(note.at, zone, now), who, words]))}")


def _purpose(desk: Desk, purpose: str) -> str:
    return next((say(p.name, i18n.language()) for p in customers.purposes(desk) if p.id == purpose), purpose)


def note(options: argparse.Namespace) -> int:
    """``agentconsole customer note ID TEXT``, or ``--drop N``."""
    with opened(options) as desk:
        number = number_of(options.number)
        if options.drop is None:
            customers.note(desk, number, " ".join(options.text))
            return 0
        notes = conversations.open_thread(desk, number, 1).customer.notes
        if options.drop > len(notes):
            raise NotFound(_("The client book has no such note (any more)."), _("See `agentconsole customer show`."))
        customers.drop_note(desk, number, notes[options.drop - 1].id)
    return 0


def consent(options: argparse.Namespace) -> int:
    """``agentconsole customer consent ID PURPOSE yes|no --source TEXT``."""
    with opened(options) as desk:
        given = options.given == "yes"
        customers.consent(desk, number_of(options.number), options.purpose, given, options.source)
    return 0


def birthday(options: argparse.Namespace) -> int:
    """``agentconsole customer birthday ID [MM-DD] [--drop]``: write it down, or tell it."""
    with opened(options) as desk:
        number = number_of(options.number)
        if options.day is not None or options.drop:
            known = attentions.write_birthday(desk, number, options.day or "")
        else:
            known = attentions.birthday(desk, number)
        line(known or _("not known"))
    return 0


def link(options: argparse.Namespace) -> int:
    """``agentconsole customer link ID OTHER [--dry-run]``."""
    with opened(options) as desk:
        number = number_of(options.number)
        row, other = conversations.row(desk, number), conversations.row(desk, number_of(options.other))
        if not options.dry_run:
            _print_customer(desk, customers.link(desk, number, other.customer_id))
            return 0
        plan = customers.link_plan(desk, row.customer_id, other.customer_id)
        _print_customer(desk, plan.customer)
        line(_("would be the same as:"))
        _print_customer(desk, plan.other)
        count = plan.conversations
        line(ngettext("({n} conversation)", "({n} conversations)", count).format(n=count))
    return 0


def unlink(options: argparse.Namespace) -> int:
    """``agentconsole customer unlink ID OTHER``."""
    with opened(options) as desk:
        other = conversations.row(desk, number_of(options.other)).customer_id
        _print_customer(desk, customers.unlink(desk, number_of(options.number), other))
    return 0


def day(options: argparse.Namespace) -> int:
    """``agentconsole day``: my own figures of today."""
    with opened(options, reads=True) as desk:
        done = days.mine(desk)
        seconds = None if done.first_response is None else int(done.first_response.total_seconds())
        if options.json:
            figures = {"handled": done.handled, "first_response": seconds, "reopened": done.reopened}
            emit(figures | {"by_hour": list(done.by_hour)})
            return 0
        table(
            [
                [_("handled"), str(done.handled)],
                [_("first response"), "-" if seconds is None else duration(seconds)],
                [_("reopened"), str(done.reopened)],
            ]
        )
        most = max(done.by_hour)
        worked = [hour for hour, count in enumerate(done.by_hour) if count]
        for hour in range(worked[0], worked[-1] + 1) if worked else ():
            count = done.by_hour[hour]
            line(f"{hour:02}  {'#' * -(-count * min(most, _BAR) // most)} {count}")
    return 0
