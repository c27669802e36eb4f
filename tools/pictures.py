"""Takes the pictures of docs/pictures: the demo desk on an invented morning, shown by the real console.

    python tools/pictures.py            all of them
    python tools/pictures.py main       one of them

Run it after a change of the screen, and look at what it made.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agentconsole import i18n
from agentconsole.channels.base import settings_model
from agentconsole.config import load
from agentconsole.demo.build import build
from agentconsole.desk import saved_views, triage
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk
from agentconsole.views.console import Console
from agentconsole.views.keys import Keymap
from agentconsole.views.page import Session

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
MORNING = datetime(2026, 3, 3, 9, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Picture:
    """What is pressed before the picture is taken, at which size, in which language."""

    size: tuple[int, int]
    keys: tuple[str, ...]
    language: str = "en"


ALL = {
    "main": Picture((160, 42), ("down", "down", "enter")),
    "list": Picture((80, 24), ("down",)),
    "thread": Picture((80, 24), ("down", "down", "enter")),
    "composer": Picture((120, 40), ("enter", "r", *"Bonjour", "space", *"Jessica,")),
    "macros": Picture((120, 40), ("down", "m", *"parcel")),
    "card": Picture((200, 50), ("down", "down", "i")),
    "palette": Picture((120, 40), ("colon",)),
    "keys": Picture((120, 40), ("question_mark",)),
    "french": Picture((120, 40), ("down",), "fr"),
}


async def take(name: str, picture: Picture, folder: Path) -> None:
    """One picture, as SVG."""
    i18n.use(picture.language)
    config_path = build(folder, size=400, seed=1, still=True, now=MORNING)
    config = load(config_path, settings_model)
    store = open_desk(config.desk, folder)
    desk = Desk(store, config, who_am_i(config, None), folder, lambda: MORNING)
    chosen = saved_views.views(config)[0]
    first: Future[triage.ViewPage] = Future()
    first.set_result(triage.page(desk, chosen))
    app = Console(Session(desk, Keymap(config.keys), chosen, False, config_path, first), folder / "log")
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        for key in picture.keys:
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause(0.3)
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.svg").write_text(app.export_screenshot(title="agentconsole"), encoding="utf-8")
    store.close()
    print(PICTURES / f"{name}.svg")


def main() -> None:
    """Those named on the command line, else all."""
    for name in sys.argv[1:] or ALL:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(take(name, ALL[name], Path(folder)))


if __name__ == "__main__":
    main()
