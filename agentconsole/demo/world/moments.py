"""When the beats of a story happen: forward from its beginning, or backward from what still waits."""

from __future__ import annotations

from collections.abc import Mapping

from agentconsole.demo.world.brand import CHANNELS, RESOLVE
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.timeline import DAY, Timeline
from agentconsole.model.message import Direction

WHO = {
    **dict.fromkeys(("ask", "nudge", "give", "again", "thanks", "auto"), Direction.IN),
    **dict.fromkeys(("hold", "solve", "final", "wait"), Direction.OUT),
    **dict.fromkeys(("note", "note_wait"), Direction.NOTE),
}
_Gaps = Mapping[str, tuple[float, float]]
_ANSWER: _Gaps = {"chat": (0.3, 4), "whatsapp": (2, 40), "x": (4, 65), "mail": (12, 330), "form": (15, 360)}
"""Business minutes an adviser takes, from quick to slow."""
_CUSTOMER: _Gaps = {
    "chat": (0.4, 4),
    "whatsapp": (1, 120),
    "x": (2, 240),
    "mail": (9, 1300),
    "form": (15, 1500),
}
"""Minutes a customer takes, day or night."""
_NO_SOLUTION: _Gaps = dict.fromkeys(_CUSTOMER, (700, 1500))
"""Minutes until it turns out that a solution was none."""
DUE_WITHIN = 15
"""Minutes before its time from which a clock is shown as due (the demo's ``due_within``)."""


class Moments:
    """Times for one story; throws of its own, so that what is told does not depend on the hour."""

    def __init__(self, timeline: Timeline, dice: Dice, channel: str) -> None:
        self._line, self._dice, self._channel = timeline, dice, channel

    def _gap(self, table: _Gaps) -> float:
        low, high = table[self._channel]
        return low + (high - low) * self._dice.roll() ** 2

    def begin(self, fraction: float) -> float:
        """A plausible first moment at that fraction of the history."""
        line, dice = self._line, self._dice
        day = int(line.at(fraction) // DAY)
        if not line.open[day] and self._channel != "x" and (self._channel == "chat" or dice.chance(60)):
            day -= 1
            while not line.open[day] and day > 0:
                day -= 1
        moment = line.arrival(day, self._channel, dice.roll())
        return moment if moment < line.now - 1800 else moment - DAY

    def forward(self, beats: tuple[str, ...], fraction: float) -> list[float]:
        """All moments of a story that is over, none after now."""
        line, start = self._line, self.begin(fraction)
        for _ in range(5):
            moments = self._from(beats, start)
            if moments[-1] < line.now - 120:
                return moments
            start -= DAY * (1 + (moments[-1] - line.now) // DAY)
        return moments

    def _from(self, beats: tuple[str, ...], moment: float) -> list[float]:
        line, moments = self._line, [moment]
        for beat in beats[1:]:
            who = WHO[beat]
            if who is Direction.OUT:
                moment = line.later(moment, self._gap(_ANSWER))
            elif who is Direction.NOTE:
                moment = line.later(moment, 1 + 6 * self._dice.roll())
            else:
                table: _Gaps = _NO_SOLUTION if beat == "again" else _CUSTOMER
                moment += 60 * (1 if beat == "auto" else self._gap(table))
                if 3600 < moment % DAY < 6.5 * 3600 and beat != "auto":
                    moment += DAY / 3
            moments.append(moment)
        return moments

    def closing(self, last: float, by_adviser: bool) -> float:
        """When a story is marked resolved: with the adviser's last word, or soon after the customer's."""
        return last if by_adviser else self._line.later(last, 1 + 15 * self._dice.roll())

    def said(self, beats: tuple[str, ...], ago: float) -> list[float]:
        """Moments of a story in which the adviser spoke last, so many business minutes ago."""
        last = max(n for n, beat in enumerate(beats) if WHO[beat] is Direction.OUT)
        return self._around(beats, last, self._line.earlier(self._line.now, max(ago, 1)), 4 * RESOLVE)

    def started(self, beats: tuple[str, ...], ago: float) -> list[float]:
        """Moments of a story that began so many business minutes ago and was answered at once."""
        start = self._line.earlier(self._line.now, ago)
        moments = self._from(beats, start)
        return [min(moment, self._line.now - 60 * (len(beats) - n)) for n, moment in enumerate(moments)]

    def waiting(self, beats: tuple[str, ...], fate: str) -> list[float]:
        """Moments of a story in which the customer waits: the clock is "late", "due" or (mostly) "ok"."""
        answered = [n for n, beat in enumerate(beats) if WHO[beat] is Direction.OUT]
        room = 3 * RESOLVE  # an answer stops the clocks, so that what was before it may take its time
        anchor = answered[-1] + 1 if answered else 0
        medium, roll = CHANNELS[self._channel], self._dice.roll()
        budget = medium.reply if answered else medium.acknowledge
        if fate == "late":
            ago = budget * (1.04 + 0.45 * roll) + 2
        elif fate == "due":
            ago = max(budget - 2 - (DUE_WITHIN - 4) * roll, budget * 0.3)
        else:
            return self._around(beats, anchor, self._fresh(budget), room)
        return self._around(beats, anchor, self._line.earlier(self._line.now, ago), room)

    def _fresh(self, budget: float) -> float:
        """A plausible moment from which on less than the budget has been used up."""
        line = self._line
        most = budget - DUE_WITHIN - 3 if budget > 2 * DUE_WITHIN else budget * 0.7
        used = line.business(line.now)
        if self._channel != "chat":
            first = line.at_business(used - most)
            for _ in range(12):
                back = float(self._dice.roll() ** 1.3) * max(line.now - 40 - first, 0)
                moment = line.now - 40 - back
                if self._dice.roll() < line.likely(moment, self._channel):
                    return moment
        moment = line.at_business(used - 0.5 - self._dice.roll() * (most - 0.5))
        return min(moment, line.now - 40)

    def _around(self, beats: tuple[str, ...], anchor: int, at: float, room: float) -> list[float]:
        """Moments before the anchor, within ``room`` business minutes, and after it, before now."""
        line, moments = self._line, [at]
        gaps: list[float] = []
        for beat in reversed(beats[1 : anchor + 1]):
            who = WHO[beat]
            table: _Gaps = _NO_SOLUTION if beat == "again" else _ANSWER if who is Direction.OUT else _CUSTOMER
            gaps.append(3 if who is Direction.NOTE else self._gap(table))
        scale = min(1.0, max(room, 30) / (sum(gaps) or 1))
        for gap in gaps:
            moments.insert(0, line.earlier(moments[0], max(gap * scale, 0.3)))
        for place in range(anchor + 1, len(beats)):
            share = (0.35 + 0.5 * self._dice.roll()) / (len(beats) - place)
            moment = moments[-1] + (line.now - moments[-1]) * share
            if beats[place] in ("note_wait", "auto"):
                moment = min(moments[-1] + 60 + 200 * self._dice.roll(), (moments[-1] + line.now) / 2)
            elif moment % DAY < 6.5 * 3600:  # asleep
                moment = min(moment + DAY / 4, (moment + line.now) / 2)
            moments.append(moment)
        return moments

    def too_soon(self, beat: str, before: float, at: float) -> bool:
        """Nobody nudges after five minutes, nor do advisers take notes at night."""
        if beat == "nudge":
            return at - before < (300 if self._channel in ("chat", "whatsapp", "x") else 3600)
        open_then = self._line.business(at + 60) > self._line.business(at - 60)
        return beat == "note" and not open_then
