"""Double machine learning on made-up panels whose effect is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from experiments.evaluation.estimators.double_ml import (
    DoubleMLSettings,
    double_ml,
    estimate_panel,
    fold_of_city,
)
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.known_effect import CONTROLS, known_panel
from experiments.measures.ols import least_squares
from model.files.user_tables import InputError
from tests.support.city_panels import SMALL, made_up


def test_no_effect_is_found_where_there_is_none() -> None:
    found = double_ml(known_panel(2, effect=0.0, cities=SMALL, years=12), "outcome", controls=CONTROLS)
    assert found.pvalues["centre"] > 0.01


def test_several_treatments_at_once() -> None:
    frame = known_panel(3, spillover=0.4, cities=200, years=12)
    found = double_ml(frame, "outcome", ["centre", "near"], CONTROLS, DoubleMLSettings("lasso"))
    assert found.params["near"] == pytest.approx(0.4, abs=3.0 * found.bse["near"])
    assert found.covariance.shape == (2, 2)
    assert found.covariance.to_numpy() == pytest.approx(found.covariance.to_numpy().T)


def test_dummies_as_features_are_wrong(panel: pd.DataFrame) -> None:
    """Why there is no switch for it: a learner given dummies leaves the confounding by city in."""
    from sklearn.linear_model import LassoCV

    data = panel_data(panel, "outcome", "centre", CONTROLS)
    dummies = np.column_stack([np.eye(data.cities)[data.city], np.eye(len(data.years))[data.year]])
    features = np.column_stack([data.controls, dummies])
    fold = fold_of_city(data.cities, 5, 1, 0)[data.city]
    raw = np.column_stack([data.outcome, data.treatments])
    left = raw - raw.mean(axis=0)
    for part in range(5):
        test = fold == part
        for column in range(2):
            fitted = LassoCV(alphas=10, cv=3).fit(features[~test], raw[~test, column])
            left[test, column] = raw[test, column] - fitted.predict(features[test])
    wrong = least_squares(left[:, 1:], left[:, 0])[0][0]
    right = estimate_panel(data).params["centre"]
    assert abs(wrong - 0.10) > 0.10
    assert abs(right - 0.10) < 0.5 * abs(wrong - 0.10)


def test_the_same_seed_gives_the_same_numbers(panel: pd.DataFrame) -> None:
    def estimate(seed: int) -> Estimate:
        settings = DoubleMLSettings(folds=2, repeats=2, seed=seed)
        return double_ml(panel, "outcome", controls=CONTROLS[:4], settings=settings)

    one, two, other = (estimate(seed) for seed in (1, 1, 2))
    assert one.params["centre"] == two.params["centre"]
    assert one.params["centre"] != other.params["centre"]


def test_repeats_are_summed_up_by_the_median(panel: pd.DataFrame) -> None:
    found = double_ml(panel, "outcome", controls=CONTROLS[:3], settings=DoubleMLSettings("lasso", repeats=3))
    assert found.params["centre"] == np.median(found.details["estimates"][:, 0])


def test_folds_within_which_no_treatment_varies_are_left_out() -> None:
    """In the second and fourth of five draws the two cities that share a fold have equal treatments."""
    settings = DoubleMLSettings("lasso")
    whole = panel_data(made_up({0: 3, 1: 3, 2: 4, 4: 4}), "outcome", "centre")
    data = whole.of(whole.city < 6)
    folds = [fold_of_city(6, 5, 1, repeat)[data.city] for repeat in range(5)]
    found = estimate_panel(data, settings, folds)
    assert len(found.details["estimates"]) == 3
    assert "3 repeats" in found.method
    assert found.params["centre"] == pytest.approx(1.0, abs=0.4)
    with pytest.raises(InputError, match="a treatment is explained in full"):
        estimate_panel(data, settings, folds[1::2])


def test_the_order_of_rows_does_not_matter(panel: pd.DataFrame) -> None:
    mixed = panel.sample(frac=1.0, random_state=1)
    settings = DoubleMLSettings(folds=2)
    one, two = (double_ml(f, "outcome", controls=CONTROLS[:3], settings=settings) for f in (panel, mixed))
    assert one.params["centre"] == two.params["centre"]


def test_wrong_settings_are_answered(panel: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"learner cannot be 'oracle'.*lasso\+boosting"):
        DoubleMLSettings("oracle")
    with pytest.raises(InputError, match="fit and predict; int has none"):
        DoubleMLSettings(3)
    with pytest.raises(InputError, match="at least 2 folds"):
        DoubleMLSettings(folds=1)
    with pytest.raises(InputError, match="500 folds are too many for 120 cities"):
        double_ml(panel, "outcome", settings=DoubleMLSettings(folds=500))
    with pytest.raises(InputError, match="cov_type cannot be 'white'"):
        double_ml(panel, "outcome", settings=DoubleMLSettings(cov_type="white"))
    with pytest.raises(InputError, match="distances between cities need lon and lat"):
        double_ml(panel, "outcome", settings=DoubleMLSettings(cov_type="conley"))


@pytest.mark.parametrize(("folds", "repeats"), [(1, 1), (2, 0)])
def test_folds_and_repeats_have_least_numbers(folds: int, repeats: int) -> None:
    with pytest.raises(
        InputError, match=f"at least 2 folds and 1 repeat are needed, not {folds} and {repeats}"
    ):
        DoubleMLSettings("lasso", folds=folds, repeats=repeats)


def test_folds_are_drawn_more_often_where_cities_are_few() -> None:
    assert [DoubleMLSettings().repeats_for(cities) for cities in (338, 101, 100, 51, 50)] == [1, 1, 3, 3, 5]
    assert DoubleMLSettings(repeats=2).repeats_for(20) == 2
    frame = known_panel(1, cities=40, years=8)
    found = [
        double_ml(
            frame, "outcome", controls=CONTROLS[:5], settings=DoubleMLSettings(LinearRegression(), 5, n, seed)
        )
        for n in (1, None)
        for seed in range(1, 7)
    ]
    one, default = (np.std([each.params["centre"] for each in part]) for part in (found[:6], found[6:]))
    assert default < 0.7 * one


def test_errors_by_distance_need_nothing_but_the_places_of_cities() -> None:
    frame = known_panel(1, cities=SMALL, years=8)
    frame = frame.assign(lon=100.0 + 0.1 * frame["city_id"], lat=30.0)
    near = double_ml(frame, "outcome", settings=DoubleMLSettings(LinearRegression(), cov_type="conley"))
    plain = double_ml(frame, "outcome", settings=DoubleMLSettings(LinearRegression(), cov_type="cluster"))
    assert near.params["centre"] == plain.params["centre"]
    assert near.bse["centre"] != pytest.approx(plain.bse["centre"], rel=1e-3)
    two_way = DoubleMLSettings(LinearRegression(), cov_type="two-way")
    assert double_ml(frame, "outcome", settings=two_way).dof == 7
