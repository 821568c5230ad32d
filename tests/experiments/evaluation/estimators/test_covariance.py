"""Cluster-robust covariance, compared with its definition and with statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.covariance import covariance
from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import least_squares
from model.files.user_tables import InputError
from tests.support.city_panels import simple_panel


def test_the_jackknife_leaves_out_one_city_at_a_time() -> None:
    data = panel_data(simple_panel(1, cities=12), "outcome", "centre")
    left = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    value, residual = least_squares(left[:, 1:], left[:, 0])
    spread = covariance(left[:, 1:], residual, data.city, data.year, "jackknife")
    without = [
        least_squares(left[data.city != c, 1:], left[data.city != c, 0])[0][0] for c in range(data.cities)
    ]
    expected = (data.cities - 1) / data.cities * np.sum((np.array(without) - value[0]) ** 2)
    assert spread[0, 0] == pytest.approx(expected, rel=1e-9)


def test_errors_by_city_are_those_of_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    data = panel_data(simple_panel(2), "outcome", "centre")
    left = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    value, residual = least_squares(left[:, 1:], left[:, 0])
    ours = covariance(left[:, 1:], residual, data.city, data.year, "cluster")
    theirs = sm.OLS(left[:, 0], left[:, 1:]).fit(
        cov_type="cluster", cov_kwds={"groups": data.city, "use_correction": False}
    )
    assert value[0] == pytest.approx(float(theirs.params[0]), rel=1e-9)
    count = data.cities
    assert ours[0, 0] == pytest.approx(float(theirs.bse[0]) ** 2 * count / (count - 1), rel=1e-9)


def test_distant_cities_are_independent_in_conleys_errors() -> None:
    data = panel_data(simple_panel(2, cities=20), "outcome", "centre")
    far = np.where(np.eye(20) > 0, 0.0, 1e4)
    alone = estimate_fixed_effects(data, "conley", far)
    assert alone.bse["centre"] == pytest.approx(
        estimate_fixed_effects(data, "cluster").bse["centre"], rel=1e-12
    )
    near = estimate_fixed_effects(data, "conley", np.where(np.eye(20) > 0, 0.0, 250.0))
    assert near.bse["centre"] != pytest.approx(alone.bse["centre"], rel=1e-3)


def test_errors_of_another_name_or_without_places_are_refused() -> None:
    regressors, residuals = np.ones((4, 1)), np.array([1.0, -1.0, 1.0, -1.0])
    codes = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    with pytest.raises(InputError, match="cov_type cannot be 'robust': choose one of jackknife"):
        covariance(regressors, residuals, *codes, "robust")
    with pytest.raises(InputError, match="cov_type conley needs distances: lon and lat of the cities"):
        covariance(regressors, residuals, *codes, "conley")


def test_a_difference_of_variances_below_zero_falls_back_to_cities() -> None:
    """Residuals that cancel within years leave the part by year empty and that of rows large."""
    city, year = np.repeat(np.arange(2), 2), np.tile(np.arange(2), 2)
    regressors, residuals = np.ones((4, 1)), np.array([1.0, -1.0, -1.0, 1.0])
    both = covariance(regressors, residuals, city, year, "two-way")
    np.testing.assert_array_equal(both, covariance(regressors, residuals, city, year, "cluster"))
