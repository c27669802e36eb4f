"""Searches that are remembered, and those saved as views of one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.config import Config, State, View
from agentconsole.desk import handling, saved_views, searches, triage
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound, UsageError
from tests.conftest import wipe
from tests.incoming import arrives, message, numbers

Open = Callable[[str], Desk]


def shown(desk: Desk, view: View) -> list[int]:
    return numbers(triage.page(desk, view).rows)


def configured(desk: Desk, *views: View) -> Desk:
    config: Config = desk.config.model_copy(update={"views": views})
    return replace(desk, config=config)


def folder(desk: Desk) -> Path:
    place = desk.own_folder / "views"
    place.mkdir(parents=True, exist_ok=True)
    return place


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=12).filter(lambda text: "\0" not in text), max_size=70))
def test_the_latest_come_first_each_once(desk: Desk, queries: list[str]) -> None:
    wipe(desk.store)
    for query in queries:
        searches.remember(desk, query)
    expected = list(dict.fromkeys(words for query in reversed(queries) if (words := " ".join(query.split()))))
    assert searches.history(desk) == expected[:50]


def test_each_agent_has_their_own(open_as: Open) -> None:
    searches.remember(open_as("lea"), "from:durand")
    assert searches.history(open_as("lea")) == ["from:durand"]
    assert searches.history(open_as("tom")) == []


def test_a_search_saved_is_a_view_after_the_desks(desk: Desk) -> None:
    arrives(desk, message("Ma box est en panne"), message("Rien", external_id="2"))
    handling.set_state(desk, 1, State.RESOLVED)
    saved = searches.save(desk, "box  is:resolved", "Litiges – février")
    assert (saved.id, saved.search) == ("litiges-fevrier", "box is:resolved")
    assert saved_views.views_of(desk) == (*saved_views.views(desk.config), saved)
    assert saved_views.view_of(desk, str(len(saved_views.views_of(desk)))) == saved
    assert shown(desk, saved) == [1]
    assert triage.counts(desk)[saved.id].total == 1
    assert [path.name for path in folder(desk).iterdir()] == ["litiges-fevrier.toml"]


@pytest.mark.parametrize(
    ("query", "name"),
    [("  ", "Name"), ("is:nonsense", "Name"), ("box", "  "), ("box", "x" * 61), ("box", "Open"), ("box", "a\u200bb")],
)
def test_what_cannot_be_saved_writes_nothing(desk: Desk, query: str, name: str) -> None:
    with pytest.raises(UsageError):
        searches.save(desk, query, name)
    assert list(folder(desk).iterdir()) == []


def test_a_search_of_what_is_no_character_is_saved(desk: Desk) -> None:
    assert searches.save(desk, "box caf\udce9", "Box").search == "box caf\ufffd"
    assert saved_views.view_of(desk, "box").search == "box caf\ufffd"


def test_a_view_is_never_written_over(desk: Desk) -> None:
    searches.save(desk, "box", "Mine too")
    with pytest.raises(UsageError, match="already"):
        searches.save(desk, "fibre", "mine TOO")
    assert saved_views.view_of(desk, "mine-too").search == "box"


def test_a_folder_that_cannot_be_written_is_said(desk: Desk) -> None:
    desk.own_folder.write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        searches.save(desk, "box", "Name")


def test_a_broken_file_hides_no_other_and_is_told(desk: Desk) -> None:
    place = folder(desk)
    (place / "a.toml").write_text('id = "a"\nname = "A"\norder = "best"\n')
    (place / "b.toml").write_text('id = "b"\nname = "B"\nsearch = "is:odd"\n')
    (place / "c.toml").write_text("= nonsense")
    (place / "d.toml").write_text('id = "open"\nname = "Twice"\n')
    (place / "e.toml").write_bytes(b"\xff")
    (place / "f.toml").write_text('id = "f"\nname = "F"\n')
    arrives(desk, message())
    assert [view.id for view in saved_views.views_of(desk)][-2:] == ["b", "f"]
    mistakes = "\n".join(saved_views.mistakes(desk))
    for said in ("a.toml: order", "views.b.search", "c.toml", "d.toml", "e.toml"):
        assert said in mistakes
    assert "f.toml" not in mistakes
    counts = triage.counts(desk)
    assert (counts["b"].total, counts["f"].total) == (0, 1)
    with pytest.raises(UsageError):
        triage.page(desk, saved_views.view_of(desk, "b"))
    with pytest.raises(NotFound):
        saved_views.view_of(desk, "a")
    (place / "a.toml").write_text('id = "a"\nname = "A"\norder = "rank"\n')
    assert saved_views.view_of(desk, "a").order == "rank"


def test_a_search_narrows_a_view_and_says_its_own_filters_anew(desk: Desk) -> None:
    arrives(desk, message("Ma box est en panne"), message("Ma box", external_id="2"))
    arrives(desk, message("Ma fibre"), channel="x")
    handling.assign(desk, 1, "tom")
    handling.set_state(desk, 2, State.PENDING)

    def holds(**filters: object) -> list[int]:
        return sorted(shown(desk, View.model_validate({"id": "v", "name": "V", **filters})))

    assert holds(search="box") == [1]
    assert holds(search="box", states=[]) == [1, 2]
    assert holds(search="box is:pending") == [2]
    assert holds(search="assignee:tom", assignee="nobody") == [1]
    assert holds(search="assignee:nobody", assignee="me", states=[]) == [2, 3]
    assert holds(search="channel:x", states=[]) == [3]
    assert holds(search="ma", text="en", states=[]) == [1]
    wrong = configured(desk, View.model_validate({"id": "v", "name": "V", "search": "colour:red"}))
    assert "views.v.search" in saved_views.mistakes(wrong)[0]
