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
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

SECONDS = 30.0
"""How long to wait for something to be on the screen before the test fails."""


class Terminal:
    """Runs a command in a pty of that size until the block ends; then kills it, by its own process group."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, size: tuple[int, int] = (120, 40)
    ) -> None:
        self.columns, self.rows = size
        self.bytes = b""
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
            for name in ("COLUMNS", "LINES"):
                variables.pop(name, None)
            os.execvpe(command[0], list(command), variables)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        os.close(self._fd)

    @property
    def text(self) -> str:
        """The screen as it is now."""
        return "\n".join(self.screen.display)

    def pump(self, seconds: float) -> bool:
        """Read what the program writes within ``seconds``; False where it wrote nothing."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return False
        self.bytes += data
        self._stream.feed(data)
        return bool(data)

    def sees(self, wanted: str, seconds: float = SECONDS) -> None:
        """Wait until it is on the screen."""
        self._until(lambda: wanted in self.text, f"{wanted!r} is not on the screen", seconds)

    def sees_no_more(self, gone: str, seconds: float = SECONDS) -> None:
        """Wait until it has left the screen."""
        self._until(lambda: gone not in self.text, f"{gone!r} is still on the screen", seconds)

    def _until(self, holds: object, complaint: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not holds():  # type: ignore[operator]  # (a function without arguments)
            assert time.monotonic() < end, f"{complaint}:\n{self.text}"
            self.pump(0.05)

    def types(self, keys: str) -> None:
        """Type keys as a terminal sends them."""
        os.write(self._fd, keys.encode())

    def kill(self) -> None:
        """End the program at once, as a power cut would; safe to call twice."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0
