"""The tables of centres at the start of a run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model import Opening, Parameters, RegionalModel, Scenario
from model.economy.centre_tables import NEVER, by_region

PARAMETERS = Parameters(firms=5_000, burn_in=0)


def test_a_parameter_by_region():
    cities = pd.DataFrame({"region": ["west", "central", "east", "northeast"]})
    parameters = Parameters(electricity_west=0.1, electricity_central=0.2, electricity_east=0.3)
    assert by_region(cities, parameters, "electricity").tolist() == [0.1, 0.2, 0.3, 0.3]


def test_a_centre_has_the_figures_of_its_kind_and_city(country):
    opening = Opening("a", 4, "intelligent", 7, 2.0, "design and software")
    model = RegionalModel(PARAMETERS, Scenario("s", "m", openings=(opening,)), 1, cities=country)
    centre, offers = model.state["providers"], model.state["offers"]
    # half of the standard capacity, as there are half of 10,000 firms, for a centre of size 2
    assert centre["capacity"][0] == pytest.approx(2.0 * 0.5 * PARAMETERS.capacity_intelligent)
    assert (centre["city"][0], centre["kind"][0], centre["opens"][0]) == (4, 1, 7.0)
    assert (centre["dedicated"][0], centre["industry"][0], centre["public"][0]) == (1.0, 0, 1.0)
    assert centre["electricity_price"][0] == by_region(country, PARAMETERS, "electricity")[4]
    assert offers["service"].tolist() == [2, 3]
    pairs = model.state["city_offers"]
    hosted = pairs["hosted"].reshape(len(country), 2)
    assert hosted.sum() == 2.0
    assert hosted[4].tolist() == [1.0, 1.0]
    same = country["province"].to_numpy() == country["province"].iloc[4]
    assert np.array_equal(pairs["local"].reshape(len(country), 2)[:, 0], same)


def test_free_rows_wait_and_every_city_is_a_site_if_centres_are_built(country):
    model = RegionalModel(PARAMETERS, "none", 1, cities=country, building_slots=3)
    centre = model.state["providers"]
    assert centre["opens"].tolist() == [NEVER] * 3
    assert centre["taken"].tolist() == [0.0] * 3
    assert model.state.arrays["site_latency"].shape == (len(country), len(country))


def test_peers_are_the_nearest_in_gdp_per_head_of_the_province(country):
    model = RegionalModel(PARAMETERS, "none", 1, cities=country, building_slots=1)
    peers = model.state.arrays["city_peers"]
    per_head = np.log(country["gdp_2010"].to_numpy() / country["population_2010"].to_numpy())
    province = country["province"].to_numpy()
    for row, found in enumerate(peers):
        same = [other for other in range(len(country)) if other != row and province[other] == province[row]]
        nearest = sorted(same, key=lambda other: abs(per_head[other] - per_head[row]))[:5]
        assert found[: len(nearest)].tolist() == nearest
        assert (found[len(nearest) :] == -1).all()
