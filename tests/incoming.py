"""Messages as a channel would bring them, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from weakref import WeakKeyDictionary

from agentconsole.channels.base import Page
from agentconsole.config import View
from agentconsole.desk import conversations, intake, replies, triage
from agentconsole.desk.context import Desk
from agentconsole.model.conversation import ConversationRow, Thread
from agentconsole.model.criteria import Criteria
from agentconsole.model.message import Address, Direction, Incoming, MessageKind
from agentconsole.store import cursors
from agentconsole.store.engine import Store

_serial = count(1)
services: WeakKeyDictionary[Store, Desk] = WeakKeyDictionary()
"""Whose desk takes in what arrives at a desk whose login has no right to: by the store of that one."""
NINE = datetime(2026, 3, 2, 8, 55, tzinfo=UTC)
"""Five minutes before the clock of the tests starts."""


def message(text: str = "Bonjour, ma box est en panne.", **changes: object) -> Incoming:
    """One message from Camille Durand; every field can be said otherwise."""
    values: dict[str, object] = {
        "external_id": f"message-{next(_serial)}@customer.example",
        "at": NINE,
        "author": Address("camille@customer.example", "Camille Durand"),
        "subject": "Panne",
        "text": text,
        "raw": text.encode("utf-8", "surrogatepass"),
    }
    return Incoming(**(values | changes))  # type: ignore[arg-type]  # (the names are Incoming's own)


def sent_elsewhere(text: str = "Voici la réponse.", **changes: object) -> Incoming:
    """What a colleague wrote with a mail program, found in its folder for sent mail."""
    return message(
        text,
        **{
            "direction": Direction.OUT,
            "author": Address("care@brand.example", "Fernlicht"),
            "recipients": (Address("camille@customer.example", "Camille Durand"),),
        }
        | changes,
    )


def bounce(key: str, why: str = "550 5.1.1 no such mailbox", **changes: object) -> Incoming:
    """The report that a reply of ours could not be delivered."""
    return message(
        "The mail system could not deliver your message.",
        **{
            "author": Address("mailer-daemon@mx.example", "Mail Delivery System"),
            "subject": "Undelivered Mail Returned to Sender",
            "kind": MessageKind.BOUNCE,
            "bounce_of": key,
            "bounce_reason": why,
        }
        | changes,
    )


def arrives(desk: Desk, *incoming: Incoming, channel: str = "mail", holder: str = "test") -> int:
    """The messages arrive on a channel; answers how many were new."""
    desk = services.get(desk.store, desk)
    settings = desk.config.channel(channel)
    assert settings is not None
    with desk.store.write() as connection:
        assert cursors.lease(connection, channel, holder, desk.now(), timedelta(minutes=1))
        before = cursors.value(connection, channel)
    new = intake.take(desk, settings, Page(incoming, f"cursor-{next(_serial)}"), before)
    assert new is not None
    return new


def everything(desk: Desk) -> list[ConversationRow]:
    """Every conversation of the desk, by number."""
    view = View(id="all", name={"": "All"}, states=(), order="updated")
    return sorted(triage.page(desk, view, limit=10_000).rows, key=lambda row: row.number)


def view_of_all(**filters: object) -> View:
    """A view, its fields as given; one of all conversations where none are."""
    return View(**({"id": "v", "name": {"": "V"}, "states": (), "order": "updated"} | filters))  # type: ignore[arg-type]  # (its own)


def only(desk: Desk) -> ConversationRow:
    """The desk's one conversation."""
    (row,) = everything(desk)
    return row


def opened(desk: Desk, number: int | None = None) -> Thread:
    """A conversation, or the desk's only one, with all its messages."""
    return conversations.open_thread(desk, number or only(desk).number, limit=10_000)


def texts(desk: Desk, number: int | None = None) -> list[str]:
    """What was written in a conversation, or the desk's only one, oldest first."""
    return [item.text for item in opened(desk, number).messages]


def answers(desk: Desk, text: str = "Bonjour Camille, nous regardons.", **options: object) -> str:
    """The desk's only conversation is answered; the reply's key."""
    return replies.reply(desk, only(desk).number, text, **options).key  # type: ignore[arg-type]  # (reply's own)


def pages(desk: Desk, criteria: Criteria, size: int) -> list[ConversationRow]:
    """All pages of what meets the criteria, one after the other."""
    found: list[ConversationRow] = []
    page = triage.page_of(desk, criteria, limit=size)
    while True:
        found += page.rows
        if page.next is None:
            return found
        page = triage.page_of(desk, criteria, page.next, size)


def numbers(rows: Sequence[ConversationRow]) -> list[int]:
    """The rows' numbers."""
    return [row.number for row in rows]
