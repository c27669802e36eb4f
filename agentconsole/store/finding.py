"""Conversations found by the words of their messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, and_, select

from agentconsole.model.conversation import ConversationRow
from agentconsole.model.criteria import Criteria
from agentconsole.store import search
from agentconsole.store.conversations import by_ids
from agentconsole.store.criteria import joined, plain
from agentconsole.store.tables import conversation as c
from agentconsole.store.tables import message

LOOKED_AT = 8_000
"""Messages that a search looks at for one page."""
SLICE = 1_000
"""Messages that it looks at in its first step, at most; each further step is twice as long."""


def found(
    connection: Connection, criteria: Criteria, limit: int, before: int | None = None
) -> tuple[list[ConversationRow], int | None]:
    """Conversations in which one message holds the criteria's words, the newest such message first.

    The index of words is walked from its newest end in slices until the page is full, so a common word costs
    no more than a rare one; about :data:`LOOKED_AT` messages are looked at for one page.

    :param before: seq of the message at which the page before ended; what that page and those before it held is
        left out.
    :returns: the rows, and the seq to go on from (``None`` at the end).
    """
    query = search.asked_here(connection, criteria.words)
    kept: dict[UUID, None] = {}
    at, slice_, looked_at = before, min(max(limit * 2, SLICE // 10), SLICE), 0
    ended = False
    while len(kept) < limit and not ended and looked_at < LOOKED_AT:
        walked = _walk(connection, query, criteria, slice_, at)
        ids = {conversation_id for _seq, conversation_id in walked if conversation_id}
        if before is not None:
            ids -= _found_from(connection, query, ids, before)
        for seq, conversation_id in walked:
            at = seq
            if conversation_id in ids:
                kept.setdefault(conversation_id)
            if len(kept) >= limit:
                break
        else:
            ended = len(walked) < slice_
        looked_at, slice_ = looked_at + slice_, slice_ * 2
    rows = {row.id: row for row in by_ids(connection, kept)}
    return [rows[found] for found in kept], None if ended else at


def _walk(
    connection: Connection, query: str, criteria: Criteria, limit: int, before: int | None
) -> list[tuple[int, UUID | None]]:
    """The next messages that a query finds: seq, and conversation (``None`` where the other criteria do not hold)."""
    dialect = connection.dialect.name
    some = search.hits(query, dialect, limit, before).subquery()
    rest = [*plain(criteria, dialect), *joined(replace(criteria, words=()), dialect)]
    walk = select(some.c.seq, c.c.id if rest else message.c.conversation_id)
    walk = walk.select_from(some.join(message, message.c.seq == some.c.seq))
    if rest:
        walk = walk.outerjoin(c, and_(c.c.id == message.c.conversation_id, *rest))
    return [(seq, conversation_id) for seq, conversation_id in connection.execute(walk.order_by(some.c.seq.desc()))]


def _found_from(connection: Connection, query: str, ids: Iterable[UUID], seq: int) -> set[UUID]:
    """Which of these conversations a message of that seq or a later one would have brought already."""
    later = (
        select(message.c.seq)
        .where(message.c.conversation_id.in_(list(ids)), message.c.seq >= seq)
        .correlate(None)
        .scalar_subquery()
    )
    hit = search.hits(query, connection.dialect.name, among=later).subquery()
    found = select(message.c.conversation_id).join(hit, hit.c.seq == message.c.seq)
    return {conversation_id for (conversation_id,) in connection.execute(found)}
