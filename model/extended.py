"""The model with extensions: its rules, parameters, world, quarter, agents and scenarios, put together and checked."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from agents.city_government import CityGovernment
from agents.columns import Column
from agents.compute_provider import ComputeProvider
from agents.firm import Firm
from agents.names import nearest
from agents.rules import Rules
from agents.view import AgentView
from model.binding import bind_each, readable
from model.events import Clear, Each, Event, switches
from model.extension import AgentKind, Extension, ExtensionError, Placed
from model.extension_name import load_extension
from model.extension_source import source_hash
from model.parameters import Parameter, Parameters, extended_parameters
from model.rule_text import arguments, where
from model.scenario import SCENARIOS, Scenario
from model.state import State
from model.step import CLOSED, QUARTER
from model.world import REGIONAL, World

Extensions = Extension | Rules | str | Sequence[Extension | Rules | str] | None
FACES: dict[str, type[AgentView]] = {"firms": Firm, "cities": CityGovernment, "providers": ComputeProvider}


@dataclass(frozen=True, eq=False)
class Extended:
    """The model with extensions; without any, the model.

    ``rules``: every rule by name; ``parameters``: the class of parameters, those of extensions among them;
    ``faces``: table → what Mesa sees of its rows; ``recorded``: columns of cities that extensions add.
    """

    extensions: tuple[Extension, ...]
    rules: Mapping[str, Callable[..., Any]]
    parameters: type[Parameters]
    world: World
    quarter: tuple[Event, ...]
    agents: tuple[AgentKind, ...]
    faces: Mapping[str, type[AgentView]]
    scenarios: Mapping[str, Scenario]
    recorded: tuple[str, ...]

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of the text of all extensions: a changed one gives another run."""
        return "-".join(source_hash(one) for one in self.extensions)

    def settle(self, parameters: Parameters | None) -> Parameters:
        """The parameters as those of this model: values that were set stay, own ones are added."""
        if parameters is None:
            return self.parameters()
        if type(parameters) is self.parameters:
            return parameters
        return self.parameters.checked(**parameters.model_dump(exclude_unset=True))

    def begin(self, cities: pd.DataFrame, parameters: Parameters, seed: int) -> dict[str, dict[str, Any]]:
        """The initial columns of the tables that extensions add: table → column → values.

        Raises:
            ExtensionError: what a ``start`` function returns is no such thing.
        """
        given = {"cities": cities, "parameters": parameters, "seed": seed}
        return {
            kind.table: _initial(one, kind, _call(one, kind.start, given, f"start of {kind.table}"))
            for one in self.extensions
            for kind in one.agents
        }

    def endow(
        self, state: State, begun: Mapping[str, Mapping[str, Any]], cities: pd.DataFrame,
        parameters: Parameters, seed: int,
    ) -> None:  # fmt: skip
        """Put initial columns where they belong, then let extensions prepare what they want to.

        Raises:
            ExtensionError: a row that does not exist, a number that is not finite.
        """
        for one in self.extensions:
            for kind in one.agents:
                for name, values in begun[kind.table].items():
                    if name in state[kind.table]:
                        state[kind.table][name] = values
            if one.prepare is not None:
                given = {"state": state, "cities": cities, "parameters": parameters, "seed": seed}
                _call(one, one.prepare, given, "prepare")
            _check_state(one, state)

    def facts(self, parameters: Parameters) -> list[dict[str, Any]]:
        """What a results folder says of each extension: name, source, hash, values of its parameters."""
        return [
            {
                "name": one.name,
                "source": one.source[0] if one.source else one.place,
                "hash": source_hash(one),
                "parameters": {own.name: getattr(parameters, own.name) for own in one.parameters},
            }
            for one in self.extensions
        ]


def extended(extensions: Extensions = None) -> Extended:
    """The model with extensions: values, ``Rules``, names for ``load_extension``, or several of them.

    Raises:
        ExtensionError: they do not fit the model, or each other; the sentence names file and line.
    """
    return _extended(tuple(_flat(extensions)))


def _flat(given: Any) -> Iterable[Extension]:
    if given is None:
        return
    if isinstance(given, Extension):
        yield given
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
            f"extension must be an Extension, Rules, a name such as my_module:extension, or several, not {given!r}"
        )


@functools.lru_cache(maxsize=64)
def _of_rules(rules: Rules) -> Extension:
    return Extension("rules", rules=rules)


@functools.lru_cache(maxsize=64)
def _extended(extensions: tuple[Extension, ...]) -> Extended:
    return _Build(extensions).built()


class _Build:
    """Puts extensions on the model, one after the other."""

    def __init__(self, extensions: tuple[Extension, ...]) -> None:
        self.extensions = extensions
        self.rules: dict[str, Callable[..., Any]] = dict(Rules().items())
        self.own_rules: dict[str, Extension] = {}
        self.parameters: list[Parameter] = []
        self.tables = dict(REGIONAL.tables)
        self.through = {table: dict(reached) for table, reached in REGIONAL.through.items()}
        self.whole = dict(REGIONAL.whole)
        self.quarter = list(QUARTER)
        self.agents: list[AgentKind] = []
        self.faces = dict(FACES)
        self.scenarios = dict(SCENARIOS)
        self.recorded: list[str] = []

    def built(self) -> Extended:
        if not self.extensions:
            return Extended(
                (), self.rules, Parameters, REGIONAL, QUARTER, (), self.faces, self.scenarios, ()
            )
        names = Counter(one.name for one in self.extensions)
        for one in self.extensions:
            if names[one.name] > 1:
                raise one.error("two extensions have this name")
        for add in (self.add_parameters, self.add_tables, self.add_columns, self.add_rules, self.add_events,
                    self.add_faces, self.add_scenarios):  # fmt: skip
            for one in self.extensions:
                add(one)
        # One world for all that leave the tables alone, so that runs share what is made for it.
        same = self.tables == REGIONAL.tables
        world = REGIONAL if same else World(self.tables, self._reached(), REGIONAL.pairs, self.whole)
        made = Extended(
            self.extensions, self.rules, extended_parameters(tuple(self.parameters)), world,
            tuple(self.quarter), tuple(self.agents), self.faces, self.scenarios, tuple(self.recorded),
        )  # fmt: skip
        self._check(made)
        return made

    # ── What each brings ─────────────────────────────────────────────────────────────────────────

    def add_parameters(self, one: Extension) -> None:
        taken = {*Parameters.model_fields, *(own.name for own in self.parameters)}
        for parameter in one.parameters:
            if parameter.name in taken:
                raise one.error(f"the name of parameter {parameter.name} is taken by another parameter")
            if parameter.name in self.rules:
                raise one.error(f"the name of parameter {parameter.name} is taken by a rule of the model")
            if parameter.name in dir(Parameters):
                raise one.error(f"a parameter cannot be called {parameter.name}: Python needs that name")
            taken.add(parameter.name)
            group = parameter.group if parameter.group != "Extension" else f"Extension {one.name}"
            self.parameters.append(replace(parameter, group=group))

    def add_tables(self, one: Extension) -> None:
        for kind in one.agents:
            if kind.table in self.tables:
                raise one.error(f"there is a table {kind.table} already")
            if kind.prefix in self.whole:
                raise one.error(f"prefix {kind.prefix} is taken by table {self.whole[kind.prefix]}")
            self.tables[kind.table] = ()
            self.whole[kind.prefix] = kind.table
            self.agents.append(kind)
            face = kind.face or type(_camel(kind.prefix), (AgentView,), {"table_name": kind.table})
            self.faces[kind.table] = face

    def add_columns(self, one: Extension) -> None:
        brought = [*one.columns.items(), *((kind.table, kind.columns) for kind in one.agents)]
        for table, columns in brought:
            if table not in self.tables:
                near = nearest(str(table), self.tables)
                hint = f"; did you mean {near}?" if near else f": there are {', '.join(self.tables)}"
                raise one.error(f"columns are for a table {table!r}, which does not exist{hint}")
            if table in REGIONAL.pairs and any(column.index_of for column in columns):
                raise one.error(f"{table} has a row for each pair: it takes no columns that point to rows")
            for column in columns:
                self._add_column(one, table, column)

    def _add_column(self, one: Extension, table: str, column: Column) -> None:
        if any(known.name == column.name for known in self.tables[table]):
            raise one.error(f"{table} has a column {column.name} already")
        if column.index_of is not None:
            if column.index_of not in self.tables:
                near = nearest(column.index_of, self.tables)
                hint = f"; did you mean {near}?" if near else ""
                raise one.error(
                    f"column {column.name} of {table} holds rows of {column.index_of}, which does not exist{hint}"
                )
            prefixes = self.through.setdefault(table, {})
            prefixes[f"{column.name}_"] = (column.index_of, column.name)
        self._check_switch(one, f"column {column.name} of {table}", column.when)
        self.tables[table] = (*self.tables[table], column)
        if table == "cities":
            self.recorded.append(column.name)

    def add_rules(self, one: Extension) -> None:
        numbers = {*Parameters.model_fields, *(own.name for own in self.parameters)}
        for name, rule in one.rules.items():
            if name in self.own_rules:
                other = self.own_rules[name]
                raise one.error(f"rule {name} ({where(rule)}) is also one of extension {other.name} ({other.place})")
            if name in numbers:
                raise one.error(f"rule {name} ({where(rule)}) has the name of a parameter")
            arguments(rule)
            self.rules[name], self.own_rules[name] = rule, one

    def add_faces(self, one: Extension) -> None:
        for face in one.faces:
            table = face.table_name
            known = self.faces.get(table)
            if known is None or not issubclass(face, known):
                wanted = known.__name__ if known else "one of " + ", ".join(f.__name__ for f in self.faces.values())
                raise one.error(f"face {face.__name__} must be a subclass of {wanted}")
            self.faces[table] = face
            for name, rule in face.decisions().items():
                if name not in self.rules:
                    continue
                if name in self.own_rules:
                    raise one.error(f"{face.__name__}.{name} ({where(rule)}) replaces rule {name}, which is replaced already")
                self.rules[name], self.own_rules[name] = rule, one

    def add_scenarios(self, one: Extension) -> None:
        table = extended_parameters(tuple(self.parameters))
        for scenario in one.scenarios:
            if scenario.name in self.scenarios:
                raise one.error(f"there is a scenario {scenario.name} already")
            try:
                table.checked(**scenario.changes)
            except ValueError as error:
                raise one.error(f"scenario {scenario.name}: {error}") from None
            self.scenarios[scenario.name] = scenario

    # ── Events ───────────────────────────────────────────────────────────────────────────────────

    def add_events(self, one: Extension) -> None:
        last: dict[str, str] = {}  # anchor → the event that the next one after it follows
        for placed in one.events:
            anchor = last.get(placed.anchor, placed.anchor) if placed.how == "after" else placed.anchor
            names = [event.name for event in self.quarter]
            if anchor not in names:
                near = nearest(placed.anchor, names)
                hint = f"; did you mean {near}?" if near else ""
                raise one.error(
                    f"event {placed.event.name!r} is placed {placed.how.replace('_', ' ')} {placed.anchor!r}, which is "
                    f"no event of the quarter{hint}"
                )
            at = names.index(anchor)
            event = self._event(one, placed, self.quarter[at])
            if placed.how == "instead_of":
                if event.name != placed.anchor and event.name in names:
                    raise one.error(f"there is an event {event.name!r} already")
                self.quarter[at] = event
                continue
            if event.name in names:
                raise one.error(f"there is an event {event.name!r} already; an event is named after its first rule")
            self.quarter.insert(at + (placed.how == "after"), event)
            if placed.how == "after":
                last[placed.anchor] = event.name

    def _event(self, one: Extension, placed: Placed, beside: Event) -> Event:
        event = placed.event
        self._check_switch(one, f"event {event.name!r}", event.when)
        if isinstance(event, Each):
            if event.table not in self.tables:
                near = nearest(event.table, self.tables)
                hint = f"; did you mean {near}?" if near else ""
                raise one.error(f"event {event.name!r} is of a table {event.table!r}, which does not exist{hint}")
            for name in event.rules:
                if name not in self.rules:
                    near = nearest(name, self.rules)
                    hint = f"; did you mean {near}?" if near else "; put its function into rules"
                    raise one.error(f"event {event.name!r} names a rule {name}, which does not exist{hint}")
            if event.where and event.where.removeprefix("not ") not in {c.name for c in self.tables[event.table]}:
                raise one.error(f"event {event.name!r} is limited by {event.where}, no column of {event.table}")
        # It belongs to the economy of the event beside it: the country, or the closed economy in its place.
        closed = switches(beside.when).get(CLOSED)
        if closed is None or CLOSED in switches(event.when):
            return event
        economy = CLOSED if closed else f"not {CLOSED}"
        return replace(event, when=f"{event.when} and {economy}" if event.when else economy)

    def _check_switch(self, one: Extension, what: str, when: str | None) -> None:
        known = [*Parameters.model_fields, *(own.name for own in self.parameters)]
        for name in switches(when):
            if name not in known:
                near = nearest(name, known)
                hint = f"; did you mean {near}?" if near else ""
                raise one.error(f"{what} is switched by {name}, which is no parameter{hint}")

    # ── The whole ────────────────────────────────────────────────────────────────────────────────

    def _reached(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Longer prefixes first, so that ``city_tier_supply`` is not looked for in cities."""
        return {
            table: dict(sorted(reached.items(), key=lambda item: -len(item[0])))
            for table, reached in self.through.items()
        }

    def _check(self, made: Extended) -> None:
        known = tuple(made.parameters.model_fields)
        self._check_names(made, known)
        used = {name for event in made.quarter if isinstance(event, Each) for name in event.rules}
        for name, one in self.own_rules.items():
            if name not in used:
                near = nearest(name, used)
                hint = f"; did you mean {near}?" if near else "; place one with after(…) or before(…)"
                raise one.error(f"rule {name} ({where(made.rules[name])}) is in no event{hint}")
        for event in made.quarter:
            if isinstance(event, Each) and (event not in QUARTER or set(event.rules) & set(self.own_rules)):
                bind_each(event, made.rules, known, made.world)
                self._check_read(made, event)

    def _check_names(self, made: Extended, known: tuple[str, ...]) -> None:
        """No name may mean two things, wherever a rule reads it."""
        for table in made.world.tables:
            before = Counter(readable(table, Parameters.model_fields)) if table in REGIONAL.tables else Counter()
            for name, times in Counter(readable(table, known, (), made.world)).items():
                if times > max(1, before[name]):
                    one = next((e for e in self.extensions if _brings(e, name)), self.extensions[-1])
                    raise one.error(f"{name} would mean two things in a rule of {table}; give it another name")

    def _check_read(self, made: Extended, event: Each) -> None:
        """A number that goes nowhere is most often a misspelt column."""
        for place, name in enumerate(event.rules):
            rule, one = made.rules[name], self.own_rules.get(name)
            if one is None or event in QUARTER or getattr(rule, "interpreted", False):
                continue
            later = {argument for other in event.rules[place + 1 :] for argument in arguments(made.rules[other])}
            summed = {value for _, value in event.totals}
            if not made.world.has(event.table, name) and name not in later | summed:
                columns = [column.name for column in made.world.tables[event.table]]
                near = nearest(name, columns)
                hint = f"; did you mean {near}?" if near else ""
                raise one.error(
                    f"rule {name} ({where(rule)}) yields what nobody reads: {event.table} has no column of that "
                    f"name, and no later rule of the event asks for it{hint}"
                )


def _brings(one: Extension, name: str) -> bool:
    brought = {own.name for own in one.parameters}
    brought |= {column.name for columns in one.columns.values() for column in columns}
    brought |= {column.name for kind in one.agents for column in kind.columns}
    return any(name == own or name.endswith(f"_{own}") for own in brought)


def _camel(prefix: str) -> str:
    return "".join(part.capitalize() for part in prefix.split("_"))


def _call(one: Extension, function: Callable[..., Any], given: Mapping[str, Any], what: str) -> Any:
    """The function with what it asks for by name."""
    wanted = arguments(function)
    for name in wanted:
        if name not in given:
            raise one.error(f"{what} ({where(function)}) asks for {name}: it may ask for {', '.join(given)}")
    return function(**{name: given[name] for name in wanted})


def _initial(one: Extension, kind: AgentKind, found: Any) -> dict[str, np.ndarray]:
    """What ``start`` returned, as arrays of one length."""
    what = f"start of {kind.table} ({where(kind.start)})"
    if not isinstance(found, Mapping | pd.DataFrame):
        raise one.error(f"{what} must return columns, a mapping or a DataFrame, not {type(found).__name__}")
    columns = {column.name: column for column in kind.columns}
    made: dict[str, np.ndarray] = {}
    for name in found:
        if name not in columns:
            near = nearest(str(name), columns)
            hint = f"; did you mean {near}?" if near else f": there are {', '.join(columns)}"
            raise one.error(f"{what} returns {name}, which is no column of {kind.table}{hint}")
        try:
            made[str(name)] = np.asarray(found[name], dtype=np.float64)
        except (TypeError, ValueError):
            raise one.error(f"{what}: {name} does not hold numbers") from None
    lengths = {values.shape for values in made.values()}
    if len(lengths) != 1 or len(next(iter(lengths))) != 1:
        raise one.error(f"{what} must return columns of one length, not of {sorted(map(str, lengths)) or 'none'}")
    return made


def _check_state(one: Extension, state: State) -> None:
    """Every column of the extension holds finite numbers, and rows that exist."""
    own = {table: {column.name for column in columns} for table, columns in one.columns.items()}
    own |= {kind.table: {column.name for column in kind.columns} for kind in one.agents}
    for table, names in own.items():
        for column in state.world.tables[table]:
            if column.name not in names or column.name not in state[table]:
                continue
            values = state[table][column.name]
            if not np.isfinite(values).all():
                raise one.error(f"column {column.name} of {table} does not start with finite numbers")
            if column.index_of is not None and len(values):
                rows = state[column.index_of].rows
                if values.min() < 0 or values.max() >= rows:
                    raise one.error(
                        f"column {column.name} of {table} must hold rows of {column.index_of}, 0 to {rows - 1}: it "
                        f"holds {values.min():g} to {values.max():g}"
                    )
