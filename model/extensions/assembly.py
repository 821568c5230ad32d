"""Extensions put on the model: their names settled, their events placed, and what does not fit refused."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from agents.city_government import CityGovernment
from agents.columns import Column
from agents.compute_provider import ComputeProvider
from agents.firm import Firm
from agents.rules import Rules
from agents.suggestions import nearest
from agents.view import AgentView
from model.economy.regional_schema import REGIONAL
from model.engine.binding import bind_each, readable
from model.engine.events import Event, ForEach, switches
from model.engine.rule_source import RuleError, arguments, where
from model.engine.schema import Schema
from model.extensions.extension import AgentKind, Extension, Placed
from model.parameters import Parameter, Parameters, extended_parameters
from model.scenarios.scenario_catalogue import SCENARIOS
from model.step import CLOSED, QUARTER

FACES: dict[str, type[AgentView]] = {"firms": Firm, "cities": CityGovernment, "providers": ComputeProvider}


class Assembly:
    """Extensions put on the model, one after the other.

    Raises ExtensionError where they do not fit.
    """

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
        self._put_together()

    def _put_together(self) -> None:
        names = Counter(one.name for one in self.extensions)
        for one in self.extensions:
            if names[one.name] > 1:
                raise one.error("two extensions have this name")
        for add in (self.add_parameters, self.add_tables, self.add_columns, self.add_rules, self.add_events,
                    self.add_faces, self.add_scenarios):  # fmt: skip
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
        """All tables. One schema for all that leave them alone, so that runs share what is made for it."""
        if self.tables == REGIONAL.tables:
            return REGIONAL
        # Longer prefixes first, so that ``city_tier_supply`` is not looked for in cities.
        through = {
            table: dict(sorted(reached.items(), key=lambda item: -len(item[0])))
            for table, reached in self.through.items()
        }
        return Schema(self.tables, through, REGIONAL.pairs, self.whole)

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
            if name in self.own_rules:
                other = self.own_rules[name]
                raise one.error(
                    f"rule {name} ({where(rule)}) is also one of extension {other.name} ({other.place})"
                )
            if name in numbers:
                raise one.error(f"rule {name} ({where(rule)}) has the name of a parameter")
            arguments(rule)
            self.rules[name], self.own_rules[name] = rule, one

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
                    continue
                if name in self.own_rules:
                    raise one.error(
                        f"{face.__name__}.{name} ({where(rule)}) replaces rule {name}, which another has "
                        "replaced already"
                    )
                self.rules[name], self.own_rules[name] = rule, one

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
            anchor = last.get(placed.anchor, placed.anchor) if placed.how == "after" else placed.anchor
            names = [event.name for event in self.quarter]
            if anchor not in names:
                near = nearest(placed.anchor, names)
                hint = f"; did you mean {near}?" if near else ""
                said = (
                    f"event {placed.event.name!r} is placed {placed.how.replace('_', ' ')} {placed.anchor!r}"
                )
                raise one.error(f"{said}, which is no event of the quarter{hint}")
            at = names.index(anchor)
            event = self._event(one, placed, self.quarter[at])
            if placed.how == "instead_of":
                if event.name != placed.anchor and event.name in names:
                    raise one.error(f"there is an event {event.name!r} already")
                self.quarter[at] = event
                continue
            if event.name in names:
                raise one.error(
                    f"there is an event {event.name!r} already; an event is named after its first rule"
                )
            self.quarter.insert(at + (placed.how == "after"), event)
            if placed.how == "after":
                last[placed.anchor] = event.name

    def _event(self, one: Extension, placed: Placed, beside: Event) -> Event:
        event = placed.event
        self._check_switch(one, f"event {event.name!r}", event.when)
        if isinstance(event, ForEach):
            if event.table not in self.tables:
                near = nearest(event.table, self.tables)
                hint = f"; did you mean {near}?" if near else ""
                raise one.error(
                    f"event {event.name!r} is of a table {event.table!r}, which does not exist{hint}"
                )
            for name in event.rules:
                if name not in self.rules:
                    near = nearest(name, self.rules)
                    hint = f"; did you mean {near}?" if near else "; put its function into rules"
                    raise one.error(f"event {event.name!r} names a rule {name}, which does not exist{hint}")
            if event.where and event.where.removeprefix("not ") not in {
                c.name for c in self.tables[event.table]
            }:
                raise one.error(
                    f"event {event.name!r} is limited by {event.where}, no column of {event.table}"
                )
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

    def _check(self) -> None:
        known = tuple(self.numbers.model_fields)
        self._check_names(known)
        used = {name for event in self.quarter if isinstance(event, ForEach) for name in event.rules}
        for name, one in self.own_rules.items():
            if name not in used:
                near = nearest(name, used)
                hint = f"; did you mean {near}?" if near else "; place one with after(…) or before(…)"
                raise one.error(f"rule {name} ({where(self.rules[name])}) is in no event{hint}")
        for event in self.quarter:
            if isinstance(event, ForEach) and (
                event not in QUARTER or set(event.rules) & set(self.own_rules)
            ):
                self._bind(event, known)
                self._check_read(event)

    def _bind(self, event: ForEach, known: tuple[str, ...]) -> None:
        try:
            bind_each(event, self.rules, known, self.schema)
        except RuleError as error:
            if str(error).startswith("rule "):  # which says where it stands
                raise
            own = (one for one in self.extensions if any(p.event.name == event.name for p in one.events))
            raise next(own).error(str(error)) from None

    def _check_names(self, known: tuple[str, ...]) -> None:
        """No name may mean two things, wherever a rule reads it."""
        for table in self.schema.tables:
            before = (
                Counter(readable(table, Parameters.model_fields, REGIONAL))
                if table in REGIONAL.tables
                else Counter()
            )
            for name, times in Counter(readable(table, known, self.schema)).items():
                if times > max(1, before[name]):
                    one = next((e for e in self.extensions if _brings(e, name)), self.extensions[-1])
                    raise one.error(
                        f"{name} would mean two things in a rule of {table}; give it another name"
                    )

    def _check_read(self, event: ForEach) -> None:
        """A number that goes nowhere is most often a misspelt column."""
        for place, name in enumerate(event.rules):
            rule, one = self.rules[name], self.own_rules.get(name)
            if one is None or event in QUARTER or getattr(rule, "interpreted", False):
                continue
            later = {
                argument for other in event.rules[place + 1 :] for argument in arguments(self.rules[other])
            }
            summed = {value for _, value in event.totals}
            if not self.schema.has(event.table, name) and name not in later | summed:
                columns = [column.name for column in self.schema.tables[event.table]]
                near = nearest(name, columns)
                hint = f"; did you mean {near}?" if near else ""
                raise one.error(
                    f"rule {name} ({where(rule)}) yields what nobody reads: {event.table} has no column of "
                    f"that name, and no later rule of the event asks for it{hint}"
                )


def _brings(one: Extension, name: str) -> bool:
    brought = {own.name for own in one.parameters}
    brought |= {column.name for columns in one.columns.values() for column in columns}
    brought |= {column.name for kind in one.agents for column in kind.columns}
    return any(name == own or name.endswith(f"_{own}") for own in brought)


def _camel(prefix: str) -> str:
    return "".join(part.capitalize() for part in prefix.split("_"))
