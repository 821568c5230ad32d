"""Estimators on made-up panels whose effect is known, and against other implementations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.known_effect_scores import DEFAULT, EFFECT, PLAIN, known_scores
from experiments.evaluation.estimators.covariance import covariance
from experiments.evaluation.estimators.double_ml import (
    DoubleMLSettings,
    double_ml,
    estimate_panel,
    fold_of_city,
)
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects, fixed_effects
from experiments.evaluation.estimators.omitted_variable_bias import (
    bias_bound,
    oster_delta,
    robustness_of,
    sensitivity_statistics,
)
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.placebo_tests import permutation_test, placebo_in_time
from experiments.evaluation.estimators.synthetic_control import synthetic_control
from experiments.evaluation.estimators.within_transform import within
from experiments.evaluation.known_effect import CONTROLS, known_panel
from experiments.evaluation.mechanisms import channel_evidence, splits
from experiments.measures.ols import least_squares
from model.files.user_tables import InputError

SMALL = 120  # cities


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return known_panel(1, cities=SMALL, years=12)


def simple_panel(seed: int, cities: int = 60, years: int = 10, effect: float = 0.5) -> pd.DataFrame:
    """Openings by lot, no confounding, an effect that is the same for all."""
    rng = np.random.default_rng(seed)
    opening = np.where(rng.uniform(size=cities) < 0.5, rng.integers(3, years, cities), years)
    treated = np.arange(years)[None, :] >= opening[:, None]
    noise = 0.1 * rng.normal(size=(cities, years))
    outcome = effect * treated + rng.normal(size=(cities, 1)) + np.linspace(0, 1, years) + noise
    return pd.DataFrame({
        "city_id": np.repeat(np.arange(cities), years), "year": np.tile(np.arange(years), cities),
        "outcome": outcome.ravel(), "centre": treated.ravel().astype(float),
    })  # fmt: skip


# ── The within transform ─────────────────────────────────────────────────────────────────────────


def test_within_is_the_residual_of_dummies() -> None:
    rng = np.random.default_rng(3)
    city, year = np.repeat(np.arange(7), 5), np.tile(np.arange(5), 7)
    kept = rng.uniform(size=35) < 0.8
    city, year = city[kept], year[kept]
    values = rng.normal(size=(len(city), 2))
    dummies = np.column_stack([np.eye(7)[city], np.eye(5)[year]])
    expected = values - dummies @ np.linalg.lstsq(dummies, values, rcond=None)[0]
    assert within(values, city, year) == pytest.approx(expected, abs=1e-8)


def test_what_fixed_effects_explain_leaves_no_dust() -> None:
    city, year = np.repeat(np.arange(9), 4), np.tile(np.arange(4), 9)
    assert (within(np.sqrt(2.0) * city + 1e6 * year, city, year) == 0.0).all()


# ── Double machine learning ──────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_default_estimator_finds_a_known_effect() -> None:
    """Smaller than documented: the mean of five panels is within two errors, fixed effects further off."""
    found = known_scores(5, (DEFAULT, PLAIN), cities=200, years=10).set_index("estimator")
    default, plain = found.loc[DEFAULT], found.loc[PLAIN]
    assert abs(default["mean"] - EFFECT) < 2.0 * default["mean_se"] / np.sqrt(5)
    assert default["coverage"] >= 0.8
    assert abs(plain["mean"] - EFFECT) > 2.0 * abs(default["mean"] - EFFECT)


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
    one, two = (
        double_ml(panel, "outcome", controls=CONTROLS[:4], settings=DoubleMLSettings(repeats=2)) for _ in "12"
    )
    assert one.params["centre"] == two.params["centre"]
    other = double_ml(panel, "outcome", controls=CONTROLS[:4], settings=DoubleMLSettings(repeats=2, seed=2))
    assert one.params["centre"] != other.params["centre"]


def test_repeats_are_summed_up_by_the_median(panel: pd.DataFrame) -> None:
    found = double_ml(panel, "outcome", controls=CONTROLS[:3], settings=DoubleMLSettings("lasso", repeats=3))
    assert found.params["centre"] == np.median(found.details["estimates"][:, 0])


def test_the_order_of_rows_does_not_matter(panel: pd.DataFrame) -> None:
    mixed = panel.sample(frac=1.0, random_state=1)
    one, two = (double_ml(f, "outcome", controls=CONTROLS[:3]).params["centre"] for f in (panel, mixed))
    assert one == two


@pytest.mark.parametrize("learner", ["lasso", "boosting", "forest"])
def test_each_learner_takes_confounding_out(panel: pd.DataFrame, learner: str) -> None:
    plain = fixed_effects(panel, "outcome").params["centre"]
    found = double_ml(
        panel, "outcome", controls=CONTROLS, settings=DoubleMLSettings(learner, folds=3)
    ).params["centre"]
    assert abs(found - 0.10) < abs(plain - 0.10)


def test_a_learner_of_ones_own(panel: pd.DataFrame) -> None:
    from sklearn.linear_model import LinearRegression

    found = double_ml(panel, "outcome", controls=CONTROLS, settings=DoubleMLSettings(LinearRegression()))
    assert "LinearRegression" in found.method
    assert found.params["centre"] == pytest.approx(
        fixed_effects(panel, "outcome", controls=CONTROLS).params["centre"], abs=0.03
    )


def test_wrong_settings_are_answered(panel: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"no learner 'oracle'.*lasso\+boosting"):
        DoubleMLSettings("oracle")
    with pytest.raises(InputError, match="fit and predict; int has not"):
        DoubleMLSettings(3)
    with pytest.raises(InputError, match="at least 2 folds"):
        DoubleMLSettings(folds=1)
    with pytest.raises(InputError, match="500 folds are too many for 120 cities"):
        double_ml(panel, "outcome", settings=DoubleMLSettings(folds=500))
    with pytest.raises(InputError, match="cov_type cannot be 'white'"):
        double_ml(panel, "outcome", settings=DoubleMLSettings(cov_type="white"))
    with pytest.raises(InputError, match="needs distances: lon and lat"):
        double_ml(panel, "outcome", settings=DoubleMLSettings(cov_type="conley"))


# ── Standard errors ──────────────────────────────────────────────────────────────────────────────


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


# ── The result ───────────────────────────────────────────────────────────────────────────────────


def test_the_result_has_the_shape_that_users_of_statsmodels_know() -> None:
    found = fixed_effects(simple_panel(1), "outcome")
    low, high = found.conf_int().loc["centre"]
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 59) * found.bse["centre"])
    assert found.tvalues["centre"] == found.params["centre"] / found.bse["centre"]
    narrow = found.conf_int(alpha=0.5).loc["centre"]
    assert low < narrow[0] < found.params["centre"] < narrow[1] < high
    text = found.summary()
    assert "centre" in text
    assert "0.975]" in text
    assert f"{found.params['centre']:.4f}" in text


# ── Other designs ────────────────────────────────────────────────────────────────────────────────


def test_differences_find_an_effect_that_grows() -> None:
    frame = simple_panel(5, cities=200, effect=0.0)
    opening = frame[frame["centre"] > 0].groupby("city_id")["year"].min()
    age = frame["year"] - frame["city_id"].map(opening)
    frame["outcome"] += np.where(age >= 0, 0.1 * (age + 1), 0.0)
    found = event_study(frame, "outcome", lags=3)
    for k in range(4):
        assert found.params[f"+{k}"] == pytest.approx(0.1 * (k + 1), abs=4 * found.bse[f"+{k}"])
    assert found.details["pretrend_p"] > 0.01
    counts = np.array([found.details["treated_by_year"][k] for k in range(4)])
    mean = (counts * found.params[[f"+{k}" for k in range(4)]]).sum() / counts.sum()
    assert found.params["mean"] == pytest.approx(mean)


def test_differences_with_one_date_are_the_two_by_two() -> None:
    frame = simple_panel(6)
    host = frame.groupby("city_id")["centre"].transform("max")
    frame["centre"] = host * (frame["year"] >= 5)
    found = event_study(frame, "outcome", lags=0)
    change = frame.pivot(index="city_id", columns="year", values="outcome")
    change = change[5] - change[4]
    hosts = host.groupby(frame["city_id"]).max() > 0
    assert found.params["+0"] == pytest.approx(change[hosts].mean() - change[~hosts].mean())
    one, other = change[hosts], change[~hosts]
    se = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=0) / len(other))
    assert found.bse["+0"] == pytest.approx(se, rel=1e-9)


def test_differing_paths_before_the_opening_are_noticed() -> None:
    frame = simple_panel(7, cities=150)
    host = frame.groupby("city_id")["centre"].transform("max")
    frame["outcome"] += 0.2 * host * frame["year"]
    assert event_study(frame, "outcome").details["pretrend_p"] < 0.001


def test_an_event_study_needs_a_square_panel_and_centres_that_stay() -> None:
    frame = simple_panel(1)
    with pytest.raises(InputError, match="every city in every year: 1 rows lack"):
        event_study(frame.iloc[:-1], "outcome")
    frame.loc[frame["year"] == 9, "centre"] = 0.0
    with pytest.raises(InputError, match="closes"):
        event_study(frame, "outcome")


def test_a_synthetic_control_finds_its_donors() -> None:
    frame = simple_panel(8, cities=30, years=14)
    frame["centre"] = ((frame["city_id"] == 0) & (frame["year"] >= 8)).astype(float)
    square = frame.pivot(index="city_id", columns="year", values="outcome")
    path = 0.5 * square.loc[3] + 0.5 * square.loc[4]
    frame.loc[frame["city_id"] == 0, "outcome"] = (path + 1.0 + 0.7 * (path.index >= 8)).to_numpy()
    found = synthetic_control(frame, 0, "outcome")
    assert found.effect == pytest.approx(0.7, abs=0.15)
    assert found.weights.sum() == pytest.approx(1.0)
    assert (found.weights >= 0).all()
    assert found.p <= 2 / 30
    with pytest.raises(InputError, match="city 99 has no centre"):
        synthetic_control(frame, 99, "outcome")


def test_channels(panel: pd.DataFrame) -> None:
    found = channel_evidence(
        panel, ["channel"], "outcome", controls=CONTROLS, settings=DoubleMLSettings("lasso")
    ).iloc[0]
    assert found["effect"] == pytest.approx(0.5, abs=3 * found["se"])


def test_splits() -> None:
    frame = known_panel(4, cities=240, years=10)
    frame["outcome"] += 0.3 * frame["centre"] * (1 - frame["half"])
    found = splits(frame, ["half"], "outcome", controls=CONTROLS, settings=DoubleMLSettings("lasso")).iloc[0]
    assert found["difference"] == pytest.approx(0.3, abs=3 * found["difference_se"])
    assert found["slope"] < -2 * found["slope_se"]
    with pytest.raises(InputError, match="x1 changes within a city"):
        splits(frame, ["x1"], "outcome")


# ── Placebos and sensitivity ─────────────────────────────────────────────────────────────────────


def test_permutation() -> None:
    effect = panel_data(simple_panel(9, effect=0.5), "outcome", "centre")
    cluster = lambda one: estimate_fixed_effects(one, "cluster")  # noqa: E731
    assert permutation_test(effect, cluster, 39).p == pytest.approx(1 / 40)
    nothing = [panel_data(simple_panel(seed, effect=0.0), "outcome", "centre") for seed in range(20)]
    assert np.mean([permutation_test(one, cluster, 19).p for one in nothing]) == pytest.approx(0.5, abs=0.2)
    # Within groups of one city nothing can be dealt anew.
    alone = permutation_test(effect, cluster, 5, groups=list(range(60)))
    assert alone.draws == pytest.approx([alone.estimate] * 5)
    assert alone.p == 1.0


def test_a_placebo_in_time_looks_at_the_years_before_only() -> None:
    frame = simple_panel(10, cities=100, effect=5.0)
    found = placebo_in_time(frame, 2, "outcome")
    assert abs(found.params.iloc[0]) < 4 * found.bse.iloc[0]
    assert found.nobs == int((frame["centre"] == 0).sum())


def test_robustness_values_are_the_published_ones() -> None:
    """The example of Cinelli & Hazlett (2020), table 1: t 4.18 on 783 degrees of freedom."""
    found = robustness_of("directly harmed", 4.184, 783)
    assert found.partial_r2 == pytest.approx(0.022, abs=5e-4)
    assert found.robustness == pytest.approx(0.139, abs=5e-4)
    assert found.robustness_alpha == pytest.approx(0.076, abs=5e-4)


def test_a_confounder_of_the_robustness_value_brings_the_estimate_to_zero() -> None:
    found = fixed_effects(simple_panel(1), "outcome")
    strength = sensitivity_statistics(found).robustness
    assert bias_bound(found, strength, strength) == pytest.approx(abs(found.params["centre"]), rel=1e-9)


def test_osters_delta() -> None:
    assert oster_delta(0.2, 0.1, 0.1, 0.5) == pytest.approx(0.1 * 0.4 / (0.1 * 0.5))
    assert oster_delta(0.2, 0.1, 0.2, 0.5) == float("inf")


# ── Input ────────────────────────────────────────────────────────────────────────────────────────


def test_a_panel_that_cannot_be_used_is_answered() -> None:
    frame = simple_panel(1)
    cases = [
        (frame.rename(columns={"outcome": "outcom"}), "no column 'outcome'; did you mean outcom"),
        (frame.assign(outcome="high"), "column outcome holds text"),
        (
            frame.assign(outcome=frame["outcome"].where(frame["year"] > 0)),
            "column outcome has 60 blank cells",
        ),
        (pd.concat([frame, frame.iloc[[5]]]), "city 0 has the year 5 twice"),
        (frame[frame["city_id"] < 4], "at least 10 cities and 2 years, not 4 and 10"),
        (frame.assign(centre=0.0), "column centre is 0 in every row"),
    ]
    for table, said in cases:
        with pytest.raises(InputError, match=said):
            panel_data(table, "outcome", "centre")
    with pytest.raises(InputError, match="explained in full"):
        fixed_effects(
            frame.assign(host=frame.groupby("city_id")["centre"].transform("max")), "outcome", "host"
        )
