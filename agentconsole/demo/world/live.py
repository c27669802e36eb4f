"""What customers write from now on: new ones, and those who were answered. By seed, not by the hour."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from agentconsole.config import State
from agentconsole.demo.world import trouble, voice
from agentconsole.demo.world.brand import DOMAIN, HANDLE
from agentconsole.demo.world.data import Phrase, Scenario, world
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.people import Known, People
from agentconsole.demo.world.plot import Cast, Telling, agent_for
from agentconsole.demo.world.story import Line, Person, Story
from agentconsole.demo.world.timeline import Timeline
from agentconsole.model.message import Address, Direction, Outgoing

_PHONES_FROM = 9_000
"""Newcomers' numbers start where a desk of this world has none yet."""
_QUIET_AFTER = 3
"""Answers of one customer in a live thread, after which they have little left to say."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a customer before it has a time and a place in a thread."""

    id: str
    who: Address
    subject: str
    text: str
    scenario: str
    signature: str = ""
    quoted: str = ""
    over: bool = False
    """Nothing more is to be expected after it: a thank-you."""


@lru_cache(maxsize=4)
def _timeline(now: datetime) -> Timeline:
    return Timeline(now, 1)


def newcomer(seed: int, channel: str, number: int, now: datetime) -> Said:
    """Somebody new writes: the n-th arrival of the channel."""
    dice = Dice(f"{seed}/{channel}/new/{number}")
    timeline = _timeline(now.replace(second=0, microsecond=0))
    language = "fr" if dice.chance(65) else "en"
    scenario, track = dice.pick(world().by_place[language, channel]), trouble.later(channel, number)
    if track is not None:
        scenario = trouble.scenario(language)
    people = People("live", after=_PHONES_FROM + number % 990)
    known = people.stranger(dice, language, channel, timeline.date(timeline.now), scenario.person)
    agent = agent_for(channel, language, dice)
    cast = Cast(f"live{seed}-{number:05}", scenario, channel, known, ("ask",), agent)
    telling = Telling(cast, [timeline.now], timeline, dice, track)
    line = telling.lines()[0]
    return Said(line.external_id, telling.address, telling.subject, line.text, scenario.id, line.signature)


def answer(seed: int, channel: str, reply: Outgoing, earlier: int) -> Said | None:
    """How the customer answers a reply; ``None`` where they leave it at that.

    :param earlier: how many answers of theirs the thread has already.
    """
    dice = Dice(f"{seed}/{channel}/re/{reply.key}")
    scenario = scenario_of(reply.references)
    language = scenario.language if scenario else _language(reply.text)
    beat = _mood(dice, "?" in reply.text, earlier, serious=bool(scenario and scenario.serious))
    if beat is None:
        return None
    person = _Stranger(reply.to, language, reply.author)
    core = person.say(_choice(beat, channel, scenario, language, dice), dice)
    text = person.type(core, channel, "happy" if beat == "thanks" else scenario.mood if scenario else "", dice)
    quoted = ""
    if channel == "mail" and dice.chance(70):
        intro = {"fr": f"{reply.author} a écrit :", "en": f"{reply.author} wrote:"}[language]
        quoted = f"{intro}\n> " + reply.text.replace("\n", "\n> ")
    subject = reply.subject if reply.subject[:3].lower() == "re:" else f"Re: {reply.subject}"
    return Said(
        id=_id("re", reply.key, scenario, channel),
        who=reply.to,
        subject=subject if channel in ("mail", "form") else "",
        text=text,
        scenario=scenario.id if scenario else "",
        quoted=quoted,
        over=beat in ("thanks", "kind"),
    )


def reminder(seed: int, channel: str, thread: str, who: Address, subject: str, last: str) -> Said:
    """A customer writes again by themselves.

    :param thread: external id of the thread's first message.
    :param last: what stands last in the thread: "wrote" (by the customer), "asked" or "told" (by the adviser).
    """
    dice = Dice(f"{seed}/{channel}/again/{thread}")
    scenario = scenario_of([thread])
    language = scenario.language if scenario else "fr"
    person = _Stranger(who, language, "")
    mood = scenario.mood if scenario else ""
    beat = "give" if last == "asked" else dice.pick(("thanks", "question", "still"))
    if scenario and scenario.serious and beat != "give":
        beat = "kind"
    if last == "wrote":
        phrase = voice.shared(language, "nudge_angry" if mood == "angry" else "nudge", dice)
    else:
        phrase = _choice(beat, channel, scenario, language, dice)
    core = person.say(phrase, dice)
    text = person.type(f"{HANDLE} {core}" if channel == "x" and HANDLE not in core else core, channel, mood, dice)
    again = f"Re: {subject}" if channel in ("mail", "form") else ""
    told = scenario.id if scenario else ""
    over = last != "wrote" and beat in ("thanks", "kind")
    return Said(_id("again", thread, scenario, channel), who, again, text, told, over=over)


def scenario_of(external_ids: Iterable[str]) -> Scenario | None:
    """The scenario that a thread's messages were told from; it is part of their external ids."""
    for external_id in external_ids:
        local, _, domain = external_id.rpartition("@")
        if domain.endswith(DOMAIN):
            scenario = world().scenarios.get(local.rpartition(".")[2])
            if scenario:
                return scenario
    return None


def may_come_back(story: Story) -> bool:
    """Whether the customer of a story may write in it again: it is in work, and no newsletter."""
    return story.state in (State.OPEN, State.PENDING) and story.scenario in world().scenarios


def would_insist(thread: str) -> bool:
    """Whether somebody who wrote that may write again before they are answered; thanks and condolences wait."""
    scenario = scenario_of([thread])
    return scenario is not None and scenario.mood in ("", "angry")


def as_line(said: Said, at: datetime) -> Line:
    """The message as a line of a story, so that :mod:`.raw` can make its original."""
    return Line(at, Direction.IN, said.who.name, said.text, said.id, said.subject, said.quoted, said.signature)


def _id(word: str, name: str, scenario: Scenario | None, channel: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{word}-{digest}.{scenario.id if scenario else 'other'}@{channel}.{DOMAIN}"


def _mood(dice: Dice, asked: bool, earlier: int, serious: bool) -> str | None:
    roll = dice.roll() * 100
    if earlier >= _QUIET_AFTER:
        return "thanks" if roll < 40 and not serious else None
    if asked:
        return "give" if roll < 92 else None
    if serious:
        return "kind" if roll < 80 else None
    return "thanks" if roll < 46 else "question" if roll < 66 else "still" if roll < 86 else None


def _choice(beat: str, channel: str, scenario: Scenario | None, language: str, dice: Dice) -> Phrase:
    if channel == "x" and beat in ("give", "thanks"):
        return voice.shared(language, f"x_{beat}", dice)
    if beat == "give" and scenario:
        fixed = [phrase for phrase in scenario.texts["give"] if phrase.fixed]
        if fixed:
            return dice.pick(fixed)
    return voice.shared(language, beat if beat == "thanks" else f"live_{beat}", dice)


class _Stranger:
    """A customer of whom only the address is known here: their name, and the way they always type."""

    def __init__(self, who: Address, language: str, agent: str) -> None:
        first = (who.name or who.value).split(" ", 1)[0]
        self._slots = {"first": first, "agent": agent.split(" ", 1)[0].capitalize()}
        self._slots["e"] = "e" if first in world().people[language]["women"] else ""
        self._language = language
        style = zlib.crc32(who.value.encode("utf-8", "surrogatepass")) % 100
        person = Person("", who.name, language, (), (), _NEVER)
        self._known = Known(person, self._slots["e"], style)

    def say(self, phrase: Phrase, dice: Dice) -> str:
        return phrase.say(dice, self._slots)

    def type(self, core: str, channel: str, mood: str, dice: Dice) -> str:
        text = voice.customer_text(core, self._known, channel, mood, self._language, dice)
        named = channel == "mail" and " " in self._known.person.name and dice.chance(60)
        return f"{text}\n\n{self._slots['first']}" if named else text


_NEVER = date.min


def _language(text: str) -> str:
    words = text.lower().replace("'", " ").split()
    french = sum(word in ("vous", "votre", "bonjour", "est", "le", "la", "les", "pour", "je", "et") for word in words)
    english = sum(word in ("you", "your", "hello", "hi", "is", "the", "for", "i", "and", "to") for word in words)
    return "en" if english > french else "fr"
