"""``agentconsole serve`` as a process: what it refuses to begin with, and that it leaves no console behind."""

from __future__ import annotations

import asyncio
import io
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pyte
import pytest
from sqlalchemy import make_url, text

from agentconsole.cli import main
from agentconsole.cli.serving import brand_of, listening, public_address
from agentconsole.config import parse
from agentconsole.errors import UsageError
from agentconsole.secrets import FILE_NAME
from agentconsole.serving import pages
from tests.conftest import _admin
from tests.serving.conftest import PASSWORD, PATIENCE, Program, Visitor, all_ended, has_ended, wait
from tests.team.conftest import Team

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a verb that comes to its end: `serve` at an address which is taken, so that it ends whatever it is told."""
    with socket.create_server(("127.0.0.1", 0)) as taken:

        def run_(verb: str, *arguments: str, given: str = "") -> tuple[int, str, str]:
            monkeypatch.setattr(sys, "stdin", io.StringIO(given))
            listen = ["--listen", f"127.0.0.1:{taken.getsockname()[1]}"] if verb == "serve" else []
            code = main([verb, *arguments, *listen])
            return code, *capsys.readouterr()

        yield run_


@pytest.mark.parametrize(
    "given", ["0.0.0.0:8765", "[::]:8765", "192.0.2.1:80", "10.0.0.1:8765", "127.0.0.1.evil.example:1"]
)
def test_other_machines_cannot_reach_it(given: str) -> None:
    with pytest.raises(UsageError):
        listening(given)


@pytest.mark.parametrize(
    "given", ["", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "x", "::1", "-1"]
)
def test_what_is_no_address_is_said(given: str) -> None:
    with pytest.raises(UsageError):
        listening(given)


def test_this_machine_has_several_addresses() -> None:
    assert [listening(text) for text in ("127.0.0.1:1", "[::1]:2", "localhost:3", "4")] == [
        ("127.0.0.1", 1), ("::1", 2), ("localhost", 3), ("127.0.0.1", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given",
    ["http://care.example", "care.example", "https://", "https://care.example/console", "https://a@care.example", "",
     "https://@care.example", "https://care.example?x", "https://care.example#x", "https://care.example:x",
     "https://care.example:99999", "https://" + "a" * 70 + ".example", "https://[::1"],
)  # fmt: skip
def test_a_public_address_is_one_with_tls(given: str) -> None:
    with pytest.raises(UsageError):
        public_address(given)


def test_a_public_address_is_written_as_browsers_write_it() -> None:
    said = {
        "https://Care.Example/": "https://care.example", "https://care.example:443": "https://care.example",
        "https://care.example:8443": "https://care.example:8443", "https://süd.example": "https://xn--sd-xka.example",
        "https://[2001:DB8::1]": "https://[2001:db8::1]",
    }  # fmt: skip
    assert {given: public_address(given) for given in said} == said


def test_nobody_gets_in_before_a_password_is_set(demo: Path, run: Run) -> None:
    config = ["--config", str(demo / "agentconsole.toml")]
    (demo / FILE_NAME).unlink()
    code, _out, said = run("serve", *config)
    assert code
    assert "Nobody has a password yet." in said
    assert "serve-password AGENT" in said
    for given in ("", "short\n"):
        assert run("serve-password", "lea", *config, given=given)[0]
    assert not (demo / FILE_NAME).exists()
    code, out, said = run("serve-password", "lea", *config, given=PASSWORD + "\n")
    assert code == 0, said
    assert PASSWORD not in out + (demo / FILE_NAME).read_text()
    assert "cannot be listened on" in run("serve", *config)[2], "all is well with it but for the address"


def test_a_file_of_passwords_that_others_read_stops_it(demo: Path, run: Run) -> None:
    (demo / FILE_NAME).chmod(0o644)
    code, _out, said = run("serve", "--config", str(demo / "agentconsole.toml"))
    assert code
    assert "0644" in said


def test_what_is_wrong_with_the_desk_is_said_at_once(demo: Path, run: Run) -> None:
    (demo / "desk.sqlite").write_bytes(b"no desk at all" * 1000)
    code, _out, said = run("serve", "--config", str(demo / "agentconsole.toml"))
    assert code
    assert "Traceback" not in said
    assert "desk.sqlite" in said


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_desk_whose_consoles_share_a_login_is_not_served(address: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "agentconsole.toml").write_text(f'desk = "{address}"\n')
    code, _out, said = run("serve", "--config", str(tmp_path / "agentconsole.toml"))
    assert code
    assert "database role, and this desk has none" in said
    assert "agentconsole desk init" in said


@pytest.mark.parametrize(("written", "brand"), [("", ""), ("[brand]\nname = 'Fernlicht'", "Fernlicht")])
def test_the_brand_over_the_login_is_one_that_its_own_file_names(written: str, brand: str) -> None:
    assert brand_of(parse(written, "agentconsole.toml")) == brand
    page = pages.login(brand, "x")
    assert f"<h1>{brand or 'agentconsole'}</h1>" in page
    assert f"<title>{brand and brand + ' · '}agentconsole</title>" in page


@asynccontextmanager
async def logged_in(program: Program) -> AsyncIterator[Visitor]:
    """Léa, logged in at a program."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as own:
        visitor = Visitor(program.address, program.address, own)
        assert await visitor.log_in() == 303
        yield visitor


async def sees(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    """Read until it is on the screen."""
    heard = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while text not in heard:
                message = await socket.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, (message, heard[-2000:])
                heard += message.data.decode("utf-8", "replace")
    except TimeoutError:
        pytest.fail(f"{text} not seen: {heard[-3000:]}")


@pytest.mark.parametrize(("number", "several"), [(signal.SIGKILL, 1), (signal.SIGTERM, 2)])
async def test_its_consoles_end_with_it(demo: Path, number: signal.Signals, several: int) -> None:
    with Program(demo) as program:
        async with logged_in(program) as visitor, AsyncExitStack() as opened:
            sockets = [await opened.enter_async_context(visitor.socket()) for _each in range(several)]
            await asyncio.gather(*(sees(console, "Léa") for console in sockets))
            consoles = program.consoles
            assert len(consoles) == several
            await asyncio.to_thread(program.kill, number)
        await asyncio.to_thread(wait, lambda: all(map(has_ended, consoles)))
        assert "Traceback" not in program.log


async def shows(socket: aiohttp.ClientWebSocketResponse, terminal: pyte.ByteStream, text: str) -> None:
    """Read until a terminal of 120x40 shows it: what is typed is drawn piece by piece."""
    try:
        async with asyncio.timeout(PATIENCE):
            while text not in "\n".join(terminal.listener.display):
                message = await socket.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, message
                terminal.feed(message.data)
    except TimeoutError:
        pytest.fail("\n".join([f"{text} not seen:", *terminal.listener.display]))


async def test_a_console_ends_with_its_browser_and_keeps_the_draft(program: Program) -> None:
    words = "Bonjour, zinnia4711"
    terminal = pyte.ByteStream(pyte.Screen(120, 40))
    async with logged_in(program) as visitor:
        async with visitor.socket("?width=120&height=40") as socket:
            await shows(socket, terminal, "Léa Martin")
            await socket.send_json(["stdin", f"r{words}"])
            await shows(socket, terminal, words)
            assert program.consoles
        await asyncio.to_thread(all_ended, program)
    with closing(sqlite3.connect(program.folder / "desk.sqlite")) as desk:
        assert words in [text for (text,) in desk.execute("SELECT text FROM draft WHERE agent = 'lea'")]


async def test_it_runs_nothing_of_the_folder_it_is_started_in(program: Program) -> None:
    """A file that somebody left there must not become a part of the program; see the fixture."""
    async with logged_in(program) as visitor:
        async with visitor.socket() as socket:
            await sees(socket, "Léa")
            (console,) = program.consoles
            assert PASSWORD not in " ".join(console.cmdline())
            assert (Path(console.cwd()) / "json.py").exists()
        await asyncio.to_thread(all_ended, program)


async def test_on_postgresql_each_console_is_its_own_login(asking: Team, tmp_path: Path) -> None:
    url = make_url(asking.place).set(drivername="postgresql", username=None, password=None)
    (tmp_path / "agentconsole.toml").write_text(f'desk = "{url.render_as_string()}"\n')
    login, password = asking.login("lea"), f"lea {PASSWORD}"
    with Program(tmp_path) as program:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as own:
            visitor = Visitor(program.address, program.address, own)
            assert await visitor.log_in(login, "wrong horse battery") == 401
            assert await visitor.log_in(login, password) == 303
            async with visitor.socket("?width=120&height=40") as socket:
                await sees(socket, "lea")
                (console,) = program.consoles
                assert password not in " ".join(console.cmdline())
                with _admin(asking.place) as connection:
                    logins = connection.execute(
                        text("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = :desk"),
                        {"desk": url.database},
                    )
                    assert login in logins.scalars().all()
        assert password not in program.log
