"""Difference-in-differences by years since the opening."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.event_study import _wald, event_study, square_panel
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
