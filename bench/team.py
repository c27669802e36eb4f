"""A team at one desk: ``python -m bench.team`` prints one JSON object. See docs/performance.md, "A team".

PostgreSQL with a million conversations and a database role for everybody; the service pulls what customers write; real
consoles are at work on it, each a process at a pseudo-terminal of its own. A word of its own in every change tells when
it is painted on another console. Then 25 and 200 advisers press "take next" at the same time, and 200 work at the
desk's functions. It judges nothing.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import selectors
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from agentconsole.cli.opening import opened
from agentconsole.desk import figures, replies, triage
from agentconsole.desk.context import Desk
from agentconsole.desk.saved_views import view
from agentconsole.desk.watch import Watch
from agentconsole.errors import ConsoleError
from bench import team_load
from bench.machine import machine
from bench.setting import HEAD
from bench.team_console import Job
from bench.team_seed import ADVISERS, SERVICE, TeamDesk, team_desk
from bench.team_server import Server, memory_mib, processor_s
from bench.timing import p50, p95, rounds

START_S = 30.0
"""Seconds for consoles to start; what is measured begins after them."""
LOOKS = 20
_PROBE_EVERY = 2.0


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, end."""
    options = _parser().parse_args(arguments)
    print(json.dumps(measured(options), ensure_ascii=False, indent=1))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.team", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, metavar="N", help="conversations (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="of traffic (default %(default)s)")
    parser.add_argument("--consoles", type=int, default=25, metavar="K", help="real consoles (default %(default)s)")
    parser.add_argument("--rate", type=float, default=2000, help="messages an hour (default %(default)s)")
    parser.add_argument("--think", type=float, default=6, help="seconds between two acts at a console")
    parser.add_argument("--takes", default="25,200", help="how many press take next at once, round by round")
    parser.add_argument("--advisers", type=int, default=200, help="at the desk's functions (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=60, help="they work for, once as people do, once flat out")
    return parser


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    told: dict[str, Any] = machine() | {"consoles": options.consoles, "rate_per_hour": options.rate}
    with team_desk(options.size) as desk:
        return told | on(desk, options)


def on(desk: TeamDesk, options: argparse.Namespace) -> dict[str, Any]:
    """All figures of a desk that is there."""
    told: dict[str, Any] = {"size": desk.size, "messages": desk.messages, "seed_s": desk.seed_s}
    with opened(argparse.Namespace(config=desk.configuration(HEAD), agent=None)) as head:
        told["dashboard_alone"] = _spread(rounds(lambda: figures.floor(head), LOOKS))
    if options.consoles:
        told["traffic"] = _traffic(desk, options)
    for name, takes, think in (("contention", options.takes, 0.0), ("advisers", "", 5.0), ("flat_out", "", 0.0)):
        told[name] = _functions(desk, options, [int(many) for many in takes.split(",") if many], think, name)
    return told | {"load_after": round(os.getloadavg()[0], 2)}


def _spread(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {"n": 0}
    return {"n": len(values), "p50_ms": p50(values), "p95_ms": p95(values), "max_ms": round(max(values), 1)}


# Consoles


@dataclass
class _Child:
    job: Job
    process: subprocess.Popen[bytes]


def _jobs(desk: TeamDesk, options: argparse.Namespace, number: int, until: float) -> Iterator[Job]:
    """One in eight looks at the dashboard, one in five reads along, one in five looks at the newest; others work."""
    for at in range(options.consoles):
        does = "dashboard" if at % 8 == 1 else {0: "thread", 3: "list"}.get(at % 5, "work")
        who = HEAD if does == "dashboard" else ADVISERS[at]
        result = desk.folder / f"console{at}.json"
        yield Job(str(desk.configuration(who)), does, number, until, str(result), at, options.think)


def _traffic(desk: TeamDesk, options: argparse.Namespace) -> dict[str, Any]:
    with opened(argparse.Namespace(config=desk.configuration(ADVISERS[-1]), agent=None)) as prober:
        watched = triage.page(prober, view(prober.config, "waiting")).rows[-1].number
        begin = monotonic() + START_S + options.consoles
        until = begin + options.minutes * 60
        arrived = desk.folder / "arrived.json"
        command = [
            sys.executable,
            "-m",
            "bench.team_sync",
            str(desk.configuration(SERVICE)),
            str(options.rate),
            str(arrived),
        ]
        service = subprocess.Popen(command, stdin=subprocess.PIPE)
        with _consoles(list(_jobs(desk, options, watched, until))) as children:
            sleep(max(0.0, begin - monotonic()))
            server = Server(desk.address, desk.pid)
            used = [processor_s(child.process.pid) for child in children]
            load: list[float] = []
            probes, lags = _probe(prober, watched, until, load)
            memory = [memory_mib(child.process.pid) for child in children]
            used = [processor_s(c.process.pid) - before for c, before in zip(children, used, strict=True)]
            told_of_server = server.told()
            for child in children:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(20)
        service_used, service_memory = processor_s(service.pid), memory_mib(service.pid)
        service.communicate()
    seconds = options.minutes * 60
    told = _told(children, begin, json.loads(arrived.read_text()), probes)
    return told | {
        "minutes": options.minutes,
        "feed_lag": _spread(lags),
        "server": told_of_server,
        "console_cores": round(sum(used) / seconds / max(1, len(used)), 3),
        "console_rss_mib": max(rss for rss, _pss in memory),
        "console_pss_mib": round(sum(pss for _rss, pss in memory) / len(memory), 1),
        "service_cores": round(service_used / (seconds + START_S + options.consoles), 3),
        "service_rss_mib": service_memory[0],
        "load": {"p50": p50(load), "max": max(load)} if load else None,
    }


def _told(children: list[_Child], begin: float, arrived: dict[str, float], probes: dict[str, float]) -> dict[str, Any]:
    """What the consoles wrote down, all together."""
    keys: dict[str, list[float]] = {}
    notes: list[float] = []
    listed: list[float] = []
    arrivals: list[float] = []
    floor: list[float] = []
    lost: dict[str, int] = {}
    missing, painted = 0, 0
    for child in children:
        path = Path(child.job.result)
        if not path.exists():
            lost[f"a console ended early ({child.job.does})"] = (
                lost.get(f"a console ended early ({child.job.does})", 0) + 1
            )
            continue
        found = json.loads(path.read_text())
        for kind, spent in found["keys"].items():
            keys.setdefault(kind, []).extend(spent)
        for what in found["lost"]:
            lost[what] = lost.get(what, 0) + 1
        floor += found["floor"][1:]
        painted += found["painted"]
        if child.job.does == "thread":
            notes += [(found["tokens"][t] - at) * 1000 for t, at in probes.items() if t in found["tokens"]]
            missing += sum(t not in found["tokens"] for t in list(probes)[:-3])
        if child.job.does == "list":
            listed += [(found["tokens"][t] - at) * 1000 for t, at in probes.items() if t in found["tokens"]]
            arrivals += [
                (found["tokens"][t] - at) * 1000 for t, at in arrived.items() if at > begin and t in found["tokens"]
            ]
    return {
        "keys": {kind: _spread(spent) for kind, spent in sorted(keys.items())},
        "note_to_other_console": _spread(notes) | {"not_seen": missing},
        "note_to_other_list": _spread(listed),
        "arrival_to_list": _spread(arrivals),
        "dashboard": _spread(floor),
        "arrived": sum(at > begin for at in arrived.values()),
        "lost_keys": lost,
        "painted_mib": round(painted / (1 << 20), 1),
    }


def _probe(desk: Desk, number: int, until: float, load: list[float]) -> tuple[dict[str, float], list[float]]:
    """Write a note with a word of its own now and then; when each was asked for, and the feed's lag."""
    told: list[float] = []
    stop = threading.Event()

    def listen() -> None:
        watch = Watch(desk)
        while not stop.is_set():
            news = watch.wait(1.0, stop)
            if news is not None and any(
                one.about == "conversation" and one.subject == subject for one in news.told or ()
            ):
                told.append(monotonic())
        watch.close()

    with desk.store.read() as connection:
        from agentconsole.desk.conversations import find

        subject = find(connection, number).id
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    probes: dict[str, float] = {}
    while monotonic() < until - 5:
        token, began = f"zq{9_000_000 + len(probes):07d}", monotonic()
        with suppress(ConsoleError):
            replies.note(desk, number, f"{token} is looked into")
            probes[token] = began
        if len(probes) % 10 == 0:
            load.append(os.getloadavg()[0])
        sleep(max(0.0, began + _PROBE_EVERY - monotonic()))
    sleep(2)
    stop.set()
    listener.join()
    lags = []
    for began in probes.values():
        after = [at for at in told if at >= began]
        if after:
            lags.append((after[0] - began) * 1000)
    return probes, lags


@contextmanager
def _consoles(jobs: list[Job]) -> Iterator[list[_Child]]:
    """A process at a pseudo-terminal for each job; what they paint is read and dropped."""
    children: list[_Child] = []
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

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    try:
        for job in jobs:
            ours, theirs = pty.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            for name in ("COLUMNS", "LINES", "NO_COLOR"):
                environment.pop(name, None)
            command = [sys.executable, "-m", "bench.team_console", json.dumps(asdict(job))]
            process = subprocess.Popen(
                command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=environment
            )
            os.close(theirs)
            terminals.register(ours, selectors.EVENT_READ)
            children.append(_Child(job, process))
            sleep(1)
        yield children
    finally:
        for child in children:
            if child.process.poll() is None:
                child.process.kill()
                child.process.wait()
        stop.set()
        reader.join()


# Functions


def _functions(
    desk: TeamDesk, options: argparse.Namespace, takes: list[int], think: float, name: str
) -> dict[str, Any] | None:
    """Advisers at the desk's functions: rounds of taking, or so many seconds of work."""
    if not options.advisers or (name == "contention" and not takes):
        return None
    servers: list[Server] = []
    seconds = 0.0 if takes else options.seconds
    mine = [desk.configuration(who) for who in ADVISERS[: max([options.advisers, *takes])]]
    found = team_load.run(
        desk.folder, mine, takes, seconds, think, lambda: servers.append(Server(desk.address, desk.pid))
    )
    told: dict[str, Any] = {"server": servers[0].told(), "errors": found.errors, "load": round(os.getloadavg()[0], 2)}
    for many, took in zip(takes, found.takes, strict=True):
        numbers = [number for _ms, number in took if number]
        told[f"take_next_{many}"] = _spread([ms for ms, _number in took]) | {
            "handed_out": len(numbers),
            "twice": len(numbers) - len(set(numbers)),
        }
    if seconds:
        every = [ms for spent in found.acts.values() for ms in spent]
        told |= {"advisers": len(mine), "think_s": think, "acts_per_s": round(len(every) / seconds, 1)}
        told |= {"all": _spread(every), "stale": found.stale}
        told["acts"] = {act: _spread(spent) for act, spent in sorted(found.acts.items())}
    return told


if __name__ == "__main__":
    sys.exit(main())
