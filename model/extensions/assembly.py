"""Assembly of the model and extensions: resolve their names, place their events, reject what does not fit."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any

from agents.city_government import CityGovernment
from agents.columns import Column
from agents.compute_provider import ComputeProvider
from agents.firm import Firm
from agents.rules import Rules
from agents.suggestions import did_you_mean
from agents.view import AgentView
from model.economy.regional_schema import REGIONAL
from model.engine.births import Births
from model.engine.events import Event, ForEach, Procedure, Rule, switches
from model.engine.rule_source import RuleError, arguments, where
from model.engine.schema import Schema, varied_column
from model.extensions.account import mistake as wrong_account
from model.extensions.agent_kind import AgentKind, rows_at_work
from model.extensions.assembly_checks import check
from model.extensions.called_functions import calling
from model.extensions.event_fitting import fitted_births, with_rules
from model.extensions.extended_parameters import extended_parameters
from model.extensions.extension import Extension
from model.extensions.measure import Measure, mistake
from model.extensions.own_names import RENAMED_EVENTS, check_method, scope_of
from model.extensions.placed_events import Placed
from model.extensions.varying import mistake as wrong_variation
from model.extensions.varying import read_parameters, unreached
from model.extensions.wrapping import is_wrapper, wrapped
from model.parameters import Parameter, Parameters
from model.records import TOTALS
from model.scenarios.parameter_paths import By, Varying
from model.scenarios.scenario_catalogue import SCENARIOS
from model.step import CLOSED, QUARTER

FACES: dict[str, type[AgentView]] = {"firms": Firm, "cities": CityGovernment, "providers": ComputeProvider}


class Assembly:
    """The model with extensions added one after another; raises ExtensionError where one does not fit."""

    def __init__(self, extensions: tuple[Extension, ...]) -> None:
        self.extensions = extensions
        self.rules: dict[str, Callable[..., Any]] = dict(Rules().items())
        self.own_rules: dict[str, Extension] = {}
        self.scoped: dict[
            tuple[str, str], tuple[Rule, Extension]
        ] = {}  # table, rule → function of its events
        self.parameters: list[Parameter] = []
        self.tables = dict(REGIONAL.tables)
        self.through = {table: dict(reached) for table, reached in REGIONAL.through.items()}
        self.whole = dict(REGIONAL.whole)
        self.quarter = list(QUARTER)
        self.agents: list[AgentKind] = []
        self.faces = dict(FACES)
        self.scenarios = dict(SCENARIOS)
        self.recorded: list[str] = []
        self.measures: list[Measure] = []
        self.varied: dict[str, tuple[str, ...]] = {}  # by group: tables with a column of its values
        self.varying: dict[str, tuple[Varying, Extension]] = {}
        self._put_together()

    def _put_together(self) -> None:
        names = Counter(one.name for one in self.extensions)
        for one in self.extensions:
            if names[one.name] > 1:
                raise one.error("two extensions have this name")
        steps = (
            self.add_parameters,
            self.add_tables,
            self.add_columns,
            self.add_varied_columns,
            self.add_rules,
            self.add_events,
            self.add_ends,
            self.add_calls,
            self.add_faces,
            self.add_wrappers,
            self.add_measures,
            self.add_varying,
            self.add_scenarios,
        )
        for add in steps:
            for one in self.extensions:
                add(one)
        if self.extensions:
            check(self)

    @functools.cached_property
    def numbers(self) -> type[Parameters]:
        """The class of all parameters."""
        return extended_parameters(tuple(self.parameters))

    @functools.cached_property
    def schema(self) -> Schema:
        """All tables; the schema of the model itself if none is changed, so that runs share its kernels."""
        if self.tables == REGIONAL.tables:
            return REGIONAL
        # Longer prefixes first, so that ``city_tier_supply`` is not looked for in cities.
        through = {
            table: dict(sorted(reached.items(), key=lambda item: -len(item[0])))
            for table, reached in self.through.items()
        }
        return Schema(self.tables, through, REGIONAL.pairs, self.whole, self.varied)

    # ── Content of each extension ────────────────────────────────────────────────────────────────

    def add_parameters(self, one: Extension) -> None:
        taken = {*Parameters.model_fields, *(own.name for own in self.parameters)}
        for parameter in one.parameters:
            if parameter.name in taken:
                raise one.error(f"the name of parameter {parameter.name} is taken by another parameter")
            if parameter.name in self.rules:
                raise one.error(f"the name of parameter {parameter.name} is taken by a rule of the model")
            if parameter.name in dir(Parameters):
                raise one.error(f"a parameter cannot be called {parameter.name}: Python reserves that name")
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
            for name, value in vars(face).items():
                if isinstance(value, FunctionType) and not name.startswith("_"):
                    check_method(one, face, name, own_kind=True)
            self.faces[kind.table] = face

    def add_columns(self, one: Extension) -> None:
        brought = [*one.columns.items(), *((kind.table, kind.columns) for kind in one.agents)]
        for table, columns in brought:
            if table not in self.tables:
                hint = did_you_mean(str(table), self.tables, f": there are {', '.join(self.tables)}")
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
                hint = did_you_mean(column.index_of, self.tables)
                raise one.error(
                    f"column {column.name} of {table} holds rows of {column.index_of}, which does not "
                    f"exist{hint}"
                )
            prefixes = self.through.setdefault(table, {})
            prefixes[f"{column.name}_"] = (column.index_of, column.name)
        self._check_switch(one, f"column {column.name} of {table}", column.when)
        self.tables[table] = (*self.tables[table], column)
        if table == "cities":
            self.recorded.append(column.name)

    def add_varied_columns(self, one: Extension) -> None:
        for name, how in one.varying.items():
            if isinstance(how, By) and name not in self.varied:
                self.varied[name] = how.tables
                for table in how.tables:
                    column = Column(varied_column(name), "", f"{name}, by {how.group}")
                    self.tables[table] = (*self.tables[table], column)

    def add_rules(self, one: Extension) -> None:
        numbers = {*Parameters.model_fields, *(own.name for own in self.parameters)}
        for name, rule in one.rules.items():
            if name in numbers:
                raise one.error(f"rule {name} ({where(rule)}) has the name of a parameter")
            arguments(rule)
            if is_wrapper(rule):
                continue  # once all rules are there
            tables = scope_of(one, name, self.own_rules.get(name), self.rules)
            for table in tables:
                self.scoped[table, name] = rule, one
            if not tables:
                self.rules[name], self.own_rules[name] = rule, one

    def add_wrappers(self, one: Extension) -> None:
        for name, rule in one.rules.items():
            if not is_wrapper(rule):
                continue
            if name not in self.rules:
                hint = did_you_mean(name, self.rules)
                raise one.error(f"{name} ({where(rule)}) wraps a rule that does not exist{hint}")
            self.rules[name], self.own_rules[name] = wrapped(name, self.rules[name], rule), one

    def add_faces(self, one: Extension) -> None:
        for face in one.faces:
            table = face.table_name
            known = self.faces.get(table)
            if known is None or not issubclass(face, known):
                wanted = (
                    known.__name__
                    if known
                    else "one of " + ", ".join(f.__name__ for f in self.faces.values())
                )
                raise one.error(f"face {face.__name__} must be a subclass of {wanted}")
            self.faces[table] = face
            for name, rule in face.decisions().items():
                if name not in self.rules:
                    check_method(one, face, name)
                    continue
                if name in self.own_rules:
                    raise one.error(
                        f"{face.__name__}.{name} ({where(rule)}) replaces rule {name}, which another agent "
                        "class replaces already"
                    )
                self.rules[name], self.own_rules[name] = rule, one

    def add_measures(self, one: Extension) -> None:
        for measure in one.measures:
            taken = {*(column.name for column in self.tables["cities"]), *self.numbers.model_fields, *TOTALS}
            taken |= {known.name for known in self.measures}
            if wrong := mistake(measure, self.schema, taken):
                raise one.error(f"measure {measure.name}: {wrong}")
            self.measures.append(measure)
            if measure.by == "city":
                self.recorded.append(measure.name)
        for account in one.accounts:
            if wrong := wrong_account(account, self.schema):
                raise one.error(f"account {account.name}: {wrong}")

    def add_scenarios(self, one: Extension) -> None:
        table = extended_parameters(tuple(self.parameters))
        for scenario in one.scenarios:
            if scenario.name in self.scenarios:
                raise one.error(f"there is a scenario {scenario.name} already")
            try:
                table.checked(**scenario.parameters)
            except ValueError as error:
                raise one.error(f"scenario {scenario.name}: {error}") from None
            self.scenarios[scenario.name] = scenario

    # ── Events ───────────────────────────────────────────────────────────────────────────────────

    def add_events(self, one: Extension) -> None:
        last: dict[str, str] = {}  # anchor → the event that the next one after it follows
        for placed in one.events:
            anchor = last.get(placed.anchor, placed.anchor) if placed.position == "after" else placed.anchor
            names = [event.name for event in self.quarter]
            if anchor not in names:
                place = f"{placed.position.replace('_', ' ')} {placed.anchor!r}"
                hint = did_you_mean(placed.anchor, names)
                if placed.anchor in RENAMED_EVENTS:
                    hint = f"; did you mean {RENAMED_EVENTS[placed.anchor]}?"
                placing = f"event {placed.event.name!r} is placed {place}"
                raise one.error(f"{placing}, which is not an event of the quarter{hint}")
            at = names.index(anchor)
            if placed.position == "inside":
                assert isinstance(placed.event, ForEach)
                self._check_rules(one, placed.event)
                fitted = with_rules(one, placed, self.quarter[at])
                own = self._scope(one, fitted.table, placed.event.rules)
                self.quarter[at] = replace(fitted, scope=(*fitted.scope, *own))
                continue
            event = self._event(one, placed, self.quarter[at])
            taken = next((known for known in self.quarter if known.name == event.name), None)
            if isinstance(event, ForEach) and _of_another_table(event, taken) and placed.anchor != event.name:
                event = replace(event, name=f"{event.table}_{event.name}")
            if placed.position == "instead_of":
                if event.name != placed.anchor and event.name in names:
                    raise one.error(f"there is an event {event.name!r} already")
                self.quarter[at] = event
                continue
            if event.name in names:
                raise one.error(
                    f"there is an event {event.name!r} already; an event is named after its first rule"
                )
            self.quarter.insert(at + (placed.position == "after"), event)
            if placed.position == "after":
                last[placed.anchor] = event.name

    def add_calls(self, one: Extension) -> None:
        for market, functions in one.calls.items():
            places = [place for place, event in enumerate(self.quarter) if event.name == market]
            event = self.quarter[places[0]] if places else None
            if event is None or isinstance(event, ForEach):
                markets = [event.name for event in self.quarter if isinstance(event, Procedure)]
                raise one.error(f"calls names {market!r}, which is no market{did_you_mean(market, markets)}")
            try:
                function = calling(event.function, functions)
            except RuleError as error:
                raise one.error(f"calls of {market}: {error}") from None
            self.quarter[places[0]] = replace(event, function=function)

    def add_ends(self, one: Extension) -> None:
        """Let links end with their ends, once firms have closed and before their rows are used again."""
        for links in one.links:
            names = [event.name for event in self.quarter]
            ending = links.ending(one.prefixes, self.at_work)
            for column, table, _ in ending.ends:
                if table not in self.tables:
                    raise one.error(
                        f"links {links.table}: {column} is a row of {table}, which does not exist"
                    )
            self.quarter.insert(names.index("renew_firms") + 1, ending)

    @property
    def at_work(self) -> dict[str, str | None]:
        """Column of the rows at work, by table."""
        return rows_at_work(self.agents)

    def _event(self, one: Extension, placed: Placed, anchor: Event) -> Event:
        event = placed.event
        self._check_switch(one, f"event {event.name!r}", event.when)
        if isinstance(event, Births):
            event = fitted_births(one, event, self.tables, self.agents, self.at_work)
        if isinstance(event, ForEach):
            if event.table not in self.tables:
                hint = did_you_mean(event.table, self.tables)
                raise one.error(
                    f"event {event.name!r} is of a table {event.table!r}, which does not exist{hint}"
                )
            self._check_rules(one, event)
            if event.where and event.where.removeprefix("not ") not in {
                c.name for c in self.tables[event.table]
            }:
                raise one.error(
                    f"event {event.name!r} is limited by {event.where}, not a column of {event.table}"
                )
            event = replace(event, scope=self._scope(one, event.table, event.rules))
        # It belongs to the economy of the event at its anchor: the country, or the closed economy.
        closed = switches(anchor.when).get(CLOSED)
        if closed is None or CLOSED in switches(event.when):
            return event
        economy = CLOSED if closed else f"not {CLOSED}"
        return replace(event, when=f"{event.when} and {economy}" if event.when else economy)

    def _check_rules(self, one: Extension, event: ForEach) -> None:
        for name in event.rules:
            if name not in self.rules and all(name != rule for _, rule in self.scoped):
                hint = did_you_mean(name, self.rules, "; give the event the function itself")
                raise one.error(f"event {event.name!r} names a rule {name}, which does not exist{hint}")

    def _scope(self, one: Extension, table: str, names: tuple[str, ...]) -> tuple[tuple[str, Rule], ...]:
        """Return the rules of these names that are of this extension's events of the table alone."""
        own = [(name, *self.scoped[table, name]) for name in names if (table, name) in self.scoped]
        return tuple((name, rule) for name, rule, by in own if by is one)

    def _check_switch(self, one: Extension, what: str, when: str | None) -> None:
        known = [*Parameters.model_fields, *(own.name for own in self.parameters)]
        for name in switches(when):
            if name not in known:
                hint = did_you_mean(name, known)
                raise one.error(f"{what} is switched by {name}, which is not a parameter{hint}")

    def add_varying(self, one: Extension) -> None:
        if not one.varying:
            return
        read = read_parameters(self.quarter, self.rules, tuple(self.numbers.model_fields), self.schema)
        when = [event.when for event in self.quarter]
        when += [column.when for columns in self.tables.values() for column in columns]
        switching = {name for text in when for name in switches(text)}
        for name, how in one.varying.items():
            if name in self.varying:
                raise one.error(f"{name} varies already, by another extension")
            if wrong := wrong_variation(name, how, self.numbers.model_fields, read, switching):
                raise one.error(f"varying {name}: {wrong}")
            if isinstance(how, By) and not how.elsewhere:
                known = tuple(self.numbers.model_fields)
                if who := unreached(name, how, self.quarter, self.rules, known, self.schema):
                    also = "; By(…, elsewhere=True) leaves it as it is there"
                    raise one.error(f"varying {name} by {how.group}: {who}{also}")
            self.varying[name] = how, one


def _of_another_table(event: ForEach, taken: Event | None) -> bool:
    return isinstance(taken, ForEach) and event.table != taken.table


def _camel(prefix: str) -> str:
    return "".join(part.capitalize() for part in prefix.split("_"))
