"""An event in which some rules are interpreted and the others compiled, as a chain of shorter events.

What a rule yields reaches the next short event through a column: its own, or one that only the chain knows.
"""

from __future__ import annotations

import copy
import functools
import itertools
from dataclasses import replace

import numpy as np

from agents.columns import Column
from model.engine.binding import Bound, BoundRule
from model.engine.events import ForEach
from model.engine.schema import Schema
from model.engine.state import State


def is_free(rule: BoundRule) -> bool:
    """Whether the rule is to be run as plain Python."""
    return bool(getattr(rule.function, "interpreted", False))


def divided_event(bound: Bound, state: State) -> tuple[list[ForEach], State] | None:
    """The event cut where compiled rules meet interpreted ones, and the state on which its parts run.

    None where it need not be cut, or cannot: where it writes the column that says which rows take part.
    """
    event = bound.event
    kinds = {is_free(rule) for rule in bound.rules}
    if len(kinds) < 2 or (bound.mask and bound.mask[0] in bound.writes):
        return None
    parts = [[rule.name for rule in rules] for _, rules in itertools.groupby(bound.rules, is_free)]
    events = [
        replace(event, rules=tuple(names), totals=event.totals if part == len(parts) - 1 else ())
        for part, names in enumerate(parts)
    ]
    hidden = tuple(rule.name for rule in bound.rules if rule.name not in bound.writes)
    return events, _widened(state, event.table, hidden)


def _widened(state: State, table: str, hidden: tuple[str, ...]) -> State:
    """The same arrays, and a column for each value that has none."""
    schema = _schema_with(state.schema, table, hidden)
    own = copy.copy(state[table])
    own.columns = {**own.columns, **{name: np.zeros(own.rows) for name in hidden}}
    wider = copy.copy(state)
    wider.schema, wider.tables = schema, {**state.tables, table: own}
    return wider


@functools.lru_cache(maxsize=128)
def _schema_with(schema: Schema, table: str, hidden: tuple[str, ...]) -> Schema:
    columns = tuple(Column(name, "", "handed from one part of an event to the next") for name in hidden)
    return replace(schema, tables={**schema.tables, table: (*schema.tables[table], *columns)})
