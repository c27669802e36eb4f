"""Léa's colleagues: who is at work, on which conversation, and what they call each other for in notes.

What is chosen follows from the stories' own keys, so that the same desk has the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from zlib import crc32

from agentconsole.channels.base import settings_model
from agentconsole.config import State, load
from agentconsole.demo.gestures import Told
from agentconsole.demo.world import Line, Story
from agentconsole.demo.world.data import world
from agentconsole.demo.world.trouble import is_trouble
from agentconsole.desk.context import Desk
from agentconsole.errors import ConsoleError, DeskError
from agentconsole.model.message import Direction
from agentconsole.store import duty, presence
from agentconsole.store.engine import Store
from agentconsole.store.opening import open_desk

_CALLS = (("lea", "claire"), "ines", timedelta(minutes=4), "mail")
"""Whom the note about the trouble calls, whose it is, how old, and on which channel."""
_SEVERAL = "@{} @{} encore un message de Brumeval, et je ne suis pas la seule à en avoir. Une panne ?"
_ASKS = timedelta(minutes=11)
_ASKED = {
    "fr": "@lea tu peux regarder avant que je réponde ? Je ne sais pas jusqu'où on peut aller.",
    "en": "@lea could you have a look before I answer? I am not sure how far we can go.",
}
_SETTLED = timedelta(minutes=30)
"""How long nothing happened in the conversation of that note before it was written."""
_HERE = {"karim": 150, "yann": 95, "ines": 70, "tom": 64, "manon": 41, "claire": 120, "lea": 115}
"""Who is here, and since how many minutes; the others have not come yet."""
_AWAY = {"diego": 9}
_WRITE = ("karim", "tom")
"""Who is writing; the others read."""
_FIRST = 10.0
"""Seconds before the first sign of life: whatever has to be there to show the desk comes first."""
_BEAT = 20.0
"""Seconds between two signs of life of everybody's consoles, which do not exist."""


def call(told: Sequence[Story], me: str, now: datetime) -> list[Story]:
    """The same stories, with a note in two of them that calls somebody."""
    agents, author, ago, channel = _CALLS
    about = next((story for story in told if is_trouble(story) and story.channel == channel), None)
    likely = [story for story in told if _asks(story, me, now)]
    asked = min(likely, key=lambda story: (crc32(story.key.encode()), story.key), default=None)
    notes: dict[str, Line] = {}
    if about:
        notes[about.key] = Line(now - ago, Direction.NOTE, author, _SEVERAL.format(*agents), "")
    if asked:
        notes[asked.key] = Line(now - _ASKS, Direction.NOTE, str(asked.assignee), _ASKED[asked.language], "")
    return [replace(one, lines=(*one.lines, notes[one.key])) if one.key in notes else one for one in told]


def _asks(story: Story, me: str, now: datetime) -> bool:
    """Whether its adviser has it in hand, and may want to ask somebody."""
    ready = story.state is State.OPEN and story.lines[-1].who is Direction.IN and story.language in _ASKED
    theirs = story.assignee is not None and story.assignee not in (me, "lea")
    return ready and theirs and story.scenario in world().scenarios and story.lines[-1].at < now - _SETTLED


def begin_work(desk: Desk, told: Sequence[Told]) -> None:
    """Colleagues are at work: with what is theirs, and one on the trouble in public."""
    now = desk.now()
    open_ones = [one for one in told if one.story.state is State.OPEN and one.story.scenario in world().scenarios]
    on = {one.story.assignee or "": one for one in reversed(open_ones)}
    public = next((one for one in open_ones if is_trouble(one.story) and one.story.channel == "x"), None)
    if public:
        on["manon"] = public
    with desk.store.write() as connection:
        for who, since in (_HERE | _AWAY).items():
            if who != desk.agent.id:
                duty.put(connection, who, "away" if who in _AWAY else "here", now - timedelta(minutes=since), now)
        for who, one in on.items():
            if who in _HERE and who not in ("claire", desk.agent.id):
                presence.put(connection, who, one.conversation, "writing" if who in _WRITE else "reading", now)


@contextmanager
def at_work(config_path: Path, me: str | None) -> Iterator[None]:
    """Within it colleagues stay where they are, as if their consoles ran.

    :param config_path: the demo's agentconsole.toml. :param me: who has a console of their own; ``None``: as it says.
    """
    over = Event()
    thread = Thread(target=_stay, args=(config_path, me, over), name="colleagues", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _stay(config_path: Path, me: str | None, over: Event) -> None:
    if over.wait(_FIRST):
        return
    with suppress(ConsoleError):  # it is a play: whatever is wrong with the desk the console tells better
        config = load(config_path, settings_model)
        with closing(open_desk(config.desk, config_path.parent, create=False)) as store:
            while True:
                with suppress(DeskError):  # busy for a moment: the next sign of life does
                    beat(store, me or config.agent, store.now())
                if over.wait(_BEAT):
                    return


def beat(store: Store, me: str | None, now: datetime) -> None:
    """A sign of life, UTC, of everybody else who was at work last, and is where they were."""
    with store.write() as connection:
        for who, said in duty.everyone(connection).items():
            if who != me and said.state != "gone":
                duty.beat(connection, who, now)
        for who, place, doing in presence.latest(connection):
            if who != me:
                presence.put(connection, who, place, doing, now)
