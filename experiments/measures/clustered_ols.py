"""Least squares with standard errors that allow for clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Fit:
    """Coefficients (k,), their standard errors (k,; NaN with fewer than two clusters), rows and clusters."""

    coefficients: np.ndarray
    errors: np.ndarray
    rows: int
    clusters: int


def least_squares(y: ArrayLike, x: ArrayLike, clusters: ArrayLike) -> Fit:
    """Ordinary least squares of y (n,) on x (n, k), which holds the constant if there is to be one.

    Errors of rows in one cluster (n,) may depend on each other: sandwich with the small-sample factor
    G/(G−1)·(n−1)/(n−k). [Liang & Zeger 1986; Cameron & Miller 2015, J. Human Resources 50(2)]

    Raises ValueError if columns of x depend on each other or there are not more rows than columns.
    """
    outcome, design, labels = np.asarray(y, float), np.asarray(x, float), np.asarray(clusters)
    rows, columns = design.shape
    if rows <= columns or np.linalg.matrix_rank(design) < columns:
        raise ValueError(f"{rows} rows cannot tell {columns} coefficients apart")
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ outcome
    scores = design * (outcome - design @ coefficients)[:, None]
    names = np.unique(labels)
    sums = np.array([scores[labels == name].sum(axis=0) for name in names])
    count = len(names)
    if count < 2:
        return Fit(coefficients, np.full(columns, np.nan), rows, count)
    factor = count / (count - 1) * (rows - 1) / (rows - columns)
    covariance = factor * bread @ (sums.T @ sums) @ bread
    return Fit(coefficients, np.sqrt(np.diag(covariance)), rows, count)
