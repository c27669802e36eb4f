"""docs/mail.md says what the program does: its example is good, its table complete, its messages real."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from agentconsole.channels.email import Settings
from agentconsole.config import ChannelSettings

DOCS = Path(__file__).resolve().parents[3] / "docs" / "mail.md"
SOURCES = DOCS.parents[1] / "agentconsole" / "channels" / "email"


@pytest.fixture(scope="module")
def text() -> str:
    return DOCS.read_text(encoding="utf-8")


def rows(text: str, heading: str) -> list[list[str]]:
    section = text.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    table = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return table[2:]


def test_the_first_example_is_good(text: str) -> None:
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert example
    (channel,) = tomllib.loads(example[1])["channels"]
    settings = Settings.model_validate(ChannelSettings.model_validate(channel).options)
    assert (settings.imap_at, settings.smtp_at) == (993, 465)


def test_every_setting_is_there_with_its_default(text: str) -> None:
    table = rows(text, "Every setting")
    assert sorted(key for row in table for key in row[0].split(", ")) == sorted(Settings.model_fields)
    for row in table:
        default = Settings.model_fields[row[0]].default if row[0] in Settings.model_fields else None
        if isinstance(default, bool):
            assert row[1] == str(default).lower()
        elif isinstance(default, int):
            assert row[1] == str(default)
        elif isinstance(default, str) and default:
            assert row[1] == f'`"{default}"`'


def test_messages_are_the_programs(text: str) -> None:
    openssl = ("mismatch, is not valid for", "expired", "certificate")
    said = " ".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    for row in rows(text, "When something is wrong"):
        parts = [part.strip(" :.,").split(":")[0] for part in re.split(r"…|\d+ s|\d{3}", row[0])]
        for part in filter(None, (part.removesuffix(" s") for part in parts)):
            assert part in said or part in openssl
