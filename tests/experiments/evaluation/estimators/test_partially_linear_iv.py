"""Partially linear instrumental variables against DoubleML, pyfixest and a known effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LassoCV

from experiments.evaluation.estimators.double_ml import DoubleMLSettings, fold_of_city
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.learners import Features
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.partially_linear_iv import anderson_rubin, partially_linear_iv
from experiments.evaluation.estimators.within_transform import within
from model.files.user_tables import InputError
from tests.support.city_panels import simple_panel

SETTINGS = DoubleMLSettings("lasso", folds=3, repeats=1, cov_type="cluster")


@pytest.fixture(scope="module")
def confounded() -> pd.DataFrame:
    """A treatment of effect 0.5, moved with the outcome by an unseen shock, and an instrument that is not."""
    frame = simple_panel(5)
    rng = np.random.default_rng(5)
    shock, moved, x = rng.normal(size=(3, len(frame)))
    slope = rng.normal(size=60)[frame["city_id"]]
    dose = moved + 0.5 * x**2 + shock + 0.2 * slope * frame["year"]
    outcome = 0.5 * dose + x**2 + shock + 0.3 * rng.normal(size=len(frame))
    return frame.assign(
        dose=dose, outcome=outcome, moved=moved, x=x, slope=slope, weak=rng.normal(size=len(frame))
    )


def test_the_effect_is_found_where_least_squares_are_off(confounded: pd.DataFrame) -> None:
    plain = fixed_effects(confounded, "outcome", "dose", ["x"])
    assert abs(plain.params["dose"] - 0.5) > 10 * plain.bse["dose"]
    for names in (["moved"], ["moved", "slope"]):
        found = partially_linear_iv(confounded, names, "outcome", "dose", ["x"], SETTINGS)
        assert found.params["dose"] == pytest.approx(0.5, abs=3 * found.bse["dose"])
        assert found.details["first_stage_f"] > 50
        low, high = found.details["anderson_rubin"]
        assert low < found.params["dose"] < high
        assert found.details["anderson_rubin_p"] < 0.01
    weak = partially_linear_iv(confounded, ["weak"], "outcome", "dose", ["x"], SETTINGS).details
    assert weak["first_stage_f"] < 10
    assert np.ptp(weak["anderson_rubin"]) > 5 * (high - low)


def test_without_controls_it_is_two_stage_least_squares(confounded: pd.DataFrame) -> None:
    """z'y / z'd within city and year; the first stage's F is the squared t of its coefficient."""
    found = partially_linear_iv(
        confounded,
        ["moved"],
        "outcome",
        "dose",
        settings=DoubleMLSettings("lasso", cov_type="cluster", trend=False),
    )
    data = panel_data(confounded, "outcome", ["dose", "moved"])
    y, d, z = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year).T
    assert found.params["dose"] == pytest.approx(float(z @ y / (z @ d)), rel=1e-10)
    first = fixed_effects(confounded, "dose", "moved", cov_type="cluster")
    assert found.details["first_stage_f"] == pytest.approx(float(first.tvalues["moved"] ** 2), rel=1e-9)


def test_coefficients_and_errors_are_those_of_doubleml(confounded: pd.DataFrame) -> None:
    doubleml = pytest.importorskip("doubleml", reason="DoubleML (extra: causal) is not installed")
    learner = LassoCV(cv=3)
    settings = DoubleMLSettings(learner, repeats=1, cov_type="cluster")
    ours = partially_linear_iv(confounded, ["moved"], "outcome", "dose", ["x"], settings)
    data = panel_data(confounded, "outcome", ["dose", "moved"], ["x"])
    seen = Features.of(data).plain
    targets = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    table = pd.DataFrame(
        np.column_stack([targets, seen]), columns=["y", "d", "z", "a", "b", "c", "e"][: 3 + seen.shape[1]]
    )
    names = list(table.columns[3:])
    given = doubleml.DoubleMLData(
        table.assign(city=data.city), y_col="y", d_cols="d", z_cols="z", x_cols=names, cluster_cols="city"
    )
    model = doubleml.DoubleMLPLIV(given, learner, learner, learner, n_folds=5, draw_sample_splitting=False)
    fold = fold_of_city(data.cities, 5, 1, 0)
    tests = [fold == part for part in range(5)]
    rows = [(np.flatnonzero(~test[data.city]), np.flatnonzero(test[data.city])) for test in tests]
    cities = [([np.flatnonzero(~test)], [np.flatnonzero(test)]) for test in tests]
    model.set_sample_splitting([rows], [cities])
    model.fit()
    assert ours.params["dose"] == pytest.approx(float(model.coef[0]), abs=1e-8)
    # Theirs without G/(G − 1) · (n − 1)/(n − q); q: treatment, constant and years but one.
    factor = np.sqrt(data.cities / (data.cities - 1) * (data.rows - 1) / (data.rows - 1 - len(data.years)))
    assert ours.bse["dose"] == pytest.approx(float(model.se[0]) * factor, rel=1e-3)


def test_the_anderson_rubin_set_is_the_solution_of_a_quadratic() -> None:
    """One instrument, independent reduced forms of errors 1: (2 − b)² = t²(1 + b²/16)."""
    one = np.eye(1)
    sides = [(np.array([2.0]), one), (np.array([1.0]), one / 16), (np.array([1.0]), one * (1 + 1 / 16))]
    p, (low, high) = anderson_rubin(sides, 50)
    assert p == pytest.approx(0.0509, abs=1e-4)  # of t = 2
    t2 = 2.008559112100761**2  # 97.5 % of Student's t
    ends = np.sort(np.roots([1 - t2 / 16, -4.0, 4 - t2]))
    assert (low, high) == pytest.approx(tuple(ends), abs=1e-8)


def test_wrong_instruments_and_errors_are_refused(confounded: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="name an instrument"):
        partially_linear_iv(confounded, [], "outcome", "dose")
    with pytest.raises(InputError, match="the panel has no column 'hills'"):
        partially_linear_iv(confounded, ["hills"], "outcome", "dose")
    with pytest.raises(InputError, match="cov_type jackknife is of least squares"):
        partially_linear_iv(confounded, ["moved"], "outcome", "dose", settings=DoubleMLSettings("lasso"))
