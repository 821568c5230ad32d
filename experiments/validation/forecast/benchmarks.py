"""Benchmarks of the forecast contest: each takes what was known at the origin and gives log shares.

x: log shares of units in the last known period, (U,); before: in the period before it, (U,), or None; y: the
log of the level per head that convergence answers to, (U,). All forecasts are normalised to shares.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def log_shares(values: Array) -> Array:
    """Return the logarithms of the shares of units in their total, (U,)."""
    return np.asarray(np.log(values / values.sum()))


def normalised(logs: Array) -> Array:
    """Return log shares whose shares sum to 1."""
    return np.asarray(logs - np.log(np.exp(logs).sum()))


def random_walk(x: Array) -> Array:
    """Return the forecast that nothing changes."""
    return normalised(x)


def mean_of_periods(x: Array, before: Array) -> Array:
    """Return the mean of the two known periods, unit by unit."""
    return normalised(0.5 * (x + before))


def autoregression(x: Array, before: Array) -> Array:
    """Return the forecast of a first-order autoregression, estimated from one period to the next."""
    slope, level = np.polyfit(before, x, 1)
    return normalised(level + slope * x)


def convergence(x: Array, before: Array, y: Array, ratio: float) -> Array:
    """Return the forecast of β-convergence: change on level per head, estimated on the last change.

    ratio: Length of the forecast over that of the last change.
    """
    slope, level = np.polyfit(y, x - before, 1)
    return normalised(x + ratio * (level + slope * y))


def given_convergence(x: Array, y: Array, slope: float, years: float) -> Array:
    """Return the forecast of β-convergence with a published slope, 1/year."""
    return normalised(x + years * slope * (y - y.mean()))


def spatial_panel(x: Array, before: Array, y: Array, weights: Array, ratio: float) -> Array:
    """Return the forecast of a panel with spatially lagged regressors (SLX), estimated on the last change.

    weights: (U, U), rows sum to 1. [Halleck Vega & Elhorst 2015]
    """
    design = np.column_stack([np.ones(len(x)), y, weights @ y, weights @ (x - before)])
    fitted = np.linalg.lstsq(design, x - before, rcond=None)[0]
    return normalised(x + ratio * (design @ fitted))


def inverse_distance(distances: Array) -> Array:
    """Return weights of other units by inverse distance, rows that sum to 1, (U, U)."""
    far = np.where(distances > 0, distances, np.inf)
    weights = 1.0 / far
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def root_mean_square(errors: Array) -> float:
    """Return the root of the mean square of errors."""
    return float(np.sqrt(np.mean(errors**2)))


def diebold_mariano(model: Array, benchmark: Array, distances: Array, reach: float) -> dict[str, float]:
    """Compare squared errors of two forecasts over units; below 0 the model is better.

    difference: mean of e² of the model less that of the benchmark; se: its error, robust to correlation of
    neighbours (Bartlett weights 1 − d/reach up to the reach, km) [Diebold & Mariano 1995; Conley 1999]; t
    with the small-sample factor of Harvey, Leybourne & Newbold (1997); p: two-sided, Student, U − 1 degrees.
    """
    from scipy.stats import t as student

    loss = model**2 - benchmark**2
    count = len(loss)
    centred = loss - loss.mean()
    kernel = np.maximum(1.0 - distances / reach, 0.0)
    variance = float(centred @ kernel @ centred) / count**2
    if variance <= 0:
        variance = float(centred @ centred) / count**2
    error = float(np.sqrt(variance * count / (count - 1)))
    value = float(loss.mean()) / error if error > 0 else float("nan")
    return {
        "difference": float(loss.mean()),
        "se": error,
        "t": value,
        "p": float(2.0 * student.sf(abs(value), count - 1)) if np.isfinite(value) else float("nan"),
    }
