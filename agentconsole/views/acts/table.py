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
    around = page.around
    changes, writing, sending = page.changes, page.writing, page.writing.sending
    handling = changes.handling
    acts: dict[str, Callable[[str], Any]] = {
        "open": reading.open, "back": page.back, "take": reading.take, "take_next": around.taking.take_next,
        "people": around.taking.people, "away": around.taking.away, "mentions": around.taking.mentions,
        "reply": writing.reply,
        "note": writing.note, "book": writing.book,
        "assign_me": handling.assign_me, "assign": handling.assign, "resolve": handling.resolve,
        "resolve_next": handling.resolve_next, "snooze": changes.later.snooze, "undo": changes.undoing.undo,
        "tags": handling.tags, "priority": handling.priority, "escalate": changes.later.escalate,
        "promise": changes.later.promise, "mark": changes.marking.mark, "mark_all": changes.marking.mark_all,
        "merge": changes.merging.merge, "unmerge": changes.merging.unmerge, "split": changes.merging.split,
        "pending": handling.pending, "reopen": handling.reopen, "search": page.searching.begin,
        "views": finding.choose_view, "view_number": finding.view_number, "view_next": finding.view_next,
        "view_previous": finding.view_previous, "row_next": reading.row_next, "row_previous": reading.row_previous,
        "card": reading.go_card, "fold": inside.fold, "whole": inside.whole, "earlier": inside.earlier,
        "save_file": inside.save_file, "trail": inside.trail, "outbox": other.outbox, "drafts": page.unsent.choose,
        "jump": handling.jump, "copy": handling.copy, "refresh": finding.refresh,
        "send": sending.send, "send_next": sending.send_next, "send_resolve": sending.send_resolve,
        "send_resolve_next": sending.send_resolve_next, "send_keep": sending.send_keep,
        "send_snooze": sending.send_snooze, "checks": sending.checks, "attach": writing.files.attach,
        "detach": writing.files.detach, "quote": writing.composing.quote, "editor": writing.composing.edit,
        "discard": writing.discard, "help": other.help, "palette": other.palette,
        "save_view": page.searching.keep, "book_remove": around.customers.book_remove,
        "consent": around.customers.consent, "link": around.customers.link, "unlink": around.customers.unlink,
        "dashboard": around.dashboard.show, "notices": around.notices.show, "approvals": around.approvals.show,
        "control": around.control.show, "birthday": around.customers.birthday,
        "gesture": page.gestures.open, "gifts": page.gestures.list,
        "day": around.today.show, "theme": around.theme, "tour": around.tour,
        "quit": page.end,
        "focus_next": lambda _key: page.focus_step(1), "focus_previous": lambda _key: page.focus_step(-1),
    }  # fmt: skip
    for action, name in (("macro", "choose"), ("macro_off", "take_off"), ("macro_save", "save")):
        acts[action] = partial(_macro, page, name)
    for name in ("down", "up", "page_down", "page_up", "first", "last"):
        acts[name] = partial(_move, page, name)
    return acts


def _macro(page: MainScreen, name: str, key: str) -> None:
    """Looked up when it is run: what macros are done by is made after the first picture."""
    getattr(page.writing.macros, name)(key)


def _move(page: MainScreen, name: str, _key: str) -> None:
    page.move(name)
