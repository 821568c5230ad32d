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
from model.engine.binding import bind_for_each, readable
from model.engine.events import Event, ForEach, Rule, switches
from model.engine.rule_source import RuleError, arguments, is_interpreted, where
from model.engine.schema import Schema
from model.extensions.account import mistake as wrong_account
from model.extensions.extended_parameters import extended_parameters
from model.extensions.extension import AgentKind, Extension, Placed
from model.extensions.measure import Measure, mistake
from model.extensions.own_names import MODEL_DRAWS, RENAMED_EVENTS, check_method, looks_like, scope_of
from model.extensions.varying import Varying, read_parameters
from model.extensions.varying import mistake as wrong_variation
from model.extensions.wrapping import is_wrapper, wrapped
from model.parameters import Parameter, Parameters
from model.records import TOTALS
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
            self.add_rules,
            self.add_events,
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
            self._check()

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
        return Schema(self.tables, through, REGIONAL.pairs, self.whole)

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

    def _event(self, one: Extension, placed: Placed, anchor: Event) -> Event:
        event = placed.event
        self._check_switch(one, f"event {event.name!r}", event.when)
        if isinstance(event, ForEach):
            if event.table not in self.tables:
                hint = did_you_mean(event.table, self.tables)
                raise one.error(
                    f"event {event.name!r} is of a table {event.table!r}, which does not exist{hint}"
                )
            for name in event.rules:
                if name not in self.rules:
                    hint = did_you_mean(name, self.rules, "; give the event the function itself")
                    raise one.error(f"event {event.name!r} names a rule {name}, which does not exist{hint}")
            if event.where and event.where.removeprefix("not ") not in {
                c.name for c in self.tables[event.table]
            }:
                raise one.error(
                    f"event {event.name!r} is limited by {event.where}, not a column of {event.table}"
                )
            of = event.table
            own = [(name, *self.scoped[of, name]) for name in event.rules if (of, name) in self.scoped]
            event = replace(event, scope=tuple((name, rule) for name, rule, by in own if by is one))
        # It belongs to the economy of the event at its anchor: the country, or the closed economy.
        closed = switches(anchor.when).get(CLOSED)
        if closed is None or CLOSED in switches(event.when):
            return event
        economy = CLOSED if closed else f"not {CLOSED}"
        return replace(event, when=f"{event.when} and {economy}" if event.when else economy)

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
            self.varying[name] = how, one

    # ── The whole ────────────────────────────────────────────────────────────────────────────────

    def _check(self) -> None:
        known = tuple(self.numbers.model_fields)
        self._check_names(known)
        used = {name for event in self.quarter if isinstance(event, ForEach) for name in event.rules}
        for name, one in self.own_rules.items():
            if name not in used:
                hint = did_you_mean(name, used, "; place one with after(…) or before(…)")
                raise one.error(f"rule {name} ({where(self.rules[name])}) is in no event{hint}")
        for event in self.quarter:
            if isinstance(event, ForEach) and (
                event not in QUARTER or set(event.rules) & set(self.own_rules)
            ):
                self._bind(event, known)
                self._check_read(event)
                self._check_draws(event)

    def _bind(self, event: ForEach, known: tuple[str, ...]) -> None:
        try:
            functions = event.functions_from(self.rules)
            bind_for_each(event, dict(zip(event.rules, functions, strict=True)), known, self.schema)
        except RuleError as error:
            if str(error).startswith("rule "):  # which names its file and line
                raise
            own = (one for one in self.extensions if any(p.event.name == event.name for p in one.events))
            raise next(own).error(str(error)) from None

    def _check_names(self, known: tuple[str, ...]) -> None:
        """Check that no name is ambiguous, wherever a rule reads it."""
        for table in self.schema.tables:
            before = (
                Counter(readable(table, Parameters.model_fields, REGIONAL))
                if table in REGIONAL.tables
                else Counter()
            )
            for name, times in Counter(readable(table, known, self.schema)).items():
                if times > max(1, before[name]):
                    one = next((e for e in self.extensions if _brings(e, name)), self.extensions[-1])
                    raise one.error(f"{name} would be ambiguous in a rule of {table}; give it another name")

    def _check_draws(self, event: ForEach) -> None:
        """Check that no draw is almost one of the model's: a misspelt name is new chance, without a word."""
        declared = {name for one in self.extensions for name in one.draws}
        known = MODEL_DRAWS.get(event.table, ())
        for name, rule in zip(event.rules, event.functions_from(self.rules), strict=True):
            for argument in arguments(rule):
                near = looks_like(argument, known)
                if near and argument not in declared:
                    raise RuleError(
                        f"rule {name} ({where(rule)}) reads {argument}, which is a new draw: did you "
                        f"mean {near}? If not, give it a name that differs more, or declare "
                        f"Extension(draws={argument!r})"
                    )

    def _check_read(self, event: ForEach) -> None:
        """Check that every result is read or stored: one that is not is most often a misspelt column."""
        rules = event.functions_from(self.rules)
        for place, (name, rule) in enumerate(zip(event.rules, rules, strict=True)):
            _, scoped = self.scoped.get((event.table, name), (None, None))
            one = scoped or self.own_rules.get(name)
            if one is None or event in QUARTER or is_interpreted(rule):
                continue
            later = {argument for other in rules[place + 1 :] for argument in arguments(other)}
            summed = {value for _, value in event.totals}
            if not self.schema.has(event.table, name) and name not in later | summed:
                hint = did_you_mean(name, [column.name for column in self.schema.tables[event.table]])
                raise one.error(
                    f"the result of rule {name} ({where(rule)}) is never used: {event.table} has no column "
                    f"of that name, and no later rule of the event reads it{hint}"
                )


def _of_another_table(event: ForEach, taken: Event | None) -> bool:
    return isinstance(taken, ForEach) and event.table != taken.table


def _brings(one: Extension, name: str) -> bool:
    brought = {own.name for own in one.parameters}
    brought |= {column.name for columns in one.columns.values() for column in columns}
    brought |= {column.name for kind in one.agents for column in kind.columns}
    return any(name == own or name.endswith(f"_{own}") for own in brought)


def _camel(prefix: str) -> str:
    return "".join(part.capitalize() for part in prefix.split("_"))
