"""Cluster-robust covariance of OLS coefficients."""

from __future__ import annotations

import numpy as np

from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.panel_data import PanelData
from experiments.evaluation.estimators.within_transform import less_means
from experiments.measures.ols import Codes, group_sums, sandwich, unit_columns
from model.files.user_tables import InputError

COVARIANCES = ("jackknife", "cluster", "two-way", "conley")
REACH_KM = 500.0


def covariance(
    regressors: Floats, residuals: Floats, others: Floats, data: PanelData, cov_type: str = "jackknife"
) -> Floats:
    """Return the covariance (k, k) of the coefficients of a regression without constant.

    regressors (n, k), less what the other regressors explain; residuals (n,); others (n, q): the other
    regressors, controls and years, within city. cov_type:

    * ``jackknife``: the spread of the estimates with one city left out at a time, all regressors fitted again
      without it (CV3), conservative where few cities are treated.
      [MacKinnon, Nielsen & Webb 2023, Journal of Applied Econometrics 38(5)]
    * ``cluster``: clustered by city, times C/(C − 1) and (n − 1)/(n − k − q − 1). [Liang & Zeger 1986]
    * ``two-way``: clustered by city and by year, with such factors for the fewer of the two.
      [Cameron, Gelbach & Miller 2011]
    * ``conley``: clustered by city, with correlation in the same year between cities up to 500 km, where its
      weight has fallen to 0. [Conley 1999]

    Raises InputError for another ``cov_type``, or ``conley`` without places.
    """
    if cov_type not in COVARIANCES:
        raise InputError([f"cov_type cannot be {cov_type!r}: choose one of {', '.join(COVARIANCES)}"])
    if cov_type == "jackknife":
        return _jackknife(regressors, others, residuals, data.city)
    scores = regressors * residuals[:, None]
    by_city, by_year = group_sums(scores, data.city), group_sums(scores, data.year)
    meat, clusters = by_city.T @ by_city, data.cities
    # The constant counts as a coefficient; effects of years are nested in clusters by year and do not.
    estimated = regressors.shape[1] + 1 + int(np.linalg.matrix_rank(others))
    if cov_type == "two-way":
        meat, clusters = meat + by_year.T @ by_year - scores.T @ scores, min(clusters, len(by_year))
        estimated -= len(by_year) - 1
    elif cov_type == "conley":
        near = np.maximum(0.0, 1.0 - data.distances / REACH_KM) - np.eye(clusters)
        for year in range(len(by_year)):
            part, who = scores[data.year == year], data.city[data.year == year]
            meat = meat + part.T @ near[np.ix_(who, who)] @ part
    spread = sandwich(regressors, meat, clusters, estimated)
    # A difference of variances can fall below zero in a small sample: then cluster by city alone.
    if cov_type != "cluster" and np.any(np.diag(spread) <= 0):
        return covariance(regressors, residuals, others, data, "cluster")
    return spread


def freedom(cov_type: str, data: PanelData) -> int:
    """Return the degrees of freedom of Student's t: the fewest clusters less one."""
    return (min(data.cities, len(data.years)) if cov_type == "two-way" else data.cities) - 1


def year_columns(data: PanelData) -> Floats:
    """Return dummies of all years but the first, less their city means: (n, T − 1)."""
    return less_means((data.year[:, None] == np.arange(1, len(data.years))).astype(np.float64), data.city)


def _jackknife(regressors: Floats, others: Floats, residuals: Floats, city: Codes) -> Floats:
    """(C − 1)/C times the spread of the coefficients with one city left out, around those with all."""
    every = unit_columns(np.column_stack([regressors, others]))
    grams = np.stack([group_sums(every * column[:, None], city) for column in every.T], axis=1)
    scores = group_sums(every * residuals[:, None], city)
    # Leaving city c out moves the coefficients by −(X'X − X_c'X_c)⁻¹ s_c.
    inverse = np.linalg.pinv(grams.sum(axis=0) - grams, rcond=1e-10, hermitian=True)
    moves = np.einsum("cij,cj->ci", inverse, scores)[:, : regressors.shape[1]]
    moves = moves / np.linalg.norm(regressors, axis=0)
    return np.asarray((len(grams) - 1) / len(grams) * moves.T @ moves)
