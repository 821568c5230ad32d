"""The schema of an economy: its tables, and the names by which a row of one reaches the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.columns import Column


def varied_column(name: str) -> str:
    """Return the name of the column that holds the values of a parameter that varies by group."""
    return f"varied_{name}"


@dataclass(frozen=True)
class PairTable:
    """A table with a row for every pair of a first and a second agent.

    ``first`` and ``second`` are (prefix, table); ``through`` reaches further tables by an index column
    of the second: prefix → (table, index column).
    """

    first: tuple[str, str]
    second: tuple[str, str]
    through: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Schema:
    """Tables, and the names by which rules and procedures find their columns.

    ``through``: for each table, prefix → (other table, index column): ``city_wage`` in a rule of firms
    is column ``wage`` of the city in the firm's column ``city``. Longer prefixes come first. ``whole``:
    prefix → table, for procedures, which see whole columns. ``varied``: parameter that varies by group →
    tables with a column ``varied_`` and its name. The table ``nation`` has one row, read by the prefix
    ``nation_`` everywhere.
    """

    tables: Mapping[str, tuple[Column, ...]]
    through: Mapping[str, Mapping[str, tuple[str, str]]]
    pairs: Mapping[str, PairTable]
    whole: Mapping[str, str]
    varied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def has(self, table: str, column: str) -> bool:
        """Return whether the table has that column."""
        return any(item.name == column for item in self.tables[table])

    def find(self, table: str, column: str) -> Column:
        """Return the column of that name."""
        return next(item for item in self.tables[table] if item.name == column)

    def may_be_empty(self, table: str, column: str) -> bool:
        """Return whether the column, which holds rows of a table, may hold none in some rows."""
        return self.find(table, column).may_be_empty

    def start(self, table: str, column: str) -> float:
        """Return the initial value of the column, which rules read where the column is switched off."""
        return self.find(table, column).start

    def column(self, name: str, prefix: str, table: str) -> str | None:
        """Return the column of the table that the name denotes with this prefix; None if there is none."""
        column = name.removeprefix(prefix)
        return column if name.startswith(prefix) and self.has(table, column) else None

    def reached(self, table: str) -> Mapping[str, tuple[str, str]]:
        """Return the tables that a row reaches by its index columns: prefix → (table, index column)."""
        return self.through.get(table, {})
