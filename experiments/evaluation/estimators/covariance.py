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
) -> Floats:
    """Return the covariance (k, k) of the coefficients of a regression without constant.

    regressors (n, k), residuals (n,). cov_type:

    * ``jackknife``: the spread of the estimates with one city left out at a time (CV3), conservative where
      few cities are treated. [MacKinnon, Nielsen & Webb 2023, Journal of Applied Econometrics 38(5)]
    * ``cluster``: clustered by city, times C/(C − 1). [Liang & Zeger 1986]
    * ``two-way``: clustered by city and by year. [Cameron, Gelbach & Miller 2011]
    * ``conley``: clustered by city, with correlation between cities up to ``reach_km``, where its weight has
      fallen to 0; ``distances`` (C, C) in km, cities in the order of their numbers. [Conley 1999]

    Raises InputError for another ``cov_type``, or ``conley`` without distances.
    """
    if cov_type not in COVARIANCES:
        raise InputError([f"cov_type cannot be {cov_type!r}: choose one of {', '.join(COVARIANCES)}"])
    scores = regressors * residuals[:, None]
    by_city = group_sums(scores, city)
    count = len(by_city)
    if cov_type == "jackknife":
        return _jackknife(regressors, by_city, city)
    meat = by_city.T @ by_city
    if cov_type == "two-way":
        by_year = group_sums(scores, year)
        meat = meat + by_year.T @ by_year - scores.T @ scores
    elif cov_type == "conley":
        if distances is None:
            raise InputError(["cov_type conley needs distances: lon and lat of the cities"])
        meat = by_city.T @ np.maximum(0.0, 1.0 - distances / reach_km) @ by_city
    spread = sandwich(regressors, meat, count)
    # A difference of variances can fall below zero in a small sample: then cluster by city alone.
    if np.any(np.diag(spread) <= 0):
        spread = sandwich(regressors, by_city.T @ by_city, count)
    return spread


def _jackknife(regressors: Floats, scores: Floats, city: Codes) -> Floats:
    """(C − 1)/C times the spread of the coefficients with one city left out, around those with all."""
    count, size = scores.shape
    columns = [group_sums(regressors * regressors[:, [column]], city) for column in range(size)]
    grams = np.stack(columns, axis=1)
    whole = grams.sum(axis=0)
    # With the residuals of the whole sample, leaving city c out moves the coefficients by
    # −(X'X − X_c'X_c)⁻¹ s_c.
    moves = np.stack([np.linalg.pinv(whole - one) @ score for one, score in zip(grams, scores, strict=True)])
    return np.asarray((count - 1) / count * moves.T @ moves)
