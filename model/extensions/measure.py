"""``Measure``: a number that every run records, from a column of any table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.engine.schema import Schema
from model.engine.state import State

Values = NDArray[np.float64]
BY = ("city", "nation")
YEARLY = ("mean", "sum", "last")


@dataclass(frozen=True)
class Measure:
    """A number that is recorded in every quarter, of each city or of the country.

    Parameters
    ----------
    name:
        Its name in the panel, in metrics of sweeps and in Mesa's ``DataCollector``.
    column:
        ``table.column``: of firms, providers, the nation, a kind of agents of one's own, or any other table.
    by:
        ``city``: of each city, in the panel, and of the country; ``nation``: of the country alone.
    how:
        ``sum``, ``mean``, ``max`` or ``min`` over the agents at work; 0 where there is none.
    yearly:
        How quarters become a year: ``mean``, ``sum`` (flows) or ``last``.
    unit, meaning:
        For tables and lists.
    """

    name: str
    column: str
    by: str = "nation"
    how: str = "sum"
    yearly: str = "mean"
    unit: str = ""
    meaning: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Table and column."""
        table, _, column = self.column.partition(".")
        return table, column


def _sum(values: Values, rows: NDArray[np.int64], count: int) -> Values:
    return np.bincount(rows, weights=values, minlength=count)


def _mean(values: Values, rows: NDArray[np.int64], count: int) -> Values:
    there = np.bincount(rows, minlength=count)
    return np.divide(_sum(values, rows, count), there, out=np.zeros(count), where=there > 0)


def _extreme(of: np.ufunc, start: float) -> Callable[[Values, NDArray[np.int64], int], Values]:
    def found(values: Values, rows: NDArray[np.int64], count: int) -> Values:
        best = np.full(count, start)
        of.at(best, rows, values)
        return np.where(np.isfinite(best), best, 0.0)

    return found


HOW = {"sum": _sum, "mean": _mean, "max": _extreme(np.maximum, -np.inf), "min": _extreme(np.minimum, np.inf)}


def mistake(one: Measure, schema: Schema, taken: set[str]) -> str:
    """Return what is wrong with a measure of a model with these tables; empty if nothing is."""
    table, column = one.place
    for what, known in (("by", BY), ("how", tuple(HOW)), ("yearly", YEARLY)):
        if getattr(one, what) not in known:
            return f"{what} cannot be {getattr(one, what)!r}: it is one of {', '.join(known)}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", one.name):
        return "its name must be lower-case, such as mean_credit"
    if one.name in taken:
        return "its name is taken by a column of cities, a measure or a parameter"
    if table not in schema.tables:
        return f"there is no table {table!r}: there are {', '.join(schema.tables)}"
    if not schema.has(table, column):
        return f"{table} has no column {column!r}"
    if one.by == "city" and table != "cities" and city_column(schema, table) is None:
        return f"{table} has no column that holds rows of cities: give by='nation'"
    return ""


def city_column(schema: Schema, table: str) -> str | None:
    """Return the column of a table that holds rows of cities, the first if there are several."""
    return next((column.name for column in schema.tables[table] if column.index_of == "cities"), None)


def measured(one: Measure, state: State, at_work: str | None, by: str) -> Values:
    """Return the value of each city, (C,), or of the country, (1,); ``at_work`` is 1 in rows that count."""
    table, column = one.place
    count = state["cities"].rows if by == "city" else 1
    if column not in state[table]:  # its mechanism is off
        return np.zeros(count)
    values = state[table][column].astype(np.float64)
    rows = np.zeros(len(values), dtype=np.int64)
    if by == "city":
        index = city_column(state.schema, table)
        rows = np.arange(len(values)) if index is None else state[table][index].astype(np.int64)
    there = rows >= 0
    if at_work is not None:
        there &= state[table][at_work] > 0.5
    values, rows = values[there], rows[there]
    return HOW[one.how](values, rows, count)
