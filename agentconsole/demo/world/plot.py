"""Telling one story: which beats, who speaks, what they say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agentconsole.config import State
from agentconsole.demo.world import voice
from agentconsole.demo.world.brand import CHANNELS, DOMAIN, HANDLE, NAME, Colleague, on_duty
from agentconsole.demo.world.data import Scenario, Special, world
from agentconsole.demo.world.details import Details
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.moments import WHO
from agentconsole.demo.world.people import Known
from agentconsole.demo.world.raw import document, photo
from agentconsole.demo.world.story import Line, Story
from agentconsole.demo.world.timeline import DAY, Timeline
from agentconsole.model.message import Address, Attachment, Direction, MessageKind

PHOTO, BILL, CV = photo(), document("facture.pdf"), document("cv.pdf")
_COURSES: dict[State, tuple[tuple[int, str], ...]] = {
    State.RESOLVED: (
        (28, "ask solve"),
        (25, "ask solve thanks"),
        (13, "ask hold give solve"),
        (14, "ask hold give solve thanks"),
        (5, "ask note solve"),
        (6, "ask solve again final thanks"),
        (5, "ask nudge solve"),
        (4, "ask wait note_wait solve"),
    ),
    State.PENDING: ((60, "ask hold"), (25, "ask solve"), (15, "ask hold auto")),
    State.SNOOZED: ((60, "ask wait note_wait"), (40, "ask hold give wait note_wait")),
    State.OPEN: (
        (44, "ask"),
        (9, "ask nudge"),
        (9, "ask note"),
        (18, "ask hold give"),
        (11, "ask solve again"),
        (5, "ask wait"),
        (4, "ask wait note_wait"),
    ),
}
COURSES = {
    state: tuple(tuple(beats.split()) for weight, beats in courses for _ in range(weight))
    for state, courses in _COURSES.items()
}


def course(state: State, scenario: Scenario, channel: str, dice: Dice) -> tuple[str, ...]:
    """The beats of a story that this scenario can tell."""
    for _ in range(12):
        beats = dice.pick(COURSES[state])
        if _tellable(beats, scenario, channel):
            return beats
    return {State.OPEN: ("ask",), State.SNOOZED: ("ask", "wait", "note_wait")}.get(state, ("ask", "solve"))


def _tellable(beats: tuple[str, ...], scenario: Scenario, channel: str) -> bool:
    if "hold" in beats and (not scenario.has("hold") or (channel == "x" and scenario.has("public"))):
        return False
    if "again" in beats and (not scenario.has("again") or channel == "chat" or (scenario.paired and channel == "x")):
        return False
    if scenario.serious and {"thanks", "nudge", "note", "final", "wait"} & {*beats}:
        return False
    if scenario.mood == "happy" and {"nudge", "wait"} & {*beats}:
        return False
    return "auto" not in beats or channel == "mail"


@dataclass(frozen=True, slots=True)
class Cast:
    """What is settled before a word is said."""

    key: str
    scenario: Scenario
    channel: str
    known: Known
    beats: tuple[str, ...]
    agent: Colleague


class Telling:
    """The words of one story.

    :param track: which of the texts opens it; drawn where left out.
    """

    def __init__(
        self, cast: Cast, moments: list[float], timeline: Timeline, dice: Dice, track: int | None = None
    ) -> None:
        self.cast, self.dice, self._timeline, self._moments = cast, dice, timeline, moments
        self.language = cast.scenario.language
        self.details = Details(cast.known.person, cast.known.ending, self.language, moments[0], timeline, dice)
        self.details.answered_by(cast.agent, cast.channel)
        if "again" in cast.beats:  # what was announced did not happen, so it was announced for before that
            self.details.next_day = int(moments[cast.beats.index("again")] // DAY)
        opening = cast.scenario.texts[cast.scenario.opening(cast.channel)]
        self._track = dice.number(0, len(opening) - 1) if track is None else track
        self._mail = cast.channel in ("mail", "form")
        self.address = cast.known.person.address(CHANNELS[cast.channel].identity) or Address("")
        self.subject = ""

    def lines(self) -> tuple[Line, ...]:
        """All of them, in order."""
        lines: list[Line] = []
        for number, beat in enumerate(self.cast.beats):
            who = WHO[beat]
            made = {Direction.IN: self._customer, Direction.OUT: self._adviser, Direction.NOTE: self._note}[who]
            lines.append(made(beat, number, lines))
        return tuple(lines)

    def _core(self, beat: str) -> str:
        """What is meant, before it is dressed for the channel."""
        cast, scenario, dice = self.cast, self.cast.scenario, self.dice
        if beat == "ask":
            beat = scenario.opening(cast.channel)
        elif cast.channel == "x":
            if beat in ("hold", "solve") and scenario.has("public"):
                beat = "public"
            elif beat in ("hold", "give", "solve", "again", "thanks", "wait", "final"):
                shared = "x_solve" if beat == "final" else f"x_{beat}"
                return voice.shared(self.language, shared, dice).say(dice, self.details)
        if beat == "nudge" and scenario.mood == "angry":
            beat = "nudge_angry"
        if scenario.texts.get(beat):
            return scenario.phrase(beat, self._track, dice).say(dice, self.details)
        text = voice.shared(self.language, beat, dice).say(dice, self.details)
        return f"{HANDLE} {text}" if cast.channel == "x" and WHO.get(beat) is Direction.IN else text

    def _customer(self, beat: str, number: int, before: list[Line]) -> Line:
        cast, dice = self.cast, self.dice
        channel, scenario = cast.channel, cast.scenario
        mood = scenario.mood if beat != "thanks" else "happy"
        text = voice.customer_text(self._core_of(beat), cast.known, channel, mood, self.language, dice)
        quoted = signature = ""
        if self._mail and beat != "auto":
            hour = int(self._moments[number] % DAY // 3600)
            text = voice.mail_text(text, self.details, mood, dice, greet=number == 0, hour=hour)
        if channel == "mail" and beat != "auto":
            signature = voice.mail_signature(cast.known, self.details, self.language, dice)
            quoted = self._quote(before) if before and dice.chance(70) else ""
        elif channel == "x":
            text = voice.post(text)
        if number == 0:
            self.subject = self._subject(text)
        return Line(
            at=self._timeline.past(self._moments[number]),
            who=Direction.IN,
            author=self.address.name,
            text=text,
            external_id=self._id(number),
            subject=self._line_subject(beat, number),
            quoted=quoted,
            signature=signature,
            kind=MessageKind.AUTO_REPLY if beat == "auto" else MessageKind.MESSAGE,
            attachments=self._enclosed(beat),
        )

    def _core_of(self, beat: str) -> str:
        return self._core("auto_reply" if beat == "auto" else beat)

    def _adviser(self, beat: str, number: int, before: list[Line]) -> Line:
        first = not any(line.who is Direction.OUT for line in before)
        self.details.answered_at(self._moments[number])
        text = self._core(beat)
        bill = beat == "solve" and "document" in self.cast.scenario.tags and self.cast.channel != "x"
        return Line(
            at=self._timeline.past(self._moments[number]),
            who=Direction.OUT,
            author=self.cast.agent.id,
            text=voice.agent_text(text, self.details, self.cast.channel, self.language, first, self.dice),
            external_id=self._id(number),
            subject=self._line_subject(beat, number),
            signature=f"{self.cast.agent.first}\n{NAME}" if self._mail else "",
            attachments=(BILL,) if bill else (),
        )

    def _note(self, beat: str, number: int, before: list[Line]) -> Line:
        keys = [f"{beat}_{tag}" for tag in self.cast.scenario.tags]
        key = next((key for key in keys if key in world().phrases[self.language]), beat)
        text = voice.shared(self.language, key, self.dice).say(self.dice, self.details)
        at = max(self._timeline.past(self._moments[number]), before[-1].at)
        return Line(at, Direction.NOTE, self.cast.agent.id, text, "")

    def _id(self, number: int) -> str:
        return f"{self.cast.key}.{number}.{self.cast.scenario.id}@{self.cast.channel}.{DOMAIN}"

    def _subject(self, text: str) -> str:
        if not self._mail:
            return voice.headline(text)
        scenario, style = self.cast.scenario, self.cast.known.style
        subject = scenario.phrase("subject", self._track, self.dice).say(self.dice, self.details)
        if style >= 12 or scenario.serious:
            return voice.capital(subject)
        return subject.upper() if scenario.mood == "angry" else subject.lower()

    def _line_subject(self, beat: str, number: int) -> str:
        if not self._mail or number == 0:
            return self.subject if self._mail else ""
        if beat == "auto":
            self.details["subject"] = self.subject
            return voice.shared(self.language, "auto_subject", self.dice).say(self.dice, self.details)
        return f"Re: {self.subject}"

    def _quote(self, before: list[Line]) -> str:
        last = next((line for line in reversed(before) if line.who is Direction.OUT), None)
        if last is None:
            return ""
        moment = self._moments[before.index(last)]
        minutes = int(moment % DAY // 60)
        self.details["when"] = f"{self._timeline.date(moment):%d/%m/%Y} {minutes // 60:02}:{minutes % 60:02}"
        intro = voice.shared(self.language, "quote", self.dice).say(self.dice, self.details)
        return f"{intro}\n> " + last.text.replace("\n", "\n> ")

    def _enclosed(self, beat: str) -> tuple[Attachment, ...]:
        scenario = self.cast.scenario
        if not scenario.attachments or beat not in ("ask", "give") or self.cast.channel not in ("mail", "whatsapp"):
            return ()
        if "damaged" in scenario.tags:
            return (PHOTO,) if beat == "ask" else ()
        return (CV,) if scenario.id == "candidature" else (PHOTO,) if scenario.id == "deces" and beat == "give" else ()


def special_line(special: Special, key: str, channel: str, at: float, timeline: Timeline, author: str) -> Line:
    """The single message of a newsletter, a bounce or a hostile text."""
    attachments: tuple[Attachment, ...] = ()
    if special.attachment:
        attachments = (Attachment(special.attachment[0], special.attachment[1], b"MZ\x00\x00not a program\n"),)
    return Line(
        at=timeline.past(at),
        who=Direction.IN,
        author=author,
        text=special.text,
        external_id=f"{key}.0.{special.id}@{channel}.{DOMAIN}",
        subject=special.subject if channel == "mail" else "",
        kind=MessageKind(special.kind),
        attachments=attachments,
    )


def finish(telling: Telling, state: State, assignee: str | None, until: float | None, resolved: float | None) -> Story:
    """The story with its lines and where it stands."""
    cast, timeline, person = telling.cast, telling._timeline, telling.cast.known.person
    lines = telling.lines()
    if person.since > lines[0].at.date():  # it took longer than was thought when they were made
        person = replace(person, since=lines[0].at.date())
    return Story(
        key=cast.key,
        scenario=cast.scenario.id,
        person=person,
        address=telling.address,
        channel=cast.channel,
        subject=telling.subject,
        lines=lines,
        state=state,
        assignee=assignee,
        team=CHANNELS[cast.channel].team,
        tags=cast.scenario.tags,
        priority=cast.scenario.priority,
        language=telling.language,
        snoozed_until=timeline.utc(until) if until is not None else None,
        resolved_at=timeline.past(resolved) if resolved is not None else None,
    )


def agent_for(channel: str, language: str, dice: Dice) -> Colleague:
    """Who answers; the first of the list (whom the demo opens as) somewhat more often."""
    duty = on_duty(channel, language)
    return duty[0] if dice.chance(25) else dice.pick(duty)
