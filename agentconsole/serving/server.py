"""The web server: login, the console's page, and its websocket. Everything else is not there.

Asked by a browser, so nothing it says is believed: the host it names must be one of ours (no DNS rebinding), a post or
a websocket must come from our own pages (no request of another site rides on the cookie), sizes are bounded, and a
wrong password costs time.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from aiohttp import WSMsgType, web

from agentconsole import i18n
from agentconsole.desk.served import OWN
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.serving import pages
from agentconsole.serving.doors import Door
from agentconsole.serving.process import ConsoleProcess, sized
from agentconsole.serving.sessions import Session, Sessions, Throttle, network, same

_FORM, _FRAME = 8 * 1024, 1024 * 1024
"""Bytes of a form, and of a message on the websocket: a large paste."""
_OF_ONE = 3
"""Consoles that one person may have open at once."""
_SHUTDOWN = 5.0
_log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How consoles are served.

    :param brand: over the login; empty where it is not known.
    :param command: a console's command for somebody, from their session.
    :param public: the address in browsers, such as ``https://care.example``; its host is the only one answered to.
    :param proxied: behind a reverse proxy on this machine, whose X-Forwarded-For tells addresses apart.
    :param consoles: how many may be open at once. :param own: folder of what people save from their consoles.
    """

    brand: str
    public: str
    command: Callable[[Session], Sequence[str]]
    own: Path
    proxied: bool = False
    consoles: int = 30


class Site:
    """The pages and what they are about."""

    def __init__(self, settings: Settings, door: Door, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings, self.door, self._now = settings, door, now
        self.sessions, self.throttle = Sessions(), Throttle()
        self._open: dict[object, Session] = {}
        self._processes: dict[object, ConsoleProcess] = {}
        self._looking = asyncio.Semaphore(2)  # scrypt takes memory: two at once at most
        public = urlsplit(settings.public)
        self._host, self._secure = public.netloc, public.scheme == "https"
        # Browsers keep __Host- cookies from whoever has only a sibling host, but only over TLS.
        self._cookie = "__Host-agentconsole" if self._secure else "agentconsole"
        self._before = f"{self._cookie}-form"

    def application(self) -> web.Application:
        """What aiohttp serves."""
        app = web.Application(client_max_size=_FORM, middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/login", self._login_page),
                web.post("/login", self._login),
                web.post("/logout", self._logout),
                web.get("/ws", self._socket),
                web.static("/static", pages.THEIRS),
                web.static("/own", pages.STATIC),
            ]
        )
        app.on_shutdown.append(self._close)
        return app

    async def _close(self, _app: web.Application) -> None:
        await asyncio.gather(*(process.stop() for process in list(self._processes.values())))

    async def _end_consoles(self, session: Session) -> None:
        theirs = [self._processes[key] for key, owner in self._open.items() if owner is session]
        await asyncio.gather(*(process.stop() for process in theirs))

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who asks for another host, or posts from another site, is not answered."""
        _speak(request)
        if request.headers.get("Host", "") != self._host:
            said = _("The console is at {address}.").format(address=self.settings.public)
            return self._answer(pages.plain(self.settings.brand, said, self.settings.public), status=421)
        foreign = request.headers.get("Origin", self.settings.public) != self.settings.public
        if (request.method not in ("GET", "HEAD") or request.path == "/ws") and (
            foreign or "Origin" not in request.headers
        ):
            return self._answer(pages.plain(self.settings.brand, _("This came from another page.")), status=403)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(pages.HEADERS)
            raise
        if not response.prepared:
            response.headers.update(pages.HEADERS)
        return response

    def _answer(self, text: str, status: int = 200) -> web.Response:
        return web.Response(text=text, content_type="text/html", status=status, headers=pages.HEADERS)

    def _session(self, request: web.Request) -> Session | None:
        return self.sessions.find(request.cookies.get(self._cookie, ""), self._now())

    def _forget(self, response: web.StreamResponse, name: str) -> None:
        response.del_cookie(name, path="/", httponly=True, samesite="Strict", secure=self._secure)

    def _set(self, response: web.StreamResponse, name: str, value: str) -> None:
        response.set_cookie(name, value, httponly=True, samesite="Strict", secure=self._secure, path="/")

    async def _index(self, request: web.Request) -> web.StreamResponse:
        session = self._session(request)
        if session is None:
            raise web.HTTPSeeOther("/login")
        socket = f"{'wss' if self._secure else 'ws'}://{self._host}/ws"
        if self._full(session):
            said = _("Too many consoles are open: close one, then load this page again.")
            return self._answer(pages.plain(self.settings.brand, said), 503)
        return self._answer(pages.console(self.settings.brand, session.name, session.csrf, socket))

    async def _login_page(self, _request: web.Request) -> web.StreamResponse:
        return self._ask()

    def _ask(self, wrong: str = "", name: str = "", status: int = 200) -> web.Response:
        csrf = secrets.token_urlsafe(32)
        answer = self._answer(pages.login(self.settings.brand, csrf, wrong, name), status)
        self._set(answer, self._before, csrf)
        return answer

    async def _login(self, request: web.Request) -> web.StreamResponse:
        form = await _form(request)
        name, password, csrf = form.get("name", "").strip()[:200], form.get("password", ""), form.get("csrf", "")
        language, address = _speak(request), self._comes_from(request)
        cookie = request.cookies.get(self._before, "")
        if not cookie or not same(cookie, csrf):
            return self._ask(_("The page was open for too long: please log in again."), name, 403)
        if waits := self.throttle.waits(name, address, self._now()):
            said = _("Too many wrong passwords. Try again in {time}.")
            return self._ask(said.format(time=i18n.duration(waits.total_seconds() + 59, short=False)), name, 429)
        self.throttle.failed(name, address, self._now())  # until it is known to be right: of tries at once each counts
        try:
            async with self._looking:
                entered = await asyncio.to_thread(self.door.enter, name, password)
        except ConsoleError as error:
            self.throttle.took(name, address, self._now(), right=False)
            _log.warning("login: %s %s", error.what, error.do)
            _speak(request)
            return self._ask(_("The desk cannot be reached just now."), name, 503)
        _speak(request)
        if entered is None:
            _log.warning("login refused from %s", address)
            return self._ask(_("Login or password are wrong."), name, 401)
        self.throttle.took(name, address, self._now(), right=True)
        self.sessions.end(request.cookies.get(self._cookie, ""))
        token, session = self.sessions.begin(entered.agent, entered.name, entered.address, entered.secrets, self._now())
        session.language = language
        _log.info("%s logged in from %s", session.agent, address)
        found = web.HTTPSeeOther("/")
        self._set(found, self._cookie, token)
        self._forget(found, self._before)
        raise found

    async def _logout(self, request: web.Request) -> web.StreamResponse:
        form, session = await _form(request), self._session(request)
        if session is None or not same(form.get("csrf", ""), session.csrf):
            raise web.HTTPSeeOther("/")
        self.sessions.end(request.cookies.get(self._cookie, ""))
        await self._end_consoles(session)
        _log.info("%s logged out", session.agent)
        left = web.HTTPSeeOther("/login")
        self._forget(left, self._cookie)
        raise left

    def _comes_from(self, request: web.Request) -> str:
        """The browser's address; behind a proxy what the proxy added last, which nobody before it can write."""
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())) if self.settings.proxied else ""
        return network(forwarded.rpartition(",")[2].strip() or request.remote or "")

    def _full(self, session: Session) -> bool:
        theirs = sum(owner.agent == session.agent for owner in self._open.values())
        return theirs >= _OF_ONE or len(self._open) >= self.settings.consoles

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        session = self._session(request)
        if session is None:
            raise web.HTTPForbidden
        if self._full(session):
            raise web.HTTPServiceUnavailable
        # From here to the end of its process it counts: nobody opens more by being quick.
        key = object()
        self._open[key] = session
        session.consoles += 1
        try:
            return await self._console(request, session, key)
        finally:
            self._processes.pop(key, None)
            del self._open[key]
            session.consoles -= 1
            session.seen = self._now()

    async def _console(self, request: web.Request, session: Session, key: object) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=_FRAME)
        await socket.prepare(request)

        async def close() -> None:
            await socket.close()

        environment = {
            **session.secrets,
            "AGENTCONSOLE_LANGUAGE": session.language,
            OWN: str(self.settings.own / session.agent),
        }
        process = ConsoleProcess(self.settings.command(session), environment, socket.send_bytes, close)
        self._processes[key] = process
        try:
            await process.start(*sized(request.query.get("width"), request.query.get("height")))
            await self._pass_on(request, socket, process)
        finally:
            await process.stop()
        return socket

    async def _pass_on(self, request: web.Request, socket: web.WebSocketResponse, process: ConsoleProcess) -> None:
        """What the browser says, to the console, until either ends or the session does."""
        while not socket.closed:
            try:
                message = await socket.receive(timeout=30)
            except TimeoutError:
                if self._session(request) is None:
                    return
                continue
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            if self._session(request) is None:
                return
            if message.type is WSMsgType.TEXT:
                await self._said(message.data, socket, process)

    async def _said(self, text: str, socket: web.WebSocketResponse, process: ConsoleProcess) -> None:
        try:
            kind, *given = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            return
        data = given[0] if given else None
        if kind == "stdin" and isinstance(data, str):
            await process.send_bytes(data.encode("utf-8", "replace"))
        elif kind == "resize" and isinstance(data, dict):
            await process.set_terminal_size(*sized(data.get("width"), data.get("height")))
        elif kind == "ping" and isinstance(data, int | float) and len(str(data)) < 100 and math.isfinite(data):
            await socket.send_json(["pong", data])
        elif kind in ("focus", "blur"):
            await (process.focus() if kind == "focus" else process.blur())


def _speak(request: web.Request) -> str:
    """Have what is said from here to the next ``await`` in the browser's language: one for the whole process."""
    i18n.use(pages.language_of(request.headers.get("Accept-Language", "")))
    return i18n.language()


async def _form(request: web.Request) -> dict[str, str]:
    """The fields of a form of ours. :raises web.HTTPBadRequest: it is none."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPBadRequest
    try:
        return dict(parse_qsl((await request.read()).decode(), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        raise web.HTTPBadRequest from None


async def serve(site: Site, host: str, port: int, stop: asyncio.Event, ready: Callable[[int], None]) -> None:
    """Serve until ``stop``. :param ready: told the port, once it answers.

    :raises OSError: the address cannot be had.
    """
    runner = web.AppRunner(  # a body is never unpacked: a small one stays small
        site.application(), access_log=None, shutdown_timeout=_SHUTDOWN, auto_decompress=False, handle_signals=False
    )
    await runner.setup()
    try:
        place = web.TCPSite(runner, host, port)
        await place.start()
        ready(runner.addresses[0][1])
        await stop.wait()
    finally:
        await runner.cleanup()
