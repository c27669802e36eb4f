"""The server is killed, and the line to it is cut: nothing is lost, nothing is done twice, everybody comes back."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from agentconsole.cli import main
from agentconsole.errors import DeskError
from tests.faults.conftest import PATIENCE, Floor, persists, until
from tests.faults.server import Server
from tests.servers.relay import Relay


def _answers(floor: Floor, address: str, numbers: list[int], each: int) -> list[str]:
    """Two advisers at their own consoles answer everybody, persistently."""
    desks = [floor.at(address) for _ in range(2)]

    def works(nth: int) -> list[str]:
        desk, mine = desks[nth], numbers[nth::2]
        return [persists(desk, number, f"{number}.{turn}") for turn in range(each) for number in mine]

    with ThreadPoolExecutor(2) as advisers:
        done = [words for some in advisers.map(works, range(2)) for words in some]
    for desk in desks:
        desk.store.close()
    return done


@contextmanager
def _meanwhile(does: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=does)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_the_server_is_killed_and_begins_again(floor: Floor, server: Server) -> None:
    services = [floor.begin(floor.configured(floor.direct, "service")) for _ in range(2)]
    numbers = floor.customers(6)
    dice = random.Random(5)

    def fails() -> None:
        for _ in range(2):
            threading.Event().wait(dice.uniform(0.3, 0.8))
            server.stop("immediate")
            threading.Event().wait(dice.uniform(0.1, 1.0))
            server.start()

    with _meanwhile(fails):
        written = _answers(floor, floor.direct, numbers, 4)
    floor.office.writes("after it all", who="late@x.example")
    until(lambda: len(floor.numbers()) == len(numbers) + 1, "nobody pulls any more")
    floor.delivered()
    floor.right(written)
    assert all(service.poll() is None for service in services), "they came back by themselves"


def test_the_line_is_cut(floor: Floor, server: Server, database: str) -> None:
    with Relay(server.port) as relay:
        over = server.address(database, relay.port)
        services = [floor.begin(floor.configured(over, "service")) for _ in range(2)]
        numbers = floor.customers(6)
        dice = random.Random(6)

        def cuts() -> None:
            for _ in range(4):
                threading.Event().wait(dice.uniform(0.3, 1))
                relay.cut()

        with _meanwhile(cuts):
            written = _answers(floor, over, numbers, 4)
        floor.delivered()
        floor.right(written)
        assert all(service.poll() is None for service in services)


def test_the_answer_to_a_commit_is_lost(floor: Floor, server: Server, database: str) -> None:
    """The adviser cannot know whether it is stored, and sends again: it is there once."""
    services = floor.begin(floor.configured(floor.direct, "service"))
    numbers = floor.customers(3)
    lost: list[bytes] = []

    def alter(piece: bytes) -> bytes | None:
        if b"COMMIT\0" in piece and len(lost) < 6:
            lost.append(piece)
            return None
        return piece

    with Relay(server.port) as relay:
        desk = floor.at(server.address(database, relay.port))
        relay.alter = alter
        written = [persists(desk, number, f"said {number}") for number in numbers]
        desk.store.close()
    assert len(lost) >= 3
    floor.delivered()
    floor.right(written)
    assert services.poll() is None


def test_a_desk_that_is_away_is_said_to_be(floor: Floor, server: Server, database: str) -> None:
    """Nobody waits for long, and whoever is told knows what to do."""
    with Relay(server.port) as relay:
        desk = floor.at(server.address(database, relay.port))
        relay.alter = lambda piece: None
        relay.cut()
        with pytest.raises(DeskError, match="cannot be reached") as refused:
            persists_once(desk)
        assert "tries again" in refused.value.do
        relay.alter = lambda piece: piece
        persists_once(desk)
        desk.store.close()


def persists_once(desk: object) -> None:
    """One look."""
    from tests.incoming import everything

    everything(desk)  # type: ignore[arg-type]  # (a Desk)


def test_a_service_begins_before_the_server(floor: Floor, server: Server) -> None:
    """It waits and says so; told to stop it ends, and left alone it comes to work."""
    config = floor.configured(floor.direct, "service")
    server.stop("fast")
    stopped, stays = floor.begin(config), floor.begin(config, listen=True)
    until(lambda: "It is tried again" in floor.said(0), "it does not say that it waits")
    stopped.terminate()
    assert stopped.wait(PATIENCE) == 0
    until(lambda: "It is tried again" in floor.said(1), "it does not say that it waits")
    (where,) = re.findall(r"http://\S+", floor.said(1))
    assert httpx.get(f"{where}/healthz").status_code == 200
    ready = httpx.get(f"{where}/readyz")
    assert (ready.status_code, ready.json()["why"]) == (503, "the desk cannot be reached")
    assert httpx.get(f"{where}/metrics").status_code == 503
    server.start()
    assert len(floor.customers(1)) == 1
    until(lambda: httpx.get(f"{where}/readyz").status_code == 200, "it does not say that it is ready")
    assert "agentconsole_desk_up 1.0" in httpx.get(f"{where}/metrics").text
    assert floor.said(1).count("It is tried again") == 1
    assert stays.poll() is None


@pytest.mark.parametrize("wrong", ["nobody", "once"])
def test_a_service_that_need_not_wait(
    floor: Floor, server: Server, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What waiting does not mend ends it at once, and so does a server out of reach where it is to work once."""
    if wrong == "once":
        server.stop("fast")
    address = floor.direct if wrong == "once" else f"{floor.direct}_gone"
    config = floor.configured(address, "service")
    assert main(["--config", str(config), "sync", *(["--once"] if wrong == "once" else [])]) != 0
    said = "cannot be reached" if wrong == "once" else "does not exist as named"
    assert said in capsys.readouterr().err
