"""What waits for its turn while a colleague merges the conversation follows to the one that has its messages."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from agentconsole.config import State
from agentconsole.desk import bulk, conversations, drafts, moves
from agentconsole.desk.context import Desk
from agentconsole.desk.joining import join
from agentconsole.desk.standing import Standing
from agentconsole.desk.steps import Doing, step
from agentconsole.store import conversations as stored
from tests.incoming import arrives, everything, message, opened

Open = Callable[[str], Desk]
_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")


def _while_merged(lea: Desk, action: Callable[[], object]) -> object:
    """Do it while #1 is being merged into #2: it begins before the merge is kept."""
    arrives(lea, message("premier"))
    arrives(lea, message("second"), channel="form")
    with ThreadPoolExecutor(1) as pool:
        with step(lea) as doing:
            goes, stays = doing.hold_all(row.id for row in stored.by_numbers(doing.connection, [1, 2]))
            if goes.number != 1:
                goes, stays = stays, goes
            done = pool.submit(action)
            while not (lea.store.sqlite or done.done() or doing.connection.execute(_WAITING).scalar_one()):
                pass
            doing.record(goes, "merged", **join(doing, goes, stays))
        return done.result(30)


def test_a_change_of_many(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")

    def tag_and_open(doing: Doing, standing: Standing) -> None:
        moves.tag(doing, standing, ["box"])
        moves.set_state(doing, standing, State.SNOOZED)

    outcome = _while_merged(lea, lambda: bulk.apply(tom, [1], [tag_and_open]))
    assert isinstance(outcome, bulk.Outcome)
    assert [row.number for row in outcome.rows] == [2]
    assert opened(lea, 2).tags == ("box",)
    assert [(row.number, row.state) for row in everything(lea)] == [(2, State.SNOOZED)]


def test_words_that_are_being_typed(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    _while_merged(lea, lambda: drafts.keep(tom, 1, "Bonjour Camille", 1))
    assert [draft.text for draft in conversations.open_thread(lea, 2).drafts] == ["Bonjour Camille"]
