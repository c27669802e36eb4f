"""docs/configuration.md from the models of agentconsole.toml: `python tools/configuration_doc.py` writes it.

Each table is a section, each setting a row; what a row says is the docstring below the setting.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, create_model
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "configuration.md"
sys.path.insert(0, str(ROOT))

from agentconsole.channels.email.settings import Settings as Email  # noqa: E402 (needs the path above)
from agentconsole.config import (  # noqa: E402 (as above)
    MEDIUMS,
    Agent,
    Assignment,
    Boost,
    Brand,
    ChannelSettings,
    Checks,
    Config,
    Crisis,
    Delegation,
    Gestures,
    Gift,
    Hours,
    Kind,
    Limits,
    MomentOf,
    Notify,
    Outbox,
    Purpose,
    Reason,
    Shop,
    Sla,
    Team,
    TeamBudget,
    View,
)
from agentconsole.config.values import Frozen  # noqa: E402 (as above)

INTRODUCTION = f"""\
# Configuration

<!-- Made by tools/configuration_doc.py from agentconsole/config; edit the docstrings there. -->

Everything is in one file, `agentconsole.toml`, written in [TOML](https://toml.io). `agentconsole init` writes a
commented one to begin with, and never overwrites one. The file is the one given with `--config`, else
`agentconsole.toml` in the folder where you are, else the one in your configuration folder
(`~/.config/agentconsole` on Linux).

`agentconsole check` reads it and tells all mistakes at once: the key, what was found and what is allowed. A key
that does not exist is a mistake too. Then it looks at the desk and at each channel's server and login.

## What values look like

| value | how it is written |
| --- | --- |
| duration | `"45m"`, `"1h30"`, `"48h"`, `"2d"`, `"10s"`. A day is 24 hours, also in business time. |
| opening hours | `"08:00-20:00"`, `"09:00-12:30, 14:00-18:00"`, `"18:00-24:00"`, or `""` when closed. |
| text, or one a language | `"Mine"`, or `{{ en = "Mine", fr = "Les miennes" }}`. |
| short name | `a` to `z`, `0` to `9`, `-`, `_` and `.`: `"team-2"`. |
| channel | The id of one of your channels, or a medium: {", ".join(f"`{medium}`" for medium in MEDIUMS)}. |
| time zone | A name of the tz database: `"Europe/Paris"`. |
| amount | In units of its currency: `"15"`, `"15.50"`; with as many decimals as the currency has. |
| currency code | Of ISO 4217: `"EUR"`. |

## Who reads what

On a desk that is a file everything in agentconsole.toml counts. On PostgreSQL a team has one configuration: a
supervisor applies the file that says who works here with `agentconsole policy apply`, and every console takes brand,
hours, teams, agents, service levels, views, channels, checks, macros and all about [gestures](gestures.md) from the
desk. A console then needs no more than the desk's address, `desk = "postgresql://lea@host/care"` or `--desk`; who one
is says the login. A policy that is applied counts at once, in consoles that are open too.

Its own file keeps what is personal: `desk`, `attachments`, `own`, `agent`, `language`, `theme`, `keys` and `notify`.
Of all other keys only what the desk has counts; `agentconsole check` names those that the file says otherwise. An
agent's console leaves pulling and delivering to the service, `agentconsole sync`, which runs where the mailboxes'
passwords are and whose own `[[channels]]`, where it has any, come before the desk's; one whose own file does not have
the desk's `[shop]` leaves the shop to others. Passwords are never passed on. [deploy.md](deploy.md) sets all of it up.
"""

SECRETS = """\
## Passwords

Never in agentconsole.toml. `agentconsole secret set mail` asks for the password of the channel `mail` and keeps
it; `agentconsole secret forget mail` removes it. It is looked for in this order:

1. the keyring of the system, service `agentconsole`, user `mail`;
2. the file `secrets.toml` beside agentconsole.toml, else in your configuration folder, with a line
   `mail = "the password"`. It is refused unless it is yours and closed to everybody else (`chmod 600`);
3. the environment variable `AGENTCONSOLE_SECRET_MAIL`: the channel's id in capitals, `-` and `.` as `_`.

`agentconsole check` says where each one was found. The password of a PostgreSQL desk is PostgreSQL's own affair:
`~/.pgpass` or `PGPASSWORD`.
"""

SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("[brand]", Brand),
    ("[hours]", Hours),
    ("[[teams]]", Team),
    ("[[agents]]", Agent),
    ("[[sla]]", Sla),
    ("[[boosts]]", Boost),
    ("[[views]]", View),
    ("[[channels]]", ChannelSettings),
    ('[[channels]]` with `kind = "email"', Email),
    ("[assignment]", Assignment),
    ("[crisis]", Crisis),
    ("[outbox]", Outbox),
    ("[checks]", Checks),
    ("[[purposes]]", Purpose),
    ("[gestures]", Gestures),
    ("[[reasons]]", Reason),
    ("[[kinds]]", Kind),
    ("[[delegations]]", Delegation),
    ("[[delegations.limits]]", Limits),
    ("[[teams.budgets]]", TeamBudget),
    ("[[catalogue]]", Gift),
    ("[[moments]]", MomentOf),
    ("[shop]", Shop),
    ("[notify]", Notify),
)


def document() -> str:
    """The whole page."""
    parts = [INTRODUCTION, *_section("At the top of the file", Config, "Before the first table.")]
    for title, model in SECTIONS:
        parts += _section(f"`{title}`", model, _plain(model.__doc__ or ""))
    return "\n".join([*parts, SECRETS])


def _section(title: str, model: type[BaseModel], said: str) -> list[str]:
    schema, described = model.model_json_schema(), descriptions(model)
    lines = [f"## {title}", "", said, "", "| key | takes | where left out | |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        known = schema["properties"][name]
        if _is_table(known, schema.get("$defs", {})):
            continue  # it has a section of its own
        takes = _takes(known, schema.get("$defs", {}))
        cells = (f"`{name}`", takes, _default(field), _plain(described.get(name, "")))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [*lines, ""]


def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The docstring below each setting. Pydantic can read them too, but at every start of the program."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for setting, below in pairwise(tree.body):
        match setting, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                found[name] = text
    return found


def _is_table(known: Mapping[str, Any], tables: Mapping[str, Any]) -> bool:
    """A table, one that may be left out, or a list of tables."""
    targets = [one.get("$ref") or one.get("items", {}).get("$ref") or "" for one in (known, *known.get("anyOf", ()))]
    return any(tables.get(target.rpartition("/")[2], {}).get("type") == "object" for target in targets)


def _takes(known: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    """What a setting takes, from its JSON schema."""
    if "$ref" in known:
        return _takes(tables[known["$ref"].rpartition("/")[2]], tables)
    if "anyOf" in known:
        return " or ".join(_takes(one, tables) for one in known["anyOf"] if one.get("type") != "null")
    if "enum" in known:
        return ", ".join(f'`"{value}"`' for value in known["enum"])
    title = str(known.get("title", ""))
    if title and title[0].islower():  # named in agentconsole.config.values
        return title
    match known["type"]:
        case "array":
            one = _takes(known["items"], tables)
            return f"list of {one}{'' if one.startswith('`') else 's'}"
        case "object":
            names = known.get("propertyNames", {})
            keys = f"{names.get('format') or _takes(names, tables)} = " if names else ""
            return f"table of {keys}{_takes(known['additionalProperties'], tables)}"
        case "integer":
            return " ".join(["whole number", *_bounds(known)])
        case "string" if "format" in known:
            return str(known["format"])
        case kind:
            return {"string": "text", "boolean": "`true` or `false`", "number": "number"}[kind]


def _bounds(known: Mapping[str, Any]) -> Iterator[str]:
    if "minimum" in known and "maximum" in known:
        yield f"from {known['minimum']} to {known['maximum']}"
    elif "minimum" in known:
        yield f"from {known['minimum']}"


def _default(field: FieldInfo) -> str:
    """The default as it would be written in the file."""
    if field.is_required():
        return "*must be given*"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return ""
    alone = create_model("Alone", __base__=Frozen, x=(Any if field.annotation is None else field.annotation, field))
    written = tomli_w.dumps(alone().model_dump(mode="json"))
    shown = "{}" if isinstance(tomllib.loads(written)["x"], dict) else written.removeprefix("x = ").strip()
    one_line = re.sub(r"\s*\n\s*", " ", shown)
    return f"`{one_line.replace('[ ', '[').replace(', ]', ']')}`"


def _plain(docstring: str) -> str:
    """A docstring in one line of Markdown."""
    return re.sub(r"\s+", " ", re.sub(r":\w+:`~?\.?([^`]*)`", r"`\1`", docstring).replace("``", "`")).strip()


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(document(), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)} written")
