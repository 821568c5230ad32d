"""Cluster-robust covariance of OLS coefficients."""

from __future__ import annotations

import numpy as np

from experiments.evaluation.estimators.estimate import Floats
from experiments.measures.ols import Codes, group_sums, sandwich
from model.files.user_tables import InputError

COVARIANCES = ("jackknife", "cluster", "two-way", "conley")


def covariance(
    regressors: Floats,
    residuals: Floats,
    city: Codes,
    year: Codes,
    cov_type: str = "jackknife",
    distances: Floats | None = None,
    reach_km: float = 500.0,
    others: Floats | None = None,
) -> Floats:
    """Return the covariance (k, k) of the coefficients of a regression without constant.

    regressors (n, k), less what the other regressors explain; residuals (n,); others (n, q): the other
    regressors, such as controls and years, within city; None: there are none. cov_type:

    * ``jackknife``: the spread of the estimates with one city left out at a time, all regressors fitted again
      without it (CV3), conservative where few cities are treated.
      [MacKinnon, Nielsen & Webb 2023, Journal of Applied Econometrics 38(5)]
    * ``cluster``: clustered by city, times C/(C − 1), and (n − 1)/(n − k − q) where there are others.
      [Liang & Zeger 1986]
    * ``two-way``: clustered by city and by year, with such factors for the fewer of the two.
      [Cameron, Gelbach & Miller 2011]
    * ``conley``: clustered by city, with correlation in the same year between cities up to ``reach_km``,
      where its weight has fallen to 0; ``distances`` (C, C) in km, cities in the order of their numbers.
      [Conley 1999]

    Raises InputError for another ``cov_type``, or ``conley`` without distances.
    """
    if cov_type not in COVARIANCES:
        raise InputError([f"cov_type cannot be {cov_type!r}: choose one of {', '.join(COVARIANCES)}"])
    others = np.empty((len(city), 0)) if others is None else others
    if cov_type == "jackknife":
        return _jackknife(regressors, others, residuals, city)
    scores = regressors * residuals[:, None]
    by_city, by_year = group_sums(scores, city), group_sums(scores, year)
    meat = own = by_city.T @ by_city
    clusters = count = len(by_city)
    # The constant counts as a coefficient; effects of years are nested in clusters by year and do not.
    estimated = regressors.shape[1] + (1 + int(np.linalg.matrix_rank(others)) if others.shape[1] else 0)
    if cov_type == "two-way":
        meat, clusters = own + by_year.T @ by_year - scores.T @ scores, min(count, len(by_year))
        estimated -= len(by_year) - 1 if others.shape[1] else 0
    elif cov_type == "conley":
        if distances is None:
            raise InputError(["cov_type conley needs distances: lon and lat of the cities"])
        near = np.maximum(0.0, 1.0 - distances / reach_km) - np.eye(count)
        for part, who in ((scores[rows], city[rows]) for rows in (year == one for one in np.unique(year))):
            meat = meat + part.T @ near[np.ix_(who, who)] @ part
    spread = sandwich(regressors, meat, clusters)
    # A difference of variances can fall below zero in a small sample: then cluster by city alone.
    if np.any(np.diag(spread) <= 0):
        spread = sandwich(regressors, own, count)
    return np.asarray((len(city) - 1) / max(len(city) - estimated, 1) * spread)


def freedom(cov_type: str, cities: int, years: int) -> int:
    """Return the degrees of freedom of Student's t: the fewest clusters less one."""
    return (min(cities, years) if cov_type == "two-way" else cities) - 1


def year_columns(city: Codes, year: Codes) -> Floats:
    """Return dummies of all years but the first, less their city means: (n, T − 1)."""
    dummies = (year[:, None] == np.arange(1, year.max() + 1)).astype(np.float64)
    return dummies - (group_sums(dummies, city) / np.bincount(city)[:, None])[city]


def _jackknife(regressors: Floats, others: Floats, residuals: Floats, city: Codes) -> Floats:
    """(C − 1)/C times the spread of the coefficients with one city left out, around those with all."""
    size = regressors.shape[1]
    every = np.column_stack([regressors, others])
    every = every / np.maximum(np.linalg.norm(every, axis=0), 1e-300)
    grams = np.stack([group_sums(every * column[:, None], city) for column in every.T], axis=1)
    scores = group_sums(every * residuals[:, None], city)
    # Leaving city c out moves the coefficients by −(X'X − X_c'X_c)⁻¹ s_c.
    inverse = np.linalg.pinv(grams.sum(axis=0) - grams, rcond=1e-10, hermitian=True)
    moves = np.einsum("cij,cj->ci", inverse[:, :size], scores) / np.linalg.norm(regressors, axis=0)
    return np.asarray((len(grams) - 1) / len(grams) * moves.T @ moves)
