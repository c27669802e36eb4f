"""The demo's messaging service: what arrived, what was taken, and what is to come, in one durable file.

Facts are dictionaries; ``is`` says which:

- ``thread``: a conversation from before the service began (``id``, ``who``, ``subject``, ``refs``, ``last``);
- ``clock``: when the next newcomer is due (``next``);
- ``in``: a message arrived (``seq`` numbers them; ``of`` the reply it answers, if any; ``next`` as in clock);
- ``out``: a reply was taken (``key``), with what the customer will answer and when (``answer``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agentconsole.demo.world import live
from agentconsole.demo.world.brand import CLOSES, OPENS, ZONE
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.live import Said
from agentconsole.demo.world.log import Fact, Log
from agentconsole.demo.world.raw import mail, payload
from agentconsole.demo.world.story import Story
from agentconsole.model.message import Address, Direction, Incoming, Outgoing

_ANSWERS_AFTER = (20, 90)
"""Seconds a customer takes to answer."""
_ASLEEP_AFTER = timedelta(minutes=10)
"""Without anybody pulling for so long, the newcomers of the meantime did not come."""
_PATIENCE = {"chat": 3, "whatsapp": 6, "x": 10, "mail": 120, "form": 180}
"""Minutes after the last message of a thread before its customer writes again by themselves."""


@dataclass(slots=True)
class _Thread:
    id: str
    who: Address
    subject: str
    refs: list[str]
    """External ids, oldest first."""
    last: str
    """What stands last: "wrote" (by the customer), "asked" or "told" (by the adviser), "over" (a thank-you)."""
    at: datetime
    answers: int = 0
    reminded: bool = False


@dataclass(slots=True)
class _Memory:
    """What follows from the facts."""

    threads: dict[str, _Thread] = field(default_factory=dict)
    thread_of: dict[str, str] = field(default_factory=dict)
    arrivals: list[Fact] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    """Keys of replies taken, and their threads."""
    coming: dict[str, Fact] = field(default_factory=dict)
    """Answers still to come, by the key of the reply."""
    newcomers: int = 0
    seq: int = 0
    next: datetime | None = None

    def learn(self, fact: Fact) -> None:
        match fact["is"]:
            case "thread":
                self._thread(fact)
            case "clock":
                self.next = _time(fact["next"])
            case "in":
                self._arrived(fact)
            case "out":
                self._taken(fact)

    def _thread(self, fact: Fact) -> None:
        thread = _Thread(
            fact["id"],
            Address(*fact["who"]),
            fact["subject"],
            list(fact["refs"]),
            fact["last"],
            _time(fact["at"]),
        )
        self.threads[thread.id] = thread
        self.thread_of |= dict.fromkeys(thread.refs, thread.id)

    def _arrived(self, fact: Fact) -> None:
        self.arrivals.append(fact)
        self.seq = fact["seq"]
        said, at = fact["said"], _time(fact["at"])
        if fact.get("next"):
            self.next = _time(fact["next"])
            self.newcomers += 1
        self.coming.pop(fact.get("of") or "", None)
        thread = self.threads.get(fact["thread"])
        if thread is None:
            thread = _Thread(fact["thread"], Address(**said["who"]), said["subject"], [], "wrote", at)
            self.threads[thread.id] = thread
        thread.refs.append(said["id"])
        thread.last, thread.at = "over" if said["over"] else "wrote", at
        thread.reminded = thread.reminded or bool(fact.get("reminder"))
        thread.answers += bool(fact.get("of"))
        self.thread_of[said["id"]] = thread.id

    def _taken(self, fact: Fact) -> None:
        self.keys[fact["key"]] = fact["thread"]
        if fact.get("answer"):
            self.coming[fact["key"]] = fact
        thread = self.threads.get(fact["thread"])
        if thread:
            thread.refs.append(fact["key"])
            thread.last, thread.at, thread.reminded = _last(fact["text"]), _time(fact["at"]), True
            self.thread_of[fact["key"]] = thread.id


class Traffic:
    """The service of one channel.

    :param channel: the channel's id, part of the external ids' domain and of the seed.
    :param medium: which kind of messages it carries, one of the brand's channels.
    :param pace: seconds between newcomers on average; 0 for none, and nobody answers either.
    """

    def __init__(self, path: Path, channel: str, medium: str, seed: int, pace: float) -> None:
        self._log = Log(path)
        self._memory = _Memory()
        self._channel, self._medium, self._seed, self._pace = channel, medium, seed, pace

    def count(self) -> int:
        """Messages so far, in and out.

        :raises OSError: the file cannot be written.
        """
        with self._log.alone():
            self._catch_up()
            self._log.add([])
            return len(self._memory.arrivals) + len(self._memory.keys)

    def took(self, key: str) -> bool:
        """Whether a reply with that key was taken."""
        with self._log.alone():
            self._catch_up()
            return key in self._memory.keys

    def due(self) -> datetime | None:
        """When the next message arrives; ``None`` where none will."""
        if not self._pace:
            return None
        with self._log.lock:
            self._catch_up()
            times = [_time(fact["answer"]["at"]) for fact in self._memory.coming.values()]
            return min([*times, *filter(None, [self._memory.next])], default=None)

    def take(self, reply: Outgoing, now: datetime) -> None:
        """Take a reply and decide what its customer will answer; nothing where it was taken before."""
        with self._log.alone():
            self._catch_up()
            memory = self._memory
            if reply.key in memory.keys:
                return
            first = reply.references[0] if reply.references else reply.key
            thread = next((memory.thread_of[r] for r in reversed(reply.references) if r in memory.thread_of), first)
            known = memory.threads.get(thread)
            said = live.answer(self._seed, self._medium, reply, known.answers if known else 0)
            fact: Fact = {
                "is": "out",
                "key": reply.key,
                "at": now.isoformat(),
                "thread": thread,
                "text": reply.text,
            }
            fact["refs"] = list(reply.references)
            if said and self._pace:
                low, high = _ANSWERS_AFTER
                seconds = low + (high - low) * Dice(f"{self._seed}/{reply.key}").roll()
                fact["answer"] = {"at": (now + timedelta(seconds=seconds)).isoformat(), "said": asdict(said)}
            self._add([fact])

    def arrived(self, now: datetime, after: int, limit: int) -> list[tuple[int, Incoming]]:
        """What arrived until now, with its number, from the first after that number on."""
        with self._log.alone():
            self._catch_up()
            self._memory.seq = max(self._memory.seq, after)
            if self._pace:
                self._let_arrive(now)
            found = [fact for fact in self._memory.arrivals if fact["seq"] > after][:limit]
            return [(fact["seq"], self._incoming(fact)) for fact in found]

    def _catch_up(self) -> None:
        for fact in self._log.read():
            self._memory.learn(fact)

    def _add(self, facts: list[Fact]) -> None:
        self._log.add(facts)
        for fact in facts:
            self._memory.learn(fact)

    def _let_arrive(self, now: datetime) -> None:
        following = self._memory.next
        if following is None or now - following > _ASLEEP_AFTER:
            pause = self._pace * (0.08 + 0.3 * Dice(f"{self._seed}/{self._channel}/{now.timestamp()}").roll())
            following = now + timedelta(seconds=pause)
            self._add([{"is": "clock", "next": following.isoformat()}])
        while following <= now:
            self._let_answer(following)
            following = self._newcomer(following, now)
        self._let_answer(now)

    def _let_answer(self, until: datetime) -> None:
        answers = [(_time(f["answer"]["at"]), key, f) for key, f in self._memory.coming.items()]
        for at, key, fact in sorted(answers, key=lambda answer: answer[:2]):
            if at <= until:
                before = [*reversed(fact["refs"])]
                self._arrive(fact["answer"]["said"], at, fact["thread"], [key, *before], of=key)

    def _newcomer(self, at: datetime, now: datetime) -> datetime:
        """The next one who writes by themselves; returns when the one after that is due."""
        number = self._memory.newcomers
        dice = Dice(f"{self._seed}/{self._channel}/{number}")
        local = at.astimezone(ZoneInfo(ZONE))
        if self._medium == "chat" and (local.weekday() == 6 or not OPENS <= local.hour < CLOSES):
            following = now + timedelta(minutes=5)
            self._add([{"is": "clock", "next": following.isoformat()}])
            return following
        night = not 7 <= local.hour < 23
        following = at + timedelta(seconds=self._pace * (0.4 + 1.2 * dice.roll()) * (3 if night else 1))
        thread = self._impatient(dice, at)
        if thread:
            said = live.reminder(self._seed, self._medium, thread.id, thread.who, thread.subject, thread.last)
        else:
            said = live.newcomer(self._seed, self._medium, number, at)
        where, refs = (thread.id, [*reversed(thread.refs)]) if thread else (said.id, [])
        self._arrive(asdict(said), at, where, refs, next=following.isoformat(), reminder=thread is not None)
        return following

    def _impatient(self, dice: Dice, at: datetime) -> _Thread | None:
        patience = timedelta(minutes=_PATIENCE.get(self._medium, 60))
        waiting = [
            thread
            for thread in self._memory.threads.values()
            if not thread.reminded
            and thread.last != "over"
            and at - thread.at > patience
            and (thread.last != "wrote" or live.would_insist(thread.id))
        ]
        return dice.pick(waiting) if waiting and dice.chance(35) else None

    def _arrive(self, said: dict[str, Any], at: datetime, thread: str, refs: list[str], **more: Any) -> None:
        seq = self._memory.seq + 1
        fact = {"is": "in", "seq": seq, "at": at.isoformat(), "thread": thread, "said": said, "refs": refs}
        self._add([fact | more])

    def _incoming(self, fact: Fact) -> Incoming:
        said = Said(**(fact["said"] | {"who": Address(**fact["said"]["who"])}))
        at, refs = _time(fact["at"]), tuple(fact["refs"])
        line, customer, before = live.as_line(said, at), (said.who.name, said.who.value), list(reversed(refs))
        return Incoming(
            external_id=said.id,
            at=at,
            author=said.who,
            subject=said.subject,
            text=said.text,
            raw=(mail if self._medium == "mail" else payload)(line, customer, before),
            quoted=said.quoted,
            signature=said.signature,
            references=refs,
            public=self._medium == "x",
        )


def write_threads(folder: Path, told: Iterable[Story]) -> None:
    """Begin the services' files in that folder with conversations they did not see."""
    facts: dict[str, list[Fact]] = {}
    for story in told:
        lines = [line for line in story.lines if line.external_id]
        facts.setdefault(story.channel, []).append(
            {
                "is": "thread",
                "id": lines[0].external_id,
                "who": [story.address.value, story.address.name],
                "subject": story.subject,
                "refs": [line.external_id for line in lines],
                "last": "wrote" if lines[-1].who is Direction.IN else _last(lines[-1].text),
                "at": lines[-1].at.isoformat(),
            }
        )
    for channel, some in facts.items():
        log = Log(folder / f"{channel}.jsonl")
        with log.alone():
            log.read()
            log.add(some)


def _last(text: str) -> str:
    return "asked" if "?" in text else "told"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
