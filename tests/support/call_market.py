"""Calls a market with columns written as lists, as plain Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np


def after(market: Callable[..., Any], **given: Any) -> SimpleNamespace:
    """Return the columns after a market as lists by name; its result is ``returned``.

    Lists become arrays, of integers where all their numbers are; a market gets those it names, so one table
    serves several markets of a quarter.
    """
    columns = {name: np.array(one) if isinstance(one, list) else one for name, one in given.items()}
    returned = market(**{name: columns[name] for name in inspect.signature(market).parameters})
    kept = {name: one.tolist() if isinstance(one, np.ndarray) else one for name, one in columns.items()}
    return SimpleNamespace(**kept, returned=returned)


def columns(found: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    """The columns again, for the next market."""
    return {**{name: one for name, one in vars(found).items() if name != "returned"}, **changes}


def in_other_units(given: dict[str, Any], *names: str) -> dict[str, Any]:
    """The columns with some of them measured in a unit 64 times as large: no digit is lost."""
    smaller = {}
    for name in names:
        one = given[name]
        smaller[name] = [each / 64.0 for each in one] if isinstance(one, list) else one / 64.0
    return {**given, **smaller}


def assert_units_do_not_matter(
    market: Callable[..., Any], given: dict[str, Any], *names: str
) -> SimpleNamespace:
    """Every column of the result is as before, in the new unit or by it; which is for the caller to see."""
    before, other = after(market, **given), after(market, **in_other_units(given, *names))
    for name, one in columns(other).items():
        old, new = np.array(columns(before)[name], dtype=float), np.array(one, dtype=float)
        times = [np.isclose(unit * new, old, rtol=1e-12) for unit in (1.0, 64.0, 1.0 / 64.0)]
        assert np.logical_or.reduce(times).all(), f"{name}: {old} and {new}"
    return other
