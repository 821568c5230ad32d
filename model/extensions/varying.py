"""Parameters that vary in the course of a run or by group: what may vary, and how rules reach it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.engine.binding import bind_for_each
from model.engine.events import Event, ForEach, Rule, switches
from model.engine.rule_source import arguments
from model.engine.schema import Schema
from model.scenarios.parameter_paths import By, Dated, Ramp, Step
from model.step import CLOSED


def unreached(
    name: str,
    how: By,
    quarter: Iterable[Event],
    rules: Mapping[str, Rule],
    parameters: tuple[str, ...],
    schema: Schema,
) -> str:
    """Return who reads a parameter that varies by group and cannot know its group; empty if there is none."""
    for event in quarter:
        if switches(event.when).get(CLOSED):
            continue
        if isinstance(event, ForEach):
            functions = dict(zip(event.rules, event.functions_from(rules), strict=True))
            for rule in bind_for_each(event, functions, parameters, schema).rules:
                if any(source.kind == "parameter" and source.name == name for source in rule.reads):
                    return f"rule {rule.name} reads it, for {event.table}, which have no {how.group}"
        elif name in arguments(event.function):
            return f"market {event.name} reads it, as one number for all"
    return ""


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
    if not isinstance(how, Ramp | Step | Dated | By):
        return (
            "it takes Ramp(to, start, end), Step(to, at), Dated({date: value}) or By(group, {name: value}), "
            f"not {how!r}"
        )
    known = set(parameters)
    if name not in known:
        return "there is no such parameter"
    if name in switching:
        return "a mechanism depends on it, which is on or off in a whole run"
    if name not in read and not isinstance(how, By):
        return "no rule and no market of the quarter reads it: it counts at the start of a run alone"
    for value in how.values:
        if isinstance(value, str) and value not in known:
            return f"its value {value!r} is not a parameter"
    return ""
