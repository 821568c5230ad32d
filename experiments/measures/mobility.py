"""Mobility: rank correlations, and transitions between classes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike
from scipy import stats

from experiments.measures.inequality import ranks
from experiments.measures.panel_checks import Floats

CLASSES = 5
RELATIVE_ENDS = (0.25, 0.5, 1.0, 2.0)  # of the mean [Quah 1993]
Integers = npt.NDArray[np.int64]


def kendall(start: ArrayLike, end: ArrayLike) -> float:
    """Return Kendall's τ_b of two columns (C,), −1 to 1; NaN if one has no order. [Kendall 1945]"""
    x, y = _two_columns(start, end)
    return float(stats.kendalltau(x, y).statistic)


def spearman(start: ArrayLike, end: ArrayLike) -> float:
    """Return Spearman's rank correlation of two columns (C,); NaN if one has no order. [Spearman 1904]"""
    x, y = _two_columns(start, end)
    return float(stats.spearmanr(x, y).statistic) if np.ptp(x) > 0 and np.ptp(y) > 0 else float("nan")


def mean_rank_change(start: ArrayLike, end: ArrayLike) -> float:
    """Return the mean |change of rank| between two columns (C,), places; ties share the mean rank."""
    x, y = _two_columns(start, end)
    return float(np.mean(np.abs(ranks(x) - ranks(y))))


def quantile_classes(values: ArrayLike, classes: int = CLASSES) -> Integers:
    """Return the class of each city in each period by its rank in that period, 0 the lowest.

    values: (T, C). Equal values are in one class. Of C cities without ties each class gets C/classes, to one
    city.
    """
    y = np.atleast_2d(np.asarray(values, dtype=float))
    below = np.array([len(row) - ranks(row) + 0.5 for row in y])  # cities behind, and half of itself
    return np.minimum((below / y.shape[1] * classes).astype(np.int64), classes - 1)


def relative_classes(values: ArrayLike, ends: ArrayLike = RELATIVE_ENDS) -> Integers:
    """Return the class of each city in each period by its value over the period's mean, 0 the lowest.

    Unlike fifths, these classes may fill or empty, so that their long run says where the distribution goes.
    ends: (k − 1,), rising; a class begins with its lower end. Raises ValueError if a period's mean is not
    above 0. [Quah 1993]
    """
    y = np.atleast_2d(np.asarray(values, dtype=float))
    mean = y.mean(axis=1, keepdims=True)
    if not (mean > 0).all():
        raise ValueError("values over their mean need a mean above 0 in every period")
    return np.searchsorted(np.asarray(ends, dtype=float), y / mean, side="right").astype(np.int64)


def transition_matrix(states: ArrayLike, classes: int = CLASSES) -> Floats:
    """Return the Markov matrix of moves in one period, (classes, classes): rows are shares of a class.

    states: (T, C), whole numbers from 0; classes: their number k. A class that no city is ever in has no
    shares: its row is NaN. [Quah 1993]
    """
    s = _checked_states(states, classes)
    return _shares(_moves(s[:-1].ravel(), s[1:].ravel(), classes))


def spatial_transition_matrices(
    states: ArrayLike, neighbour_states: ArrayLike, classes: int = CLASSES
) -> Floats:
    """Return a Markov matrix for each class of the neighbours' mean at the start of a move, (k, k, k).

    states, neighbour_states: (T, C), whole numbers from 0; `neighbour_states` is the class of the mean of a
    city's neighbours (`experiments.measures.spatial.neighbour_mean`), −1 for a city without any, which is
    left out. Rows of classes that do not occur are NaN. Raises ValueError for shapes that differ. [Rey 2001]
    """
    s, lag = _checked_states(states, classes), np.asarray(neighbour_states)
    if lag.shape != s.shape:
        raise ValueError(f"classes of the neighbours must have shape {s.shape}, not {lag.shape}")
    before, after, around = s[:-1].ravel(), s[1:].ravel(), lag[:-1].ravel()
    return np.array(
        [_shares(_moves(before[around == k], after[around == k], classes)) for k in range(classes)]
    )


def shorrocks(matrix: ArrayLike) -> float:
    """Return Shorrocks' mobility of a Markov matrix of k classes, (k − trace)/(k − 1); NaN if a row is.

    0: no city moves. [Shorrocks 1978]
    """
    p = np.asarray(matrix, dtype=float)
    return float((len(p) - np.trace(p)) / (len(p) - 1))


def ergodic(matrix: ArrayLike) -> Floats:
    """Return the long-run shares of the classes, (k,), that a Markov matrix (k, k) leads to: π = πP, Σπ = 1.

    A class without shares (NaN) that no other leads to has 0. NaN throughout if another leads to it, or if
    the long run depends on the start, as when classes never mix: then there is no one distribution.
    """
    p = np.asarray(matrix, dtype=float)
    known = ~np.isnan(p).any(axis=1)
    k = int(known.sum())
    inner = p[np.ix_(known, known)]
    undecided = np.linalg.matrix_rank(inner.T - np.eye(k), tol=1e-10) < k - 1 if k else True
    if undecided or (p[known][:, ~known] > 0).any():
        return np.full(len(p), np.nan)
    system = np.vstack([inner.T - np.eye(k), np.ones(k)])
    shares = np.zeros(len(p))
    shares[known] = np.clip(np.linalg.lstsq(system, np.append(np.zeros(k), 1.0))[0], 0.0, 1.0)
    return shares


def _two_columns(start: ArrayLike, end: ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    if x.shape != y.shape or x.ndim != 1 or len(x) < 2:
        raise ValueError(
            f"ranks are compared between two columns of two cities or more, not {x.shape} and {y.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("ranks are defined for finite values")
    return x, y


def _checked_states(states: ArrayLike, classes: int) -> Integers:
    s = np.asarray(states)
    if s.ndim != 2 or len(s) < 2 or not np.issubdtype(s.dtype, np.integer):
        raise ValueError(
            f"classes must be whole numbers, periods by cities, two periods or more, not {s.shape}"
        )
    if classes < 2 or s.min(initial=0) < 0 or s.max(initial=0) >= classes:
        raise ValueError(f"each class must be a number from 0 to {classes - 1}, of two classes or more")
    return s.astype(np.int64)


def _moves(before: Integers, after: Integers, classes: int) -> Integers:
    return np.bincount(before * classes + after, minlength=classes**2).reshape(classes, classes)


def _shares(moves: Integers) -> Floats:
    total = moves.sum(axis=1, keepdims=True)
    return np.where(total > 0, moves / np.maximum(total, 1), np.nan)
