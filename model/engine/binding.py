"""Binding: resolve every argument of a rule or procedure, once, to a column, parameter or random draw."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.suggestions import did_you_mean
from model.engine.events import ForEach, Rule
from model.engine.rule_source import (
    RuleError,
    arguments,
    is_interpreted,
    is_user_defined,
    undefined_names,
    where,
)
from model.engine.schema import Schema, varied_column
from model.engine.state import State

ROUNDING = 1e-9  # by which a fraction may miss 0 or 1


@dataclass(frozen=True)
class Source:
    """The source of one value of a row.

    ``kind`` is ``value`` (made earlier in the event), ``own`` (the row's column), ``lookup`` (a column of
    another table, through an index column), ``first`` or ``second`` (a column of either row of a pair;
    ``second_lookup`` through an index column of the second), ``nation``, ``parameter``, ``draw`` or ``face``
    (the row as a Mesa agent). ``optional``: the index column may hold no row; the value is then 0.
    """

    kind: str
    name: str
    table: str = ""
    index: str = ""
    optional: bool = False


Absent = frozenset[tuple[str, str]]
"""Columns, as (table, column), of mechanisms that are switched off."""


def disabled_column_name(table: str, column: str) -> str:
    """Return the name of the number that replaces a column that is switched off: its neutral start."""
    return f"off_{table}_{column}"


@dataclass(frozen=True)
class BoundRule:
    """A rule with the sources of its arguments, in order."""

    name: str
    function: Rule
    reads: tuple[Source, ...]


@dataclass(frozen=True)
class Total:
    """A sum of a value over rows: into ``table.column`` at the row given by ``index`` (or row 0).

    ``optional``: the index column may hold no row; the value is then left out. ``side``: the sum is that of
    the first or second agent of a pair.
    """

    table: str
    column: str
    index: str | None
    value: Source
    optional: bool = False
    side: str = ""


@dataclass(frozen=True)
class BoundEvent:
    """A ``ForEach`` event with every name resolved."""

    event: ForEach
    schema: Schema
    rules: tuple[BoundRule, ...]
    writes: tuple[str, ...]
    mask: tuple[str, bool] | None
    totals: tuple[Total, ...]

    def limits(self, rule: BoundRule) -> tuple[float, float]:
        """Return the smallest and largest result that a user-defined rule may give.

        Any finite number, or 0 to 1 with some room for rounding where the unit of its column says so.
        """
        if rule.name in self.writes:
            column = self.schema.find(self.event.table, rule.name)
            if column.within_unit_interval:
                return -ROUNDING, column.most + ROUNDING
        return -sys.float_info.max, sys.float_info.max


def bind_for_each(
    event: ForEach,
    rules: Mapping[str, Rule],
    parameters: Iterable[str],
    schema: Schema,
    absent: Absent = frozenset(),
) -> BoundEvent:
    """Resolve what every rule of the event reads and writes.

    A rule that reads an ``absent`` column reads its start value.

    Raises:
        RuleError: An unknown name (answered with the nearest), or a rule that would read a column of another
            row while the event writes it.
    """
    known = tuple(parameters)
    made: list[str] = []
    bound = []
    for name in event.rules:
        function = rules[name]
        _check_names(name, function)
        reads = []
        for argument in arguments(function):
            source = _source(schema, event.table, argument, made, known)
            if argument == "self":
                source = _face(event.table, name, function)
            if source is None:
                hint = did_you_mean(argument, readable(event.table, known, schema, made), cutoff=0.6)
                raise RuleError(f"rule {name} ({where(function)}) reads an unknown name, {argument}{hint}")
            if (source.table, source.name) in absent:
                source = Source("parameter", disabled_column_name(source.table, source.name))
            reads.append(source)
        bound.append(BoundRule(name, function, tuple(reads)))
        made.append(name)
    writes = tuple(name for name in made if schema.has(event.table, name))
    for rule in bound:
        for source in rule.reads:
            if source.kind not in ("own", "face") and source.table == event.table and source.name in writes:
                raise RuleError(
                    f"rule {rule.name} ({where(rule.function)}) reads {source.name} of another row while "
                    f"event {event.name!r} writes it; put it into a separate event"
                )
    mask = None
    if event.where:
        mask = (event.where.removeprefix("not "), not event.where.startswith("not "))
    totals = tuple(_total(schema, event, target, value, made) for target, value in event.totals)
    return BoundEvent(event, schema, tuple(bound), writes, mask, totals)


def _check_names(name: str, function: Rule) -> None:
    """Check that a user-defined rule uses no name that is neither an argument nor defined."""
    if not is_user_defined(function) or is_interpreted(function):
        return
    for used in undefined_names(function):
        raise RuleError(
            f"rule {name} ({where(function)}) uses {used}, which is not defined: a rule reads what its "
            "arguments name, so add it to them"
        )


def _face(table: str, name: str, function: Rule) -> Source:
    if not is_interpreted(function):
        raise RuleError(
            f"rule {name} ({where(function)}) reads self, the agent: only a rule marked @interpreted can"
        )
    return Source("face", "self", table)


def _source(
    schema: Schema, table: str, name: str, made: list[str], parameters: tuple[str, ...]
) -> Source | None:
    if name in made:
        return Source("value", name)
    if name.startswith("draw_"):
        return Source("draw", name.removeprefix("draw_"))
    if schema.has(table, name):
        return Source("own", name, table)
    if column := schema.column(name, "nation_", "nation"):
        return Source("nation", column, "nation")
    for prefix, (other, index) in schema.reached(table).items():
        if column := schema.column(name, prefix, other):
            return Source("lookup", column, other, index, schema.may_be_empty(table, index))
    if table in schema.pairs:
        pair = schema.pairs[table]
        for kind, (prefix, other) in (("first", pair.first), ("second", pair.second)):
            if column := schema.column(name, prefix, other):
                return Source(kind, column, other)
        for prefix, (other, index) in pair.through.items():
            if column := schema.column(name, prefix, other):
                return Source("second_lookup", column, other, index)
    return (_varied(schema, table, name) or Source("parameter", name)) if name in parameters else None


def _varied(schema: Schema, table: str, name: str) -> Source | None:
    """Return the column from which a row reads a parameter that varies by group; None if it reaches none."""
    tables, column = schema.varied.get(name, ()), varied_column(name)
    if table in tables:
        return Source("own", column, table)
    # A firm's own city, not its home or prospect.
    reached = sorted(schema.reached(table).items(), key=lambda item: schema.whole.get(item[0]) != item[1][0])
    for _, (other, index) in reached:
        if other in tables:
            return Source("lookup", column, other, index, schema.may_be_empty(table, index))
    if table in schema.pairs:
        pair = schema.pairs[table]
        for kind, (_, other) in (("first", pair.first), ("second", pair.second)):
            if other in tables:
                return Source(kind, column, other)
    return None


def readable(table: str, parameters: Iterable[str], schema: Schema, made: Iterable[str] = ()) -> list[str]:
    """Return every name that a rule of the table may read, except draws."""
    names = [*made, *(column.name for column in schema.tables[table]), *parameters]
    reached = [
        ("nation_", "nation"),
        *((prefix, other) for prefix, (other, _) in schema.reached(table).items()),
    ]
    if table in schema.pairs:
        pair = schema.pairs[table]
        reached += [pair.first, pair.second]
        reached += [(prefix, other) for prefix, (other, _) in pair.through.items()]
    names += [prefix + column.name for prefix, other in reached for column in schema.tables[other]]
    return names


def _total(schema: Schema, event: ForEach, target: str, value: str, made: list[str]) -> Total:
    source = Source("value", value) if value in made else Source("own", value, event.table)
    if source.kind == "own" and not schema.has(event.table, value):
        raise RuleError(f"event {event.name!r} adds up {value}, which is not a column of {event.table}")
    if column := schema.column(target, "nation_", "nation"):
        return Total("nation", column, None, source)
    for prefix, (other, index) in schema.reached(event.table).items():
        if column := schema.column(target, prefix, other):
            return Total(other, column, index, source, schema.may_be_empty(event.table, index))
    if event.table in schema.pairs:
        pair = schema.pairs[event.table]
        for side, (prefix, other) in (("first", pair.first), ("second", pair.second)):
            if column := schema.column(target, prefix, other):
                return Total(other, column, None, source, side=side)
    raise RuleError(
        f"event {event.name!r} adds up into {target}, which is not a column that {event.table} can reach"
    )


# A procedure receives columns, arrays and parameters.
type Passed = NDArray[np.float64] | NDArray[np.int32] | NDArray[np.int64] | float


def bind_procedure(function: Rule, state: State, parameters: Mapping[str, float]) -> list[Passed]:
    """Return the arrays and numbers that a procedure names, in order.

    A column that is switched off is passed as an array of its start value, draws as an array to be filled.
    """
    return [_passed(function, name, state, parameters) for name in arguments(function)]


def drawn_for(name: str, schema: Schema) -> tuple[str, str] | None:
    """Return table and stream of the draws that a procedure names, such as ``city_draw_explore``; or None.

    They are those that a rule of the table reads as ``draw_explore``, one for each row.
    """
    if "draw_" not in name:
        return None
    for prefix, table in schema.whole.items():
        draw = name.removeprefix(prefix)
        if name.startswith(prefix) and draw.startswith("draw_"):
            return table, draw.removeprefix("draw_")
    return None


def _passed(function: Rule, name: str, state: State, parameters: Mapping[str, float]) -> Passed:
    if name in state.arrays:
        return state.arrays[name]
    if drawn := drawn_for(name, state.schema):
        return np.zeros(state[drawn[0]].rows)
    for prefix, table in state.schema.whole.items():
        if column := state.schema.column(name, prefix, table):
            rows = state[table]
            return rows[column] if column in rows else np.full(rows.rows, state.schema.start(table, column))
    if name in parameters:
        return parameters[name]
    columns = [prefix + column for prefix, table in state.schema.whole.items() for column in state[table]]
    hint = did_you_mean(name, [*columns, *state.arrays, *parameters], cutoff=0.6)
    raise RuleError(f"procedure {function.__name__} ({where(function)}) reads an unknown name, {name}{hint}")
