"""Finding, reading and refusing agentconsole.toml."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args

from platformdirs import user_config_path
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agentconsole.config.settings import Config
from agentconsole.errors import ConfigError

FILE_NAME = "agentconsole.toml"
ModelOf = Callable[[str], type[BaseModel] | None]
"""The settings a kind of channel takes beyond :class:`ChannelSettings`; ``None`` where the kind is unknown."""


def find(given: Path | None = None) -> Path:
    """The configuration file: the one given, else ./agentconsole.toml, else the user's.

    :raises ConfigError: there is none.
    """
    places = [given] if given else [Path(FILE_NAME), user_config_path("agentconsole") / FILE_NAME]
    for place in places:
        if place.is_file():
            return place.absolute()
    raise ConfigError(
        f"No configuration: {' and '.join(map(str, places))} not found.",
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
    if channel_model:
        problems += _channel_problems(data, channel_model)
    if problems or config is None:
        lines = tuple(f"{name}: {problem}" for problem in problems)
        count = f"{len(lines)} mistakes" if len(lines) > 1 else "a mistake"
        raise ConfigError(f"{name} has {count}.", "Correct it; `agentconsole check` looks again.", lines)
    return config


def _channel_problems(data: dict[str, Any], channel_model: ModelOf) -> Iterable[str]:
    channels = data.get("channels")
    for number, channel in enumerate(channels if isinstance(channels, list) else []):
        if not isinstance(channel, dict) or not isinstance(channel.get("kind"), str):
            continue
        model = channel_model(channel["kind"])
        if model is None:
            yield f"{_place(('channels', number), data)}.kind: found {channel['kind']!r}; no such kind of channel is installed"
            continue
        from agentconsole.config.settings import ChannelSettings

        options = {k: v for k, v in channel.items() if k not in ChannelSettings.model_fields}
        try:
            model.model_validate(options)
        except ValidationError as error:
            yield from problems_of(error, model, options, _place(("channels", number), data) + ".")


def problems_of(error: ValidationError, model: type[BaseModel], data: Any, prefix: str = "") -> list[str]:
    """Pydantic's mistakes as lines of ours: ``key: found …; allowed …``."""
    lines: list[str] = []
    for detail in error.errors():
        place = _place(detail["loc"], data)
        said = str(detail.get("ctx", {}).get("error", "")) if detail["type"] == "value_error" else ""
        if said and not place:
            lines += said.splitlines()
            continue
        found = "" if detail["type"] in ("missing", "extra_forbidden") else f"found {_shown(detail['input'])}; "
        lines.append(f"{prefix}{place}: {found}{said and 'allowed is ' + said or _allowed(detail, model)}")
    return lines


def _place(loc: tuple[int | str, ...], data: Any) -> str:
    """``views.mine.order``: list items by their id where they have one, else by number from 1."""
    parts: list[str] = []
    at: Any = data
    for step in loc:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            at = None
        if isinstance(step, int):
            parts.append(str(at["id"]) if isinstance(at, dict) and "id" in at else str(step + 1))
        else:
            parts.append(step)
    return ".".join(parts)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _allowed(detail: ErrorDetails, model: type[BaseModel]) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            keys = sorted(_model_at(model, detail["loc"][:-1]).model_fields)
            near = difflib.get_close_matches(str(detail["loc"][-1]), keys, 1)
            return f"unknown key{f'; did you mean {near[0]!r}?' if near else ''} Allowed are {', '.join(keys)}"
        case "literal_error" | "enum":
            return f"allowed is {context['expected']}"
        case "string_pattern_mismatch":
            return f"allowed is a text like {context['pattern']}"
        case _:
            return f"allowed is: {detail['msg'].removeprefix('Input should be ').removeprefix('Value error, ')}"


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that the table at ``loc`` is read into."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = next(iter(_models_in(model.model_fields[step].annotation)), model)
    return model


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def environment_folder(path: Path) -> Path:
    """The folder relative names in agentconsole.toml start from."""
    return Path(os.path.abspath(path)).parent  # noqa: PTH100 (resolve() would follow a link away from it)
