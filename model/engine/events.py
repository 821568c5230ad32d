"""What can happen in a quarter: a rule applied to every agent of a kind, or a market that clears."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class ForEach:
    """Apply rules, in order, to every row of a table.

    A rule's value goes to the column of the same name if the table has one, and is known by that name
    to the rules after it. ``where`` limits the event to rows in which a 0-or-1 column is 1 (or, with
    a leading ``not ``, is 0). ``totals`` adds values up: ``("city_firms", "alive")`` sums ``alive``
    over the rows of each city. ``every`` = 4 runs the event in every fourth quarter only. ``when``
    names a parameter: the event takes place in runs in which it is above 0 (with a leading ``not ``,
    in which it is 0; several are joined by `` and ``), so a mechanism that is off costs nothing and
    changes nothing.
    """

    name: str
    meaning: str
    table: str
    rules: tuple[str, ...]
    where: str | None = None
    totals: tuple[tuple[str, str], ...] = ()
    every: int = 1
    when: str | None = None


@dataclass(frozen=True)
class Procedure:
    """Let agents meet: a function of whole columns, named after what it reads and writes in place."""

    name: str
    meaning: str
    function: Callable[..., Any]
    every: int = 1
    when: str | None = None


Event = ForEach | Procedure


def for_each(
    meaning: str,
    table: str,
    *rules: str,
    where: str | None = None,
    totals: dict[str, str] | None = None,
    every: int = 1,
    when: str | None = None,
) -> ForEach:
    """An event in which every row of a table follows rules; named after its first rule (or first total).

    Args:
        meaning: What happens, in a few words.
        table: The table whose rows take part.
        *rules: Names of the rules, in order; each writes the column of its name.
        where: A column that is above 0.5 in the rows that take part, or ``not`` and its name; none: all rows.
        totals: Columns of other tables, as ``prefix_column``, and the column that is added up in each.
        every: The event takes place in every so manyth quarter; 4: at the end of each year.
        when: Parameter that switches the event on where it is above 0, or ``not`` and its name.
    """
    sums = tuple((totals or {}).items())
    name = rules[0] if rules else sums[0][0]
    return ForEach(name, meaning, table, rules, where, sums, every, when)


def procedure(
    meaning: str, function: Callable[..., Any], every: int = 1, when: str | None = None
) -> Procedure:
    """An event in which a market works on whole columns; named after its function.

    Args:
        meaning: What happens, in a few words.
        function: The market; its arguments name what it reads and writes.
        every: The event takes place in every so manyth quarter; 4: at the end of each year.
        when: Parameter that switches the event on where it is above 0, or ``not`` and its name.
    """
    return Procedure(function.__name__, meaning, function, every, when)


def unless(parameter: str, events: Iterable[Event]) -> tuple[Event, ...]:
    """The events as they take place only in runs in which that parameter is 0."""
    off = f"not {parameter}"
    return tuple(replace(event, when=f"{event.when} and {off}" if event.when else off) for event in events)


def switches(when: str | None) -> dict[str, bool]:
    """The parameters that a switch names, each with whether it has to be above 0."""
    parts = when.split(" and ") if when else []
    return {part.removeprefix("not "): not part.startswith("not ") for part in parts}


def is_on(when: str | None, parameters: Mapping[str, float]) -> bool:
    """Whether a switch is on: a parameter's name, ``not `` and its name, or several joined by `` and ``."""
    return all((parameters[name] > 0.0) == above for name, above in switches(when).items())
