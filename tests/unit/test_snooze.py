"""The words for a time to come."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentconsole.desk.snooze import parse_when
from agentconsole.desk.when import FURTHEST, MORNING
from agentconsole.errors import UsageError

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""10:00 in Paris."""
ZONES = ("Europe/Paris", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "America/Sao_Paulo", "UTC")
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FRENCH = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.timedeltas(timedelta(0), timedelta(days=3000)).map(lambda span: datetime(2024, 1, 1, tzinfo=UTC) + span)


def opens(day: date) -> time | None:
    """Eight in the morning; closed on Sundays and on the 6th of May."""
    return None if day.weekday() == 6 or day == date(2026, 5, 6) else time(8)


def said(text: str, now: datetime = MONDAY) -> str:
    at = parse_when(text, now, PARIS, opens)
    return f"{at.astimezone(PARIS):%a %d %b %Y %H:%M}" if at else "reply"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("2h", "2 hours", "in 2h", "dans 2 heures", "120m", "1h60", "12:00", "midi", "noon"), "Mon 02 Mar 2026 12:00"),
        (("45m", "45 min", "for 45 minutes", "pour 45 mn"), "Mon 02 Mar 2026 10:45"),
        (("1h30", "1h 30m", "90 min"), "Mon 02 Mar 2026 11:30"),
        (("3d", "3 days", "3j", "dans 3 jours"), "Thu 05 Mar 2026 10:00"),
        (("1w", "1 semaine", "7d"), "Mon 09 Mar 2026 10:00"),
        (("1d 2h", "26h"), "Tue 03 Mar 2026 12:00"),
        (("tomorrow", "TOMORROW ", "demain", "demain matin", "tomorrow morning", "until tomorrow", "jusqu'à demain"),
         "Tue 03 Mar 2026 08:00"),
        (("tomorrow 9:00", "demain 9h", "demain à 9h", "demain 09h00", "tomorrow at 9am", "à 9h", "at 9:00", "09:00"),
         "Tue 03 Mar 2026 09:00"),
        (("tomorrow afternoon", "demain après-midi", "demain 14h", "tomorrow 2pm"), "Tue 03 Mar 2026 14:00"),
        (("ce soir", "tonight", "this evening", "18:00", "today 6pm", "aujourd’hui 18h"), "Mon 02 Mar 2026 18:00"),
        (("day after tomorrow", "après-demain", "wed", "mercredi", "mer.", "Wednesday"), "Wed 04 Mar 2026 08:00"),
        (("mon", "monday", "lun", "lundi", "lundi prochain", "next monday", "next week", "la semaine prochaine"),
         "Mon 09 Mar 2026 08:00"),
        (("lun 14:00", "lun. 14h", "monday at 2pm", "until monday 14:00", "jusqu’à lundi 14h"),
         "Mon 09 Mar 2026 14:00"),
        (("sam 10h", "sat 10:00", "Samedi 10h00"), "Sat 07 Mar 2026 10:00"),
        (("sun", "dimanche"), "Mon 09 Mar 2026 08:00"),
        (("dim 10h",), "Sun 08 Mar 2026 10:00"),
        (("2026-03-10 10:00", "2026-03-10T10:00", "2026-03-10T10:00:00+01:00", "2026-03-10T09:00Z", "10/3 10h",
          "10/03/2026 10:00", "10 mars 10h", "10 march at 10:00", "march 10 10:00", "le 10 mars à 10h"),
         "Tue 10 Mar 2026 10:00"),
        (("1 march", "1er mars", "1/3", "1st of march"), "Mon 01 Mar 2027 08:00"),
        (("29 feb", "29 février"), "Tue 29 Feb 2028 08:00"),
        (("1 août 10h",), "Sat 01 Aug 2026 10:00"),
        (("1 sept 10h",), "Tue 01 Sep 2026 10:00"),
        (("6 may", "6 mai"), "Thu 07 May 2026 08:00"),
        (("until reply", "reply", "jusqu'à réponse", "Jusqu’à sa réponse", "until they reply"), "reply"),
    ],
)  # fmt: skip
def test_what_people_say(texts: tuple[str, ...], expected: str) -> None:
    for text in texts:
        assert said(text) == expected, text


@pytest.mark.parametrize(
    "text",
    ["", "  ", "soon", "5", "1h 5", "ce", "=", "25:00", "tomorrow 25:00", "31/02", "2026-02-30", "13pm", "1 jui", "jui",
     "2026-13-01T10:00Z", "demain 9h demain", "1h1h", "\0", "9999-99-99", "mon tue"],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time") as refused:
        parse_when(text, MONDAY, PARIS)
    assert refused.value.do


@pytest.mark.parametrize("text", ["today", "2020-01-01", "2026-03-02T08:00Z", "today 9:00", "0m", "0d"])
def test_what_has_passed(text: str) -> None:
    with pytest.raises(UsageError, match="has passed"):
        parse_when(text, MONDAY, PARIS, opens)


@pytest.mark.parametrize("text", ["99999d", "2099-01-01", "9999-12-31 23:59", "99999w"])
def test_what_is_too_far(text: str) -> None:
    with pytest.raises(UsageError, match="too far"):
        parse_when(text, MONDAY, PARIS)


def test_hours_are_elapsed_and_days_keep_the_time_on_the_wall() -> None:
    """In Paris the clocks go forward on Sunday, 29 March 2026, at 02:00, and back on 25 October at 03:00."""
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=PARIS)
    assert said("24h", saturday) == "Sun 29 Mar 2026 13:00"
    assert said("1d", saturday) == "Sun 29 Mar 2026 12:00"
    assert said("tomorrow 02:30", saturday) == "Sun 29 Mar 2026 03:30"  # that time is skipped
    twice = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45 for the first time
    assert parse_when("02:30", twice, PARIS) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert parse_when("02:50", twice, PARIS) == datetime(2026, 10, 25, 0, 50, tzinfo=UTC)


@settings(deadline=None)
@given(moments, zones, st.text(max_size=30) | st.from_regex(r"[0-9a-zéà':/ -]{1,16}", fullmatch=True))
@example(MONDAY, PARIS, "1st of")
def test_anything_typed_is_a_time_to_come_or_refused_with_what_to_do(now: datetime, zone: ZoneInfo, text: str) -> None:
    with suppress(UsageError):
        at = parse_when(text, now, zone, opens)
        assert at is None or (at.tzinfo is UTC and now < at <= now + FURTHEST)
        return
    with pytest.raises(UsageError) as refused:
        parse_when(text, now, zone, opens)
    assert refused.value.do


@settings(deadline=None)
@given(moments, zones, st.integers(0, 23), st.integers(0, 59), st.sampled_from(("{}:{:02}", "{}h{:02}")))
def test_a_time_tomorrow_is_tomorrow_at_that_time(
    now: datetime, zone: ZoneInfo, hour: int, minute: int, form: str
) -> None:
    at = parse_when(f"demain {form.format(hour, minute)}", now, zone)
    assert at is not None
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    wall = datetime.combine(tomorrow, time(hour, minute))
    seen = at.astimezone(zone).replace(tzinfo=None)
    real = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    assert seen == (wall if real == wall else real)
    assert timedelta(0) <= seen - wall <= timedelta(hours=2)


@settings(deadline=None)
@given(moments, zones, st.integers(1, 400), st.integers(0, 47))
def test_lengths_add_up(now: datetime, zone: ZoneInfo, days: int, hours: int) -> None:
    after = parse_when(f"{days}d", now, zone)
    assert after is not None
    moved = after.astimezone(zone).replace(tzinfo=None) - now.astimezone(zone).replace(tzinfo=None)
    assert timedelta(0) <= moved - timedelta(days=days) <= timedelta(hours=2)  # more only where that time is skipped
    if hours:
        assert parse_when(f"{days}j {hours}h", now, zone) == after + timedelta(hours=hours)
        assert parse_when(f"{hours}h", now, zone) == now + timedelta(hours=hours)


@settings(deadline=None)
@given(moments, zones, st.sampled_from((*ENGLISH, *FRENCH)))
def test_a_weekday_is_one_of_the_seven_days_to_come(now: datetime, zone: ZoneInfo, name: str) -> None:
    at = parse_when(name, now, zone)
    assert at is not None
    local = at.astimezone(zone)
    ahead = (local.date() - now.astimezone(zone).date()).days
    assert 1 <= ahead <= 7
    assert local.time() == MORNING
    assert local.weekday() == (FRENCH if name in FRENCH else ENGLISH).index(name)


@settings(deadline=None)
@given(moments, zones, st.timedeltas(timedelta(minutes=1), timedelta(days=3000)))
def test_a_moment_as_iso_is_that_moment(now: datetime, zone: ZoneInfo, ahead: timedelta) -> None:
    at = (now + ahead).replace(microsecond=0)
    if at > now:
        assert parse_when(at.astimezone(zone).isoformat(), now, zone) == at
