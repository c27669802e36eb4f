"""Indexes of some rows only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Index, text


def partial_index(name: str, where: str, *columns: ColumnElement[Any], unique: bool = False) -> Index:
    """An index, on either engine, of those rows alone for which ``where`` (SQL) is true."""
    only = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


def present_index(name: str, first: Column[Any], *columns: Column[Any]) -> Index:
    """An index of those rows alone that have something in its first column."""
    return partial_index(name, f"{first.name} IS NOT NULL", first, *columns)
