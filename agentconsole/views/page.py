"""What actions are given of the main screen: its panes, the desk, and how to work and to speak."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App
from textual.message import Message
from textual.timer import Timer

from agentconsole.config import View
from agentconsole.desk.context import Desk
from agentconsole.desk.triage import ViewPage
from agentconsole.errors import ConsoleError
from agentconsole.model.conversation import ConversationRow
from agentconsole.views.actions import Action
from agentconsole.views.keys import Keymap
from agentconsole.views.situation import Situation
from agentconsole.views.widgets.card import CustomerCard
from agentconsole.views.widgets.conversation_list import ConversationList
from agentconsole.views.widgets.thread_view import ThreadView
from agentconsole.views.work import Work

if TYPE_CHECKING:
    from agentconsole.views.acts.changing import Wish
    from agentconsole.views.widgets.composer import Composer


@dataclass(frozen=True)
class Session:
    """What the console was started with.

    :param first: the first page of the first view, read while the screen was being made.
    :param tour: show the tour to who has not seen it. :param dashboard: show the floor at once.
    """

    desk: Desk
    keymap: Keymap
    view: View
    sync: bool = True
    config_path: Path | None = None
    first: Future[ViewPage] | None = None
    tour: bool = False
    dashboard: bool = False


class Page(Protocol):
    """The main screen, as its actions see it."""

    session: Session
    work: Work
    listing: ConversationList
    thread: ThreadView
    card: CustomerCard
    composer: Composer | None

    @property
    def app(self) -> App[Any]: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def target(self) -> ConversationRow | None:
        """The conversation that an action is about: the open one, else the one under the cursor."""

    @property
    def marked(self) -> tuple[int, ...]:
        """The marked conversations where keys are about them: in the list."""

    @property
    def thread_shown(self) -> bool:
        """The thread pane can be seen."""

    def say(self, said: str, style: str = "accent", *, stays: bool = False) -> None:
        """One line in place of the hints, for some seconds; one that stays until something is done."""

    def warn(self, error: ConsoleError | None) -> None:
        """Two lines, what and what to do, until something else is done; ``None`` takes them away."""

    def put_row(self, row: ConversationRow) -> None:
        """A conversation changed: show it so wherever it is shown."""

    def show_pane(self, name: str) -> None:
        """Bring a pane ("list", "thread", "card") into sight and focus it."""

    def leave(self, number: int) -> None:
        """Close a composer that does not belong to this conversation."""

    def redraw(self) -> None:
        """Bars that depend on where one is: header, title, why, hints, thread head."""

    def draw_status(self) -> None:
        """The status line alone: what goes on, and what is about to."""

    def post_message(self, message: Message) -> bool: ...
    def set_timer(self, delay: float, callback: Callable[[], Any]) -> Timer: ...


class Acting(Page, Protocol):
    """A page that can say what is possible and run it."""

    def situation(self) -> Situation: ...
    def run_act(self, action: Action, key: str = "") -> None: ...
    def open_number(self, number: int) -> None: ...
    def held(self, number: int) -> None:
        """A reply was given to the outbox, which holds it back for some seconds."""

    def change(self, numbers: Sequence[int], wish: Wish) -> None:
        """Do what is wished to one conversation; show what it would do to several, and do it where that is wanted."""

    def end(self) -> None: ...
