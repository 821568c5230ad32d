"""Checks of a panel of cities, values (T, C) and weights, and the types of arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def checked_panel(
    values: ArrayLike, weights: ArrayLike | None = None, rows: int = 2
) -> tuple[Floats, Floats]:
    """Return values and weights as (T, C) floats; ones if no weights are given.

    values: (T, C), 0 or more, a row for each period. weights: (C,) or (T, C), 0 or more. Raises ValueError.
    """
    y = np.asarray(values, dtype=float)
    if y.ndim != 2 or len(y) < rows or not y.shape[1]:
        raise ValueError(f"values must be periods by cities, at least {rows} by 1, not of shape {y.shape}")
    w = np.ones_like(y) if weights is None else np.asarray(weights, dtype=float)
    if w.shape not in (y.shape, y.shape[1:]):
        raise ValueError(f"weights must have shape {y.shape[1:]} or {y.shape}, not {w.shape}")
    for name, x in (("values", y), ("weights", w)):
        if not np.isfinite(x).all() or (x < 0).any():
            raise ValueError(f"{name} must be finite and 0 or more in every period and city")
    return y, np.broadcast_to(w, y.shape)


def measurable(values: Floats, weights: Floats) -> Flags:
    """Return the cities that can be followed, (C,): people in every period, a first value above 0."""
    return (weights > 0).all(axis=0) & (values[0] > 0)


def check_lasting(periods: int, margin: float, hold: int) -> None:
    """Raise ValueError unless margin is 0 or more and `hold` periods lie after the first of `periods`."""
    if not (np.isfinite(margin) and margin >= 0):
        raise ValueError(f"margin cannot be {margin}: it must be 0 or more")
    if not 1 <= hold < periods:
        raise ValueError(f"hold cannot be {hold}: with {periods} periods it must be from 1 to {periods - 1}")
