"""All the stories of a desk: who writes, on which channel, and where each conversation stands now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from agentconsole.config import Priority, State
from agentconsole.demo.world import trouble, voice
from agentconsole.demo.world.brand import CHANNELS
from agentconsole.demo.world.data import Scenario, Special, world
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.moments import WHO, Moments
from agentconsole.demo.world.people import Known, People
from agentconsole.demo.world.plot import Cast, Telling, agent_for, course, finish, special_line
from agentconsole.demo.world.story import Person, Story
from agentconsole.demo.world.timeline import DAY, Timeline
from agentconsole.model.message import Address, Direction, MessageKind

_SORTED_UP_TO = 20_000
"""Larger desks are told as they come (resolved first): sorting needs all of them in memory."""
_FRENCH = 65
_SPECIAL_PERCENT = 1.5
_SHARES = tuple(medium.id for medium in CHANNELS.values() for _ in range(medium.share))
_OPEN_SHARES = tuple(medium.id for medium in CHANNELS.values() for _ in range(medium.open_share))


def stories(seed: int, size: int, now: datetime, *, troubled: bool = False) -> Iterator[Story]:
    """The conversations of a desk.

    :param seed: another seed, another desk; the same seed and size tell the same stories, their times counted
        back from ``now``.
    :param size: how many; from 1000 on 5 % are open, 3 % pending and 2 % snoozed, small desks have more in work.
    :param now: aware; no message is later. Any hour of any day will do.
    :param troubled: something broke down within this half hour: those who write of it come on top of ``size``.
    :returns: up to 20 000 in order of their first message; beyond that the resolved ones come first, each group in
        rough order.
    """
    desk = _Desk(seed, size, now)
    told = chain(desk.tell(), desk.tell_of_trouble() if troubled else ())
    yield from sorted(told, key=lambda s: (s.lines[0].at, s.key)) if size <= _SORTED_UP_TO else told


def in_work(size: int) -> tuple[int, int, int]:
    """How many are open, pending and snoozed in a desk of that size."""
    if size >= 1000:
        return round(size * 0.05), round(size * 0.03), round(size * 0.02)
    most = max(45, round(size * 0.05))
    return min(round(size * 0.1125), most), round(size * 0.03), round(size * 0.015)


def history_days(size: int) -> int:
    """How many days back the stories go: four weeks for a small desk, some two years for a million."""
    return max(28, min(int(28 * (size / 400) ** 0.4), 1100))


class _Desk:
    def __init__(self, seed: int, size: int, now: datetime) -> None:
        self._seed, self._size = seed, size
        self._timeline = Timeline(now, history_days(size))
        self._people = People()
        self._open, self._pending, self._snoozed = in_work(size)
        self._used: set[str] = set()  # looked up only
        self._outside: dict[str, Known] = {}

    def tell(self) -> Iterator[Story]:
        """Resolved ones first, so that those in work come from people with a history."""
        resolved = self._size - self._open - self._pending - self._snoozed
        for index in range(resolved):
            yield self._resolved(index, index / max(resolved, 1))
        for index in range(resolved, resolved + self._pending):
            yield self._pending_one(index)
        for index in range(resolved + self._pending, resolved + self._pending + self._snoozed):
            yield self._snoozed_one(index)
        first = self._size - self._open
        for index, fate in enumerate(self._fates(), first):
            yield self._open_one(index, fate)

    def tell_of_trouble(self) -> Iterator[Story]:
        """Strangers, all with the same trouble; after :meth:`tell`, whose people and tales stay as they are."""
        for number, place in enumerate(trouble.PLACES):
            dice, clock = self._dice(self._size + number)
            scenario, track = trouble.scenario(place.language), trouble.track(number)
            on = self._timeline.date(self._timeline.now - 3 * DAY)
            known = self._people.stranger(dice, place.language, place.channel, on)
            agent = agent_for(place.channel, place.language, dice)
            cast = Cast(self._key(self._size + number), scenario, place.channel, known, ("ask",), agent)
            moment = self._timeline.now - 60 * trouble.minutes_ago(number, clock)
            telling = Telling(cast, [moment], self._timeline, dice, track)
            yield finish(telling, State.OPEN, None, None, None)

    def _fates(self) -> list[str]:
        """What each open conversation's clock says: a few late, some due, most in good time."""
        count, dice = self._open, Dice(self._seed)
        hostile = [special.id for special in world().specials if special.hostile]
        odd = (hostile[:2] + dice.shuffled(hostile[2:]))[: round(count * 0.09)]
        odd += ["newsletter", "bounce"][: count // 20]
        late, due = round(count * 0.09), round(count * 0.11)
        fates = ["late"] * late + ["due"] * due + odd[: max(0, count - late - due)]
        return dice.shuffled(fates + ["ok"] * (count - len(fates)))

    def _dice(self, index: int) -> tuple[Dice, Dice]:
        """Throws for what is told and for when; apart, so that the hour does not change the tale."""
        base = (self._seed * 10_000_019 + index) * 2
        return Dice(base), Dice(base + 1)

    def _key(self, index: int) -> str:
        return f"d{self._seed}-{index:06}"

    def _resolved(self, index: int, fraction: float) -> Story:
        dice, clock = self._dice(index)
        fraction += clock.roll() / self._size
        if dice.chance(_SPECIAL_PERCENT):
            return self._special(index, dice.pick(world().specials), State.RESOLVED, fraction)
        cast = self._cast(index, State.RESOLVED, dice, dice.pick(_SHARES), self._timeline.at(fraction))
        times = Moments(self._timeline, clock, cast.channel)
        moments = times.forward(cast.beats, fraction)
        end = times.closing(moments[-1], WHO[cast.beats[-1]] is Direction.OUT)
        telling = Telling(cast, moments, self._timeline, dice)
        return finish(telling, State.RESOLVED, cast.agent.id, None, end)

    def _pending_one(self, index: int) -> Story:
        dice, clock = self._dice(index)
        cast = self._cast(index, State.PENDING, dice, dice.pick(_SHARES), self._timeline.now)
        moments = Moments(self._timeline, clock, cast.channel).said(cast.beats, 20 + 1700 * clock.roll())
        return finish(Telling(cast, moments, self._timeline, dice), State.PENDING, cast.agent.id, None, None)

    def _snoozed_one(self, index: int) -> Story:
        dice, clock = self._dice(index)
        cast = self._cast(index, State.SNOOZED, dice, dice.pick(_SHARES), self._timeline.now)
        moments = Moments(self._timeline, clock, cast.channel).said(cast.beats, 30 + 1000 * clock.roll())
        telling = Telling(cast, moments, self._timeline, dice)
        until = telling.details.next_day * DAY + 9 * 3600
        if until <= self._timeline.now:
            until = self._timeline.next_open_day(self._timeline.now, 1) * DAY + 9 * 3600
        return finish(telling, State.SNOOZED, cast.agent.id, until, None)

    def _open_one(self, index: int, fate: str) -> Story:
        special = next((s for s in world().specials if s.id == fate), None)
        if special:
            return self._special(index, special, State.OPEN, 1.0)
        dice, clock = self._dice(index)
        cast = self._cast(index, State.OPEN, dice, dice.pick(_OPEN_SHARES), self._timeline.now)
        times = Moments(self._timeline, clock, cast.channel)
        if "wait" in cast.beats and fate == "late":
            moments = times.started(cast.beats, 24 * 60 + 20 + 240 * clock.roll())
        elif "wait" in cast.beats:
            moments = times.said(cast.beats, 30 + 500 * clock.roll())
        else:
            moments = times.waiting(cast.beats, fate)
            if cast.beats[-1] in ("nudge", "note") and times.too_soon(cast.beats[-1], moments[-2], moments[-1]):
                cast = Cast(cast.key, cast.scenario, cast.channel, cast.known, cast.beats[:-1], cast.agent)
                moments.pop()
        answered = any(WHO[beat] is not Direction.IN for beat in cast.beats)
        assigned = dice.chance(75 if answered else 20)
        telling = Telling(cast, moments, self._timeline, dice)
        return finish(telling, State.OPEN, cast.agent.id if assigned else None, None, None)

    def _cast(self, index: int, state: State, dice: Dice, channel: str, moment: float) -> Cast:
        language = "fr" if dice.chance(_FRENCH) else "en"
        scenario = self._scenario(language, channel, state, dice)
        on = self._timeline.date(moment - 3 * DAY)
        if scenario.person:
            known = self._people.stranger(dice, language, channel, on, scenario.person)
        else:
            known = self._people.someone(dice, language, channel, on, scenario.id)
        beats = course(state, scenario, channel, dice)
        return Cast(self._key(index), scenario, channel, known, beats, agent_for(channel, language, dice))

    def _scenario(self, language: str, channel: str, state: State, dice: Dice) -> Scenario:
        """By weight; what is in work differs from row to row for as long as there are scenarios left."""
        choices = world().by_place[language, channel]
        if state is State.RESOLVED:
            return dice.pick(choices)
        for _ in range(25):
            scenario = dice.pick(choices)
            if state is State.SNOOZED and (scenario.mood == "happy" or scenario.serious):
                continue
            if scenario.id not in self._used:
                self._used.add(scenario.id)
                return scenario
        self._used.difference_update([scenario.id for scenario in choices])
        return dice.pick(choices)

    def _special(self, index: int, special: Special, state: State, fraction: float) -> Story:
        dice, clock = self._dice(index)
        channel = dice.pick(special.channels)
        times = Moments(self._timeline, clock, channel)
        at = times.waiting(("ask",), "ok")[0] if state is State.OPEN else times.begin(fraction)
        known = self._author(special, channel, dice)
        address = known.person.address(CHANNELS[channel].identity) or Address("")
        line = special_line(special, self._key(index), channel, at, self._timeline, address.name)
        return Story(
            key=self._key(index),
            scenario=special.id,
            person=known.person,
            address=address,
            channel=channel,
            subject=special.subject or voice.headline(special.text),
            lines=(line,),
            state=state,
            assignee=None,
            team=CHANNELS[channel].team,
            tags=("spam",) if line.kind is MessageKind.LIST or special.id.startswith("spam") else (),
            priority=Priority.LOW if line.kind is MessageKind.LIST else Priority.NORMAL,
            language=special.language,
            resolved_at=self._timeline.past(times.closing(at, False)) if state is State.RESOLVED else None,
        )

    def _author(self, special: Special, channel: str, dice: Dice) -> Known:
        day = self._timeline.dates[0]
        if not special.address:
            return self._people.someone(dice, special.language, channel, day, special.id)
        if special.id not in self._outside:
            kind = CHANNELS[channel].identity
            identity = (kind, special.address, special.name)
            person = Person(f"out-{special.id}", special.name, special.language, (identity,), (), day)
            self._outside[special.id] = Known(person, "", 50)
        return self._outside[special.id]
