"""Events run in parts: interpreted apart from compiled rules, a user's apart from the model's.

The result of a rule reaches the next part through a column: its own, or one that only the parts have. A
user's rule is compiled alone, so that a change of it takes a second or two, and not the time of its whole
event; the model's rules around it are stretches of the kernel of the model's own event.
"""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agents.columns import Column
from model.engine.binding import BoundEvent, BoundRule, Source
from model.engine.events import ForEach, Rule
from model.engine.rule_source import is_interpreted, is_user_defined
from model.engine.schema import Schema
from model.engine.state import State


@dataclass(frozen=True)
class Stretch:
    """Rules ``low`` to ``high - 1`` of an event of the model; its totals count as a last rule."""

    low: int
    high: int


Parts = Sequence[ForEach | Stretch]


def split_event(
    bound: BoundEvent, state: State, original: BoundEvent | None = None
) -> tuple[Parts, State] | None:
    """Split an event where rules meet that are run or compiled apart; return its parts and their state.

    With the ``original`` event of the model, its own rules are stretches of that one. None if there is
    nothing to split, or the event writes the column that limits its rows, or one that holds rows of a table:
    all its rules look up the rows of before.
    """
    event = bound.event
    runs = [list(rules) for _, rules in itertools.groupby(bound.rules, lambda rule: _kind(rule.function))]
    if len(runs) < 2 and not (original and bound.rules != original.rules):
        return None
    if bound.mask and bound.mask[0] in bound.writes:
        return None
    if any(bound.schema.find(event.table, name).index_of for name in bound.writes):
        return None
    hidden = tuple(rule.name for rule in bound.rules if rule.name not in bound.writes)
    state = _widened(state, event.table, hidden)
    if original:
        return _in_stretches(event, runs, original), state
    events = [replace(event, rules=tuple(rule.name for rule in rules), totals=()) for rules in runs]
    return [*events[:-1], replace(events[-1], totals=event.totals)], state


def _in_stretches(event: ForEach, runs: list[list[BoundRule]], original: BoundEvent) -> Parts:
    names = [rule.name for rule in original.rules]
    parts: list[ForEach | Stretch] = []
    for rules in runs:
        if _kind(rules[0].function) == MODEL:
            parts.append(Stretch(names.index(rules[0].name), names.index(rules[-1].name) + 1))
        else:
            parts.append(replace(event, rules=tuple(rule.name for rule in rules), totals=()))
    last, end = parts[-1], len(names)
    if isinstance(last, Stretch):
        parts[-1] = Stretch(last.low, end + 1)
    elif original.totals:
        parts.append(Stretch(end, end + 1))
    sums = event.totals[len(original.event.totals) :]  # of the user's, which may add up any rule's results
    if sums and isinstance(last, ForEach):
        parts[parts.index(last)] = replace(last, totals=sums)
    elif sums:
        parts.append(replace(event, rules=(), totals=sums))
    return parts


def is_stretched(bound: BoundEvent, original: BoundEvent) -> bool:
    """Return whether the model's rules of an event read what they read in the event of the model alone."""
    alone = {rule.name: rule for rule in original.rules}
    table = bound.event.table
    return all(
        rule.name in alone
        and rule.function is alone[rule.name].function
        and all(
            one == other or (one.kind == "value" and other == Source("own", one.name, table))
            for one, other in zip(rule.reads, alone[rule.name].reads, strict=True)
        )
        for rule in bound.rules
        if _kind(rule.function) == MODEL
    )


MODEL = "the model's"


def _kind(function: Rule) -> str:
    if is_interpreted(function):
        return "interpreted"
    return "user-defined" if is_user_defined(function) else MODEL


def _widened(state: State, table: str, hidden: tuple[str, ...]) -> State:
    """Return a state of the same arrays with a column for each value that has none."""
    schema = _schema_with(state.schema, table, hidden)
    own = copy.copy(state[table])
    own.columns = {**own.columns, **{name: np.zeros(own.rows) for name in hidden}}
    own.passed_on = hidden
    wider = copy.copy(state)
    wider.schema, wider.tables = schema, {**state.tables, table: own}
    return wider


@functools.lru_cache(maxsize=128)
def _schema_with(schema: Schema, table: str, hidden: tuple[str, ...]) -> Schema:
    columns = tuple(Column(name, "", "passed from one part of an event to the next") for name in hidden)
    return replace(schema, tables={**schema.tables, table: (*schema.tables[table], *columns)})
