"""The verbs about goodwill gestures: what is given, approved, verified, and how the policy of it is set."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from agentconsole.cli.counts import identifier
from agentconsole.i18n import _

Verb = Callable[..., argparse.ArgumentParser]
"""Adds a verb: ``verb(name, "module:function", words, json=False)``."""
Common = Callable[[], argparse.ArgumentParser]
"""Options of every verb."""


def add(verb: Verb, common: Common) -> None:
    """Add all of them."""
    _gestures(_group(verb, common, "gesture", _("make it right at once, within a delegation"), "gestures"))
    _approvals(_group(verb, common, "approval", _("gestures that somebody else has to approve"), "approvals"))
    _vouchers(_group(verb, common, "voucher", _("codes that are given, each once"), "vouchers"))
    _policy(_group(verb, common, "policy", _("who may give what: what holds, and what held"), "policy"))
    _ledger(_group(verb, common, "ledger", _("the ledger of gestures: verified, read, controlled"), "ledger"))
    _desk(_group(verb, common, "desk", _("who may work on a desk in PostgreSQL"), "roles"), common)


def _group(verb: Verb, common: Common, name: str, words: str, module: str) -> Verb:
    """A verb with verbs of its own, ``action(name, function, words, json=False)``; they run what is in ``module``."""
    actions = verb(name, "", words).add_subparsers(required=True, metavar=_("ACTION"))

    def action(name: str, function: str, words: str, json: bool = False) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = actions.add_parser(name, parents=[common()], help=words, description=words)
        added.set_defaults(verb=function if ":" in function else f"{module}:{function}")
        if json:
            added.add_argument("--json", action="store_true", help=_("one JSON object a line"))
        return added

    return action


def _desk(action: Verb, common: Common) -> None:
    action("init", "init", _("make the roles of the desk, or set their rights anew: by an administrator"))
    copied = action("copy", "copying:copy_desk", _("copy a desk whole, between a file and PostgreSQL"), json=True)
    copied.add_argument("source", metavar=_("FROM"), help=_("a desk: a file, or postgresql://user@host/name"))
    copied.add_argument("target", metavar=_("TO"), help=_("where it goes: a new file, or an empty database"))
    copied.add_argument("--move", action="store_true", help=_("let no console open the old desk any more"))
    for side, words in (
        ("from", _("folder of the desk's attachments, where it is not the usual one")),
        ("to", _("folder for the attachments, where it is not to be the usual one")),
    ):
        dest = "source_attachments" if side == "from" else "target_attachments"
        copied.add_argument(f"--{side}-attachments", dest=dest, metavar="DIR", help=words)
    agents = _group(action, common, "agent", _("logins of the agents"), "roles")
    added = agents("add", "add", _("let a login be an agent"))
    added.add_argument("--login", metavar="ROLE", help=_("the database role; named as the agent where left out"))
    added.add_argument("--supervisor", action="store_true", help=_("they may apply policies, import vouchers, review"))
    for one in (added, agents("disable", "disable", _("the agent's logins work no more"))):
        one.add_argument("id", metavar=_("AGENT"), help=_("an agent's id"))
    agents("list", "list_logins", _("every login, and whose it is"), json=True)
    services = _group(action, common, "service", _("logins of `agentconsole sync`"), "roles")
    made = services("add", "add_service", _("let a login pull, deliver and keep house"))
    for one in (made, services("disable", "disable_service", _("that login works no more"))):
        one.add_argument("login", metavar="ROLE", help=_("the database role"))
    services("list", "list_services", _("every login of the service"), json=True)


def _gestures(action: Verb) -> None:
    action("reasons", "reasons", _("reasons that count, and what may be given"), json=True)
    offer = action("offer", "offer", _("what would come of a gesture; nothing is committed"), json=True)
    grant = action("grant", "grant", _("give"), json=True)
    for one in (offer, grant):
        one.add_argument("number", metavar=_("CONVERSATION"), help=_("a conversation's number"))
        one.add_argument("--kind", required=True, help=_("voucher, credit, refund, item, redelivery, attention"))
        one.add_argument("--amount", required=True, metavar="15.00", help=_("what it costs, in units of the currency"))
        one.add_argument("--currency", metavar="EUR", help=_("ISO 4217; the usual one where left out"))
        one.add_argument("--reason", required=True, metavar=_("REASON"), help=_("a reason's id"))
        one.add_argument("--proof", default="", metavar=_("TEXT"), help=_("the reference of a proof"))
        told = _("the same key again gives nothing twice; made where left out")
        one.add_argument("--key", type=identifier, metavar="UUID", help=told)
    grant.add_argument("--approval", type=identifier, metavar="UUID", help=_("what was approved"))
    grant.add_argument("--ask", action="store_true", help=_("ask for an approval where one is needed"))
    grant.add_argument("--remark", default="", metavar=_("TEXT"), help=_("with --ask: what the approver should know"))
    grant.add_argument("--reveal", action="store_true", help=_("print the voucher's code"))
    void = action("void", "void", _("take a gesture back"), json=True)
    void.add_argument("entry", type=identifier, metavar="UUID", help=_("the gesture, as grant printed it"))
    void.add_argument("--key", type=identifier, metavar="UUID", help=_("the same key again takes nothing back twice"))
    void.add_argument("--remark", default="", metavar=_("TEXT"), help=_("why"))
    action("tasks", "fulfilment:tasks", _("what was granted and is not with its customer yet"), json=True)
    has_it = _("the customer has it: the back office, or somebody who looked, says so")
    done = action("done", "fulfilment:done", has_it, json=True)
    done.add_argument("--reference", default="", metavar=_("TEXT"), help=_("what it is called there"))
    again = action("again", "fulfilment:again", _("try what failed again, or ask the shop again"), json=True)
    drop = action("drop", "fulfilment:drop", _("it was not given, and shall not be"), json=True)
    drop.add_argument("--why", required=True, metavar=_("TEXT"), help=_("for who voids it"))
    for one in (done, again, drop):
        one.add_argument("entry", type=identifier, metavar="UUID", help=_("the gesture, as tasks prints it"))
    listed = action("list", "list_given", _("what a customer was given, by anybody"), json=True)
    listed.add_argument("number", metavar=_("CONVERSATION"), help=_("a conversation's number"))


def _approvals(action: Verb) -> None:
    listed = action("list", "list_approvals", _("requests that are open"), json=True)
    listed.add_argument("--all", action="store_true", help=_("decided ones too"))
    listed.add_argument("--mine", action="store_true", help=_("only what I asked for"))
    approve = action("approve", "approve", _("approve a request, or less"), json=True)
    refuse = action("refuse", "refuse", _("refuse a request"), json=True)
    withdraw = action("withdraw", "withdraw", _("take back what I asked for"), json=True)
    for one in (approve, refuse, withdraw):
        one.add_argument("approval", type=identifier, metavar="UUID", help=_("the request, as list prints it"))
    approve.add_argument("--amount", metavar="15.00", help=_("less than was asked for, in units of the currency"))
    approve.add_argument("--remark", default="", metavar=_("TEXT"), help=_("what the requester should know"))
    refuse.add_argument("--remark", required=True, metavar=_("TEXT"), help=_("why"))


def _policy(action: Verb) -> None:
    action("apply", "apply", _("make what agentconsole.toml says hold"), json=True)
    action("show", "show", _("what holds now"), json=True)
    action("diff", "diff", _("what apply would change"), json=True)
    action("history", "history", _("every policy there was, and what it changed"), json=True)


def _vouchers(action: Verb) -> None:
    brought = action("import", "bring", _("put the codes of a CSV file into a pool"), json=True)
    brought.add_argument("file", type=Path, metavar="FILE", help=_("columns code, amount, currency, expiry"))
    brought.add_argument(
        "--pool", required=True, metavar="POOL", help=_("a pool, as kinds in agentconsole.toml name it")
    )
    action("pools", "pools", _("how many codes there are, and what runs low"), json=True)


def _ledger(action: Verb) -> None:
    verified = action("verify", "verify", _("whether the ledger is whole: exit code 1 where not"), json=True)
    verified.add_argument("--heads", type=Path, metavar="FILE", help=_("heads that were kept outside: hold it to them"))
    action("heads", "heads", _("the ends of the chains, to be kept outside"), json=True)
    exported = action("export", "export", _("the entries, the oldest first"))
    form = exported.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", action="store_true", help=_("for a spreadsheet"))
    form.add_argument("--json", action="store_true", help=_("one JSON object a line"))
    exported.add_argument("--month", metavar="2026-03", help=_("only that month's; all where left out"))
    told = action("report", "report", _("what was given in a month, and what is used of the budgets"), json=True)
    review = action("review", "review", _("what is to be looked at, or a verdict on it"), json=True)
    for one in (told, review):
        one.add_argument("--month", metavar="2026-03", default="", help=_("the month that runs where left out"))
    review.add_argument("--all", action="store_true", help=_("what has a verdict too"))
    about = _("the gesture that the verdict is on")
    review.add_argument("entry", nargs="?", type=identifier, metavar="UUID", help=about)
    review.add_argument("verdict", nargs="?", choices=("fine", "talk", "wrong"), help=_("what was found"))
    review.add_argument("--remark", default="", metavar=_("TEXT"), help=_("what there is to talk about"))
