"""The disk of a desk is full: nothing that was said to be stored is lost, and it goes on once there is room."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from agentconsole.desk import conversations, replies
from agentconsole.errors import DeskError
from tests.faults.conftest import Floor, until
from tests.faults.server import Server

_SMALL = 48 << 20
"""Bytes: a desk in PostgreSQL begins with some fifteen million."""
_MANY = 400


class Disk:
    """A file system of its own, in memory, that holds no more than it was made for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rest = folder / "rest"

    def fill(self, left: int) -> None:
        """Take all room but so many bytes."""
        free = os.statvfs(self.folder)
        size = free.f_bavail * free.f_frsize - left
        with self._rest.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def make_room(self) -> None:
        """Give it back."""
        self._rest.unlink()


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A small one; only root may mount it. Not in pytest's own folder, which is closed to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="agentconsole-disk-"))
    folder.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SMALL},mode=0755", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("a small disk takes the right to mount one")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture(params=["sqlite", "postgresql"])
def cramped(
    request: pytest.FixtureRequest, disk: Disk, server: Server, on_floor: Callable[[str], Floor]
) -> Iterator[Floor]:
    """A floor whose desk is on the small disk: once on each engine."""
    if request.param == "sqlite":
        yield on_floor(str(disk.folder / "desk.sqlite"))
        return
    name = f"desk_{uuid4().hex}"
    place = disk.folder / "tables"
    place.mkdir()
    server.own(place)
    server.run(f"CREATE TABLESPACE {name} LOCATION '{place}'")
    server.run(f"CREATE DATABASE {name} TABLESPACE {name}")
    floor = on_floor(server.address(name))
    yield floor
    floor.end()
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
    server.run(f"DROP TABLESPACE {name}")


def test_a_full_disk(cramped: Floor, disk: Disk) -> None:
    floor = cramped
    service = floor.begin(floor.configured(floor.direct, "service"))
    numbers = floor.customers(4)
    disk.fill(left=256 << 10)
    written, refused = [], None
    for turn in range(_MANY):
        number, words = numbers[turn % 4], f"{turn} " + "of many words " * 200
        try:
            replies.reply(floor.desk, number, words)
            written.append(words)
        except DeskError as error:
            refused = error
            break
    assert refused is not None, "the disk was not full"
    assert "the disk is full" in refused.what
    assert refused.do
    for nth in range(20):
        floor.office.writes("there is no room " * 500, who=f"{nth}@z.example")
    assert len(conversations.open_thread(floor.desk, numbers[0]).messages) > 1, "what is there can be read"
    disk.make_room()
    until(lambda: len(floor.numbers()) == len(floor.office.inbox), "nobody pulls any more")
    floor.delivered()
    floor.right(written)
    assert service.poll() is None
    if floor.desk.store.sqlite:
        with floor.desk.store.read() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
