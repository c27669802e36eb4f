"""The audit trail of conversations in words. Everything said is safe to show."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from agentconsole.config import Priority, State
from agentconsole.desk import wording, wording_gestures, wording_people
from agentconsole.desk.context import Desk
from agentconsole.i18n import _
from agentconsole.text import clean


def event(kind: str, detail: str, desk: Desk) -> str:
    """An entry of the audit trail in words: ``open → pending``, ``assigned to Léa Martin``; a later program's as it is.

    :param detail: JSON, as the entry has it.
    """
    facts = _facts(detail)
    if kind in wording_gestures.EVENTS:
        with suppress(KeyError, ValueError, TypeError):  # an entry of another program's
            return clean(wording_gestures.event(kind, facts, desk), one_line=True, limit=400)
    if kind in _SAID:
        with suppress(KeyError, ValueError, TypeError, AttributeError):  # an entry of another program's
            return clean(_SAID[kind](facts, desk), one_line=True, limit=400)
    words = {
        "opened": _("opened"),
        "replied": _("replied"),
        "noted": _("wrote a note"),
        "assigned": _("assigned"),
        "state": _("changed the state"),
        "sent": _("delivered"),
        "unknown": _("no clear answer: may have been sent"),
        "not_delivered": _("could not be delivered"),
        "bounced": _("came back"),
        "answered_elsewhere": _("answered from another program"),
        "sent_again": _("sent again"),
        "marked_sent": _("marked as sent"),
        "given_up": _("given up"),
        "found_sent": _("found among sent mail"),
        "found_unsent": _("found not to have been sent"),
        "tagged": _("changed the tags"),
        "priority": _("changed the priority"),
        "promised": _("promised something"),
        "promise_ended": _("ended a promise"),
        "escalated": _("escalated"),
        "escalation_taken": _("took the escalation"),
        "undone": _("undid it"),
        "erased": _("erased the customer"),
        "client_noted": _("wrote into the client book"),
        "client_note_dropped": _("took a note out of the client book"),
        "birthday": _("wrote the birthday down"),
        "linked": _("linked the customer to another one"),
        "unlinked": _("took a link between customers back"),
    }
    said = words.get(kind, clean(kind, one_line=True))
    why = facts.get("why") or facts.get("said") if kind in _WITH_REASON else ""
    return clean(_("{said}: {why}").format(said=said, why=why), one_line=True, limit=400) if why else said


_WITH_REASON = frozenset(("not_delivered", "bounced", "unknown"))
"""Entries that say why: the words of a server."""


def _state_said(facts: dict[str, Any], desk: Desk) -> str:
    said = f"{wording.state(State(facts['before']))} → {wording.state(State(facts['state']))}"
    if not facts.get("until"):
        return said
    return _("{state} until {at}").format(state=said, at=wording.at(datetime.fromisoformat(facts["until"]), desk))


def _tags_said(facts: dict[str, Any], _desk: Desk) -> str:
    return " ".join([*(f"+{tag}" for tag in facts["added"]), *(f"-{tag}" for tag in facts["removed"])])


def _priority_said(facts: dict[str, Any], _desk: Desk) -> str:
    return f"{wording.priority(Priority(facts['before']))} → {wording.priority(Priority(facts['priority']))}"


def _promised_said(facts: dict[str, Any], desk: Desk) -> str:
    return _("promised for {at}: {text}").format(
        at=wording.at(datetime.fromisoformat(facts["due"]), desk), text=facts["text"]
    )


def _promise_ended_said(facts: dict[str, Any], _desk: Desk) -> str:
    said = {
        "kept": _("promise kept: {text}"),
        "renewed": _("promise renewed: {text}"),
        "dropped": _("promise dropped: {text}"),
    }[facts["how"]]
    return said.format(text=facts["text"])


def _escalated_said(facts: dict[str, Any], desk: Desk) -> str:
    return _("escalated to {who}: {reason}").format(who=wording.escalated_to(facts["to"], desk), reason=facts["reason"])


def _assigned_said(facts: dict[str, Any], desk: Desk) -> str:
    return (
        wording_people.went_back(facts, desk) or _("assigned to {who}").format(who=_holder(facts, desk))
        if "agent" in facts
        else _("assigned")
    )


def _merged_said(facts: dict[str, Any], _desk: Desk) -> str:
    if "into" in facts:
        return _("merged into #{number}").format(number=int(facts["into"]))
    return _("#{number} was merged into it").format(number=int(facts["number"]))


def _unmerged_said(facts: dict[str, Any], _desk: Desk) -> str:
    if "into" in facts:
        return _("taken out of #{number} again").format(number=int(facts["into"]))
    return _("#{number} was taken out of it again").format(number=int(facts["number"]))


def _split_said(facts: dict[str, Any], _desk: Desk) -> str:
    if "into" in facts:
        return _("split from #{number}").format(number=int(facts["into"]))
    return _("a message became #{number}").format(number=int(facts["number"]))


def _consented_said(facts: dict[str, Any], _desk: Desk) -> str:
    said = _("consent to {purpose}") if facts["given"] else _("no consent to {purpose}")
    return said.format(purpose=facts["purpose"])


_SAID: dict[str, Callable[[dict[str, Any], Desk], str]] = {
    "assigned": _assigned_said,
    "state": _state_said,
    "tagged": _tags_said,
    "priority": _priority_said,
    "promised": _promised_said,
    "promise_ended": _promise_ended_said,
    "escalated": _escalated_said,
    "merged": _merged_said,
    "unmerged": _unmerged_said,
    "split": _split_said,
    "consented": _consented_said,
}
"""Entries of which more is told than that they happened."""


def _facts(detail: str) -> dict[str, Any]:
    try:
        found = json.loads(detail)
    except ValueError:  # a desk that another program wrote to
        return {}
    return found if isinstance(found, dict) else {}


def _holder(facts: dict[str, Any], desk: Desk) -> str:
    """Whom a conversation was given to: the agent, the team where it is another one, or nobody."""
    agent, team_id = facts.get("agent"), facts.get("team")
    who: list[str] = [clean(desk.agent_name(str(agent)), one_line=True)] if agent else []
    if team_id and (not agent or team_id != facts.get("team_before")):
        who.append(_("team {name}").format(name=wording.team(desk, str(team_id))))
    return ", ".join(who) or _("nobody")
