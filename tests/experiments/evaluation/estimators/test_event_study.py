"""Difference-in-differences by years since the opening."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.evaluation.estimators.event_study import _wald, event_study, square_panel, uniform_bands
from experiments.evaluation.estimators.panel_data import panel_data
from model.files.user_tables import InputError
from tests.support.city_panels import made_up, simple_panel


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
    with pytest.raises(InputError, match="every city in every year: 1 rows are missing"):
        event_study(frame.iloc[:-1], "outcome")
    frame.loc[frame["year"] == 9, "centre"] = 0.0
    with pytest.raises(InputError, match="closes"):
        event_study(frame, "outcome")


def test_an_event_study_needs_somebody_to_compare_with() -> None:
    everybody = made_up(dict.fromkeys(range(12), 3))
    with pytest.raises(InputError, match="no city with a centre can be compared with cities that have none"):
        event_study(everybody, "outcome")
    closing = made_up({0: 3, 1: 3, 2: 4})
    closing.loc[(closing["city_id"] == 2) & (closing["year"] == 6), "centre"] = 0.0
    with pytest.raises(InputError, match="the centre of city 2 closes: an event study needs centres that"):
        square_panel(panel_data(closing, "outcome", "centre"))
    with pytest.raises(InputError, match="an event study needs every city in every year: 1 rows are missing"):
        square_panel(panel_data(closing.iloc[1:], "outcome", "centre"))
    assert np.isnan(_wald(np.empty(0), np.empty((0, 0))))  # no year before the opening is compared


def test_openings_at_the_first_year_have_no_years_before() -> None:
    found = event_study(made_up({0: 1, 1: 1, 2: 1}), "outcome")
    assert [name for name in found.params.index if name.startswith("-")] == []
    assert np.isnan(found.details["pretrend_p"])
    assert found.params["mean"] == pytest.approx(1.0, abs=0.3)


def growing() -> pd.DataFrame:
    """Effects that grow by 0.1 a year; outcomes that grow with a size that changes a little."""
    frame = simple_panel(5, cities=150, effect=0.0)
    opening = frame["city_id"].map(frame[frame["centre"] > 0].groupby("city_id")["year"].min())
    age = frame["year"] - opening
    size = np.sin(1.7 * frame["city_id"]) + 0.1 * np.cos(frame["city_id"] + frame["year"])
    frame["outcome"] += np.where(age >= 0, 0.1 * (age + 1), 0.0) + 0.05 * size * frame["year"]
    return frame.assign(size=size)


def test_differences_are_those_of_callaway_and_santanna() -> None:
    """csdid 0.4.3, regression adjustment, not-yet-treated, universal base: mean, its error, years 0 to 2.

    The control changes: its value in the base year counts. Our errors have a factor for few hosts.
    """
    found = event_study(growing(), "outcome", controls=["size"])
    assert found.params["mean"] == pytest.approx(0.3294978358783284, rel=1e-10)
    assert found.bse["mean"] == pytest.approx(0.019458456813837097, rel=0.01)
    theirs = {
        "+0": (0.11709671578429778, 0.01829061032548378),
        "+1": (0.19577937405163676, 0.02073954542952645),
        "+2": (0.3246958318490961, 0.02132567218342243),
    }
    for year, (effect, error) in theirs.items():
        assert found.params[year] == pytest.approx(effect, rel=1e-10)
        assert found.bse[year] == pytest.approx(error, rel=0.01)


def test_never_treated_comparisons_are_those_of_sun_and_abraham() -> None:
    """pyfixest 0.60, saturated event study aggregated by shares of cohorts."""
    found = event_study(growing(), "outcome", comparison="never")
    theirs = [0.034965, 0.112051, 0.193087, 0.322299, 0.451235, 0.508039, 0.632365, 0.713091]
    assert found.params[["-2", *(f"+{k}" for k in range(7))]].to_numpy() == pytest.approx(theirs, abs=5e-7)
    with pytest.raises(InputError, match="comparison cannot be 'nobody': choose one of not yet, never"):
        event_study(growing(), "outcome", comparison="nobody")


def test_the_mean_is_over_all_years_since_the_opening() -> None:
    frame = simple_panel(9, cities=80, years=20)
    host = frame.groupby("city_id")["centre"].transform("max")
    frame["centre"] = host * (frame["year"] >= 5)
    found = event_study(frame, "outcome")
    change = frame.pivot(index="city_id", columns="year", values="outcome")
    change = change.loc[:, 5:].mean(axis=1) - change[4]
    hosts = host.groupby(frame["city_id"]).max() > 0
    assert found.params["mean"] == pytest.approx(change[hosts].mean() - change[~hosts].mean())
    assert list(found.params.index)[-1] == "+8"


def test_cities_that_always_have_a_centre_do_not_count() -> None:
    frame = simple_panel(9)
    usual = event_study(frame, "outcome")
    always = frame["city_id"].map(frame[frame["year"] == 0].set_index("city_id")["centre"]) > 0
    assert not always.any()
    more = frame.assign(city_id=frame["city_id"] + 100, centre=1.0)[frame["city_id"] < 10]
    found = event_study(pd.concat([frame, more]), "outcome")
    assert found.dof == usual.dof
    assert found.params["mean"] == usual.params["mean"]


def test_uniform_bands_hold_for_all_years_at_once() -> None:
    found = event_study(growing(), "outcome")
    bands, pointwise = uniform_bands(found), found.conf_int().drop("mean")
    half, error = bands[1] - found.params[bands.index], found.bse[bands.index]
    critical = (half / error).to_numpy()
    assert critical == pytest.approx(critical[0])
    ten = len(bands)
    assert stats.t.ppf(0.975, found.dof) < critical[0] < stats.t.ppf(1 - 0.025 / ten, found.dof)  # Bonferroni
    assert (bands[0] < pointwise[0]).all()
    rng = np.random.default_rng(1)
    joint = rng.multivariate_normal(np.zeros(ten), found.covariance.loc[bands.index, bands.index], 20_000)
    outside = (np.abs(joint) > half.to_numpy()).any(axis=1).mean()
    assert outside == pytest.approx(0.05, abs=0.01)
