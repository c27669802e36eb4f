"""Mail: a mailbox over IMAP, replies over SMTP. Only settings are imported here, the rest when one opens."""

from __future__ import annotations

from pathlib import Path

from agentconsole.channels.base import Channel
from agentconsole.channels.email.settings import Settings
from agentconsole.config import ChannelSettings
from agentconsole.model.ids import new_id

__all__ = ["Settings", "mint_key", "open_channel"]


def open_channel(settings: ChannelSettings, secret: str | None, folder: Path) -> Channel:
    """Open a mailbox; nothing is connected before the first call.

    :param secret: the mailbox's password, for sending too unless ``smtp_secret`` names another one.
    :param folder: the folder of agentconsole.toml: where a relative ``ca_file`` starts from.
    :raises ConfigError: the settings are wrong, or ``ca_file`` cannot be read.
    :raises SecretError: the password for sending cannot be read.
    """
    from agentconsole.channels.email.channel import MailChannel

    return MailChannel(settings, secret, folder)


def mint_key(settings: ChannelSettings) -> str:
    """A reply's idempotency key: its Message-ID (RFC 5322, 3.6.4), without ``<>``."""
    return f"{new_id().hex}@{Settings.model_validate(settings.options).sender.rpartition('@')[2]}"
