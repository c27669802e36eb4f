"""What a story is about: order numbers, dates and amounts, made when first mentioned and kept after that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from agentconsole.demo.world.brand import COLORS, MONTHLY, PHONES, PLANS, PRICES, STEPS, Colleague, on_duty
from agentconsole.demo.world.data import world
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.story import Person
from agentconsole.demo.world.timeline import Timeline

_MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def say_date(day: date, language: str) -> str:
    """ "3 novembre", "1er mai", "3 November"."""
    number = "1er" if day.day == 1 and language == "fr" else str(day.day)
    return f"{number} {_MONTHS[language][day.month - 1]}"


def say_money(cents: int, language: str) -> str:
    """Euro cents as people write them: "34,99 €", "€34.99", without cents where there are none."""
    euros, rest = divmod(cents, 100)
    if language == "fr":
        return f"{euros},{rest:02} €" if rest else f"{euros} €"
    return f"€{euros}.{rest:02}" if rest else f"€{euros}"


class Details(dict[str, str]):
    """The slots of one story. A slot is thrown when a text first asks for it, so that unused ones cost nothing."""

    __slots__ = ("agent_known", "dice", "language", "next_day", "numbers", "person", "start", "timeline")

    def __init__(
        self, person: Person, ending: str, language: str, start: float, timeline: Timeline, dice: Dice
    ) -> None:
        first, _, last = person.name.partition(" ")
        super().__init__(name=person.name, first=first, last=last or first, e=ending)
        self["iet"] = "ète" if ending else "et"
        self.person, self.language, self.start = person, language, start
        self.timeline, self.dice = timeline, dice
        self.numbers: dict[str, int] = {}
        self.next_day = timeline.next_open_day(start, 3)

    def __missing__(self, slot: str) -> str:
        value = _MAKERS[slot](self)
        self[slot] = value
        return value

    def answered_by(self, agent: Colleague, channel: str) -> None:
        """From here on the texts speak in this adviser's name."""
        self["agent"], self["ae"] = agent.first, agent.ending
        if "colleague" not in self:
            others = [c for c in on_duty(channel, self.language) if c is not agent] or [agent]
            self["colleague"] = self.dice.pick(others).first

    def answered_at(self, moment: float) -> None:
        """What was done "just now" was done a little before this moment."""
        minutes = int(moment % 86_400 // 60) - self.dice.number(4, 35)
        self["lately"] = say_time(minutes // 60, minutes % 60, self.language)

    def day_before(self, low: int, high: int) -> date:
        """A day so many days before the story began."""
        return self.timeline.date(self.start - self.dice.number(low, high) * 86_400)

    def cents(self, slot: str) -> int:
        """The amount behind a slot of money."""
        if slot not in self.numbers:
            more = self.cents("amount") + self.dice.pick(STEPS) if slot == "amount2" else 0
            self.numbers[slot] = more or self.dice.pick(MONTHLY)
        return self.numbers[slot]


def _digits(count: int) -> Callable[[Details], str]:
    low, high = 10 ** (count - 1), 10**count - 1
    return lambda d: str(d.dice.number(low, high))


def _line(d: Details) -> str:
    number = d.person.address("whatsapp")
    if number:
        national = "0" + number.value.removeprefix("+33")
        return " ".join(national[n : n + 2] for n in range(0, 10, 2)) if len(national) == 10 else national
    tail = f"{d.dice.number(0, 9999):04}"
    return f"06 39 98 {tail[:2]} {tail[2:]}"


def _recent(d: Details) -> str:
    day = d.day_before(1, 4)
    if day.weekday() == 6:  # nothing is delivered, nobody comes on a Sunday
        day -= timedelta(days=1)
    d["day"] = _DAYS[d.language][day.weekday()]
    return say_date(day, d.language)


def _weekday(d: Details) -> str:
    d["date"] = _recent(d)
    return d["day"]


def _next(d: Details) -> str:
    day = d.timeline.dates[d.next_day]
    return f"{_DAYS[d.language][day.weekday()]} {say_date(day, d.language)}"


def _month(d: Details) -> str:
    return _MONTHS[d.language][d.timeline.date(d.start).month - 2]


def _of_month(d: Details) -> str:
    month = d["month"]
    return f"d'{month}" if month[0] in "ao" else f"de {month}"


def _years(d: Details) -> str:
    return str(max(2, (d.timeline.date(d.start) - d.person.since).days // 365))


def say_time(hour: int, minute: int, language: str) -> str:
    """ "18 h 30", "6:30 pm"."""
    if language == "en":
        return f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}"
    return f"{hour} h {minute:02}" if minute else f"{hour} h"


def _hour(d: Details) -> str:
    return say_time(d.dice.number(9, 19), d.dice.pick((0, 5, 10, 15, 20, 30, 40, 45, 50)), d.language)


def _of_city(d: Details) -> str:
    """ "de Lyon", "d'Angers", "du Mans"."""
    city = d["city"]
    if city.startswith("Le "):
        return f"du {city[3:]}"
    return f"d'{city}" if city[0] in "AEÉIOU" else f"de {city}"


def _at_city(d: Details) -> str:
    city = d["city"]
    return f"au {city[3:]}" if city.startswith("Le ") else f"à {city}"


def _slot(d: Details) -> str:
    hour = d.dice.pick((8, 10, 14, 16))
    if d.language == "fr":
        return f"entre {hour} h et {hour + 2} h"
    return f"between {hour % 12 or 12} and {(hour + 2) % 12 or 12} {'am' if hour < 10 else 'pm'}"


def _other_first(d: Details) -> str:
    return str(d.dice.pick(world().people["fr"]["men"][10:35]))


_MAKERS: dict[str, Callable[[Details], str]] = {
    "order": lambda d: f"TRL-{d.dice.number(100_000, 999_999)}",
    "parcel": lambda d: f"TC{d.dice.number(10_000_000, 99_999_999)}FR",
    "contract": lambda d: f"C{d.dice.number(1_000_000, 9_999_999)}",
    "invoice": lambda d: f"F{d.timeline.date(d.start):%y%m}-{d.dice.number(10_000, 99_999)}",
    "line": _line,
    "date": _recent,
    "day": _weekday,
    "date2": lambda d: say_date(d.day_before(9, 20), d.language),
    "next": _next,
    "wday": lambda d: _DAYS[d.language][d.timeline.date(d.start).weekday()],
    "month": _month,
    "of_month": _of_month,
    "year": lambda d: str(d.timeline.date(d.start).year),
    "years": _years,
    "age": lambda d: str(d.dice.number(67, 86)),
    "n": lambda d: str(d.dice.number(3, 6)),
    "hour": _hour,
    "slot": _slot,
    "amount": lambda d: say_money(d.cents("amount"), d.language),
    "amount2": lambda d: say_money(d.cents("amount2"), d.language),
    "price": lambda d: say_money(d.dice.pick(PRICES), d.language),
    "over": lambda d: say_money(d.dice.pick((2790, 4350, 6120, 8940, 11260, 14380)), d.language),
    "credit": lambda d: say_money(d.dice.pick((500, 1000, 1000, 1500)), d.language),
    "port": lambda d: say_money(d.dice.pick((390, 490, 590)), d.language),
    "product": lambda d: d.dice.pick(PHONES),
    "plan": lambda d: d.dice.pick(PLANS) if d.language == "fr" else d.dice.pick(PLANS).replace(" Go", " GB"),
    "color": lambda d: d.dice.pick(COLORS[d.language]),
    "city": lambda d: d.dice.pick(world().people["cities"]),
    "of_city": _of_city,
    "at_city": _at_city,
    "street": lambda d: d.dice.pick(world().people["streets"]),
    "first2": _other_first,
    "colleague": lambda d: d.dice.pick(on_duty("whatsapp", d.language)).first,
}
