"""Fixtures that every test may use."""

from pathlib import Path

import pytest

_MATERIAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def material() -> Path:
    """The folder of real-world material; the test is skipped where it is absent."""
    if not _MATERIAL.is_dir():
        pytest.skip("the real-world material (../shared/data) is not here")
    return _MATERIAL
