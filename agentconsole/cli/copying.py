"""The verb that copies a desk: desk copy."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from agentconsole.cli.opening import read_config
from agentconsole.cli.output import emit, line
from agentconsole.config import Config
from agentconsole.desk.copying import Copied, Where, copy
from agentconsole.errors import ConfigError
from agentconsole.i18n import _, ngettext
from agentconsole.i18n import number as in_words

_WIDTH = 30
_EVERY = 0.1


def copy_desk(options: argparse.Namespace) -> int:
    """``agentconsole desk copy FROM TO [--move]``: names of files count from the folder one is in."""
    try:
        config, path = read_config(options)
    except ConfigError:  # none is needed: both addresses are given
        if options.config:
            raise
        config, path = Config(), Path()
    source = Where(_of_here(options.source), options.source_attachments or _known(options.source, config, path))
    target = Where(_of_here(options.target), options.target_attachments or _known(options.target, config, path))
    bar = _Bar()
    try:
        done = copy(source, target, Path.cwd(), move=options.move, progress=bar)
    except KeyboardInterrupt:
        bar.end()
        sys.stderr.write(_("Broken off: the same command goes on where it was.") + "\n")
        raise
    finally:
        bar.end()
    if options.json:
        emit(
            {
                "desk": done.name, "rows": done.rows, "attachments": done.attachments, "damaged": list(done.damaged),
                "undelivered": done.undelivered, "resumed": done.resumed, "moved": options.move,
            }
        )  # fmt: skip
    else:
        _print(done, moved=options.move)
    return 0


def _of_here(address: str) -> str:
    return address if "://" in address else str(Path(address).expanduser().absolute())


def _known(address: str, config: Config, path: Path) -> str | None:
    """Where the configuration says that the attachments of its own desk are."""
    mine = config.desk if "://" in config.desk else str((path.parent / Path(config.desk).expanduser()).absolute())
    if config.attachments is None or _of_here(address) != mine:
        return None
    return str((path.parent / config.attachments).absolute())


def _print(done: Copied, *, moved: bool) -> None:
    rows = done.rows
    told = [
        ngettext("{n} conversation", "{n} conversations", rows["conversation"]).format(
            n=in_words(rows["conversation"])
        ),
        ngettext("{n} message", "{n} messages", rows["message"]).format(n=in_words(rows["message"])),
        _of_ledger(rows["ledger_entry"]),
    ]
    files = ngettext("{n} attachment", "{n} attachments", done.attachments).format(n=in_words(done.attachments))
    line(_("Copied and read back: {what}.").format(what=", ".join([*told, files])))
    for digest in done.damaged:
        line(_("Missing on the desk that was copied, and here: the attachment {digest}.").format(digest=digest[:12]))
    if done.undelivered:
        said = ngettext(
            "{n} reply is still to be sent, and each of the two desks would send it: let nobody open the old one.",
            "{n} replies are still to be sent, and each of the two desks would send them: let nobody open the old one.",
            done.undelivered,
        )
        line(said.format(n=in_words(done.undelivered)))
    if moved:
        line(_("The old desk says to whoever opens it that it has moved; nothing else of it was changed."))
    line(_("The copy is a desk: set `desk` in agentconsole.toml to {address}.").format(address=done.name))
    if "://" in done.name:
        line(_("Who may log in there is said there: `agentconsole desk init`, then `agentconsole desk agent add`."))


def _of_ledger(count: int) -> str:
    said = ngettext("{n} entry of the ledger", "{n} entries of the ledger", count)
    return said.format(n=in_words(count))


class _Bar:
    """How far it has come, on standard error where that is a terminal."""

    def __init__(self) -> None:
        self._last = 0.0
        self._shown = False

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or (now - self._last < _EVERY and done < total):
            return
        self._last, self._shown = now, True
        filled = _WIDTH * done // max(total, 1)
        bar = "#" * filled + "." * (_WIDTH - filled)
        doing = _("Copying") if what == "copy" else _("Reading back")
        sys.stderr.write(f"\r\x1b[K{doing} [{bar}] {in_words(done)}/{in_words(total)}")
        sys.stderr.flush()

    def end(self) -> None:
        """Take the bar away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
