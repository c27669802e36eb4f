"""Chatwoot's macros (``GET /api/v1/accounts/{id}/macros``) and canned responses (``…/canned_responses``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentconsole.desk.macros.foreign import Act, Draftsman, text_of, texts_of
from agentconsole.i18n import _

NAMES = {
    "contact.name": "customer.name",
    "contact.first_name": "customer.first_name",
    "conversation.id": "conversation.number",
    "conversation.display_id": "conversation.number",
    "agent.name": "agent.name",
    "agent.first_name": "agent.first_name",
    "inbox.name": "conversation.channel",
    "account.name": "brand.name",
}
"""Our placeholders for theirs."""
_STATES = {"open": "open", "pending": "pending", "snoozed": "snoozed", "resolved": "resolved"}
_PRIORITIES = {"low": "low", "medium": "normal", "nil": "normal", "": "normal", "high": "high", "urgent": "urgent"}


def macros(data: Any) -> Iterator[Draftsman]:
    """The macros or canned responses of an answer of the API, of its list, or of one of them."""
    if isinstance(data, Mapping):
        data = data.get("payload", [data])
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, Mapping) and isinstance(item.get("actions"), list):
            yield _macro(item)
        elif isinstance(item, Mapping) and isinstance(item.get("content"), str):
            draft = Draftsman(str(item.get("short_code") or _("Without a title"))[:120])
            draft.words("body", item["content"], NAMES)
            yield draft


def _macro(item: Mapping[str, Any]) -> Draftsman:
    draft = Draftsman(str(item.get("name") or _("Without a title"))[:120])
    for action in item["actions"]:
        if isinstance(action, Mapping):
            name, value = str(action.get("action_name", "")), action.get("action_params")
            if name in _ACTS:
                _ACTS[name](draft, value)
            else:
                _lose(draft, name, value)
    return draft


def _lose(draft: Draftsman, name: str, value: Any) -> None:
    said = ", ".join(texts_of(value))[:60]
    draft.lose(f"{name} = {said}" if said else name)


def _status(draft: Draftsman, value: Any) -> None:
    if text_of(value) in _STATES:
        draft.actions["status"] = _STATES[text_of(value)]
    else:
        _lose(draft, "change_status", value)


def _priority(draft: Draftsman, value: Any) -> None:
    if text_of(value) in _PRIORITIES:
        draft.actions["priority"] = _PRIORITIES[text_of(value)]
    else:
        _lose(draft, "change_priority", value)


def _agent(draft: Draftsman, value: Any) -> None:
    if text_of(value) in ("self", "nil", ""):
        draft.actions["assignee"] = "me" if text_of(value) == "self" else "nobody"
    else:
        _lose(draft, "assign_agent", value)


def _state(state: str) -> Act:
    return lambda draft, _value: draft.actions.update(status=state)


_ACTS: dict[str, Act] = {
    "send_message": lambda draft, value: draft.words("body", text_of(value), NAMES),
    "add_private_note": lambda draft, value: draft.words("note", text_of(value), NAMES),
    "add_label": lambda draft, value: draft.tag("add_tags", texts_of(value)),
    "remove_label": lambda draft, value: draft.tag("remove_tags", texts_of(value)),
    "assign_agent": _agent,
    "remove_assigned_agent": lambda draft, _value: draft.actions.update(assignee="nobody"),
    "change_status": _status,
    "change_priority": _priority,
    "open_conversation": _state("open"),
    "pending_conversation": _state("pending"),
    "resolve_conversation": _state("resolved"),
    "snooze_conversation": _state("snoozed"),
}
