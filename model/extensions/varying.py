"""Parameters that vary in the course of a run: ``Ramp``, ``Step`` and ``Dated``, by name of the parameter.

A value is a number or the name of a parameter, which scenarios change and sweeps vary. Before the first date
a parameter has its own value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from model.engine.binding import bind_for_each
from model.engine.events import Event, ForEach, Rule
from model.engine.rule_source import arguments
from model.engine.schema import Schema
from model.scenarios.scenario import quarter_of

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


Varying = Ramp | Step | Dated


def _number(value: Value, numbers: Mapping[str, float]) -> float:
    return numbers[value] if isinstance(value, str) else float(value)


def read_parameters(
    quarter: Iterable[Event], rules: Mapping[str, Rule], parameters: tuple[str, ...], schema: Schema
) -> set[str]:
    """Return the parameters that rules and procedures of the quarter read."""
    found: set[str] = set()
    for event in quarter:
        if isinstance(event, ForEach):
            functions = dict(zip(event.rules, event.functions_from(rules), strict=True))
            bound = bind_for_each(event, functions, parameters, schema)
            sources = (source for rule in bound.rules for source in rule.reads)
            found.update(source.name for source in sources if source.kind == "parameter")
        else:
            found.update(name for name in arguments(event.function) if name in parameters)
    return found


def mistake(
    name: str, how: object, parameters: Iterable[str], read: Iterable[str], switching: Iterable[str]
) -> str:
    """Return what is wrong with a parameter that varies; empty if nothing is.

    ``read``: names that rules and procedures of the quarter read; ``switching``: parameters on which
    mechanisms depend.
    """
    if not isinstance(how, Ramp | Step | Dated):
        return f"it takes Ramp(to, start, end), Step(to, at) or Dated({{date: value}}), not {how!r}"
    known = set(parameters)
    if name not in known:
        return "there is no such parameter"
    if name in switching:
        return "a mechanism depends on it, which is on or off in a whole run"
    if name not in read:
        return "no rule and no market of the quarter reads it: it counts at the start of a run alone"
    for value in how.values:
        if isinstance(value, str) and value not in known:
            return f"its value {value!r} is not a parameter"
    return ""
