"""A team at one desk: ``python -m bench.team`` prints one JSON object. See docs/performance.md, "A team".

PostgreSQL with a million conversations and a database role for everybody; the service pulls what customers write; real
consoles are at work on it (:mod:`bench.team_traffic`). Then 25 and 200 advisers press "take next" at the same time, and
200 work at the desk's functions. It judges nothing. Broken off (Ctrl-C, SIGTERM), it prints what it has until then.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from agentconsole.desk import figures
from bench import team_load, team_traffic
from bench.machine import machine
from bench.setting import HEAD
from bench.team_seed import ADVISERS, TeamDesk, said, team_desk, working
from bench.team_server import Server
from bench.timing import rounds, spread

LOOKS = 20
PHASES = ("dashboard", "traffic", "contention", "advisers", "flat_out")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, end: exit code 130 where it was broken off."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _break_off)
    told: dict[str, Any] = {}
    try:
        with team_desk(options.size, options.keep) as desk:
            on(desk, options, told)
    except KeyboardInterrupt:
        told["broken_off"] = True
    finally:
        print(json.dumps(told, ensure_ascii=False, indent=1), flush=True)
    return 130 if "broken_off" in told else 0


def _break_off(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


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
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="fill the desk there, or take the one that was filled there before"
    )
    parser.add_argument(
        "--only",
        type=lambda names: names.split(",") if names else [],
        default=PHASES,
        metavar="PHASES",
        help=f"of {','.join(PHASES)}; an empty word only fills the desk",
    )
    return parser


def on(desk: TeamDesk, options: argparse.Namespace, told: dict[str, Any]) -> None:
    """Fill ``told`` with all figures of a desk that is there."""
    told |= machine() | {"size": desk.size, "messages": desk.messages, "seed_s": desk.seed_s, "seeded": desk.seeded}
    told |= {"consoles": options.consoles, "rate_per_hour": options.rate}
    for phase in options.only:
        began, told[phase] = time.monotonic(), {}
        if phase == "dashboard":
            with working(desk, HEAD) as head:
                told[phase] |= spread(rounds(lambda head=head: figures.floor(head), LOOKS))  # type: ignore[misc]  # called now
        elif phase == "traffic":
            team_traffic.measured(
                desk, consoles=options.consoles, minutes=options.minutes, rate=options.rate, think=options.think,
                told=told[phase],
            )  # fmt: skip
        elif phase == "contention":
            takes = [int(many) for many in options.takes.split(",") if many]
            told[phase] |= _functions(desk, max(takes), takes, 0.0, 0.0) if takes else {}
        else:
            think = {"advisers": 5.0, "flat_out": 0.0}[phase]
            told[phase] |= _functions(desk, options.advisers, [], options.seconds, think)
        said(phase, began)
    told["load_after"] = round(os.getloadavg()[0], 2)


def _functions(desk: TeamDesk, advisers: int, takes: list[int], seconds: float, think: float) -> dict[str, Any]:
    """Advisers at the desk's functions: rounds of taking, or so many seconds of work."""
    servers: list[Server] = []
    mine = [desk.configuration(who) for who in ADVISERS[:advisers]]
    found = team_load.run(
        desk.folder, mine, takes, seconds, think, lambda: servers.append(Server(desk.address, desk.pid))
    )
    told: dict[str, Any] = {"server": servers[0].told(), "errors": found.errors, "load": round(os.getloadavg()[0], 2)}
    for many, took in zip(takes, found.takes, strict=True):
        numbers = [number for _ms, number in took if number]
        told[f"take_next_{many}"] = spread([ms for ms, _number in took]) | {
            "handed_out": len(numbers),
            "twice": len(numbers) - len(set(numbers)),
        }
    if seconds:
        every = [ms for spent in found.acts.values() for ms in spent]
        told |= {"advisers": len(mine), "think_s": think, "acts_per_s": round(len(every) / seconds, 1)}
        told |= {"all": spread(every), "stale": found.stale}
        told["acts"] = {act: spread(spent) for act, spent in sorted(found.acts.items())}
    return told


if __name__ == "__main__":
    sys.exit(main())
