"""A real terminal around a program: what a person sees (pyte), and every byte that reached them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

PATIENCE = 30.0
"""Seconds to wait for something to be on the screen before the test fails."""


class Terminal:
    """Runs a command in a pty of that size until the block ends; then kills it, by its own process group.

    :param folder: where it runs; :param environment: added to this process's own. ``raw`` is all that it wrote.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        size: tuple[int, int] = (120, 40),
        folder: Path | None = None,
    ) -> None:
        columns, rows = size
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder or Path.cwd())
            variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
            for name in ("COLUMNS", "LINES"):
                variables.pop(name, None)
            os.execvpe(command[0], list(command), variables)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.kill()
        os.close(self._fd)

    @property
    def alive(self) -> bool:
        """The program runs."""
        if self.pid and os.waitpid(self.pid, os.WNOHANG)[0]:
            self.pid = 0
        return bool(self.pid)

    def kill(self) -> None:
        """End the program at once, as a power cut would; safe to call twice."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0

    # Seeing

    def pump(self, seconds: float) -> bool:
        """Read what the program writes within ``seconds``; False where it wrote nothing."""
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
        return "\n".join(line.rstrip() for line in self._rows())

    def _rows(self) -> list[str]:
        """The screen's lines. Pyte's ``display`` fails on half a wide character that was drawn over."""
        rows = (self.screen.buffer[row] for row in range(self.screen.lines))
        return ["".join(row[column].data for column in range(self.screen.columns)) for row in rows]

    def until(self, *texts: str) -> None:
        """Wait until all of these can be seen."""
        self._until(lambda: all(text in self.text for text in texts), f"{texts} not seen")

    def gone(self, text: str) -> None:
        """Wait until it can be seen no more."""
        self._until(lambda: text not in self.text, f"{text!r} is still there")

    def ends(self, key: str) -> None:
        """Wait until the program has ended, pressing a key every other second as people do."""
        end = time.monotonic() + PATIENCE
        while self.alive:
            assert time.monotonic() < end, f"it runs on:\n{self.text}"
            self.press(key)
            again = time.monotonic() + 2
            while self.alive and time.monotonic() < again:
                self.pump(0.1)

    def _until(self, holds: Callable[[], bool], complaint: str) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"{complaint}:\n{self.text}"
            self.pump(0.05)

    # Typing

    def types(self, keys: str) -> None:
        """Type keys as a terminal sends them, without waiting for what comes of them."""
        os.write(self._fd, keys.encode())

    def press(self, *keys: str) -> None:
        """Type keys one after another, by character or as the bytes a terminal sends."""
        for key in keys:
            self.types(key)
            self.settle(0.2 if key == "\x1b" else 0.05)  # an escape waits to see whether it begins a longer key

    def click(self, text: str) -> None:
        """Click on a text, three cells into it, with the left button."""
        for row, line in enumerate(self._rows()):
            column = line.find(text)
            if column >= 0:
                place = f"{column + 4};{row + 1}"
                self.press(f"\x1b[<0;{place}M\x1b[<0;{place}m")
                return
        raise AssertionError(f"{text} not seen:\n{self.text}")
