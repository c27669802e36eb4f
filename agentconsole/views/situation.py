"""Where the adviser is, as far as it decides what can be done: read by :mod:`.keys`, made by the main screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

from agentconsole.config import State
from agentconsole.model.conversation import ConversationRow


class Place(Flag):
    """Where a key is pressed."""

    LIST = auto()
    THREAD = auto()
    CARD = auto()
    COMPOSER = auto()
    SEARCH = auto()
    OUTBOX = auto()
    PICKER = auto()
    GIFTS = auto()
    APPROVALS = auto()
    CONTROL = auto()
    DASHBOARD = auto()
    BEHIND = auto()
    PEOPLE = auto()

    MAIN = LIST | THREAD | CARD
    """The panes of the main screen in which nothing is typed."""
    PAGE = MAIN | COMPOSER | SEARCH
    """All of the main screen."""
    OVER = OUTBOX | GIFTS | APPROVALS | CONTROL | PEOPLE | DASHBOARD | BEHIND
    """Screens of their own that open over the page."""
    LINES = MAIN | PICKER | OVER
    """Wherever lines can be walked through."""
    TYPING = COMPOSER | SEARCH | PICKER
    """Where printable keys are text."""
    ANY = PAGE | PICKER | OVER
    """Everywhere."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What actions look at to say whether they can run.

    :param row: the conversation an action would be about; ``None`` where there is none.
    :param opened: the thread pane shows it.
    :param no_reply: why ``row`` cannot be answered, empty where it can.
    :param writing: what the composer holds: "reply", "note", "book", or "" while it is closed.
    :param folded: messages with quoted history or a signature; ``long`` those that are cut; ``files``
        attachments; ``earlier`` messages that are not read yet.
    :param along: macros do something along with the reply.
    :param marked: rows that a change in the list is about, in place of ``row``; ``merged`` conversations that were
        merged into the open one; ``messages`` that one can split out of it.
    :param customer: there is one: the row's; ``linked`` others with them.
    :param others: on the card the cursor is on another conversation of theirs, which can be opened.
    :param searched: the list shows what a search found.
    :param gestures: the policy has some. :param gift: what can be done with the one under the cursor of the list of
        gifts: "done", "again", "not", "void".
    :param request: what the request under the cursor is to me: "decide", "mine", "ended", or "" where there is none.
    :param supervises: the gestures of all are mine to look at; ``looked`` one of them is under the cursor.
    :param person: somebody is under the cursor of the list of people; ``at_work`` they are on a conversation.
    :param figure: a number of the dashboard is under the cursor; ``incident`` the state of the incident that it counts,
        else of the only one that goes on; "several" where more do, "" where none does.
    :param unsent: state of the outbox entry under the cursor, "" where there is none.
    """

    place: Place
    row: ConversationRow | None = None
    opened: bool = False
    me: str = ""
    no_reply: str = ""
    writing: str = ""
    busy: bool = False
    rows: int = 0
    folded: int = 0
    long: int = 0
    files: int = 0
    earlier: int = 0
    attached: int = 0
    marked: int = 0
    merged: int = 0
    messages: int = 0
    along: bool = False
    customer: bool = False
    others: bool = False
    linked: int = 0
    searched: bool = False
    unsent: str = ""
    gestures: bool = False
    gift: frozenset[str] = frozenset()
    request: str = ""
    supervises: bool = False
    looked: bool = False
    figure: bool = False
    incident: str = ""
    person: bool = False
    at_work: bool = False

    def stands(self, state: State) -> bool:
        """The conversation is in that state."""
        return self.row is not None and self.row.state is state
