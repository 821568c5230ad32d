"""Cluster-robust covariance of OLS coefficients."""

from __future__ import annotations

import numpy as np

from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.panel_data import Codes
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
    """Covariance (k, k) of the coefficients of a regression without constant.

    regressors (n, k), residuals (n,). cov_type:

    * ``jackknife``: leaves out one city at a time (CV3), careful where few cities are treated. [MacKinnon,
      Nielsen & Webb 2023, Journal of Applied Econometrics 38(5)]
    * ``cluster``: scores added up by city, times C/(C − 1). [Liang & Zeger 1986]
    * ``two-way``: by city and by year. [Cameron, Gelbach & Miller 2011]
    * ``conley``: by city, and between cities within ``reach_km`` with weights that fall to 0 there;
      ``distances`` (C, C) in km, cities in the order of their numbers. [Conley 1999]

    Raises InputError for another word, or ``conley`` without distances.
    """
    if cov_type not in COVARIANCES:
        raise InputError([f"cov_type cannot be {cov_type!r}: choose one of {', '.join(COVARIANCES)}"])
    bread = np.linalg.pinv(regressors.T @ regressors)
    scores = regressors * residuals[:, None]
    by_city = _sums(scores, city)
    count = len(by_city)
    if cov_type == "jackknife":
        return _jackknife(regressors, by_city, city)
    meat = by_city.T @ by_city
    if cov_type == "two-way":
        by_year = _sums(scores, year)
        meat = meat + by_year.T @ by_year - scores.T @ scores
    elif cov_type == "conley":
        if distances is None:
            raise InputError(["cov_type conley needs distances: lon and lat of the cities"])
        meat = by_city.T @ np.maximum(0.0, 1.0 - distances / reach_km) @ by_city
    spread = count / (count - 1) * bread @ meat @ bread
    # A difference of variances can fall below zero in a small sample: the smaller part is then left out.
    if np.any(np.diag(spread) <= 0):
        spread = count / (count - 1) * bread @ (by_city.T @ by_city) @ bread
    return np.asarray(spread)


def _sums(rows: Floats, group: Codes) -> Floats:
    return np.column_stack([np.bincount(group, column) for column in rows.T])


def _jackknife(regressors: Floats, scores: Floats, city: Codes) -> Floats:
    """(C − 1)/C times the spread of the coefficients with one city left out, around those with all."""
    count, size = scores.shape
    grams = np.stack([
        _sums(regressors * regressors[:, [column]], city) for column in range(size)
    ], axis=1)  # fmt: skip
    whole = grams.sum(axis=0)
    # With the residuals of the whole sample, leaving a city out moves the coefficients by −(X'X − X'X_c)⁻¹
    # s_c.
    moves = np.stack([np.linalg.pinv(whole - one) @ score for one, score in zip(grams, scores, strict=True)])
    return np.asarray((count - 1) / count * moves.T @ moves)
