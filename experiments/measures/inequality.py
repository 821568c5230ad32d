"""Inequality between cities: Gini, Theil, σ, deciles, Atkinson, and ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the Gini coefficient of values (n,), by population weights if given; 0 equal, near 1 unequal.

    Twice the area between the Lorenz curve and the diagonal, by trapezoids. [Gini 1912]
    """
    x, w = _clean(values, weights)
    if (x * w).sum() <= 0:
        return 0.0
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    people = np.concatenate([[0.0], np.cumsum(w)]) / w.sum()
    wealth = np.concatenate([[0.0], np.cumsum(x * w)]) / (x * w).sum()
    return float(1.0 - np.sum(np.diff(people) * (wealth[1:] + wealth[:-1])))


def theil(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return Theil's T of values (n,), by population weights if given: Σ w·(x/x̄)·ln(x/x̄). [Theil 1967]"""
    x, w = _clean(values, weights)
    if (x * w).sum() <= 0:
        return 0.0
    w = w / w.sum()
    relative = x / (x * w).sum()
    return float(np.sum(w * relative * np.log(np.where(relative > 0, relative, 1.0))))


def theil_decomposition(
    values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None
) -> tuple[float, float]:
    """Theil's T split into (between groups, within groups); the two add up to the whole. [Shorrocks 1980]"""
    x, w = _clean(values, weights)
    labels = np.asarray(groups)
    share = w / w.sum()
    mean = (x * share).sum()
    between = within = 0.0
    for label in np.unique(labels):
        here = labels == label
        people, income = share[here].sum(), (x * share)[here].sum()
        relative = income / people / mean if people > 0 and mean > 0 else 0.0
        if relative > 0:
            between += income / mean * np.log(relative)
            within += income / mean * theil(x[here], w[here])
    return float(between), float(within)


def theil_parts(
    values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None
) -> tuple[float, float, float]:
    """Theil's T as (whole, between groups, within groups), each computed on its own, the sum checked.

    Raises ArithmeticError if between + within is not the whole to 1e-9.
    """
    whole = theil(values, weights)
    between, within = theil_decomposition(values, groups, weights)
    if abs(between + within - whole) > 1e-9 * max(1.0, whole):
        raise ArithmeticError(f"Theil between {between} and within {within} do not add up to {whole}")
    return whole, between, within


def sigma(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the standard deviation of the logarithms of the positive values (n,), by weights if given.

    σ-convergence is its fall. Values of zero have no logarithm and are left out; 0 if fewer than two are
    left. [Barro & Sala-i-Martin 1992]
    """
    x, w = _clean(values, weights)
    counted = (x > 0) & (w > 0)
    if counted.sum() < 2:
        return 0.0
    logs, share = np.log(x[counted]), w[counted] / w[counted].sum()
    return float(np.sqrt(np.sum(share * (logs - np.sum(share * logs)) ** 2)))


def p90_p10(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the ratio of the ninth to the first decile of values (n,), by population weights if given.

    The decile q is the smallest value below or at which a share q of the people live. NaN if the first decile
    is 0, as the ratio has no value then, or without people.
    """
    x, w = _clean(values, weights)
    x, w = x[w > 0], w[w > 0]
    if not len(x):
        return float("nan")
    low, high = np.quantile(x, [0.1, 0.9], method="inverted_cdf", weights=w)
    return float(high / low) if low > 0 else float("nan")


def atkinson(values: ArrayLike, weights: ArrayLike | None = None, aversion: float = 0.5) -> float:
    """Return Atkinson's index of values (n,), by population weights if given; 0 equal, 1 unequal.

    The share of the total that could be given up for equality at the same welfare.

    aversion ε > 0: 1 − [Σ w·(x/x̄)^(1−ε)]^(1/(1−ε)), and 1 − exp Σ w·ln(x/x̄) at ε = 1; 1 if a value is 0
    and ε ≥ 1. Raises ValueError for an aversion of 0 or less. [Atkinson 1970]
    """
    if not aversion > 0:
        raise ValueError(f"aversion cannot be {aversion}: it must be above 0")
    x, w = _clean(values, weights)
    if (x * w).sum() <= 0:
        return 0.0
    x, w = x[w > 0], w[w > 0] / w.sum()
    relative = x / np.sum(w * x)
    if aversion >= 1 and (relative == 0).any():
        return 1.0
    if aversion == 1:
        return float(1.0 - np.exp(np.sum(w * np.log(relative))))
    return float(1.0 - np.sum(w * relative ** (1.0 - aversion)) ** (1.0 / (1.0 - aversion)))


def ranks(values: ArrayLike) -> np.ndarray:
    """Return the rank of each value, (n,), 1 the largest; ties share the mean rank."""
    x = np.asarray(values, dtype=float)
    order = np.argsort(-x, kind="stable")
    place = np.empty(len(x))
    place[order] = np.arange(1, len(x) + 1)
    for value in np.unique(x[order][:-1][np.diff(x[order]) == 0]):
        place[x == value] = place[x == value].mean()
    return place


def _clean(values: ArrayLike, weights: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    x = np.asarray(values, dtype=float)
    w = np.ones_like(x) if weights is None else np.asarray(weights, dtype=float)
    if x.shape != w.shape or x.ndim != 1:
        raise ValueError(f"values and weights must be two columns of one length, not {x.shape} and {w.shape}")
    if (x < 0).any() or (w < 0).any() or not np.isfinite(x).all() or not np.isfinite(w).all():
        raise ValueError("inequality is defined for finite values of 0 or more")
    return x, w
