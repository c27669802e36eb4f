"""What workers and widgets post to the main screen. Only its handlers touch widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from agentconsole.errors import ConsoleError, DeskError
from agentconsole.model.news import EVERYTHING, News


@dataclass
class Done(Message):
    """A worker has finished: ``then`` gets its result, in the screen's own turn."""

    then: Callable[[Any], None]
    result: Any


@dataclass
class Refused(Message):
    """A worker could not: ``otherwise`` is told; where it is ``None`` a notice says what and what to do."""

    error: ConsoleError
    otherwise: Callable[[ConsoleError], None] | None = None


@dataclass
class Changed(Message):
    """Something was committed on the desk, by whomever."""

    news: News = EVERYTHING


@dataclass
class Unreached(Message):
    """The desk cannot be reached, or not by this program any more; ``None``: it is back."""

    error: DeskError | None


@dataclass
class Moved(Message):
    """The cursor of a list came to another line; ``name`` is the widget's id."""

    name: str | None
    index: int


@dataclass
class Chosen(Message):
    """A line was clicked twice, or an item of a bar once; ``value`` says which."""

    name: str | None
    value: Any


@dataclass
class NearEnd(Message):
    """The cursor of the conversation list comes near the last row that was read."""


@dataclass
class NearTop(Message):
    """The thread was scrolled to the first message that was read."""
