"""Finding, reading and refusing agentconsole.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from pydantic import BaseModel, ValidationError

from agentconsole.config.problems import place_of, problems_of
from agentconsole.config.references import wrong_references
from agentconsole.config.settings import Config
from agentconsole.config.tables import ChannelSettings
from agentconsole.errors import ConfigError

FILE_NAME = "agentconsole.toml"
MACHINE = Path("/etc/agentconsole")
"""Where a machine's own configuration lies, for all who use it."""
ModelOf = Callable[[str], type[BaseModel] | None]
"""The settings a kind of channel takes beyond :class:`ChannelSettings`; ``None``: no such kind."""


def find(given: Path | None = None) -> Path:
    """The configuration file: the one given, else ./agentconsole.toml, else the user's, else the machine's.

    :raises ConfigError: there is none.
    """
    everywhere = [Path(FILE_NAME), user_config_path("agentconsole") / FILE_NAME, MACHINE / FILE_NAME]
    places = [given] if given else everywhere
    for place in places:
        if place.is_file():
            return place.absolute()
    raise ConfigError(
        f"No configuration: {', '.join(map(str, places))} not found.",
        "Write one with `agentconsole init`, or look around first with `agentconsole demo`.",
    )


def load(path: Path, channel_model: ModelOf | None = None) -> Config:
    """Read agentconsole.toml.

    :param channel_model: knows the further settings of each kind of channel, so that their mistakes are
        reported together with all others.
    :raises ConfigError: unreadable, not TOML, or with mistakes: all of them, each naming key, found, allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", "Make it a readable UTF-8 file.") from None
    return parse(text, str(path), channel_model)


def parse(text: str, name: str, channel_model: ModelOf | None = None) -> Config:
    """:func:`load` for a text; ``name`` is what mistakes call the file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not TOML: {error}.", "Correct that line.") from None
    problems: list[str] = []
    config: Config | None = None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        problems += problems_of(error, Config, data)
        if any(detail["loc"] for detail in error.errors()):  # then Config did not come to its own look at these
            problems += wrong_references(data)
    if channel_model:
        problems += _channel_problems(data, channel_model)
    if problems or config is None:
        lines = tuple(f"{name}: {problem}" for problem in problems)
        count = f"{len(lines)} mistakes" if len(lines) > 1 else "a mistake"
        raise ConfigError(f"{name} has {count}.", "Correct it; `agentconsole check` looks again.", lines)
    return config


def _channel_problems(data: dict[str, Any], channel_model: ModelOf) -> Iterator[str]:
    channels = data.get("channels")
    for number, channel in enumerate(channels if isinstance(channels, list) else []):
        if not isinstance(channel, dict) or not isinstance(channel.get("kind"), str):
            continue
        place = place_of(("channels", number), data)
        model = channel_model(channel["kind"])
        if model is None:
            yield f"{place}.kind: found {channel['kind']!r}; allowed is a kind of channel that is installed"
            continue
        options = {key: value for key, value in channel.items() if key not in ChannelSettings.model_fields}
        try:
            model.model_validate(options)
        except ValidationError as error:
            yield from problems_of(error, model, options, f"{place}.")
