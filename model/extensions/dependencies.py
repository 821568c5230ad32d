"""What reads what: the columns, parameters and draws of every rule and procedure of a quarter."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass

import pandas as pd

from model.engine.binding import BoundEvent, Source, bind_for_each
from model.engine.births import PARENT, Births
from model.engine.events import ForEach, Procedure
from model.engine.rule_source import arguments
from model.extensions.extended_model import Extended
from model.step import QUARTER

MODEL_EVENTS = frozenset(event.name for event in QUARTER)


@dataclass(frozen=True)
class Reading:
    """A rule or a procedure with what it reads and writes: ``table.column``, parameters, ``draw_…``.

    ``own``: the extension that brings it; empty for the model's. ``changed``: it is a rule of the model that
    an extension replaces or wraps.
    """

    event: str
    rule: str
    own: str
    changed: bool
    reads: tuple[str, ...]
    writes: tuple[str, ...]


def readings(whole: Extended) -> list[Reading]:
    """Return every rule and procedure, in the order of the quarter."""
    found: list[Reading] = []
    for event in whole.quarter:
        if isinstance(event, ForEach):
            found += _of_rules(bound_event(event, whole), whole)
        else:
            found.append(_of_procedure(event, whole))
    return found


def bound_event(event: ForEach, whole: Extended) -> BoundEvent:
    """Return an event of a model with extensions, with every name resolved."""
    functions = dict(zip(event.rules, event.functions_from(whole.rules), strict=True))
    return bind_for_each(event, functions, tuple(whole.parameters.model_fields), whole.schema)


def dependencies(whole: Extended) -> pd.DataFrame:
    """Return one row for each thing that a rule or procedure reads or writes: event, rule, own, how, what."""
    rows = [
        (one.event, one.rule, one.own, how, what)
        for one in readings(whole)
        for how, names in (("reads", one.reads), ("writes", one.writes))
        for what in names
    ]
    return pd.DataFrame(rows, columns=["event", "rule", "own", "how", "what"])


def _of_rules(bound: BoundEvent, whole: Extended) -> list[Reading]:
    event, found = bound.event, []
    for rule in bound.rules:
        reads = tuple(dict.fromkeys(_named(source, event) for source in rule.reads if source.kind != "face"))
        writes = [f"{event.table}.{rule.name}"]
        writes += [f"{one.table}.{one.column}" for one in bound.totals if one.value.name == rule.name]
        own = _brought_by(whole, rule.name, event.table)
        changed = bool(own) and event.name in MODEL_EVENTS
        found.append(Reading(event.name, rule.name, own, changed, reads, tuple(writes)))
    return found


def _named(source: Source, event: ForEach) -> str:
    if source.kind == "parameter":
        return source.name
    if source.kind == "draw":
        return f"draw_{source.name}"
    return f"{source.table or event.table}.{source.name}"


def _brought_by(whole: Extended, rule: str, table: str) -> str:
    """Return the extension whose function is the rule of this name in events of a table."""
    for one in whole.extensions:
        events = [(item.position, item.event) for item in one.events if isinstance(item.event, ForEach)]
        placed = {name for _, event in events for name in event.rules}
        here = {
            name
            for position, event in events
            if position == "inside" or event.table == table
            for name in event.rules
        }
        decides = {name for face in one.faces for name in face.decisions()}
        if rule in decides or (rule in one.rules and (rule in here or rule not in placed)):
            return one.name
    return ""


def _of_procedure(event: Procedure, whole: Extended) -> Reading:
    own = ""
    for one in whole.extensions:
        if any(placed.event.name == event.name for placed in one.events):
            own = one.name
    if isinstance(event, Births):
        parents = (event.where, *(of for _, of in event.values if of != PARENT))
        born = (event.at_work, *(name for name, _ in event.values))
        read = tuple(f"{event.parents}.{name}" for name in dict.fromkeys(parents))
        wrote = tuple(f"{event.table}.{name}" for name in dict.fromkeys(born))
        return Reading(event.name, event.name, own, False, read, wrote)
    named = [_column(name, whole) for name in arguments(event.function)]
    columns = tuple(name for name in named if "." in name)
    written = columns if not own else tuple(name for name in columns if name in _assigned(event, whole))
    return Reading(event.name, event.name, own, False, tuple(named), written)


def _column(name: str, whole: Extended) -> str:
    for prefix, table in whole.schema.whole.items():
        if column := whole.schema.column(name, prefix, table):
            return f"{table}.{column}"
    return name


def _assigned(event: Procedure, whole: Extended) -> set[str]:
    """Return the columns to whose rows a procedure assigns, as far as its text shows."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(event.function)))
    except (OSError, TypeError, SyntaxError):
        return {_column(name, whole) for name in arguments(event.function)}
    names = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
    }
    return {_column(name, whole) for name in names}
