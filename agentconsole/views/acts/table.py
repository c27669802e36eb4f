"""Which function runs for which action."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen


def acts_of(page: MainScreen) -> dict[str, Callable[[str], Any]]:
    """What each action of the registry does; a test holds the two together."""
    finding, reading, inside, other = page.finding, page.reading, page.inside, page.other
    handling, writing = page.handling, page.writing
    acts: dict[str, Callable[[str], Any]] = {
        "open": reading.open, "back": page.back, "take": reading.take, "reply": writing.reply, "note": writing.note,
        "assign_me": handling.assign_me, "assign": handling.assign, "resolve": handling.resolve,
        "pending": handling.pending, "reopen": handling.reopen, "search": page.begin_search,
        "views": finding.choose_view, "view_number": finding.view_number, "view_next": finding.view_next,
        "view_previous": finding.view_previous, "row_next": reading.row_next, "row_previous": reading.row_previous,
        "card": reading.go_card, "fold": inside.fold, "whole": inside.whole, "earlier": inside.earlier,
        "save_file": inside.save_file, "trail": inside.trail, "outbox": other.outbox, "drafts": page.unsent.choose,
        "jump": handling.jump, "copy": handling.copy, "refresh": finding.refresh, "send": writing.send,
        "send_next": writing.send_next, "send_resolve": writing.send_resolve,
        "send_resolve_next": writing.send_resolve_next, "send_keep": writing.send_keep, "attach": writing.attach,
        "detach": writing.detach, "discard": writing.discard, "help": other.help, "palette": other.palette,
        "quit": page.end,
        "focus_next": lambda _key: page.focus_step(1), "focus_previous": lambda _key: page.focus_step(-1),
    }  # fmt: skip
    for name in ("down", "up", "page_down", "page_up", "first", "last"):
        acts[name] = partial(_move, page, name)
    return acts


def _move(page: MainScreen, name: str, _key: str) -> None:
    page.move(name)
