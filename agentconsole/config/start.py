"""The starting file: what `agentconsole init` writes."""

from __future__ import annotations

from pathlib import Path

from agentconsole.errors import UsageError
from agentconsole.i18n import _

_PACKAGE = Path(__file__).parents[1]


def starting_text() -> str:
    """The commented agentconsole.toml of the wheel, or of the checkout that the program runs from."""
    shipped = _PACKAGE / "share" / "agentconsole.toml"
    return (shipped if shipped.exists() else _PACKAGE.parent / "agentconsole.toml").read_text(encoding="utf-8")


def write_starting_file(path: Path) -> None:
    """Write the starting file there, and the folders it is in; nothing that exists is touched.

    :raises UsageError: there is something of that name already, or it cannot be written.
    """
    text = starting_text()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            _("{path} exists already and was not touched.").format(path=path),
            _("Edit it, or give another place: agentconsole init FILE"),
        ) from None
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {error}.").format(path=path, error=error.strerror),
            _("Give a place that you can write to: agentconsole init FILE"),
        ) from None
