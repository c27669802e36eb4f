"""Verbs of macros: list, show, run, check, import, save."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from agentconsole import i18n
from agentconsole.cli.handling import state_of
from agentconsole.cli.opening import opened
from agentconsole.cli.output import emit, heading, line, table
from agentconsole.cli.writing import check_reply, tell_held, words_of
from agentconsole.desk import acting, drafts
from agentconsole.desk.context import Desk
from agentconsole.desk.conversations import number_of, open_thread
from agentconsole.desk.macros import importing, saving, uses
from agentconsole.desk.macros.applying import Planned, plan, said
from agentconsole.desk.macros.library import Library, own_folder
from agentconsole.desk.macros.reading import Broken, Macro
from agentconsole.desk.macros.values import values
from agentconsole.errors import ConsoleError, UsageError
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import Draft, DraftKind, Thread
from agentconsole.model.macro import Actions


def list_macros(options: argparse.Namespace) -> int:
    """``agentconsole macro list``: those that are broken too."""
    with opened(options, reads=True) as desk:
        holding, counts = Library.of(desk).look(), uses.counts(desk)
        items: list[Macro | Broken] = [*holding.macros.values(), *(broken for broken in holding.broken if broken.name)]
        items.sort(key=lambda item: (item.name, item.own))
        if options.json:
            for item in items:
                emit(_fields(item, counts))
            return 0
        table([_cells(item, counts) for item in items], flexible=1)
        if not items:
            line(_("No macro."))
    return 0


def _fields(item: Macro | Broken, counts: Mapping[str, int]) -> dict[str, Any]:
    file = item.file if isinstance(item, Macro) else None
    return {
        "name": item.name,
        "title": item.title,
        "language": file.language if file else None,
        "channels": list(file.channels) if file else [],
        "tags": list(file.tags) if file else [],
        "uses": counts.get(item.name, 0),
        "problems": [str(problem) for problem in item.problems] if isinstance(item, Broken) else [],
        "own": item.own,
        "path": str(item.path),
    }


def _cells(item: Macro | Broken, counts: Mapping[str, int]) -> list[str]:
    if isinstance(item, Broken):
        return [item.name, item.title, "", _("broken"), str(item.problems[0])]
    used = counts.get(item.name, 0)
    return [item.name, item.title, item.file.language or "", ", ".join(item.file.channels), str(used) if used else ""]


def show(options: argparse.Namespace) -> int:
    """``agentconsole macro show NAME``."""
    with opened(options, reads=True) as desk:
        macro, counts = Library.of(desk).get(options.name), uses.counts(desk)
        file = macro.file
        actions = file.actions.model_dump(mode="json", exclude_defaults=True)
        if options.json:
            questions = [question.model_dump(mode="json", exclude_defaults=True) for question in file.questions]
            emit(_fields(macro, counts) | {"body": file.body, "questions": questions, "actions": actions})
            return 0
        heading(file.title)
        heading(" · ".join(filter(None, (macro.name, file.language, ", ".join(file.channels)))))
        heading(", ".join(file.tags))
        for question in file.questions:
            default = f" [{question.default}]" if question.default else ""
            heading(f"ask.{question.name}: {question.ask}{default}")
        for key, value in actions.items():
            heading(f"{key} = {value}")
        if file.body.strip():
            line()
            line(file.body.strip("\n"))
        line()
        heading(str(macro.path))
    return 0


def run(options: argparse.Namespace) -> int:
    """``agentconsole macro run NAME ID``: kept as a draft, or sent, or (without words) done at once.

    :raises ConsoleError: a placeholder is left, and it was to be sent or done.
    """
    given = _answers(options.answer)
    with opened(options) as desk:
        number = number_of(options.number)
        macro, thread = Library.of(desk).get(options.name), open_thread(desk, number)
        planned = plan(desk, macro, thread, given)
        if options.status:
            actions = planned.actions.merge(Actions(state=state_of(options.status)))
            planned = replace(planned, actions=actions, lines=said(desk, actions))
        if not planned.text.strip() or options.send:
            _do(desk, thread, planned, now=options.now)
        else:
            _keep(desk, thread, planned)
        uses.used(desk, macro.name)
    return 0


def _answers(given: Sequence[str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError(_("{text!r} is not an answer.").format(text=pair), _("Write --answer name=value."))
        answers[name.strip()] = value
    return answers


def _do(desk: Desk, thread: Thread, planned: Planned, *, now: bool) -> None:
    """Send the words, and do what is to be done, as one step; or nothing at all."""
    number = thread.row.number
    if planned.unresolved:
        raise ConsoleError(
            _("#{number}: not filled in: {names}.").format(number=number, names=", ".join(planned.unresolved)),
            _("Give --answer, or run it without --send and complete the draft."),
        )
    draft = _draft(desk, thread)
    if planned.text.strip():
        if draft is not None and draft.text.strip() != planned.text.strip():
            raise ConsoleError(
                _("#{number}: you have other words there that are not sent.").format(number=number),
                _("Send or drop them in the console, or run the macro without --send to add to them."),
            )
        check_reply(desk, number, planned.text, argparse.Namespace(attach=(), no_check=False))
        hold = timedelta(0) if now else desk.config.outbox.hold
        queued = acting.send(desk, number, planned.text, planned.actions, seen=thread.seen, hold=hold)
        _tell(number, planned, _("sent"))
        tell_held(desk, queued.key)
    else:
        acting.act(desk, [number], planned.actions)
        _tell(number, planned, _("done"))


def _keep(desk: Desk, thread: Thread, planned: Planned) -> None:
    """Add the words and the actions to the agent's draft."""
    number, draft = thread.row.number, _draft(desk, thread)
    try:
        before = Actions.from_json(draft.actions) if draft else Actions()
    except ValueError:  # another program's
        before = Actions()
    words = f"{draft.text.rstrip()}\n\n{planned.text}" if draft and draft.text.strip() else planned.text
    actions = before.merge(planned.actions).to_json()
    files, seen = (draft.files, draft.seen) if draft else ((), thread.seen)
    drafts.keep(desk, number, words, seen, DraftKind.REPLY, files, actions)
    line(planned.text)
    line()
    _tell(number, planned, _("kept as your draft"))
    for name in planned.unresolved:
        heading(_("! not filled in: {name}").format(name=name))


def _draft(desk: Desk, thread: Thread) -> Draft | None:
    mine = (d for d in thread.drafts if d.agent == desk.agent.id and d.kind is DraftKind.REPLY)
    return next(mine, None)


def _tell(number: int, planned: Planned, done: str) -> None:
    heading(f"#{number}: {' · '.join((done, *planned.lines))}")
    if planned.actions.gesture:
        heading(_("! The gesture is only proposed: nothing is granted before somebody does."))


def check(options: argparse.Namespace) -> int:
    """``agentconsole macro check``: exit code 1 where a macro is broken."""
    with opened(options, reads=True) as desk:
        holding = Library.of(desk).look()
    for broken in holding.broken:
        for problem in broken.problems:
            if options.json:
                emit({"name": broken.name, "path": str(broken.path), "line": problem.line, "problem": problem.said})
            else:
                at = f":{problem.line}" if problem.line else ""
                heading(f"{broken.path}{at}: {problem.said}")
    if not options.json:
        good, bad = len(holding.macros), len(holding.broken)
        line(
            ngettext("{n} macro is good", "{n} macros are good", good).format(n=good)
            + ", "
            + ngettext("{n} is broken", "{n} are broken", bad).format(n=bad)
            + "."
        )
    return 1 if holding.broken else 0


def bring(options: argparse.Namespace) -> int:
    """``agentconsole macro import FILE --from SOURCE``: exit code 1 where a macro could not be brought."""
    data, refused, count = importing.read_export(options.file), False, 0
    with opened(options) as desk:
        folder = options.into or own_folder(desk)
        there = 0
        for item in importing.bring(data, options.source, folder, dry_run=options.dry_run):
            refused, there = refused or bool(item.refused), there + (item.path is not None and not item.written)
            count += item.written or (options.dry_run and not item.refused)
            if options.json:
                path = str(item.path) if item.path else None
                told = {"title": item.title, "path": path, "lost": list(item.lost), "refused": item.refused}
                emit(told | {"written": item.written})
                continue
            heading(f"{item.title}: {item.refused or _place(item)}")
            for lost in item.lost:
                heading("  " + _("not carried over: {what}").format(what=lost))
        if not options.json:
            line(ngettext("{n} macro brought.", "{n} macros brought.", count).format(n=count))
            if there:
                said = ngettext("{n} was there already: not written.", "{n} were there already: not written.", there)
                line(said.format(n=there))
    return 1 if refused else 0


def _place(item: importing.Imported) -> str:
    if item.path is None:
        return _("would be written")
    return str(item.path) if item.written else _("{path} says that already").format(path=item.path)


def save(options: argparse.Namespace) -> int:
    """``agentconsole macro save NAME [TEXT]``: a new file in the own folder; never over one that is there."""
    with opened(options) as desk:
        fields: dict[str, Any] = {"title": options.title or options.name.rpartition("/")[2].replace("-", " ")}
        if options.draft:
            words, more = _of_draft(desk, number_of(options.draft))
            fields |= more
        else:
            words = words_of(options)
        fields |= {"body": words} | ({"language": options.language} if options.language else {})
        fields |= {"channels": options.channel} if options.channel else {}
        fields |= {"tags": options.tag} if options.tag else {}
        line(_("{path} is written.").format(path=saving.save(own_folder(desk), fields, options.name)))
    return 0


def _of_draft(desk: Desk, number: int) -> tuple[str, dict[str, Any]]:
    """The words of the agent's draft, the customer's name as a placeholder; and the conversation's language."""
    thread = open_thread(desk, number)
    draft = _draft(desk, thread)
    if draft is None:
        raise UsageError(
            _("#{number}: you have no draft there.").format(number=number), _("Write one, or give the words.")
        )
    language = thread.row.language
    words = saving.generalized(draft.text, values(desk, thread, language or i18n.language()))
    return words, {"language": language} if language else {}
