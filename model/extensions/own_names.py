"""Names that an extension gives: which rule of the model they replace, and which are misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from agents.rules import Rules
from agents.suggestions import nearest
from agents.view import AgentView
from model.engine.events import ForEach, Rule
from model.engine.rule_source import arguments, where
from model.extensions.extension import Extension
from model.step import QUARTER

ALIKE = 0.8  # similarity from which a name is taken for a misspelt one

# Old names of events, which an extension of an earlier version may give as a place.
RENAMED_EVENTS = {
    "close_failed": "close_bankrupt_centres",
    "decide_private": "order_private_centres",
    "decide_programme": "order_programme_centres",
    "decide_public": "order_public_centres",
    "look_around": "compare_with_peers",
    "settle_centres": "deliver_and_pay",
}

_EVENTS = tuple(event for event in QUARTER if isinstance(event, ForEach))
MODEL_TABLES: Mapping[str, frozenset[str]] = {
    name: frozenset(event.table for event in _EVENTS if name in event.rules)
    for name in {name for event in _EVENTS for name in event.rules}
}
MODEL_DRAWS: Mapping[str, frozenset[str]] = {
    event.table: frozenset(
        argument
        for other in _EVENTS
        if other.table == event.table
        for rule in other.functions_from(dict(Rules().items()))
        for argument in arguments(rule)
        if argument.startswith("draw_")
    )
    for event in _EVENTS
}


def scope_of(one: Extension, name: str, other: Extension | None, rules: Mapping[str, Rule]) -> set[str]:
    """Return the tables to whose events a rule of an extension belongs; none if it is one of the whole run.

    A function with the name of a rule of the model replaces it if the extension names it in ``rules`` or
    ``replaces``, or puts an event in the place of that rule's. A function that an event of another table was
    given is that event's alone. The same holds for a rule of another extension.

    Raises:
        ExtensionError: It is not clear which is meant.
    """
    rule = one.rules[name]
    placed = [item for item in one.events if name in getattr(item.event, "rules", ())]
    tables = _tables(one, name)
    if other is not None:
        theirs = _tables(other, name)
        if not tables or not theirs or tables & theirs:
            raise one.error(
                f"rule {name} ({where(rule)}) is also one of extension {other.name} ({other.place})"
            )
        return tables
    known = MODEL_TABLES.get(name, frozenset())
    if not known or not placed or name in one.replaces:
        return set()
    if all(item.position == "instead_of" and _holds(item.anchor, name) for item in placed):
        return set()
    listed = name in (one.listed or ())
    if listed and tables <= known:
        return set()
    if listed or tables & known:
        of = " and ".join(sorted(known))
        raise one.error(
            f"rule {name} ({where(rule)}) has the name of a rule of the model, for {of}: call it "
            f"something else, or say replaces={name!r} if it replaces that rule"
        )
    return tables


def _tables(one: Extension, name: str) -> set[str]:
    places = [item for item in one.events if name in getattr(item.event, "rules", ())]
    of = {event.name: event.table for event in _EVENTS}
    tables = [(item, item.event.table) for item in places if isinstance(item.event, ForEach)]
    return {of.get(item.anchor, "") if item.position == "inside" else table for item, table in tables}


def _holds(anchor: str, name: str) -> bool:
    return any(event.name == anchor and name in event.rules for event in _EVENTS)


def check_method(one: Extension, face: type[AgentView], name: str, own_kind: bool = False) -> None:
    """Reject a method that looks like a rule and would never be called.

    ``own_kind``: the agents are the extension's, whose rules are functions that events are given.
    """
    method = f"method {name} of {face.__name__} ({where(getattr(face, name))})"
    if name in ("step", "advance"):
        raise one.error(
            f"{method} would never be called: the quarter calls rules by name, such as innovated; "
            "name it after one, or place an event"
        )
    if own_kind:
        used = {rule for item in one.events for rule in getattr(item.event, "rules", ())}
        if name in used:
            raise one.error(f"{method} would never be called: the rule {name} is the function of that name")
        return
    rules = [rule for rule, tables in MODEL_TABLES.items() if face.table_name in tables]
    near = nearest(name, rules, ALIKE, most=1)
    if near:
        raise one.error(
            f"{method} would never be called: did you mean the rule {near}? "
            "If not, give it a name that differs more"
        )


def looks_like(draw: str, known: Iterable[str]) -> str:
    """Return the known draw of which this is almost the name; empty if it is known, or another on purpose.

    ``draw_success_2`` or ``draw_success_of_bank`` are on purpose.
    """
    known = sorted(known)
    if not draw.startswith("draw_") or draw in known:
        return ""
    short = {name.removeprefix("draw_"): name for name in known}
    text = draw.removeprefix("draw_")
    if any(re.fullmatch(rf"{re.escape(name)}(_.*|\d+)", text) for name in short):
        return ""
    near = nearest(text, short, ALIKE, most=1)
    return short[near] if near else ""
