"""Noticing what others commit, and servers that go away."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from agentconsole.desk import replies
from agentconsole.desk.context import Desk
from agentconsole.desk.watch import Watch
from agentconsole.errors import DeskError
from tests.incoming import arrives, message, texts

ROOT = Path(__file__).parents[2]
OTHER = """
import sys
from pathlib import Path
from sqlalchemy import text
from agentconsole.store.opening import open_desk
store = open_desk(sys.argv[1], Path(sys.argv[2]))
print("ready", flush=True)
for line in sys.stdin:
    with store.write() as connection:
        connection.execute(text("UPDATE customer SET folded = folded || :note"), {"note": line})
    print("written", flush=True)
"""


@pytest.fixture
def other(desk: Desk, address: str) -> Iterator[Callable[[], None]]:
    """Another process that commits on the same desk when it is asked to."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, address, str(desk.folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdin
        assert child.stdout
        assert child.stdout.readline() == "ready\n"

        def commit() -> None:
            assert child.stdin
            assert child.stdout
            child.stdin.write("again\n")
            child.stdin.flush()
            assert child.stdout.readline() == "written\n"

        yield commit
        child.stdin.close()


@pytest.fixture
def watch(desk: Desk) -> Iterator[Watch]:
    made = Watch(desk)
    yield made
    made.close()


def test_what_another_process_commits_is_noticed_within_a_second(
    desk: Desk, watch: Watch, other: Callable[[], None]
) -> None:
    stop = threading.Event()
    arrives(desk, message())
    while watch.wait(0.3, stop):
        pass
    for _ in range(3):
        with ThreadPoolExecutor(1) as pool:
            noticed = pool.submit(lambda: (watch.wait(10, stop), time.monotonic()))
            other()
            written = time.monotonic()
            new, at = noticed.result()
        assert new
        assert at - written < 1
    other()
    assert watch.wait(5, stop)
    assert not watch.wait(0.3, stop)


def test_what_this_process_commits_and_what_nobody_does(desk: Desk, watch: Watch) -> None:
    stop = threading.Event()
    arrives(desk, message())
    watch.wait(0, stop)
    replies.note(desk, 1, "news")
    assert watch.wait(5, stop)
    texts(desk)
    assert not watch.wait(0.3, stop)
    stop.set()
    began = time.monotonic()
    assert not watch.wait(60, stop)
    assert time.monotonic() - began < 5


def _others_away(desk: Desk) -> None:
    """The server ends all connections to the desk, as a restart does."""
    import psycopg

    url = make_url(desk.store.engine.url)
    place = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(place, autocommit=True) as admin:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        admin.execute(query, [url.database])


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_server_that_was_restarted(desk: Desk, watch: Watch) -> None:
    """Reading and writing go on with the next call; the watcher says so, and that something may be new."""
    stop = threading.Event()
    arrives(desk, message())
    watch.wait(0, stop)
    replies.note(desk, 1, "news")
    assert watch.wait(5, stop)
    _others_away(desk)
    with pytest.raises(DeskError) as lost:
        watch.wait(5, stop)
    assert "cannot be reached" in lost.value.what
    assert lost.value.do
    replies.note(desk, 1, "after the restart")
    assert watch.wait(5, stop)
    assert not watch.wait(0.2, stop)
    replies.note(desk, 1, "and later")
    assert watch.wait(5, stop)
    assert texts(desk)[2:] == ["after the restart", "and later"]


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_connection_that_is_lost_in_mid_transaction(desk: Desk) -> None:
    arrives(desk, message())
    with pytest.raises(DeskError) as lost:
        _interrupted(desk)
    assert "cannot be reached" in lost.value.what
    assert texts(desk) == ["Bonjour, ma box est en panne."]
    with desk.store.read() as connection:
        assert connection.execute(text("SELECT subject FROM conversation")).scalar() == "Panne"


def _interrupted(desk: Desk) -> None:
    with desk.store.write() as connection:
        connection.execute(text("UPDATE conversation SET subject = 'half'"))
        _others_away(desk)
        connection.execute(text("UPDATE conversation SET excerpt = 'done'"))


def test_a_look_is_consistent_and_changes_nothing(desk: Desk, other: Callable[[], None]) -> None:
    arrives(desk, message())
    with desk.store.read() as connection:
        before = connection.execute(text("SELECT folded FROM customer")).scalar()
        other()
        assert connection.execute(text("SELECT folded FROM customer")).scalar() == before
    with desk.store.read() as connection:
        assert connection.execute(text("SELECT folded FROM customer")).scalar() == f"{before}again\n"


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_desk_whose_file_is_damaged_under_the_watcher(desk: Desk, watch: Watch) -> None:
    stop = threading.Event()
    watch.wait(0, stop)
    desk.store.close()
    place = Path(desk.store.name)
    place.write_bytes(b"garbage" * 10_000)
    for rest in place.parent.glob(f"{place.name}-*"):
        rest.unlink()
    with pytest.raises(DeskError, match="is not a desk"), desk.store.read():
        pass
    with pytest.raises(DeskError, match="is not a desk"):
        Watch(desk).wait(0, stop)
