"""Consoles at work while customers write: what they and the server meet.

A word of its own in every change tells when it is painted on another console.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import selectors
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from agentconsole.desk import replies, triage
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import open_thread
from agentconsole.desk.saved_views import view
from agentconsole.desk.watch import Watch
from agentconsole.errors import ConsoleError
from bench.setting import HEAD
from bench.team_console import Job, token
from bench.team_seed import ADVISERS, SERVICE, TeamDesk, said, working
from bench.team_server import Server, memory_mib, processor_s
from bench.timing import p50, spread

BEGINNING_S = 60.0
"""Seconds that consoles may take to begin, and :data:`_EACH_S` more for each."""
_EACH_S = 4.0
_PROBE_EVERY = 2.0
_ENDING_S = 30.0
_DOES = ("thread", "work", "list", "dashboard", "work", "thread", "work", "list")
"""What every eight consoles do: three work, two read along, two look at the newest, one has the dashboard open."""


@dataclass(frozen=True)
class Console:
    """A process at a pseudo-terminal."""

    job: Job
    process: subprocess.Popen[bytes]

    @property
    def begun(self) -> bool:
        """Its first screen is there, or it has ended."""
        return Path(self.job.ready).exists() or self.process.poll() is not None


@dataclass
class Probes:
    """Notes with a word of their own: the monotonic second of each, and the feed's lag in milliseconds."""

    written: dict[str, float] = field(default_factory=dict)
    told: list[float] = field(default_factory=list)
    """When the change feed told of the conversation."""
    load: list[float] = field(default_factory=list)

    @property
    def lags(self) -> list[float]:
        """From asking for a note until another program was told."""
        after = [[at for at in self.told if at >= began] for began in self.written.values()]
        return [(at[0] - began) * 1000 for began, at in zip(self.written.values(), after, strict=True) if at]


def measured(desk: TeamDesk, *, consoles: int, minutes: float, rate: float, think: float, told: dict[str, Any]) -> None:
    """Fill ``told``; where it is broken off (KeyboardInterrupt), with what there is until then.

    :param rate: messages an hour. :param think: seconds between two acts at a console.
    """
    with working(desk, ADVISERS[-1]) as prober, _service(desk, rate) as (service, arrived):
        number = triage.page(prober, view(prober.config, "waiting")).rows[-1].number
        go = desk.folder / f"go{os.getpid()}"
        jobs = [_job(desk, at, number, go, think) for at in range(consoles)]
        with _consoles(jobs) as running:
            came = monotonic()
            _begin(running)
            said(f"{sum(one.begun for one in running)} consoles have begun", came)
            server, began = Server(desk.address, desk.pid), monotonic()
            pids = [*(one.process.pid for one in running), service.process.pid]
            used = [processor_s(pid) for pid in pids]
            until, probes = began + minutes * 60, Probes()
            go.write_text(str(until))
            try:
                _probe(prober, number, until, probes)
            finally:
                seconds = monotonic() - began
                used = [processor_s(pid) - at for pid, at in zip(pids, used, strict=True)]
                memory = [memory_mib(pid) for pid in pids[:-1]]
                told |= {"minutes": round(seconds / 60, 2), "server": server.told()}
                told |= {
                    "console_cores": round(sum(used[:-1]) / seconds / max(1, consoles), 3),
                    "console_rss_mib": max((rss for rss, _pss in memory), default=0),
                    "console_pss_mib": round(sum(pss for _rss, pss in memory) / max(1, consoles), 1),
                    "service_cores": round(used[-1] / seconds, 3),
                    "service_rss_mib": memory_mib(service.process.pid)[0],
                    "feed_lag": spread(probes.lags),
                    "load": {"p50": p50(probes.load), "max": max(probes.load)} if probes.load else None,
                }
                _end(running)
                service.end()
                told |= _found(running, began, arrived(), probes.written)
                go.unlink()


def _job(desk: TeamDesk, at: int, number: int, go: Path, think: float) -> Job:
    does = _DOES[at % len(_DOES)]
    result = desk.folder / f"console{at}.json"
    result.unlink(missing_ok=True)
    job = Job(
        str(desk.configuration(HEAD if does == "dashboard" else ADVISERS[at])),
        does, number, str(go), str(result), at, think,
    )  # fmt: skip
    Path(job.ready).unlink(missing_ok=True)
    return job


# Processes


@dataclass(frozen=True)
class _Service:
    process: subprocess.Popen[bytes]

    def end(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.communicate(timeout=_ENDING_S)


@contextmanager
def _service(desk: TeamDesk, rate: float) -> Iterator[tuple[_Service, Any]]:
    """The service at work, and a function that answers when it was handed each token, once it has ended."""
    told = desk.folder / "arrived.json"
    told.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bench.team_sync", str(desk.configuration(SERVICE)), str(rate), str(told)]
    service = _Service(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))
    try:
        yield service, lambda: json.loads(told.read_text()) if told.exists() else {}
    finally:
        service.end()
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()


@contextmanager
def _consoles(jobs: list[Job]) -> Iterator[list[Console]]:
    """A process at a pseudo-terminal for each job; what they paint is read and dropped."""
    running: list[Console] = []
    terminals = selectors.DefaultSelector()
    stop = threading.Event()

    def drain() -> None:
        while not stop.is_set():
            for key, _events in terminals.select(0.2):
                try:
                    data = os.read(key.fd, 1 << 16)
                except OSError:  # the console has ended
                    data = b""
                if not data:
                    terminals.unregister(key.fd)
                    os.close(key.fd)

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    try:
        for job in jobs:
            ours, process = _at_terminal([sys.executable, "-m", "bench.team_console", json.dumps(asdict(job))])
            terminals.register(ours, selectors.EVENT_READ)
            running.append(Console(job, process))
        yield running
    finally:
        for one in running:
            if one.process.poll() is None:
                one.process.kill()
                one.process.wait()
        stop.set()
        reader.join()


def _at_terminal(command: list[str]) -> tuple[int, subprocess.Popen[bytes]]:
    """Our end of its terminal, 120 columns by 40 lines, and the process."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        environment.pop(name, None)
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=environment
    )
    os.close(theirs)
    return ours, process


def _begin(running: list[Console]) -> None:
    """Wait until all have their first screen, or have had the time for it."""
    late = monotonic() + BEGINNING_S + _EACH_S * len(running)
    while monotonic() < late and not all(one.begun for one in running):
        sleep(0.1)


def _end(running: list[Console]) -> None:
    """Those whose time is not over write down what they have; all end."""
    for one in running:
        if one.process.poll() is None and one.begun:
            one.process.send_signal(signal.SIGTERM)
    late = monotonic() + _ENDING_S
    while monotonic() < late and any(one.process.poll() is None for one in running):
        sleep(0.1)


# What is measured


def _probe(desk: Desk, number: int, until: float, probes: Probes) -> None:
    """Write a note with a word of its own now and then, and hear when the feed tells of it."""
    subject, stop = open_thread(desk, number).row.id, threading.Event()

    def listen() -> None:
        watch = Watch(desk)
        while not stop.is_set():
            news = watch.wait(1.0, stop)
            told = news.told or () if news is not None else ()
            if any(one.about == "conversation" and one.subject == subject for one in told):
                probes.told.append(monotonic())
        watch.close()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    last = until - min(5.0, (until - monotonic()) / 2)
    try:
        while monotonic() < last:
            word, began = token(9, os.getpid(), len(probes.written)), monotonic()
            with suppress(ConsoleError):
                replies.note(desk, number, f"{word} is looked into")
                probes.written[word] = began
            if len(probes.written) % 10 == 0:
                probes.load.append(os.getloadavg()[0])
            sleep(max(0.0, began + _PROBE_EVERY - monotonic()))
        sleep(max(0.0, until - monotonic()))
    finally:
        stop.set()
        listener.join()


def _found(running: list[Console], began: float, arrived: dict[str, float], probes: dict[str, float]) -> dict[str, Any]:
    """What the consoles wrote down, all together."""
    keys: dict[str, list[float]] = {}
    notes: list[float] = []
    arrivals: list[float] = []
    floor: list[float] = []
    painted: list[float] = []
    lost: Counter[str] = Counter()
    missing, characters = 0, 0
    since = {word: at for word, at in arrived.items() if at > began}
    for one in running:
        does, path = one.job.does, Path(one.job.result)
        if not path.exists():
            lost[f"a console ended early, or never began ({does})"] += 1
            continue
        found = json.loads(path.read_text())
        for kind, spent in found["keys"].items():
            keys.setdefault(kind, []).extend(spent)
        lost.update(found["lost"])
        floor += found["floor"][1:]
        painted += found["floor_painted"][1:]
        characters += found["painted"]
        tokens: dict[str, float] = found["tokens"]
        if does == "thread":
            notes += [(tokens[word] - at) * 1000 for word, at in probes.items() if word in tokens]
            missing += sum(word not in tokens for word in list(probes)[:-3])
        if does == "list":
            arrivals += [(tokens[word] - at) * 1000 for word, at in since.items() if word in tokens]
    return {
        "keys": {kind: spread(spent) for kind, spent in sorted(keys.items())},
        "key_to_paint": spread([one for spent in keys.values() for one in spent]),
        "note_to_other_console": spread(notes) | {"not_seen": missing},
        "arrival_to_list": spread(arrivals),
        "dashboard": spread(floor),
        "dashboard_painted": spread(painted),
        "notes": len(probes),
        "arrived": len(since),
        "lost_keys": dict(lost),
        "painted_mib": round(characters / (1 << 20), 1),
    }
