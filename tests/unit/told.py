"""What is told about a configuration."""

from __future__ import annotations

from collections.abc import Sequence

from agentconsole.config import ModelOf, parse
from agentconsole.errors import ConfigError


def mistakes(text: str, channel_model: ModelOf | None = None) -> list[str]:
    """What is said about a file, each line without the file's name, which all of them begin with; none of a good one.

    :param channel_model: as :func:`agentconsole.config.parse` takes it.
    """
    lines: Sequence[str] = ()
    try:
        parse(text, "desk.toml", channel_model)
    except ConfigError as error:
        lines = error.problems
    assert all(line.startswith("desk.toml: ") for line in lines)
    return [line.removeprefix("desk.toml: ") for line in lines]
