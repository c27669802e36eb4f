"""Who may do what with a desk's own tables in PostgreSQL: one row a right, of whom, to do what, with which rows.

A supervisor's login is in both groups, ``agent`` and ``supervisor``: what supervisors have besides is said alone. What
compares a row with what it was before, which no right can say, is in ``store/sql/team/postgresql/30_guards.sql``; the
ledger's tables are in :mod:`.grants`. docs/access.md has this table in words, and a test holds it to it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

AGENT, SUPERVISOR, AUDITOR, SYNC = "agent", "supervisor", "auditor", "sync"
GROUPS = (AGENT, SUPERVISOR, AUDITOR, SYNC)
"""Group roles: ``<database>_agent`` and so on. Every agent's login is in ``agent``, a supervisor's in both."""

Verb = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]


class Right(NamedTuple):
    """One right.

    :param groups: who has it, each of :data:`GROUPS`. :param columns: which may be read or changed; all where empty.
    :param rows: which rows, as a condition in SQL: those read, changed or taken away, and what is written; all where
        empty. :param becomes: what a changed row has to be afterwards, where that is not ``rows``.
    """

    table: str
    verb: Verb
    groups: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rows: str = ""
    becomes: str = ""


_A, _S, _D, _Y = (AGENT,), (SUPERVISOR,), (AUDITOR,), (SYNC,)
_WORKING = (AGENT, SYNC)
_ALL = (AGENT, AUDITOR, SYNC)

ME = "(SELECT ledger.me())"
_LEADS = "(SELECT desk.leads())"
_LATELY = "at > (SELECT ledger.clock()) - interval '65 minutes'"
"""As far back as undo goes (:data:`agentconsole.desk.undo.REACH`), and what it takes to say so."""
_MINE = f"agent = {ME}"
_BY_ME = f"author = {ME}"
_NO_AGENT = "NOT desk.is_agent({})"
"""What is done by itself, or by a channel, is said of no agent."""
_BY_THE_SHOP = "kind IN ('gesture_fulfilled', 'gesture_failed', 'gesture_unclear')"
"""A console whose own file names the shop hands gestures over, and writes what the shop answered."""
_REMEMBERED = f"name IN ('searches:' || {ME}, 'snooze:' || {ME}, 'tour.' || {ME})"
"""What the desk remembers of an agent's own habits: what they searched, how they snoozed."""
_OWN_MESSAGE = (
    "EXISTS (SELECT FROM public.message m WHERE m.id = message_id AND m.author = " + ME + " AND m.direction <> 'in')"
)
_ERASED = "(SELECT desk.leads()) AND desk.erased({})"
_ERASED_MESSAGE = "(SELECT desk.leads()) AND desk.erased_message(message_id)"
_STANDING = (
    "subject", "excerpt", "state", "snoozed_until", "assignee", "team", "priority", "language", "public", "unread",
    "opened_at", "updated_at", "resolved_at", "answered_at", "answered_in", "answered_late", "resolved_in",
    "resolved_late", "reopened", "waiting_since", "due_at", "due_kind", "rank", "why", "clocks", "tags", "promised_at",
    "escalated_to", "escalation_due_at", "approval_due_at", "merged_into",
)  # fmt: skip
"""Of a conversation, all but its number, its customer and its channel."""
_HANDED_OVER = (
    "state", "not_before", "ended_at", "wire", "error", "bounced", "lease_by", "lease_until", "queued_at",
    "conversation_id",
)  # fmt: skip

_CUSTOMERS = (
    Right("customer", "SELECT", _ALL),
    Right("customer", "INSERT", _Y),
    Right("customer", "UPDATE", _A, ("linked_to", "birthday")),
    Right("customer", "UPDATE", _S, ("name", "folded", "language", "erased_at")),
    Right("customer_note", "SELECT", _A),
    Right("customer_note", "INSERT", _A, rows=_BY_ME),
    Right("customer_note", "UPDATE", _A, ("dropped_at",)),
    Right("customer_note", "DELETE", _S, rows="desk.erased_customer(customer_id)"),
    Right("consent", "SELECT", _A),
    Right("consent", "INSERT", _A, rows=_BY_ME),
    Right("consent", "UPDATE", _S, ("source",), rows="desk.erased_customer(customer_id)"),
    Right("consent", "DELETE", _A, rows=f"{_BY_ME} AND {_LATELY}"),
    Right("customer_tag", "SELECT", _WORKING),
    Right("customer_tag", "DELETE", _S, rows="desk.erased_customer(customer_id)"),
    Right("identity", "SELECT", _WORKING),
    Right("identity", "INSERT", _Y),
    Right("identity", "DELETE", _S, rows="desk.erased_customer(customer_id)"),
    Right("attention", "SELECT", _WORKING),
    Right("attention", "INSERT", _WORKING),
    Right("attention", "UPDATE", _WORKING, ("ends",)),
    Right("attention", "DELETE", _WORKING),
)
_CONVERSATIONS = (
    Right("conversation", "SELECT", _ALL),
    Right("conversation", "INSERT", _WORKING),
    Right("conversation", "UPDATE", _WORKING, _STANDING),
    Right("conversation_tag", "SELECT", _WORKING),
    Right("conversation_tag", "INSERT", _WORKING),
    Right("conversation_tag", "DELETE", _WORKING),
    Right("message", "SELECT", _WORKING),
    Right("message", "INSERT", _A, rows=f"{_BY_ME} AND direction <> 'in'"),
    Right("message", "INSERT", _Y),
    Right("message", "UPDATE", _A, ("conversation_id", "came_from")),
    Right("message", "UPDATE", _S, ("subject", "text", "quoted", "signature", "warnings", "author", "author_name")),
    Right("message", "DELETE", _A, rows=f"{_BY_ME} AND direction <> 'in' AND {_LATELY}"),
    Right("message_search", "SELECT", _WORKING),
    Right("message_search", "INSERT", _A, rows="desk.own_words(seq)"),
    Right("message_search", "INSERT", _Y),
    Right("message_search", "DELETE", _A, rows="desk.own_words(seq)"),
    Right("original", "SELECT", _WORKING),
    Right("original", "INSERT", _Y),
    Right("original", "DELETE", _A, rows=_OWN_MESSAGE),
    Right("original", "DELETE", _S, rows=_ERASED_MESSAGE),
    Right("attachment", "SELECT", _WORKING),
    Right("attachment", "INSERT", _A, rows=_OWN_MESSAGE),
    Right("attachment", "INSERT", _Y),
    Right("attachment", "DELETE", _A, rows=_OWN_MESSAGE),
    Right("attachment", "DELETE", _S, rows=_ERASED_MESSAGE),
    Right("blob", "SELECT", _WORKING),
    Right("blob", "INSERT", _WORKING),
    Right("blob", "DELETE", _S, rows="(SELECT desk.leads()) AND NOT desk.needed(digest)"),
    Right("draft", "SELECT", _A),
    Right("draft", "INSERT", _A, rows=_MINE),
    Right("draft", "UPDATE", _A, rows=_MINE),
    Right("draft", "DELETE", _A, rows=_MINE),
    Right("draft", "DELETE", _S, rows=_ERASED.format("conversation_id")),
    Right("event", "SELECT", _ALL),
    Right("event", "INSERT", _A, rows=f"actor = {ME} OR actor = 'shop' AND {_BY_THE_SHOP}"),
    Right("event", "INSERT", _Y, rows=_NO_AGENT.format("actor")),
    Right(
        "event", "UPDATE", _A, ("undone",),
        rows=f"kind = 'linked' OR actor = {ME} AND {_LATELY}",
        becomes=f"kind = 'linked' OR actor = {ME} AND undone",
    ),
    Right("event", "UPDATE", _S, ("detail", "step"), rows=_ERASED.format("conversation_id")),
    Right("promise", "SELECT", _WORKING),
    Right("promise", "INSERT", _A, rows=_BY_ME),
    Right("promise", "UPDATE", _A, ("ended", "ended_at", "conversation_id")),
    Right("promise", "UPDATE", _S, ("text",)),
    Right("promise", "DELETE", _A, rows=f"{_BY_ME} AND made_{_LATELY}"),
    Right("flow", "SELECT", _A, rows=f"agent IS NULL OR agent = {ME}"),
    Right("flow", "SELECT", _S),  # of all rows: a condition would keep the planner from joins by index
    Right("flow", "SELECT", (AUDITOR, SYNC)),
    Right("flow", "INSERT", _A, rows=f"agent IS NULL OR agent = {ME}"),
    Right("flow", "INSERT", _Y, rows="agent IS NULL"),
    Right("presence", "SELECT", _WORKING),
    Right("presence", "INSERT", _A, rows=_MINE),
    Right("presence", "UPDATE", _A, rows=_MINE),
    Right("presence", "DELETE", _A, rows=_MINE),
    Right("macro_use", "SELECT", _A),
    Right("macro_use", "INSERT", _A, rows=_MINE),
    Right("macro_use", "UPDATE", _A, ("uses", "last_at"), rows=_MINE),
)  # fmt: skip
_CHANNELS = (
    Right("outbox", "SELECT", _WORKING),
    Right("outbox", "INSERT", _A, rows=f"state = 'queued' AND attempt = 0 AND NOT wire AND {_OWN_MESSAGE}"),
    Right("outbox", "INSERT", _Y),
    Right("outbox", "UPDATE", _A, _HANDED_OVER),
    Right("outbox", "UPDATE", _S, ("envelope", "remark")),
    Right("outbox", "UPDATE", _Y),
    Right("outbox", "DELETE", _A, rows=f"state = 'queued' AND attempt = 0 AND {_OWN_MESSAGE}"),
    Right("gift", "SELECT", _WORKING),
    Right("gift", "INSERT", _A, rows=_OWN_MESSAGE),
    Right("gift", "DELETE", _A, rows=_OWN_MESSAGE),
    Right("cursor", "SELECT", _WORKING),
    Right("cursor", "INSERT", _Y),
    Right("cursor", "UPDATE", _Y),
    Right("setting", "SELECT", _A, rows=f"{_REMEMBERED} OR name !~ '^(searches|snooze|tour)[:.]'"),
    Right("setting", "INSERT", _A, rows=_REMEMBERED),
    Right("setting", "UPDATE", _A, ("value",), rows=_REMEMBERED),
    Right("setting", "SELECT", _Y),
    Right("setting", "INSERT", _S, rows=f"{_LEADS} AND name IN ('policy', 'erase_files')"),
    Right("setting", "UPDATE", _S, ("value",), rows=f"{_LEADS} AND name IN ('policy', 'erase_files')"),
    Right("setting", "INSERT", _Y),
    Right("setting", "UPDATE", _Y),
)
_FLOOR = (
    Right("duty", "SELECT", _WORKING),
    Right("duty", "INSERT", _A, rows=_MINE),
    Right("duty", "UPDATE", _A, rows=_MINE),
    Right("duty", "UPDATE", _Y, ("at",), becomes="false"),
    Right("mention", "SELECT", _A, rows=f"{_MINE} OR {_BY_ME}"),
    Right("mention", "INSERT", _A, rows=_BY_ME),
    Right("mention", "UPDATE", _A, ("seen_at",), rows=_MINE),
    Right("mention", "DELETE", _A, rows=f"{_BY_ME} OR agent = {ME} AND {_LATELY}"),
    Right("notice", "SELECT", _A, rows=f"recipient IS NULL OR recipient = {ME} OR {_LEADS}"),
    Right("notice", "SELECT", _Y, rows="recipient IS NULL"),
    Right("notice", "INSERT", _S, rows=f"{_LEADS} AND {_BY_ME}"),
    Right("notice", "UPDATE", _S, ("ended_at", "ended_by"), rows=_LEADS, becomes=f"{_LEADS} AND ended_by = {ME}"),
    Right("notice_seen", "SELECT", _A, rows=f"{_MINE} OR {_LEADS}"),
    Right("notice_seen", "INSERT", _A, rows=_MINE),
    Right("incident", "SELECT", _WORKING),
    Right("incident", "INSERT", _Y),
    Right("incident", "UPDATE", _Y),
    Right("incident", "UPDATE", _S, ("state", "macro", "notice_id", "actor", "ended_at"), rows=_LEADS),
    Right("incident_conversation", "SELECT", _WORKING),
    Right("incident_conversation", "INSERT", _Y),
    Right("incident_conversation", "INSERT", _S, rows=_LEADS),
    Right("channel_pause", "SELECT", _WORKING),
    Right("channel_pause", "INSERT", _S, rows=f"{_LEADS} AND {_BY_ME}"),
    Right("channel_pause", "DELETE", _S, rows=_LEADS),
    Right("special_hours", "SELECT", _WORKING),
    Right("special_hours", "INSERT", _S, rows=f"{_LEADS} AND {_BY_ME}"),
    Right("special_hours", "UPDATE", _S, rows=_LEADS, becomes=f"{_LEADS} AND {_BY_ME}"),
    Right("special_hours", "DELETE", _S, rows=_LEADS),
    Right("floor_event", "SELECT", _S, rows=_LEADS),
    Right("floor_event", "SELECT", _D),
    Right("floor_event", "SELECT", _Y),
    Right("floor_event", "INSERT", _S, rows=f"{_LEADS} AND actor = {ME}"),
    Right("floor_event", "INSERT", _Y, rows=_NO_AGENT.format("actor")),
    Right("day_figure", "SELECT", _S, rows=_LEADS),
    Right("day_figure", "SELECT", _D),
    Right("day_figure", "SELECT", _Y),
    Right("day_figure", "INSERT", _Y),
    Right("alembic_version", "SELECT", _ALL),
)
RIGHTS: tuple[Right, ...] = (*_CUSTOMERS, *_CONVERSATIONS, *_CHANNELS, *_FLOOR)
"""Every right with the desk's own tables. What is not here nobody has."""
