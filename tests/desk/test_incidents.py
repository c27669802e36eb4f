"""Incidents: raised by a burst, joined by what matches, confirmed with banner and macro, dismissed, ended."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from agentconsole.config import Config
from agentconsole.desk import figures, floor_trail, incident_macros, incidents, notices
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from agentconsole.model.floor import Incident, Which
from agentconsole.model.ids import new_id
from agentconsole.model.message import Address, Incoming
from tests.conftest import Time
from tests.desk.floor_people import floor_config
from tests.incoming import arrives, message

Open = Callable[[str], Desk]
ORDINARY = (
    "Je voudrais changer mon adresse de livraison",
    "Where is my invoice of March",
    "Mon mot de passe ne marche pas",
    "How do I return a jacket that is too small",
    "Ma facture est fausse, vous comptez deux abonnements",
    "Can I pay with a voucher",
    "Le colis est arrivé ouvert",
    "I want to cancel my subscription",
)
FIBRE = "Plus de fibre à Nantes, la lumière clignote rouge"
_people = count()


@pytest.fixture
def config() -> Config:
    return floor_config()


@pytest.fixture
def sam(open_as: Open, now: Time) -> Desk:
    """Sam's console on a desk with two weeks behind it, of ordinary conversations."""
    sam = open_as("sam")
    past = [(text, now() - timedelta(hours=5 * n + 4)) for n, text in enumerate(ORDINARY * 8)]
    arrives(sam, *(_writes(text, at) for text, at in past))
    return sam


def _writes(text: str, at: object, who: int | None = None, **more: object) -> Incoming:
    address = Address(f"customer-{next(_people) if who is None else who}@mail.example", "Somebody")
    return message(text, at=at, author=address, subject="Bonjour", **more)


def _burst(desk: Desk, now: Time, text: str = FIBRE, people: int = 8, channel: str = "mail") -> None:
    for _ in range(people):
        now.passes(minutes=2)
        arrives(desk, _writes(text, now()), channel=channel)


def _keep(desk: Desk, now: Time) -> list[Incident]:
    now.passes(minutes=1)
    incidents.keep(desk)
    return incidents.live(desk)


def _raised(desk: Desk, now: Time) -> Incident:
    _burst(desk, now)
    (found,) = _keep(desk, now)
    return found


def test_a_burst_across_channels_raises_one_with_the_words_they_share(sam: Desk, now: Time) -> None:
    begins = now() + timedelta(minutes=2)
    _burst(sam, now, people=4)
    _burst(sam, now, FIBRE.upper() + " !!", people=4, channel="x")
    (found,) = _keep(sam, now)
    assert (found.state, found.count, found.channels, found.begins) == ("raised", 8, ("mail", "x"), begins)
    assert set(found.words) <= {"fibre", "nantes", "lumière", "clignote", "rouge"}
    assert len(found.words) >= 2
    assert found.usual < 0.5
    assert {row.excerpt for row in incidents.rows(sam, found.id)} == {FIBRE, FIBRE.upper() + " !!"}
    assert [floor_trail.who(entry, sam) for entry in floor_trail.trail(sam)] == ["by itself"]
    assert [one.id for one in _keep(sam, now)] == [found.id]


def test_ordinary_conversations_raise_none(sam: Desk, now: Time) -> None:
    for text in ORDINARY * 2:
        now.passes(minutes=2)
        arrives(sam, _writes(text, now()))
    assert _keep(sam, now) == []


def test_one_customer_alone_is_no_burst(sam: Desk, now: Time) -> None:
    for n in range(12):
        now.passes(minutes=2)
        arrives(sam, _writes(f"{FIBRE} {n}", now(), who=777))
    assert _keep(sam, now) == []


def test_a_desk_without_a_past_tells_nothing(open_as: Open, now: Time) -> None:
    sam = open_as("sam")
    _burst(sam, now, people=12)
    assert _keep(sam, now) == []


def test_customers_of_known_conversations_count_too(sam: Desk, now: Time) -> None:
    first = [_writes("Je voudrais une facture", now() - timedelta(hours=4)) for _ in range(8)]
    arrives(sam, *first)
    for item in first:
        now.passes(minutes=2)
        arrives(sam, _writes(FIBRE, now(), references=(item.external_id,)))
    (found,) = _keep(sam, now)
    assert found.count == 8


def test_what_matches_joins_and_what_does_not_stays_out(sam: Desk, now: Time) -> None:
    found = _raised(sam, now)
    now.passes(minutes=5)
    arrives(sam, _writes("La fibre ne marche plus à Nantes, le voyant clignote", now()), _writes(ORDINARY[0], now()))
    (joined,) = _keep(sam, now)
    assert (joined.id, joined.count) == (found.id, 9)


def test_looking_again_within_a_minute_does_nothing(sam: Desk, open_as: Open, now: Time) -> None:
    _burst(sam, now)
    assert len(incidents.keep(sam)) == 1
    _burst(sam, Time(now()), "Erreur 503 au paiement par carte bancaire")
    assert incidents.keep(open_as("lea")) == []


def test_of_several_who_look_at_once_one_raises_it(sam: Desk, open_as: Open, now: Time) -> None:
    _burst(sam, now)
    desks = [open_as("lea") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        raised = [one for found in pool.map(incidents.keep, desks) for one in found]
    assert len(raised) == len(incidents.latest(sam)) == 1


def test_a_clock_that_was_ahead_does_not_stop_the_looking(sam: Desk, now: Time) -> None:
    now.passes(days=1)
    incidents.keep(sam)
    now.passes(days=-1)
    _burst(sam, now)
    assert len(_keep(sam, now)) == 1


def test_confirmed_it_has_a_banner_on_all_consoles_and_a_macro_in_its_conversations(
    sam: Desk, open_as: Open, now: Time, tmp_path: Path
) -> None:
    found, lea, macro = _raised(sam, now), open_as("lea"), _brand_macro(sam, tmp_path)
    lea.config = sam.config
    inside = incidents.rows(sam, found.id)[0].number
    assert incidents.pinned(lea, inside) is None
    incidents.confirm(sam, found.id, "Fibre outage in Nantes", macro)
    (shown,) = incidents.live(lea)
    assert (shown.state, shown.banner, shown.macro, shown.actor) == (
        "confirmed",
        "Fibre outage in Nantes",
        macro,
        "sam",
    )
    assert [one.text for one in notices.live(lea).banners] == ["Fibre outage in Nantes"]
    pin = incidents.pinned(lea, inside)
    assert pin is not None
    assert (pin.macro, pin.by, pin.words) == (macro, "sam", found.words)
    assert incidents.pinned(lea, 1) is None
    incidents.confirm(sam, found.id, "Repaired by six")
    assert [one.text for one in notices.live(lea).banners] == ["Repaired by six"]
    assert incidents.live(lea)[0].macro == macro
    assert figures.behind(sam, Which("open")).incidents == {found.id: found.count}
    incidents.end(sam, found.id)
    assert figures.behind(sam, Which("open")).incidents == {}
    assert (incidents.live(lea), incidents.pinned(lea, inside)) == ([], None)
    assert notices.live(lea).banners == ()
    kinds = [entry.kind for entry in floor_trail.trail(sam)]
    assert kinds[::-1] == [
        "incident_raised",
        "banner",
        "incident_confirmed",
        "banner_ended",
        "banner",
        "incident_confirmed",
        "banner_ended",
        "incident_ended",
    ]


def _brand_macro(desk: Desk, folder: Path, name: str = "outage", title: str = "Outage", more: str = "") -> str:
    (folder / "brand").mkdir(exist_ok=True)
    (folder / "brand" / f"{name}.toml").write_text(f'title = "{title}"\n{more}\nbody = "We know, and work on it."\n')
    desk.config = desk.config.model_copy(update={"macros": "brand"})
    return name


def test_each_conversation_shows_the_pinned_macro_of_its_language_and_channel(
    sam: Desk, now: Time, tmp_path: Path
) -> None:
    _burst(sam, now, people=6)
    _burst(sam, now, "The fibre in Nantes is down, red light: fibre", people=3)
    _burst(sam, now, people=2, channel="x")
    (found,) = _keep(sam, now)
    mail = 'channels = ["mail"]'
    over = _brand_macro(sam, tmp_path, "over", "Incident over", 'language = "fr"')
    _brand_macro(sam, tmp_path, "address", "New address", 'language = "fr"')
    french = _brand_macro(sam, tmp_path, "fr", "Panne connue", f'language = "fr"\n{mail}')
    english = _brand_macro(sam, tmp_path, "en", "Known incident", f'language = "en"\n{mail}')
    offer = incident_macros.offer(sam, found.id)
    assert [fit.macro.name for fit in offer.ranked] == [french, english, "address", over]
    assert [(fit.macro.name, fit.count) for fit in offer.best] == [(french, 6), (english, 3)]
    assert (offer.covered, offer.total) == (9, 11)
    incidents.confirm(sam, found.id, macro=[fit.macro.name for fit in offer.best])
    assert incidents.live(sam)[0].macro == "fr, en"
    shown = {(row.channel, row.language): _pinned_to(sam, row.number) for row in incidents.rows(sam, found.id)}
    assert shown == {("mail", "fr"): french, ("mail", "en"): english, ("x", "fr"): None}


def _pinned_to(desk: Desk, number: int) -> str | None:
    pin = incidents.pinned(desk, number)
    assert pin is not None
    return pin.macro


def test_a_macro_of_ones_own_cannot_be_pinned(sam: Desk, now: Time, tmp_path: Path) -> None:
    found = _raised(sam, now)
    _brand_macro(sam, tmp_path)
    (tmp_path / "own" / "macros").mkdir(parents=True)
    (tmp_path / "own" / "macros" / "mine.toml").write_text('title = "Mine"\nbody = "Me"\n')
    with pytest.raises(UsageError, match="your own"):
        incidents.confirm(sam, found.id, "Outage", "mine")
    with pytest.raises(NotFound, match="no macro"):
        incidents.confirm(sam, found.id, "Outage", "none")
    assert incidents.live(sam)[0].state == "raised"
    assert notices.live(sam).banners == ()


def test_dismissed_it_is_not_told_again_for_hours(sam: Desk, now: Time) -> None:
    found = _raised(sam, now)
    incidents.dismiss(sam, found.id)
    _burst(sam, now)
    assert _keep(sam, now) == []
    assert incidents.latest(sam)[0].count == 16
    now.passes(hours=7)
    _burst(sam, now)
    assert _keep(sam, now) == []
    assert incidents.latest(sam)[0].count == 16  # what came later is no part of it, but usual by now


def test_ended_it_can_come_back(sam: Desk, now: Time) -> None:
    found = _raised(sam, now)
    incidents.confirm(sam, found.id)
    incidents.end(sam, found.id)
    now.passes(minutes=10)
    assert _keep(sam, now) == []
    _burst(sam, now)
    (again,) = _keep(sam, now)
    assert (again.state, again.count) == ("raised", 8)
    assert again.id != found.id


def test_a_signal_nobody_acts_on_ends_by_itself_and_a_known_incident_does_not(sam: Desk, now: Time) -> None:
    _raised(sam, now)
    now.passes(hours=6, minutes=1)
    assert _keep(sam, now) == []
    assert [(one.state, one.actor) for one in incidents.latest(sam)] == [("ended", "timer")]
    kept = _raised(sam, now)
    incidents.confirm(sam, kept.id)
    now.passes(days=2)
    assert [one.id for one in _keep(sam, now)] == [kept.id]


def test_what_cannot_be_done_is_refused(sam: Desk, open_as: Open, now: Time) -> None:
    found, lea = _raised(sam, now), open_as("lea")
    for act in (incidents.confirm, incidents.dismiss, incidents.end):
        with pytest.raises(UsageError, match="Only supervisors"):
            act(lea, found.id)
        with pytest.raises(NotFound):
            act(sam, new_id())
    incidents.confirm(sam, found.id)
    with pytest.raises(UsageError, match="confirmed"):
        incidents.dismiss(sam, found.id)
    incidents.end(sam, found.id)
    for act in (incidents.confirm, incidents.dismiss, incidents.end):
        with pytest.raises(UsageError, match="over"):
            act(sam, found.id)
    with pytest.raises(NotFound):
        incidents.rows(sam, new_id())


def test_the_words_of_customers_cannot_do_anything(sam: Desk, now: Time) -> None:
    _burst(sam, now, "\x1b[31m[@click=app.quit]fibrecoupee[/] \u202enantesrouge\u202c")
    (found,) = _keep(sam, now)
    assert all(word.isalpha() and word.isprintable() for word in found.words)


def test_it_is_not_looked_for_where_nobody_wants_it(sam: Desk, now: Time) -> None:
    crisis = sam.config.crisis.model_copy(update={"watch": False})
    sam.config = sam.config.model_copy(update={"crisis": crisis})
    _burst(sam, now)
    assert _keep(sam, now) == []


def test_words_can_be_left_out(sam: Desk, now: Time) -> None:
    crisis = sam.config.crisis.model_copy(update={"ignore": tuple(FIBRE.split())})
    sam.config = sam.config.model_copy(update={"crisis": crisis})
    _burst(sam, now)
    assert _keep(sam, now) == []
