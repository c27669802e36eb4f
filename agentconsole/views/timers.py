"""Timers that ring once, and do ring."""

from __future__ import annotations

from textual.message_pump import MessagePump
from textual.timer import Timer, TimerCallback


class Certain(MessagePump):
    """A screen, or the application, whose one-shot timers are never left out.

    Textual's are where their time has passed before they begin to wait (``Timer._run``, ``skip``): on a busy machine a
    short one never rings, and what waits for it to look again never looks again.
    """

    def set_timer(
        self, delay: float, callback: TimerCallback | None = None, *, name: str | None = None, pause: bool = False
    ) -> Timer:
        timer = super().set_timer(delay, callback, name=name, pause=pause)
        timer._skip = False  # it has no public name once the timer is made; it begins in a task of its own, later
        return timer
