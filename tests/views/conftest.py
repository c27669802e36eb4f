"""Desks for the tests of the interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agentconsole import i18n
from agentconsole.desk.context import Desk
from tests.views.seed import open_seeded

MakeDesk = Callable[..., Desk]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The interface speaks English."""
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[MakeDesk]:
    """Makes desks in the test's folder; all are closed at its end."""
    made: list[Desk] = []

    def make(size: int = 8, **options: object) -> Desk:
        desk = open_seeded(tmp_path, size, **options)  # type: ignore[arg-type]  # (its own)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.store.close()


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A small desk."""
    return make_desk()
