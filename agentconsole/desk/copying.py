"""Copying or moving a desk to another place: from a file to PostgreSQL, back, or between two of a kind.

The copy is of one moment: consoles can look at the desk meanwhile, and cannot write. It can be broken off at any time:
the next one reads what was copied again, and goes on where that is still what the desk holds. In the end every row and
every attachment is read back, and the ledger is verified; only then can the copy be opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Table, func, make_url, select

from agentconsole.errors import DamagedError, DeskError, UsageError
from agentconsole.i18n import _
from agentconsole.store import blobs
from agentconsole.store.copying import rows
from agentconsole.store.copying.content import Content
from agentconsole.store.copying.source import kept_still, shut
from agentconsole.store.copying.target import Place, Target, look_at
from agentconsole.store.delivery_tables import outbox
from agentconsole.store.engine import Store, address, connect
from agentconsole.store.ledger import guards, verifying
from agentconsole.store.opening import open_desk

Progress = Callable[[str, int, int], None]
"""Called with what is being done, "copy" or "check", how much of it is done, and how much there is."""
_ROWS = 5_000
_BYTES = 8 << 20
"""Of one transaction of the copy, at most."""


@dataclass(frozen=True)
class Where:
    """A desk's place.

    :param desk: as agentconsole.toml names it. :param files: folder of its attachments, where it is not the usual one.
    """

    desk: str
    files: str | None = None


@dataclass(frozen=True)
class Copied:
    """What a copy came to.

    :param name: where it is, to be shown: no password.
    :param rows: how many of each table. :param attachments: how many different ones.
    :param damaged: digests of attachments that the desk itself has lost: the copy does not have them either.
    :param undelivered: replies that are still to be sent, which both desks would.
    :param resumed: rows that an earlier, unfinished copy had brought.
    """

    name: str
    rows: dict[str, int]
    attachments: int
    damaged: tuple[str, ...]
    undelivered: int
    resumed: int


def copy(source: Where, target: Where, folder: Path, *, move: bool = False, progress: Progress | None = None) -> Copied:
    """Copy the desk at ``source`` to ``target``, or go on with a copy that was broken off.

    :param folder: from where on names of files count.
    :param move: let no console open the desk at ``source`` any more.
    :raises UsageError: there is no desk, or the target is one in use. Nothing was changed.
    :raises DeskError: one of them cannot be used, or the copy is not what was copied.
    """
    with _source(source, folder) as old, _target(target, folder) as new:
        if _same(old, new):
            raise UsageError(_("A desk cannot be copied onto itself."), _("Name another address."))
        place = look_at(new)
        if place not in (Place.NEW, Place.EMPTY, Place.UNFINISHED):
            _refuse(new, place)
        if place is Place.NEW:
            open_desk(target.desk, folder, files=target.files).close()
        with kept_still(old, alone=move) as look, Target(new) as there:
            if place is not Place.UNFINISHED:
                there.begin()
            done = _Copy(old, look, there, progress or _quiet).run(move=move)
            there.finish()
            name = _shown(target.desk, folder)
            if move:
                shut(look, name)
            return replace(done, name=name)


class _Changed(Exception):
    """What was copied is not what the desk holds any more."""


class _Copy:
    def __init__(self, old: Store, look: Connection, there: Target, progress: Progress) -> None:
        self._old, self._look, self._there, self._progress = old, look, there, progress
        self._tables = rows.tables()
        self._digests = rows.digests(look)
        self._total = sum(rows.count(look, table) for table in self._tables) + len(self._digests)
        self._contents: dict[str, Content] = {}
        self._damaged: list[str] = []
        self._did = self._resumed = 0

    def run(self, *, move: bool) -> Copied:
        """Everything, and what came of it."""
        try:
            self._copy_tables(self._there.done())
        except _Changed:
            self._there.empty()
            self._contents, self._did, self._resumed = {}, 0, 0
            self._copy_tables({})
        self._copy_bytes()
        with self._there.writing() as connection:
            rows.count_on(connection, rows.counters(self._look))
            rows.put_kin(connection, rows.kin(self._look))
        self._check()
        waiting = select(func.count()).select_from(outbox).where(outbox.c.state != "sent")
        return Copied(
            name="",
            rows={name: content.rows for name, content in self._contents.items()},
            attachments=len(self._digests) - len(self._damaged),
            damaged=tuple(self._damaged),
            undelivered=0 if move else int(self._look.execute(waiting).scalar_one()),
            resumed=self._resumed,
        )

    def _tell(self, what: str, more: int) -> None:
        self._did += more
        self._progress(what, min(self._did, self._total), self._total)

    def _copy_tables(self, done: dict[str, tuple[int, str]]) -> None:
        for table in self._tables:
            content = self._contents[table.name] = Content(table)
            before = done.get(table.name, content.state)
            some: list[rows.Row] = []
            size = 0
            for row in rows.read(self._look, table):
                size += content.add(row)
                if content.rows <= before[0]:
                    if content.rows == before[0]:
                        self._went_on(content, before)
                        size = 0
                    continue
                some.append(row)
                if len(some) >= _ROWS or size >= _BYTES:
                    self._put(table, some, content)
                    some, size = [], 0
            if content.rows < before[0]:
                raise _Changed
            if some:
                self._put(table, some, content)

    def _went_on(self, content: Content, before: tuple[int, str]) -> None:
        if content.state != before:
            raise _Changed
        self._resumed += content.rows
        self._tell("copy", content.rows)

    def _put(self, table: Table, some: list[rows.Row], content: Content) -> None:
        with self._there.writing() as connection:
            rows.put(connection, table, some)
            self._there.note(connection, table.name, content.state)
        self._tell("copy", len(some))

    def _copy_bytes(self) -> None:
        waiting = iter(self._digests)
        left = True
        while left:
            size, done = 0, 0
            with self._there.writing() as connection:
                while size < _BYTES and (digest := next(waiting, None)) is not None:
                    done += 1
                    with self._noted(digest):
                        data = blobs.read(self._old, self._look, digest)
                        size += len(data)
                        blobs.keep(self._there.store, connection, data)
                left = size >= _BYTES
            self._tell("copy", done)

    @contextmanager
    def _noted(self, digest: str) -> Iterator[None]:
        try:
            yield
        except DamagedError:
            self._damaged.append(digest)

    def _check(self) -> None:
        """Read everything back."""
        self._did, wrong = 0, []
        with self._there.writing() as connection:
            for table in self._tables:
                content, told = Content(table), 0
                for row in rows.read(connection, table):
                    content.add(row)
                    if content.rows - told == _ROWS:
                        told = content.rows
                        self._tell("check", _ROWS)
                self._tell("check", content.rows - told)
                if content.state != self._contents[table.name].state:
                    wrong.append(f"{table.name}: {content.rows} ≠ {self._contents[table.name].rows}")
            for digest in sorted(set(self._digests) - set(self._damaged)):
                blobs.read(self._there.store, connection, digest)
                self._tell("check", 1)
            wrong += self._ledger(connection)
        self._tell("check", self._total)
        if wrong:
            raise DeskError(
                _("{desk}: the copy is not what was copied: {what}.").format(
                    desk=self._there.store.name, what="; ".join(wrong[:5])
                ),
                _("The desk that was copied is as it was. Copy it to another place, and please report this."),
            )

    def _ledger(self, connection: Connection) -> list[str]:
        """What verifying finds here and did not find there, and whether the chains end where they did."""
        known = {(one.code, one.where) for one in verifying.verify(self._look)}
        found = verifying.verify(connection, verifying.heads(self._look))
        wrong = [f"{one.where}: {one.what}" for one in found if (one.code, one.where) not in known]
        return wrong + (guards.altered(connection) if self._there.store.sqlite else [])


@contextmanager
def _source(where: Where, folder: Path) -> Iterator[Store]:
    """The desk there, brought up to date where it is old; none is made."""
    url = address(where.desk, folder)
    if url.get_backend_name() != "sqlite":
        looked = connect(url)
        try:
            place = look_at(looked)
        finally:
            looked.close()
        if place is Place.NEW:
            raise UsageError(_("{desk} holds no desk.").format(desk=looked.name), _("Check the first address."))
    store = open_desk(where.desk, folder, files=where.files, create=False)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _target(where: Where, folder: Path) -> Iterator[Store]:
    """What is there, opened without asking whether it may be."""
    url = address(where.desk, folder)
    files = None
    if url.get_backend_name() == "sqlite" and url.database:
        place = Path(url.database)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeskError(
                f"{_('The folder of the desk cannot be made:')} {error}.", _("Check the second address.")
            ) from None
        files = place.with_suffix(".files")
    store = connect(url, (folder / where.files).absolute() if where.files else files)
    try:
        yield store
    finally:
        store.close()


def _refuse(store: Store, place: Place) -> None:
    if place is Place.OTHER:
        raise UsageError(
            _("{desk}: another version of agentconsole began to copy there, or it is no desk.").format(desk=store.name),
            _("Name another address, or take away what is there."),
        )
    raise UsageError(
        _("{desk} is a desk in use: nothing is copied onto it.").format(desk=store.name),
        _("Name the address of a new file, or of a new database."),
    )


def _shown(desk: str, folder: Path) -> str:
    """An address as it was given, but for a password; of a file all of it."""
    if "://" not in desk:
        return str((folder / Path(desk).expanduser()).absolute())
    url = make_url(desk)
    return desk if url.password is None else url.set(password=None).render_as_string()


def _same(one: Store, other: Store) -> bool:
    if one.sqlite and other.sqlite:
        with suppress(OSError):
            return Path(one.name).samefile(other.name)
    mine, theirs = one.engine.url, other.engine.url
    return (mine.host, mine.port, mine.database) == (theirs.host, theirs.port, theirs.database)


def _quiet(what: str, done: int, total: int) -> None:
    del what, done, total
