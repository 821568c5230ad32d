"""Functions that a market of the model calls, replaced by those of an extension: rules within its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any

from agents.suggestions import did_you_mean
from model.engine.events import Rule
from model.engine.rule_source import RuleError, arguments, free_names, where


def calling(market: Rule, functions: Sequence[object]) -> Rule:
    """Return the market with these functions in place of those of their names, which it calls.

    It counts as user-defined: its rows are checked for bounds, its columns for finite numbers.

    Raises:
        RuleError: It calls no function of that name, or one with other arguments.
    """
    called = _called(market)
    for own in functions:
        if not isinstance(own, FunctionType):
            raise RuleError(f"{own!r} is not a function")
        name = own.__name__
        if name not in called:
            hint = did_you_mean(name, called, f": it calls {', '.join(called) or 'none'}")
            raise RuleError(f"it calls no function {name}{hint}")
        if arguments(own) != (wanted := arguments(called[name])):
            raise RuleError(f"{name} ({where(own)}) must take {', '.join(wanted)}")
    return _again(market, {own.__name__: own for own in functions if isinstance(own, FunctionType)})


def _called(function: Rule) -> dict[str, FunctionType]:
    """Return the functions that a function calls, and those that they call, by name."""
    found: dict[str, FunctionType] = {}
    for name, value in free_names(function).items():
        if isinstance(value, FunctionType) and value is not function:
            found |= {name: value, **_called(value)}
    return found


def _again(function: Rule, own: Mapping[str, FunctionType]) -> Rule:
    """Return a copy of a function that calls ``own``, at whatever depth; the function if it calls none."""
    changed: dict[str, Any] = {}
    for name, value in free_names(function).items():
        if isinstance(value, FunctionType) and value is not function:
            new = own.get(name) or _again(value, own)
            if new is not value:
                changed[name] = new
    if not changed:
        return function
    assert isinstance(function, FunctionType)
    space = {**function.__globals__, **changed}
    made = FunctionType(function.__code__, space, function.__name__, function.__defaults__)
    made.__module__ = next(iter(own.values())).__module__
    made.__doc__ = function.__doc__
    return made
