"""Work for the desk, off the interface's thread: looks that newer ones replace, and writes that nothing cancels."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, TypeVar

from textual.screen import Screen
from textual.worker import get_current_worker

from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.views.messages import Done, Refused

T = TypeVar("T")
Otherwise = Callable[[ConsoleError], None]
_log = logging.getLogger(__name__)


class Work:
    """Runs functions of the desk and posts their outcome to the screen.

    Looks run in Textual's workers, one at a time a group: a newer one of the group replaces the older. Writes
    run one after another in a thread of their own, in the order they were asked for, and are never cancelled.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._writer = ThreadPoolExecutor(1, "writer")
        self._long = ThreadPoolExecutor(1, "long")
        self.writing: Future[None] | None = None
        self._lasting: Future[None] | None = None
        self._asked = self._noted = 0
        self.stirred = 0
        """Looks that were asked for or have an outcome."""
        self._open: dict[str, int] = {}
        """The latest look of each group that has no outcome yet."""
        self._refused: set[int] = set()

    # Looks that a key asked for

    def note(self) -> None:
        """What is asked for from now on is what :meth:`under_way` and :meth:`refused` tell about."""
        self._noted = self._asked
        self._refused.clear()

    def under_way(self, groups: frozenset[str]) -> bool:
        """A look of these groups has begun since, and its outcome is not shown yet."""
        return any(asked > self._noted for group, asked in self._open.items() if group in groups)

    def refused(self) -> bool:
        """A look that has begun since could not be done."""
        return bool(self._refused)

    def forget(self, groups: frozenset[str]) -> None:
        """The outcome of looks of these groups is not wanted any more."""
        for group in groups & self._open.keys():
            self._screen.workers.cancel_group(self._screen, group)
            del self._open[group]

    def _ended(self, look: tuple[str, int, bool]) -> None:
        group, asked, refused = look
        self.stirred += 1
        if self._open.get(group) == asked:
            del self._open[group]
            if refused and asked > self._noted:
                self._refused.add(asked)

    # Running

    def look(
        self, group: str, read: Callable[[], T], then: Callable[[T], None], otherwise: Otherwise | None = None
    ) -> None:
        """Read in a worker; ``then`` gets the result in the screen's turn, unless a newer look replaced this one."""
        self._asked += 1
        self.stirred += 1
        self._open[group] = self._asked
        job = partial(self._look, (group, self._asked), read, then, otherwise)
        # Without a description Textual writes one: the job with the desk and all of its configuration, at each key.
        self._screen.run_worker(
            job, name=group, group=group, description=group, thread=True, exclusive=True, exit_on_error=False
        )

    def write(
        self,
        change: Callable[[], T],
        then: Callable[[T], None] | None = None,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Change the desk; ``then`` gets the result once it is committed."""
        self.writing = self._writer.submit(self._write, change, then, otherwise)

    def long(self, change: Callable[[], T], then: Callable[[T], None], otherwise: Otherwise) -> None:
        """:meth:`write` of what takes its time: other writes go on beside it."""
        self._lasting = self._long.submit(self._write, change, then, otherwise)

    def finish(self, seconds: float = 0.0) -> bool:
        """Nothing more is asked for; what was is still written.

        :param seconds: how long to wait for it. :returns: whether all of it is written by then.
        """
        self._long.shutdown(wait=False)
        self._writer.shutdown(wait=False)
        return not wait([last for last in (self.writing, self._lasting) if last is not None], seconds).not_done

    def _look(
        self,
        look: tuple[str, int],
        read: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Otherwise | None,
    ) -> None:
        worker = get_current_worker()
        if worker.is_cancelled:
            return
        outcome = _outcome(read, then, otherwise)
        if not worker.is_cancelled:
            self._screen.post_message(outcome)
        self._screen.post_message(Done(self._ended, (*look, isinstance(outcome, Refused))))

    def _write(self, change: Callable[[], T], then: Callable[[T], None] | None, otherwise: Otherwise | None) -> None:
        self._screen.post_message(_outcome(change, then or _nothing, otherwise))


def updated(error: ImportError) -> ConsoleError:
    """What is said where something cannot be imported that was there when the console began."""
    _log.error("an import failed", exc_info=error)
    return ConsoleError(
        _("The program was updated while it ran."), _("Leave it and start it again; your words are kept.")
    )


def _nothing(_result: Any) -> None:
    return None


def _outcome(job: Callable[[], T], then: Callable[[T], None], otherwise: Otherwise | None) -> Done | Refused:
    try:
        return Done(then, job())
    except ConsoleError as error:
        return Refused(error, otherwise)
    except ImportError as error:
        return Refused(updated(error), otherwise)
    except Exception:  # noqa: BLE001 (outermost guard: a mistake of ours in one look must not end the adviser's day)
        _log.exception("work for the desk failed")
        mistake = ConsoleError(
            _("The console made a mistake; what you wrote is kept."),
            _("The log file tells more: `agentconsole --help`."),
        )
        return Refused(mistake, otherwise)
