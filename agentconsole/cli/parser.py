"""The verbs, their options, and how an error leaves the program."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

from agentconsole import __version__, i18n
from agentconsole.cli import parser_figures, parser_floor, parser_gestures, parser_people
from agentconsole.cli.counts import count
from agentconsole.cli.usage import Parser
from agentconsole.errors import ConfigError, ConsoleError, RuleRefused, UsageError
from agentconsole.i18n import _

Verb = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb, or the console where none is given.

    :returns: 0 done, 1 it could not be done, 2 bad usage or a wrong configuration, 3 a rule of gestures refuses.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal or file that cannot show a character shows its number
            stream.reconfigure(errors="backslashreplace")
    i18n.use(os.environ.get("AGENTCONSOLE_LANGUAGE", ""))
    options = argparse.Namespace()
    try:
        options = _options(arguments)
        done = _verb(options.verb)(options)
        sys.stdout.flush()
    except ConsoleError as error:
        if isinstance(error, RuleRefused) and getattr(options, "json", False):
            _told_as_json(error)
        _complain(error)
        return 2 if isinstance(error, UsageError | ConfigError) else 3 if isinstance(error, RuleRefused) else 1
    except BrokenPipeError:  # the reader of a pipe has gone: nothing is wrong, and nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 (outermost guard of a verb: faults go to a log, not the screen)
        _complain(_crashed(error))
        return 1
    return done


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was typed; what is wrong with it is said in the language of the configuration.

    :raises UsageError: it is no command of ours.
    """
    try:
        return parser().parse_args(arguments)
    except UsageError:
        from agentconsole.cli.opening import read_config

        before = i18n.language()
        with contextlib.suppress(ConsoleError):
            read_config(_common().parse_known_args(arguments, argparse.Namespace(config=None))[0])
        if i18n.language() == before:
            raise
        return parser().parse_args(arguments)


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
    """What a verb runs. What it imports stays: Python need not look through it for garbage, now or later."""
    module, _colon, function = name.partition(":")
    gc.disable()
    try:
        found: Verb = getattr(import_module(f"agentconsole.cli.{module}"), function)
    finally:
        gc.freeze()
        gc.enable()
    return found


def _complain(error: ConsoleError) -> None:
    code = f" ({error.reason})" if isinstance(error, RuleRefused) else ""
    lines = list(error.problems) if isinstance(error, ConfigError) and error.problems else [error.what + code]
    from agentconsole.text import clean

    for line in (*lines, error.do):
        if line:
            sys.stderr.write(f"{clean(line, one_line=True, limit=2000)}\n")


def _told_as_json(error: RuleRefused) -> None:
    from agentconsole.cli.output import emit

    emit({"refused": error.reason, "what": error.what, "do": error.do})


def parser() -> argparse.ArgumentParser:
    """All verbs; a test reads them to see that each is documented."""
    top = Parser(
        prog="agentconsole",
        parents=[_common()],
        description=_("A terminal console for customer care. Without a verb it opens the console."),
    )
    top.add_argument("--version", action="version", version=f"agentconsole {__version__}")
    top.add_argument("--no-sync", action="store_true", help=_("leave pulling and delivering to other consoles"))
    top.add_argument("--view", metavar="VIEW", help=_("view to begin with"))
    top.add_argument("--dashboard", action="store_true", help=_("begin with the floor, live; for supervisors"))
    top.set_defaults(verb="console:open_console", config=None, agent=None, desk=None, tour=False)
    verbs = top.add_subparsers(metavar=_("VERB"), title=_("verbs"))

    def verb(name: str, function: str, words: str, json: bool = False) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, parents=[_common()], help=words, description=words)
        added.set_defaults(verb=function)
        if json:
            added.add_argument("--json", action="store_true", help=_("one JSON object a line"))
        return added

    _reading(verb)
    _writing(verb)
    _handling(verb)
    _customers(verb)
    _macros(verb)
    _running(verb)
    parser_figures.add(verb)
    parser_floor.add(verb, _common)
    parser_gestures.add(verb, _common)
    parser_people.add(verb)
    return top


def _common() -> Parser:
    """Options that may stand before or after the verb; made anew each time: parsers share their parents' actions."""
    common = Parser(add_help=False)
    common.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=argparse.SUPPRESS,
        help=_("configuration; else ./agentconsole.toml, the user's, or /etc/agentconsole's"),
    )
    common.add_argument("--agent", metavar="ID", default=argparse.SUPPRESS, help=_("who I am"))
    where = _("the desk: a file, or postgresql://user@host/name")
    common.add_argument("--desk", metavar=_("ADDRESS"), default=argparse.SUPPRESS, help=where)
    return common


def _reading(verb: Callable[..., argparse.ArgumentParser]) -> None:
    verb("views", "reading:views", _("the saved views, with how many conversations they hold"), json=True)
    listed = verb("list", "reading:list_view", _("the conversations of a view"), json=True)
    listed.add_argument("view", metavar=_("VIEW"), help=_("a view's id or number"))
    listed.add_argument("--limit", type=count, default=200, metavar="N", help=_("rows at most"))
    first = verb("next", "reading:next_conversation", _("the first conversation of a view"), json=True)
    first.add_argument("view", nargs="?", metavar=_("VIEW"), help=_("a view's id or number; the first where left out"))
    shown = verb("show", "reading:show", _("a conversation with its messages"), json=True)
    shown.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
    shown.add_argument("--all", action="store_true", help=_("every message, with quoted history and signatures"))
    shown.add_argument("--trail", action="store_true", help=_("who did what when"))
    found = verb("search", "reading:search", _("conversations by words and filters"), json=True)
    found.add_argument("words", nargs="+", metavar=_("WORDS"), help=_("words, from:, channel:, tag:, is:late …"))
    found.add_argument("--limit", type=count, default=50, metavar="N", help=_("rows at most"))
    found.add_argument("--save", metavar=_("NAME"), help=_("keep it as a view of your own"))
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
            told = _("refuse if anything came after this message")
            added.add_argument("--seen", type=count, metavar="SEQ", help=told)
            told = _("send it at once: it cannot be taken back")
            added.add_argument("--now", action="store_true", help=told)
            added.add_argument("--no-check", action="store_true", help=_("do not warn about what the words lack"))


def _handling(verb: Callable[..., argparse.ArgumentParser]) -> None:
    def many(name: str, function: str, words: str) -> argparse.ArgumentParser:
        added = verb(name, f"handling:{function}", words)
        added.add_argument("numbers", metavar=_("IDS"), help=_("a conversation's number; several with commas between"))
        return added

    assign = many("assign", "assign", _("give a conversation to somebody"))
    assign.add_argument("to", metavar=_("WHO"), help=_("an agent's id, team:ID, me, or nobody"))
    status = many("status", "status", _("change where a conversation stands"))
    status.add_argument("state", metavar=_("STATE"), help=_("open, pending, snoozed, resolved"))
    status.add_argument("--until", metavar=_("WHEN"), help=_("when what is snoozed comes back: 2h, tomorrow 9:00 …"))
    snooze = many("snooze", "snoozed", _("set a conversation aside until a time"))
    snooze.add_argument("when", nargs="+", metavar=_("WHEN"), help=_("2h, tomorrow 9:00, mon, until reply, or ="))
    tag = many("tag", "tag", _("tag a conversation, or take tags off it"))
    tag.add_argument("tags", nargs=argparse.REMAINDER, metavar=_("TAGS"), help=_("+tag or tag adds, -tag takes off"))
    priority = many("priority", "priority", _("say how much a conversation matters"))
    priority.add_argument("priority", metavar=_("PRIORITY"), help=_("low, normal, high, urgent"))
    escalate = many("escalate", "escalate", _("pass a conversation on, with a reason"))
    escalate.add_argument("to", metavar=_("WHO"), help=_("an agent's id, or team:ID"))
    escalate.add_argument("reason", nargs="+", metavar=_("REASON"), help=_("what the next one should know"))
    promise = many("promise", "promise", _("promise something for a time, or say how a promise ended"))
    promise.add_argument("when", nargs="?", metavar=_("WHEN"), help=_("tomorrow 10:00, 2h, 2026-12-24 …"))
    promise.add_argument("text", nargs="*", metavar=_("TEXT"), help=_("what is promised"))
    ended = promise.add_mutually_exclusive_group()
    ended.add_argument("--kept", action="store_true", help=_("it was kept"))
    ended.add_argument("--renew", metavar=_("WHEN"), help=_("it holds for another time"))
    ended.add_argument("--drop", action="store_true", help=_("it does not hold any more"))
    promise.add_argument("--which", type=count, default=1, metavar="N", help=_("of several; 1 is the earliest"))
    verb("promises", "handling:list_promises", _("the open promises, the earliest first"), json=True)
    undo = verb("undo", "handling:undo", _("undo what I did last"), json=True)
    undo.add_argument("--past", action="store_true", help=_("pass over what cannot be undone any more"))


def _customers(verb: Callable[..., argparse.ArgumentParser]) -> None:
    merge = verb("merge", "customers:merge", _("merge conversations of one customer"))
    merge.add_argument("numbers", nargs="+", metavar=_("ID"), help=_("a conversation's number"))
    merge.add_argument("--into", required=True, metavar=_("ID"), help=_("the one that stays"))
    merge.add_argument("--dry-run", action="store_true", help=_("only tell what would be done"))
    verb("unmerge", "customers:unmerge", _("take a merged conversation apart again")).add_argument(
        "number", metavar=_("ID"), help=_("a conversation's number")
    )
    split = verb("split", "customers:split", _("make a message a conversation of its own"))
    split.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
    split.add_argument("seq", type=count, metavar="SEQ", help=_("the message, as show --json numbers it"))
    actions = verb("customer", "", _("a conversation's customer")).add_subparsers(required=True, metavar=_("ACTION"))

    def action(name: str, words: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, parents=[_common()], help=words, description=words)
        added.set_defaults(verb=f"customers:{name}")
        added.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
        return added

    shown = action("show", _("all that is known of a customer, and who may be the same"))
    shown.add_argument("--json", action="store_true", help=_("one JSON object a line"))
    noted = action("note", _("write into the client book"))
    words = noted.add_mutually_exclusive_group(required=True)
    words.add_argument("text", nargs="*", default=[], metavar=_("TEXT"), help=_("what the next one should know"))
    words.add_argument("--drop", type=count, metavar="N", help=_("take a note out; 1 is the first that is shown"))
    erased = action("erase", _("take away who a customer is and what was written, for good"))
    erased.set_defaults(verb="ledger:erase")
    erased.add_argument("--yes", action="store_true", help=_("do not ask"))
    agreed = action("consent", _("write down what a customer agrees to"))
    agreed.add_argument("purpose", metavar=_("PURPOSE"), help=_("what for, by its id"))
    agreed.add_argument("given", choices=("yes", "no"))
    agreed.add_argument("--source", required=True, metavar=_("TEXT"), help=_("how it is known"))
    born = action("birthday", _("write the customer's birthday down, or tell it"))
    born.add_argument("day", nargs="?", metavar="MM-DD", help=_("month and day: 05-31; told where left out"))
    born.add_argument("--drop", action="store_true", help=_("it is not known any more"))
    linked = action("link", _("two customers are the same person"))
    linked.add_argument("--dry-run", action="store_true", help=_("only tell what would be done"))
    for one in (linked, action("unlink", _("they are not the same person after all"))):
        one.add_argument("other", metavar=_("OTHER"), help=_("a conversation's number, of the other customer"))


def _macros(verb: Callable[..., argparse.ArgumentParser]) -> None:
    macro = verb("macro", "", _("prepared words and actions"))
    actions = macro.add_subparsers(required=True, metavar=_("ACTION"))

    def action(name: str, function: str, words: str, json: bool = False) -> argparse.ArgumentParser:
        added = actions.add_parser(name, parents=[_common()], help=words, description=words)
        added.set_defaults(verb=f"macros:{function}")
        if json:
            added.add_argument("--json", action="store_true", help=_("one JSON object a line"))
        return added

    action("list", "list_macros", _("all macros, those that are broken too"), json=True)
    action("check", "check", _("whether a macro is broken, and where"), json=True)
    shown = action("show", "show", _("a macro with its words, questions and actions"), json=True)
    run = action("run", "run", _("fill a macro in for a conversation: as your draft, or sent"))
    for one in (shown, run):
        one.add_argument("name", metavar=_("NAME"), help=_("a macro's name, or the last part of it"))
    run.add_argument("number", metavar=_("ID"), help=_("a conversation's number"))
    run.add_argument(
        "--answer", metavar="NAME=VALUE", action="append", default=[], help=_("the answer to one of its questions")
    )
    run.add_argument("--send", action="store_true", help=_("send it, and do what it does"))
    run.add_argument("--now", action="store_true", help=_("with --send: at once, it cannot be taken back"))
    run.add_argument("--status", metavar="STATE", help=_("state afterwards, whatever the macro says"))
    brought = action("import", "bring", _("bring macros from another helpdesk"), json=True)
    brought.add_argument("file", type=Path, metavar="FILE", help=_("JSON, as its API answers"))
    brought.add_argument("--from", dest="source", required=True, choices=("zendesk", "chatwoot"))
    brought.add_argument("--into", type=Path, metavar="DIR", help=_("folder for them; your own where left out"))
    brought.add_argument("--dry-run", action="store_true", help=_("only tell what would be done"))
    saved = action("save", "save", _("write a new macro into your own folder"))
    saved.add_argument("name", metavar=_("NAME"), help=_("its name: fr/delivery-late"))
    saved.add_argument("text", nargs="?", metavar=_("TEXT"), help=_("the words; from standard input where left out"))
    saved.add_argument("--file", type=Path, metavar="FILE", help=_("the words, from a file"))
    saved.add_argument("--draft", metavar="ID", help=_("the words of your draft in that conversation"))
    saved.add_argument("--title", metavar=_("TEXT"), help=_("what it is found by; its name where left out"))
    saved.add_argument("--language", metavar="LANG", help=_("language of the words"))
    saved.add_argument("--channel", metavar="CHANNEL", action="append", default=[], help=_("what it is written for"))
    saved.add_argument("--tag", metavar="TAG", action="append", default=[], help=_("what it is about"))


def _running(verb: Callable[..., argparse.ArgumentParser]) -> None:
    sync = verb("sync", "syncing:sync", _("pull from the channels and deliver replies, without a console"))
    sync.add_argument("--once", action="store_true", help=_("all there is now, then end"))
    told = _("tell health and figures over HTTP: a port of this machine, or host:port")
    sync.add_argument("--listen", metavar=_("ADDRESS"), help=told)
    verb("check", "running:check", _("whether configuration, desk and channels are good"), json=True)
    init = verb("init", "running:init", _("write a commented agentconsole.toml to start from"))
    init.add_argument("file", nargs="?", type=Path, default=Path("agentconsole.toml"), metavar=_("FILE"))
    demo = verb("demo", "running:demo", _("open an invented desk, with live traffic"))
    demo.add_argument("--dir", type=Path, metavar="DIR", help=_("where it is kept; a temporary folder where left out"))
    demo.add_argument("--size", type=count, default=400, metavar="N", help=_("conversations"))
    demo.add_argument("--seed", type=int, default=1, metavar="S", help=_("the same seed makes the same desk"))
    demo.add_argument("--still", action="store_true", help=_("no live traffic"))
    demo.add_argument("--no-tour", action="store_true", help=_("do not show the tour to who opens it first"))
    demo.add_argument("--build-only", action="store_true", help=_("make the desk, do not open it"))
    mail = verb("mail", "running:mail", _("what the console makes of mail"))
    actions = mail.add_subparsers(required=True, metavar=_("ACTION"))
    read = actions.add_parser("read", help=_("read messages from files"), description=_("read messages from files"))
    read.add_argument("files", nargs="+", metavar=_("FILE"), help=_("a message; - is standard input"))
    read.add_argument("--json", action="store_true", help=_("one JSON object a line"))
    secret = verb("secret", "running:secret", _("keep or forget a channel's password"))
    secret.add_argument("action", choices=("set", "forget"))
    secret.add_argument("channel", metavar=_("CHANNEL"), help=_("a channel's id"))
