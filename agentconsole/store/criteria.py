"""Criteria as SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from agentconsole.config import State
from agentconsole.model.criteria import Criteria, Order, Position, Span
from agentconsole.store.search import conversations_with
from agentconsole.store.tables import attention, customer, identity, message
from agentconsole.store.tables import conversation as c
from agentconsole.store.team_tables import mention
from agentconsole.text import fold

ACTIVE: ColumnElement[bool] = literal_column("state <> 'resolved'")
"""Written as the partial indexes have it, so that both planners see that they apply."""
_RESOLVED: ColumnElement[bool] = literal_column("state = 'resolved'")
WAITING: ColumnElement[Any] = func.coalesce(c.c.waiting_since, c.c.updated_at)
"""Since when somebody waits: the customer for an answer, else we for the customer."""


def condition(criteria: Criteria, dialect: str) -> ColumnElement[bool]:
    """One condition over the table ``conversation``.

    PostgreSQL sees by itself that ``state = 'open'`` is active; told both, it takes them for independent, expects a
    twentieth of what there is, and reads and sorts all of it in place of walking an index.
    """
    part = [ACTIVE] if criteria.active_only else [_RESOLVED] if criteria.states == (State.RESOLVED,) else []
    if criteria.states and dialect != "sqlite":
        part = []
    return and_(true(), *part, *plain(criteria, dialect), *joined(criteria, dialect))


def plain(criteria: Criteria, dialect: str, *, active: bool = False) -> Iterator[ColumnElement[bool]]:
    """The parts that the wide indexes (of active, of resolved, of all conversations) answer alone.

    :param active: only active conversations are looked at: the index of those does not say what is merged.
    """
    if criteria.states:
        states = [str(state) for state in criteria.states]
        spelt: BindParameter[Any] = bindparam(
            None, states, expanding=True, literal_execute=dialect != "sqlite"
        )  # else it may plan for any
        yield c.c.state.in_(spelt)
    for column, allowed in (
        (c.c.channel, criteria.channels),
        (c.c.team, criteria.teams),
        (c.c.priority, criteria.priorities),
        (c.c.language, criteria.languages),
        (c.c.due_kind, criteria.due_kinds),
    ):
        if allowed:
            yield column.in_([str(value) for value in allowed])
    if criteria.assignees or criteria.nobody:
        mine = c.c.assignee.in_(criteria.assignees) if criteria.assignees else false()
        yield or_(mine, c.c.assignee.is_(None)) if criteria.nobody else mine
    if criteria.due:
        yield or_(*(_within(c.c.due_at, span) for span in criteria.due))
    if criteria.opened != Span():
        yield _within(c.c.opened_at, criteria.opened)
    for column, wanted in ((c.c.promised_at, criteria.promised), (c.c.escalated_to, criteria.escalated)):
        if wanted is not None:
            yield column.is_not(None) if wanted else column.is_(None)
    if not (active or criteria.active_only):
        yield c.c.merged_into.is_(None)
    if criteria.tags:
        yield or_(*(_tagged(tag, dialect) for tag in criteria.tags))
    for tag in criteria.without_tags:
        yield ~_tagged(tag, dialect)


def joined(criteria: Criteria, dialect: str) -> Iterator[ColumnElement[bool]]:
    """The parts that ask another table."""
    for word in criteria.customer:
        named = select(customer.c.id).where(customer.c.folded.like(_containing(fold(word)), escape="\\"))
        value = func.lower(identity.c.value)
        known = select(identity.c.customer_id).where(value.like(_containing(word.lower()), escape="\\"))
        yield or_(c.c.customer_id.in_(named), c.c.customer_id.in_(known))
    if criteria.approval is not None:  # few have it, and an index of their own
        waiting = select(c.c.id).where(c.c.approval_due_at.is_not(None)).correlate(None)
        yield c.c.id.in_(waiting) if criteria.approval else c.c.id.not_in(waiting)
    if criteria.attention is not None:
        a = attention.c
        now = (a.begins <= criteria.attention, a.ends > criteria.attention)
        yield c.c.customer_id.in_(select(a.customer_id).where(*now))
    if criteria.mentioned is not None:
        m = mention.c
        called = select(message.c.conversation_id).join(mention, m.message_id == message.c.id)
        yield c.c.id.in_(called.where(m.agent == criteria.mentioned, m.seen_at.is_(None)))
    if criteria.words:
        yield c.c.id.in_(conversations_with(criteria.words, dialect))


def ordered(query: Select[Any], order: Order, after: Position | None) -> Select[Any]:
    """The query in its order, going on behind ``after``."""
    if order is Order.UPDATED:
        if after:
            query = query.where(tuple_(c.c.updated_at, c.c.number) < tuple_(_bound(after), after.number))
        return query.order_by(c.c.updated_at.desc(), c.c.number.desc())
    column = c.c.rank if order is Order.RANK else WAITING
    if after:
        query = query.where(tuple_(column, c.c.number) > tuple_(_bound(after), after.number))
    return query.order_by(column, c.c.number)


def _tagged(tag: str, dialect: str) -> ColumnElement[bool]:
    place = func.instr if dialect == "sqlite" else func.strpos
    return place(c.c.tags, packed([tag])) > 0


def packed(tags: Iterable[str]) -> str:
    """Tags as the column of their copies has them, so that one of them can be found in it."""
    return "".join(f"\n{tag}\n" for tag in tags)


def unpacked(tags: str) -> list[str]:
    """What :func:`packed` was given."""
    return [tag for tag in tags.split("\n") if tag]


def _bound(after: Position) -> ColumnElement[Any]:
    return bindparam("after_at", after.at, type_=c.c.rank.type)


def _within(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    parts = []
    if span.start is not None:
        parts.append(column >= span.start)
    if span.end is not None:
        parts.append(column < span.end)
    return and_(*parts) if parts else column.is_not(None)


def _containing(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
