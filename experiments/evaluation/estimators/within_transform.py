"""The two-way within transform: what is left of a column when city and year means are taken out."""

from __future__ import annotations

import numpy as np

from experiments.evaluation.estimators.estimate import Floats
from experiments.measures.ols import Codes, group_sums

TOLERANCE = 1e-10  # of the largest change in a round, relative to the column's spread
ROUNDS = 10_000


def within(values: Floats, city: Codes, year: Codes) -> Floats:
    """Columns less their city means and year means, of the shape of ``values``: (n,) or (n, k).

    One round settles a balanced panel; an unbalanced one takes alternating projections [Guimarães & Portugal
    2010, Stata Journal 10(4)].

    Raises RuntimeError if the rounds do not settle.
    """
    left = np.array(values, dtype=np.float64)
    flat = left.reshape(len(left), -1)
    spread = np.maximum(flat.std(axis=0), 1e-300)
    balanced = len(flat) == (city.max() + 1) * (year.max() + 1)
    for _ in range(2 if balanced else ROUNDS):
        before = flat.copy()
        flat = less_means(less_means(flat, city), year)
        if balanced or float((np.abs(flat - before).max(axis=0) / spread).max(initial=0.0)) < TOLERANCE:
            # Rounding leaves dust of a column that fixed effects explain in full; learners would scale it up.
            flat[:, flat.std(axis=0) < 1e-9 * spread] = 0.0
            return flat.reshape(left.shape)
    raise RuntimeError("the within transform did not settle: cities and years of the panel hardly overlap")


def less_means(columns: Floats, group: Codes) -> Floats:
    """Columns (n, k) less their means in each group; group (n,): 0, 1, …"""
    if not columns.shape[1]:
        return columns
    means = group_sums(columns, group) / np.maximum(np.bincount(group), 1)[:, None]
    return np.asarray(columns - means[group])
