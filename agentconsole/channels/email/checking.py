"""The mail channel's part of ``agentconsole check``: servers, login, folders; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from agentconsole.channels.base import Finding
from agentconsole.channels.email.imap import Mailbox
from agentconsole.channels.email.network import Login, Server
from agentconsole.channels.email.settings import Settings
from agentconsole.channels.email.smtp import connect
from agentconsole.errors import ChannelError
from agentconsole.i18n import _, ngettext


def check_incoming(
    server: Server, mailbox: Callable[[], AbstractContextManager[Mailbox]], settings: Settings
) -> Iterator[Finding]:
    """The mailbox: its login, each folder, the folder for sent mail."""
    where = _("mailbox {server}").format(server=server)
    try:
        with mailbox() as box:
            told = _("it tells of new mail at once") if box.can_idle else _("it is asked for new mail")
            yield Finding(where, True, _("logged in as {user}; {told}").format(user=settings.user, told=told))
            for folder in settings.folders:
                yield _folder(box, folder)
            if settings.pull_sent or settings.copy_to_sent:
                yield _sent(box, settings)
    except ChannelError as error:
        yield Finding(where, False, error.what, error.do)


def _folder(box: Mailbox, folder: str) -> Finding:
    name = _("folder {folder}").format(folder=folder)
    try:
        count = box.select(folder).messages
    except ChannelError as error:
        return Finding(name, False, error.what, error.do)
    return Finding(name, True, ngettext("{count} message", "{count} messages", count).format(count=count))


def _sent(box: Mailbox, settings: Settings) -> Finding:
    sent = box.sent_folder(settings.sent_folder)
    if sent:
        return _folder(box, sent)
    return Finding(
        _("folder for sent mail"),
        False,
        _("The mailbox has none that says so."),
        _("Name it in sent_folder, or set pull_sent and copy_to_sent to false."),
    )


def check_outgoing(server: Server, login: Callable[[], Login | None], settings: Settings) -> Iterator[Finding]:
    """The server that takes the replies, as far as the login."""
    where = _("replies through {server}").format(server=server)
    try:
        who = login()
        smtp = connect(server, who)
    except ChannelError as error:
        yield Finding(where, False, error.what, error.do)
        return
    smtp.close()
    seen = _("logged in as {user}").format(user=who.user) if who else _("it wants no login")
    yield Finding(where, True, _("{seen}; replies come from {sender}").format(seen=seen, sender=settings.sender))
