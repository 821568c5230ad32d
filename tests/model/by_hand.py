"""Calls a market with columns written as lists, as plain Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np


def after(market: Callable[..., Any], **given: Any) -> SimpleNamespace:
    """What stands in the columns, lists by name, after a market; its result is ``returned``.

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
