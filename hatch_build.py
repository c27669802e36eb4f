"""Build hook: compiles the catalogues of agentconsole/locale, for the wheel and for an editable install."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    """Writes each agentconsole.mo beside its .po; git ignores them, so the wheel is told to take them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Called by hatchling before it collects files; ``version`` is "standard" or "editable"."""
        if self.target_name != "wheel":
            return
        for source in sorted(Path(self.root, "agentconsole", "locale").glob("*/LC_MESSAGES/*.po")):
            with source.open("rb") as text:
                catalogue = read_po(text, locale=source.parent.parent.name, domain=source.stem)
            with source.with_suffix(".mo").open("wb") as binary:
                write_mo(binary, catalogue)
        build_data["artifacts"].append("agentconsole/locale/**/*.mo")
