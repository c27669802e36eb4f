"""What a console reads again of the desk when others change something: what concerns it, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from agentconsole.config import State
from agentconsole.desk import handling
from agentconsole.desk.context import Desk
from agentconsole.model.conversation import Thread
from agentconsole.model.news import News, Told
from agentconsole.views.messages import Changed
from tests.views.conftest import MakeDesk
from tests.views.driver import Adviser, at_work

Asked = list[tuple[str, tuple[Any, ...]]]


@asynccontextmanager
async def _told_by_hand(desk: Desk) -> AsyncIterator[Adviser]:
    """At a console that has read all that it reads of itself, and does not notice by itself what others commit."""
    async with at_work(desk) as lea:
        await lea.until(lambda: bool(lea.page.finding.counts))
        lea.page.live.stop()
        await lea.until(lambda: all(thread.name != "watch" for thread in threading.enumerate()))
        await lea.until(lambda: lea.page.live._later is None and lea.page.live._count_later is None)
        yield lea


@contextmanager
def _asked(desk: Desk) -> Iterator[Asked]:
    """The statements that the desk is asked meanwhile, with what they are asked about."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        found.append((statement, tuple(parameters)))

    event.listen(desk.store.engine, "before_cursor_execute", note)
    yield found
    event.remove(desk.store.engine, "before_cursor_execute", note)


async def _hears(lea: Adviser, *told: Told) -> Asked:
    """She is told of it; answers what is asked for because of it."""
    with _asked(lea.desk) as found:
        lea.page.post_message(Changed(News(frozenset(told))))
        await lea.pilot.pause()
        await lea.until(lambda: lea.page.live._later is None)
        await lea.until(lambda: lea.page.live._count_later is None)
        await lea.settles()
    return found


def _pages(asked: Asked) -> int:
    return sum("ORDER BY conversation.rank" in statement for statement, _about in asked)


def _counts(asked: Asked) -> int:
    return sum("sum(CASE" in statement for statement, _about in asked)


def _threads(asked: Asked, conversation: UUID) -> int:
    return sum("message.text" in statement and conversation.bytes in about for statement, about in asked)


def _of(asked: Asked, part: str) -> int:
    return sum(part in statement for statement, _about in asked)


def _open(lea: Adviser) -> Thread:
    thread = lea.page.reading.thread
    assert thread is not None
    return thread


async def test_a_conversation_that_is_not_in_sight_costs_a_question_and_a_count(make_desk: MakeDesk) -> None:
    async with _told_by_hand(make_desk(8)) as lea:
        shown = _open(lea).row.id
        asked = await _hears(lea, Told("conversation", uuid4()))
        assert (_pages(asked), _counts(asked), _threads(asked, shown)) == (0, 1, 0)


async def test_the_open_thread_is_read_again_where_it_is_about_it_or_its_customer(make_desk: MakeDesk) -> None:
    async with _told_by_hand(make_desk(8)) as lea:
        await lea.presses("enter")
        row = _open(lea).row
        other = next(other for other in lea.page.listing.rows if other.customer_id != row.customer_id)
        for told, reads in (
            (Told("conversation", row.id), 1),
            (Told("customer", row.customer_id), 1),
            (Told("delivery", row.id), 1),
            (Told("presence", row.id, "omar"), 1),
            (Told("presence", row.id, "lea"), 0),
            (Told("conversation", other.id), 0),
            (Told("customer", other.customer_id), 0),
            (Told("delivery", other.id), 0),
        ):
            assert _threads(await _hears(lea, told), row.id) == reads, told


async def test_the_page_is_read_again_where_a_row_of_it_changed(make_desk: MakeDesk) -> None:
    async with _told_by_hand(make_desk(8)) as lea:
        row = lea.page.listing.rows[3]
        assert _pages(await _hears(lea, Told("conversation", row.id))) == 1
        assert _pages(await _hears(lea, Told("customer", row.customer_id))) == 1
        assert _pages(await _hears(lea, Told("draft", row.id, "omar"))) == 0


async def test_drafts_of_others_and_what_channels_do(make_desk: MakeDesk) -> None:
    async with _told_by_hand(make_desk(8)) as lea:
        assert _of(await _hears(lea, Told("draft", uuid4(), "omar")), "WHERE draft.agent = ") == 0
        assert _of(await _hears(lea, Told("draft", uuid4(), "lea")), "WHERE draft.agent = ") == 1
        asked = await _hears(lea, Told("channel"))
        assert _of(asked, "FROM cursor") == 1
        assert (_pages(asked), _counts(asked)) == (0, 0)


async def test_what_leaves_the_view_leaves_the_list_and_what_comes_into_it_comes(make_desk: MakeDesk) -> None:
    async with _told_by_hand(make_desk(8)) as lea:
        last, before = lea.page.listing.rows[-1], lea.numbers
        handling.set_state(lea.desk, last.number, State.RESOLVED)
        await _hears(lea, Told("conversation", last.id))
        assert lea.numbers == before[:-1]
        handling.set_state(lea.desk, last.number, State.OPEN)
        await _hears(lea, Told("conversation", last.id))
        assert sorted(lea.numbers) == sorted(before)


async def test_no_news_is_lost_where_a_look_takes_the_place_of_another(make_desk: MakeDesk) -> None:
    """The second look replaces the first before it has ended: it heeds what that was for."""
    async with _told_by_hand(make_desk(8)) as lea:
        last = lea.page.listing.rows[-1]
        handling.set_state(lea.desk, last.number, State.RESOLVED)
        lea.page.finding.renew(News(frozenset({Told("conversation", last.id)})))
        lea.page.finding.renew(News(frozenset({Told("conversation", uuid4())})))
        await lea.until(lambda: last.number not in lea.numbers)
