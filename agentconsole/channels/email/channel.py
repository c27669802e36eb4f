"""The mail channel: a mailbox that is read over IMAP, and replies that go out over SMTP.

Pulling keeps one IMAP connection; delivering opens its own for each reply, so that the two threads share
nothing. A broken connection is dropped and made anew by the next call; pauses in between are the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from pydantic import ValidationError

from agentconsole.channels.base import Finding, Page, Receipt
from agentconsole.channels.email.checking import check_incoming, check_outgoing
from agentconsole.channels.email.compose import NO_MESSAGE_ID, ascii_domain, compose, recipient_of
from agentconsole.channels.email.cursor import Cursor
from agentconsole.channels.email.fetch import Fetched
from agentconsole.channels.email.imap import Mailbox, day_before, explained
from agentconsole.channels.email.network import Login, Server, tls_context
from agentconsole.channels.email.reader import Memory, Reader
from agentconsole.channels.email.reading import incoming, read
from agentconsole.channels.email.settings import Settings
from agentconsole.channels.email.smtp import hand_over
from agentconsole.config import ChannelSettings, problems_of
from agentconsole.errors import ChannelError, ConfigError, LoginRefused
from agentconsole.i18n import _
from agentconsole.model.message import Incoming, Outgoing

FIND_BACK = timedelta(days=30)
"""How far back a reply is looked for in Sent."""
FILED_BACK = timedelta(days=2)
"""How far back a copy is looked for before one is filed."""

COPY_PATIENCE = 10
"""Seconds for each answer while a copy is filed: the reply is out, and the outbox waits to hear so."""


class MailChannel:
    """A :class:`~agentconsole.channels.base.Channel`. Nothing is connected before the first call."""

    def __init__(self, settings: ChannelSettings, secret: str | None, folder: Path) -> None:
        """As :func:`agentconsole.channels.email.open_channel`."""
        self.id = settings.id
        self._settings = _settings(settings)
        mine = self._settings
        tls = tls_context(mine.ca_file, folder)
        self._imap = Server("imap", mine.imap_host, mine.imap_at, mine.imap_security, tls, mine.timeout)
        self._smtp = Server("smtp", mine.smtp_host, mine.smtp_at, mine.smtp_security, tls, mine.timeout)
        self._secret = secret
        self._smtp_secret = secret if mine.smtp_secret is None else _other_secret(mine.smtp_secret, folder)
        self._reader: Reader | None = None
        self._memory = Memory()

    def pull(self, cursor: str | None, limit: int) -> Page:
        """See :meth:`agentconsole.channels.base.Channel.pull`."""
        with self._reading() as reader:
            page = reader.gather(Cursor.parse(cursor), limit)
            sent = reader.sent()
        messages: dict[str, Incoming] = {}
        for folder, fetched in page.messages:
            message = self._incoming(fetched, folder, sent=folder == sent)
            messages.setdefault(message.external_id, message)
        return Page(tuple(messages.values()), page.cursor.dump(), page.more)

    def wait(self, seconds: float, stop: Event) -> None:
        """See :meth:`agentconsole.channels.base.Channel.wait`. The first folder's news shows at once."""
        with self._reading() as reader:
            reader.wait(seconds, stop)

    def deliver(self, reply: Outgoing, wire: Callable[[], bool]) -> Receipt:
        """See :meth:`agentconsole.channels.base.Channel.deliver`."""
        raw = compose(reply, self._settings)
        sender = ascii_domain(self._settings.sender)
        hand_over(self._smtp, self._smtp_login(), sender, recipient_of(reply), raw=raw, wire=wire)
        return Receipt(reply.key, self._file_copy(reply, raw))

    def find(self, key: str) -> bool | None:
        """Whether Sent holds a reply of the last days; never False: its absence proves nothing."""
        with self._mailbox() as box:
            sent = box.sent_folder(self._settings.sent_folder)
            if sent and box.holds(sent, key, day_before(datetime.now(UTC), FIND_BACK)):
                return True
        return None

    def check(self) -> list[Finding]:
        """See :meth:`agentconsole.channels.base.Channel.check`."""
        return [
            *check_incoming(self._imap, self._mailbox, self._settings),
            *check_outgoing(self._smtp, self._smtp_login, self._settings),
        ]

    def close(self) -> None:
        """See :meth:`agentconsole.channels.base.Channel.close`."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.box.close()

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        """The connection that pulls; dropped when anything goes wrong in it."""
        try:
            with explained(self._imap):
                if self._reader is None:
                    self._reader = Reader(Mailbox(self._imap, self._login()), self._settings, self._memory)
                yield self._reader
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _mailbox(self, patience: int = 60) -> Iterator[Mailbox]:
        """A connection of its own, that waits ``patience`` seconds at most for an answer."""
        server = replace(self._imap, timeout=min(patience, self._imap.timeout))
        with explained(server):
            box = Mailbox(server, self._login())
            try:
                yield box
            finally:
                box.close()

    def _login(self) -> Login:
        return Login(self._settings.user, self._password(self._secret, self.id))

    def _smtp_login(self) -> Login | None:
        user = self._settings.user if self._settings.smtp_user is None else self._settings.smtp_user
        if not user:
            return None
        return Login(user, self._password(self._smtp_secret, self._settings.smtp_secret or self.id))

    def _password(self, secret: str | None, name: str) -> str:
        if secret is None:
            raise LoginRefused(
                _("There is no password for {name}.").format(name=name),
                _("Keep one with `agentconsole secret set {name}`.").format(name=name),
            )
        return secret

    def _file_copy(self, reply: Outgoing, raw: bytes) -> str:
        """Put a copy into Sent, unless the service did.

        :returns: a remark where it could not be done: the reply is delivered all the same.
        """
        if not self._settings.copy_to_sent:
            return ""
        try:
            with self._mailbox(COPY_PATIENCE) as box:
                sent = box.sent_folder(self._settings.sent_folder)
                if not sent:
                    return _("No copy was filed: the mailbox has no folder for sent mail.")
                if not box.keeps_copies and not box.holds(sent, reply.key, day_before(datetime.now(UTC), FILED_BACK)):
                    box.append(sent, raw, datetime.now(UTC))
        except ChannelError as error:
            return _("No copy was filed in the folder for sent mail: {why}").format(why=error.what)
        return ""

    def _incoming(self, fetched: Fetched, folder: str, *, sent: bool) -> Incoming:
        reading = read(fetched.raw)
        message = incoming(
            reading,
            fetched.raw,
            fallback_id=_fallback_id(fetched, folder),
            received_at=fetched.arrived,
            own=self._settings.own,
            sent=sent,
        )
        why = self._shortfall(fetched, folder)
        if not why:
            return message
        return replace(message, text=reading.text or why, attachments=(), warnings=(*message.warnings, why))

    def _shortfall(self, fetched: Fetched, folder: str) -> str:
        """Why a message is not whole, for people; empty where it is."""
        if fetched.refused:
            return _("The mail server did not hand over this message: {said}. It lies in the folder {folder}.").format(
                said=fetched.refused.rstrip("."), folder=folder
            )
        if fetched.cut:
            return _(
                "This message has {size:.0f} MB, more than max_size_mb = {most} lets in. "
                "Only its beginning is here; the rest is in the mailbox, in the folder {folder}."
            ).format(size=fetched.size / (1 << 20), most=self._settings.max_size_mb, folder=folder)
        return ""


def _settings(settings: ChannelSettings) -> Settings:
    try:
        return Settings.model_validate(settings.options)
    except ValidationError as error:
        problems = tuple(problems_of(error, Settings, settings.options, f"channels.{settings.id}."))
        raise ConfigError(
            _("The channel {id} is not set up right: {first}").format(id=settings.id, first=problems[0]),
            _("Correct it; `agentconsole check` looks again."),
            problems,
        ) from None


def _other_secret(name: str, folder: Path) -> str | None:
    from agentconsole.secrets import find_secret

    return find_secret(name, folder)


def _fallback_id(fetched: Fetched, folder: str) -> str:
    """A lasting id for a message without Message-ID: the same wherever the same bytes are read."""
    content = fetched.raw or f"{folder}\0{fetched.uid}\0{fetched.arrived}".encode()
    return f"{hashlib.sha256(content).hexdigest()[:32]}@{NO_MESSAGE_ID}"
