"""The verbs, their options, and how an error leaves the program."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

from agentconsole import __version__, i18n
from agentconsole.errors import ConfigError, ConsoleError, UsageError
from agentconsole.i18n import _

Verb = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb, or the console where none is given.

    :returns: 0 done, 1 it could not be done, 2 bad usage or a wrong configuration.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal or file that cannot show a character shows its number
            stream.reconfigure(errors="backslashreplace")
    i18n.use(os.environ.get("AGENTCONSOLE_LANGUAGE", ""))
    options = parser().parse_args(arguments)
    try:
        done = _verb(options.verb)(options)
        sys.stdout.flush()
    except ConsoleError as error:
        _complain(error)
        return 2 if isinstance(error, UsageError | ConfigError) else 1
    except BrokenPipeError:  # the reader of a pipe has gone: nothing is wrong, and nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 (outermost: a fault of ours is written down, not shown as a traceback)
        _complain(_crashed(error))
        return 1
    return done


def _crashed(error: Exception) -> ConsoleError:
    """A fault of the program: the traceback, without the values of variables, goes to a file."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="agentconsole-", suffix=".log", delete=False) as log:
        log.write("".join(traceback.format_exception(error)))
    return ConsoleError(
        _("agentconsole met a fault of its own: {error}.").format(error=type(error).__name__),
        _("What was stored is safe. Please report it with {file}.").format(file=log.name),
    )


def _verb(name: str) -> Verb:
    module, _colon, function = name.partition(":")
    found: Verb = getattr(import_module(f"agentconsole.cli.{module}"), function)
    return found


def _complain(error: ConsoleError) -> None:
    lines = list(error.problems) if isinstance(error, ConfigError) and error.problems else [error.what]
    from agentconsole.text import clean

    for line in (*lines, error.do):
        if line:
            sys.stderr.write(f"{clean(line, one_line=True, limit=2000)}\n")


def parser() -> argparse.ArgumentParser:
    """All verbs; a test reads them to see that each is documented."""
    top = argparse.ArgumentParser(
        prog="agentconsole",
        parents=[_common()],
        description=_("A terminal console for customer care. Without a verb it opens the console."),
    )
    top.add_argument("--version", action="version", version=f"agentconsole {__version__}")
    top.add_argument("--no-sync", action="store_true", help=_("leave pulling and delivering to other consoles"))
    top.add_argument("--view", metavar="VIEW", help=_("view to begin with"))
    top.set_defaults(verb="console:open_console", config=None, agent=None)
    verbs = top.add_subparsers(metavar=_("VERB"), title=_("verbs"))

    def verb(name: str, function: str, words: str, json: bool = False) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, parents=[_common()], help=words, description=words)
        added.set_defaults(verb=function)
        if json:
            added.add_argument("--json", action="store_true", help=_("one JSON object a line"))
        return added

    _reading(verb)
    _writing(verb)
    _running(verb)
    return top


def _common() -> argparse.ArgumentParser:
    """Options that may stand before or after the verb; made anew each time: parsers share their parents' actions."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=argparse.SUPPRESS,
        help=_("configuration; else ./agentconsole.toml, else the user's"),
    )
    common.add_argument("--agent", metavar="ID", default=argparse.SUPPRESS, help=_("who I am"))
    return common


def _reading(verb: Callable[..., argparse.ArgumentParser]) -> None:
    verb("views", "reading:views", _("the saved views, with how many conversations they hold"), json=True)
    listed = verb("list", "reading:list_view", _("the conversations of a view"), json=True)
    listed.add_argument("view", metavar=_("VIEW"), help=_("a view's id or number"))
    listed.add_argument("--limit", type=_count, default=200, metavar="N", help=_("rows at most"))
    first = verb("next", "reading:next_conversation", _("the first conversation of a view"), json=True)
    first.add_argument("view", nargs="?", metavar=_("VIEW"), help=_("a view's id or number; the first where left out"))
    shown = verb("show", "reading:show", _("a conversation with its messages"), json=True)
    shown.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
    shown.add_argument("--all", action="store_true", help=_("every message, with quoted history and signatures"))
    shown.add_argument("--trail", action="store_true", help=_("who did what when"))
    found = verb("search", "reading:search", _("conversations by words and filters"), json=True)
    found.add_argument("words", nargs="+", metavar=_("WORDS"), help=_("words, from:, channel:, tag:, is:late …"))
    found.add_argument("--limit", type=_count, default=50, metavar="N", help=_("rows at most"))
    outbox = verb("outbox", "writing:outbox", _("replies that are not known to be sent"), json=True)
    choice = outbox.add_mutually_exclusive_group()
    choice.add_argument("--again", metavar="KEY", help=_("send a failed or unclear reply again"))
    choice.add_argument("--mark-sent", metavar="KEY", help=_("an unclear reply was sent: somebody looked"))
    choice.add_argument("--give-up", metavar="KEY", help=_("an unclear reply was not sent, and shall not be"))


def _writing(verb: Callable[..., argparse.ArgumentParser]) -> None:
    for name, function, words in (
        ("reply", "writing:reply", _("answer the customer")),
        ("note", "writing:note", _("write something that only colleagues see")),
    ):
        added = verb(name, function, words)
        added.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
        added.add_argument(
            "text", nargs="?", metavar=_("TEXT"), help=_("the words; from standard input where left out")
        )
        added.add_argument("--file", type=Path, metavar="FILE", help=_("the words, from a file"))
        if name == "reply":
            added.add_argument("--status", metavar="STATE", help=_("state afterwards; pending where left out"))
            added.add_argument("--attach", type=Path, metavar="FILE", action="append", default=[], help=_("a file"))
            added.add_argument("--seen", type=int, metavar="SEQ", help=_("refuse if anything came after this message"))
    assign = verb("assign", "writing:assign", _("give a conversation to somebody"))
    assign.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
    assign.add_argument("to", metavar=_("WHO"), help=_("an agent's id, team:ID, me, or nobody"))
    status = verb("status", "writing:status", _("change where a conversation stands"))
    status.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
    status.add_argument("state", metavar=_("STATE"), help=_("open, pending, snoozed, resolved"))


def _running(verb: Callable[..., argparse.ArgumentParser]) -> None:
    sync = verb("sync", "running:sync", _("pull from the channels and deliver replies, without a console"))
    sync.add_argument("--once", action="store_true", help=_("all there is now, then end"))
    verb("check", "running:check", _("whether configuration, desk and channels are good"), json=True)
    init = verb("init", "running:init", _("write a commented agentconsole.toml to start from"))
    init.add_argument("file", nargs="?", type=Path, default=Path("agentconsole.toml"), metavar=_("FILE"))
    demo = verb("demo", "running:demo", _("open an invented desk, with live traffic"))
    demo.add_argument("--dir", type=Path, metavar="DIR", help=_("where it is kept; a temporary folder where left out"))
    demo.add_argument("--size", type=_count, default=400, metavar="N", help=_("conversations"))
    demo.add_argument("--seed", type=int, default=1, metavar="S", help=_("the same seed makes the same desk"))
    demo.add_argument("--still", action="store_true", help=_("no live traffic"))
    demo.add_argument("--build-only", action="store_true", help=_("make the desk, do not open it"))
    mail = verb("mail", "running:mail", _("what the console makes of mail"))
    actions = mail.add_subparsers(required=True, metavar=_("ACTION"))
    read = actions.add_parser("read", help=_("read messages from files"), description=_("read messages from files"))
    read.add_argument("files", nargs="+", metavar=_("FILE"), help=_("a message; - is standard input"))
    read.add_argument("--json", action="store_true", help=_("one JSON object a line"))
    secret = verb("secret", "running:secret", _("keep or forget a channel's password"))
    secret.add_argument("action", choices=("set", "forget"))
    secret.add_argument("channel", metavar=_("CHANNEL"), help=_("a channel's id"))


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(_("a number from 1"))
    return number
