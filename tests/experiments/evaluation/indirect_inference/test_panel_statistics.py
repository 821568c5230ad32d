"""Auxiliary statistics of a panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.indirect_inference.panel_statistics import PRICE, panel_statistics
from experiments.evaluation.known_effect import lot_panel
from model.files.user_tables import InputError


@pytest.fixture(scope="module")
def lots() -> pd.DataFrame:
    frame = lot_panel(1, hosts=20, effect=0.3, cities=60, years=12)
    rng = np.random.default_rng(1)
    fall = -0.2 * frame["centre"] - 0.05 * (frame["year"] - 2005) + 0.01 * rng.normal(size=len(frame))
    return frame.assign(**{PRICE: fall})


def test_coefficients_are_those_of_fixed_effects_and_prices_are_seen(lots: pd.DataFrame) -> None:
    found = panel_statistics(lots, "outcome", ["size"])
    assert found[f"own.{PRICE}"] == pytest.approx(-0.2, abs=0.01)
    assert found[f"early.{PRICE}"] == pytest.approx(-0.05, abs=0.01)
    assert found["dose"] == pytest.approx(lots["centre"].mean())
    place = lots.drop_duplicates("city_id")
    from model.country.city_tables import distances_km

    weight = np.exp(-distances_km(place["lon"].to_numpy(), place["lat"].to_numpy()) / 300.0) - np.eye(60)
    near = (weight @ lots["centre"].to_numpy().reshape(60, 12)).ravel()
    same = fixed_effects(lots.assign(near=near), "outcome", ["centre", "near"], ["size"])
    assert found["own.y"] == pytest.approx(same.params["centre"], abs=1e-9)
    assert found["near.y"] == pytest.approx(same.params["near"], abs=1e-9)


def test_what_all_cities_share_is_a_statistic_though_year_effects_absorb_it(lots: pd.DataFrame) -> None:
    share = lots.groupby("year")["centre"].transform("mean")
    before, after = (
        panel_statistics(frame, "outcome")
        for frame in (lots, lots.assign(outcome=lots["outcome"] + 2.0 * share))
    )
    assert after["nation.y"] - before["nation.y"] == pytest.approx(2.0, abs=1e-6)
    assert after["own.y"] == pytest.approx(before["own.y"], abs=1e-9)


def test_panels_that_say_nothing_of_this_are_refused(lots: pd.DataFrame) -> None:
    assert f"own.{PRICE}" not in panel_statistics(lots.drop(columns=PRICE), "outcome")
    with pytest.raises(InputError, match="lon and lat of every city"):
        panel_statistics(lots.drop(columns="lat"), "outcome")
    late = lots[lots["year"] >= 2009]
    with pytest.raises(InputError, match="two years before the first opening"):
        panel_statistics(late, "outcome")
