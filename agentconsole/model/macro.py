"""What a macro does to a conversation, ready to be done: rendered, stacked on a draft, kept as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from agentconsole.model.states import Priority, State

NOBODY = "nobody"
"""The assignee of :class:`Actions` that takes a conversation from whoever has it."""


@dataclass(frozen=True, slots=True)
class MacroPromise:
    """Something to be promised: ``when`` in the snooze grammar or as an ISO date with a time, read when it is made."""

    when: str
    text: str


@dataclass(frozen=True, slots=True)
class MacroGesture:
    """What the gesture panel is opened with.

    :param amount: minor units of the currency; ``None`` leaves it to the adviser.
    :param currency: ISO 4217 code.
    :param reason: a short name, such as ``late_delivery``; empty leaves it to the adviser.
    """

    kind: str
    amount: int | None = None
    currency: str = "EUR"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Actions:
    """What one macro, or several one after the other, do besides their words. What is ``None`` or empty stays as it is.

    :param assignee: an agent's id ("me" is one already), or :data:`NOBODY`.
    :param snooze: until when, in the snooze grammar, read when it happens; ``state`` is SNOOZED then.
    :param note: for colleagues, rendered.
    :param granted: gestures granted for this draft already, entries of the ledger as text: the reply encloses them.
    """

    state: State | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    assignee: str | None = None
    team: str | None = None
    priority: Priority | None = None
    snooze: str | None = None
    note: str = ""
    promise: MacroPromise | None = None
    gesture: MacroGesture | None = None
    granted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Actions()

    def merge(self, other: Actions) -> Actions:
        """Both, ``other`` later: its single values win, tags and notes add up.

        A tag that one adds and the other removes does what the later one says. A later state ends an earlier snooze.
        """
        return Actions(
            state=other.state or self.state,
            add_tags=_unique(t for t in (*self.add_tags, *other.add_tags) if t not in other.remove_tags),
            remove_tags=_unique(t for t in (*self.remove_tags, *other.remove_tags) if t not in other.add_tags),
            assignee=other.assignee if other.assignee is not None else self.assignee,
            team=other.team if other.team is not None else self.team,
            priority=other.priority or self.priority,
            snooze=other.snooze if other.state else self.snooze,
            note="\n\n".join(filter(None, (self.note, other.note))),
            promise=other.promise or self.promise,
            gesture=other.gesture or self.gesture,
            granted=_unique((*self.granted, *other.granted)),
        )

    def to_json(self) -> str:
        """What :meth:`from_json` reads back; empty where there is nothing to do."""
        kept = {name: value for name, value in asdict(self).items() if value not in (None, (), "")}
        return json.dumps(kept, ensure_ascii=False) if kept else ""

    @classmethod
    def from_json(cls, text: str) -> Actions:
        """Actions as they were kept; keys that a later version may have added are passed over.

        :raises ValueError: it is not what :meth:`to_json` writes.
        """
        if not text:
            return cls()
        data = json.loads(text)
        if not isinstance(data, dict):
            raise ValueError("no JSON object")  # noqa: TRY004 (one kind of error, as json's own)
        known: dict[str, Any] = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        try:
            for name, read in _READERS.items():
                if name in known:
                    known[name] = read(known[name])
        except (TypeError, KeyError) as error:
            raise ValueError(f"no actions of a macro: {error}") from None
        return cls(**known)


_READERS: dict[str, Any] = {
    "state": State,
    "priority": Priority,
    "add_tags": tuple,
    "remove_tags": tuple,
    "granted": tuple,
    "promise": lambda value: MacroPromise(value["when"], value["text"]),
    "gesture": lambda value: MacroGesture(value["kind"], value["amount"], value["currency"], value["reason"]),
}


def _unique(tags: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))
