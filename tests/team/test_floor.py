"""What supervisors do to the floor, each with their own database role: it works for who may, and tells the others."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from agentconsole.desk import floor_trail, housekeeping, incidents, notices, pauses, reassigning, rules, special_hours
from agentconsole.desk import handling as handle
from agentconsole.errors import UsageError
from agentconsole.model.message import Address, Incoming
from tests.conftest import Time
from tests.incoming import arrives, message
from tests.team.conftest import Team


def test_a_supervisor_tells_the_floor_and_advisers_read(team: Team) -> None:
    sam, lea, tom = team.as_("sam"), team.as_("lea"), team.as_("tom")
    shown = notices.banner(sam, "Fibre outage", team.now() + timedelta(hours=1))
    notices.message(sam, "Call me", "lea")
    notices.message(sam, "Cake", None)
    assert [one.text for one in notices.live(lea).banners] == ["Fibre outage"]
    assert [one.text for one in notices.live(lea).messages] == ["Call me", "Cake"]
    notices.seen(lea, [one.id for one in notices.live(lea).messages])
    assert notices.live(lea).messages == ()
    assert [one.text for one in notices.live(tom).messages] == ["Cake"]
    told = {one.notice.text: [who for who, _at in one.readers] for one in notices.told(sam)}
    assert told == {"Cake": ["lea"], "Call me": ["lea"], "Fibre outage": []}
    notices.end(sam, shown)
    assert notices.live(tom).banners == ()


def test_pauses_and_hours_hold_for_all(team: Team) -> None:
    sam, lea, service = team.as_("sam"), team.as_("lea"), team.sync()
    arrives(service, message(at=team.now()))
    rules.keep(service)
    pauses.pause(sam, "x", "down")
    assert pauses.paused(service) == pauses.paused(lea) != {}
    pauses.go_on(sam, "x")
    today = special_hours.today(sam)
    special_hours.put(sam, today, "", "strike")
    rules.keep(service)
    assert rules.refresh(lea)
    assert special_hours.spans_of(service, today) == special_hours.spans_of(lea, today) == ""
    special_hours.drop(sam, today)
    housekeeping.follow_policy(sam)  # as `agentconsole hours` does
    kinds = [entry.kind for entry in floor_trail.trail(sam)]
    assert kinds == ["hours_dropped", "hours", "channel_resumed", "channel_paused"]


def test_the_service_raises_and_a_supervisor_confirms(team: Team, now: Time) -> None:
    sam, lea, service = team.as_("sam"), team.as_("lea"), team.sync()
    past = [f"{word} {kind}" for word in ("facture", "adresse", "retour", "colis") for kind in range(20)]
    arrives(service, *(_from(n, text, now() - timedelta(hours=4 + n)) for n, text in enumerate(past)))
    arrives(service, *(_from(100 + n, "Fibre coupée à Brest", now() - timedelta(minutes=n)) for n in range(8)))
    (raised,) = incidents.keep(service)
    number = incidents.rows(sam, raised)[0].number
    incidents.confirm(sam, raised, "Fibre outage in Brest")
    assert [one.state for one in incidents.live(lea)] == ["confirmed"]
    pin = incidents.pinned(lea, number)
    assert pin is not None
    assert "brest" in pin.words
    incidents.end(sam, raised)
    assert incidents.live(service) == []
    assert [entry.actor for entry in floor_trail.trail(sam)][-1] == "timer"


def _from(who: int, text: str, at: datetime) -> Incoming:
    return message(text, at=at, subject="Bonjour", author=Address(f"c{who}@mail.example", "C"))


def test_everything_of_an_adviser_is_given_away(team: Team) -> None:
    service, sam, lea = team.sync(), team.as_("sam"), team.as_("lea")
    arrives(service, message(), message(external_id="other"))
    handle.assign(lea, 1, "lea", "instant")
    assert reassigning.everything_of(sam, "lea", "tom") == 1


def test_advisers_and_the_service_do_none_of_it(team: Team) -> None:
    for desk in (team.as_("lea"), team.sync()):
        for act in (
            lambda desk=desk: notices.banner(desk, "x"),
            lambda desk=desk: pauses.pause(desk, "mail"),
            lambda desk=desk: special_hours.put(desk, special_hours.today(desk), ""),
            lambda desk=desk: reassigning.everything_of(desk, "lea", None),
        ):
            with pytest.raises(UsageError, match="Only supervisors"):
                act()
