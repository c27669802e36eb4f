"""The index of words: FTS5 on SQLite, tsvector on PostgreSQL, over text folded by :func:`agentconsole.text.fold`.

Folding is done here rather than by each engine, so that both find the same: accents, case and compatibility
forms do not matter. Each message is indexed once, when it is stored, up to :data:`INDEXED` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, column, func, select, table, text

from agentconsole.store.tables import message
from agentconsole.text import fold

INDEXED = 100_000
"""Characters of a message that can be found by their words."""
BEGINNING = 3
"""Characters from which the last word of a search may be the beginning of one."""
_WORD = re.compile(r"[^\W_]{1,100}")
"""One word. PostgreSQL takes none beyond 2 kB, so an endless one is cut into several, here as in a query."""
ASKED = 32
"""Words of a query that are looked for."""

_fts = table("message_search", column("rowid"), column("message_search"))
_tsv = table("message_search", column("seq"), column("words"))


def words_of(*texts: str) -> str:
    """What is indexed of a message: its folded words, one blank between them."""
    return " ".join(_WORD.findall(fold("\n".join(texts)[:INDEXED])[:INDEXED]))


def index(connection: Connection, entries: Sequence[tuple[int, str]]) -> None:
    """Make messages findable: pairs of a message's seq and its :func:`words_of`."""
    if not entries:
        return
    if connection.dialect.name == "sqlite":
        statement = text("INSERT INTO message_search (rowid, words) VALUES (:seq, :words)")
    else:
        statement = text("INSERT INTO message_search (seq, words) VALUES (:seq, to_tsvector('simple', :words))")
    connection.execute(statement, [{"seq": seq, "words": words} for seq, words in entries])


def forget(connection: Connection, entries: Sequence[tuple[int, str]]) -> None:
    """Take messages out of the index again; SQLite needs the words they were put in with."""
    if connection.dialect.name == "sqlite":
        statement = text("INSERT INTO message_search (message_search, rowid, words) VALUES ('delete', :seq, :words)")
    else:
        statement = text("DELETE FROM message_search WHERE seq = :seq")
    for seq, words in entries:
        connection.execute(statement, {"seq": seq, "words": words} if "words" in statement.text else {"seq": seq})


def tokens(words: Iterable[str]) -> list[str]:
    """The words to look for, :data:`ASKED` at most; what holds several (``l'été``) is several."""
    return list(islice((token for word in words for token in _WORD.findall(fold(word))), ASKED))


def hits(
    words: Iterable[str],
    dialect: str,
    limit: int | None = None,
    before: int | None = None,
    among: ScalarSelect[Any] | None = None,
) -> Select[Any]:
    """Seqs of the messages that hold all the words, newest first where limited; the last word may be a beginning.

    Both engines walk the newest first without sorting: FTS5 by descending rowid, PostgreSQL by its primary key
    where the word is common enough, as its statistics tell it.
    """
    wanted = tokens(words)
    if dialect == "sqlite":
        seq: Any = _fts.c.rowid
        query = select(seq.label("seq")).where(_fts.c.message_search.op("MATCH")(_fts5(wanted)))
    else:
        seq = _tsv.c.seq
        query = select(seq.label("seq")).where(_tsv.c.words.op("@@")(func.to_tsquery("simple", _tsquery(wanted))))
    if before is not None:
        query = query.where(seq < before)
    if among is not None:
        query = query.where(seq.in_(among))
    return query.order_by(seq.desc()).limit(limit) if limit is not None else query


def _fts5(wanted: list[str]) -> str:
    beginning = "*" if wanted and len(wanted[-1]) >= BEGINNING else ""
    return " ".join(f'"{token}"' for token in wanted) + beginning if wanted else '""'


def _tsquery(wanted: list[str]) -> str:
    beginning = ":*" if wanted and len(wanted[-1]) >= BEGINNING else ""
    return " & ".join(f"'{token}'" for token in wanted) + beginning


def conversations_with(words: Iterable[str], dialect: str) -> Select[Any]:
    """Identifiers of the conversations in which one message holds all the words."""
    return select(message.c.conversation_id).where(message.c.seq.in_(hits(words, dialect)))
