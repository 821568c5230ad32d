"""The names that rules may read, for editors: ``def exiting(age: firms.age, wage: firms.city_wage)``.

``from model.names import firms``: an editor completes ``firms.city_`` and shows unit and meaning, a misspelt
name is an error at once, and to mypy each is a float. Annotations change nothing in a run. The stub next to
this file is renewed by ``python -m experiments.pages``; ``computeleap extension describe`` writes one for
extensions.
"""

from __future__ import annotations

import functools

from agents.suggestions import did_you_mean
from model.economy.regional_schema import REGIONAL
from model.engine.binding import readable
from model.parameters import Parameters


class _Readable:
    """The names that rules of a table may read: each stands for ``float``."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._names = frozenset(readable(table, Parameters.model_fields, REGIONAL))

    def __getattr__(self, name: str) -> type[float]:
        if name in self._names or name.startswith("draw_"):
            return float
        hint = did_you_mean(name, self._names)
        raise AttributeError(f"a rule of {self._table} reads no {name}{hint}")

    def __dir__(self) -> list[str]:
        return sorted(self._names)


@functools.cache
def _readable(table: str) -> _Readable:
    return _Readable(table)


def __getattr__(table: str) -> _Readable:
    if table in REGIONAL.tables:
        return _readable(table)
    raise AttributeError(f"there is no table {table}{did_you_mean(table, REGIONAL.tables)}")


def __dir__() -> list[str]:
    return sorted(REGIONAL.tables)
