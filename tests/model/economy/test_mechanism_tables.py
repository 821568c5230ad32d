"""First values of mechanisms that are off by default."""

from __future__ import annotations

import numpy as np
import pytest

from agents import user_industry
from model import Parameters, RegionalModel
from tests.support.optional_mechanisms import SWITCHED_ON


@pytest.fixture(scope="module")
def model(country):
    return RegionalModel(Parameters(firms=600, burn_in=1, **SWITCHED_ON), rng=1, cities=country)


def test_founders_are_spread_over_the_industries_as_the_table_says(model):
    found = np.bincount(model.state["firms"]["industry"], minlength=7) / model.state["firms"].rows
    assert found == pytest.approx(user_industry.FIRMS, abs=0.05)


def test_regions_have_their_rural_share_and_grid_and_provinces_their_treaty(model):
    region = model.cities["region"].to_numpy()
    state = model.state
    assert set(state["cities"]["rural_share"][region == "west"]) == {0.43}
    assert set(state.arrays["city_grid"][region == "west"]) == {2}
    assert len(set(state["cities"]["treaty"])) == model.cities["province"].nunique()
    assert state["kinds"]["chip_bound"].tolist() == [0.0, 1.0, 1.0]
