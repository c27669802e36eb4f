"""Words that the desk could not take: kept on this machine, brought back once, never over newer ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentconsole.desk import drafts, local_drafts, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.local_drafts import Words
from agentconsole.errors import DeskError
from agentconsole.model.conversation import DraftKind
from tests.incoming import arrives, message

REPLY = DraftKind.REPLY
TEXTS = st.sampled_from(["", "Bonjour", "Bonjour Camille", "Merci", "Merci. Bonjour", "  "])


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs keep what they remember."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def desk(open_as: Callable[[str], Desk]) -> Desk:
    """With one conversation, number 1."""
    desk = open_as("lea")
    arrives(desk, message())
    return desk


def _mine(desk: Desk) -> list[str]:
    return [draft.text for draft in drafts.mine(desk)]


def test_they_are_nobody_elses_and_go_back_once(desk: Desk, state: Path, open_as: Callable[[str], Desk]) -> None:
    local_drafts.keep(desk, Words(1, REPLY, "Bonj", 0, ("/tmp/a",)))
    local_drafts.keep(desk, Words(1, REPLY, "Bonjour", 0, ("/tmp/a",)))
    files = [path for path in state.rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600]
    assert files[0].parent.stat().st_mode & 0o077 == 0
    assert local_drafts.kept(open_as("tom")) == []
    assert [words.text for words in local_drafts.kept(desk)] == ["Bonjour"]
    assert local_drafts.bring_back(desk) == 1
    (draft,) = drafts.mine(desk)
    assert (draft.text, draft.files) == ("Bonjour", ("/tmp/a",))
    assert local_drafts.kept(desk) == []
    assert local_drafts.bring_back(desk) == 0


def test_words_written_elsewhere_meanwhile_stay_and_come_first(desk: Desk) -> None:
    drafts.keep(desk, 1, "At home", 0)
    words = Words(1, REPLY, "On the train", 0, bases=("",))
    for _ in range(2):
        local_drafts.keep(desk, words)
        local_drafts.bring_back(desk)
        assert _mine(desk) == ["At home\n\nOn the train"]


def test_what_the_desk_has_of_the_same_words_gives_way(desk: Desk) -> None:
    drafts.keep(desk, 1, "Bonj0ur", 0)
    local_drafts.keep(desk, Words(1, REPLY, "Bonjour", 0, bases=("", "Bonj0ur")))
    local_drafts.bring_back(desk)
    assert _mine(desk) == ["Bonjour"]


def test_words_that_were_sent_are_no_draft_again(desk: Desk) -> None:
    local_drafts.keep(desk, Words(1, REPLY, "Bonjour", 1, bases=("Bonjour",)))
    replies.reply(desk, 1, "Bonjour", seen=1)
    assert local_drafts.bring_back(desk) == 0
    assert _mine(desk) == []


def test_words_that_were_dropped_while_the_desk_was_away(desk: Desk) -> None:
    drafts.keep(desk, 1, "Bonjour", 0)
    local_drafts.keep(desk, Words(1, REPLY, "", 0, bases=("Bonjour",)))
    local_drafts.bring_back(desk)
    assert _mine(desk) == []
    drafts.keep(desk, 1, "From elsewhere", 0)
    local_drafts.keep(desk, Words(1, REPLY, "", 0, bases=("Bonjour",)))
    local_drafts.bring_back(desk)
    assert _mine(desk) == ["From elsewhere"]


def test_a_program_that_ended_while_it_brought_them_back(desk: Desk, state: Path) -> None:
    local_drafts.keep(desk, Words(1, REPLY, "Bonjour", 0))
    (path,) = (path for path in state.rglob("*") if path.is_file())
    path.rename(path.with_suffix(".4711.taken"))
    assert local_drafts.bring_back(desk) == 1
    assert _mine(desk) == ["Bonjour"]


def test_what_is_no_words_of_ours_is_left_alone(desk: Desk, state: Path) -> None:
    local_drafts.keep(desk, Words(1, REPLY, "Bonjour", 0))
    (path,) = (path for path in state.rglob("*") if path.is_file())
    path.write_text('{"number": 1')
    assert local_drafts.bring_back(desk) == 0
    assert path.exists()


def test_of_a_conversation_that_is_not_there(desk: Desk) -> None:
    """Another desk was made at the same address."""
    local_drafts.keep(desk, Words(77, REPLY, "Bonjour", 0))
    assert local_drafts.bring_back(desk) == 0


def test_where_this_machine_cannot_keep_them_either(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/nowhere")
    with pytest.raises(DeskError, match="cannot be kept on this machine") as refused:
        local_drafts.keep(desk, Words(1, REPLY, "Bonjour", 0))
    assert refused.value.do


@given(here=TEXTS, written=TEXTS, bases=st.lists(TEXTS, max_size=2))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_are_lost_and_none_are_doubled(desk: Desk, here: str, written: str, bases: list[str]) -> None:
    drafts.keep(desk, 1, here, 0)
    found = []
    for _ in range(2):
        drafts.bring_back(desk, 1, written, 0, REPLY, bases=tuple(bases))
        found.append("".join(_mine(desk)))
    assert found[0] == found[1]
    assert written.strip() in found[0]
    if here.strip() not in [base.strip() for base in bases]:
        assert here.strip() in found[0]
    assert found[0].count(written.strip() or "\0") <= max(1, here.count(written.strip() or "\0"))
