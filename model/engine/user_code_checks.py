"""Runtime checks of user-defined rules and procedures: reject non-finite values and missing rows."""

from __future__ import annotations

import bdb
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.engine.binding import BoundEvent, BoundRule
from model.engine.compile.compile_errors import ADVICE, short_message
from model.engine.events import Procedure, Rule
from model.engine.rule_source import RuleError, arguments, is_user_defined, where
from model.engine.state import State

Call = Callable[[int], None]
Run = Callable[[int, Sequence[object]], None]


def checked_procedure(event: Procedure, run: Rule, passed: Sequence[object], state: State) -> Run:
    """Return the procedure as the engine calls it, with step and arguments.

    After a user-defined one, its arrays must hold finite numbers, and its index columns rows that exist.
    """
    if not is_user_defined(event.function):

        def unchecked(step: int, given: Sequence[object]) -> None:
            run(*given)

        return unchecked
    said = f"procedure {event.name} ({where(event.function)})"
    named = list(zip(arguments(event.function), passed, strict=True))
    arrays = [(name, array) for name, array in named if isinstance(array, np.ndarray)]
    limits = [
        (name, array, limit) for name, array in arrays if (limit := _index_limit(array, state)) is not None
    ]

    def call(step: int, given: Sequence[object]) -> None:
        try:
            run(*given)
        except (bdb.BdbQuit, RuleError):
            raise
        except Exception as error:
            if type(error).__module__.startswith("numba"):
                raise RuleError(f"{said} cannot be compiled: {short_message(error)}; {ADVICE}") from None
            raise RuleError(f"{said} fails in quarter {step}: {type(error).__name__}: {error}") from error
        for name, array in arrays:
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                row = int(np.flatnonzero(~np.isfinite(array.ravel()))[0])
                raise RuleError(f"{said} leaves a non-finite number in row {row} of {name} in quarter {step}")
        for name, array, limit in limits:
            if len(array) and (array.min() < 0 or array.max() >= limit):
                raise RuleError(
                    f"{said} leaves a row in {name} that does not exist (0 to {limit - 1}) in quarter {step}"
                )

    return call


def index_writers(bound: BoundEvent, state: State) -> list[tuple[BoundRule, str]]:
    """Return the user-defined rules that write an index column, each with the table that it points to."""
    columns = {column.name: column.index_of for column in state.schema.tables[bound.event.table]}
    return [
        (rule, table)
        for rule in bound.rules
        if is_user_defined(rule.function) and rule.name in bound.writes and (table := columns[rule.name])
    ]


def check_row_indices(bound: BoundEvent, state: State, call: Call) -> Call:
    """Return the event followed by a check of its index columns: compiled code would read out of bounds."""
    found = index_writers(bound, state)
    if not found:
        return call

    def checked(step: int) -> None:
        call(step)
        for rule, table in found:
            values, last = state[bound.event.table][rule.name], state[table].rows - 1
            wrong = np.flatnonzero((values < 0) | (values > last))
            if len(wrong):
                prefix = f"rule {rule.name} ({where(rule.function)}) gives row {values[wrong[0]]} of {table}"
                place = f"row {wrong[0]} of {bound.event.table} in quarter {step}"
                raise RuleError(f"{prefix}, which has rows 0 to {last}, for {place}")

    return checked


def _index_limit(array: NDArray[Any], state: State) -> int | None:
    """Return the rows of the table that an index column points to; None for a column of numbers."""
    for name, columns in state.schema.tables.items():
        for column in columns:
            if column.index_of is None or column.name not in state[name]:
                continue
            if state[name][column.name] is array:
                return state[column.index_of].rows
    return None
