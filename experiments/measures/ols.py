"""Ordinary least squares and its cluster-robust covariance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from experiments.measures.panel_checks import Floats
from model.files.user_tables import InputError

Codes = npt.NDArray[np.int64]


def unit_columns(columns: Floats) -> Floats:
    """Divide columns (n, k) by their Euclidean norms; a column of zeros remains."""
    return np.asarray(columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-300))


def unexplained_part(columns: Floats, others: Floats) -> Floats:
    """Return the residuals of columns, (n,) or (n, k), regressed on others (n, q), which may be dependent."""
    return columns - others @ np.linalg.lstsq(others, columns, rcond=None)[0] if others.shape[1] else columns


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


def sandwich(regressors: Floats, meat: Floats, clusters: int, estimated: int) -> Floats:
    """Return the covariance (k, k) of n rows in G clusters: G/(G − 1)·(n − 1)/(n − q)·(X'X)⁻¹ M (X'X)⁻¹.

    estimated: q coefficients, those of other regressors included.
    [Liang & Zeger 1986; Cameron & Miller 2015, J. Human Resources 50(2)]
    """
    rows, bread = len(regressors), np.linalg.pinv(regressors.T @ regressors)
    factor = clusters / (clusters - 1) * (rows - 1) / max(rows - estimated, 1)
    return np.asarray(factor * bread @ meat @ bread)


def clustered_fit(outcome: ArrayLike, regressors: ArrayLike, clusters: ArrayLike) -> tuple[Floats, Floats]:
    """Return coefficients (k,) of the outcome (n,) on columns (n, k), and their standard errors (k,).

    A constant is among the columns if there is to be one. Rows of one cluster (n,) may depend on each other;
    errors are NaN with fewer than two clusters.

    Raises InputError if the columns depend on each other or there are no more rows than columns.
    """
    y, x = np.asarray(outcome, float), np.asarray(regressors, float)
    rows, columns = x.shape
    if rows <= columns:
        raise InputError([f"{rows} rows are too few for {columns} coefficients"])
    coefficients, residuals = least_squares(x, y)
    sums = group_sums(x * residuals[:, None], np.unique(clusters, return_inverse=True)[1])
    if len(sums) < 2:
        return coefficients, np.full(columns, np.nan)
    variances = np.diag(sandwich(x, sums.T @ sums, len(sums), columns))
    return coefficients, np.sqrt(np.maximum(variances, 0.0))  # rounding may leave an exact fit below 0
