"""Pydantic's mistakes in a person's words: which key, what was found, what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_SECRET = re.compile(r"pass(word|wd|phrase)?|secret|token|api_?key", re.IGNORECASE)
_PLAIN = {
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "tuple_type": "a list: [ … ]",
    "list_type": "a list: [ … ]",
    "dict_type": "a table: { key = … }",
    "model_type": "a table with keys of its own",
    "model_attributes_type": "a table with keys of its own",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "string_too_long": "a text of {max_length} characters at most",
    "string_too_short": "a text of {min_length} characters or more",
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of {max_length} or fewer",
    "string_pattern_mismatch": "a text of the form {pattern}",
}
"""What each type of mistake allows; braces are filled in from its context."""


def problems_of(error: ValidationError, model: type[BaseModel], data: Any, prefix: str = "") -> list[str]:
    """Pydantic's mistakes as lines of ours: ``key: found …; allowed is …``.

    :param model: what ``data`` was read into.
    :param prefix: of every key, such as ``"channels.mail."``.

    A validator of a whole table says key, found and allowed itself, one line a mistake.
    """
    lines: list[str] = []
    for detail in error.errors():
        place = place_of(detail["loc"], data)
        said = str(detail.get("ctx", {}).get("error", "")) if detail["type"] == "value_error" else ""
        if said and not place:
            lines += [prefix + line for line in said.splitlines()]
        elif said:
            lines.append(f"{prefix}{place}: {_found(detail)}allowed is {said}")
        else:
            lines.append(f"{prefix}{place}: {_found(detail)}{_allowed(detail, model)}")
    return lines


def place_of(loc: tuple[int | str, ...], data: Any) -> str:
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
        elif step != "[key]":  # pydantic's mark for a key of a table that is itself wrong
            parts.append(step)
    return ".".join(parts)


def _found(detail: ErrorDetails) -> str:
    value = detail["input"]
    if detail["type"] in ("missing", "extra_forbidden"):
        return ""
    if isinstance(value, Mapping):
        return f"found a table with {', '.join(map(str, value)) or 'nothing in it'}; "
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    text = re.sub(r"(://[^/:@]*):[^/@]*@", r"\1:…@", text)  # a password in an address is not repeated
    return f"found {text if len(text) <= 60 else text[:57] + '…'}; "


def _allowed(detail: ErrorDetails, model: type[BaseModel]) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "found nothing; this key must be there"
        case "extra_forbidden":
            return _unknown_key(detail["loc"], model)
        case "literal_error" | "enum":
            found, allowed = detail["input"], re.findall("'([^']*)'", context["expected"])
            return f"{_near(found, allowed)}allowed is {', '.join(map(repr, allowed))}"
        case kind if kind in _PLAIN:
            return f"allowed is {_PLAIN[kind].format_map(context)}"
        case kind if kind.startswith("date"):
            return 'allowed is a date such as 2026-12-24 (as a key: "2026-12-24")'
        case _:
            return f"allowed is {detail['msg'].removeprefix('Input should be ')}"


def _unknown_key(loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    key = str(loc[-1])
    if _SECRET.search(key):
        return "unknown key; passwords are never kept here: `agentconsole secret set` stores them safely"
    keys = sorted(_model_at(model, loc[:-1]).model_fields)
    return f"unknown key; {_near(key, keys)}allowed are {', '.join(keys)}"


def _near(found: Any, allowed: list[str]) -> str:
    near = difflib.get_close_matches(found, allowed, 1) if isinstance(found, str) else []
    return f"did you mean {near[0]!r}? " if near else ""


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that the table at ``loc`` is read into."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = next(_models_in(model.model_fields[step].annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
