"""Mentions: ``@name`` in a note calls a colleague, who finds it in a view of their own until they have opened it."""

from __future__ import annotations

import re
from uuid import UUID

from agentconsole.config import Agent, Config
from agentconsole.desk.checks import Check, Finding
from agentconsole.desk.context import Desk
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.store import mentions as store
from agentconsole.store.mentions import Mention
from agentconsole.text import fold

__all__ = ["Mention", "findings", "goes_on", "mentioned", "record", "said", "see", "strangers", "waiting"]

_AT = re.compile(r"(?<![\w@./-])@(?=\w)")
"""An ``@`` that begins a word: no mail address, no path."""
_WORD = re.compile(r"[\w.-]+")
_LONGEST = 200
"""Characters of a name."""


def mentioned(text: str, config: Config) -> tuple[str, ...]:
    """The agents that a note calls, by id, each once: by name, by id, by first name where only one has it, or by
    their team's id.

    Case and accents do not matter. What names nobody is left alone: a customer's handle is none of ours.
    """
    found: dict[str, None] = {}
    agents = [agent for agent in config.agents if not agent.disabled]
    for match in _AT.finditer(text):
        found |= dict.fromkeys(_called(fold(text[match.end() : match.end() + _LONGEST]), agents))
    return tuple(found)


def strangers(text: str, config: Config) -> tuple[str, ...]:
    """The words after an ``@`` that call nobody, each once: a slip of the fingers, or a customer's handle."""
    agents = [agent for agent in config.agents if not agent.disabled]
    found: dict[str, None] = {}
    for match in _AT.finditer(text):
        begun = _WORD.match(text, match.end())
        word = begun[0].rstrip(".-") if begun else ""
        if word and not word[0].isdigit() and not _called(fold(text[match.end() : match.end() + _LONGEST]), agents):
            found[word] = None
    return tuple(found)


def said(desk: Desk, text: str) -> str:
    """Whom a note calls, and what in it calls nobody: ``calls Tom Reed; @zorro calls nobody``; empty for neither."""
    called = [desk.agent_name(agent) for agent in mentioned(text, desk.config) if agent != desk.agent.id]
    nobody = [f"@{word}" for word in strangers(text, desk.config)]
    return "; ".join(
        each.format(names=", ".join(names))
        for each, names in ((_("calls {names}"), called), (_("{names} calls nobody"), nobody))
        if names
    )


def findings(text: str, config: Config) -> tuple[Finding, ...]:
    """What stands against saving a note: names that are nobody's."""
    nobody = strangers(text, config)
    if not nobody:
        return ()
    names = _("Nobody here is called {names}.").format(names=", ".join(f"@{word}" for word in nobody))
    why = _(
        "A note calls a colleague by their name, their id, their first name where only one has it, or a team's id; "
        "the right arrow completes it. A customer's handle calls nobody: the note can be saved all the same."
    )
    return (Finding(Check.MENTION, names, why),)


def _called(words: str, agents: list[Agent]) -> list[str]:
    """Whom folded words that stand behind an ``@`` begin with: the longest name before anything shorter."""
    named = [agent for agent in agents if _begins(words, fold(agent.name))]
    if named:
        longest = max(len(agent.name) for agent in named)
        return [agent.id for agent in named if len(agent.name) == longest]
    begun = _WORD.match(words)
    word = begun[0].rstrip(".-") if begun else ""
    for called in (
        [agent.id for agent in agents if agent.id == word],
        [agent.id for agent in agents if word in agent.teams],
    ):
        if called:
            return called
    first = [agent.id for agent in agents if fold(agent.name).split()[:1] == [word]]
    return first if len(first) == 1 else []


def _begins(words: str, name: str) -> bool:
    return bool(name) and words.startswith(name) and not words[len(name) : len(name) + 1].isalnum()


def goes_on(config: Config, me: str, begun: str) -> str:
    """What completes what is typed after an ``@``: of an id, of a name where it begins like one, or of a team's id.

    Empty where nothing begins so, or it is complete.
    """
    start = fold(begun)
    agents = [agent for agent in config.agents if not agent.disabled and agent.id != me]
    ids = [agent.id for agent in agents] + [team.id for team in config.teams]
    people = [agent.name for agent in agents if len(fold(agent.name)) == len(agent.name)]
    known = [*people, *ids] if begun[:1].isupper() else [*ids, *people]
    found = next((name for name in known if start and fold(name).startswith(start)), "")
    return found[len(begun) :]


def record(doing: Doing, standing: Standing, message_id: UUID, text: str) -> None:
    """A note was written: whoever it calls is to read it; its writer has read what was there."""
    called = [agent for agent in mentioned(text, doing.desk.config) if agent != doing.actor]
    store.add(doing.connection, message_id, doing.actor, called, doing.now)
    store.see(doing.connection, doing.actor, standing.id, doing.now)


def waiting(desk: Desk, limit: int = 200) -> list[Mention]:
    """The notes that call whoever is at the keyboard and that they have not opened yet, the latest first."""
    with desk.store.read() as connection:
        return store.waiting(connection, desk.agent.id, limit)


def see(desk: Desk, row: ConversationRow) -> bool:
    """Whoever is at the keyboard has opened a conversation; answers whether a note in it waited for them."""
    with desk.store.read() as connection:
        if not store.waits(connection, desk.agent.id, row.id):
            return False
    with desk.store.write() as connection:
        store.see(connection, desk.agent.id, row.id, desk.now())
    return True
