"""Business time against a reference that walks minute by minute and asks the wall clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentconsole.config import Hours
from agentconsole.desk.hours import ALWAYS, HORIZON, Calendar

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHUT = dict.fromkeys(DAYS, "")
NIGHT_AND_DAY = dict.fromkeys(DAYS, "00:00-24:00")

# Around each of these something happens to the wall clock or to the days.
MOMENTS = {
    "Europe/Paris": ("2026-03-29 01:00", "2026-10-25 01:00", "2026-12-31 23:00"),
    "America/Sao_Paulo": ("2018-11-04 03:00", "2018-02-18 02:00"),
    "Pacific/Apia": ("2011-12-30 10:00",),
    "Asia/Kolkata": ("2026-01-26 12:00",),
    "Australia/Lord_Howe": ("2026-04-04 15:00", "2026-10-03 15:30"),
    "UTC": ("2027-01-01 00:00",),
}
COUNTRIES = {"Europe/Paris": "FR", "Asia/Kolkata": "IN", "America/Sao_Paulo": "BR"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dates(first_year: int, last_year: int) -> st.SearchStrategy[datetime]:
    bounds = datetime(first_year, 1, 2), datetime(last_year, 1, 1)  # noqa: DTZ001 (hypothesis wants them so)
    return st.datetimes(*bounds, timezones=st.just(UTC))


def open_by_the_wall(hours: Hours, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(hours.zone))
    day = local.date()
    if day in hours.special:
        spans = hours.special[day]
    elif day in hours.closed or (hours.country and day in country_holidays(hours.country)):
        spans = ()
    else:
        spans = getattr(hours, DAYS[day.weekday()])
    return any(a <= local.time() and (local.time() < b or b == time.max) for a, b in spans)


def walk_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    total, at = timedelta(0), start
    while at < end:
        total += MINUTE if open_by_the_wall(hours, at) else timedelta(0)
        at += MINUTE
    return total


def walk_add(hours: Hours, start: datetime, span: timedelta, limit: datetime) -> datetime | None:
    at = start
    while span > timedelta(0):
        span -= MINUTE if open_by_the_wall(hours, at) else timedelta(0)
        at += MINUTE
        if at > limit:
            return None
    return at


def clock_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def day_spans(draw: st.DrawFn) -> str:
    edges = sorted(draw(st.sets(st.integers(0, 96).map(lambda n: n * 15), max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return ", ".join(f"{clock_text(a)}-{clock_text(b)}" for a, b in pairs)


@st.composite
def some_hours(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Opening hours, and a moment near something odd that happens in their zone."""
    zone = draw(st.sampled_from(sorted(MOMENTS)))
    near = utc(draw(st.sampled_from(MOMENTS[zone])))
    days = st.integers(-2, 2).map(lambda n: near.date() + timedelta(days=n))
    week = {day: draw(day_spans()) for day in DAYS}
    week[draw(st.sampled_from(DAYS))] = "01:00-03:30, 22:15-24:00"
    hours = Hours(
        zone=zone,
        country=draw(st.sampled_from((None, COUNTRIES.get(zone)))),
        closed=tuple(draw(st.sets(days, max_size=1))),
        special=draw(st.dictionaries(days, day_spans(), max_size=2)),
        **week,
    )
    return hours, near + MINUTE * draw(st.integers(-2 * 1440, 1440))


@settings(deadline=None, max_examples=15)
@given(some_hours(), st.integers(0, 3 * 1440), st.integers(1, 2000))
def test_the_same_as_walking_minute_by_minute(case: tuple[Hours, datetime], length: int, span: int) -> None:
    hours, start = case
    end = start + length * MINUTE
    calendar = Calendar.of(hours)
    assert calendar.between(start, end) == walk_between(hours, start, end)
    assert calendar.is_open(start) == open_by_the_wall(hours, start)
    limit = start + timedelta(days=4)
    walked = walk_add(hours, start, span * MINUTE, limit)
    found = calendar.add(start, span * MINUTE)
    assert found == walked if walked else found > limit


@settings(deadline=None, max_examples=80)
@given(some_hours(), st.integers(0, 10**10), st.timedeltas(timedelta(0), timedelta(days=60)))
def test_add_and_between_undo_each_other(case: tuple[Hours, datetime], micros: int, span: timedelta) -> None:
    hours, start = case
    start += timedelta(microseconds=micros)
    calendar = Calendar.of(hours)
    end = calendar.add(start, span)
    assert start <= end <= start + HORIZON
    assert calendar.between(start, end) == span
    if end > start:  # and it is the earliest such moment
        assert calendar.between(start, end - timedelta(microseconds=1)) < span


@settings(deadline=None, max_examples=50)
@given(
    some_hours(),
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_time_adds_up(case: tuple[Hours, datetime], one: timedelta, two: timedelta) -> None:
    hours, start = case
    calendar = Calendar.of(hours)
    assert calendar.add(calendar.add(start, one), two) == calendar.add(start, one + two)
    middle, end = start + one, start + one + two
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)


@settings(deadline=None, max_examples=60)
@given(some_hours())
def test_next_opening(case: tuple[Hours, datetime]) -> None:
    hours, start = case
    calendar = Calendar.of(hours)
    found = calendar.next_open(start)
    assert found is not None
    assert calendar.is_open(found)
    assert calendar.between(start, found) == timedelta(0)
    assert found == start or not calendar.is_open(found - MINUTE)


@given(some_hours())
def test_closed_since_is_when_it_last_was_open(case: tuple[Hours, datetime]) -> None:
    hours, at = case
    calendar, second = Calendar.of(hours), timedelta(seconds=1)
    since = calendar.closed_since(at)
    if calendar.is_open(at):
        assert since is None
    elif since is not None:
        assert since <= at
        assert calendar.is_open(since - second)
        assert calendar.between(since, at) == timedelta(0)
    else:
        assert calendar.between(at - timedelta(days=365), at) == timedelta(0)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("2026-03-02 08:00", HOUR, "2026-03-02 09:00"),  # Monday, Paris is UTC+1: opens 07:00 UTC
        ("2026-03-02 18:30", HOUR, "2026-03-03 07:30"),  # the rest of it is worked the next morning
        ("2026-03-02 18:00", HOUR, "2026-03-02 19:00"),  # used up at closing time: not at the next opening
        ("2026-03-01 12:00", HOUR, "2026-03-02 08:00"),  # Sunday: counts from Monday's opening
        ("2026-03-28 18:30", HOUR, "2026-03-30 06:30"),  # over the change to summer time
        ("2026-12-24 18:30", HOUR, "2026-12-26 07:30"),  # Christmas Day is closed
        ("2026-03-01 12:00", timedelta(0), "2026-03-01 12:00"),  # nothing: where it started, open or not
        ("2026-03-02 08:00", -HOUR, "2026-03-02 08:00"),
    ],
)
def test_a_french_desk(start: str, span: timedelta, end: str) -> None:
    calendar = Calendar.of(Hours(zone="Europe/Paris", country="FR"))
    assert calendar.add(utc(start), span) == utc(end)


def test_open_from_opening_time_until_just_before_closing_time() -> None:
    calendar = Calendar.of(Hours(zone="Europe/Paris"))
    opens, closes, instant = utc("2026-03-02 07:00"), utc("2026-03-02 19:00"), timedelta(microseconds=1)
    moments = opens - instant, opens, closes - instant, closes
    assert [calendar.is_open(at) for at in moments] == [False, True, True, False]
    assert calendar.next_open(closes) == opens + timedelta(days=1)


def test_answers_are_in_utc_whatever_zone_the_question_was_in() -> None:
    calendar = Calendar.of(Hours(zone="Europe/Paris"))
    asked = datetime(2026, 7, 1, 10, tzinfo=ZoneInfo("Asia/Tokyo"))  # 03:00 in Paris
    for answer in (calendar.add(asked, HOUR), calendar.add(asked, timedelta(0)), calendar.next_open(asked)):
        assert answer is not None
        assert answer.tzinfo is UTC
    assert calendar.next_open(asked) == utc("2026-07-01 06:00")


@pytest.mark.parametrize(("day", "real_hours"), [("2026-03-29", 2), ("2026-10-25", 4), ("2026-03-28", 3)])
def test_a_skipped_hour_is_not_worked_and_a_doubled_one_is_worked_twice(day: str, real_hours: int) -> None:
    hours = Hours(zone="Europe/Paris", **{**NIGHT_AND_DAY, "sat": "01:00-04:00", "sun": "01:00-04:00"})
    noon = utc(f"{day} 12:00")
    worked = Calendar.of(hours).between(noon - 13 * HOUR, noon)
    assert worked == real_hours * HOUR


def test_open_day_and_night_is_calendar_time() -> None:
    calendar = Calendar.of(Hours(zone="Europe/Paris", **NIGHT_AND_DAY))
    start = utc("2026-03-27 17:23:11")
    for days in (1, 300, 900):
        assert calendar.add(start, timedelta(days=days)) == start + timedelta(days=days)
        assert calendar.between(start, start + timedelta(days=days)) == timedelta(days=days)


def test_special_days_beat_closed_days_beat_holidays_beat_the_week() -> None:
    christmas, eve, boxing = date(2026, 12, 25), date(2026, 12, 24), date(2026, 12, 26)
    hours = Hours(country="GB", region="ENG", closed=(eve, christmas), special={christmas: "10:00-12:00", boxing: ""})
    calendar = Calendar.of(hours)
    noon = time(12, tzinfo=UTC)
    worked = {
        day: calendar.between(datetime.combine(day, noon) - 12 * HOUR, datetime.combine(day, noon) + 12 * HOUR)
        for day in (eve, christmas, boxing)
    }
    assert worked == {eve: timedelta(0), christmas: 2 * HOUR, boxing: timedelta(0)}


def test_hours_that_never_open_again_end_at_the_horizon() -> None:
    mondays = tuple(date(2024, 5, 6) + timedelta(weeks=n) for n in range(-20, 1500))
    calendar = Calendar.of(
        Hours(**{**SHUT, "mon": "10:00-12:00"}, closed=mondays, special={date(2024, 5, 6): "10:00-12:00"})
    )
    start = utc("2026-01-01")
    assert calendar.add(start, HOUR) == start + HORIZON
    assert calendar.next_open(start) is None
    assert calendar.next_open(utc("2024-01-01")) == utc("2024-05-06 10:00")
    assert calendar.add(utc("2024-05-06 09:00"), 3 * HOUR) == utc("2024-05-06 09:00") + HORIZON


def test_the_horizon_does_not_depend_on_what_was_asked_before() -> None:
    hours = Hours(**{**SHUT, "mon": "10:00-10:01"})
    fresh, worn = Calendar(hours), Calendar(hours)
    worn.between(utc("1970-01-01"), utc("2150-01-01"))
    start = utc("2026-01-01")
    assert fresh.add(start, 40 * HOUR) == worn.add(start, 40 * HOUR) == start + HORIZON
    assert fresh.add(start, 15 * HOUR) == worn.add(start, 15 * HOUR) < start + HORIZON


@settings(deadline=None, max_examples=20)
@given(dates(1, 9970), dates(1, 9970))
@example(utc("1969-12-31 23:00"), utc("1970-01-02"))
@example(utc("2199-12-31 23:00"), utc("2200-01-01"))
def test_any_date_a_broken_message_may_carry_has_an_answer(one: datetime, two: datetime) -> None:
    calendar = Calendar.of(Hours(zone="Europe/Paris"))
    start, end = sorted((one, two))
    assert timedelta(0) <= calendar.between(start, end) <= end - start
    assert start <= calendar.add(start, HOUR)
    assert calendar.next_open(start) is None or calendar.next_open(start) >= start
    assert calendar.is_open(start) in (True, False)


def test_equal_hours_share_one_calendar() -> None:
    assert Calendar.of(Hours(zone="Europe/Paris")) is Calendar.of(Hours(zone="Europe/Paris"))
    other = Hours(zone="Europe/Paris", special={date(2026, 1, 1): "10:00-12:00"})
    assert Calendar.of(Hours(zone="Europe/Paris")) is not Calendar.of(other)


@given(dates(2000, 2100), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_calendar_time(start: datetime, span: timedelta) -> None:
    assert ALWAYS.add(start, span) == start + span
    assert ALWAYS.between(start, start + span) == span
    assert ALWAYS.between(start + span, start) == timedelta(0)
    assert ALWAYS.next_open(start) == start
    assert ALWAYS.is_open(start)
