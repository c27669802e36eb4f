"""``agentconsole serve``: the console in a browser."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentconsole.cli import addresses
from agentconsole.cli.opening import opened, read_config
from agentconsole.cli.output import line
from agentconsole.errors import UsageError
from agentconsole.i18n import _

if TYPE_CHECKING:
    from agentconsole.config import Config
    from agentconsole.serving.sessions import Session


def serve(options: argparse.Namespace) -> int:
    """``agentconsole serve [--listen ADDRESS:PORT] [--public URL]``."""
    from agentconsole.desk.entering import look
    from agentconsole.serving.doors import door_of, have_passwords
    from agentconsole.serving.server import Settings, Site
    from agentconsole.serving.server import serve as run

    config, path = read_config(options)
    host, port = listening(options.listen)
    public = public_address(options.public) if options.public else f"http://{addresses.in_url(host)}:{port}"
    if "://" in config.desk:
        look(config.desk, path.parent)
    else:
        with opened(options, reads=True):  # whatever is wrong with the desk is said now, not to a browser
            pass
        if not have_passwords(config, path.parent):
            raise UsageError(_("Nobody has a password yet."), _("Set one: agentconsole serve-password AGENT"))
    given = config.desk if options.desk else None
    settings = Settings(
        brand_of(config), public, lambda session: _command(session, given, path), path.parent.absolute() / "served",
        proxied=bool(options.public), consoles=options.consoles,
    )  # fmt: skip
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)

    async def main() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        site = Site(settings, door_of(config, path.parent))
        await run(site, host, port, stop, lambda _port: line(_("Open {address} in a browser.").format(address=public)))

    try:
        asyncio.run(main())
    except OSError as error:
        raise UsageError(
            _("{address} cannot be listened on: {error}.").format(address=options.listen, error=error.strerror),
            _("Choose another one with --listen."),
        ) from None
    return 0


def password(options: argparse.Namespace) -> int:
    """``agentconsole serve-password AGENT``: for desks in a file."""
    from agentconsole.serving.doors import keep_password

    config, path = read_config(options)
    if sys.stdin.isatty():
        given = getpass(_("Password: "))
        if getpass(_("Once more: ")) != given:
            raise UsageError(_("The two are not the same."), _("Nothing was changed: try again."))
    else:
        given = sys.stdin.readline().rstrip("\n")
    place = keep_password(config, path.parent, options.name, given)
    line(_("Kept in {place}.").format(place=place))
    return 0


def listening(given: str) -> tuple[str, int]:
    """Host and port of ``--listen``: on this machine only, and a port that browsers can be told.

    :raises UsageError: it is another machine's business, or no address.
    """
    host, port = addresses.listening(given)
    if not addresses.is_loopback(host):
        raise UsageError(
            _("Consoles are served on this machine's own address only."),
            _("Put a reverse proxy with TLS in front of it, and say --public URL: docs/serve.md shows how."),
        )
    if not port:
        raise addresses.none(given)
    return host, port


def public_address(given: str) -> str:
    """The address in browsers, as ``--public`` says it: https, a host, perhaps a port, and nothing behind.

    :raises UsageError: it is none.
    """
    try:
        found = urlsplit(given.rstrip("/"))
        host = (found.hostname or "").encode("idna").decode()  # as browsers write it
        port = "" if found.port in (None, 443) else f":{found.port}"
    except ValueError:
        host = ""
    if not host or found.scheme != "https" or found.path or found.query or found.fragment or "@" in found.netloc:
        raise UsageError(
            _("{text!r} is not the address of a site with TLS.").format(text=given),
            _("Give one such as https://care.example."),
        )
    return f"https://{addresses.in_url(host)}{port}"


def brand_of(config: Config) -> str:
    """The brand for who is not logged in: that of serve's own file; empty where that says none.

    A desk in PostgreSQL says its own to nobody before they have logged in.
    """
    return config.brand.name if "name" in config.brand.model_fields_set else ""


def _command(session: Session, desk: str | None, path: Path) -> Sequence[str]:
    """A console's command for somebody; nothing of the folder it is started in (-P) is taken for a part of the
    program. What is secret is in its environment.
    """
    where = ["--config", str(path)] if path.exists() else []
    there = session.address or desk
    return [sys.executable, "-P", "-m", "agentconsole", *where, *(["--desk", there] if there else []),
            "--agent", session.agent]  # fmt: skip
