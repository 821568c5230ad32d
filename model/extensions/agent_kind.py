"""``AgentKind``: a user-defined kind of agents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agents.columns import Column
from agents.view import AgentView


def rows_at_work(kinds: Iterable[AgentKind]) -> dict[str, str | None]:
    """Return the column of the rows at work, by table; None: all rows."""
    return {"firms": "alive", "providers": "operating", **{one.table: one.at_work for one in kinds}}


@dataclass(frozen=True, eq=False)
class AgentKind:
    """A user-defined kind of agents, with a table of columns.

    ``table``: the name of the table, such as ``universities``. ``prefix``: by which procedures find its
    columns, such as ``university_`` (another table reaches it by an index column of that name). ``columns``:
    the state of an agent; a column with ``index_of`` reaches another table by its name. ``start``: a function
    of any of ``cities`` (the table of cities), ``parameters`` and ``seed`` that returns the initial columns,
    of equal length (a mapping or DataFrame; missing columns have their start value). ``face``: the Mesa
    agent, a subclass of ``AgentView`` that may have methods; made if missing. ``at_work``: a 0-or-1 column
    that says which rows Mesa sees; all if missing.
    """

    table: str
    prefix: str
    columns: Sequence[Column]
    start: Callable[..., Any]
    face: type[AgentView] | None = None
    at_work: str | None = None
    links: object = None  # the Links that it is made of
