"""Zendesk's macros (Support API, ``GET /api/v2/macros``; "Actions reference" and "Placeholders reference")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentconsole.desk.macros.foreign import Act, Draftsman, plain, text_of, texts_of
from agentconsole.i18n import _

_STATES = {"new": "open", "open": "open", "pending": "pending", "hold": "pending", "solved": "resolved"}
_STATES["closed"] = "resolved"
_PRIORITIES = ("low", "normal", "high", "urgent")
NAMES = {
    **{f"{who}.first_name": "customer.first_name" for who in ("ticket.requester", "requester")},
    **{f"{who}.name": "customer.name" for who in ("ticket.requester", "requester")},
    **{f"{who}.language": "customer.language" for who in ("ticket.requester", "requester")},
    **{f"{who}.first_name": "agent.first_name" for who in ("ticket.assignee", "current_user")},
    **{f"{who}.name": "agent.name" for who in ("ticket.assignee", "current_user")},
    "ticket.id": "conversation.number",
    "ticket.encoded_id": "conversation.number",
    "ticket.title": "conversation.subject",
    "ticket.via": "conversation.channel",
    "ticket.created_at": "conversation.opened",
    "ticket.group.name": "agent.team",
    "ticket.account": "brand.name",
    "ticket.brand.name": "brand.name",
}
"""Our placeholders for theirs."""


def macros(data: Any) -> Iterator[Draftsman]:
    """The macros of an answer of the API, of its list of macros, or of one macro."""
    if isinstance(data, Mapping):
        data = data.get("macros", [data.get("macro", data)])
    for item in data if isinstance(data, list) else []:
        if isinstance(item, Mapping) and isinstance(item.get("actions"), list):
            yield _macro(item)


def _macro(item: Mapping[str, Any]) -> Draftsman:
    *group, title = [part.strip() for part in str(item.get("title") or "").split("::")] or [""]
    draft = Draftsman((title or _("Without a title"))[:120], tuple(part for part in group if part))
    if draft.group:
        draft.fields["tags"] = [part[:60] for part in draft.group]
    if item.get("active") is False:
        draft.lose(_("it was not active there"))
    if item.get("restriction"):
        draft.lose(_("that only some may use it"))
    actions = [action for action in item["actions"] if isinstance(action, Mapping)]
    for action in actions:
        _act(draft, str(action.get("field", "")), action.get("value"), actions)
    return draft


def _act(draft: Draftsman, name: str, value: Any, others: list[Mapping[str, Any]]) -> None:
    public = all(text_of(o.get("value")) != "false" for o in others if o.get("field") == "comment_mode_is_public")
    if name in ("comment_value", "comment_value_html"):
        text = plain(text_of(value)) if name.endswith("html") else text_of(value)
        if name.endswith("html") and any(o.get("field") == "comment_value" for o in others):
            return  # the same words once more
        draft.words("body" if public else "note", text, NAMES)
    elif name in _ACTS:
        _ACTS[name](draft, value)
    elif name != "comment_mode_is_public":
        draft.lose(f"{name} = {text_of(value)[:60]}")


def _status(draft: Draftsman, value: Any) -> None:
    state = _STATES.get(text_of(value))
    if text_of(value) == "hold":
        draft.lose(_("status = hold: it is pending here"))
    elif state is None:
        draft.lose(f"status = {text_of(value)[:60]}")
    if state:
        draft.actions["status"] = state


def _priority(draft: Draftsman, value: Any) -> None:
    if text_of(value) in _PRIORITIES:
        draft.actions["priority"] = text_of(value)
    else:
        draft.lose(f"priority = {text_of(value)[:60]}")


def _assignee(draft: Draftsman, value: Any) -> None:
    if text_of(value) in ("current_user", ""):
        draft.actions["assignee"] = "me" if text_of(value) else "nobody"
    else:
        draft.lose(f"assignee_id = {text_of(value)[:60]}")


def _set_tags(draft: Draftsman, value: Any) -> None:
    draft.tag("add_tags", texts_of(value))
    draft.lose(_("set_tags: the tags are added, others are not removed"))


_ACTS: dict[str, Act] = {
    "status": _status,
    "priority": _priority,
    "assignee_id": _assignee,
    "set_tags": _set_tags,
    "current_tags": lambda draft, value: draft.tag("add_tags", texts_of(value)),
    "remove_tags": lambda draft, value: draft.tag("remove_tags", texts_of(value)),
}
