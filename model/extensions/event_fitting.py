"""Events of extensions that change one of the model, or rows of a kind: checked against what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from agents.columns import Column
from agents.suggestions import did_you_mean
from model.engine.births import PARENT, Births
from model.engine.events import Event, ForEach
from model.extensions.agent_kind import AgentKind
from model.extensions.extension import Extension
from model.extensions.placed_events import Placed


def with_rules(one: Extension, placed: Placed, event: Event) -> ForEach:
    """Return an event of the quarter with the rules that an extension puts inside it.

    Raises ExtensionError: It works on whole columns, has such a rule, or has none where they are placed.
    """
    own = placed.event
    assert isinstance(own, ForEach)
    said = f"rule {own.rules[0]} is placed inside {event.name!r}"
    if not isinstance(event, ForEach):
        raise one.error(f"{said}, which works on whole columns: place an event before or after it")
    for name in own.rules:
        if name in event.rules:
            raise one.error(f"{said}, which has a rule {name}: replace or wrap it, or rename yours")
    at = len(event.rules)
    if placed.at:
        position, rule = placed.at
        if rule not in event.rules:
            hint = did_you_mean(rule, event.rules, f": its rules are {', '.join(event.rules)}")
            raise one.error(f"{said} {position} {rule}, which is not a rule of that event{hint}")
        at = event.rules.index(rule) + (position == "after")
    return replace(
        event,
        rules=(*event.rules[:at], *own.rules, *event.rules[at:]),
        totals=(*event.totals, *own.totals),
        functions=(*event.functions, *own.functions),
        original=event.original or event,
    )


def fitted_births(
    one: Extension,
    event: Births,
    tables: Mapping[str, tuple[Column, ...]],
    agents: Iterable[AgentKind],
    at_work: Mapping[str, str | None],
) -> Births:
    """Return an event of births with the rows at work of its tables. Raises ExtensionError."""
    said = f"event {event.name!r}"
    own = {kind.table: kind.at_work for kind in agents}
    working = own.get(event.table)
    if working is None:
        born = "has no at_work" if event.table in own else "is no kind of agents of an extension"
        raise one.error(f"{said} lets rows of {event.table} be born, which {born}")
    if event.parents not in tables:
        hint = did_you_mean(event.parents, tables)
        raise one.error(f"{said} is for rows of {event.parents}, which does not exist{hint}")
    wanted = [(event.parents, event.where)]
    for column, of in event.values:
        wanted += [(event.table, column), *([] if of == PARENT else [(event.parents, of)])]
    for table, column in wanted:
        known = [known.name for known in tables[table]]
        if column not in known:
            raise one.error(f"{said} names {column}, not a column of {table}{did_you_mean(column, known)}")
    return replace(event, at_work=working, parents_at_work=at_work.get(event.parents))
