"""Events split into a chain of shorter ones: interpreted from compiled rules, a user's from the model's.

The result of a rule reaches the next short event through a column: its own, or one that only the chain has. A
user's rule is compiled alone, so that a change of it takes a second, and not the time of its whole event.
"""

from __future__ import annotations

import copy
import functools
import itertools
from dataclasses import replace

import numpy as np

from agents.columns import Column
from model.engine.binding import BoundEvent
from model.engine.events import ForEach, Rule
from model.engine.rule_source import is_interpreted, is_user_defined
from model.engine.schema import Schema
from model.engine.state import State


def split_event(bound: BoundEvent, state: State) -> tuple[list[ForEach], State] | None:
    """Split an event where rules meet that are run or compiled apart; return its parts and their state.

    None if there is nothing to split, or the event writes the column that limits its rows, or one that holds
    rows of a table: all its rules look up the rows of before.
    """
    event = bound.event
    runs = itertools.groupby(bound.rules, lambda rule: _kind(rule.function))
    parts = [[rule.name for rule in rules] for _, rules in runs]
    if len(parts) < 2 or (bound.mask and bound.mask[0] in bound.writes):
        return None
    if any(bound.schema.find(event.table, name).index_of for name in bound.writes):
        return None
    events = [
        replace(event, rules=tuple(names), totals=event.totals if part == len(parts) - 1 else ())
        for part, names in enumerate(parts)
    ]
    hidden = tuple(rule.name for rule in bound.rules if rule.name not in bound.writes)
    return events, _widened(state, event.table, hidden)


def _kind(function: Rule) -> str:
    if is_interpreted(function):
        return "interpreted"
    return "user-defined" if is_user_defined(function) else "the model's"


def _widened(state: State, table: str, hidden: tuple[str, ...]) -> State:
    """Return a state of the same arrays with a column for each value that has none."""
    schema = _schema_with(state.schema, table, hidden)
    own = copy.copy(state[table])
    own.columns = {**own.columns, **{name: np.zeros(own.rows) for name in hidden}}
    wider = copy.copy(state)
    wider.schema, wider.tables = schema, {**state.tables, table: own}
    return wider


@functools.lru_cache(maxsize=128)
def _schema_with(schema: Schema, table: str, hidden: tuple[str, ...]) -> Schema:
    columns = tuple(Column(name, "", "passed from one part of an event to the next") for name in hidden)
    return replace(schema, tables={**schema.tables, table: (*schema.tables[table], *columns)})
