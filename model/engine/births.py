"""Rows that are born and die in a run: agents and links of user-defined kinds.

A table with a 0-or-1 column of the rows at work takes new rows where that is 0, the lowest row first, and
grows when all are taken. Both depend on the state alone, so a run has the same rows in either engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agents.columns import NO_PARTNER
from model.engine.events import Procedure
from model.engine.state import State

PARENT = "the row itself"
"""In ``born``: the row of the agent for which a row is born."""
LEAST = 16  # rows by which a table grows at least


def no_columns() -> None:
    """Do nothing: births and ends have no function of columns."""


@dataclass(frozen=True)
class Births(Procedure):
    """Rows of ``table`` that are born, one for each row of ``parents`` in which ``where`` is 1.

    ``values``: column → column of the parent, or ``PARENT``; other columns get their start value.
    ``at_work``, ``parents_at_work``: the 0-or-1 columns of the rows at work; None: all rows are.
    """

    table: str = ""
    parents: str = ""
    where: str = ""
    values: tuple[tuple[str, str], ...] = ()
    at_work: str = ""
    parents_at_work: str | None = None


@dataclass(frozen=True)
class Ends(Procedure):
    """Links of ``table`` that end with one of their ends: (index column, table, its rows at work)."""

    table: str = ""
    ends: tuple[tuple[str, str, str | None], ...] = ()
    at_work: str = ""


def born(
    meaning: str,
    table: str,
    parents: str,
    where: str,
    values: dict[str, str] | None = None,
    every: int = 1,
    when: str | None = None,
    name: str = "",
) -> Births:
    """Return an event in which rows of a user-defined kind are born.

    Args:
        meaning: What happens, in a few words.
        table: The kind that gets new rows; it has ``at_work``.
        parents: The table whose rows at work cause births, at most one each.
        where: The column of ``parents`` that is above 0.5 in the rows that do.
        values: Column of the new row → column of ``parents``, or ``PARENT``, its row. Others start.
        every: The event takes place in every so manyth quarter.
        when: Parameter that switches the event on where it is above 0, or ``not`` and its name.
        name: Name of the event; ``born_`` and the table if missing.
    """
    given = tuple((values or {}).items())
    return Births(name or f"born_{table}", meaning, no_columns, every, when, table, parents, where, given)


def bear(event: Births, state: State, grow: Callable[[str, int], None]) -> None:
    """Let rows be born; ``grow`` gives a table more rows."""
    wanted = state[event.parents][event.where] > 0.5
    if event.parents_at_work is not None:
        wanted &= state[event.parents][event.parents_at_work] > 0.5
    parents = np.flatnonzero(wanted)
    if not len(parents):
        return
    table = state[event.table]
    free = np.flatnonzero(table[event.at_work] <= 0.5)
    if len(free) < len(parents):
        missing = len(parents) - len(free)
        grow(event.table, table.rows + max(missing, table.rows, LEAST))
        free = np.flatnonzero(table[event.at_work] <= 0.5)
    rows = free[: len(parents)]
    _forget(state, event.table, rows)
    for column in state.schema.tables[event.table]:
        if column.name in table:
            table[column.name][rows] = column.start
    for name, of in event.values:
        table[name][rows] = parents if of == PARENT else state[event.parents][of][parents]
    table[event.at_work][rows] = 1.0


def _forget(state: State, table: str, rows: np.ndarray) -> None:
    """Let no column point to rows that are about to be born: who was there is gone."""
    for name, columns in state.schema.tables.items():
        for column in columns:
            if column.index_of == table and column.may_be_empty and column.name in state[name]:
                held = state[name][column.name]
                held[np.isin(held, rows)] = NO_PARTNER


def end(event: Ends, state: State) -> None:
    """Let links end of which an end is no longer at work, and forget the ends of those that have ended."""
    table = state[event.table]
    there = table[event.at_work] > 0.5
    for index, other, at_work in event.ends:
        rows = table[index]
        there &= rows >= 0
        if at_work is not None and state[other].rows:
            there &= state[other][at_work][np.maximum(rows, 0)] > 0.5
    table[event.at_work] = there
    for index, _, _ in event.ends:
        table[index][~there] = NO_PARTNER
