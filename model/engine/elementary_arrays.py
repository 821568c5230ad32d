"""``exp`` and ``log`` of arrays: those of ``agents.elementary``, with the same bits on every machine.

NumPy's own give other last bits on processors with AVX-512 than on those without, and one bit is enough to
make another history.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from agents import elementary
from model.engine.compile.compile_kernel import compiled_procedure


def exp(values: ArrayLike) -> NDArray[np.float64]:
    """Return e**x for each x, within 1 unit in the last place, in the shape of ``values``."""
    return _apply(_exp_each, values)


def log(values: ArrayLike) -> NDArray[np.float64]:
    """Return the natural logarithm of each x, within 1 unit in the last place; -inf at 0, nan below."""
    return _apply(_log_each, values)


def _apply(procedure: Callable[..., Any], values: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(values, dtype=np.float64)
    result = np.empty(given.size)
    compiled_procedure(procedure)(given.ravel(), result)
    return result.reshape(given.shape)


def _exp_each(values, result):  # type: ignore[no-untyped-def]
    for k in range(len(values)):
        result[k] = elementary.exp(values[k])


def _log_each(values, result):  # type: ignore[no-untyped-def]
    for k in range(len(values)):
        result[k] = elementary.log(values[k])
