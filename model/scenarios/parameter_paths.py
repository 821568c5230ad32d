"""Values of a parameter over time and by kind, tier or region: ``Ramp``, ``Step``, ``Dated`` and ``By``.

A value is a number or the name of a parameter, which scenarios change and sweeps vary. Before the first date
a parameter has its own value, and so it has in groups that ``By`` does not name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from agents.firm import TIERS
from agents.suggestions import did_you_mean
from model.engine.schema import varied_column
from model.engine.state import State
from model.scenarios.scenario import ScenarioError, quarter_of

Value = float | str
Date = str | int
Path = Callable[[int], float]
"""The value of a parameter by quarter, counted from the start of the first year."""


@dataclass(frozen=True)
class Ramp:
    """In equal steps from the parameter's own value at ``start`` to another at ``end``, and then constant."""

    to: Value
    start: Date
    end: Date

    @property
    def values(self) -> tuple[Value, ...]:
        """The values that it reaches."""
        return (self.to,)

    def path(self, own: float, numbers: Mapping[str, float], first_year: int) -> Path:
        """Return the value by quarter.

        own: Value before the first date. numbers: Values of all parameters. first_year: Year of quarter 0.
        Raises ValueError: the ramp ends before it starts.
        """
        start, end = (quarter_of(str(date), first_year) for date in (self.start, self.end))
        if end <= start:
            raise ValueError(f"a ramp cannot end in {self.end}, and start in {self.start}")
        to = _number(self.to, numbers)
        return lambda quarter: own + (to - own) * (min(max(quarter - start, 0), end - start) / (end - start))


@dataclass(frozen=True)
class Step:
    """The parameter's own value until a date, another from then on."""

    to: Value
    at: Date

    @property
    def values(self) -> tuple[Value, ...]:
        """The values that it reaches."""
        return (self.to,)

    def path(self, own: float, numbers: Mapping[str, float], first_year: int) -> Path:
        """Return the value by quarter.

        own: Value before the first date. numbers: Values of all parameters. first_year: Year of quarter 0.
        """
        at, to = quarter_of(str(self.at), first_year), _number(self.to, numbers)
        return lambda quarter: own if quarter < at else to


@dataclass(frozen=True)
class Dated:
    """A table of dates and the values that hold from them on: ``Dated({"2015": 0.1, "2018Q3": 0.2})``."""

    table: Mapping[Date, Value]

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", {str(date): value for date, value in self.table.items()})

    @property
    def values(self) -> tuple[Value, ...]:
        """The values that it reaches."""
        return tuple(self.table.values())

    def path(self, own: float, numbers: Mapping[str, float], first_year: int) -> Path:
        """Return the value by quarter.

        own: Value before the first date. numbers: Values of all parameters. first_year: Year of quarter 0.
        """
        known = {quarter_of(str(date), first_year): _number(to, numbers) for date, to in self.table.items()}
        dates = sorted(known)

        def value(quarter: int) -> float:
            passed = [date for date in dates if date <= quarter]
            return known[passed[-1]] if passed else own

        return value


@dataclass(frozen=True)
class By:
    """A value for each group of agents: ``By("kind", {"super": 2.0, "intelligent": Step(0.5, "2018")})``.

    ``group``: ``kind`` (of compute), ``tier`` (of the chain), or a column of the table of cities, such as
    ``region`` or ``province``. A rule gets the value of its row's kind, tier or city; of a pair of agents, of
    the first. ``elsewhere``: rules and markets that do not know the group keep the parameter's own value;
    otherwise they are a mistake.
    """

    group: str
    table: Mapping[str, Value | Ramp | Step | Dated]
    elsewhere: bool = False

    @property
    def values(self) -> tuple[Value, ...]:
        """The values that it reaches."""
        many = [one.values if isinstance(one, Ramp | Step | Dated) else (one,) for one in self.table.values()]
        return tuple(value for several in many for value in several)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables with a column of its values, through which rules reach them."""
        return GROUP_TABLES.get(self.group, ("cities", "offers"))

    def grouped(
        self, name: str, own: float, numbers: Mapping[str, float], first_year: int, cities: pd.DataFrame
    ) -> GroupedPath:
        """Return the values of the parameter ``name`` by quarter and row.

        own: Its value where ``table`` gives none. numbers: Values of all parameters. first_year: Year of
        quarter 0. cities: The table of cities.
        Raises ScenarioError: there is no such group.
        """
        labels = list(KINDS if self.group == "kind" else TIERS if self.group == "tier" else ())
        codes = np.arange(len(labels))
        if not labels:
            if self.group not in cities:
                known = ["kind", "tier", *cities.columns]
                raise ScenarioError(f"there is no group {self.group!r}{did_you_mean(self.group, known)}")
            texts = cities[self.group].astype(str)
            labels = sorted(set(texts))
            codes = np.array([labels.index(text) for text in texts])
        for label in self.table:
            if label not in labels:
                hint = did_you_mean(label, labels, f": there are {', '.join(labels[:12])}")
                raise ScenarioError(f"there is no {self.group} {label!r}{hint}")
        paths = [
            _constant(own)
            if (how := self.table.get(label)) is None
            else how.path(own, numbers, first_year)
            if isinstance(how, Ramp | Step | Dated)
            else _constant(_number(how, numbers))
            for label in labels
        ]
        return GroupedPath(varied_column(name), self, codes, paths)


GROUP_TABLES = {"kind": ("kinds", "services", "offers"), "tier": ("tiers",)}
Varying = Ramp | Step | Dated | By


@dataclass(frozen=True, eq=False)
class GroupedPath:
    """The values of a parameter by group, which are written to a column before every quarter."""

    column: str
    by: By
    codes: np.ndarray
    paths: Sequence[Path]

    def write(self, state: State, quarter: int) -> None:
        """Write the values of a quarter to the columns that rules read."""
        values = np.array([path(quarter) for path in self.paths])[self.codes]
        for table in self.by.tables:
            state[table][self.column] = values[_rows(table, self.by.group, state)]


def _rows(table: str, group: str, state: State) -> Any:
    """Return the row of kinds, tiers or cities to which each row of a table belongs."""
    if table == "services":
        return state["services"]["kind"]
    if table == "offers" and group == "kind":
        return state["services"]["kind"][state["offers"]["service"]]
    if table == "offers":
        return state["providers"]["city"][state["offers"]["provider"]]
    return slice(None)


def _constant(value: float) -> Path:
    return lambda quarter: value


def _number(value: Value, numbers: Mapping[str, float]) -> float:
    return numbers[value] if isinstance(value, str) else float(value)


def read_path(given: object) -> Varying:
    """Return the path of a parameter from a table ``[varying]`` of a TOML file.

    ``{ to = 0.3, at = "2015" }``; ``{ to = 0.3, start = "2015", end = "2020" }``; dates and values
    ``{ 2015 = 0.1, 2018Q3 = 0.2 }``; or ``{ by = "kind", super = 2.0 }``, whose values may be any of these.

    Raises:
        ScenarioError: it is none of them.
    """
    if not isinstance(given, dict) or not given:
        raise ScenarioError(f"it cannot be {given!r}: {FORMS}")
    keys = set(given)
    if "by" in keys:
        rest = given.get("elsewhere", False)
        if not isinstance(rest, bool):
            raise ScenarioError(f"elsewhere cannot be {rest!r}: it is true or false")
        table = {name: how for name, how in given.items() if name not in ("by", "elsewhere")}
        return By(_text(given["by"]), {name: _one(how) for name, how in table.items()}, rest)
    return _in_time(given)


def as_table(path: Varying) -> dict[str, Any]:
    """Return the table from which ``read_path`` makes this path."""
    if isinstance(path, By):
        timed = (Ramp, Step, Dated)
        table = {name: as_table(how) if isinstance(how, timed) else how for name, how in path.table.items()}
        return {"by": path.group, **table, **({"elsewhere": True} if path.elsewhere else {})}
    if isinstance(path, Dated):
        return {str(date): value for date, value in path.table.items()}
    dates = (
        {"at": str(path.at)} if isinstance(path, Step) else {"start": str(path.start), "end": str(path.end)}
    )
    return {"to": path.to, **dates}


FORMS = (
    'write { to = 0.3, at = "2015" }, { to = 0.3, start = "2015", end = "2020" }, '
    '{ 2015 = 0.1, 2018Q3 = 0.2 } or { by = "kind", super = 2.0 }'
)


def _one(how: object) -> Value | Ramp | Step | Dated:
    return _in_time(how) if isinstance(how, dict) else _value(how)


def _in_time(given: dict[str, Any]) -> Ramp | Step | Dated:
    keys = set(given)
    if keys == {"to", "at"}:
        made: Ramp | Step | Dated = Step(_value(given["to"]), _date(given["at"]))
    elif keys == {"to", "start", "end"}:
        made = Ramp(_value(given["to"]), _date(given["start"]), _date(given["end"]))
    else:
        made = Dated({_date(date): _value(value) for date, value in given.items()})
    return made


def _date(given: object) -> str:
    quarter_of(str(given), 2000)
    return str(given)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ScenarioError(f"by cannot be {given!r}: it is kind, tier or a column of the table of cities")
    return given


def _value(given: object) -> Value:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ScenarioError(f"a value cannot be {given!r}: it is a number or the name of a parameter")
    return given
