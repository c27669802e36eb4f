"""Advisers at the desk's functions, without screens: threads in some processes, each with a login and a connection.

``python -m bench.team_load JOB``: see :class:`Job`. The functions are those that the console calls.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from agentconsole.cli.opening import opened
from agentconsole.desk import assigning, conversations, replies, triage
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import view
from agentconsole.errors import ConsoleError, Stale

_EACH = 50
"""Advisers in a process."""
_APART = 15.0
"""Seconds from one round of taking to the next."""
_ACTS = {"page": 20, "open": 40, "take next": 15, "note": 15, "reply": 10}


@dataclass(frozen=True)
class Job:
    """What these advisers do.

    :param takes: of each round, how many of them press "take next" at the same time, once each.
    :param seconds: how long they work after that, with a pause of ``think`` seconds between two acts on average.
    """

    configurations: list[str]
    takes: list[int]
    seconds: float
    think: float
    result: str


@dataclass
class Found:
    """Milliseconds by what was done; numbers that were handed out; what went wrong."""

    takes: list[list[tuple[float, int]]] = field(default_factory=list)
    acts: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    stale: int = 0


def run(
    folder: Path,
    configurations: list[Path],
    takes: list[int],
    seconds: float,
    think: float,
    begins: Callable[[], object],
) -> Found:
    """All these advisers at once, in some processes; what all of them found.

    :param begins: called when all are connected.
    """
    jobs = []
    processes = -(-len(configurations) // _EACH)
    for number in range(processes):
        mine = [str(path) for path in configurations[number::processes]]
        share = [len(range(number, many, processes)) for many in takes]
        job = Job(mine, share, seconds, think, str(folder / f"load{number}.json"))
        command = [sys.executable, "-m", "bench.team_load", json.dumps(asdict(job))]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        jobs.append((job, process))
    try:
        _together([process for _job, process in jobs], begins)
    finally:
        for _job, process in jobs:
            process.kill()
            process.wait()
    every = Found(takes=[[] for _round in takes])
    for job, _process in jobs:
        one = json.loads(Path(job.result).read_text())
        for at, took in enumerate(one["takes"]):
            every.takes[at] += took
        for name, spent in one["acts"].items():
            every.acts.setdefault(name, []).extend(spent)
        for name, many in one["errors"].items():
            every.errors[name] = every.errors.get(name, 0) + many
        every.stale += one["stale"]
    return every


def _together(processes: list[subprocess.Popen[str]], begins: Callable[[], object]) -> None:
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    begins()
    begin = monotonic() + 0.5
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{begin}\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()


class Adviser:
    """One of them. All write into one :class:`Found`: appending is atomic."""

    def __init__(self, desk: Desk, seed: int, found: Found) -> None:
        self._desk, self._dice, self._found = desk, Random(seed), found
        self._rows = [row.number for row in triage.page(desk, view(desk.config, "open")).rows]
        self._mine: list[int] = []

    def takes(self, at: int) -> None:
        """The next one, once."""
        began = monotonic()
        taken = assigning.take_next(self._desk)
        number = taken.row.number if taken.row else 0
        self._found.takes[at].append(((monotonic() - began) * 1000, number))

    def works(self, until: float, think: float) -> None:
        """Whatever advisers do, until then."""
        if think:
            sleep(self._dice.uniform(0, think))
        while monotonic() < until:
            name = self._dice.choices(list(_ACTS), list(_ACTS.values()))[0]
            began = monotonic()
            try:
                self._act(name)
            except Stale:
                self._found.stale += 1
            except ConsoleError as error:
                said = f"{name}: {error.what}"
                self._found.errors[said] = self._found.errors.get(said, 0) + 1
            self._found.acts.setdefault(name, []).append((monotonic() - began) * 1000)
            if think:
                sleep(self._dice.expovariate(1 / think))

    def _act(self, name: str) -> None:
        desk, number = self._desk, self._dice.choice(self._mine or self._rows)
        if name == "page":
            self._rows = [row.number for row in triage.page(desk, view(desk.config, "open")).rows] or self._rows
        elif name == "open":
            conversations.open_thread(desk, self._dice.choice(self._rows))
        elif name == "take next":
            taken = assigning.take_next(desk)
            self._mine += [taken.row.number] if taken.row else []
        elif name == "note":
            replies.note(desk, number, f"Seen, {self._dice.randrange(10**9)}")
        else:
            replies.reply(desk, number, f"Bonjour, voici. {self._dice.randrange(10**9)}")


def main() -> int:
    """Work as the argument says, and write down what came of it."""
    job = Job(**json.loads(sys.argv[1]))
    found = Found(takes=[[] for _round in job.takes])
    with ExitStack() as stack:
        desks = [
            stack.enter_context(opened(argparse.Namespace(config=Path(c), agent=None))) for c in job.configurations
        ]
        advisers = [Adviser(desk, seed, found) for seed, desk in enumerate(desks)]
        print("ready", flush=True)
        begin = float(sys.stdin.readline())
        for at, many in enumerate(job.takes):
            when = begin + at * _APART
            _all_at_once([_after(when, _bound(one.takes, at)) for one in advisers[:many]], found)
        begin = max(begin + len(job.takes) * _APART, monotonic())
        until = begin + job.seconds
        if job.seconds:
            _all_at_once([_after(begin, _bound(one.works, until, job.think)) for one in advisers], found)
    Path(job.result).write_text(json.dumps(asdict(found)), encoding="utf-8")
    return 0


def _bound(act: Callable[..., None], *given: Any) -> Callable[[], None]:
    return lambda: act(*given)


def _after(when: float, act: Callable[[], None]) -> Callable[[], None]:
    def waits() -> None:
        sleep(max(0.0, when - monotonic()))
        act()

    return waits


def _all_at_once(acts: list[Callable[[], None]], found: Found) -> None:
    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except ConsoleError as error:
            found.errors[error.what] = found.errors.get(error.what, 0) + 1
        except Exception:  # noqa: BLE001 (a thread's fault must be counted, not lost)
            said = traceback.format_exc(limit=-1)
            found.errors[said] = found.errors.get(said, 0) + 1

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
