"""Events of a quarter: rules applied to every row of a table, and procedures on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

Rule = Callable[..., object]


@dataclass(frozen=True)
class ForEach:
    """Rules, applied in order to every row of a table.

    The value of a rule is written to the column of the same name if the table has one, and later rules of the
    event read it by that name. ``rules`` are names: a run looks them up among its rules, so any may be
    replaced; ``functions`` are the rules that the event was given as functions. ``where`` limits the event to
    rows in which a 0-or-1 column is 1 (or, with a leading ``not ``, is 0). ``totals`` adds values up:
    ``("city_firms", "alive")`` sums ``alive`` over the rows of each city. ``every`` = 4 runs the event in
    every fourth quarter only. ``when`` names a parameter: the event takes place in runs in which it is above
    0 (with a leading ``not ``, in which it is 0; several are joined by `` and ``), so a mechanism that is off
    costs nothing and changes nothing.
    """

    name: str
    meaning: str
    table: str
    rules: tuple[str, ...]
    where: str | None = None
    totals: tuple[tuple[str, str], ...] = ()
    every: int = 1
    when: str | None = None
    functions: tuple[Rule, ...] = field(default=(), compare=False, repr=False)
    scope: tuple[tuple[str, Rule], ...] = field(default=(), compare=False, repr=False)
    original: ForEach | None = field(default=None, compare=False, repr=False)  # without rules put inside it

    def functions_from(self, rules: Mapping[str, Rule]) -> tuple[Rule, ...]:
        """Return its rules as functions: those of this event alone (``scope``), else those of the run."""
        own = dict(self.scope)
        return tuple(own[name] if name in own else rules[name] for name in self.rules)


@dataclass(frozen=True)
class Procedure:
    """A function of whole columns, which its arguments name; it writes in place."""

    name: str
    meaning: str
    function: Rule
    every: int = 1
    when: str | None = None


Event = ForEach | Procedure


def for_each(
    meaning: str,
    table: str,
    *rules: Rule | str,
    where: str | None = None,
    totals: dict[str, str] | None = None,
    every: int = 1,
    when: str | None = None,
) -> ForEach:
    """Return an event in which every row of a table follows rules, named after its first rule (or total).

    Args:
        meaning: What happens, in a few words.
        table: The table whose rows take part.
        *rules: The rules, in order: functions, or names of rules. Each writes the column of its name.
        where: A column that is above 0.5 in the rows that take part, or ``not`` and its name; none: all rows.
        totals: Columns of other tables, as ``prefix_column``, and the column that is added up in each.
        every: The event takes place in every so manyth quarter; 4: at the end of each year.
        when: Parameter that switches the event on where it is above 0, or ``not`` and its name.

    Raises:
        TypeError: A rule is neither a function nor a name.
    """
    functions = tuple(rule for rule in rules if not isinstance(rule, str))
    for rule in functions:
        if not hasattr(rule, "__name__"):
            raise TypeError(f"for_each takes functions or names of rules, not {rule!r}")
    names = tuple(rule if isinstance(rule, str) else rule.__name__ for rule in rules)
    sums = tuple((totals or {}).items())
    name = names[0] if names else sums[0][0]
    return ForEach(name, meaning, table, names, where, sums, every, when, functions)


def procedure(meaning: str, function: Rule, every: int = 1, when: str | None = None) -> Procedure:
    """Return an event in which a function works on whole columns, named after the function.

    Args:
        meaning: What happens, in a few words.
        function: The function; its arguments name the columns, arrays and parameters that it uses.
        every: The event takes place in every so manyth quarter; 4: at the end of each year.
        when: Parameter that switches the event on where it is above 0, or ``not`` and its name.
    """
    return Procedure(function.__name__, meaning, function, every, when)


def unless(parameter: str, events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events limited to runs in which the parameter is 0."""
    off = f"not {parameter}"
    return tuple(replace(event, when=f"{event.when} and {off}" if event.when else off) for event in events)


def switches(when: str | None) -> dict[str, bool]:
    """Return the parameters that a switch names, each with whether it must be above 0."""
    parts = when.split(" and ") if when else []
    return {part.removeprefix("not "): not part.startswith("not ") for part in parts}


def is_on(when: str | None, parameters: Mapping[str, float]) -> bool:
    """Return whether a switch is on: a parameter, ``not `` and its name, or several joined by `` and ``."""
    return all((parameters[name] > 0.0) == above for name, above in switches(when).items())
