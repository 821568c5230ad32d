"""Checks of the model with all its extensions: what no single extension can know."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from agents.suggestions import did_you_mean
from model.economy.regional_schema import REGIONAL
from model.engine.binding import bind_for_each, drawn_for, readable
from model.engine.events import Event, ForEach, Procedure, Rule
from model.engine.rule_source import RuleError, arguments, is_interpreted, where
from model.engine.schema import Schema
from model.extensions.extension import Extension
from model.extensions.own_names import MODEL_DRAWS, looks_like
from model.parameters import Parameters
from model.step import QUARTER


class Assembled(Protocol):
    """The members of an ``Assembly`` that are read here."""

    extensions: tuple[Extension, ...]
    rules: dict[str, Rule]
    own_rules: dict[str, Extension]
    scoped: dict[tuple[str, str], tuple[Rule, Extension]]
    quarter: list[Event]

    @property
    def schema(self) -> Schema: ...
    @property
    def numbers(self) -> type[Parameters]: ...


def check(made: Assembled) -> None:
    """Check that names are unambiguous and that every rule is used, can be read and reads what exists."""
    known = tuple(made.numbers.model_fields)
    _check_names(made, known)
    used = {name for event in made.quarter if isinstance(event, ForEach) for name in event.rules}
    for name, one in made.own_rules.items():
        if name not in used:
            hint = did_you_mean(name, used, "; place one with after(…) or before(…)")
            raise one.error(f"rule {name} ({where(made.rules[name])}) is in no event{hint}")
    for event in made.quarter:
        if isinstance(event, ForEach) and (event not in QUARTER or set(event.rules) & set(made.own_rules)):
            _bind(made, event, known)
            _check_read(made, event)
            _check_draws(made, event)
        elif isinstance(event, Procedure) and event not in QUARTER:
            _check_drawn(made, event)


def _bind(made: Assembled, event: ForEach, known: tuple[str, ...]) -> None:
    try:
        functions = event.functions_from(made.rules)
        bind_for_each(event, dict(zip(event.rules, functions, strict=True)), known, made.schema)
    except RuleError as error:
        if str(error).startswith("rule "):  # which names its file and line
            raise
        own = (
            one for one in made.extensions if any(event.name in (p.event.name, p.anchor) for p in one.events)
        )
        raise next(own).error(str(error)) from None


def _check_names(made: Assembled, known: tuple[str, ...]) -> None:
    """Check that no name is ambiguous, wherever a rule reads it."""
    for table in made.schema.tables:
        before = (
            Counter(readable(table, Parameters.model_fields, REGIONAL))
            if table in REGIONAL.tables
            else Counter()
        )
        for name, times in Counter(readable(table, known, made.schema)).items():
            if times > max(1, before[name]):
                one = next((e for e in made.extensions if _brings(e, name)), made.extensions[-1])
                raise one.error(f"{name} would be ambiguous in a rule of {table}; give it another name")


def _check_draws(made: Assembled, event: ForEach) -> None:
    """Check that no draw is almost one of the model's: a misspelt name is new chance, without a word."""
    declared = {name for one in made.extensions for name in one.draws}
    known = MODEL_DRAWS.get(event.table, ())
    for name, rule in zip(event.rules, event.functions_from(made.rules), strict=True):
        for argument in arguments(rule):
            near = looks_like(argument, known)
            if near and argument not in declared:
                raise RuleError(_new_draw(f"rule {name}", rule, argument, near))


def _check_drawn(made: Assembled, event: Procedure) -> None:
    declared = {name for one in made.extensions for name in one.draws}
    for argument in arguments(event.function):
        if of := drawn_for(argument, made.schema):
            near = looks_like(f"draw_{of[1]}", MODEL_DRAWS.get(of[0], ()))
            if near and f"draw_{of[1]}" not in declared:
                raise RuleError(_new_draw(f"procedure {event.name}", event.function, argument, near))


def _check_read(made: Assembled, event: ForEach) -> None:
    """Check that every result is read or stored: one that is not is most often a misspelt column."""
    rules = event.functions_from(made.rules)
    for place, (name, rule) in enumerate(zip(event.rules, rules, strict=True)):
        _, scoped = made.scoped.get((event.table, name), (None, None))
        one = scoped or made.own_rules.get(name)
        if one is None or event in QUARTER or is_interpreted(rule):
            continue
        later = {argument for other in rules[place + 1 :] for argument in arguments(other)}
        summed = {value for _, value in event.totals}
        if not made.schema.has(event.table, name) and name not in later | summed:
            hint = did_you_mean(name, [column.name for column in made.schema.tables[event.table]])
            raise one.error(
                f"the result of rule {name} ({where(rule)}) is never used: {event.table} has no column "
                f"of that name, and no later rule of the event reads it{hint}"
            )


def _new_draw(what: str, function: Rule, argument: str, near: str) -> str:
    name = argument[argument.index("draw_") :]
    return (
        f"{what} ({where(function)}) reads {argument}, which is a new draw: did you mean {near}? If not, "
        f"give it a name that differs more, or declare Extension(draws={name!r})"
    )


def _brings(one: Extension, name: str) -> bool:
    brought = {own.name for own in one.parameters}
    brought |= {column.name for columns in one.columns.values() for column in columns}
    brought |= {column.name for kind in one.agents for column in kind.columns}
    return any(name == own or name.endswith(f"_{own}") for own in brought)
