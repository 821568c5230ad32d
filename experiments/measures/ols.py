"""Ordinary least squares and its cluster-robust covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from experiments.measures.panel_checks import Floats
from model.files.user_tables import InputError

Codes = npt.NDArray[np.int64]


def dependent(columns: Floats) -> bool:
    """Return whether the columns (n, k) depend on each other, or one is 0."""
    return bool(np.linalg.matrix_rank(columns.T @ columns) < columns.shape[1])


def least_squares(regressors: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    """Return the coefficients (k,) and the residuals (n,) of a regression; no constant is added.

    Raises InputError where the columns of ``regressors`` (n, k) depend on each other.
    """
    if dependent(regressors):
        raise InputError(["a treatment is explained in full by the others, by city and year or by controls"])
    values = np.linalg.solve(regressors.T @ regressors, regressors.T @ outcome)
    return values, outcome - regressors @ values


def group_sums(rows: Floats, group: Codes) -> Floats:
    """Sum the rows (n, k) of each group, (G, k); group (n,): 0, 1, …"""
    return np.column_stack([np.bincount(group, column) for column in rows.T])


def sandwich(regressors: Floats, meat: Floats, clusters: int) -> Floats:
    """Return G/(G − 1)·(X'X)⁻¹ M (X'X)⁻¹, the covariance (k, k) for G clusters. [Liang & Zeger 1986]"""
    bread = np.linalg.pinv(regressors.T @ regressors)
    return np.asarray(clusters / (clusters - 1) * bread @ meat @ bread)


@dataclass(frozen=True)
class ClusteredFit:
    """Coefficients (k,), their standard errors (k,; NaN with fewer than two clusters), rows and clusters."""

    coefficients: Floats
    errors: Floats
    rows: int
    clusters: int


def clustered_fit(outcome: ArrayLike, regressors: ArrayLike, clusters: ArrayLike) -> ClusteredFit:
    """Regress the outcome (n,) on columns (n, k), a constant among them if there is to be one.

    Rows of one cluster (n,) may depend on each other: the covariance is the sandwich times
    (n − 1)/(n − k). [Cameron & Miller 2015, J. Human Resources 50(2)]

    Raises InputError if the columns depend on each other or there are no more rows than columns.
    """
    y, x = np.asarray(outcome, float), np.asarray(regressors, float)
    rows, columns = x.shape
    if rows <= columns:
        raise InputError([f"{rows} rows are too few for {columns} coefficients"])
    coefficients, residuals = least_squares(x, y)
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    sums = group_sums(x * residuals[:, None], codes)
    if len(sums) < 2:
        return ClusteredFit(coefficients, np.full(columns, np.nan), rows, len(sums))
    covariance = (rows - 1) / (rows - columns) * sandwich(x, sums.T @ sums, len(sums))
    variances = np.maximum(np.diag(covariance), 0.0)  # rounding may leave an exact fit below 0
    return ClusteredFit(coefficients, np.sqrt(variances), rows, len(sums))
