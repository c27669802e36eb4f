"""Line mode for supervisors: dashboard and report, as text, JSON, CSV and a page."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from agentconsole import i18n
from agentconsole.cli import report_charts as charts
from agentconsole.cli.report_charts import Series
from agentconsole.config import State
from agentconsole.desk import replies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.model.message import Address
from tests.desk.floor_people import WITH_SUPERVISOR
from tests.incoming import arrives, message
from tests.line.conftest import Run, desk_in

HOSTILE = '</td><script>alert(1)</script>\x1b[31m"&\u202e'
CONFIG = WITH_SUPERVISOR.replace("Tom Reed", json.dumps(HOSTILE)[1:-1]).replace(
    '{ id = "mail", kind = "post", medium = "mail" }',
    '{ id = "mail", kind = "post", medium = "mail", name = "<img src=x onerror=alert(1)>" }',
)


@pytest.fixture
def typing() -> str:
    """Sam supervises."""
    return "sam"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk with two hours of work in it."""
    at = datetime.now(UTC) - timedelta(minutes=2)
    with desk_in(tmp_path, CONFIG) as desk:
        lea, tom = (
            Desk(desk.store, desk.config, who_am_i(desk.config, name), tmp_path, lambda: at) for name in ("lea", "tom")
        )
        arrives(lea, *(message(author=Address(f"{n}@x.example"), external_id=f"m{n}", at=at) for n in range(1, 4)))
        replies.reply(lea, 1, "x", state=State.RESOLVED)
        replies.reply(tom, 2, "x")
    return tmp_path


def test_the_floor_in_plain_lines(run: Run) -> None:
    code, out, err = run("dashboard", "--once")
    assert (code, err) == (0, "")
    assert "1 open, 0 late, 0 due within the hour" in out
    assert re.search(r"first response +today +2", out)
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_the_floor_as_json(run: Run) -> None:
    code, out, _err = run("dashboard", "--json")
    floor = json.loads(out)
    assert code == 0
    assert sum(channel["open"] for channel in floor["channels"]) == 1
    assert {agent["agent"]: agent["handled"] for agent in floor["agents"]} == {"sam": 0, "lea": 1, "tom": 1}
    assert sum(quarter["arrived"] for quarter in floor["quarters"]) == 3
    assert floor["first_response"]["today"]["within"] == 1.0


def test_the_list_behind_a_figure(run: Run) -> None:
    code, out, _err = run("dashboard", "--behind", "handled", "--scope", "agent:lea", "--json")
    assert (code, [json.loads(line)["id"] for line in out.splitlines()]) == (0, [1])
    code, out, _err = run("dashboard", "--behind", "open")
    assert (code, out.splitlines()[0]) == (0, "open: 1")
    code, _out, err = run("dashboard", "--behind", "nonsense")
    assert code == 1
    assert "There is no figure 'nonsense'.\nUse one of: open, " in err


def test_definitions_need_no_desk(run: Run) -> None:
    code, out, _err = run("dashboard", "--definitions", "--json", agent="nobody")
    assert code == 0
    assert {json.loads(line)["figure"] for line in out.splitlines()} >= {"late", "handled", "forecast"}


@pytest.mark.parametrize("verb", [("dashboard", "--once"), ("dashboard", "--behind", "late"), ("report",)])
def test_only_supervisors(run: Run, verb: tuple[str, ...]) -> None:
    code, out, err = run(*verb, agent="lea")
    assert (code, out) == (2, "")
    assert "Only supervisors can do that." in err


def of_the_day(run: Run) -> str:
    """The day in the desk's zone on which it all happened, which may be yesterday's at midnight."""
    now = datetime.now(ZoneInfo("Europe/Paris")).date()
    said = run("report", "--from", str(now - timedelta(days=1)), "--to", str(now), "--json")[1]
    return str(next(day["day"] for day in map(json.loads, said.splitlines()) if day["arrived"]))


def test_a_report_of_days(run: Run) -> None:
    day = of_the_day(run)
    code, out, err = run("report", "--from", day, "--to", day)
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split()[3:6] == ["3", "2", "1"]
    one = json.loads(run("report", "--from", day, "--to", day, "--scope", "agent:tom", "--json")[1])
    assert (one["handled"], one["messages_out"], one["waiting_at_end"]) == (1, 1, None)
    assert run("report", "--from", "1990-01-01", "--to", "1990-01-05")[1] == "There are no figures of these days.\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "soon"), "'soon' is no day."),
        (("--from", "2026-02-30"), "'2026-02-30' is no day."),
        (("--to", "9999-12-31"), "9999-12-31 is still to come."),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "2026-03-02 is after 2026-03-01."),
        (("--from", "0001-01-01", "--to", "0001-01-02"), "That is too long ago."),
        (("--from", "1991-01-01", "--to", "2026-03-01"), "That is too long."),
        (("--scope", "agent:moon"), "There are no figures of 'agent:moon'."),
    ],
)
def test_what_is_no_report(run: Run, options: tuple[str, ...], said: str) -> None:
    code, out, err = run("report", *options)
    assert (code, out) == (2, "")
    assert said in err


def test_a_sheet_has_a_line_a_day_and_scope(run: Run, tmp_path: Path) -> None:
    day = of_the_day(run)
    path = tmp_path / "days.csv"
    assert run("report", "--from", day, "--to", day, "--csv", str(path))[0] == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["scope"]: row for row in csv.DictReader(file)}
    assert (rows["all"]["arrived"], rows["agent:lea"]["handled"], rows["all"]["first_response_count"]) == (
        "3",
        "1",
        "2",
    )
    code, _out, err = run("report", "--from", day, "--to", day, "--csv", str(path))
    assert code == 2
    assert "Give another name." in err


_LOADING = {"script", "img", "link", "iframe", "object", "base", "form", "image", "use", "foreignobject"}


class Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_page_is_whole_loads_nothing_and_shows_names_as_text(run: Run, tmp_path: Path) -> None:
    day, path = of_the_day(run), tmp_path / "report.html"
    code, out, err = run("report", "--from", day, "--to", day, "--html", str(path))
    assert (code, out, err) == (0, f"{path} is written.\n", "")
    text = path.read_text("utf-8")
    page = Page(text)
    tags = [tag for tag, _attributes in page.tags]
    assert not {"script", "img", "link", "iframe", "object", "base", "form", "image", "use", "foreignobject"} & set(
        tags
    )
    names = {name for _tag, attributes in page.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("href", "src", "xlink:href", "style")]
    assert "url(" not in text
    assert "@import" not in text
    words = "".join(page.words)
    assert "<img src=x onerror=alert(1)>" in words
    assert "</td><script>alert(1)</script>" in words
    assert not {"\x1b", "\u202e"} & set(text)
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    pictures = [attributes for tag, attributes in page.tags if tag == "svg" and attributes.get("role") == "img"]
    assert len(pictures) == tags.count("details") - 1  # each chart has its table; the last one has the definitions
    assert all(attributes["aria-label"] for attributes in pictures)


def test_a_page_in_french(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day, path = of_the_day(run), tmp_path / "rapport.html"
    monkeypatch.setenv("AGENTCONSOLE_LANGUAGE", "fr")
    assert run("report", "--from", day, "--to", day, "--html", str(path))[0] == 0
    i18n.use("en")
    assert '<html lang="fr">' in path.read_text("utf-8")


# Charts


@pytest.mark.parametrize(
    ("most", "step"), [(0, 5e-10), (3, 1), (4, 1), (4.1, 2), (17, 5), (21, 10), (900, 500), (1, 0.5)]
)
def test_the_scales_lines_are_at_round_numbers(most: float, step: float) -> None:
    assert charts.nice(most) == pytest.approx(step)


@pytest.mark.parametrize(
    ("most", "step"), [(200, 60), (3600, 900), (7300, 3600), (86400 * 3, 86400), (86400 * 90, 86400 * 30)]
)
def test_the_scales_lines_of_times_are_at_round_times(most: float, step: float) -> None:
    assert charts.nice(most, times=True) == step


def test_a_line_is_broken_where_there_is_no_value() -> None:
    svg = charts.lines("A & B", list("abcde"), [Series("x", [1, 2, None, 4, None])], lambda value: f"{value:g}")
    path = svg.find(".//path")
    assert path is not None
    assert (path.attrib["d"].count("M"), path.attrib["d"].count("L")) == (2, 1)
    assert [mark.text for mark in svg.findall(".//circle/title")] == ["a: x 1", "b: x 2", "d: x 4"]
    assert "A &amp; B" in ElementTree.tostring(svg, encoding="unicode")


@pytest.mark.parametrize("values", [[], [None], [0], [0, 0], [7], [None, 5, None], [0.25] * 400])
def test_any_values_make_a_chart(values: list[float | None]) -> None:
    svg = charts.lines("t", [str(n) for n in range(len(values))], [Series("x", values)], str, whole=False)
    numbers = [float(n) for path in svg.iter("path") for n in re.findall(r"[\d.]+", path.attrib["d"])]
    assert all(0 <= number <= charts.WIDTH for number in numbers)
