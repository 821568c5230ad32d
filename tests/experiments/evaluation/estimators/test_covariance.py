"""Cluster-robust covariance, compared with its definition and with statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import estimator_peers
from benchmarks.estimator_peers import TEN, conley_by_pairs, jackknife_by_refitting
from experiments.evaluation.estimators.covariance import covariance, year_columns
from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects, fixed_effects
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import least_squares
from model.files.user_tables import InputError
from tests.support.city_panels import eight_hosts, simple_panel


def grunfeld() -> pd.DataFrame:
    """Investment of eleven firms in twenty years. [Grunfeld 1958]"""
    pytest.importorskip("statsmodels", reason="statsmodels is not installed")
    return estimator_peers.grunfeld()


def test_the_jackknife_fits_controls_and_years_again() -> None:
    """CV3 as defined, on Grunfeld's firms (0.0478) and on a panel of eight hosts and ten controls."""
    for frame, controls in ((grunfeld(), ("capital",)), (eight_hosts(), TEN)):
        ours = fixed_effects(frame, "outcome", controls=controls)
        assert ours.bse["centre"] == pytest.approx(jackknife_by_refitting(frame, controls), rel=1e-7)
    assert fixed_effects(grunfeld(), "outcome", controls=["capital"]).bse["centre"] == pytest.approx(
        0.0478103, rel=1e-5
    )


# Standard error and lower bound by pyfixest 0.60, vcov CRV1 of city_id, and of city_id + year.
PYFIXEST = {
    "grunfeld": ((0.01147547751653438, 0.09111217479720579), (0.011347580655624072, 0.09139714676204713)),
    "eight": ((0.1085262612612077, -0.20327268262236317), (0.09992796992365342, -0.22147309650752714)),
    "simple": ((0.016959602003185234, 0.44798754451870804), (0.019834477780689, 0.43705492375935073)),
}


@pytest.mark.parametrize("name", PYFIXEST)
def test_clustered_errors_and_intervals_are_those_of_pyfixest(name: str) -> None:
    panels = {
        "grunfeld": lambda: (grunfeld(), ("capital",)),
        "eight": lambda: (eight_hosts(), TEN),
        "simple": lambda: (simple_panel(2), ()),
    }
    frame, controls = panels[name]()
    for cov_type, (error, low) in zip(("cluster", "two-way"), PYFIXEST[name], strict=True):
        found = fixed_effects(frame, "outcome", controls=controls, cov_type=cov_type).frame().iloc[0]
        assert found["se"] == pytest.approx(error, rel=1e-9)
        assert found["low"] == pytest.approx(low, rel=1e-9)


def test_conleys_errors_pair_the_cities_of_one_year() -> None:
    """Against the sum over all pairs of rows: of one city, or of one year and within reach."""
    rng = np.random.default_rng(3)
    frame = simple_panel(2, cities=15)
    places = rng.uniform((100.0, 30.0), (110.0, 36.0), (15, 2))
    frame = frame.assign(lon=places[frame["city_id"], 0], lat=places[frame["city_id"], 1])
    data = panel_data(frame, "outcome", "centre")
    found = estimate_fixed_effects(data, "conley")
    assert data.distances is not None
    assert found.bse["centre"] == pytest.approx(conley_by_pairs(data, found), rel=1e-9)
    assert fixed_effects(frame, "outcome", cov_type="conley").bse["centre"] == found.bse["centre"]


def test_the_jackknife_leaves_out_one_city_at_a_time() -> None:
    data = panel_data(simple_panel(1, cities=12), "outcome", "centre")
    left = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    value, residual = least_squares(left[:, 1:], left[:, 0])
    spread = covariance(left[:, 1:], residual, np.empty((data.rows, 0)), data, "jackknife")
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
    years = year_columns(data)
    ours = covariance(left[:, 1:], residual, years, data, "cluster")
    theirs = sm.OLS(left[:, 0], left[:, 1:]).fit(
        cov_type="cluster", cov_kwds={"groups": data.city, "use_correction": False}
    )
    assert value[0] == pytest.approx(float(theirs.params[0]), rel=1e-9)
    # G/(G − 1) · (n − 1)/(n − q); q: the treatment, the constant and the years but one
    factor = data.cities / (data.cities - 1) * (data.rows - 1) / (data.rows - 1 - len(data.years))
    assert ours[0, 0] == pytest.approx(float(theirs.bse[0]) ** 2 * factor, rel=1e-9)


def test_distant_cities_are_independent_in_conleys_errors() -> None:
    frame = simple_panel(2, cities=20).assign(lat=0.0)
    alone = fixed_effects(frame.assign(lon=9.0 * frame["city_id"]), "outcome", cov_type="conley")
    by_city = fixed_effects(frame, "outcome", cov_type="cluster")
    assert alone.bse["centre"] == pytest.approx(by_city.bse["centre"], rel=1e-12)
    near = fixed_effects(frame.assign(lon=0.1 * frame["city_id"]), "outcome", cov_type="conley")
    assert near.bse["centre"] != pytest.approx(alone.bse["centre"], rel=1e-3)


def test_errors_of_another_name_or_without_places_are_refused() -> None:
    frame = simple_panel(2, cities=20)
    with pytest.raises(InputError, match="cov_type cannot be 'robust': choose one of jackknife"):
        fixed_effects(frame, "outcome", cov_type="robust")
    with pytest.raises(InputError, match="distances between cities need lon and lat of every city"):
        fixed_effects(frame, "outcome", cov_type="conley")


def test_a_difference_of_variances_below_zero_falls_back_to_cities() -> None:
    """Residuals that cancel within years leave the part by year empty and that of rows large."""
    city, year = np.repeat(np.arange(2), 2), np.tile(np.arange(2), 2)
    residuals, one = np.array([1.0, -1.0, -1.0, 1.0]), np.ones((4, 1))
    data = PanelData(residuals, one, one, city, year, "y", ("x",), (), np.arange(2), np.arange(2))
    both = covariance(one, residuals, year_columns(data), data, "two-way")
    np.testing.assert_array_equal(both, covariance(one, residuals, year_columns(data), data, "cluster"))
