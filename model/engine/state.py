"""The state of an economy: tables of one array per column, one row per agent (or per pair of agents)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from agents.columns import Column
from agents.view import Deciding
from model.engine.events import is_on
from model.engine.schema import Schema

Array = NDArray[np.float64] | NDArray[np.int32]


class Table:
    """Columns of equal length. ``table["talent"]`` is the array itself, shape (rows,).

    Columns of a mechanism that ``parameters`` switch off are left out.
    """

    def __init__(
        self, rows: int, columns: tuple[Column, ...], parameters: Mapping[str, float] | None = None
    ) -> None:
        self.rows = rows
        self.passed_on: tuple[str, ...] = ()  # columns for results between the parts of an event
        self.deciding = Deciding()
        self.columns: dict[str, Array] = {}
        for column in columns:
            if parameters is not None and not is_on(column.when, parameters):
                continue
            if column.index_of is None:
                self.columns[column.name] = np.full(rows, column.start, dtype=np.float64)
            else:
                self.columns[column.name] = np.full(rows, int(column.start), dtype=np.int32)

    def grow(self, rows: int, columns: tuple[Column, ...]) -> None:
        """Append rows of start values until the table has ``rows``."""
        fresh = Table(rows - self.rows, columns)
        for name, values in self.columns.items():
            self.columns[name] = np.concatenate([values, fresh[name]])
        self.rows = rows

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def __setitem__(self, name: str, values: object) -> None:
        self.columns[name][:] = values  # type: ignore[call-overload]

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __repr__(self) -> str:
        return f"<{self.rows} rows: {', '.join(self.columns)}>"

    @property
    def bytes(self) -> int:
        """Memory of all columns, bytes."""
        return sum(values.nbytes for values in self.columns.values())


class State:
    """All tables of one economy, and arrays that procedures work on (network routes, scratch)."""

    def __init__(
        self, rows: Mapping[str, int], schema: Schema, parameters: Mapping[str, float] | None = None
    ) -> None:
        self.schema = schema
        self.tables = {
            name: Table(rows[name], columns, parameters) for name, columns in schema.tables.items()
        }
        self.arrays: dict[str, Array | NDArray[np.int64]] = {}

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def __repr__(self) -> str:
        tables = ", ".join(
            f"{name} ({table.rows:,} × {len(table.columns)})" for name, table in self.tables.items()
        )
        return f"<State, tables with rows × columns: {tables}>"

    @property
    def absent(self) -> frozenset[tuple[str, str]]:
        """Columns, as (table, column), that are left out because their mechanism is off."""
        return frozenset(
            (name, column.name)
            for name, columns in self.schema.tables.items()
            for column in columns
            if column.name not in self.tables[name]
        )

    @property
    def bytes(self) -> int:
        """Memory of all tables and arrays, bytes."""
        return sum(t.bytes for t in self.tables.values()) + sum(a.nbytes for a in self.arrays.values())
