"""β-convergence: whether cities that start behind grow faster, and how fast the gap closes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from experiments.measures.panel_checks import Floats

NAN = float("nan")


@dataclass(frozen=True)
class Beta:
    """A growth regression. Missing (NaN) where it is not defined.

    slope: β, growth per year for a log point of the start value, 1/year; slope_se its standard error.
    speed: λ, 1/year; NaN if β·T ≤ −1, when cities overshoot the common path and no speed fits.
    half_life: ln 2/λ, years; NaN unless λ > 0, as the gap does not close. cities: in the regression.
    left_out: cities with a value of zero at the start or the end.
    """

    slope: float
    slope_se: float
    speed: float
    speed_se: float
    half_life: float
    half_life_se: float
    cities: int
    left_out: int


def beta_convergence(
    start: ArrayLike, end: ArrayLike, years: float, covariates: ArrayLike | None = None
) -> Beta:
    """Regress the growth of each city on the logarithm of its start value, by ordinary least squares.

        ln(end/start)/T = a + β·ln(start) + γ·X + u,   λ = −ln(1 + β·T)/T,   half-life = ln 2/λ

    With classical standard errors; those of λ and the half-life by the delta method: se(β)/(1 + β·T) and
    ln 2/λ²·se(λ). start, end: (C,), 0 or more. years: T > 0. covariates: X, (C,) or (C, K), for conditional
    convergence. Raises ValueError. [Barro & Sala-i-Martin 1992; Sala-i-Martin 1996]
    """
    first, last = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    others = np.empty((len(first), 0)) if covariates is None else np.asarray(covariates, dtype=float)
    others = others.reshape(len(others), -1)
    if first.ndim != 1 or first.shape != last.shape or len(others) != len(first):
        raise ValueError(
            f"start, end and covariates must have a row for each city, not {first.shape}, {last.shape} and "
            f"{others.shape}"
        )
    if not (math.isfinite(years) and years > 0):
        raise ValueError(f"years cannot be {years}: it must be above 0")
    if not all(np.isfinite(x).all() for x in (first, last, others)) or (first < 0).any() or (last < 0).any():
        raise ValueError("start and end must be finite and 0 or more, covariates finite")
    used = (first > 0) & (last > 0)
    logs = np.log(first[used])
    growth = (np.log(last[used]) - logs) / years
    slope, error = _slope(growth, logs, others[used])
    return Beta(slope, error, *_speed(slope, error, years), int(used.sum()), int((~used).sum()))


def _slope(outcome: Floats, regressor: Floats, others: Floats) -> tuple[float, float]:
    """Return the coefficient of the regressor and its classical standard error; NaN if not identified."""
    table = np.column_stack([np.ones_like(regressor), regressor, others])
    freedom = len(table) - table.shape[1]
    # Scaled: a covariate counted in persons must not make the matrix look rank-deficient.
    size = np.abs(table).max(axis=0, initial=0.0)
    if freedom < 1 or np.linalg.matrix_rank(table / np.where(size > 0, size, 1.0)) < table.shape[1]:
        return NAN, NAN
    scaled = table / size
    solution = np.linalg.lstsq(scaled, outcome)[0]
    residual = outcome - scaled @ solution
    variance = residual @ residual / freedom * np.linalg.inv(scaled.T @ scaled)
    return float(solution[1] / size[1]), float(np.sqrt(variance[1, 1]) / size[1])


def _speed(slope: float, error: float, years: float) -> tuple[float, float, float, float]:
    remaining = 1.0 + slope * years  # part of the gap that is left at the end
    if not remaining > 0:
        return NAN, NAN, NAN, NAN
    speed, speed_error = -math.log(remaining) / years, error / remaining
    if speed <= 0:
        return speed, speed_error, NAN, NAN
    return speed, speed_error, math.log(2.0) / speed, math.log(2.0) / speed**2 * speed_error
