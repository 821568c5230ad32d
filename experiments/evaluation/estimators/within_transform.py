"""The two-way within transform: columns less their city and year means."""

from __future__ import annotations

import numpy as np

from experiments.evaluation.estimators.estimate import Floats
from experiments.measures.ols import Codes, group_sums

TOLERANCE = 1e-10  # of the largest change in a round, relative to the column's spread
ROUNDS = 10_000


def within(values: Floats, city: Codes, year: Codes) -> Floats:
    """Subtract city means and year means from columns; values: (n,) or (n, k), and so is the result.

    A balanced panel takes one round, an unbalanced one alternating projections [Guimarães & Portugal
    2010, Stata Journal 10(4)].

    Raises RuntimeError if the projections do not converge.
    """
    flat = np.array(values, dtype=np.float64).reshape(len(values), -1)
    spread = np.maximum(flat.std(axis=0), 1e-300)
    balanced = len(flat) == (city.max() + 1) * (year.max() + 1)
    for _ in range(2 if balanced else ROUNDS):
        before, flat = flat, less_means(less_means(flat, city), year)
        if balanced or float((np.abs(flat - before).max(axis=0) / spread).max(initial=0.0)) < TOLERANCE:
            # Rounding leaves a residue of columns explained in full; learners would scale it up.
            flat[:, flat.std(axis=0) < 1e-9 * spread] = 0.0
            return flat.reshape(np.shape(values))
    raise RuntimeError("the within transform did not converge: cities and years of the panel hardly overlap")


def less_means(columns: Floats, group: Codes) -> Floats:
    """Subtract the mean of each group from columns (n, k); group (n,): 0, 1, …"""
    if not columns.shape[1]:
        return columns
    means = group_sums(columns, group) / np.maximum(np.bincount(group), 1)[:, None]
    return np.asarray(columns - means[group])
