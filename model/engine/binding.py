"""Names to numbers: what each argument of a rule or a market stands for, settled once at the door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.suggestions import nearest
from model.engine.events import ForEach
from model.engine.rule_source import RuleError, arguments, where
from model.engine.schema import Schema
from model.engine.state import State


@dataclass(frozen=True)
class Source:
    """Where one value of a row comes from.

    ``how`` is ``value`` (made earlier in the event), ``own`` (the row's column), ``via`` (another
    table through an index column), ``first`` / ``second`` (of a pair; ``second_via`` through an index
    column of the second), ``nation``, ``parameter``, ``draw`` or ``face`` (what Mesa sees of the row).
    """

    how: str
    name: str
    table: str = ""
    index: str = ""


Absent = frozenset[tuple[str, str]]
"""Columns, as (table, column), of mechanisms that are switched off."""


def off(table: str, column: str) -> str:
    """Name of the number that stands for a column that is switched off: its start, which is neutral."""
    return f"off_{table}_{column}"


@dataclass(frozen=True)
class BoundRule:
    """A rule with the sources of its arguments, in order."""

    name: str
    function: Callable[..., Any]
    reads: tuple[Source, ...]


@dataclass(frozen=True)
class Total:
    """A sum of a value over rows: into ``table.column`` at the row given by ``index`` (or row 0)."""

    table: str
    column: str
    index: str | None
    value: Source


@dataclass(frozen=True)
class Bound:
    """An ``ForEach`` event with every name settled."""

    event: ForEach
    schema: Schema
    rules: tuple[BoundRule, ...]
    writes: tuple[str, ...]
    mask: tuple[str, bool] | None
    totals: tuple[Total, ...]


def bind_each(
    event: ForEach,
    rules: Mapping[str, Callable[..., Any]],
    parameters: Iterable[str],
    schema: Schema,
    absent: Absent = frozenset(),
) -> Bound:
    """Settle what every rule of the event reads and writes.

    A rule that reads a column that is ``absent`` reads the column's start value.

    Raises:
        RuleError: a name that means nothing here (answered with the nearest), or a rule that would
            read through another agent what the event is just writing.
    """
    known = tuple(parameters)
    made: list[str] = []
    bound = []
    for name in event.rules:
        function = rules[name]
        reads = []
        for argument in arguments(function):
            source = _source(schema, event.table, argument, made, known)
            if argument == "self":
                source = _face(event.table, name, function)
            if source is None:
                near = nearest(argument, readable(event.table, known, schema, made), cutoff=0.6)
                hint = f"; did you mean {near}?" if near else ""
                raise RuleError(
                    f"rule {name} ({where(function)}) reads {argument}, which nothing here is called{hint}"
                )
            if (source.table, source.name) in absent:
                source = Source("parameter", off(source.table, source.name))
            reads.append(source)
        bound.append(BoundRule(name, function, tuple(reads)))
        made.append(name)
    writes = tuple(name for name in made if schema.has(event.table, name))
    for rule in bound:
        for source in rule.reads:
            if source.how not in ("own", "face") and source.table == event.table and source.name in writes:
                raise RuleError(
                    f"rule {rule.name} ({where(rule.function)}) reads {source.name} of another row while "
                    f"event {event.name!r} writes it; put it into an event of its own"
                )
    mask = None
    if event.where:
        mask = (event.where.removeprefix("not "), not event.where.startswith("not "))
    totals = tuple(_total(schema, event, target, value, made) for target, value in event.totals)
    return Bound(event, schema, tuple(bound), writes, mask, totals)


def _face(table: str, name: str, function: Callable[..., Any]) -> Source:
    if not getattr(function, "interpreted", False):
        raise RuleError(
            f"rule {name} ({where(function)}) reads self, the agent itself, which only a rule marked "
            "@interpreted can"
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
            return Source("via", column, other, index)
    if table in schema.pairs:
        pair = schema.pairs[table]
        for how, (prefix, other) in (("first", pair.first), ("second", pair.second)):
            if column := schema.column(name, prefix, other):
                return Source(how, column, other)
        for prefix, (other, index) in pair.through.items():
            if column := schema.column(name, prefix, other):
                return Source("second_via", column, other, index)
    return Source("parameter", name) if name in parameters else None


def readable(table: str, parameters: Iterable[str], schema: Schema, made: Iterable[str] = ()) -> list[str]:
    """Every name that a rule of the table may read, but for draws."""
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
    if source.how == "own" and not schema.has(event.table, value):
        raise RuleError(f"event {event.name!r} totals {value}, which is no column of {event.table}")
    if column := schema.column(target, "nation_", "nation"):
        return Total("nation", column, None, source)
    for prefix, (other, index) in schema.reached(event.table).items():
        if column := schema.column(target, prefix, other):
            return Total(other, column, index, source)
    raise RuleError(f"event {event.name!r} totals into {target}, which is no column that {event.table} reach")


def bind_market(function: Callable[..., Any], state: State, parameters: Mapping[str, float]) -> list[Any]:
    """The arrays and numbers that a market function asks for by name, in order.

    A column that is switched off is handed over as an array of its start value.
    """
    found: list[Any] = []
    for name in arguments(function):
        if name in state.arrays:
            found.append(state.arrays[name])
            continue
        for prefix, table in state.schema.whole.items():
            if column := state.schema.column(name, prefix, table):
                rows = state[table]
                found.append(
                    rows[column] if column in rows else np.full(rows.rows, state.schema.start(table, column))
                )
                break
        else:
            if name not in parameters:
                every = (
                    [p + c for p, t in state.schema.whole.items() for c in state[t]]
                    + list(state.arrays)
                    + list(parameters)
                )
                near = nearest(name, every, cutoff=0.6)
                hint = f"; did you mean {near}?" if near else ""
                raise RuleError(
                    f"market {function.__name__} ({where(function)}) asks for {name}, unknown{hint}"
                )
            found.append(parameters[name])
    return found
