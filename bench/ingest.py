"""Mail from a real IMAP server on this machine into a new desk, as the service of the console brings it in."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from agentconsole.channels.base import Channel, Finding, Page, Receipt, open_channel, settings_model
from agentconsole.channels.email.reading import incoming, read
from agentconsole.config import ChannelSettings, load
from agentconsole.desk import housekeeping
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.message import Outgoing
from agentconsole.store.opening import open_desk
from agentconsole.sync import Service
from bench.mails import mails
from bench.setting import configuration
from bench.timing import took

MAILS = 5_000


@dataclass
class Timed:
    """A channel that notes how long it was asked for pages."""

    channel: Channel
    seconds: float = 0.0

    def pull(self, cursor: str | None, limit: int) -> Page:
        """The channel's own, timed."""
        began = time.perf_counter()
        try:
            return self.channel.pull(cursor, limit)
        finally:
            self.seconds += time.perf_counter() - began

    def wait(self, seconds: float, stop: Event) -> None:
        """The channel's own."""
        self.channel.wait(seconds, stop)

    def deliver(self, reply: Outgoing, wire: Callable[[], bool]) -> Receipt:
        """The channel's own."""
        return self.channel.deliver(reply, wire)

    def find(self, key: str) -> bool | None:
        """The channel's own."""
        return self.channel.find(key)

    def check(self) -> list[Finding]:
        """The channel's own."""
        return self.channel.check()

    def close(self) -> None:
        """The channel's own."""
        self.channel.close()


def ingesting(count: int = MAILS) -> dict[str, Any]:
    """Messages a second, and what of it is fetching, reading (parsing) and storing."""
    from tests.servers.dovecot import BINARY, Dovecot

    if BINARY is None:
        return {"ingest_per_s": None, "ingest_why": "Dovecot is not installed"}
    raws = list(mails(count))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Dovecot() as server:
        server.fill(raws)
        figures = _pulled(Path(folder), server.imap_port, server.user, server.password, count)
    reading = took(lambda: [_read(raw) for raw in raws]) / 1000
    pulling = figures.pop("pull_s")
    split = {"fetch_s": pulling - reading, "read_s": reading, "store_s": figures["ingest_s"] - pulling}
    kib = sum(map(len, raws)) / count / 1024
    return figures | {f"ingest_{name}": round(value, 2) for name, value in split.items()} | {"mail_kib": round(kib, 1)}


def _pulled(folder: Path, port: int, user: str, password: str, count: int) -> dict[str, Any]:
    path = folder / "agentconsole.toml"
    channel = (
        f'[[channels]]\nid = "inbox"\nkind = "email"\nmedium = "mail"\nuser = "{user}"\nimap_host = "127.0.0.1"\n'
        f'imap_port = {port}\nimap_security = "none"\nsmtp_host = "127.0.0.1"\nsmtp_security = "none"\n'
    )
    path.write_text(f"{configuration('desk.sqlite')}\n{channel}", encoding="utf-8")
    config = load(path, settings_model)
    desk = Desk(open_desk(config.desk, folder), config, who_am_i(config, None), folder)
    opened: list[Timed] = []

    def opener(settings: ChannelSettings, desk: Desk) -> Channel:
        opened.append(Timed(open_channel(settings, password, desk.folder)))
        return opened[-1]

    service = Service(desk, opener)
    try:
        housekeeping.follow_policy(desk)
        began = time.perf_counter()
        new, _sent, errors = service.once()
        seconds = time.perf_counter() - began
    finally:
        service.stop()
        desk.store.close()
    if errors or new != count:
        raise RuntimeError(f"{new} of {count} mails came in: {errors}")
    return {"ingest_per_s": round(count / seconds), "ingest_s": round(seconds, 2), "pull_s": opened[0].seconds}


def _read(raw: bytes) -> object:
    own = frozenset({"care@brand.example"})
    return incoming(read(raw), raw, fallback_id="x@bench", received_at=datetime.now(UTC), own=own)
