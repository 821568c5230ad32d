"""The model with extensions: its rules, parameters, schema, quarter, agents and scenarios."""

from __future__ import annotations

import bdb
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import networkx as nx
import numpy as np
import pandas as pd

from agents.columns import NO_PARTNER, Column
from agents.rules import Rules
from agents.suggestions import did_you_mean
from agents.user_error import UserError
from agents.view import AgentView
from model.economy.initial_state import initial_state
from model.engine.binding import ROUNDING
from model.engine.events import Event
from model.engine.interpreter import failing_line
from model.engine.rule_source import arguments, where
from model.engine.schema import Schema
from model.engine.state import State
from model.extensions.account import Account
from model.extensions.agent_kind import AgentKind, rows_at_work
from model.extensions.assembly import Assembly
from model.extensions.extension import Extension, ExtensionError
from model.extensions.loading import load_extension
from model.extensions.measure import Measure, measured
from model.extensions.placed_events import Placed
from model.extensions.source_hash import home, source_hash
from model.parameters import ParameterRow, Parameters, parameter_rows
from model.scenarios.parameter_paths import By, GroupedPath, Path, Varying
from model.scenarios.scenario import Opening, Scenario

OF_SCENARIO = "[varying] of scenario"  # the place of an extension that a scenario makes
Extensions = Extension | Rules | Placed | str | Sequence["Extensions"] | None

Tables = Callable[[Extension], dict[str, Any]]  # what the files of an extension hold, by argument


class ExtensionFacts(TypedDict):
    """The record of an extension in a results folder."""

    name: str
    source: str
    hash: str
    parameters: dict[str, float]
    described: list[ParameterRow]


@dataclass(frozen=True, eq=False)
class Extended:
    """The model with extensions; without any, the model.

    ``rules``: every rule by name; ``parameters``: the class of parameters, including those of extensions;
    ``faces``: table → class of its Mesa agents; ``recorded``: columns and measures of cities that extensions
    add; ``measures``: all their measures.
    """

    extensions: tuple[Extension, ...]
    rules: Mapping[str, Callable[..., Any]]
    parameters: type[Parameters]
    schema: Schema
    quarter: tuple[Event, ...]
    agents: tuple[AgentKind, ...]
    faces: Mapping[str, type[AgentView]]
    scenarios: Mapping[str, Scenario]
    recorded: tuple[str, ...]
    measures: tuple[Measure, ...] = ()
    varying: Mapping[str, tuple[Varying, Extension]] = field(default_factory=dict)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that extensions declare."""
        return tuple(account for one in self.extensions for account in one.accounts)

    def missed(self, account: Account, state: State) -> float:
        """Return by how much the sums of an account differ, relative to the larger of them."""
        return account.missed(state, self.measure)

    def paths(self, parameters: Parameters, cities: pd.DataFrame) -> dict[str, Path | GroupedPath]:
        """Return parameters that vary, each with its value by quarter. Raises ExtensionError."""
        found: dict[str, Path | GroupedPath] = {}
        numbers, year = parameters.numbers(), parameters.start_year
        for name, (how, one) in self.varying.items():
            try:
                for value in how.values:
                    parameters.changed(**{name: numbers[value] if isinstance(value, str) else value})
                if isinstance(how, By):
                    found[name] = how.grouped(name, numbers[name], numbers, year, cities)
                else:
                    found[name] = how.path(numbers[name], numbers, year)
            except (ValueError, UserError) as error:
                raise one.error(f"varying {name}: {error}") from None
        return found

    @property
    def reported(self) -> tuple[Measure, ...]:
        """All measures, and as means the columns of cities that extensions add, for tables and figures."""
        columns = (column for one in self.extensions for column in one.columns.get("cities", ()))
        own = (
            Measure(one.name, f"cities.{one.name}", "city", "mean", unit=one.unit, meaning=one.meaning)
            for one in columns
            if one.index_of is None
        )
        return (*self.measures, *own)

    @property
    def flows(self) -> frozenset[str]:
        """Names of own measures that are added up over the quarters of a year."""
        return frozenset(one.name for one in self.measures if one.yearly == "sum")

    def measure(self, one: Measure, state: State, by: str) -> np.ndarray:
        """Return the value of a measure of each city, (C,), or of the country, (1,)."""
        return measured(one, state, rows_at_work(self.agents).get(one.place[0]), by)

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of the source of all extensions, a part of the key of a run."""
        return "-".join(source_hash(one) for one in self.extensions)

    def coerce_parameters(self, parameters: Parameters | None) -> Parameters:
        """Return parameters of this model: values that were set stay, those of extensions are added."""
        if parameters is None:
            return self.parameters()
        if type(parameters) is self.parameters:
            return parameters
        return self.parameters.checked(**parameters.model_dump(exclude_unset=True))

    def initial_state(
        self,
        cities: pd.DataFrame,
        network: nx.Graph[int],
        openings: Sequence[Opening],
        parameters: Parameters,
        seed: int,
        hubs: Sequence[int] = (),
    ) -> State:
        """Return the tables before the burn-in (``model.economy.initial_state``), with those of extensions.

        Raises:
            ExtensionError: A ``start`` function returns something other than columns of finite numbers.
        """
        tables = functools.cache(lambda one: _tables(one, cities))  # each file is read once
        begun = self._begin(tables, cities, parameters, seed)
        rows = {table: len(next(iter(columns.values()))) for table, columns in begun.items()}
        state = initial_state(cities, network, openings, parameters, seed, hubs, self.schema, rows)
        self._fill(state, begun, tables, cities, parameters, seed)
        return state

    def _begin(
        self, tables: Tables, cities: pd.DataFrame, parameters: Parameters, seed: int
    ) -> dict[str, dict[str, Any]]:
        """Return the initial columns of the tables that extensions add: table → column → values."""
        given = {"cities": cities, "parameters": parameters, "seed": seed}
        return {
            kind.table: _initial(
                one, kind, _call(one, kind.start, given | _copied(tables(one)), f"start of {kind.table}")
            )
            for one in self.extensions
            for kind in one.agents
        }

    def _fill(
        self,
        state: State,
        begun: Mapping[str, Mapping[str, Any]],
        tables: Tables,
        cities: pd.DataFrame,
        parameters: Parameters,
        seed: int,
    ) -> None:
        """Write the initial columns, then let extensions prepare the state."""
        for one in self.extensions:
            for kind in one.agents:
                for name, values in begun[kind.table].items():
                    if name in state[kind.table]:
                        state[kind.table][name] = values
            if one.prepare is not None:
                given = {"state": state, "cities": cities, "parameters": parameters, "seed": seed}
                _call(one, one.prepare, given | _copied(tables(one)), "prepare")
            _check_state(one, state)

    def facts(self, parameters: Parameters) -> list[ExtensionFacts]:
        """Return the record of each extension in a results folder.

        Name, source, hash of the source, values of its parameters, and these as ``describe`` gives them.
        """
        return [
            {
                "name": one.name,
                "source": one.source[0] if one.source else one.place,
                "hash": source_hash(one),
                "parameters": {own.name: getattr(parameters, own.name) for own in one.parameters},
                "described": parameter_rows(self.parameters, [own.name for own in one.parameters]),
            }
            for one in self.extensions
        ]


def extended(extensions: Extensions = None) -> Extended:
    """Return the model with extensions: values, ``Rules``, names for ``load_extension``, or several of them.

    Raises:
        ExtensionError: They do not fit the model, or each other; the message names file and line.
    """
    return _extended(tuple(_flat(extensions)))


def _flat(given: Any) -> Iterable[Extension]:
    if given is None:
        return
    if isinstance(given, Extension):
        yield given
    elif isinstance(given, Placed):
        yield _of_event(given)
    elif isinstance(given, Rules):
        if given.replaced:
            yield _of_rules(given)
    elif isinstance(given, str):
        yield from load_extension(given)
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _flat(one)
    else:
        raise ExtensionError(
            f"extension cannot be {given!r}: it is an Extension, Rules, a name such as my_module:extension, "
            "or several of them"
        )


@functools.lru_cache(maxsize=64)
def _of_event(placed: Placed) -> Extension:
    return Extension(placed.event.name, events=[placed])


def with_scenario(whole: Extended, scenario: Scenario) -> Extended:
    """Return the model with the parameters that vary in a scenario; the model if none does."""
    if not scenario.varying:
        return whole
    key = whole.extensions, repr(scenario.varying)
    if key not in _of_scenarios:
        place = f"{OF_SCENARIO} {scenario.name}"
        own = Extension("scenario", varying=scenario.varying, place=place)
        _of_scenarios[key] = extended([*whole.extensions, own])
    return _of_scenarios[key]


_of_scenarios: dict[tuple[tuple[Extension, ...], str], Extended] = {}  # runs share what is derived from one


@functools.lru_cache(maxsize=64)
def _of_rules(rules: Rules) -> Extension:
    return Extension("rules", rules=rules)


@functools.lru_cache(maxsize=64)
def _extended(extensions: tuple[Extension, ...]) -> Extended:
    for one in extensions:
        source_hash(one)  # reads its text before it can be edited
    made = Assembly(extensions)
    return Extended(
        extensions=extensions,
        rules=made.rules,
        parameters=made.numbers,
        schema=made.schema,
        quarter=tuple(made.quarter),
        agents=tuple(made.agents),
        faces=made.faces,
        scenarios=made.scenarios,
        recorded=tuple(made.recorded),
        measures=tuple(made.measures),
        varying=made.varying,
    )


def _call(one: Extension, function: Callable[..., Any], given: Mapping[str, Any], what: str) -> Any:
    """Return the result of the function, called with the values that its arguments name."""
    wanted = arguments(function)
    for name in wanted:
        if name not in given:
            raise one.error(f"{what} ({where(function)}) reads {name}: it may read {', '.join(given)}")
    try:
        return function(**{name: given[name] for name in wanted})
    except (bdb.BdbQuit, UserError):
        raise
    except Exception as error:
        said = f"there is no {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
        raise one.error(f"{what} ({failing_line(error, function)}) fails: {said}") from error


def _copied(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of files for a function that may change what it is given."""
    return {name: table.copy() for name, table in tables.items()}


def _tables(one: Extension, cities: pd.DataFrame) -> dict[str, Any]:
    """Return the tables of the extension's options by name. Raises InputError."""
    return {option.name: option.read(home(one), cities) for option in one.options}


def _initial(one: Extension, kind: AgentKind, found: Any) -> dict[str, np.ndarray]:
    """Return the result of ``start`` as arrays of equal length."""
    what = f"start of {kind.table} ({where(kind.start)})"
    if not isinstance(found, Mapping | pd.DataFrame):
        raise one.error(f"{what} must return columns, a mapping or a DataFrame, not {type(found).__name__}")
    columns = {column.name: column for column in kind.columns}
    made: dict[str, np.ndarray] = {}
    for name in found:
        if name not in columns:
            hint = did_you_mean(str(name), columns, f": there are {', '.join(columns)}")
            raise one.error(f"{what} returns {name}, which is not a column of {kind.table}{hint}")
        try:
            made[str(name)] = np.asarray(found[name], dtype=np.float64)
        except (TypeError, ValueError):
            raise one.error(f"{what}: {name} does not hold numbers") from None
    lengths = {values.shape for values in made.values()}
    if len(lengths) != 1 or len(next(iter(lengths))) != 1:
        raise one.error(
            f"{what} must return columns of equal length, not of {sorted(map(str, lengths)) or 'none'}"
        )
    return made


def _check_state(one: Extension, state: State) -> None:
    """Check that the columns of the extension hold finite numbers and rows that exist."""
    own = {table: {column.name for column in columns} for table, columns in one.columns.items()}
    own |= {kind.table: {column.name for column in kind.columns} for kind in one.agents}
    for table, columns in state.schema.tables.items():
        for column in columns:
            # ``prepare`` may have written to any column; a missing row would be read out of bounds.
            written = one.prepare is not None or column.name in own.get(table, ())
            if written and column.name in state[table]:
                _check_column(one, state, table, column)


def _check_column(one: Extension, state: State, table: str, column: Column) -> None:
    values = state[table][column.name]
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise one.error(
            f"column {column.name} of {table} does not start with finite numbers: row {row} is {values[row]}"
        )
    if (
        column.within_unit_interval
        and len(values)
        and not -ROUNDING <= values.min() <= values.max() <= column.most + ROUNDING
    ):
        raise one.error(
            f"column {column.name} of {table} is in {column.unit}, from 0 to {column.most:g}: it starts with "
            f"{values.min():g} to {values.max():g}"
        )
    # ``site`` holds rows of the network's routes, which are not a table.
    if column.index_of in state.tables and len(values):
        last = state[column.index_of].rows - 1
        if values.min() < (NO_PARTNER if column.may_be_empty else 0) or values.max() > last:
            none = "; for none, start it with NO_PARTNER" if values.min() == NO_PARTNER else ""
            raise one.error(
                f"column {column.name} of {table} must hold rows of {column.index_of}, 0 to {last}: it holds "
                f"{values.min():g} to {values.max():g}{none}"
            )
