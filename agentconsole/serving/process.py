"""A console as a process of its own, spoken to by a browser through the protocol of textual-serve."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from agentconsole.desk.served import SERVED

_ENDS = 5.0
_WIDEST, _TALLEST = 500, 200
_log = logging.getLogger(__name__)


def sized(width: object, height: object) -> tuple[int, int]:
    """A terminal's size as a browser says it, within bounds: columns and lines."""
    return _within(width, 80, _WIDEST), _within(height, 24, _TALLEST)


def _within(value: object, usual: int, most: int) -> int:
    try:
        return min(max(int(str(value)), 10), most)
    except ValueError:
        return usual


class ConsoleProcess(AppService):
    """One console. Its command is run without a shell; it ends with its browser's connection.

    :param arguments: the command. :param environment: what is added to this process's environment.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        write_bytes: Callable[[bytes], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            "", write_bytes=write_bytes, write_str=_unsaid, close=close, download_manager=DownloadManager()
        )
        self._arguments, self._added = list(arguments), dict(environment)
        self._began = self._gone = False
        self._stopping: asyncio.Task[None] | None = None

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        usual = self._build_environment(width, height)
        kept = {name: value for name, value in usual.items() if name not in _NOT_THEIRS}
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=kept | {SERVED: str(os.getpid())} | self._added,
            start_new_session=True,
        )
        self._stdin = self._process.stdin
        return self._process

    async def run(self) -> None:
        """Pass on what the console shows until it ends, then end the connection. Once that is gone nothing is passed
        on, but all is read: a console that waits to be read cannot end.
        """
        process = self._process
        if process is None or process.stdout is None or process.stderr is None:
            return
        errors = asyncio.create_task(_last(process.stderr))
        try:
            await self._read(process.stdout)
        except (asyncio.IncompleteReadError, ValueError):
            pass  # it has ended, or said something that is not of the protocol
        finally:
            if not self._began and (said := (await errors).decode("utf-8", "replace").strip()):
                _log.warning("a console did not start: %s", said)
                await self.on_data(said.replace("\n", "\r\n").encode())
            errors.cancel()
            await self._part()

    async def _read(self, stdout: asyncio.StreamReader) -> None:
        while (line := await stdout.readline()) != _READY:
            if not line:
                return
        self._began = True
        while True:
            kind = await stdout.readexactly(1)
            payload = await stdout.readexactly(int.from_bytes(await stdout.readexactly(4), "big"))
            if kind == b"D":
                await self.on_data(payload)
            elif kind == b"M":
                await self.on_meta(payload)
            elif kind != b"P":
                _log.error("a console spoke out of turn")
                return

    async def on_data(self, payload: bytes) -> None:
        """What it shows, to the browser."""
        if self._gone:
            return
        try:
            await self.remote_write_bytes(payload)
        except (ConnectionError, RuntimeError):
            self._gone = True

    async def on_meta(self, data: bytes) -> None:
        """Only the end is passed on: a console in a browser opens no address and delivers no file by itself."""
        if json.loads(data).get("type") == "exit":
            await self._part()

    async def _part(self) -> None:
        """End the connection. What was on the screen is nothing for whoever comes by later."""
        if self._began:
            await self.on_data(_CLEARED)
        with suppress(ConnectionError, RuntimeError):
            await self.remote_close()

    async def stop(self) -> None:
        """Have the console end, keeping its drafts; after a while it is ended. May be called twice, at once too."""
        if self._process is None:
            return
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(self._process))
        await asyncio.shield(self._stopping)

    async def _stop(self, process: Process) -> None:
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(_ENDS):
                await self.send_meta({"type": "quit"})
                await process.wait()
                if self._task is not None:
                    await asyncio.shield(self._task)
        ended = process.returncode is not None
        if not ended:
            _log.warning("a console did not end by itself")
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDS):
                await process.communicate()
        if self._began and ended and process.returncode:  # what it said may have customers' words in it: not here
            _log.warning("a console ended with exit code %s", process.returncode)


async def _last(errors: asyncio.StreamReader) -> bytes:
    """The end of what a console wrote to its standard error."""
    kept = b""
    while data := await errors.read(4096):
        kept = (kept + data)[-_SAID:]
    return kept


_READY = b"__GANGLION__\n"
_SAID = 2000
_CLEARED = b"\x1b[?1049l\x1b[2J\x1b[3J\x1b[H"
_NOT_THEIRS = frozenset(("PGPASSWORD", "PGPASSFILE", "PGUSER", "NOTIFY_SOCKET", "WATCHDOG_USEC"))
"""Of this process's environment: the server's own, not for the consoles."""


async def _unsaid(_text: str) -> None:
    """What textual-serve would tell the page: to open an address or fetch a file."""
