"""The pages, as somebody who means harm asks for them."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from agentconsole.errors import DeskError
from agentconsole.serving.doors import Entered, Passwords
from agentconsole.serving.sessions import IDLE, LONGEST, TRIES
from tests.conftest import Time
from tests.serving.conftest import PASSWORD, Served, Visitor, token_in

Serving = Callable[..., object]


async def test_nothing_is_shown_to_who_is_not_logged_in(visitor: Visitor) -> None:
    status, page, answer = await visitor.get("/")
    assert (status, answer.headers["Location"], page.count("terminal")) == (303, "/login", 0)
    for path in ("/ws", "/ws?width=1", "/WS", "//ws", "/%77s"):
        assert (await visitor.get(path))[0] in (403, 404), path
    for path in ("/admin", "/download/x", "/static", "/own", "/static/", "/favicon.ico", "/index.html"):
        assert (await visitor.get(path))[0] in (403, 404), path


@pytest.mark.parametrize(
    "path",
    ["/own/../server.py", "/own/%2e%2e/server.py", "/own/..%2fserver.py", "/static/..%2f..%2fserver.py",
     "/own//etc/passwd", "/static/%2fetc%2fpasswd", "/own/\\..\\server.py", "/own/console.css%00.js"],
)  # fmt: skip
async def test_no_other_file_of_the_machine_can_be_had(visitor: Visitor, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(visitor.address.rpartition(":")[2]))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {visitor.headers['Host']}\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert re.match(r"HTTP/1.[01] 40[0-9] ", answer), answer
    assert "import" not in answer
    assert "root:" not in answer


async def test_every_answer_says_how_it_may_be_used(visitor: Visitor) -> None:
    await visitor.log_in()
    for path in ("/", "/login", "/nothing", "/own/console.css", "/static/js/textual.js"):
        status, page, answer = await visitor.get(path)
        headers = answer.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "aiohttp" not in headers["Server"]
        if headers["Content-Type"].startswith("text/html"):
            assert status in (200, 404)
            foreign = [found for found in re.findall(r'(?:src|href|action)="([^"]+)"', page) if "//" in found]
            assert foreign == [], "the page must need no other host"
            assert not re.search(r"<script>|\son\w+=|javascript:", page)


@pytest.mark.parametrize("host", ["evil.example", "", "localhost", "127.0.0.1", "127.0.0.1.evil.example", "evil\tx"])
async def test_another_host_is_not_answered(visitor: Visitor, host: str) -> None:
    """DNS rebinding: a name of the attacker's that leads to this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(visitor.address.rpartition(":")[2]))
    writer.write(f"GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert re.match(r"HTTP/1.1 4(21|00) ", answer), answer
    assert "password" not in answer


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "https://{host}", "http://{host}.evil.example"])
async def test_what_another_page_sends_is_not_taken(visitor: Visitor, origin: str) -> None:
    said = origin.format(host=visitor.headers["Host"])
    form = {"name": "lea", "password": PASSWORD, "csrf": await visitor.csrf()}
    assert (await visitor.post("/login", form, Origin=said))[0] == 403
    assert await visitor.log_in() == 303
    csrf = await visitor.csrf("/")
    assert (await visitor.post("/logout", {"csrf": csrf}, Origin=said))[0] == 403
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await visitor.socket(Origin=said)
    assert refused.value.status == 403
    assert (await visitor.get("/"))[0] == 200, "still logged in"


async def test_a_login_needs_the_token_of_its_own_page(visitor: Visitor) -> None:
    csrf = await visitor.csrf()
    for wrong in ("", "x", csrf[:-1], csrf + "x", "é"):
        form = {"name": "lea", "password": PASSWORD, "csrf": wrong}
        assert (await visitor.post("/login", form))[0] == 403
        csrf = await visitor.csrf()
    assert (await visitor.post("/login", {"name": "lea", "password": PASSWORD, "csrf": csrf}))[0] == 303


async def test_logging_out_needs_the_sessions_token(visitor: Visitor) -> None:
    await visitor.log_in()
    for wrong in ("", "x"):
        await visitor.post("/logout", {"csrf": wrong})
        assert (await visitor.get("/"))[0] == 200
    csrf = await visitor.csrf("/")
    stolen = {cookie.key: cookie.value for cookie in visitor.own.cookie_jar}
    status, _page, answer = await visitor.post("/logout", {"csrf": csrf})
    assert (status, answer.headers["Location"]) == (303, "/login")
    visitor.own.cookie_jar.update_cookies(stolen)
    assert (await visitor.get("/"))[0] == 303, "a copy of the cookie must be worth nothing either"


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    visitor: Visitor, serving: Serving, locked: Passwords
) -> None:
    form = {"name": "lea", "password": PASSWORD, "csrf": await visitor.csrf()}
    _status, _page, answer = await visitor.post("/login", form)
    cookie = answer.cookies["agentconsole"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    served = await serving(locked, public="https://care.example", proxied=True)  # type: ignore[misc]
    async with served.visitor() as behind:
        _status, page, answer = await behind.get("/login")
        made = answer.cookies["__Host-agentconsole-form"]
        assert made["secure"]
        form = {"name": "lea", "password": PASSWORD, "csrf": token_in(page)}
        _status, _page, answer = await behind.post("/login", form, Cookie=f"__Host-agentconsole-form={made.value}")
        made = answer.cookies["__Host-agentconsole"]
        assert made["secure"]
        assert not made["domain"]
        _status, page, _answer = await behind.get("/", Cookie=f"__Host-agentconsole={made.value}")
        assert "wss://care.example/ws" in page


async def test_a_login_makes_a_session_of_its_own(visitor: Visitor) -> None:
    """Session fixation: a cookie that somebody else has put there is not taken over."""
    for planted in ("planted", ""):
        csrf = await visitor.csrf()
        before = {c.key: c.value for c in visitor.own.cookie_jar}
        form = {"name": "lea", "password": PASSWORD, "csrf": csrf}
        held = planted or before["agentconsole"]
        cookies = f"agentconsole-form={before['agentconsole-form']}; agentconsole={held}"
        _status, _page, answer = await visitor.post("/login", form, Cookie=cookies)
        assert answer.cookies["agentconsole"].value != held
        visitor.own.cookie_jar.clear()
        assert (await visitor.get("/", Cookie=f"agentconsole={held}"))[0] == 303, "who logs in again leaves the other"
        visitor.own.cookie_jar.update_cookies(answer.cookies, URL(visitor.address))


async def test_a_session_ends(visitor: Visitor, now: Time) -> None:
    await visitor.log_in()
    now.at += IDLE - timedelta(seconds=1)
    assert (await visitor.get("/"))[0] == 200
    now.at += IDLE + timedelta(seconds=1)
    assert (await visitor.get("/"))[0] == 303
    await visitor.log_in()
    for _ in range(LONGEST // IDLE + 1):
        assert (await visitor.get("/"))[0] == 200
        now.at += IDLE - timedelta(seconds=1)
    assert (await visitor.get("/"))[0] == 303


async def test_wrong_words_say_nothing_of_who_there_is(visitor: Visitor) -> None:
    pages = []
    for name in ("lea", "tom", "nobody"):
        form = {"name": name, "password": "wrong horse battery", "csrf": await visitor.csrf()}
        status, page, _answer = await visitor.post("/login", form)
        assert status == 401
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert len(set(pages)) == 1


async def test_guessing_has_to_wait_and_the_right_password_with_it(visitor: Visitor, now: Time) -> None:
    assert [await visitor.log_in(password="wrong horse") for _ in range(TRIES + 1)] == [401] * TRIES + [429]
    assert await visitor.log_in() == 429
    form = {"name": "lea", "password": "x", "csrf": await visitor.csrf()}
    assert "in 1 minute." in (await visitor.post("/login", form))[1]
    now.passes(minutes=1)
    assert await visitor.log_in() == 303


async def test_guesses_at_once_each_count(visitor: Visitor) -> None:
    csrf = await visitor.csrf()
    form = {"name": "lea", "password": "wrong horse", "csrf": csrf}
    jar = {c.key: c.value for c in visitor.own.cookie_jar}
    cookie = f"agentconsole-form={jar['agentconsole-form']}"
    answers = await asyncio.gather(*(visitor.post("/login", form, Cookie=cookie) for _ in range(30)))
    statuses = sorted(status for status, _page, _answer in answers)
    assert statuses.count(401) <= TRIES
    assert statuses.count(429) >= 30 - TRIES - statuses.count(403)


async def test_behind_a_proxy_it_is_the_browsers_address_that_counts(serving: Serving, locked: Passwords) -> None:
    served: Served = await serving(locked, proxied=True)  # type: ignore[misc]
    async with served.visitor() as visitor:
        for number in range(TRIES):
            faked = f"10.0.0.{number}, 198.51.100.7"
            assert await visitor.log_in("lea", "wrong horse", X_Forwarded_For=faked) == 401
        assert await visitor.log_in("lea", PASSWORD, X_Forwarded_For="10.9.9.9, 198.51.100.7") == 429
        assert await visitor.log_in("lea", PASSWORD, X_Forwarded_For="203.0.113.5") == 303


async def test_a_second_line_of_that_header_is_the_proxys(serving: Serving, locked: Passwords) -> None:
    served: Served = await serving(locked, proxied=True)  # type: ignore[misc]
    async with served.visitor() as visitor:
        host = visitor.headers["Host"]
        for number in range(TRIES + 1):
            csrf = await visitor.csrf()
            jar = {c.key: c.value for c in visitor.own.cookie_jar}
            body = f"name=lea&password=wrong+horse&csrf={csrf}"
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(
                f"POST /login HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n"
                f"X-Forwarded-For: 10.0.0.{number}\r\nX-Forwarded-For: 198.51.100.7\r\n"
                f"Cookie: agentconsole-form={jar['agentconsole-form']}\r\nContent-Length: {len(body)}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode()
            )
            status = (await reader.read()).split(b" ", 2)[1]
            writer.close()
        assert status == b"429"


async def test_without_a_proxy_that_header_is_nothing(visitor: Visitor) -> None:
    for number in range(TRIES):
        await visitor.log_in("lea", "wrong horse", X_Forwarded_For=f"10.0.0.{number}")
    assert await visitor.log_in("lea", PASSWORD, X_Forwarded_For="203.0.113.5") == 429


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
        (gzip.compress(b"name=" + b"x" * 50_000_000), "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=b" % n for n in range(1000)), "application/x-www-form-urlencoded"),
        (b"name=\xff\xfe", "application/x-www-form-urlencoded"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n', "multipart/form-data; boundary=x"),
        (b'{"name": "lea"}', "application/json"), (b"", "text/plain"),
    ],
)  # fmt: skip
async def test_a_form_that_is_none_is_refused(visitor: Visitor, body: bytes, kind: str) -> None:
    encoding = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    headers = visitor.headers | {"Content-Type": kind} | encoding
    async with visitor.own.post(visitor.address + "/login", data=body, headers=headers) as answer:
        assert 400 <= answer.status < 500
    assert (await visitor.get("/login"))[0] == 200


async def test_what_was_typed_comes_back_as_text(visitor: Visitor) -> None:
    name = '"><script>alert(1)</script>'
    form = {"name": name, "password": "wrong horse", "csrf": await visitor.csrf()}
    page = (await visitor.post("/login", form))[1]
    assert "<script" not in page
    assert "&lt;script&gt;" in page


class Broken:
    """A door of a desk that is gone."""

    def enter(self, name: str, password: str) -> Entered | None:
        raise DeskError("The desk is gone.", "")


async def test_a_desk_that_is_gone_is_no_wrong_password(serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    served: Served = await serving(Broken())  # type: ignore[misc]
    async with served.visitor() as visitor:
        assert [await visitor.log_in() for _ in range(TRIES + 2)] == [503] * (TRIES + 2)
    assert "The desk is gone." in caplog.text


async def test_no_password_and_no_token_is_in_the_log(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await visitor.log_in(password="wrong horse battery")
        await visitor.log_in()
        async with visitor.socket() as socket:
            await socket.receive(timeout=10)
    tokens = [cookie.value for cookie in visitor.own.cookie_jar if cookie.value]
    assert tokens
    for secret in (PASSWORD, "wrong horse", *tokens):
        assert secret not in caplog.text


async def test_the_login_speaks_the_browsers_language(visitor: Visitor) -> None:
    assert "Mot de passe" in (await visitor.get("/login", Accept_Language="fr-CA,fr;q=0.9,en;q=0.5"))[1]
    english = (await visitor.get("/login", Accept_Language="de,en;q=0.5"))[1]
    assert "Password" in english
    assert '<html lang="en">' in english
    for odd in ("x" * 5000, "fr\t;q", ";;;,,,", "*", "en-" + "a-" * 99):
        assert (await visitor.get("/login", Accept_Language=odd))[0] == 200


async def test_own_files_are_kept_apart(visitor: Visitor, tmp_path: Path) -> None:
    await visitor.log_in()
    async with visitor.socket() as socket:
        names = (await socket.receive(timeout=10)).data.decode().split()
    assert {"AGENTCONSOLE_SERVED", "AGENTCONSOLE_SERVED_OWN", "AGENTCONSOLE_LANGUAGE"} <= set(names)
    assert "PGPASSWORD" not in names
