"""Checks of user-defined rules and procedures: reject what does nothing, non-finite values, missing rows."""

from __future__ import annotations

import ast
import bdb
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.engine.binding import BoundEvent, BoundRule
from model.engine.compile.compile_errors import ADVICE, short_message
from model.engine.events import Procedure, Rule
from model.engine.interpreter import failing_line
from model.engine.rule_source import RuleError, arguments, as_python, is_interpreted, is_user_defined, where
from model.engine.state import State

Call = Callable[[int], None]
Run = Callable[[int, Sequence[object]], None]
RAISES = re.compile(r"^\s*(raise (?!FloatingPointError)|assert )", re.MULTILINE)  # in generated source


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
    _check_effect(said, event.function, {name for name, _ in arrays})
    limits = [
        (name, array, *limit) for name, array in arrays if (limit := _index_limits(array, state)) is not None
    ]

    def call(step: int, given: Sequence[object]) -> None:
        try:
            run(*given)
        except (bdb.BdbQuit, RuleError):
            raise
        except Exception as error:
            if type(error).__module__.startswith("numba"):
                raise RuleError(f"{said} cannot be compiled: {short_message(error)}; {ADVICE}") from None
            line = _line_that_fails(event.function, given, error)
            raise RuleError(
                f"procedure {event.name} ({line}) fails in quarter {step}: {type(error).__name__}: {error}"
            ) from error
        for name, array in arrays:
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                row = int(np.flatnonzero(~np.isfinite(array.ravel()))[0])
                raise RuleError(f"{said} leaves a non-finite number in row {row} of {name} in quarter {step}")
        for name, array, first, last in limits:
            if len(array) and (array.min() < first or array.max() > last):
                raise RuleError(
                    f"{said} leaves a row in {name} that does not exist ({first} to {last}) in quarter {step}"
                )

    return call


def _line_that_fails(function: Rule, given: Sequence[object], error: Exception) -> str:
    """Return the line of a procedure that fails; compiled code knows none: run it again on copies."""
    if is_interpreted(function) or any(isinstance(item, memoryview) for item in given):
        return failing_line(error, function)
    copies = [memoryview(item.copy()) if isinstance(item, np.ndarray) else item for item in given]
    try:
        as_python(function)(*copies)
    except Exception as again:
        return failing_line(again, function)
    return where(function)


def _check_effect(said: str, function: Rule, arrays: set[str]) -> None:
    """Reject a procedure that binds the name of a column to something else, or returns a value.

    Both look like a change of the column and are none.
    """
    for node in _nodes_of(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in arrays:
            name = node.id
            raise RuleError(
                f"{said} assigns to the name {name}, which does not change the column: write to its rows, "
                f"{name}[row] = …, and give a value of your own another name"
            )
        if _gives_a_value(node):
            raise RuleError(f"{said} returns a value, which nothing reads: a procedure writes to columns")


def returns_a_value(function: Rule) -> bool:
    """Return whether a function returns something, as far as its source can be read."""
    return any(map(_gives_a_value, _nodes_of(function)))


def _gives_a_value(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and not (node.value is None or _is_none(node.value))


def _nodes_of(function: Rule) -> Iterator[ast.AST]:
    """Yield the nodes of a function; none if its source cannot be read."""
    try:
        definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):
        return
    yield from _own_nodes(definition)


def _own_nodes(definition: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions and ``+=`` on arrays inside it."""
    for node in ast.iter_child_nodes(definition):
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp):
            continue
        if isinstance(node, ast.AugAssign):  # which works in place on an array
            continue
        yield node
        yield from _own_nodes(node)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def interpreted_if_raised(bound: BoundEvent, state: State, text: str, call: Call, again: Call) -> Call:
    """Return an event with rules that may ``raise``: run again, interpreted, which names rule, row and line.

    Compiled code tells none of them. ``again`` starts from the same columns.
    """
    if not (RAISES.search(text) and any(is_user_defined(rule.function) for rule in bound.rules)):
        return call
    columns = [state[bound.event.table][name] for name in bound.writes]

    def guarded(step: int) -> None:
        before = [values.copy() for values in columns]
        try:
            call(step)
        except RuleError:
            raise
        except Exception:
            for values, earlier in zip(columns, before, strict=True):
                values[:] = earlier
            again(step)
            raise

    return guarded


def index_writers(bound: BoundEvent, state: State) -> list[tuple[BoundRule, str, int]]:
    """Return user-defined rules that write an index column, each with its table and the first row allowed.

    That is -1 where the column may hold no row.
    """
    columns = {column.name: column for column in state.schema.tables[bound.event.table]}
    return [
        (rule, table, -1 if columns[rule.name].may_be_empty else 0)
        for rule in bound.rules
        if is_user_defined(rule.function)
        and rule.name in bound.writes
        and (table := columns[rule.name].index_of)
    ]


def check_row_indices(bound: BoundEvent, state: State, call: Call) -> Call:
    """Return the event followed by a check of its index columns: compiled code would read out of bounds."""
    found = index_writers(bound, state)
    if not found:
        return call

    def checked(step: int) -> None:
        call(step)
        for rule, table, first in found:
            values, last = state[bound.event.table][rule.name], state[table].rows - 1
            wrong = np.flatnonzero((values < first) | (values > last))
            if len(wrong):
                prefix = f"rule {rule.name} ({where(rule.function)}) gives row {values[wrong[0]]} of {table}"
                place = f"row {wrong[0]} of {bound.event.table} in quarter {step}"
                none = "; for none, start the column with NO_PARTNER" if values[wrong[0]] == -1 else ""
                raise RuleError(f"{prefix}, which has rows 0 to {last}, for {place}{none}")

    return checked


def _index_limits(array: NDArray[Any], state: State) -> tuple[int, int] | None:
    """Return the first and last row that an index column may hold; None for a column of numbers."""
    for name, columns in state.schema.tables.items():
        for column in columns:
            if column.index_of not in state.tables or column.name not in state[name]:
                continue  # a column of numbers, or of rows of the network's routes
            if state[name][column.name] is array:
                return -1 if column.may_be_empty else 0, state[column.index_of].rows - 1
    return None
