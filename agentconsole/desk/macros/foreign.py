"""Macros of other helpdesks while they become ours: what is carried over, and what could not be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentconsole.desk.macros.checks import mistakes_in
from agentconsole.desk.macros.placeholders import NAMES
from agentconsole.i18n import _
from agentconsole.text import fold

_LIQUID = re.compile(r"\{\{(?:(?!\{\{).)*?\}\}|\{%(?:(?!\{%).)*?%\}", re.DOTALL)  # not past the next one: linear
_QUOTED = r"\"[^\"]*\"|'[^']*'"
_NAME = re.compile(rf"{_QUOTED}|(?<![\w.|-])[A-Za-z_]\w*(?:\.\w+)+(?:\[[^\][]*\])?")
_MOST_QUESTIONS = 10


@dataclass(slots=True)
class Draftsman:
    """One macro on its way: the fields of a file of ours, and what was lost, one line each.

    :param group: names of the folders it stood in.
    """

    title: str
    group: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    actions: dict[str, Any] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def lose(self, what: str) -> None:
        """Say what could not be carried over."""
        self.lost.append(what)

    def tag(self, key: str, tags: list[str]) -> None:
        """Add conversation tags to ``add_tags`` or ``remove_tags``; a tag that the other has already moves here."""
        other = self.actions.get("remove_tags" if key == "add_tags" else "add_tags", [])
        for tag in tags:
            if tag in other:
                other.remove(tag)
            if tag not in self.actions.setdefault(key, []):
                self.actions[key].append(tag)

    def words(self, key: str, text: str, names: Mapping[str, str]) -> None:
        """Words for the customer (``body``) or for colleagues (``note``), with the other helpdesk's placeholders.

        :param names: ours for theirs; an unknown one becomes a question, so that somebody fills it in.
        """
        text = text.replace("\r\n", "\n").strip()
        text = _LIQUID.sub(lambda found: self._ours(found[0], names), text)
        asked = [question["name"] for question in self.fields.get("questions", ())]
        mistakes = mistakes_in(text, asked)
        if mistakes:
            self.lose(_("Liquid that cannot be kept, left as words: {mistake}").format(mistake=mistakes[0][1]))
            text = text.replace("{{", "[[").replace("}}", "]]").replace("{%", "[%").replace("%}", "%]")
        held = self.actions if key == "note" else self.fields
        held[key] = f"{held[key]}\n\n{text}" if held.get(key) else text

    def _ours(self, liquid: str, names: Mapping[str, str]) -> str:
        return _NAME.sub(lambda found: self._placeholder(found[0], names), liquid)

    def _placeholder(self, name: str, names: Mapping[str, str]) -> str:
        if name[0] in "\"'" or name in NAMES or name.startswith(("forloop.", "ask.")):
            return name
        if name in names:
            return names[name]
        questions = self.fields.setdefault("questions", [])
        word = re.sub(r"[^a-z0-9_]+", "_", fold(name)).strip("_")[-30:].lstrip("_0123456789") or "answer"
        if all(question["ask"] != name for question in questions):
            if len(questions) >= _MOST_QUESTIONS:
                self.lose(_("the placeholder {name}").format(name=name))
                return name
            taken = {question["name"] for question in questions}
            word = next(w for w in (word, *(f"{word[:27]}_{n}" for n in range(2, 99))) if w not in taken)
            questions.append({"name": word, "ask": name})
            self.lose(_("the placeholder {name}: it is asked for instead").format(name=name))
            return f"ask.{word}"
        return next(f"ask.{question['name']}" for question in questions if question["ask"] == name)

    def finished(self) -> dict[str, Any]:
        """The fields of a file, without what is empty."""
        actions = {key: value for key, value in self.actions.items() if value not in ("", [], None)}
        fields = {"title": self.title, **self.fields, "actions": actions}
        return {key: value for key, value in fields.items() if value not in ("", [], {}, None)}


Act = Callable[[Draftsman, Any], None]
"""Carries one action over; the second argument is its value."""


def text_of(value: Any) -> str:
    """A value as one text: itself, or the last of a list, where Zendesk has the channel before it."""
    if isinstance(value, list):
        value = value[-1] if value else ""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def texts_of(value: Any) -> list[str]:
    """A value as several texts: a list of them, or words with blanks or commas between."""
    parts = value if isinstance(value, list) else re.split(r"[\s,]+", "" if value is None else str(value))
    return [text[:60] for text in (str(part).strip() for part in parts) if text]


def plain(html: str) -> str:
    """HTML as plain text."""
    from agentconsole.channels.email.htmltext import html_lines

    return "\n".join(line.text for line in html_lines(html)).strip()
