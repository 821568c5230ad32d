"""Inequality between cities: Gini, Theil, σ, deciles, Atkinson, and ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.measures.panel_checks import Floats


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the Gini coefficient of values (n,), by population weights if given; 0 equal, near 1 unequal.

    Twice the area between the Lorenz curve and the diagonal, by trapezoids. [Gini 1912]
    """
    x, w = _clean(values, weights)
    return float(gini_rows(x[None], w)[0]) if w.sum() > 0 else 0.0


def gini_rows(values: Floats, weights: Floats) -> Floats:
    """Return the Gini coefficient of each row, (Y,), of values (Y, n) with weights (n,) or (Y, n)."""
    order = np.argsort(values, axis=1, kind="stable")
    all_weights = np.broadcast_to(weights, values.shape)
    x, w = (np.take_along_axis(rows, order, 1) for rows in (values, all_weights))
    zero = np.zeros((len(x), 1))
    people = np.concatenate([zero, np.cumsum(w, axis=1)], axis=1)
    people /= all_weights.sum(axis=1, keepdims=True)
    total = (x * w).sum(axis=1)
    wealth = np.concatenate([zero, np.cumsum(x * w, axis=1)], axis=1)
    wealth /= np.where(total > 0, total, 1.0)[:, None]
    index = 1.0 - (np.diff(people, axis=1) * (wealth[:, 1:] + wealth[:, :-1])).sum(axis=1)
    return np.where(total > 0, index, 0.0)


def top_share(values: ArrayLike, top: int) -> float:
    """Return the share of the ``top`` largest in the sum; NaN if that is 0."""
    found = np.sort(np.asarray(values, dtype=float))[::-1]
    total = float(found.sum())
    return float(found[:top].sum()) / total if total > 0 else float("nan")


def theil(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return Theil's T of values (n,), by population weights if given: Σ w·(x/x̄)·ln(x/x̄). [Theil 1967]"""
    x, w = _clean(values, weights)
    return float(theil_rows(x[None], w)[0]) if w.sum() > 0 else 0.0


def theil_rows(values: Floats, weights: Floats) -> Floats:
    """Return Theil's T of each row, (Y,), of values (Y, n) with weights (n,) or (Y, n)."""
    share = weights / weights.sum(axis=-1, keepdims=True)
    mean = (values * share).sum(axis=1)
    relative = values / np.where(mean > 0, mean, 1.0)[:, None]
    terms = share * relative * np.log(np.where(relative > 0, relative, 1.0))
    return np.where(mean > 0, terms.sum(axis=1), 0.0)


def theil_decomposition(
    values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None
) -> tuple[float, float]:
    """Split Theil's T into (between groups, within groups), which add up to the whole. [Shorrocks 1980]

    Values without a label are one group.
    """
    x, w = _clean(values, weights)
    labels, total = _labels(groups), (x * w).sum()
    if total <= 0:
        return 0.0, 0.0
    between = theil_between_rows(x[None], w, labels)[0]
    parts = [labels == label for label in np.unique(labels)]
    return float(between), float(sum((x * w)[here].sum() / total * theil(x[here], w[here]) for here in parts))


def theil_between_rows(values: Floats, weights: Floats, groups: np.ndarray) -> Floats:
    """Return the part of Theil's T between groups (n,) of each row, (Y,), of values (Y, n).

    weights: (n,) or (Y, n). Values without a label are one group.
    """
    groups = _labels(groups)
    share = np.broadcast_to(weights / weights.sum(axis=-1, keepdims=True), values.shape)
    mean = (values * share).sum(axis=1)
    between = np.zeros(len(values))
    for label in np.unique(groups):
        here = groups == label
        people, income = share[:, here].sum(axis=1), (values * share)[:, here].sum(axis=1)
        defined = (income > 0) & (mean > 0) & (people > 0)
        below = np.where(defined, people * mean, 1.0)
        relative = np.where(defined, income / below, 1.0)
        between += np.where(
            defined,
            income / np.where(mean > 0, mean, 1.0) * np.log(np.where(relative > 0, relative, 1.0)),
            0.0,
        )
    return between


def _labels(groups: ArrayLike) -> np.ndarray:
    """Return groups as numbers; what has no label, such as NaN, is a group as well."""
    return np.asarray(pd.factorize(np.asarray(groups, dtype=object), use_na_sentinel=False)[0])


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
    return float(sigma_rows(x[None], w)[0])


def sigma_rows(values: Floats, weights: Floats) -> Floats:
    """Return σ of each row, (Y,), of values (Y, n) with weights (n,) or (Y, n)."""
    counted = np.where(values > 0, weights, 0.0)
    total = counted.sum(axis=1)
    total = np.where(total > 0, total, 1.0)[:, None]
    logs = np.log(np.where(values > 0, values, 1.0))
    spread = np.where(values > 0, logs - (counted * logs).sum(axis=1, keepdims=True) / total, 0.0)
    variance = (counted * spread**2).sum(axis=1) / total[:, 0]
    return np.where((counted > 0).sum(axis=1) > 1, np.sqrt(variance), 0.0)


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
    if 0 < x.max(initial=0.0) < 1e-150:  # products would vanish; indices do not change with the scale
        x = x * 2.0**600
    return x, w
