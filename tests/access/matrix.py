"""Who may do what, in SQL by hand: one line a try, and who succeeds with it. docs/access.md shows it.

Names in braces are filled in by the test: ``{mine}`` and ``{theirs}`` are notes of the role that tries and of Tom,
``{in}`` what a customer wrote, ``{c}`` their conversation and ``{other}`` another customer's, ``{me}`` the agent.
"""

from __future__ import annotations

from typing import NamedTuple

from agentconsole.store.ledger.rights import GROUPS, RIGHTS

ROLES = ("adviser", "supervisor", "service")


class Try(NamedTuple):
    """One statement; ``who`` are the initials of the roles that succeed, out of ``asy``."""

    what: str
    sql: str
    who: str


_ID = "gen_random_uuid()"
_SAID = "now(), 'kind'"
_MESSAGE = (
    "INSERT INTO message (id, conversation_id, direction, channel, author, author_name, at, text)"
    f" VALUES ({_ID}, {{c}}, '%s', 'mail', '%s', 'x', now(), 'x')"
)
TRIES = (
    Try("read conversations", "SELECT number FROM conversation", "asy"),
    Try("read what was written", "SELECT text FROM message", "asy"),
    Try("delete a conversation", "DELETE FROM conversation WHERE id = {c}", ""),
    Try("give a conversation to another customer",
        "UPDATE conversation SET customer_id = {stranger} WHERE id = {c}", ""),
    Try("change a conversation's number", "UPDATE conversation SET number = 99 WHERE id = {c}", ""),
    Try("change a conversation's priority", "UPDATE conversation SET priority = 'high' WHERE id = {c}", "asy"),
    Try("merge conversations of two customers",
        "UPDATE conversation SET state = 'resolved', merged_into = {other_number} WHERE id = {c}", "y"),
    Try("delete a customer", "DELETE FROM customer WHERE id = {stranger}", ""),
    Try("make a customer", f"INSERT INTO customer (id, name, folded, since) VALUES ({_ID}, 'x', 'x', now())", "y"),
    Try("call a customer otherwise", "UPDATE customer SET name = 'x' WHERE id = {stranger}", ""),
    Try("say that two customers are one", "UPDATE customer SET linked_to = {customer} WHERE id = {stranger}", "as"),
    Try("give somebody's address to a customer", "INSERT INTO identity (kind, value, customer_id, since)"
        " VALUES ('email', 'new@customer.example', {customer}, now())", "y"),
    Try("move an address to another customer", "UPDATE identity SET customer_id = {stranger}", ""),
    Try("write a note", _MESSAGE % ("note", "{me}"), "asy"),
    Try("write a note as a colleague", _MESSAGE % ("note", "tom"), "y"),
    Try("write as the customer", _MESSAGE % ("in", "c@customer.example"), "y"),
    Try("change what a customer wrote", "UPDATE message SET text = 'x' WHERE id = {in}", ""),
    Try("change one's own note", "UPDATE message SET text = 'x' WHERE id = {mine}", ""),
    Try("take back one's own note within the hour", "DELETE FROM message WHERE id = {mine}", "as"),
    Try("take away a colleague's note", "DELETE FROM message WHERE id = {theirs}", ""),
    Try("delete what a customer wrote", "DELETE FROM message WHERE id = {in}", ""),
    Try("move a message to another customer's conversation",
        "UPDATE message SET conversation_id = {other} WHERE id = {in}", ""),
    Try("hide a message from the search", "DELETE FROM message_search WHERE seq = {in_seq}", ""),
    Try("change what the channel sent", "UPDATE original SET raw = ''", ""),
    Try("write in the trail", f"INSERT INTO event (conversation_id, actor, at, kind) VALUES ({{c}}, '{{me}}', {_SAID})",
        "asy"),
    Try("write in the trail as a colleague",
        f"INSERT INTO event (conversation_id, actor, at, kind) VALUES ({{c}}, 'tom', {_SAID})", ""),
    Try("write in the trail as a channel",
        f"INSERT INTO event (conversation_id, actor, at, kind) VALUES ({{c}}, 'mail', {_SAID})", "y"),
    Try("change the trail", "UPDATE event SET detail = '{{}}' WHERE actor = '{me}'", ""),
    Try("delete from the trail", "DELETE FROM event", ""),
    Try("undo a colleague's step", "UPDATE event SET undone = true WHERE actor = 'tom'", ""),
    Try("keep a draft", "INSERT INTO draft (conversation_id, agent, kind, text, seen, updated_at)"
        " VALUES ({c}, '{me}', 'reply', 'x', 0, now())", "as"),
    Try("change a colleague's draft", "UPDATE draft SET text = 'x' WHERE agent = 'tom'", ""),
    Try("be somewhere as a colleague", "INSERT INTO presence (agent, conversation_id, doing, at)"
        " VALUES ('tom', {c}, 'reading', now())", ""),
    Try("send a colleague home", "UPDATE duty SET state = 'gone' WHERE agent = 'tom'", ""),
    Try("read what a colleague was called for", "SELECT FROM mention WHERE agent = 'tom' AND author = 'max'", ""),
    Try("read a message to a colleague", "SELECT FROM notice WHERE recipient = 'tom'", "s"),
    Try("post a banner", "INSERT INTO notice (id, kind, text, author, at)"
        f" VALUES ({_ID}, 'banner', 'x', '{{me}}', now())", "s"),
    Try("post a banner as another supervisor", "INSERT INTO notice (id, kind, text, author, at)"
        f" VALUES ({_ID}, 'banner', 'x', 'eve', now())", ""),
    Try("pause a channel", "INSERT INTO channel_pause (channel, author, at) VALUES ('x', '{me}', now())", "s"),
    Try("close the desk for a day",
        "INSERT INTO special_hours (day, spans, author, at) VALUES ('2030-01-01', '', '{me}', now())", "s"),
    Try("dismiss an incident", "UPDATE incident SET state = 'dismissed', ended_at = now()", "sy"),
    Try("raise an incident", "INSERT INTO incident (id, begins, raised_at, words, usual)"
        f" VALUES ({_ID}, now(), now(), '[]', 0)", "y"),
    Try("read the trail of the floor", "SELECT FROM floor_event", "sy"),
    Try("change the trail of the floor", "UPDATE floor_event SET detail = '{{}}'", ""),
    Try("read the figures of past days", "SELECT FROM day_figure", "sy"),
    Try("make figures of a past day",
        "INSERT INTO day_figure (day, scope, figures, made_at) VALUES ('2030-01-01', 'all', '{{}}', now())", "y"),
    Try("read what a colleague handled", "SELECT FROM flow WHERE agent = 'tom'", "sy"),
    Try("read what a colleague searched for", "SELECT FROM setting WHERE name = 'searches:tom'", "y"),
    Try("say by which rules clocks run", "UPDATE setting SET value = 'x' WHERE name = 'policy'", "sy"),
    Try("take a reply for delivery",
        "UPDATE outbox SET state = 'sending', lease_by = 'x', lease_until = now()", "y"),
    Try("mark a queued reply as sent",
        "UPDATE outbox SET state = 'sent', ended_at = now() WHERE state = 'queued'", "y"),
    Try("mark a failed reply as sent",
        "UPDATE outbox SET state = 'sent', ended_at = now() WHERE state = 'failed'", "asy"),
    Try("write another address on a reply", "UPDATE outbox SET envelope = '{{}}'", "y"),
    Try("take a colleague's reply out of the outbox", "DELETE FROM outbox WHERE state = 'queued'", ""),
    Try("move a channel's cursor", "UPDATE cursor SET value = 'x'", "y"),
    Try("write in the ledger", "UPDATE ledger_budget SET spent = 0", ""),
    Try("read voucher codes", "SELECT code FROM ledger_voucher", ""),
    Try("see who may log in", "SELECT FROM ledger_login WHERE agent = 'tom'", "s"),
    Try("make oneself a supervisor", "UPDATE ledger_agent SET supervisor = true", ""),
    Try("call what only the database may", "SELECT ledger._move('agent', 'tom', 'goodwill', 'EUR', 'month',"
        " '2026-03-01', 0, 0, 0, 0)", ""),
    Try("forget what changed", "SELECT desk.prune()", "y"),
    Try("change the program's version", "UPDATE alembic_version SET version_num = 'x'", ""),
    Try("make a table", "CREATE TABLE mine (id int)", ""),
    Try("make a temporary table", "CREATE TEMP TABLE mine (id int)", ""),
)  # fmt: skip


def rendered() -> str:
    """The tries as Markdown."""
    head = ["| | adviser | supervisor | service |", "| --- | --- | --- | --- |"]
    cells = (" | ".join("yes" if initial in one.who else "no" for initial in "asy") for one in TRIES)
    return "\n".join([*head, *(f"| {one.what} | {cell} |" for one, cell in zip(TRIES, cells, strict=True))])


def rights() -> str:
    """The rights with each table as Markdown: letters are those of SELECT, INSERT, UPDATE, DELETE."""
    lines = [f"| table | {' | '.join(GROUPS)} |", f"| --- |{' --- |' * len(GROUPS)}"]
    for table in dict.fromkeys(right.table for right in RIGHTS):
        cells = []
        for group in GROUPS:
            held = [right for right in RIGHTS if right.table == table and group in right.groups]
            found: dict[str, str] = {}
            for right in held:
                some = "*" if right.columns or right.rows or right.becomes else ""
                found[right.verb.lower()] = some
            cells.append(", ".join(f"{verb}{some}" for verb, some in found.items()))
        lines.append(f"| `{table}` | {' | '.join(cells)} |")
    return "\n".join(lines)
