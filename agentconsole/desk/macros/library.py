"""All macros that somebody has: the brand's, and their own, which win over the brand's of the same name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from agentconsole.config import Config
from agentconsole.desk.context import Desk, utc_now
from agentconsole.desk.macros.reading import MAX_FILES, Broken, FoundFile, Macro, Problem, find_files, read
from agentconsole.desk.when import parse_when
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _
from agentconsole.model.macro import NOBODY
from agentconsole.model.states import MEDIUMS

ME = "me"
"""The assignee that stands for whoever runs the macro."""
_PACKAGE = Path(__file__).parents[2]


def brand_folder(desk: Desk) -> Path:
    """The brand's macros; the starter macros of the wheel, or of the checkout, where none are configured."""
    if desk.config.macros:
        return desk.folder / Path(desk.config.macros).expanduser()
    shipped = _PACKAGE / "share" / "macros"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "macros"


def own_folder(desk: Desk) -> Path:
    """The macros of whoever is at the keyboard; it need not exist."""
    return desk.own_folder / "macros"


@dataclass(frozen=True, slots=True)
class Holding:
    """What a library had when it was last looked at: macros by name, and the broken ones, brand's first."""

    macros: dict[str, Macro] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()


class Library:
    """The macros of two folders, read when first asked for, and again where a file has changed since.

    Each look costs one look at the folders; only files that changed are read. May be used from any thread.

    :param brand: the brand's folder; :param own: the person's.
    :param config: whose agents, teams and channels the macros may name.
    :param now: the time, aware: words for a time that has passed are a mistake.
    """

    def __init__(self, brand: Path, own: Path, config: Config, now: Callable[[], datetime] = utc_now) -> None:
        self._folders = ((brand, False), (own, True))
        self._config, self._now = config, now
        self._lock = Lock()
        self._read: dict[Path, tuple[tuple[int, int, int], Macro | Broken]] = {}
        self._seen: tuple[tuple[Path, object], ...] | None = None
        self._holding = Holding()

    @classmethod
    def of(cls, desk: Desk) -> Library:
        """The library of whoever is at the keyboard."""
        return cls(brand_folder(desk), own_folder(desk), desk.config, desk.now)

    def look(self) -> Holding:
        """All there is now."""
        with self._lock:
            found: list[tuple[FoundFile, bool]] = []
            told: list[Broken] = []
            for folder, own in self._folders:
                if not own and not folder.is_dir():
                    told.append(Broken("", folder, own, folder.name, (Problem(None, _("no such folder")),)))
                files = list(find_files(folder))
                found += [(file, own) for file in files[:MAX_FILES]]
                if len(files) > MAX_FILES:
                    said = _("{n} macros; only the first {limit} are used").format(n=len(files), limit=MAX_FILES)
                    told.append(Broken("", folder, own, folder.name, (Problem(None, said),)))
            seen = (*((file.path, file.stamp) for file, _own in found), *((item.path, item.problems) for item in told))
            if seen != self._seen:
                self._holding = self._hold(found, told)
                self._seen = seen
            return self._holding

    @property
    def macros(self) -> tuple[Macro, ...]:
        """Those that can be run, by name."""
        return tuple(self.look().macros.values())

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Those that cannot, and why."""
        return self.look().broken

    def get(self, name: str) -> Macro:
        """The macro of a name; the last part of it is enough where it is the only one of that.

        :raises NotFound: there is none.
        :raises UsageError: it is broken, or several have such a name.
        """
        holding = self.look()
        if name in holding.macros:
            return holding.macros[name]
        for broken in holding.broken:
            if broken.name == name:
                raise UsageError(
                    _("The macro {name} is broken: {problem}.").format(name=name, problem=broken.problems[0]),
                    _("Correct {path}.").format(path=broken.path),
                )
        ends = [full for full in holding.macros if full.rpartition("/")[2] == name]
        if len(ends) == 1:
            return holding.macros[ends[0]]
        near = ends or difflib.get_close_matches(name, holding.macros, 3)
        if len(ends) > 1:
            raise UsageError(
                _("Several macros are called {name}.").format(name=name),
                _("Use one of: {names}.").format(names=", ".join(near)),
            )
        raise NotFound(
            _("There is no macro {name!r}.").format(name=name),
            (_("Perhaps: {names}.").format(names=", ".join(near)) + " " if near else "")
            + _("`agentconsole macro list` lists all."),
        )

    def _hold(self, found: Iterable[tuple[FoundFile, bool]], told: list[Broken]) -> Holding:
        known, macros, broken = self._read, dict[str, Macro](), list(told)
        self._read = {}
        for file, own in found:
            before = known.get(file.path)
            item = before[1] if before and before[0] == file.stamp else self._checked(read(file, own))
            self._read[file.path] = (file.stamp, item)
            if isinstance(item, Broken):
                broken.append(item)
            else:
                macros[item.name] = item  # the own folder comes last: it wins
        return Holding(dict(sorted(macros.items())), tuple(broken))

    def _checked(self, item: Macro | Broken) -> Macro | Broken:
        """Broken too where it names somebody whom, or a time which, the desk does not know."""
        if isinstance(item, Broken):
            return item
        strangers = tuple(Problem(None, said) for said in _strangers(item, self._config, self._now()))
        return Broken(item.name, item.path, item.own, item.title, strangers) if strangers else item


def _strangers(macro: Macro, config: Config, now: datetime) -> Iterator[str]:
    actions, agents = macro.file.actions, {agent.id for agent in config.agents}
    channels = {*MEDIUMS, *(c.id for c in config.channels), *(c.medium for c in config.channels)}
    for name in macro.file.channels:
        yield from _stranger("channels", name, channels)
    if actions.assignee and agents:  # without configured agents everybody is known by the name of their account
        yield from _stranger("actions.assignee", actions.assignee, {ME, NOBODY, *agents})
    if actions.team:
        yield from _stranger("actions.team", actions.team, {team.id for team in config.teams})
    yield from _no_time("actions.snooze", actions.snooze, config, now)
    yield from _no_time("actions.promise.when", actions.promise.when if actions.promise else None, config, now)


def _no_time(place: str, words: str | None, config: Config, now: datetime) -> Iterator[str]:
    if words and "{" not in words:
        try:
            parse_when(words, now, config.zone)
        except UsageError as error:
            yield f"{place}: {error.what.rstrip('.')}"


def _stranger(place: str, name: str, allowed: set[str]) -> Iterator[str]:
    if name not in allowed:
        near = difflib.get_close_matches(name, allowed, 1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        listed = ", ".join(sorted(allowed)) or "none, since there are none yet"
        yield f"{place}: found {name!r}{hint}; allowed are {listed}"
