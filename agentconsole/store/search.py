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
INDEXED_BEGINNING = 6
"""Characters up to which SQLite has an index of beginnings (``prefix`` of the table)."""
_ENDINGS = 100

_fts = table("message_search", column("rowid"), column("message_search"))
_tsv = table("message_search", column("seq"), column("words"))
_vocabulary = table("message_word", column("term"))


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


def asked(words: Iterable[str], dialect: str) -> str:
    """The search in the engine's own language: all the words, of which the last one may be a beginning."""
    wanted = tokens(words)
    begins = bool(wanted) and len(wanted[-1]) >= BEGINNING
    if dialect != "sqlite":
        return " & ".join(f"'{token}'" for token in wanted) + (":*" if begins else "")
    return (" ".join(f'"{token}"' for token in wanted) or '""') + ("*" if begins else "")


def asked_here(connection: Connection, words: Sequence[str]) -> str:
    """:func:`asked`, with the words of this desk that go on where the last one ends, if that is a long one.

    SQLite walks words that are named from the newest message on, but gathers all messages of a beginning that it
    has no index for before it tells the first one.
    """
    wanted, dialect = tokens(words), connection.dialect.name
    if dialect != "sqlite" or not wanted or len(wanted[-1]) <= INDEXED_BEGINNING:
        return asked(words, dialect)
    term, last = _vocabulary.c.term, wanted[-1]
    longer = select(term).where(term >= f"{last}0", term < f"{last}\U0010ffff").limit(_ENDINGS)
    endings = connection.execute(longer).scalars().all()
    if len(endings) == _ENDINGS:
        return asked(words, dialect)
    last_one = " OR ".join(f'"{word}"' for word in (last, *endings))
    return " AND ".join([*(f'"{token}"' for token in wanted[:-1]), f"({last_one})"])


def hits(
    query: str,
    dialect: str,
    limit: int | None = None,
    before: int | None = None,
    among: ScalarSelect[Any] | None = None,
) -> Select[Any]:
    """Seqs of the messages that a query (of :func:`asked`) finds, newest first where limited.

    Both engines walk the newest first without sorting: FTS5 by descending rowid, PostgreSQL by its primary key
    where the word is common enough, as its statistics tell it.
    """
    if dialect == "sqlite":
        seq: Any = _fts.c.rowid
        found = select(seq.label("seq")).where(_fts.c.message_search.op("MATCH")(query))
    else:
        seq = _tsv.c.seq
        found = select(seq.label("seq")).where(_tsv.c.words.op("@@")(func.to_tsquery("simple", query)))
    if before is not None:
        found = found.where(seq < before)
    if among is not None:
        found = found.where(seq.in_(among))
    return found.order_by(seq.desc()).limit(limit) if limit is not None else found


def conversations_with(words: Iterable[str], dialect: str) -> Select[Any]:
    """Identifiers of the conversations in which one message holds all the words."""
    return select(message.c.conversation_id).where(message.c.seq.in_(hits(asked(words, dialect), dialect)))
