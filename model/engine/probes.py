"""Probes: functions that look at columns in the course of a quarter and change nothing."""

from __future__ import annotations

import bdb
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from model.engine.binding import bind_procedure
from model.engine.events import Procedure, Rule
from model.engine.interpreter import failing_line
from model.engine.rule_source import RuleError, arguments
from model.engine.state import State

QUARTER = "step"
"""The argument of a probe that is the number of the quarter."""


@dataclass(frozen=True)
class Probe(Procedure):
    """A function that reads columns, arrays and parameters by name, as a procedure does, and ``step``."""


def probe(function: Rule) -> Probe:
    """Return the event in which a function looks at the run."""
    return Probe(function.__name__, f"{function.__name__} looks at the run", function)


def looking(event: Probe, state: State, parameters: Mapping[str, float]) -> Callable[[int], None]:
    """Return the call of a probe: its arrays cannot be written to.

    Raises:
        RuleError: It reads an unknown name; when called: it fails, or writes to a column.
    """
    names = arguments(event.function)
    bound = bind_procedure(event.function, state, {**parameters, QUARTER: 0.0})
    views = {}
    for name, item in zip(names, bound, strict=True):
        if isinstance(item, np.ndarray):
            views[name] = item.view()
            views[name].flags.writeable = False

    def call(step: int) -> None:
        numbers = {**parameters, QUARTER: step}
        try:
            event.function(*(views[name] if name in views else numbers[name] for name in names))
        except (bdb.BdbQuit, RuleError):
            raise
        except Exception as error:
            line = failing_line(error, event.function)
            said = f"{type(error).__name__}: {error}"
            if "read-only" in said:
                said = "it writes to a column, which a probe cannot: use procedure(…)"
            raise RuleError(f"probe {event.name} ({line}) fails in quarter {step}: {said}") from error

    return call
