"""A console's websocket: what a browser may say to it, and how many there are."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta

import aiohttp
import psutil
import pytest
from aiohttp import WSMsgType

from agentconsole.serving.doors import Entered, Passwords
from agentconsole.serving.process import ConsoleProcess
from agentconsole.serving.sessions import LONGEST
from tests.conftest import Time
from tests.serving.conftest import PASSWORD, STAND_IN, Served, Visitor, has_ended

Serving = Callable[..., object]


def consoles() -> list[psutil.Process]:
    """The stand-ins that run; a server that other tests have begun in this process is none."""
    running = (each for each in psutil.Process().children() if not has_ended(each))
    return [each for each in running if each.name().startswith("python")]


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)


async def echoed(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    """The console says what it was told."""
    await socket.send_json(["stdin", text])
    heard = b""
    while text.encode() not in heard:
        message = await socket.receive(timeout=10)
        assert message.type is WSMsgType.BINARY, message
        heard += message.data


async def ends(socket: aiohttp.ClientWebSocketResponse) -> None:
    async with asyncio.timeout(20):
        while not socket.closed:
            await socket.receive()


async def test_no_websocket_without_a_session(visitor: Visitor) -> None:
    for cookie in ("", "agentconsole=", "agentconsole=x", "agentconsole=" + "x" * 4000):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await visitor.socket(Cookie=cookie)
        assert refused.value.status == 403
    assert consoles() == []


NO_MESSAGES = (
    "", "x", "[]", "{}", "null", "1", '"stdin"', "[null]", '["stdin"]', '["stdin", 1]', '["stdin", {"a": 1}]',
    '["stdin", null, 2]', '["resize"]', '["resize", []]', '["resize", {"width": "x", "height": -1}]',
    '["resize", {"width": 1e308, "height": 9999999999999999999}]',
    '["resize", {"width": NaN, "height": Infinity}]',
    '["ping"]', '["ping", [[]]]', '["ping", NaN]', '[["stdin"], 1]', '[{"a": 1}, 2]', "[" * 100_000, "9" * 10_000,
    '["quit"]', '["deliver_chunk_request", {"key": "x"}]', '["open_url", "x"]', '["stdin", "\\ud800"]',
    '["focus", {"type": "quit"}]', '["meta", {"type": "quit"}]', '["stdin", "M\\u0000\\u0000\\u0000\\u0002{}"]',
)  # fmt: skip
"""What no page of ours says."""


async def test_whatever_it_is_told_the_console_goes_on(visitor: Visitor) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        for number, said in enumerate(NO_MESSAGES):
            await socket.send_str(said)
            await socket.send_bytes(said.encode())
            await echoed(socket, f"still here after {number}.")


async def test_a_message_has_a_largest_size(visitor: Visitor) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        await socket.send_json(["stdin", "x" * 1_100_000])
        await ends(socket)
        assert socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    await until(lambda: not consoles())


async def test_a_large_paste_arrives(visitor: Visitor) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        await socket.send_str(json.dumps(["stdin", "é" * 400_000], ensure_ascii=False))
        await echoed(socket, "after it")


@pytest.mark.parametrize("query", ["", "?width=&height=", "?width=99999999&height=-5", "?width=x", "?width=%00"])
async def test_a_console_starts_whatever_its_size_is_said_to_be(visitor: Visitor, query: str) -> None:
    await visitor.log_in()
    async with visitor.socket(query) as socket:
        await echoed(socket, "here")


async def test_it_answers_pings(visitor: Visitor) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        await socket.receive(timeout=10)
        await socket.send_json(["ping", 12.5])
        assert json.loads((await socket.receive(timeout=10)).data) == ["pong", 12.5]


async def test_one_person_has_so_many_consoles_however_quick(serving: Serving, locked: Passwords) -> None:
    served: Served = await serving(locked)  # type: ignore[misc]
    async with served.visitor() as one, served.visitor() as other:
        for visitor in (one, other):
            assert await visitor.log_in() == 303
        tried = [visitor.socket() for _ in range(10) for visitor in (one, other)]
        opened = await asyncio.gather(*tried, return_exceptions=True)
        sockets = [each for each in opened if isinstance(each, aiohttp.ClientWebSocketResponse)]
        refused = [each for each in opened if isinstance(each, aiohttp.WSServerHandshakeError)]
        assert len(sockets) == 3
        assert [each.status for each in refused] == [503] * 17
        status, page, _answer = await one.get("/")
        assert status == 503
        assert "Too many consoles" in page
        await asyncio.gather(*(socket.close() for socket in sockets))
        await until(lambda: not served.site._open)
        assert (await one.get("/"))[0] == 200
    await until(lambda: not consoles())


async def test_all_together_have_so_many(serving: Serving, locked: Passwords) -> None:
    served: Served = await serving(locked, consoles=1)  # type: ignore[misc]
    async with served.visitor() as visitor:
        await visitor.log_in()
        async with visitor.socket():
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await visitor.socket()
            assert refused.value.status == 503


async def test_a_request_that_is_no_websocket_holds_no_place(visitor: Visitor) -> None:
    await visitor.log_in()
    for _ in range(9):
        assert (await visitor.get("/ws"))[0] == 400
    async with visitor.socket() as socket:
        await echoed(socket, "here")


async def test_a_console_that_crashed_ends_its_connection(visitor: Visitor) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        await echoed(socket, "here")
        (console,) = consoles()
        console.kill()
        await ends(socket)


async def test_a_browser_that_goes_leaves_no_console(visitor: Visitor) -> None:
    await visitor.log_in()
    socket = await visitor.socket()
    await echoed(socket, "here")
    assert len(consoles()) == 1
    await socket.close()
    await until(lambda: not consoles())


async def test_logging_out_ends_ones_consoles(visitor: Visitor) -> None:
    await visitor.log_in()
    csrf = await visitor.csrf("/")
    async with visitor.socket() as socket:
        await echoed(socket, "here")
        assert (await visitor.post("/logout", {"csrf": csrf}))[0] == 303
        assert consoles() == []
        await ends(socket)


async def test_a_session_that_has_ended_passes_nothing_on(visitor: Visitor, now: Time) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        await echoed(socket, "here")
        now.at += LONGEST + timedelta(seconds=1)
        await socket.send_json(["stdin", "too late"])
        heard = b""
        async with asyncio.timeout(20):
            while not socket.closed:
                message = await socket.receive()
                heard += message.data if message.type is WSMsgType.BINARY else b""
        assert b"too late" not in heard
    await until(lambda: not consoles())


async def test_an_open_console_keeps_its_session(visitor: Visitor, now: Time) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        await echoed(socket, "here")
        now.passes(hours=5)
        assert (await visitor.get("/"))[0] == 200
        await echoed(socket, "still here")


async def test_a_console_says_why_it_did_not_start(serving: Serving, locked: Passwords) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('The desk cannot be reached.')"]
    served: Served = await serving(locked, command=lambda _session: command)  # type: ignore[misc]
    async with served.visitor() as visitor:
        await visitor.log_in()
        async with visitor.socket() as socket:
            message = await socket.receive(timeout=20)
            assert message.data == b"The desk cannot be reached."
            await ends(socket)


class _Postgres:
    """A door whose people have passwords of PostgreSQL."""

    def enter(self, name: str, password: str) -> Entered | None:
        return Entered(name, name, "postgresql://lea@127.0.0.1/desk", {"PGPASSWORD": password})


async def test_a_password_is_in_the_environment_of_that_console_only(
    serving: Serving, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PGUSER", "the server's")
    monkeypatch.setenv("PGPASSWORD", "the server's")
    served: Served = await serving(_Postgres())  # type: ignore[misc]
    with caplog.at_level(logging.DEBUG):
        async with served.visitor() as visitor:
            await visitor.log_in()
            async with visitor.socket() as socket:
                await echoed(socket, "here")
                (console,) = consoles()
                assert console.environ()["PGPASSWORD"] == PASSWORD
                assert "PGUSER" not in console.environ()
                assert PASSWORD not in " ".join(console.cmdline())
    assert PASSWORD not in caplog.text
    assert os.environ["PGPASSWORD"] == "the server's"


# The process itself


class Browser:
    """The other end of a console's process."""

    def __init__(self) -> None:
        self.heard, self.closed, self.fails = b"", asyncio.Event(), False

    async def hear(self, data: bytes) -> None:
        """Bytes of the console's."""
        if self.fails:
            raise ConnectionResetError
        self.heard += data

    async def close(self) -> None:
        """The end."""
        self.closed.set()


def made(browser: Browser, program: str) -> ConsoleProcess:
    return ConsoleProcess([sys.executable, "-c", program], {}, browser.hear, browser.close)


async def test_a_console_that_does_not_listen_is_killed_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentconsole.serving.process._ENDS", 0.5)
    child = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(999)']); "
    console = made(Browser(), child + STAND_IN)
    await console.start(80, 24)
    (first,) = consoles()
    await until(first.children)
    processes = [first, *first.children()]
    os.kill(first.pid, signal.SIGSTOP)
    await asyncio.gather(console.stop(), console.stop())
    await until(lambda: all(map(has_ended, processes)))


async def test_a_console_that_writes_on_after_its_browser_went_can_end() -> None:
    browser = Browser()
    console = made(
        browser, STAND_IN.replace("if b'quit' in data: break", "say(b'x' * 5_000_000)\n    if b'quit' in data: break")
    )
    await console.start(80, 24)
    await until(lambda: browser.heard)
    browser.fails = True
    await console.send_bytes(b"much")
    async with asyncio.timeout(20):
        await console.stop()
    assert consoles() == []


@pytest.mark.parametrize("said", ["os.write(1, b'__GANGLION__\\nhello?')", "os.write(1, b'x' * 200_000)", "pass"])
async def test_a_console_that_speaks_out_of_turn_ends(said: str) -> None:
    browser = Browser()
    console = made(browser, f"import os, time\n{said}\n" + "time.sleep(0.5)")
    await console.start(80, 24)
    async with asyncio.timeout(20):
        await browser.closed.wait()
        await console.stop()
    assert consoles() == []


@pytest.mark.parametrize(("code", "logged"), [(3, True), (0, False)])
async def test_that_a_console_failed_is_in_the_log_but_not_its_words(
    code: int, logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser()
    told = f"import os, sys\nos.write(1, b'__GANGLION__\\n'); os.write(2, b'a customer wrote'); sys.exit({code})"
    console = made(browser, told)
    await console.start(80, 24)
    async with asyncio.timeout(20):
        await browser.closed.wait()
        await console.stop()
    assert ("exit code 3" in caplog.text) is logged
    assert "customer" not in caplog.text


@pytest.mark.parametrize(
    "said", ['{"type": "open_url", "url": "http://evil.example"}', '{"type": "deliver_file_start"}']
)
async def test_it_opens_no_address_and_delivers_no_file(said: str) -> None:
    browser = Browser()
    send = f"m = {said.encode()!r}; os.write(1, b'M' + len(m).to_bytes(4, 'big') + m); say(b'after')\n"
    console = made(browser, STAND_IN.replace("while", send + "while"))
    await console.start(80, 24)
    await until(lambda: b"after" in browser.heard)
    assert b"evil" not in browser.heard
    assert not browser.closed.is_set()
    await console.stop()
