"""Spatial measures: Moran's I, neighbours, and profiles of an effect by distance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.measures.panel_checks import Flags, Floats

PERMUTATIONS = 999


def neighbours(distances: ArrayLike, low: float, high: float) -> Flags:
    """Return (C, C), true for pairs of cities whose distance lies in [low, high), km. Raises ValueError."""
    km = np.asarray(distances, dtype=float)
    if km.ndim != 2 or km.shape[0] != km.shape[1]:
        raise ValueError(f"distances must be cities by cities, not of shape {km.shape}")
    if not 0 <= low < high:
        raise ValueError(f"a band must run from 0 km or more to a larger distance, not from {low} to {high}")
    found = (km >= low) & (km < high)
    np.fill_diagonal(found, False)
    return found


def neighbour_mean(values: ArrayLike, near: ArrayLike) -> Floats:
    """Return the mean of each city's neighbours, (T, C), from values (T, C); NaN without neighbours."""
    w = np.asarray(near, dtype=float)
    count = w.sum(axis=1)
    total = np.asarray(values, dtype=float) @ w.T
    return np.where(count > 0, total / np.where(count > 0, count, 1.0), np.nan)


@dataclass(frozen=True)
class Moran:
    """i: Moran's I. expected: −1/(C−1), its mean without spatial dependence. p: two-sided, by permutation.

    neighbours: mean number of neighbours; alone: cities without any. I and p are NaN if no city has a
    neighbour or all values are equal.
    """

    i: float
    expected: float
    p: float
    neighbours: float
    alone: int


def morans_i(values: ArrayLike, near: ArrayLike, permutations: int = PERMUTATIONS, seed: int = 1) -> Moran:
    """Return Moran's I of values (C,): C/ΣΣw · z'Wz/z'z, z the deviations from the mean, w 1 for neighbours.

    p = (1 + number of permutations with |I* − E| ≥ |I − E|)/(1 + permutations), values dealt out to the
    cities at random by `seed`. near: (C, C), such as `neighbours` gives. Raises ValueError. [Moran 1950;
    Anselin 1995]
    """
    x, w = np.asarray(values, dtype=float), np.asarray(near, dtype=float)
    n = len(x)
    if x.ndim != 1 or n < 3 or w.shape != (n, n) or not np.isfinite(x).all():
        raise ValueError(
            f"Moran's I needs three finite values or more and a matrix of their neighbours, not "
            f"{x.shape} and {w.shape}"
        )
    z, links = x - x.mean(), w.sum()
    alone, mean = int((w.sum(axis=1) == 0).sum()), float(links / n)
    expected = -1.0 / (n - 1)
    if links == 0 or np.ptp(x) == 0:
        return Moran(float("nan"), expected, float("nan"), mean, alone)
    scale = n / links / (z @ z)
    observed = float(scale * (z @ w @ z))
    dealt = np.random.default_rng(seed).permuted(np.tile(z, (permutations, 1)), axis=1)
    shuffled = scale * np.einsum("pi,pi->p", dealt @ w, dealt)
    # A hair of slack: a permutation that deals the same values out again must count as equal.
    extreme = np.abs(shuffled - expected) >= abs(observed - expected) - 1e-12
    return Moran(observed, expected, float((1 + extreme.sum()) / (1 + permutations)), mean, alone)


def distance_profile(effect: ArrayLike, km: ArrayLike, bands: Sequence[float]) -> pd.DataFrame:
    """Mean effect by distance: one row per band, from `low` to below `high` km.

    effect: (C,), NaN where it is not defined, which leaves the city out. km: (C,), distance to the nearest
    source. bands: rising ends of the bands, km. Columns: low, high, km (mean distance of the cities), mean,
    se (over cities, NaN with fewer than two), cities. A band without cities has NaN. Raises ValueError.
    """
    y, d = np.asarray(effect, dtype=float), np.asarray(km, dtype=float)
    if y.shape != d.shape or y.ndim != 1:
        raise ValueError(
            f"effect and distance must be two columns of one length, not {y.shape} and {d.shape}"
        )
    ends = [float(end) for end in bands]
    if len(ends) < 2 or any(b <= a for a, b in itertools.pairwise(ends)):
        raise ValueError(f"bands must rise, with two ends or more, not {ends}")
    rows = []
    for low, high in itertools.pairwise(ends):
        here = (d >= low) & (d < high) & np.isfinite(y)
        count = int(here.sum())
        rows.append(
            {
                "low": low,
                "high": high,
                "km": float(d[here].mean()) if count else float("nan"),
                "mean": float(y[here].mean()) if count else float("nan"),
                "se": float(y[here].std(ddof=1) / np.sqrt(count)) if count > 1 else float("nan"),
                "cities": count,
            }
        )
    return pd.DataFrame(rows)


def zero_crossings(km: ArrayLike, effect: ArrayLike) -> list[float]:
    """Distances at which a profile changes sign, km, by straight lines between its points.

    km, effect: (B,), in order of distance; bands that are NaN are passed over. A point that is exactly zero
    counts if the signs on its two sides differ.
    """
    d, y = np.asarray(km, dtype=float), np.asarray(effect, dtype=float)
    there = np.isfinite(d) & np.isfinite(y)
    d, y = d[there], y[there]
    sided = np.flatnonzero(y != 0)
    found = []
    for a, b in itertools.pairwise(sided):
        if (y[a] > 0) == (y[b] > 0):
            continue
        # Zeros between the two: the middle of the stretch that is zero.
        flat = d[a + 1 : b]
        found.append(float(flat.mean()) if len(flat) else float(d[a] + (d[b] - d[a]) * y[a] / (y[a] - y[b])))
    return found
