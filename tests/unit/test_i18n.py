"""The language of the interface: choosing it, and how dates, durations, numbers and amounts are written."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole import i18n
from agentconsole.i18n import LANGUAGES, LOCALES, _, ngettext, pgettext

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")


def plain(text: str) -> str:
    """With ordinary spaces, to be readable here."""
    return text.replace(i18n.NO_BREAK, " ")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LC_ALL": "fr_FR.UTF-8", "LANG": "en_US.UTF-8"}, "fr"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_CA", "LANG": "en_US.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LC_ALL": "de_DE@euro"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_decides_where_nothing_is_said(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    i18n.use("")
    assert i18n.language() == language
    i18n.use("fr")
    assert i18n.language() == "fr"


def test_messages_follow_the_language() -> None:
    assert (_("yesterday"), pgettext("days", "{n}d")) == ("yesterday", "{n}d")
    i18n.use("fr")
    assert (_("yesterday"), pgettext("days", "{n}d")) == ("hier", "{n}j")
    assert _("no catalogue has this") == "no catalogue has this"
    assert ngettext("one of no catalogue", "many of no catalogue", 2) == "many of no catalogue"


def test_many_threads_read_while_the_language_changes() -> None:
    seen: set[str] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(_("yesterday"))

    threads = [threading.Thread(target=read) for _number in range(4)]
    for thread in threads:
        thread.start()
    for number in range(100):
        i18n.use(LANGUAGES[number % 2])
        assert _("yesterday") == ("yesterday", "hier")[number % 2]
    stop.set()
    for thread in threads:
        thread.join()
    assert seen <= {"yesterday", "hier"}


def test_a_catalogue_is_compiled_when_it_changed(tmp_path: Path) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "agentconsole.po"
    source.parent.mkdir(parents=True)
    head = (LOCALES / "fr/LC_MESSAGES/agentconsole.po").read_text(encoding="utf-8").partition("\n\n")[0]

    def write(translation: str, at: int) -> None:
        text = f'{head}\n\nmsgid "seal"\nmsgstr "{translation}"\n'
        source.write_text(text, encoding="utf-8")
        os.utime(source, (at, at))

    write("phoque", 1_000)
    assert i18n.read_catalogue("fr", tmp_path).gettext("seal") == "phoque"
    compiled = source.with_suffix(".mo")
    assert compiled.exists()
    os.utime(compiled, (2_000, 2_000))
    write("otarie", 1_500)  # older than what is compiled: not looked at
    assert i18n.read_catalogue("fr", tmp_path).gettext("seal") == "phoque"
    write("otarie", 2_500)
    assert i18n.read_catalogue("fr", tmp_path).gettext("seal") == "otarie"
    source.unlink()  # as in a wheel
    assert i18n.read_catalogue("fr", tmp_path).gettext("seal") == "otarie"
    assert i18n.read_catalogue("de", tmp_path).gettext("seal") == "seal"


def test_importing_and_english_messages_need_no_babel() -> None:
    program = (
        "import sys; from agentconsole.i18n import _, use, clock_words; use('en'); _('x'); clock_words('ok', 60);"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] == 'babel'))"
    )
    i18n.use("en")
    _("x")  # so that the catalogue is compiled
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("ago", "english", "french"),
    [
        (timedelta(0), "13:00", "13:00"),
        (timedelta(hours=12, minutes=59), "00:01", "00:01"),
        (timedelta(hours=13, minutes=1), "yesterday", "hier"),
        (timedelta(days=-1), "tomorrow", "demain"),
        (timedelta(days=2), "Tue", "mar."),
        (timedelta(days=6), "Fri", "ven."),
        (timedelta(days=7), "13 Nov", "13 nov."),
        (timedelta(days=-7), "27 Nov", "27 nov."),
        (timedelta(days=330), "25 Dec 2024", "25 déc. 2024"),
    ],
)
def test_moments(ago: timedelta, english: str, french: str) -> None:
    assert i18n.moment(NOW - ago, PARIS, NOW) == english
    i18n.use("fr")
    assert i18n.moment(NOW - ago, PARIS, NOW) == french
    clock = f"{(NOW - ago).astimezone(PARIS):%H:%M}"
    assert i18n.moment(NOW - ago, PARIS, NOW, time=True) == (french if french == clock else f"{french} {clock}")


def test_dates_and_times() -> None:
    assert i18n.date(date(2025, 11, 2)) == "2 Nov 2025"
    assert i18n.clock_time(datetime(2025, 7, 1, 7, 12, tzinfo=UTC), PARIS) == "09:12"
    i18n.use("fr")
    assert i18n.date(date(2025, 11, 2)) == "2 nov. 2025"


@pytest.mark.parametrize(
    ("seconds", "english", "french"),
    [
        (0, "<1m", "<1m"),
        (59.9, "<1m", "<1m"),
        (60, "1m", "1m"),
        (-12 * 60 - 59, "12m", "12m"),
        (3599, "59m", "59m"),
        (3600, "1h", "1h"),
        (48 * 3600 - 1, "47h", "47h"),
        (48 * 3600, "2d", "2j"),
        (99.9 * 86400, "99d", "99j"),
        (100 * 86400, "3mo", "3mo"),
        (300 * 86400, "1y", "1an"),
        (800 * 86400, "2y", "2an"),
    ],
)
def test_short_durations(seconds: float, english: str, french: str) -> None:
    assert i18n.duration(seconds) == english
    i18n.use("fr")
    assert i18n.duration(seconds) == french


def test_durations_in_words() -> None:
    told = [plain(i18n.duration(seconds, short=False)) for seconds in (60, 720, 7300, 90_000, 200_000)]
    assert told == ["1 minute", "12 minutes", "2 hours", "25 hours", "2 days"]
    i18n.use("fr")
    told = [plain(i18n.duration(seconds, short=False)) for seconds in (0, 720, 7300, 200_000)]
    assert told == ["0 minute", "12 minutes", "2 heures", "2 jours"]


def test_clocks_in_words() -> None:
    assert i18n.clock_words("late", -720) == "LATE 12m"
    assert i18n.clock_words("due", 8 * 60 + 59) == "DUE 8m"
    assert i18n.clock_words("ok", 3 * 3600) == "OK 3h"
    assert i18n.clock_words("due", 45.5, ticking=True) == "DUE 45s"
    i18n.use("fr")
    assert i18n.clock_words("late", -720) == "RETARD 12m"
    assert i18n.clock_words("due", 480) == "DANS 8m"


@settings(deadline=None)
@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(["late", "due", "ok"]),
    st.floats(-9 * 365 * 86400, 9 * 365 * 86400),
    st.booleans(),
)
def test_a_clock_fits_in_ten_columns(language: str, state: str, seconds: float, ticking: bool) -> None:
    i18n.use(language)
    shown = i18n.clock_words(state, seconds, ticking=ticking)
    assert len(shown) <= 10
    assert shown.isascii()


def test_numbers_and_amounts() -> None:
    assert i18n.number(1_234_567) == "1,234,567"
    assert i18n.money(18800, "EUR") == "€188.00"
    assert i18n.money(-5, "EUR") == "-€0.05"
    assert i18n.money(18800, "JPY") == "JP¥18,800"
    i18n.use("fr")
    assert plain(i18n.number(1_234_567)) == "1 234 567"
    assert plain(i18n.money(1_880_000, "EUR")) == "18 800,00 €"
    assert plain(i18n.money(1500, "TND")) == "1,500 TND"  # three minor digits
    assert "\N{NARROW NO-BREAK SPACE}" not in i18n.money(1_880_000, "EUR")


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12))
def test_no_cent_is_lost(minor: int) -> None:
    i18n.use("en")
    shown = i18n.money(minor, "EUR")
    assert int("".join(character for character in shown if character.isdigit() or character == "-")) == minor
