"""A real SMTP server for tests, the demo and the bench (aiosmtpd), which can be told to misbehave at any stage.

with Smtp(lmtp_port=dovecot.lmtp_port) as smtp:
    smtp.misbehave("rcpt", answer="451 4.7.1 Come back later")
    smtp.misbehave("end", drop=True)            # takes the message, and is gone before it says so
    smtp.taken                                  # what it took
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.tls import Certificates

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own deprecations

Stage = Literal["ehlo", "auth", "mail", "rcpt", "data", "body", "end"]
"""Where it misbehaves: at a command (data: before 354; body: after 354), or at the end of the message."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong at a stage: after ``delay`` seconds an answer instead of the right one, or a broken line.

    :param keep: at stage "end", whether the message was taken all the same.
    """

    answer: str = ""
    drop: bool = False
    delay: float = 0
    keep: bool = True


@dataclass(frozen=True)
class Taken:
    """A message that was accepted."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...] = ()


@dataclass
class _Plan:
    faults: dict[Stage, Fault] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)


class Smtp:
    """One server on a free loopback port; every login with ``user`` and ``password`` is good."""

    def __init__(
        self,
        *,
        security: Literal["tls", "starttls", "none"] = "none",
        certificates: Certificates | None = None,
        user: str = "care@brand.example",
        password: str = "correct-horse",
        login: bool = True,
        lmtp_port: int | None = None,
        port: int = 0,
        size: int = 30_000_000,
        utf8: bool = True,
    ) -> None:
        """Set up, without starting.

        :param certificates: presented with "tls" and "starttls".
        :param login: whether it insists on one.
        :param lmtp_port: where it hands messages on to, by LMTP, before it says that it took them.
        :param port: 0 for a free one.
        """
        self.port, self.user, self.password = port, user, password
        self.taken: list[Taken] = []
        self._plan = _Plan()
        self._lmtp_port = lmtp_port
        self._security, self._certificates = security, certificates
        self._options: dict[str, Any] = {
            "hostname": "smtp.tests",
            "enable_SMTPUTF8": utf8,
            "data_size_limit": size,
            "authenticator": self._authenticate,
            "auth_require_tls": False,
        }
        self._login = login
        if security == "starttls" and certificates:
            self._options |= {"tls_context": certificates.server_context(), "require_starttls": True}
        self._news = threading.Condition()
        self._sessions: set[_Conversation] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def misbehave(
        self, stage: Stage, answer: str = "", *, drop: bool = False, delay: float = 0, keep: bool = True
    ) -> None:
        """From now on go wrong at ``stage``; see :class:`Fault`."""
        self._plan.faults[stage] = Fault(answer, drop, delay, keep)

    def behave(self) -> None:
        """From now on do everything right."""
        self._plan.faults.clear()

    @property
    def commands(self) -> list[str]:
        """The stages that were reached so far, over all connections."""
        return self._plan.commands

    def wait_for(self, count: int, seconds: float = 20) -> list[Taken]:
        """Return when ``count`` messages were taken. :raises TimeoutError: they were not."""
        with self._news:
            if not self._news.wait_for(lambda: len(self.taken) >= count, seconds):
                raise TimeoutError(f"{len(self.taken)} of {count} messages after {seconds} s")
        return self.taken

    def start(self) -> Self:
        """Start and return when it listens; after :meth:`stop` on the same port again."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), name="smtp", daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise RuntimeError("The SMTP server did not start.")
        return self

    def stop(self) -> None:
        """End it, breaking its connections."""
        thread, self._thread = self._thread, None
        if thread and self._loop and self._ended:
            self._loop.call_soon_threadsafe(self._ended.set)
            thread.join(20)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        tls = self._certificates.server_context() if self._security == "tls" and self._certificates else None
        server = await self._loop.create_server(
            lambda: _Conversation(self, loop=self._loop, **self._options), "127.0.0.1", self.port, ssl=tls
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._ended.wait()
        server.close()
        for session in list(self._sessions):
            session.cut()
        await asyncio.sleep(0)

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any
    ) -> AuthResult:
        good = LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=login == good, handled=False)

    async def handle_EHLO(
        self, server: _Conversation, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        fault = await server.fault("ehlo")
        return [fault] if fault else answers

    async def handle_HELO(self, server: _Conversation, session: Session, envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        return await server.fault("ehlo") or "250 smtp.tests"

    async def handle_MAIL(
        self, server: _Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := await server.fault("mail"):
            return fault
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: _Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := await server.fault("rcpt"):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Conversation, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        message = Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, tuple(map(str, envelope.mail_options)))
        fault = self._plan.faults.get("end")
        if fault is None or (fault.keep and not fault.answer):
            if self._lmtp_port:
                await asyncio.get_running_loop().run_in_executor(None, self._hand_on, message)
            with self._news:
                self.taken.append(message)
                self._news.notify_all()
        return await server.fault("end") or "250 2.0.0 Taken"

    def _hand_on(self, message: Taken) -> None:
        with smtplib.LMTP("127.0.0.1", int(self._lmtp_port or 0), local_hostname="tests") as lmtp:
            lmtp.sendmail(message.sender, message.recipients, message.raw)


class _Conversation(SMTP):
    """One connection."""

    def __init__(self, owner: Smtp, **options: Any) -> None:
        super().__init__(owner, **options)
        self._owner = owner
        self._auth_required = owner._login  # the option of that name warns where there is no TLS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._owner._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._owner._sessions.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """Break the connection without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def fault(self, stage: Stage) -> str:
        """What is planned for a stage: an answer, or nothing. A broken connection does not come back."""
        self._owner._plan.commands.append(stage)
        fault = self._owner._plan.faults.get(stage)
        if fault is None:
            return ""
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop:
            self.cut()
            await asyncio.Event().wait()
        return fault.answer

    async def smtp_AUTH(self, arg: str) -> None:
        if answer := await self.fault("auth"):
            await self.push(answer)
        else:
            await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if answer := await self.fault("data"):
            await self.push(answer)
            return
        if "body" in self._owner._plan.faults:
            await self.push("354 Go on")
            await self.fault("body")
        await super().smtp_DATA(arg)


def silent_port() -> socket.socket:
    """A listener that never answers; its address is ``getsockname()``. The caller closes it."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen()
    return sock
