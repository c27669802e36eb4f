"""Merging conversations of one customer, taking them apart again, and splitting a message out.

Of two merged conversations one stays: all messages are there, what is written to the other one follows, and its
clocks run as if all had been written there from the beginning. The other one is resolved and no view shows it; its
entry ``merged`` in the audit trail has what taking it apart needs, so that this can be done at any later time.

What becomes of state, assignee and so on is said in :mod:`.joining`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from agentconsole.config import State
from agentconsole.desk import standing as standings
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import find
from agentconsole.desk.joining import fold, hold_merged, join, part
from agentconsole.desk.language import language_of
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, step
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.ids import new_id
from agentconsole.model.message import Direction
from agentconsole.store import conversations, customers, journal, merging, messages, promises

_SUBJECT_WORDS = 8


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do: which stays, which goes, and what moves.

    :param messages: that move, notes included. :param drafts: unsent words of anybody that move.
    :param promises: open ones that move. :param undelivered: replies not known to be sent that move.
    :param tags: what the one that stays has afterwards.
    """

    stays: ConversationRow
    goes: ConversationRow
    messages: int
    drafts: int
    promises: int
    undelivered: int
    tags: tuple[str, ...]


def plan(desk: Desk, number: int, into: int) -> MergePlan:
    """What merging ``number`` into ``into`` would do; nothing is changed.

    :raises NotFound: there is no such conversation.
    :raises UsageError: they cannot be merged: one already is, or they are not of one customer.
    """
    with desk.store.read() as connection:
        stays, goes = find(connection, into), _asked(connection, number)
        _refuse(connection, goes, stays)
        tags = conversations.tags_of(connection, [goes.id, stays.id])
        return MergePlan(
            stays=stays,
            goes=goes,
            messages=merging.written(connection, goes.id),
            drafts=len(journal.drafts(connection, conversation_id=goes.id)),
            promises=len(promises.open_of(connection, [goes.id])),
            undelivered=merging.unsent(connection, goes.id),
            tags=tuple(sorted({tag for own in tags.values() for tag in own})),
        )


def merge(desk: Desk, numbers: Iterable[int], into: int) -> ConversationRow:
    """Merge conversations into one, as one step; answers the one that stays.

    :raises NotFound: there is no such conversation.
    :raises UsageError: they cannot be merged: one already is, also since a moment ago, or they are not of one customer.
    """
    with step(desk) as doing:
        connection = doing.connection
        stays, goes = find(connection, into), [_asked(connection, number) for number in dict.fromkeys(numbers)]
        followers = merging.followers(connection, [row.number for row in goes])
        doing.hold_all([stays.id, *(row.id for row in goes), *followers.values()])
        (kept,) = doing.hold_all([stays.id])
        if kept.merged_into is not None:
            raise UsageError(
                _("#{number} was merged into #{into} meanwhile.").format(number=kept.number, into=kept.merged_into),
                _("Nothing was merged. Look at it again."),
            )
        for row in goes:
            (standing,) = doing.hold_all([row.id])
            _refuse(connection, standing, kept)
            _record(doing, standing, kept, join(doing, standing, kept))
            doing.write_entries()  # the next one finds in the trail what this one brought
    return doing.rows[stays.number]


def unmerge(desk: Desk, number: int) -> ConversationRow:
    """Take a merged conversation apart again, as one step: its messages go back, what came since stays.

    :returns: the one that comes back. :raises NotFound: there is no such conversation.
    :raises UsageError: it was not merged.
    """
    with step(desk) as doing:
        row = _asked(doing.connection, number)
        goes, stays = hold_merged(doing, row.id)
        detail = json.loads(merging.latest_entry(doing.connection, row.id, "merged") or "{}")
        if stays is None or "into" not in detail:  # what the undo of a split has emptied has no such entry
            raise UsageError(
                _("#{number} was not merged into another conversation.").format(number=number),
                _("See `agentconsole show {number} --trail`.").format(number=number),
            )
        of_goes, of_stays = part(doing, goes, stays, detail)
        doing.record(stays, "unmerged", number=goes.number, **of_stays)
        doing.record(goes, "unmerged", into=stays.number, **of_goes)
        doing.touch(stays)
    return doing.rows[row.number]


def split(desk: Desk, number: int, seq: int) -> ConversationRow:
    """Make a message of the customer's a conversation of its own, as one step; answers the new one.

    It has the same customer, assignee and team, and the message's channel and subject.

    :raises NotFound: there is no such conversation, or no such message in it.
    :raises UsageError: the customer did not write it, or it is all there is.
    """
    with step(desk) as doing:
        connection, old = doing.connection, doing.hold(number)
        message = next(iter(m for m in messages.after(connection, old.id, seq - 1)[:1] if m.seq == seq), None)
        if message is None:
            raise NotFound(_("#{number} has no message {seq}.").format(number=old.number, seq=seq), _see())
        if message.direction is not Direction.IN:
            raise UsageError(_("Only what the customer wrote can be split out."), _see())
        if merging.written(connection, old.id) == 1:
            raise UsageError(_("The message is all there is of #{number}.").format(number=old.number), _see())
        new = Standing(
            id=new_id(),
            customer_id=old.customer_id,
            channel=message.channel,
            subject=message.subject.strip() or " ".join(message.text.split()[:_SUBJECT_WORDS]),
            excerpt="",
            state=State.OPEN,
            opened_at=message.at,
            updated_at=message.at,
            public=message.public,
            assignee=old.assignee,
            team=old.team,
            language=language_of(f"{message.subject}\n{message.text}", desk.config) or old.language,
        )
        standings.save(connection, desk, [new], "merge")
        (made,) = doing.hold_all([new.id])
        place = merging.place_of(connection, seq)
        came_from = place[2] if place else None
        merging.move_message(connection, message.id, made.id, old.id)
        fold(doing, made)
        doing.record(old, "split", number=made.number, **fold(doing, old))
        doing.record(made, "split", into=old.number, message=str(message.id), came_from=str(came_from or ""))
        doing.touch(old)
    return next(row for row in doing.rows.values() if row.id == new.id)


def _asked(connection: Connection, number: int) -> ConversationRow:
    """The conversation of that number itself, also where it is merged.

    :raises NotFound: there is none.
    """
    return next(iter(conversations.by_numbers(connection, [number])), None) or find(connection, number)


def _refuse(connection: Connection, goes: ConversationRow | Standing, stays: ConversationRow | Standing) -> None:
    if goes.merged_into is not None:
        raise UsageError(
            _("#{number} is merged into #{into} already.").format(number=goes.number, into=goes.merged_into),
            _("Nothing was merged. Look at it again."),
        )
    if goes.id == stays.id:
        raise UsageError(
            _("#{number} cannot be merged into itself.").format(number=goes.number), _("Give another number.")
        )
    if stays.customer_id not in customers.groups(connection, [goes.customer_id])[goes.customer_id]:
        raise UsageError(
            _("#{number} and #{other} are not of one customer.").format(number=goes.number, other=stays.number),
            _("Link the two customers first."),
        )


def _record(doing: Doing, goes: Standing, stays: Standing, detail: dict[str, Any]) -> None:
    doing.record(goes, "merged", **detail)
    doing.record(stays, "merged", number=goes.number, **detail["stands"])


def _see() -> str:
    return _("See the messages with `agentconsole show --json`.")
