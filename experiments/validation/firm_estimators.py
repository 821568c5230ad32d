"""Estimators of facts about firms and cities: tails of sizes, shapes of growth, slopes, doubling times."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from experiments.measures.panel_checks import Floats

UNKNOWN = float("nan")
SHAPES = (0.2, 5.0)  # range in which the shape of a Subbotin distribution is looked for
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


def tail_exponent(sizes: ArrayLike, top: float = 0.05, least: int = 20) -> float:
    """Return ζ of P(size > x) ∝ x^−ζ: minus the slope of ln(rank − ½) on ln size among the largest.

    top: the part of all sizes above 0 that is used, at least ``least`` of them. NaN with fewer.
    [Gabaix & Ibragimov 2011, Journal of Business & Economic Statistics 29(1)]
    """
    found = _largest_first(sizes)
    used = found[: max(least, round(top * len(found)))]
    return -_rank_slope(used) if len(used) >= least else UNKNOWN


def rank_size_slope(sizes: ArrayLike, top: int = 200) -> float:
    """Return the slope of ln(rank − ½) on ln size of the ``top`` largest; NaN if there are fewer."""
    used = _largest_first(sizes)[:top]
    return _rank_slope(used) if len(used) == top else UNKNOWN


def _largest_first(sizes: ArrayLike) -> Floats:
    found = np.asarray(sizes, dtype=float)
    return np.sort(found[found > 0])[::-1]


def _rank_slope(ordered: Floats) -> float:
    return slope(np.log(np.arange(1, len(ordered) + 1) - 0.5), np.log(ordered))


def slope(outcome: ArrayLike, regressor: ArrayLike, groups: ArrayLike | None = None) -> float:
    """Return the slope of an ordinary regression, with a fixed effect for each of ``groups`` (0, 1, …).

    NaN if the regressor does not vary (within groups).
    """
    y, x = np.asarray(outcome, dtype=float), np.asarray(regressor, dtype=float)
    if len(x) < 2:
        return UNKNOWN
    group = np.zeros(len(x), dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    size = np.maximum(np.bincount(group), 1)
    x = x - (np.bincount(group, x) / size)[group]
    y = y - (np.bincount(group, y) / size)[group]
    varies = float(x @ x)
    return float(x @ y) / varies if varies > 1e-12 * len(x) else UNKNOWN


def subbotin_shape(growth: ArrayLike) -> float:
    """Return b of the density ∝ exp(−|x − m|^b/(b·a^b)), by maximum likelihood: 1 Laplace, 2 normal.

    m is the median; at a given b, a = (mean |x − m|^b)^(1/b). NaN with fewer than ten values or none that
    differs from the median. [Bottazzi & Secchi 2006, RAND Journal of Economics 37(2)]
    """
    x = np.asarray(growth, dtype=float)
    away = np.abs(x - np.median(x)) if len(x) >= 10 else np.zeros(0)
    away = away[away > 0]
    if not len(away):
        return UNKNOWN
    logs = np.log(away / away.mean())
    low, high = SHAPES
    while high - low > 1e-5:
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if _likelihood(left, logs) > _likelihood(right, logs):
            high = right
        else:
            low = left
    return 0.5 * (low + high)


def _likelihood(b: float, logs: Floats) -> float:
    """Return the mean logarithm of the density, less a constant, at the best a; logs: ln |x − m|."""
    scale = math.log(float(np.exp(b * logs).mean())) / b
    return -scale - math.log(b) / b - math.lgamma(1.0 + 1.0 / b) - 1.0 / b


def volatility_slope(growth: ArrayLike, sizes: ArrayLike, groups: int = 10) -> tuple[float, Floats]:
    """Return the slope of ln s.d. of growth on ln mean size over groups of equal number, and the s.d., (G,).

    NaN and an empty array with fewer than ten values a group. [Stanley et al. 1996, Nature 379]
    """
    g, s = np.asarray(growth, dtype=float), np.asarray(sizes, dtype=float)
    if len(g) < 10 * groups:
        return UNKNOWN, np.zeros(0)
    parts = np.array_split(np.argsort(s, kind="stable"), groups)
    spread = np.array([g[part].std() for part in parts])
    size = np.array([s[part].mean() for part in parts])
    if (spread <= 0).any() or (size <= 0).any():
        return UNKNOWN, spread
    return slope(np.log(spread), np.log(size)), spread


def doubling_years(start: float, end: float, years: float) -> float:
    """Return the years in which compute per money doubles as its price falls; NaN if it does not fall."""
    return math.log(2.0) * years / math.log(start / end) if start > end > 0.0 else UNKNOWN


def inflection_year(years: ArrayLike, share: ArrayLike, half: int = 2) -> float:
    """Return the year around which a share grows fastest, over 2·half years; NaN if it is at an end.

    An S-curve has it inside the years observed.
    """
    when, level = np.asarray(years, dtype=float), np.asarray(share, dtype=float)
    if len(level) < 2 * half + 3:
        return UNKNOWN
    rise = level[2 * half :] - level[: -2 * half]
    best = int(np.argmax(rise))
    return float(when[best + half]) if 0 < best < len(rise) - 1 else UNKNOWN


def annual_growth(start: float, end: float, years: float) -> float:
    """Return growth a year, (end/start)^(1/years) − 1; NaN unless both are above 0."""
    return (end / start) ** (1.0 / years) - 1.0 if start > 0.0 and end > 0.0 else UNKNOWN
