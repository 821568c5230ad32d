"""Least squares with clusters, compared with sums worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.ols import clustered_fit
from experiments.measures.twin_pairs import mean_and_se


def test_coefficients_are_those_of_an_exact_line() -> None:
    x = np.column_stack([np.ones(5), np.arange(5.0)])
    fit = clustered_fit(3.0 + 2.0 * np.arange(5.0), x, [1, 1, 2, 2, 3])
    assert fit.coefficients == pytest.approx([3.0, 2.0])
    assert fit.errors == pytest.approx([0.0, 0.0], abs=1e-12)
    assert (fit.rows, fit.clusters) == (5, 3)


def test_a_mean_of_single_rows_has_the_error_over_seeds() -> None:
    values = [1.0, 4.0, 2.0, 9.0]
    fit = clustered_fit(values, np.ones((4, 1)), range(4))
    known = mean_and_se(values)
    assert fit.coefficients[0] == known["mean"]
    assert fit.errors[0] == pytest.approx(known["se"])


def test_rows_of_a_cluster_count_together() -> None:
    # Residuals are -1, -1, 1, 1. In two clusters of two their sums are -2 and 2:
    # variance 2/1 · 3/3 · (4 + 4)/16 = 1. In four clusters: 4/3 · 3/3 · 4/16 = 1/3.
    values = [0.0, 0.0, 2.0, 2.0]
    assert clustered_fit(values, np.ones((4, 1)), [1, 1, 2, 2]).errors[0] == pytest.approx(1.0)
    assert clustered_fit(values, np.ones((4, 1)), [1, 2, 3, 4]).errors[0] == pytest.approx(3**-0.5)
    # In clusters across, the residuals cancel.
    assert clustered_fit(values, np.ones((4, 1)), [1, 2, 1, 2]).errors[0] == pytest.approx(0.0, abs=1e-12)


def test_one_cluster_has_no_error() -> None:
    assert np.isnan(clustered_fit([1.0, 2.0, 4.0], np.ones((3, 1)), [7, 7, 7]).errors).all()


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.ones((3, 3)), "3 rows are too few for 3 coefficients"),
        (np.ones((2, 2)), "2 rows are too few for 2 coefficients"),
        (np.column_stack([np.ones(5), np.ones(5)]), "is explained in full by the others"),
    ],
)
def test_coefficients_that_are_not_identified_are_refused(x: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        clustered_fit(np.arange(float(len(x))), x, range(len(x)))
