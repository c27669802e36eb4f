"""What agentconsole.toml may say about a channel of kind "email", beyond what every channel has."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from agentconsole.config.values import Duration, Frozen

Security = Literal["tls", "starttls", "none"]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+$", max_length=254)]
Host = Annotated[str, StringConstraints(pattern=r"^[^\s/@]+$", max_length=253)]
Port = Annotated[int, Field(ge=1, le=65535)]

_IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}


class Settings(Frozen):
    """A mailbox of the brand: where it is read, and through which server it answers."""

    user: str
    """Login name, mostly the address."""
    addresses: tuple[MailAddress, ...] = ()
    """The brand's own addresses; the first one is the sender of replies. The login name where left out."""
    from_name: str = "{agent}"
    """Name beside the sender's address; {agent} is filled in."""

    imap_host: Host
    """Server the mailbox is on."""
    imap_port: Port | None = None
    """Its port; 993 for "tls", else 143."""
    imap_security: Security = "tls"
    """"tls" (encrypted from the start), "starttls" (before the login), or "none" (this machine only)."""
    smtp_host: Host
    """Server that takes the replies."""
    smtp_port: Port | None = None
    """Its port; 465 for "tls", 587 for "starttls", else 25."""
    smtp_security: Security = "tls"
    """As imap_security."""
    smtp_user: str | None = None
    """Login name for sending; `user` where left out, "" for a server that wants no login."""
    smtp_secret: Id | None = None
    """Name under which the password for sending is kept, where it is not the mailbox's."""
    allow_plain: bool = False
    """Allow "none" to another machine too: password and mail can then be read on the way."""
    ca_file: str | None = None
    """Certificates to trust (PEM), instead of the system's, for servers of one's own."""
    timeout: int = Field(default=30, ge=1, le=60)
    """Seconds to wait for an answer of a server."""

    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    """Folders that are read; new mail in the first one shows at once."""
    pull_sent: bool = True
    """Read the Sent folder too, so that answers from other mail programs are in the conversation."""
    sent_folder: str = ""
    r"""Folder for sent mail; the one that the server marks \Sent where left out."""
    copy_to_sent: bool = True
    """File a copy of each reply there. Gmail does so itself and is left to it; false for others that do."""
    mark_seen: bool = False
    """Mark mail as read once it is on the desk; else the mailbox stays as it is."""
    since: Duration = "30d"  # type: ignore[assignment]  # (pydantic reads it, as all defaults)
    """How far back the first import goes."""
    max_size_mb: int = Field(default=40, ge=1, le=500)
    """Of a message larger than this only the beginning is brought, saying so."""

    quote: bool = True
    """Quote the message that is answered, below the answer."""
    quote_language: Literal["en", "fr"] = "en"
    """Language of the line above it: "On …, X wrote:" or "Le …, X a écrit :"."""
    format: Literal["flowed", "plain"] = "flowed"
    """"flowed": paragraphs fit the reader's window (RFC 3676); "plain": lines as they were written."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for key in ("imap", "smtp"):
            host, security = getattr(self, f"{key}_host"), getattr(self, f"{key}_security")
            if security == "none" and not self.allow_plain and not is_loopback(host):
                raise ValueError(
                    f'{key}_security: found "none"; allowed are "tls" and "starttls" '
                    f"({host} is another machine; allow_plain = true sends the password readable)"
                )
        if not self.addresses and "@" not in self.user:
            raise ValueError("addresses: is missing; the login name is no address, so name the sender's")
        return self

    @property
    def sender(self) -> str:
        """The address that replies come from."""
        return self.addresses[0] if self.addresses else self.user

    @property
    def own(self) -> frozenset[str]:
        """All addresses of the brand, in lower case."""
        return frozenset(address.lower() for address in self.addresses or (self.user,))

    @property
    def imap_at(self) -> int:
        """The port that is used for IMAP."""
        return self.imap_port or _IMAP_PORTS[self.imap_security]

    @property
    def smtp_at(self) -> int:
        """The port that is used for SMTP."""
        return self.smtp_port or _SMTP_PORTS[self.smtp_security]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name (no look-up)."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
