"""Several consoles on one desk at the same time: no change is lost, and nobody is told to wait."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from agentconsole.config import State
from agentconsole.desk import conversations, drafts, handling, replies
from agentconsole.desk.context import Desk
from agentconsole.desk.replies import StaleReply
from agentconsole.model.message import Address
from tests.conftest import CONFIG, SUPPORT
from tests.incoming import arrives, everything, message, opened, texts
from tests.keeping import keep_house

ROOT = Path(__file__).parents[2]

WRITER = f"""
import sys, random
sys.path[:0] = [{str(ROOT)!r}, {str(SUPPORT)!r}]
from pathlib import Path
from agentconsole.config import parse
from agentconsole.desk import handling, replies
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk
from tests.incoming import arrives, message
address, folder, name, rounds = sys.argv[1:]
config = parse({CONFIG!r}, "agentconsole.toml")
desk = Desk(open_desk(address, Path(folder)), config, who_am_i(config, name), Path(folder))
for n in range(int(rounds)):
    replies.note(desk, 1, f"{{name}} {{n}}")
    replies.reply(desk, 2, f"{{name}} {{n}}")
    handling.assign(desk, 3, name if n % 2 else None)
print("done")
"""


def test_processes_that_write_to_the_same_conversations(
    open_as: Callable[[str], Desk], address: str, tmp_path: Path
) -> None:
    desk = open_as("lea")
    arrives(desk, *(message(str(n), author=Address(f"{n}@x.example")) for n in range(3)))
    arguments = [address, str(tmp_path)]
    rounds = 25
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *arguments, name, str(rounds)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in ("lea", "tom")
    ]  # fmt: skip
    for n in range(rounds):
        replies.note(desk, 1, f"here {n}")
        arrives(desk, message(f"customer {n}", author=Address("1@x.example"), number=2))
    said = [writer.communicate(timeout=60) for writer in writers]
    assert said == [("done\n", "")] * 2
    assert sorted(texts(desk, 1)[1:]) == sorted(f"{who} {n}" for who in ("lea", "tom", "here") for n in range(rounds))
    thread = opened(desk, 2)
    written = [m.text for m in thread.messages[1:]]
    assert sorted(written) == sorted(f"{who} {n}" for who in ("lea", "tom", "customer") for n in range(rounds))
    for who in ("lea", "tom", "customer"):
        assert [text for text in written if text.startswith(who)] == [f"{who} {n}" for n in range(rounds)]
    assert [m.seq for m in thread.messages] == sorted({m.seq for m in thread.messages})
    assigned = [e for e in conversations.trail(desk, 3) if e.kind == "assigned"]
    assert len(assigned) >= rounds - 1


def test_threads_of_one_console(desk: Desk) -> None:
    arrives(desk, message())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: replies.note(desk, 1, str(n)), range(60)))
    assert sorted(map(int, texts(desk)[1:])) == list(range(60))


def _at_once(*actions: Callable[[], object]) -> None:
    """All of them, begun at the same moment; what one of them raises is raised."""
    start = threading.Barrier(len(actions))

    def begin(action: Callable[[], object]) -> object:
        start.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        for done in [pool.submit(begin, action) for action in actions]:
            done.result(timeout=60)


def test_nothing_of_two_changes_of_one_conversation_is_lost(open_as: Callable[[str], Desk]) -> None:
    """What a console reads is up to date when it writes: neither assignment, state, message nor clock is undone."""
    lea, tom, puller = open_as("lea"), open_as("tom"), open_as("lea")
    for n in range(8):
        author = Address(f"{n}@x.example")
        arrives(lea, message("hello", external_id=f"first-{n}", author=author))
        number = everything(lea)[-1].number
        _at_once(
            lambda number=number: handling.assign(tom, number, "tom", "mail"),
            lambda number=number: replies.note(lea, number, "note"),
            lambda n=n, author=author: arrives(puller, message("more", references=(f"first-{n}",), author=author)),
        )
        row = conversations.row(lea, number)
        assert (row.assignee, row.team, row.unread) == ("tom", "mail", 2)
        assert sorted(texts(lea, number)) == ["hello", "more", "note"]
        _at_once(
            lambda number=number: replies.reply(lea, number, "answer", state=None),
            lambda number=number: handling.set_state(tom, number, State.PENDING),
            lambda n=n, author=author: arrives(puller, message("and more", references=(f"first-{n}",), author=author)),
        )
        kinds = [e.kind for e in conversations.trail(lea, number)]
        assert sorted(kinds) == ["assigned", "noted", "opened", "replied", "state"]
        row, thread = conversations.row(lea, number), texts(lea, number)
        waits = thread.index("and more") > thread.index("answer")
        assert (row.waiting_since is not None, row.unread) == (waits, int(waits))
        assert row.assignee == "tom"


def test_of_two_replies_to_what_both_have_seen_one_is_refused(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message(external_id="first"))
    for n in range(8):
        seen = opened(lea).seen
        refused: list[str] = []

        def answer(desk: Desk, seen: int = seen, refused: list[str] = refused) -> None:
            try:
                replies.reply(desk, 1, desk.agent.id, seen=seen)
            except StaleReply as stale:
                refused.append(f"{desk.agent.id} had not seen {[m.author for m in stale.messages]}")

        _at_once(lambda answer=answer: answer(lea), lambda answer=answer: answer(tom))
        assert refused in (["lea had not seen ['tom']"], ["tom had not seen ['lea']"])
        assert len(texts(lea)) == n + 2


def test_drafts_of_two_people_in_one_conversation(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, message())
    for n in range(5):
        _at_once(lambda n=n: drafts.keep(lea, 1, f"l{n}", 1), lambda n=n: drafts.keep(tom, 1, f"t{n}", 1))
        assert (drafts.mine(lea)[0].text, drafts.mine(tom)[0].text) == (f"l{n}", f"t{n}")


def test_one_console_wakes_what_was_snoozed(open_as: Callable[[str], Desk]) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    arrives(lea, *(message(str(n), author=Address(f"{n}@x.example")) for n in range(5)))
    for row in everything(lea):
        handling.set_state(lea, row.number, State.SNOOZED, lea.now() + timedelta(minutes=1))
    lea.now.passes(minutes=2)  # type: ignore[attr-defined]  # (the tests' clock)
    _at_once(lambda: keep_house(lea), lambda: keep_house(tom))
    for row in everything(lea):
        assert [e.kind for e in conversations.trail(lea, row.number)] == ["opened", "state", "state"]
        assert row.state is State.OPEN


def test_two_mailboxes_learn_of_the_same_new_customer(open_as: Callable[[str], Desk]) -> None:
    """Mail and form bring the same stranger at once: one customer, whoever comes first."""
    lea, tom = open_as("lea"), open_as("tom")
    for n in range(6):
        who = Address(f"{n}@x.example", "New")
        _at_once(
            lambda who=who: arrives(lea, message(author=who), holder="lea"),
            lambda who=who: arrives(tom, message(author=who), channel="form", holder="tom"),
        )
    assert len({row.customer_id for row in everything(lea)}) == 6
