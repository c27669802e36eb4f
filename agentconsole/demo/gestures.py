"""Goodwill gestures of the demo desk: voucher codes, what advisers gave in the last weeks, and one open request.

All of it is written through the ledger, whose clock is set to when it happened. Chosen by a checksum of the stories'
own keys, so that the same desk has the same gestures.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

from sqlalchemy import Connection

from agentconsole.config import State
from agentconsole.demo.config import UNTRAINED
from agentconsole.demo.world import Story
from agentconsole.demo.world.brand import BY_ID
from agentconsole.desk import attentions, gestures, policies, standing
from agentconsole.desk.context import Desk
from agentconsole.desk.gifts import gift_text
from agentconsole.desk.policy import digest, to_json
from agentconsole.model.gesture import Code, Wanted
from agentconsole.model.ids import new_id
from agentconsole.model.message import Direction
from agentconsole.store import conversations, gifts, journal, messages
from agentconsole.store.ledger import entries, fulfilments, ledger_of
from agentconsole.store.ledger.clock import stand_still

_MOST = 36
"""Gestures of the past, however large the desk."""
_ENOUGH = 6_000
"""Minor units to one customer; below the ceiling of every delegation."""
_UNPROVED = 1_000
_CODES = ((1_000, 60), (1_500, 90), (3_000, 14))
"""Vouchers of the pool: minor units, and how many; of the last ones few are left."""
_SPACE = UUID("6f1f7a52-55a4-4c53-9d1e-8f7f1d3a6a01")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_WHY: tuple[tuple[frozenset[str], str, tuple[tuple[str, int], ...]], ...] = (
    (frozenset({"damaged", "product", "return"}), "defect", (("item", 2_490), ("voucher", 3_000), ("voucher", 1_500))),
    (frozenset({"delivery", "order"}), "late_delivery", (("voucher", 1_500), ("voucher", 1_000), ("redelivery", 690))),
    (frozenset({"outage", "fibre", "network"}), "outage", (("credit", 1_500), ("credit", 2_999), ("credit", 4_900))),
    (frozenset({"billing", "payment", "dispute"}), "billing_error", (("credit", 500), ("credit", 4_800))),
    (frozenset({"wifi", "engineer", "appointment"}), "long_wait", (("voucher", 1_000), ("credit", 1_000))),
    (frozenset({"thanks"}), "delight", (("attention", 1_000),)),
)
"""What is given for what a conversation is about, and for which reason."""
_REMARK = {
    "fr": "Le client attend depuis trop longtemps et parle de partir. J'aimerais aller au-delà de mon plafond.",
    "en": "The customer has waited for too long and speaks of leaving. I would like to go beyond my ceiling.",
}
_ANSWER = {"fr": "D'accord pour 60 €.", "en": "Fine for 60 €."}
_AWAITED = (State.PENDING, State.SNOOZED)
"""States of conversations in which requests are made: those that wait for a colleague now stay as they are."""
_BELOW = ("adviser", "community")
"""Whose ceiling is below :data:`_ASKED`."""
_SUPERVISOR, _ASKED, _GRANTED = "claire", 8_000, 6_000


@dataclass(frozen=True, slots=True)
class Told:
    """A story as it was stored."""

    story: Story
    conversation: UUID
    customer: UUID


@dataclass(frozen=True, slots=True)
class _Gesture:
    told: Told
    agent: str
    at: datetime
    wanted: Wanted

    @property
    def chance(self) -> int:
        return _sum(self.told.story.key)

    def alone(self) -> _Gesture:
        """The same, the only one to its customer: little of it needs no proof."""
        return self if self.wanted.amount > _UNPROVED else replace(self, wanted=replace(self.wanted, proof=""))


def birthday(key: str, now: datetime) -> str | None:
    """When a customer was born, as ``MM-DD``, of the few who told; of some it is about today."""
    chance = _sum(f"{key} born")
    if chance % 7:
        return None
    days = chance // 7 % 5 - 1 if not chance % 4 else chance // 7 % 360
    return f"{(now + timedelta(days=days)):%m-%d}"


def give(desk: Desk, told: Sequence[Told]) -> None:
    """Fill the ledger of a new desk."""
    now = desk.now()
    given = _chosen([one for one in told if one.story.lines[-1].at < now - timedelta(days=1)])
    with desk.store.write() as connection:
        stand_still(connection, min([gesture.at for gesture in given], default=now) - timedelta(days=1))
        document = policies.written(desk)
        ledger = ledger_of(connection)
        ledger.apply_policy(_SUPERVISOR, to_json(document), digest(document))
        ledger.add_vouchers("shop", _vouchers(now.date()))
        granted = {_granted(connection, gesture): gesture for gesture in given}
        stand_still(connection, now - timedelta(hours=20))
        for entry, gesture in granted.items():
            if gesture.at < now - timedelta(days=2) and gesture.wanted.kind != "voucher":
                reference = f"BO-{gesture.chance % 9000 + 1000}"
                fulfilments.choose(connection, _SUPERVISOR, entry, fulfilments.Choice.DONE, reference)
    with desk.store.write() as connection:
        _write_replies(connection, desk, granted)
    _open(desk, told, now)
    attentions.renew(desk, anyway=True)
    with desk.store.write() as connection:
        stand_still(connection, None)


def _chosen(told: Sequence[Told]) -> list[_Gesture]:
    """In the order of time; of one customer none beyond :data:`_ENOUGH`."""
    likely = sorted((t for t in told if _ended(t.story)), key=lambda t: (_sum(t.story.key), t.story.key))
    given: dict[UUID, int] = {}
    found: list[_Gesture] = []
    for one in likely:
        gesture = _gesture(one)
        if gesture and len(found) < _MOST and given.get(one.customer, 0) + gesture.wanted.amount <= _ENOUGH:
            given[one.customer] = given.get(one.customer, 0) + gesture.wanted.amount
            found.append(gesture)
    often = Counter(gesture.told.customer for gesture in found)
    found = [gesture if often[gesture.told.customer] > 1 else gesture.alone() for gesture in found]
    return sorted(found, key=lambda gesture: (gesture.at, gesture.told.story.key))


def _ended(story: Story) -> bool:
    """Whether the last word is that of an adviser who may give."""
    return _may(story, "senior", *_BELOW) and story.state is State.RESOLVED and story.lines[-1].who is Direction.OUT


def _may(story: Story, *roles: str) -> bool:
    who = BY_ID.get(story.assignee or "")
    return who is not None and who.role in roles and who.id not in UNTRAINED


def _gesture(told: Told) -> _Gesture | None:
    story, chance = told.story, _sum(told.story.key)
    for tags, reason, choices in _WHY:
        if tags.intersection(story.tags) and story.assignee:
            kind, amount = choices[chance % len(choices)]
            wanted = Wanted(told.conversation, kind, amount, "EUR", reason, _proof(story))
            return _Gesture(told, story.assignee, story.lines[-1].at + timedelta(seconds=30), wanted)
    return None


def _vouchers(today: date) -> list[Code]:
    return [
        Code(f"TOUR-{_letters(amount * 1_000 + n)}", amount, "EUR", today + timedelta(days=300 + n % 60))
        for amount, count in _CODES
        for n in range(count)
    ]


def _letters(number: int) -> str:
    rest = _sum(f"code {number}")
    return "".join(_LETTERS[rest >> (5 * place) & 31] for place in range(6)) + _LETTERS[number % 31]


def _granted(connection: Connection, gesture: _Gesture) -> UUID:
    """One gesture of the past; a voucher's code was shown for the reply."""
    stand_still(connection, gesture.at)
    ledger, key = ledger_of(connection), uuid5(_SPACE, gesture.told.story.key)
    entry = ledger.grant(gesture.agent, key, gesture.wanted).id
    _note(connection, gesture, "gesture_granted", entry)
    if gesture.wanted.kind == "voucher":
        ledger.reveal(gesture.agent, entry)
        _note(connection, gesture, "gesture_revealed", entry)
    return entry


def _note(connection: Connection, gesture: _Gesture, kind: str, entry: UUID) -> None:
    what = gesture.wanted
    detail = {"kind": what.kind, "amount": what.amount, "currency": what.currency, "reason": what.reason}
    noted = journal.entry(what.conversation, gesture.at, gesture.agent, kind)
    noted["detail"] = json.dumps({"entry": str(entry)} | detail, separators=(",", ":"))
    journal.record(connection, [noted])


def _write_replies(connection: Connection, desk: Desk, granted: dict[UUID, _Gesture]) -> None:
    """Each gesture is in a reply of its own, a moment later."""
    known = {given.id: given for given in entries.given_by(connection, list(granted))}
    rows = {row.id: row for row in conversations.by_ids(connection, [g.told.conversation for g in granted.values()])}
    held = standing.load(connection, rows.values())
    said: list[dict[str, Any]] = []
    for entry, gesture in granted.items():
        code = ledger_of(connection).reveal(gesture.agent, entry) if gesture.wanted.kind == "voucher" else None
        gift = next((g for g in desk.config.catalogue if g.kind == gesture.wanted.kind), None)
        text = gift_text(desk, gift, known[entry], code, gesture.told.story.language)
        at, conversation = gesture.at + timedelta(seconds=30), held[gesture.told.conversation]
        said.append(_reply(desk, gesture, text, at, public=conversation.public))
        conversation.shows(text, at)
    messages.add(connection, said)
    standing.save(connection, desk, list(held.values()))
    for entry, row in zip(granted, said, strict=True):
        gifts.put(connection, row["id"], [entry])


def _reply(desk: Desk, gesture: _Gesture, text: str, at: datetime, *, public: bool) -> dict[str, Any]:
    return {
        "id": new_id(),
        "conversation_id": gesture.told.conversation,
        "direction": str(Direction.OUT),
        "kind": "message",
        "channel": gesture.told.story.channel,
        "external_id": None,
        "author": gesture.agent,
        "author_name": desk.agent_name(gesture.agent),
        "at": at,
        "subject": "",
        "text": text,
        "quoted": "",
        "signature": "",
        "public": public,
        "warnings": "",
    }


def _open(desk: Desk, told: Sequence[Told], now: datetime) -> None:
    """What was approved and used, what waits for a decision, and what was granted and is in no reply yet."""
    others = [one for one in told if one.story.state in _AWAITED and _may(one.story, *_BELOW)]
    others = [one for one in others if one.story.assignee != desk.agent.id]
    for minutes in (190, 25):  # in the order of time, as the ledger wants it
        at = now - timedelta(minutes=minutes)
        one = next((one for one in others if one.story.lines[-1].at < at), None)
        if one:
            others.remove(one)
            asked = _ask(desk, one, at)
            if minutes > 60:
                _answer(desk, one, asked, at + timedelta(minutes=20))
    at = now - timedelta(minutes=95)  # longer ago than what can be undone: undoing stops at money
    mine = (one for one in told if one.story.state is State.OPEN and one.story.assignee == desk.agent.id)
    for one in [one for one in mine if one.story.lines[-1].at < at][:1]:
        me = _at(desk, desk.agent.id, at)
        gestures.grant(me, *_wanted(me, one, "voucher", 1_500, "long_wait"), new_id())


def _ask(desk: Desk, one: Told, at: datetime) -> UUID:
    asker = _at(desk, str(one.story.assignee), at)
    language = one.story.language if one.story.language in _REMARK else "en"
    number, wanted = _wanted(asker, one, "credit", _ASKED, "long_wait")
    return gestures.request(asker, number, wanted, new_id(), _REMARK[language]).approval


def _answer(desk: Desk, one: Told, asked: UUID, at: datetime) -> None:
    language = one.story.language if one.story.language in _ANSWER else "en"
    gestures.approve(_at(desk, _SUPERVISOR, at), asked, _GRANTED, _ANSWER[language])
    asker = _at(desk, str(one.story.assignee), at + timedelta(minutes=3))
    gestures.grant(asker, *_wanted(asker, one, "credit", _GRANTED, "long_wait"), new_id(), asked)


def _wanted(desk: Desk, one: Told, kind: str, amount: int, reason: str) -> tuple[int, Wanted]:
    with desk.store.read() as connection:
        (row,) = conversations.by_ids(connection, [one.conversation])
    return row.number, Wanted(one.conversation, kind, amount, "EUR", reason, _proof(one.story))


def _proof(story: Story) -> str:
    return f"T-{_sum(story.key) % 90_000 + 10_000}"


def _at(desk: Desk, agent: str, at: datetime) -> Desk:
    """The desk as a colleague had it at a time; the ledger's clock is set to it too."""
    with desk.store.write() as connection:
        stand_still(connection, at)
    who = desk.config.agent_of(agent)
    return replace(desk, agent=who or desk.agent, now=lambda: at)


def _sum(key: str) -> int:
    return crc32(key.encode())
