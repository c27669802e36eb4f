"""agentconsole.toml: what is read, and what is said about mistakes."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from pydantic import Field, ValidationError

from agentconsole.config import Config, State, find, load, parse, write_starting_file
from agentconsole.config.start import starting_text
from agentconsole.config.values import Frozen, say
from agentconsole.errors import ConfigError, UsageError


class Fax(Frozen):
    """A kind of channel for these tests."""

    number: str
    pages: int = Field(default=1, ge=1, le=9)


def test_nothing_is_needed() -> None:
    config = parse("", "desk.toml")
    assert config == Config()
    assert config.desk == "desk.sqlite"
    assert config.zone.key == "UTC"


def test_a_whole_file_is_read() -> None:
    config = parse(
        """
        desk = "postgresql://lea@db.example/care"
        agent = "lea"
        [hours]
        zone = "Europe/Paris"
        country = "DE"
        region = "BY"
        mon = "9:00-12:30, 14:00-24:00"
        special = { "2026-12-31" = "09:00-12:00" }
        [[teams]]
        id = "front"
        name = { en = "Front", fr = "Accueil" }
        [[agents]]
        id = "lea"
        name = "Léa"
        teams = ["front"]
        [[channels]]
        id = "fax.fr"
        kind = "fax"
        medium = "fax"
        number = "12"
        [[sla]]
        channels = ["fax", "whatsapp"]
        reply = "1h30"
        [[views]]
        id = "mine"
        name = "Mine"
        states = []
        assignee = "lea"
        older_than = "2d"
        """,
        "desk.toml",
        {"fax": Fax}.get,
    )
    assert config.hours.mon == ((time(9), time(12, 30)), (time(14), time.max))
    assert config.hours.special == {date(2026, 12, 31): ((time(9), time(12)),)}
    assert config.sla[0].reply == timedelta(minutes=90)
    assert config.views[0].states == ()
    assert config.views[0].older_than == timedelta(days=2)
    assert say(config.teams[0].name, "fr") == "Accueil"
    assert say(config.teams[0].name, "de") == "Front"
    channel = config.channel("fax.fr")
    assert channel is not None
    assert channel.options == {"number": "12"}


def test_it_cannot_be_changed() -> None:
    config = parse("", "desk.toml")
    with pytest.raises(ValidationError):
        config.desk = "other"


def test_a_file_that_is_not_toml_names_the_line() -> None:
    with pytest.raises(ConfigError, match=r"desk.toml is not TOML: .*line 2"):
        parse("a = 1\nb = = 2", "desk.toml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "agentconsole.toml"
    binary.write_bytes(b"\xff\xfe")
    for path in (binary, tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            load(path)


def test_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with pytest.raises(ConfigError, match="agentconsole init"):
        find()
    users = tmp_path / "config" / "agentconsole" / "agentconsole.toml"
    write_starting_file(users)
    assert find() == users
    write_starting_file(Path("agentconsole.toml"))
    assert find() == tmp_path / "agentconsole.toml"
    assert find(users) == users
    with pytest.raises(ConfigError, match=r"other\.toml not found"):
        find(tmp_path / "other.toml")


def test_the_starting_file_is_right_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "agentconsole.toml"
    write_starting_file(path)
    config = load(path)
    assert config.agent_of(config.agent or "") is not None
    assert [view.id for view in config.views][:3] == ["acknowledge", "instant", "mine"]
    assert {State.OPEN, State.PENDING, State.SNOOZED, State.RESOLVED} == {s for v in config.views for s in v.states}
    assert all({"en", "fr"} <= view.name.keys() for view in config.views)
    assert config.sla[-1].channels == ()


def test_the_example_channel_of_the_starting_file_is_right() -> None:
    from agentconsole.channels.base import settings_model

    lines = starting_text().splitlines()
    example = lines[lines.index("# [[channels]]") :]
    length = next(n for n, line in enumerate(example) if not line.startswith("# "))
    text = "\n".join([*lines, *(line.removeprefix("# ") for line in example[:length])])
    (channel,) = parse(text, "agentconsole.toml", settings_model).channels
    assert channel.kind == "email"


def test_the_starting_file_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "agentconsole.toml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        write_starting_file(path)
    assert path.read_text() == "mine"
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "nowhere.toml")
    with pytest.raises(UsageError, match="exists already"):
        write_starting_file(link)
    with pytest.raises(UsageError, match="cannot be written"):
        write_starting_file(path / "below" / "a-file")
