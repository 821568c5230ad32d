"""``Extension``: user-defined rules, parameters, columns, events, agents and scenarios, as one frozen value.

An extension checks itself when it is made; ``model.extensions.assembly`` checks that it fits the model and
other extensions.
"""

from __future__ import annotations

import functools
import keyword
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.columns import NO_PARTNER, Column
from agents.rules import Rules
from agents.view import AgentView
from model.economy.invariants import CONSTANTS, IDENTITIES
from model.economy.regional_schema import REGIONAL
from model.engine.events import ForEach, Procedure, Rule
from model.engine.probes import Probe
from model.engine.rule_source import RuleError, where
from model.engine.user_code_checks import returns_a_value
from model.extensions.account import Account
from model.extensions.agent_kind import AgentKind
from model.extensions.agent_links import Links
from model.extensions.measure import Measure
from model.extensions.option import Option
from model.extensions.placed_events import Placed
from model.parameters import Parameter
from model.scenarios.parameter_paths import Varying
from model.scenarios.scenario import Scenario

SEVERAL = (
    "accounts",
    "parameters",
    "measures",
    "events",
    "agents",
    "links",
    "faces",
    "scenarios",
    "files",
    "options",
    "exempt",
    "replaces",
    "draws",
)


class ExtensionError(RuleError):
    """An extension that cannot be used; the message names its file and line."""


@dataclass(frozen=True, eq=False)
class Extension:
    """User-defined rules, parameters, columns, events, agents and scenarios.

    Parameters
    ----------
    name:
        Letters, digits, ``_`` and ``-``; in keys of runs and in results folders.
    rules:
        Functions: with the name of a rule of the model, which they replace, or of events of the extension. A
        ``Rules``, a mapping of names, or the functions, each by its name. A function that an event is given
        need not be repeated here.
    measures:
        ``Measure`` values: numbers that every run records.
    accounts:
        ``Account`` values: sums that ``check`` and ``--check-invariants`` compare.
    varying:
        Parameter, of the model or the extension → ``Ramp``, ``Step``, ``Dated`` or ``By``: it changes in the
        course of a run, or differs by kind, tier or region.
    replaces:
        Rules of the model whose names functions of own events have, and which these replace everywhere.
    calls:
        Market of the model → function or functions, by the names of functions that it calls: it calls these
        instead, such as ``{"award_tender": can_take}``.
    draws:
        Names of new streams of draws that look like one of the model's, such as ``draw_success_of_bank``.
    parameters:
        ``Parameter`` values. Rules and procedures read them by name; a run, a sweep and a scenario set them.
    columns:
        Table (``firms``, ``cities``, ``providers``, ``nation``, …) or face → further columns of its agents.
    events:
        Further events of a quarter: ``after("move_talent", for_each(…))``, ``before(…)``, ``instead_of(…)``;
        rules in an event of the model: ``inside("revenue", rule, before="research_spending")``.
    agents:
        ``AgentKind`` values.
    links:
        ``Links`` values: kinds whose agents join two others, and end with them.
    faces:
        Subclasses of the Mesa agents of the model. A method with the name of a rule replaces it, interpreted.
    scenarios:
        ``Scenario`` values, which a run finds by name.
    prepare:
        A function of any of ``state``, ``cities``, ``parameters`` and ``seed``, called once before the
        burn-in: it may set columns, and add ``state.arrays`` for procedures to work on.
    neutral:
        Values of the extension's parameters with which a run equals the model alone to the bit; ``computeleap
        extension check`` verifies it.
    files:
        Paths of data that the extension reads, from the folder of its source: their contents are part of a
        run's key, like the source of the extension.
    options:
        ``Option`` values: tables in files, which ``start`` and ``prepare`` read by name, and whose files the
        user may replace: ``"treaties.py pairs=mine.csv"``.
    exempt:
        Accounts of ``model.economy.invariants`` that it breaks on purpose: ``endowment``, where people are
        trained; ``money``, where a tax leaves the country.
    meaning:
        A sentence for lists.

    Raises
    ------
    ExtensionError
        Something in it is invalid; the message names file and line.
    """

    name: str
    rules: Any = ()
    parameters: Sequence[Parameter] = ()
    columns: Mapping[Any, Sequence[Column]] = field(default_factory=dict)
    events: Sequence[Placed] = ()
    agents: Sequence[AgentKind] = ()
    links: Sequence[Links] = ()
    faces: Sequence[type[AgentView]] = ()
    scenarios: Sequence[Scenario] = ()
    prepare: Callable[..., Any] | None = None
    neutral: Mapping[str, float] = field(default_factory=dict)
    files: Sequence[str] = ()
    options: Sequence[Option] = ()
    exempt: Sequence[str] = ()
    measures: Sequence[Measure] = ()
    accounts: Sequence[Account] = ()
    varying: Mapping[str, Varying] = field(default_factory=dict)
    replaces: Sequence[str] = ()
    calls: Mapping[str, Any] = field(default_factory=dict)
    draws: Sequence[str] = ()
    meaning: str = ""
    place: str = field(default="", repr=False)  # file and line at which it was made
    source: tuple[str, int] | None = field(default=None, repr=False)  # by which workers load it
    stamp: tuple[int, int] | None = field(default=None, repr=False)  # of its file when it was made
    listed: frozenset[str] | None = field(default=None, repr=False)  # names given as rules, not by events

    def __post_init__(self) -> None:
        assign = functools.partial(object.__setattr__, self)
        if not self.place:
            assign("place", _caller())
            assign("stamp", file_stamp(self.place))
        for name in SEVERAL:
            # Most users write a single value first.
            assign(name, _several(getattr(self, name)))
        if not isinstance(self.columns, Mapping):
            raise self.error(
                "columns must be a mapping from tables to columns, such as {'cities': [Column(…)]}"
            )
        if not isinstance(self.calls, Mapping):
            raise self.error(
                "calls must be a mapping from markets to functions, such as {'award_tender': can_take}"
            )
        assign("calls", {market: _several(functions) for market, functions in self.calls.items()})
        assign("columns", {getattr(k, "table_name", k): _several(v) for k, v in self.columns.items()})
        for one in self.links:
            if all(getattr(kind, "links", None) is not one for kind in self.agents):  # not yet made
                assign("agents", (*self.agents, self._joined(one)))
        if self.listed is None:  # replace() gives the names of events, too
            assign("listed", frozenset(self._given_rules()))
        assign("rules", self._named_rules())
        _Checks(self).all()

    def error(self, what: str) -> ExtensionError:
        """Return an error of this extension: its name, file and line, then what is wrong."""
        return ExtensionError(f"extension {self.name} ({self.place}): {what}")

    def _joined(self, one: Any) -> AgentKind:
        if not isinstance(one, Links):
            raise self.error(f"links takes Links(table, first, second, columns), not {one!r}")
        try:
            return one.kind(self.prefixes)
        except KeyError as error:
            name = str(error).strip("'_")
            raise self.error(
                f"links {one.table} have an end {name}, which is no prefix: write (column, table) for one of "
                "another extension"
            ) from None

    @property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes of tables that links of this extension may name: of the model, and its own."""
        kinds: tuple[Any, ...] = tuple(self.agents)  # whose types are not yet checked
        own = {kind.prefix: kind.table for kind in kinds if isinstance(kind, AgentKind)}
        return {**REGIONAL.whole, **own}

    def _named_rules(self) -> dict[str, Rule]:
        """Return the rules by name, with those that events were given as functions."""
        named, defaults = self._given_rules(), Rules()
        for placed in self.events:  # whose types are not yet checked
            event = getattr(placed, "event", None)
            for rule in getattr(event, "functions", ()):
                name = rule.__name__
                if named.get(name, rule) is not rule:
                    raise self.error(f"an event and rules give two functions called {name}; keep one")
                if name not in defaults or defaults[name] is not rule:
                    named[name] = rule
        return named

    def _given_rules(self) -> dict[str, Rule]:
        given = self.rules
        if isinstance(given, Rules):
            return given.replaced
        if callable(given):
            given = (given,)
        if isinstance(given, Mapping):
            return dict(given)
        named: dict[str, Rule] = {}
        for rule in given:
            if not callable(rule):
                raise self.error(f"rules must be functions, not {type(rule).__name__}")
            name = getattr(rule, "__name__", "")
            if name in named:
                raise self.error(f"two rules are called {name}; rename one or give a mapping of names")
            named[name] = rule
        return named


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _caller() -> str:
    """Return file and line of the caller outside this module and the code that dataclasses generate."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename in (__file__, "<string>"):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def file_stamp(place: str) -> tuple[int, int] | None:
    """Return time and size of the file at a place (file:line); None if it is no file, as in a notebook."""
    try:
        found = Path(place.rpartition(":")[0]).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class _Checks:
    """Checks of an extension that need no model."""

    def __init__(self, extension: Any) -> None:  # a user's: its values may have any type
        self.it = extension

    def all(self) -> None:
        it = self.it
        text = it.name if isinstance(it.name, str) else ""
        if not text.replace("_", "").replace("-", "").isalnum():
            raise it.error(f"name cannot be {it.name!r}: it may hold only letters, digits, _ and -")
        self._kinds("parameters", Parameter, "Parameter(name, default, low, high, unit, meaning)")
        self._kinds(
            "events", Placed, "after('name', for_each(…)), before(…), instead_of(…) or inside('name', rule)"
        )
        self._kinds("agents", AgentKind, "AgentKind(table, prefix, columns, start)")
        self._kinds("scenarios", Scenario, "Scenario(name, meaning, …)")
        self._kinds("accounts", Account, "Account(name, stock, equals)")
        self._kinds("measures", Measure, "Measure(name, 'table.column', by, how)")
        self._kinds("files", str, "a path as a text")
        self._kinds("options", Option, "Option(name, file, columns)")
        for option in it.options:
            if wrong := option.mistake():
                raise it.error(f"option {option.name}: {wrong}")
        for parameter in it.parameters:
            self._parameter(parameter)
        for table, columns in it.columns.items():
            for column in columns:
                self._column(str(table), column)
        for kind in it.agents:
            self._agents(kind)
        for placed in it.events:
            self._event(placed)
        for name, rule in it.rules.items():
            self._rule(name, rule)
        for face in it.faces:
            if not (isinstance(face, type) and issubclass(face, AgentView) and face.table_name):
                raise it.error(
                    f"faces must be subclasses of Firm, CityGovernment or ComputeProvider, not {face!r}"
                )
        if it.prepare is not None and not callable(it.prepare):
            raise it.error(f"prepare must be a function, not {type(it.prepare).__name__}")
        known = {parameter.name for parameter in it.parameters}
        for name in it.exempt:
            if name not in {**IDENTITIES, **CONSTANTS}:
                raise it.error(f"exempt names {name!r}: accounts are {', '.join((*IDENTITIES, *CONSTANTS))}")
        for name in it.replaces:
            if name not in it.rules:
                raise it.error(f"replaces names {name!r}, which is not one of its rules")
        for name in it.draws:
            if not str(name).startswith("draw_"):
                raise it.error(f"draws names {name!r}: a draw is called draw_ and a name")
        for name in it.neutral:
            if name not in known:
                raise it.error(f"neutral names {name}, which is not a parameter of the extension")

    def _kinds(self, name: str, kind: type, wanted: str) -> None:
        for value in getattr(self.it, name):
            if not isinstance(value, kind):
                raise self.it.error(f"{name} takes {wanted}, not {value!r}")

    def _identifier(self, what: str, name: Any) -> None:
        if not (isinstance(name, str) and name.isidentifier() and name.islower()) or keyword.iskeyword(name):
            raise self.it.error(
                f"{what} cannot be called {name!r}: use a lower-case name such as graduation_rate"
            )
        if name.startswith("draw_"):
            raise self.it.error(f"{what} cannot be called {name}: names that begin with draw_ are draws")

    def _parameter(self, one: Any) -> None:
        self._identifier("a parameter", one.name)
        for key in ("default", "low", "high"):
            value = getattr(one, key)
            if not _is_number(value):
                raise self.it.error(f"parameter {one.name}: {key} must be a finite number, not {value!r}")
        if not one.low <= one.default <= one.high:
            raise self.it.error(
                f"parameter {one.name}: the default {one.default:g} is not within {one.low:g} to {one.high:g}"
            )
        for key in ("unit", "meaning", "source", "group"):
            if not isinstance(getattr(one, key), str) or not getattr(one, key):
                raise self.it.error(f"parameter {one.name}: {key} must be a text, not {getattr(one, key)!r}")

    def _column(self, table: str, column: Any) -> None:
        if not isinstance(column, Column):
            raise self.it.error(f"columns of {table} must be Column(name, unit, meaning, …), not {column!r}")
        self._identifier(f"a column of {table}", column.name)
        if not _is_number(column.start):
            raise self.it.error(
                f"column {column.name} of {table}: start must be a finite number, not {column.start!r}"
            )
        if column.index_of is not None and column.start not in (0, NO_PARTNER):
            raise self.it.error(
                f"column {column.name} of {table} holds rows of {column.index_of}: it must start at 0, or "
                "with NO_PARTNER"
            )

    def _agents(self, kind: Any) -> None:
        self._identifier("a table", kind.table)
        if not isinstance(kind.prefix, str) or not kind.prefix.endswith("_"):
            raise self.it.error(
                f"prefix of {kind.table} cannot be {kind.prefix!r}: it must end with _ (university_)"
            )
        self._identifier("a prefix", kind.prefix)
        if not kind.columns:
            raise self.it.error(f"agents {kind.table} have no columns")
        for column in kind.columns:
            self._column(kind.table, column)
        if not callable(kind.start):
            raise self.it.error(f"start of {kind.table} must be a function that returns its initial columns")
        face = kind.face
        if face is not None:
            if not (isinstance(face, type) and issubclass(face, AgentView)):
                raise self.it.error(f"face of {kind.table} must be a subclass of AgentView, not {face!r}")
            if face.table_name != kind.table:
                raise self.it.error(f"face {face.__name__} must set table_name = {kind.table!r}")
        if kind.at_work is not None and kind.at_work not in {column.name for column in kind.columns}:
            raise self.it.error(
                f"at_work of {kind.table} names {kind.at_work!r}, which is not one of its columns"
            )

    def _event(self, placed: Any) -> None:
        call = f"{placed.position}({placed.anchor!r}, …) takes for_each(…) or procedure(…)"
        if not isinstance(placed.event, ForEach | Procedure):
            raise self.it.error(f"{call}, not {placed.event!r}")
        if isinstance(placed.event, Probe) and returns_a_value(placed.event.function):
            name = placed.event.name
            raise self.it.error(f"{call}; {name} alone would be a probe, but it returns a value, as rules do")
        every: Any = placed.event.every
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            name = placed.event.name
            raise self.it.error(f"event {name!r}: every must be a whole number from 1, not {every!r}")

    def _rule(self, name: Any, rule: Any) -> None:
        if isinstance(rule, type) or not callable(rule):
            raise self.it.error(f"rule {name} must be a function, not {type(rule).__name__}")
        if name == "<lambda>":
            raise self.it.error(f"a rule ({where(rule)}) must be written with def, not as a lambda")
        self._identifier("a rule", name)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
