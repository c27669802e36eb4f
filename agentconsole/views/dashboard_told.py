"""What stands before a conversation in the list behind a number: its part of that number. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from agentconsole.desk.behind import Behind
from agentconsole.i18n import _, duration
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.floor import Which

Told = Callable[[ConversationRow, datetime], tuple[str, str]]
"""Of a conversation at a moment: words and the names of their styles."""
_HOUR, _TWO_DAYS = 3600, 48 * 3600


def span_words(seconds: int | None) -> str:
    """A length of time in a column, to the minute up to two days: ``39m``, ``5h39``, ``3d``; a dash where none is."""
    if seconds is None:
        return "-"
    whole = duration(seconds)
    return f"{whole}{seconds % _HOUR // 60:02d}" if _HOUR <= seconds < _TWO_DAYS else whole


def told_of(which: Which, found: Behind) -> Told | None:
    """What to say of each conversation in place of its clock; ``None`` where the clock is what the number counts."""
    if which.figure in ("oldest", "agent_waiting"):
        return _waits
    if not found.took:
        return None

    def took(row: ConversationRow, _now: datetime) -> tuple[str, str]:
        seconds, late = found.took.get(row.number, (None, None))
        said = span_words(seconds)
        if late is None:
            return said, ""
        return (f"{_('LATE')} {said}", "late") if late else (f"{_('OK')} {said}", "ok")

    return took


def _waits(row: ConversationRow, now: datetime) -> tuple[str, str]:
    if row.waiting_since is None:
        return "-", "dim"
    return _("waits {time}").format(time=duration((now - row.waiting_since).total_seconds())), ""
