"""A desk whose channel is a real local service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk
from tests.support.post_office import Office

CONFIG = """
desk = "{desk}"
agent = "lea"
brand = {{ signature = "" }}
agents = [{{ id = "lea", name = "Léa Martin" }}, {{ id = "tom", name = "Tom Reed" }}]
sla = [{{ acknowledge = "4h", reply = "4h", resolve = "48h", time = "calendar" }}]
outbox = {{ lease = "2s", retry_after = "1s", retry_at_most = "1s" }}
channels = [{{ id = "mail", kind = "post", url = "{url}", asks = "{asks}" }}]
"""


@pytest.fixture
def configure(address: str, tmp_path: Path, office: Office) -> Callable[..., Path]:
    """Write the configuration of the test's desk; answers its file."""

    def write(asks: str = "finds", more: str = "") -> Path:
        path = tmp_path / "agentconsole.toml"
        path.write_text(CONFIG.format(desk=address, url=office.url, asks=asks) + more, encoding="utf-8")
        return path

    return write


def opened(path: Path, agent: str = "lea") -> Desk:
    """The desk that a configuration names."""
    config: Config = parse(path.read_text(encoding="utf-8"), str(path), settings_model)
    return Desk(open_desk(config.desk, path.parent), config, who_am_i(config, agent), path.parent)
