"""A program that is one revision further than this one, so that today's desks are old to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agentconsole.store import migrate, opening

NEXT = "9998"
_MIGRATION = """
import os, signal
from alembic import op
import sqlalchemy as sa

revision = "9998"
down_revision = "{head}"
branch_labels = None
depends_on = None

def upgrade():
    op.create_table("added_later", sa.Column("id", sa.Integer(), primary_key=True))
    if {crash}:
        os.kill(os.getpid(), signal.SIGKILL)
    if {fail}:
        op.execute("INSERT INTO no_such_thing VALUES (1)")
"""


@contextmanager
def next_program(
    monkeypatch: pytest.MonkeyPatch, scripts: Path, *, crash: bool = False, fail: bool = False
) -> Iterator[None]:
    """Within it the program has one migration more; it may crash or fail in its middle."""
    shutil.copytree(Path(migrate.__file__).parent / "migrations", scripts)
    text = _MIGRATION.format(head=migrate.head(), crash=crash, fail=fail)
    (scripts / "versions" / "9998_next.py").write_text(text)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "SCRIPTS", scripts)
        patched.setattr(opening, "HEAD", NEXT)
        yield
