"""Moments at which an attention is proposed: birthdays, first contacts, mishaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.channels.base import settings_model
from agentconsole.config import Config, parse
from agentconsole.desk import attentions, conversations, customers, handling, saved_views, search, undo
from agentconsole.desk.attentions import birthday_of
from agentconsole.desk.context import Desk
from agentconsole.desk.steps import step
from agentconsole.errors import UsageError
from agentconsole.model.message import Address
from tests.conftest import Time, wipe
from tests.incoming import arrives, message, numbers, opened
from tests.keeping import keep_house
from tests.ledger.world import LEDGER_CONFIG

PAUL = Address("paul@customer.example", "Paul Roy")
MOMENTS = """
moments = [
  { id = "birthday", name = { en = "Birthday" }, when = "birthday", before = "3d", after = "7d", gift = "surprise" },
  { id = "first", name = { en = "A year ago" }, when = "anniversary", before = "0s", after = "2d", gift = "surprise" },
  { id = "again", name = { en = "Again" }, when = "mishap", tags = ["panne"], within = "30d", gift = "surprise" },
]
"""


@pytest.fixture
def config() -> Config:
    """A desk with one moment of each kind."""
    begin, end = LEDGER_CONFIG.index("moments = ["), LEDGER_CONFIG.index("[[catalogue]]")
    return parse(LEDGER_CONFIG[:begin] + MOMENTS + LEDGER_CONFIG[end:], "agentconsole.toml", settings_model)


def proposed(desk: Desk, number: int = 1) -> list[str]:
    """Moments that are proposed to the customer of a conversation now."""
    attentions.renew(desk, anyway=True)
    return [suggestion.moment.id for suggestion in attentions.of(desk, number)]


def test_a_birthday_is_proposed_from_days_before_to_days_after(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    assert attentions.write_birthday(desk, 1, "1987-03-10") == "03-10"
    now.at = datetime(2026, 3, 6, 22, 59, tzinfo=UTC)  # 23:59 in Paris
    assert proposed(desk) == []
    now.passes(minutes=1)
    assert proposed(desk) == ["birthday"]
    (found,) = attentions.of(desk, 1)
    assert found.gift is not None
    assert found.gift.id == "surprise"
    assert found.until == datetime(2026, 3, 17, 23, 0, tzinfo=UTC)
    now.at = found.until - timedelta(seconds=1)
    assert proposed(desk) == ["birthday"]
    now.at = found.until
    assert proposed(desk) == []
    now.at = datetime(2027, 3, 12, tzinfo=UTC)
    assert proposed(desk) == ["birthday"]


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29)])
def test_who_was_born_on_29_february_has_a_birthday_every_year(desk: Desk, now: Time, year: int, day: int) -> None:
    arrives(desk, message())
    attentions.write_birthday(desk, 1, "02-29")
    now.at = datetime(year, 2, 28, 12, tzinfo=UTC)
    assert proposed(desk) == ["birthday"]
    assert attentions.of(desk, 1)[0].until == datetime(year, 2, day, 23, tzinfo=UTC) + timedelta(days=7)


def test_it_is_proposed_at_once_where_it_is_written_down_in_time(desk: Desk) -> None:
    arrives(desk, message())
    keep_house(desk)
    attentions.write_birthday(desk, 1, "03-01")
    assert [s.moment.id for s in attentions.of(desk, 1)] == ["birthday"]
    assert opened(desk).customer.birthday == attentions.birthday(desk, 1) == "03-01"
    undo.undo(desk)
    assert (attentions.of(desk, 1), attentions.birthday(desk, 1)) == ((), "")
    attentions.write_birthday(desk, 1, "03-02")
    attentions.write_birthday(desk, 1, "")
    assert (attentions.of(desk, 1), opened(desk).customer.birthday) == ((), "")
    undo.undo(desk)
    assert opened(desk).customer.birthday == "03-02"


@pytest.mark.parametrize("text", ["31-05", "02-30", "2026", "2026-13-01", "tomorrow", "٠٣-٠١"])
def test_what_is_no_day_is_refused_and_nothing_is_lost(desk: Desk, text: str) -> None:
    arrives(desk, message())
    attentions.write_birthday(desk, 1, "03-01")
    with pytest.raises(UsageError, match="no birthday"):
        attentions.write_birthday(desk, 1, text)
    assert opened(desk).customer.birthday == "03-01"


@settings(max_examples=60, deadline=None)
@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_date_is_kept_without_its_year(day: date) -> None:
    assert birthday_of(day.isoformat()) == birthday_of(f" {day:%m-%d} ") == f"{day:%m-%d}"


def test_linked_customers_share_a_birthday(desk: Desk) -> None:
    arrives(desk, message(), message(author=PAUL))
    attentions.write_birthday(desk, 1, "03-01")
    customers.link(desk, 1, conversations.row(desk, 2).customer_id)
    assert proposed(desk, 2) == proposed(desk, 1) == ["birthday"]
    assert opened(desk, 2).customer.birthday == "03-01"
    assert numbers(search.search(desk, "is:attention").rows) == [2, 1]


def test_the_day_of_the_first_contact_comes_again_from_the_next_year_on(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    assert proposed(desk) == []
    for year in (2027, 2028):
        now.at = datetime(year, 3, 1, 22, 59, tzinfo=UTC)
        assert proposed(desk) == []
        now.at = datetime(year, 3, 4, 22, 59, tzinfo=UTC)
        assert proposed(desk) == ["first"]
        now.passes(minutes=1)
        assert proposed(desk) == []


def test_the_second_mishap_within_the_span(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    handling.tag(desk, 1, add=("panne",))
    now.passes(days=29)
    arrives(desk, message(external_id="b", at=now.at), message(external_id="c", at=now.at, subject="Facture"))
    assert proposed(desk) == []
    handling.tag(desk, 2, add=("panne",))
    assert proposed(desk) == ["again"]
    assert attentions.of(desk, 3)[0].until == opened(desk, 2).row.opened_at + timedelta(days=7)
    now.passes(days=7)
    assert proposed(desk) == []


def test_mishaps_too_far_apart_are_none(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    handling.tag(desk, 1, add=("panne",))
    now.passes(days=31)
    arrives(desk, message(external_id="b", at=now.at))
    handling.tag(desk, 2, add=("panne",))
    assert proposed(desk) == []


def test_one_that_was_given_ends_the_proposal_until_the_next_moment(desk: Desk, now: Time) -> None:
    arrives(desk, message())
    attentions.write_birthday(desk, 1, "03-02")
    assert proposed(desk) == ["birthday"]
    with step(desk) as doing:
        attentions.given(doing, doing.hold(1).customer_id)
    assert attentions.of(desk, 1) == ()
    now.passes(hours=2)
    assert proposed(desk) == []
    now.at = datetime(2027, 3, 2, 12, tzinfo=UTC)
    assert proposed(desk) == ["birthday", "first"] or proposed(desk) == ["first", "birthday"]


def test_a_view_and_the_search_hold_them_while_they_are_proposed(desk: Desk, now: Time) -> None:
    arrives(desk, message(), message(author=PAUL))
    attentions.write_birthday(desk, 2, "03-02")
    view = saved_views.view_of(desk, "open").model_copy(update={"attention": True})
    assert numbers(search.search(desk, "is:attention").rows) == [2]
    assert saved_views.bind(view, desk).attention == now.at
    now.passes(days=9)
    assert numbers(search.search(desk, "is:attention").rows) == []


def test_housekeeping_works_it_out_once_an_hour_and_after_a_change_of_the_moments(
    desk: Desk, open_as: Callable[[str], Desk], now: Time
) -> None:
    arrives(desk, message())
    attentions.write_birthday(desk, 1, "03-12")
    assert attentions.renew(desk) == 0
    assert attentions.renew(desk) == 0
    now.at = datetime(2026, 3, 9, 12, tzinfo=UTC)
    keep_house(desk)
    assert [s.moment.id for s in attentions.of(desk, 1)] == ["birthday"]
    other = open_as("tom")
    fewer = replace(other, config=other.config.model_copy(update={"moments": ()}))
    keep_house(fewer)
    assert attentions.of(desk, 1) == ()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(born=st.dates(), looked=st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_birthday_is_proposed_exactly_near_its_day(desk: Desk, now: Time, born: date, looked: date) -> None:
    wipe(desk.store)
    now.at = datetime(looked.year, looked.month, looked.day, 21, 59, tzinfo=UTC)
    arrives(desk, message(at=now.at))
    attentions.write_birthday(desk, 1, born.isoformat())
    attentions.renew(desk, anyway=True)
    today = now.at.astimezone(desk.config.zone).date()
    near = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            near.append((today - born.replace(year=year)).days)
        except ValueError:
            near.append((today - date(year, 2, 28)).days)
    assert [s.moment.id for s in attentions.of(desk, 1)] == ["birthday"] * any(-3 <= days <= 7 for days in near)
