"""Markets and rules of one's own: rows that do not exist and numbers that are not finite are refused."""

from __future__ import annotations

import bdb
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from model.engine.binding import Bound, BoundRule
from model.engine.events import Procedure
from model.engine.rule_source import RuleError, arguments, is_own, where
from model.engine.state import State

Run = Callable[[int, list[Any]], None]


def guarded(event: Procedure, run: Callable[..., Any], passed: Sequence[Any], state: State) -> Run:
    """The market as the engine calls it: step and arguments.

    One of the model's own is called as it is. After one of a person's own the arrays that it was passed are
    looked at: they must hold finite numbers, and columns of rows must point to rows that exist.
    """
    if not is_own(event.function):
        return lambda step, given: run(*given)
    said = f"market {event.name} ({where(event.function)})"
    named = list(zip(arguments(event.function), passed, strict=True))
    arrays = [(name, array) for name, array in named if isinstance(array, np.ndarray)]
    limits = [
        (name, array, limit) for name, array in arrays if (limit := _rows_meant(array, state)) is not None
    ]

    def call(step: int, given: list[Any]) -> None:
        try:
            run(*given)
        except (bdb.BdbQuit, RuleError):
            raise
        except Exception as error:
            if type(error).__module__.startswith("numba"):
                what = " ".join(str(error).split())[:300]
                raise RuleError(
                    f"{said} cannot be compiled: {what}; mark it @interpreted to run it as plain Python"
                ) from None
            raise RuleError(f"{said} fails in quarter {step}: {type(error).__name__}: {error}") from error
        for name, array in arrays:
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                row = int(np.flatnonzero(~np.isfinite(array.ravel()))[0])
                raise RuleError(f"{said} leaves no finite number in row {row} of {name} in quarter {step}")
        for name, array, limit in limits:
            if len(array) and (array.min() < 0 or array.max() >= limit):
                raise RuleError(
                    f"{said} leaves a row in {name} that does not exist (0 to {limit - 1}) in quarter {step}"
                )

    return call


def pointing(bound: Bound, state: State) -> list[tuple[BoundRule, str]]:
    """Rules of one's own that write a column of rows, each with the table that it points to."""
    columns = {column.name: column.index_of for column in state.schema.tables[bound.event.table]}
    return [
        (rule, table)
        for rule in bound.rules
        if is_own(rule.function) and rule.name in bound.writes and (table := columns[rule.name])
    ]


def rows_exist(bound: Bound, state: State, call: Callable[[int], None]) -> Callable[[int], None]:
    """The event, and then a look at what such rules wrote: compiled code would read beyond a table's end."""
    found = pointing(bound, state)
    if not found:
        return call

    def checked(step: int) -> None:
        call(step)
        for rule, table in found:
            values, last = state[bound.event.table][rule.name], state[table].rows - 1
            wrong = np.flatnonzero((values < 0) | (values > last))
            if len(wrong):
                said = f"rule {rule.name} ({where(rule.function)}) gives row {values[wrong[0]]} of {table}"
                raise RuleError(
                    f"{said}, where there are 0 to {last}, for row {wrong[0]} of {bound.event.table} in "
                    f"quarter {step}"
                )

    return checked


def _rows_meant(array: Any, state: State) -> int | None:
    """Rows of the table that a column points to; None for a column of numbers."""
    for name, columns in state.schema.tables.items():
        for column in columns:
            if (
                column.index_of is not None
                and column.name in state[name]
                and state[name][column.name] is array
            ):
                return state[column.index_of].rows
    return None
