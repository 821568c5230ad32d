"""Least squares with clusters, compared with sums worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.ols import clustered_fit, unexplained_part, unit_columns
from experiments.measures.twin_pairs import mean_and_se


def test_coefficients_are_those_of_an_exact_line() -> None:
    x = np.column_stack([np.ones(5), np.arange(5.0)])
    coefficients, errors = clustered_fit(3.0 + 2.0 * np.arange(5.0), x, [1, 1, 2, 2, 3])
    assert coefficients == pytest.approx([3.0, 2.0])
    assert errors == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_mean_of_single_rows_has_the_error_over_seeds() -> None:
    values = [1.0, 4.0, 2.0, 9.0]
    coefficients, errors = clustered_fit(values, np.ones((4, 1)), range(4))
    known = mean_and_se(values)
    assert coefficients[0] == known["mean"]
    assert errors[0] == pytest.approx(known["se"])


def test_rows_of_a_cluster_count_together() -> None:
    # Residuals are -1, -1, 1, 1. In two clusters of two their sums are -2 and 2:
    # variance 2/1 · 3/3 · (4 + 4)/16 = 1. In four clusters: 4/3 · 3/3 · 4/16 = 1/3.
    values = [0.0, 0.0, 2.0, 2.0]
    assert clustered_fit(values, np.ones((4, 1)), [1, 1, 2, 2])[1][0] == pytest.approx(1.0)
    assert clustered_fit(values, np.ones((4, 1)), [1, 2, 3, 4])[1][0] == pytest.approx(3**-0.5)
    # In clusters across, the residuals cancel.
    assert clustered_fit(values, np.ones((4, 1)), [1, 2, 1, 2])[1][0] == pytest.approx(0.0, abs=1e-12)


def test_one_cluster_has_no_error() -> None:
    assert np.isnan(clustered_fit([1.0, 2.0, 4.0], np.ones((3, 1)), [7, 7, 7])[1]).all()


def test_columns_of_length_one_and_what_dependent_columns_leave() -> None:
    others = np.column_stack([np.ones(4), np.arange(4.0), 2.0 * np.arange(4.0), np.zeros(4)])
    assert (unit_columns(others) ** 2).sum(axis=0) == pytest.approx([1.0, 1.0, 1.0, 0.0])
    # 0, 1, 4, 9 less its line −1 + 3t.
    assert unexplained_part(np.arange(4.0) ** 2, others) == pytest.approx([1.0, -1.0, -1.0, 1.0])
    assert unexplained_part(others, np.empty((4, 0))) is others


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
