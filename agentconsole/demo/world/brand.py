"""Tourterel, the invented operator, and the people of its customer care."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Tourterel"
DOMAIN = "tourterel.example"
HANDLE = "@tourterel"
ZONE = "Europe/Paris"
COUNTRY = "FR"
OPENS, CLOSES = 8, 20
"""Hours of the wall clock, Monday to Saturday."""


@dataclass(frozen=True, slots=True)
class Medium:
    """A channel of the demo and its service levels, all in business minutes.

    :param identity: the kind of identity its customers are known by.
    :param share: how much of all contacts it brings; of the open ones in ``open_share`` (both add up to 100).
    :param pace: seconds between two live arrivals, on average.
    """

    id: str
    identity: str
    team: str
    en: str
    fr: str
    acknowledge: int
    reply: int
    share: int
    open_share: int
    pace: int
    public: bool = False


RESOLVE = 24 * 60
"""Resolved within two opening days of twelve hours."""

CHANNELS: dict[str, Medium] = {
    medium.id: medium
    for medium in (
        Medium("mail", "email", "written", "Mail", "Mail", 240, 480, 35, 38, 150),
        Medium("x", "x", "social", "X", "X", 60, 120, 14, 20, 210, public=True),
        Medium("whatsapp", "whatsapp", "instant", "WhatsApp", "WhatsApp", 45, 60, 30, 24, 120),
        Medium("form", "email", "written", "Web form", "Formulaire", 240, 480, 12, 14, 420),
        Medium("chat", "email", "instant", "Chat", "Chat", 10, 15, 9, 4, 330),
    )
}

TEAMS: dict[str, tuple[str, str]] = {
    "instant": ("Instant", "Instantané"),
    "written": ("Mail and forms", "Mails et formulaires"),
    "social": ("Social", "Réseaux sociaux"),
}
"""Team id to its English and French names."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """An adviser; ``ending`` agrees French participles ("désolé" + "e")."""

    id: str
    name: str
    role: str
    teams: tuple[str, ...]
    languages: tuple[str, ...]
    ending: str

    @property
    def first(self) -> str:
        """The name they sign with."""
        return self.name.split(" ", 1)[0]


COLLEAGUES: tuple[Colleague, ...] = (
    Colleague("lea", "Léa Martin", "senior", ("instant", "written", "social"), ("fr", "en"), "e"),
    Colleague("karim", "Karim Benali", "senior", ("instant",), ("fr", "en"), ""),
    Colleague("yann", "Yann Le Goff", "adviser", ("instant", "written"), ("fr", "en"), ""),
    Colleague("ines", "Inès Moreau", "adviser", ("written",), ("fr",), "e"),
    Colleague("tom", "Tom Whitaker", "adviser", ("written", "instant"), ("en", "fr"), ""),
    Colleague("sophie", "Sophie Lambert", "adviser", ("written",), ("fr",), "e"),
    Colleague("manon", "Manon Perrot", "community", ("social",), ("fr", "en"), "e"),
    Colleague("diego", "Diego Alvarez", "community", ("social",), ("fr", "en"), ""),
    Colleague("claire", "Claire Fontaine", "supervisor", ("instant", "written", "social"), ("fr", "en"), "e"),
)
BY_ID: dict[str, Colleague] = {colleague.id: colleague for colleague in COLLEAGUES}


def on_duty(channel: str, language: str) -> tuple[Colleague, ...]:
    """Who answers that channel in that language; the supervisor does not."""
    team = CHANNELS[channel].team
    return tuple(c for c in COLLEAGUES if team in c.teams and language in c.languages and c.role != "supervisor")


PHONES = ("Kesto 9", "Kesto 9 Pro", "Nimea A5", "Nimea S2", "Orlo Lite", "Orlo 4", "Vantro X1")
PRICES = (14900, 22900, 34900, 44900, 54900, 69900)
PLANS = ("Plume 5 Go", "Envol 80 Go", "Envol 150 Go", "Grand Large 250 Go")
MONTHLY = (999, 1499, 1999, 2499, 2999, 3499, 3999)
STEPS = (300, 400, 499, 600, 800, 1200)
COLORS = {"fr": ("bleu nuit", "vert sauge", "sable", "blanc"), "en": ("blue", "green", "sand", "white")}
