"""Further difference-in-differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators.did_adapter import (
    doubly_robust,
    honest_bounds,
    matched,
    synthetic_difference,
)
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.known_effect import lot_panel
from model.files.user_tables import InputError


@pytest.fixture(scope="module")
def lots() -> pd.DataFrame:
    return lot_panel(3, hosts=20, effect=0.5, cities=50, years=10)


def test_without_controls_the_doubly_robust_estimate_is_the_event_study(lots: pd.DataFrame) -> None:
    pytest.importorskip("diff_diff")
    ours = event_study(lots, "outcome", lags=None)
    theirs = doubly_robust(lots, "outcome")
    assert theirs.params["centre"] == pytest.approx(ours.params["mean"], abs=1e-8)
    # A date has two or three hosts, and ours spend a degree of freedom on their mean.
    assert 0.85 < theirs.bse["centre"] / ours.bse["mean"] < 1.0
    weighted = doubly_robust(lots, "outcome", controls=["size"], method="ipw")
    assert weighted.params["centre"] == pytest.approx(0.5, abs=4 * weighted.bse["centre"])
    with pytest.raises(InputError, match="method cannot be 'best'"):
        doubly_robust(lots, "outcome", method="best")


def test_matched_cities_are_like_the_hosts(lots: pd.DataFrame) -> None:
    """Where the path of the outcome follows a trait, matching on it takes the bias away."""
    rng = np.random.default_rng(5)
    size = rng.normal(size=50)
    hosts = np.argsort(-(size + rng.normal(size=50)))[:15]
    opened = np.isin(lots["city_id"] - 1, hosts) & (lots["year"] >= 2010)
    trait = size[lots["city_id"] - 1]
    noise = 0.02 * rng.normal(size=len(lots))
    frame = lots.assign(
        size=trait, centre=opened.astype(float), outcome=trait * (lots["year"] - 2005) / 5 + noise
    )
    plain, found = event_study(frame, "outcome"), matched(frame, "outcome", controls=["size"], neighbours=1)
    assert abs(found.params["mean"]) < 0.5 * abs(plain.params["mean"])
    assert 0 < found.details["matched"] <= 15
    with pytest.raises(InputError, match="matching needs controls"):
        matched(frame, "outcome")


def test_synthetic_differences_find_a_known_effect(lots: pd.DataFrame) -> None:
    pytest.importorskip("diff_diff")
    found = synthetic_difference(lots, "outcome", draws=20)
    assert found.params["centre"] == pytest.approx(0.5, abs=4 * found.bse["centre"])
    assert 0.0 < found.bse["centre"] < 0.1


def test_honest_bounds_widen_and_start_with_the_event_study(lots: pd.DataFrame) -> None:
    pytest.importorskip("diff_diff")
    found = event_study(lots, "outcome")
    bounds = honest_bounds(found, (0.0, 1.0, 2.0))
    width = bounds["high"] - bounds["low"]
    assert (np.diff(width) > 0).all()
    late = [name for name in found.params.index if name != "mean" and int(name) >= 0]
    weights = [found.details["treated_by_year"][int(name)] for name in late]
    mean = np.average(found.params[late], weights=weights)
    assert bounds["estimate"].to_numpy() == pytest.approx([mean] * 3)
    # Trends that do not differ: the interval of the mean itself, up to normal or t.
    error = np.sqrt(np.array(weights) @ found.covariance.loc[late, late] @ np.array(weights)) / sum(weights)
    assert (bounds["low"][0] + bounds["high"][0]) / 2 == pytest.approx(mean, abs=0.02 * error)
    assert width[0] / error == pytest.approx(3.92, rel=0.12)
    with pytest.raises(InputError, match="years before and after the opening"):
        honest_bounds(event_study(lots, "outcome", leads=1))
