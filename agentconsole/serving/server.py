"""The web server: login, the console's page, and its websocket. Everything else is not there.

Asked by a browser, so nothing it says is believed: the host it names must be one of ours (no DNS rebinding), a post or
a websocket must come from our own pages (no request of another site rides on the cookie), sizes are bounded, and a
wrong password costs time.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from agentconsole import i18n
from agentconsole.desk.served import OWN
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _
from agentconsole.serving import pages
from agentconsole.serving.doors import Door
from agentconsole.serving.process import ConsoleProcess, sized
from agentconsole.serving.sessions import Session, Sessions, Throttle, same

_FORM, _FRAME = 8 * 1024, 256 * 1024
"""Bytes of a form, and of a message on the websocket: a large paste."""
_OF_ONE = 3
"""Consoles that one person may have open at once."""
_log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How consoles are served.

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
        self._open: set[ConsoleProcess] = set()
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
        await asyncio.gather(*(process.stop() for process in list(self._open)))

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who asks for another host, or posts from another site, is not answered."""
        i18n.use(pages.language_of(request.headers.get("Accept-Language", "")))
        if request.headers.get("Host", "") != self._host:
            return self._answer(pages.plain(self.settings.brand, _("This address is not served here.")), status=421)
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

    def _set(self, response: web.Response, name: str, value: str) -> None:
        response.set_cookie(name, value, httponly=True, samesite="Strict", secure=self._secure, path="/")

    async def _index(self, request: web.Request) -> web.StreamResponse:
        session = self._session(request)
        if session is None:
            raise web.HTTPSeeOther("/login")
        socket = f"{'wss' if self._secure else 'ws'}://{self._host}/ws"
        return self._answer(pages.console(self.settings.brand, session.name, session.csrf, socket))

    async def _login_page(self, _request: web.Request) -> web.StreamResponse:
        return self._ask()

    def _ask(self, wrong: str = "", name: str = "", status: int = 200) -> web.Response:
        csrf = secrets.token_urlsafe(32)
        answer = self._answer(pages.login(self.settings.brand, csrf, wrong, name), status)
        self._set(answer, self._before, csrf)
        return answer

    async def _login(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        name, password, csrf = (str(form.get(key, "")) for key in ("name", "password", "csrf"))
        name, language = name.strip()[:200], i18n.language()
        keys = (f"name:{name}", f"from:{self._comes_from(request)}")
        cookie = request.cookies.get(self._before, "")
        if not cookie or not same(cookie, csrf):
            return self._ask(_("The page was open for too long: please log in again."), name, 403)
        if waits := self.throttle.waits(keys, self._now()):
            said = _("Too many wrong passwords. Try again in {time}.")
            return self._ask(said.format(time=i18n.duration(waits.total_seconds() + 1)), name, 429)
        self.throttle.failed(keys, self._now())  # until it is known to be right: tries at once count one by one
        try:
            async with self._looking:
                entered = await asyncio.to_thread(self.door.enter, name, password[:1000])
        except ConsoleError as error:
            _log.warning("login: %s", error.what)
            i18n.use(language)
            return self._ask(_("The desk cannot be reached just now."), name, 503)
        i18n.use(language)
        if entered is None:
            _log.warning("login refused from %s", self._comes_from(request))
            return self._ask(_("Login or password are wrong."), name, 401)
        for key in keys:
            self.throttle.succeeded(key)
        token, session = self.sessions.begin(entered.agent, entered.name, entered.address, entered.secrets, self._now())
        session.language = language
        _log.info("%s logged in from %s", session.agent, self._comes_from(request))
        found = web.HTTPSeeOther("/")
        self._set(found, self._cookie, token)
        found.del_cookie(self._before, path="/")
        raise found

    async def _logout(self, request: web.Request) -> web.StreamResponse:
        form, session = await request.post(), self._session(request)
        if session is not None and same(str(form.get("csrf", "")), session.csrf):
            self.sessions.end(request.cookies.get(self._cookie, ""))
            _log.info("%s logged out", session.agent)
        left = web.HTTPSeeOther("/login")
        left.del_cookie(self._cookie, path="/")
        raise left

    def _comes_from(self, request: web.Request) -> str:
        """The browser's address; behind a proxy what the proxy added last, which nobody before it can write."""
        if self.settings.proxied and (forwarded := request.headers.get("X-Forwarded-For")):
            return forwarded.rpartition(",")[2].strip()[:64]
        return request.remote or ""

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        session = self._session(request)
        if session is None:
            raise web.HTTPForbidden
        if session.consoles >= _OF_ONE or len(self._open) >= self.settings.consoles:
            raise web.HTTPServiceUnavailable
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
        session.consoles += 1
        self._open.add(process)
        try:
            await process.start(*sized(request.query.get("width"), request.query.get("height")))
            await self._pass_on(request, socket, process)
        finally:
            self._open.discard(process)
            session.consoles -= 1
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
        elif kind == "ping" and isinstance(data, int | float | str) and len(str(data)) < 100:
            await socket.send_json(["pong", data])
        elif kind in ("focus", "blur"):
            await (process.focus() if kind == "focus" else process.blur())


async def serve(site: Site, host: str, port: int, stop: asyncio.Event, ready: Callable[[int], None]) -> None:
    """Serve until ``stop``. :param ready: told the port, once it answers.

    :raises OSError: the address cannot be had.
    """
    runner = web.AppRunner(site.application(), access_log=None, shutdown_timeout=timedelta(seconds=5).total_seconds())
    await runner.setup()
    try:
        place = web.TCPSite(runner, host, port)
        await place.start()
        ready(runner.addresses[0][1])
        await stop.wait()
    finally:
        await runner.cleanup()
