"""The real program in a real terminal: what is typed goes in, what is painted comes out, with the time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

QUIET = 0.12
"""Seconds without a byte after which the screen counts as settled; news of the desk may come a quarter later."""
LIMIT = 20.0
"""Seconds after which what is waited for will not come."""

_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}
"""What programs ask a terminal, and what a common one answers."""


@dataclass(frozen=True)
class Times:
    """Milliseconds from a key to what it paints.

    :param first: to the first byte. :param shown: to what was waited for.
    :param settled: to the last byte before the screen was quiet for :data:`QUIET`; a clock's next second, which no key
        asked for, may be among that.
    """

    first: float
    shown: float
    settled: float


class Terminal:
    """One program at a terminal of ``columns`` times ``lines``; ended at the end of the block."""

    def __init__(self, command: Sequence[str], columns: int = 120, lines: int = 40) -> None:
        self.began = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            for name in ("COLUMNS", "LINES", "NO_COLOR"):
                os.environ.pop(name, None)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.execvp(command[0], list(command))
        self._seen = bytearray()
        self.first, self.last = 0.0, self.began

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, how)
            for _wait in range(100):
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self._fd)
                    return
                self._pump(0.01)

    def _pump(self, seconds: float) -> bool:
        """Read what is painted within ``seconds``; False where nothing is."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # the program has ended
            data = b""
        if not data:
            time.sleep(min(seconds, 0.01))
            return False
        self.last = time.perf_counter()
        self.first = self.first or self.last
        self._seen += data
        for question, answer in _ANSWERS.items():
            if question in data:
                os.write(self._fd, answer)
        return True

    def settle(self, quiet: float = QUIET) -> None:
        """Return when nothing was painted for ``quiet`` seconds."""
        end = time.perf_counter() + LIMIT
        while self._pump(quiet) and time.perf_counter() < end:
            pass

    def timed(self, keys: bytes, texts: Iterable[str], pace: float) -> Times:
        """Type, and answer when one of the texts was painted. Returns ``pace`` seconds after the keys at the earliest.

        :raises TimeoutError: none of them is.
        """
        self._seen.clear()
        self.first = 0.0
        began = time.perf_counter()
        os.write(self._fd, keys)
        shown = self._until(list(texts), any_=True)
        self.settle()
        times = Times((self.first - began) * 1000, (shown - began) * 1000, (self.last - began) * 1000)
        while (left := pace - (time.perf_counter() - began)) > 0:
            self._pump(left)
        return times

    def type(self, keys: bytes, quiet: float) -> None:
        """Type, and let it be painted."""
        self._seen.clear()
        os.write(self._fd, keys)
        self.settle(quiet)

    def started(self, texts: Iterable[str]) -> float:
        """Seconds from the start of the process until all of the texts are painted. :raises TimeoutError: it is not."""
        return self._until(list(texts), any_=False) - self.began

    def _until(self, texts: list[str], *, any_: bool) -> float:
        wanted = [text.encode() for text in texts]
        end = time.perf_counter() + LIMIT
        while time.perf_counter() < end:
            found = [text in self._seen for text in wanted]
            if (any(found) if any_ else all(found)) and wanted:
                return self.last
            if not self._pump(0.5) and not Path(f"/proc/{self.pid}/fd").exists():
                break
        raise TimeoutError(f"{texts} not shown; the last that was: {bytes(self._seen[-600:])!r}")

    def rss(self) -> int:
        """Bytes in memory of the program and all it started (Linux)."""
        return sum(_rss(pid) for pid in _family(self.pid))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(found for child in children for found in _family(int(child)))]


def _rss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def console(configuration: Path) -> list[str]:
    """The command that opens the console on a desk, leaving channels alone."""
    return [sys.executable, "-m", "agentconsole", "--config", str(configuration), "--no-sync"]
