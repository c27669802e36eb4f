"""Handing one message to an SMTP server (RFC 5321), exact about when it was and was not taken.

Up to the server's 354 nothing can have been sent: every failure is NotSent, or Rejected where the server
said so for good. Then ``wire()``, then the message. Its answer decides; where there is none, nobody knows: Ambiguous.
"""

from __future__ import annotations

import base64
import contextlib
import smtplib
from collections.abc import Callable, Iterator

from agentconsole.channels.email.network import Login, Server, explain
from agentconsole.errors import Ambiguous, ChannelError, LoginRefused, NotSent, Rejected
from agentconsole.i18n import _

_HELLO = "[127.0.0.1]"
"""How we present ourselves: an address literal, so that neither DNS nor this machine's name is involved."""
_NO_LOGIN = frozenset((530, 534, 535, 538))
_ANSWER = 2
"""The message itself may take this many time limits: a minute by default, less than the lease of the outbox."""


def hand_over(
    server: Server, login: Login | None, sender: str, recipient: str, *, raw: bytes, wire: Callable[[], bool]
) -> None:
    """Deliver a message to one recipient, once.

    :param sender: envelope sender; ``recipient``: envelope recipient; its local part may be UTF-8 (RFC 6531).
    :param raw: the whole message, lines ended by CRLF.
    :param wire: called after the server's 354, before the first byte of the message.
    :raises LoginRefused, NotSent, Rejected, Ambiguous: as :class:`agentconsole.channels.base.Channel` says.
    """
    with contextlib.closing(connect(server, login)) as smtp:
        _envelope(smtp, server, sender, recipient, raw)
        if not wire():
            raise NotSent(_("Another console has taken this reply over."))
        _message(smtp, server, raw)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            _patience(smtp, 2)
            smtp.quit()


def connect(server: Server, login: Login | None) -> smtplib.SMTP:
    """Connect, encrypt, log in; the caller closes.

    :raises LoginRefused: the server does not take user and password. :raises NotSent: anything else.
    """
    with _not_sent(server):
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=_HELLO, timeout=server.timeout, context=server.tls
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, local_hostname=_HELLO, timeout=server.timeout)
    try:
        with _not_sent(server):
            smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                _start_tls(smtp, server)
            if login is not None:
                _log_in(smtp, server, login)
    except BaseException:
        smtp.close()
        raise
    return smtp


@contextlib.contextmanager
def _not_sent(server: Server) -> Iterator[None]:
    """Whatever breaks in here breaks before anything was sent."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise NotSent(
            _("{server} refused: {said}").format(server=server, said=_said(error.smtp_code, error.smtp_error)),
            _("It is tried again by itself."),
        ) from None
    except smtplib.SMTPServerDisconnected as error:
        cause = error.__context__
        broke = cause if isinstance(cause, OSError) else ConnectionResetError()
        raise NotSent(*explain(broke, server)) from None
    except smtplib.SMTPException as error:
        raise NotSent(_("{server} could not do it: {said}").format(server=server, said=error)) from None
    except (OSError, UnicodeError) as error:
        raise NotSent(*explain(error, server)) from None


def _start_tls(smtp: smtplib.SMTP, server: Server) -> None:
    if not smtp.has_extn("starttls"):
        raise NotSent(
            _("{server} does not offer STARTTLS.").format(server=server),
            _('Set smtp_security = "tls", mostly with port 465.'),
        )
    smtp.starttls(context=server.tls)
    smtp.ehlo()


def _log_in(smtp: smtplib.SMTP, server: Server, login: Login) -> None:
    if not smtp.has_extn("auth"):
        raise LoginRefused(
            _("{server} offers no login.").format(server=server),
            _('Set smtp_security = "tls" or "starttls", or smtp_user = "" where none is needed.'),
        )
    try:
        if login.user.isascii() and login.password.isascii():
            smtp.login(login.user, login.password)
            return
        _log_in_utf8(smtp, login)
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500:
            raise
        raise LoginRefused(
            _("{server} refused the login of {user}: {said}").format(
                server=server, user=login.user, said=_said(error.smtp_code, error.smtp_error)
            ),
            _("Check user and password; many providers want an app password for programs."),
        ) from None
    except smtplib.SMTPNotSupportedError as error:
        raise LoginRefused(
            _("{server} offers no login that this program knows: {said}").format(server=server, said=error),
            _("Ask the provider for one with a password (PLAIN or LOGIN)."),
        ) from None


def _log_in_utf8(smtp: smtplib.SMTP, login: Login) -> None:
    """AUTH PLAIN, which is UTF-8 (RFC 4616); smtplib encodes names and passwords as ASCII only."""
    token = base64.b64encode(f"\0{login.user}\0{login.password}".encode()).decode("ascii")
    code, said = smtp.docmd("AUTH", f"PLAIN {token}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _envelope(smtp: smtplib.SMTP, server: Server, sender: str, recipient: str, raw: bytes) -> None:
    """MAIL, RCPT and DATA up to 354."""
    with _not_sent(server):
        answer = smtp.mail(sender, _options(smtp, server, sender + recipient, raw))
        if answer[0] in _NO_LOGIN:
            raise LoginRefused(
                _("{server} wants a login: {said}").format(server=server, said=_said(*answer)),
                _("Check smtp_user and the password."),
            )
        _check(answer, server)
        _check(smtp.rcpt(recipient), server, recipient)
        _check(smtp.docmd("DATA"), server, wanted=354)


def _options(smtp: smtplib.SMTP, server: Server, addresses: str, raw: bytes) -> list[str]:
    options: list[str] = []
    if not addresses.isascii():
        if not smtp.has_extn("smtputf8"):
            raise Rejected(
                _("{server} cannot send to an address with letters beyond ASCII.").format(server=server),
                _("Ask the customer for another address."),
            )
        options.append("SMTPUTF8")
    if not raw.isascii() and smtp.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if smtp.has_extn("size"):
        most = smtp.esmtp_features.get("size", "")
        if most.isdigit() and 0 < int(most) < len(raw):
            raise Rejected(
                _("The reply has {size:.1f} MB; {server} takes {most:.1f} MB at most.").format(
                    size=len(raw) / 1e6, most=int(most) / 1e6, server=server
                ),
                _("Send it with fewer or smaller attachments."),
            )
        options.append(f"SIZE={len(raw)}")
    return options


def _check(answer: tuple[int, bytes], server: Server, recipient: str = "", wanted: int = 250) -> None:
    """:raises Rejected: for a 5xx. :raises NotSent: for whatever else is not the answer that was wanted."""
    code, said = answer
    if code == wanted or (wanted == 250 and code == 251):
        return
    kind = Rejected if 500 <= code < 600 else NotSent
    raise _refusal(server, code, said, kind, recipient)


def _message(smtp: smtplib.SMTP, server: Server, raw: bytes) -> None:
    """The message itself, and what the server says to it."""
    lines = smtplib.quotedata(raw.decode("latin-1")).encode("latin-1")
    end = b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n"
    try:
        _patience(smtp, server.timeout * _ANSWER)
        smtp.send(lines + end)
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException):
        raise Ambiguous(
            _("The connection to {server} broke before it said whether it took the reply.").format(server=server),
            _("Look whether it arrived; then mark it as sent, or send it again."),
        ) from None
    if 200 <= code < 300:
        return
    if 400 <= code < 600:
        raise _refusal(server, code, said, Rejected if code >= 500 else NotSent)
    raise Ambiguous(
        _("{server} gave no clear answer to the reply: {said}").format(server=server, said=_said(code, said)),
        _("Look whether it arrived; then mark it as sent, or send it again."),
    )


def _refusal(
    server: Server, code: int, said: bytes | str, kind: type[ChannelError], recipient: str = ""
) -> ChannelError:
    """A server's no, in its words."""
    answer = _said(code, said)
    if recipient:
        what = _("{server} refused {recipient}: {said}").format(server=server, recipient=recipient, said=answer)
    else:
        what = _("{server} refused the reply: {said}").format(server=server, said=answer)
    if kind is Rejected:
        return kind(what, _("Correct the address or the reply, then send it again."))
    return kind(what, _("It is tried again by itself."))


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:500]


def _patience(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
