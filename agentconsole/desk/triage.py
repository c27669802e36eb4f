"""What to do next: pages of views, their counts, and the first conversation of all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from agentconsole.config import View
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import bind, views_of
from agentconsole.errors import UsageError
from agentconsole.model.conversation import ConversationRow, ViewCount
from agentconsole.model.criteria import Criteria, Position
from agentconsole.store import concerned, conversations

PAGE = 200
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class ViewPage:
    """A page of a view; ``next`` is where the next one goes on, ``None`` at the end."""

    rows: tuple[ConversationRow, ...]
    next: Position | None


def page(desk: Desk, view: View, after: Position | None = None, limit: int = PAGE) -> ViewPage:
    """A page of a saved view, in its order."""
    return page_of(desk, bind(view, desk), after, limit)


def page_of(desk: Desk, criteria: Criteria, after: Position | None = None, limit: int = PAGE) -> ViewPage:
    """A page of whatever meets the criteria."""
    with desk.store.read() as connection:
        rows = conversations.page(connection, criteria, limit, after)
    full = len(rows) == limit
    return ViewPage(tuple(rows), conversations.position(rows[-1], criteria.order) if full else None)


def page_if(
    desk: Desk, view: View, limit: int, changed: frozenset[UUID], shown: Collection[UUID], until: Position | None
) -> ViewPage | None:
    """The first page of a view, where a conversation that has changed belongs to it or did; else ``None``.

    :param shown: the conversations that the page held. :param until: where it ended; ``None``: the view did.
    """
    criteria = bind(view, desk)
    if changed.isdisjoint(shown):
        with desk.store.read() as connection:
            if not concerned.any_of(connection, criteria, changed, until):
                return None
    return page_of(desk, criteria, limit=limit)


def counts(desk: Desk, chosen: Sequence[View] | None = None) -> dict[str, ViewCount]:
    """How many conversations each view holds and how many are late, by the view's id; all views by default.

    A view whose search is not understood counts as empty: it hides no other.
    """
    now = desk.now()
    asked = views_of(desk) if chosen is None else chosen
    wanted: dict[str, Criteria] = {}
    for view in asked:
        with suppress(UsageError):
            wanted[view.id] = bind(view, desk, now)
    with desk.store.read() as connection:
        found = conversations.counts(connection, wanted, now)
    return {view.id: found.get(view.id, ViewCount(0, 0)) for view in asked}
