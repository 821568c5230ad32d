"""Measures of the gap between cities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Gini coefficient of values (n,), by population weights if given; 0 equal, towards 1 unequal.

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
    """Theil's T of values (n,), by population weights if given: Σ w·(x/x̄)·ln(x/x̄). [Theil 1967]"""
    x, w = _clean(values, weights)
    if (x * w).sum() <= 0:
        return 0.0
    w = w / w.sum()
    relative = x / (x * w).sum()
    return float(np.sum(w * relative * np.log(np.where(relative > 0, relative, 1.0))))


def theil_between(
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
        if people > 0 and income > 0:
            between += income / mean * np.log(income / people / mean)
            within += income / mean * theil(x[here], w[here])
    return float(between), float(within)


def sigma(values: ArrayLike) -> float:
    """Standard deviation of the logarithms of the positive values (n,): σ-convergence is its fall."""
    x = np.asarray(values, dtype=float)
    x = x[x > 0]
    return float(np.std(np.log(x))) if len(x) > 1 else 0.0


def ranks(values: ArrayLike) -> np.ndarray:
    """Rank of each value, (n,), 1 the largest; ties share the mean rank."""
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
