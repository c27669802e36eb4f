"""The real program in a real pty: every byte that reaches the terminal, and what a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


class Terminal:
    """A console on a seeded desk. ``raw`` holds all that it wrote."""

    def __init__(self, folder: Path, columns: int, rows: int, *options: str, **environment: str) -> None:
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            env = dict(os.environ, TERM="xterm-256color", COLORTERM="truecolor", HOME=str(folder), **environment)
            for name in ("COLUMNS", "LINES"):
                env.pop(name, None)
            os.execve(sys.executable, [sys.executable, "-m", "tests.views.seed", str(folder), *options], env)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.alive:
            self.kill()
        os.close(self._fd)

    @property
    def alive(self) -> bool:
        """The program runs."""
        if self.pid and os.waitpid(self.pid, os.WNOHANG)[0]:
            self.pid = 0
        return bool(self.pid)

    def kill(self) -> None:
        """As a power cut would end it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.pid = 0

    def pump(self, seconds: float) -> bool:
        """Read what comes within that time; False where nothing does."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)

    def settle(self, quiet: float = 0.15) -> None:
        """Until the program has nothing more to say for so many seconds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.pump(quiet):
            pass

    @property
    def text(self) -> str:
        """What can be seen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, *texts: str) -> None:
        """Wait until all of these can be seen."""
        end = time.monotonic() + PATIENCE
        while not all(text in self.text for text in texts):
            assert time.monotonic() < end, f"{texts} not seen:\n{self.text}"
            self.pump(0.05)

    def press(self, *keys: str) -> None:
        """Type keys, by character or as the bytes a terminal sends."""
        for key in keys:
            os.write(self._fd, key.encode())
            self.settle(0.2 if key == "\x1b" else 0.05)  # an escape waits to see whether it begins a longer key

    def click(self, text: str) -> None:
        """Click on a text, three cells into it, with the left button."""
        for row, line in enumerate(self.screen.display):
            column = line.find(text)
            if column >= 0:
                place = f"{column + 4};{row + 1}"
                self.press(f"\x1b[<0;{place}M\x1b[<0;{place}m")
                return
        raise AssertionError(f"{text} not seen:\n{self.text}")
