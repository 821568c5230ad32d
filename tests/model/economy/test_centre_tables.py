"""The tables of centres at the start of a run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model import Opening, Parameters, RegionalModel, Scenario
from model.economy.centre_tables import NEVER, STANDARD_EFLOPS, build_out_centres, by_region, relative_sizes

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


def test_sizes_are_relative_to_a_standard_centre_of_the_time():
    """Capacity in 2022 is STANDARD_EFLOPS; two years earlier it was e^(−2·growth) of that."""
    parameters = Parameters(capacity_growth_intelligent=0.25)
    steps = ((60, 0.6), (68, 1.2), (72, 1.2))  # 2020Q1, 2022Q1, 2023Q1
    opening = Opening("a", 0, "intelligent", 60, 2.0, None, steps)
    standard = STANDARD_EFLOPS["intelligent"]
    expected = [
        2.0 * 0.6 / (standard * np.exp(-0.5)),
        2.0 * 1.2 / standard,
        2.0 * 1.2 / (standard * np.exp(0.25)),
    ]
    found = relative_sizes(opening, parameters)
    assert [quarter for quarter, _ in found] == [60, 68, 72]
    assert [size for _, size in found] == pytest.approx(expected)
    assert relative_sizes(Opening("b", 0, "super", 7, 1.5), parameters) == [(7, 1.5)]


def test_centres_grow_on_the_day():
    def grown(quarter):
        size = np.array([1.0, 2.0, 3.0])
        steps = np.array([5.0, 7.0, 5.0]), np.array([0, 0, 2]), np.array([1.5, 1.75, 4.0])
        build_out_centres(size, *steps, np.array([quarter]))
        return size.tolist()

    assert grown(4.0) == [1.0, 2.0, 3.0]
    assert grown(5.0) == [1.5, 2.0, 4.0]
    assert grown(7.0) == [1.75, 2.0, 3.0]


def test_a_run_has_the_capacity_of_each_date(country):
    """In EFLOPS, at capacities of a standard centre that are one per EFLOPS in 2022 and 10,000 firms."""
    steps = ((2, 0.5), (6, 2.0))
    opening = Opening("a", 0, "basic", 2, 1.0, None, steps)
    parameters = Parameters(firms=5_000, burn_in=0, capacity_basic=STANDARD_EFLOPS["basic"])
    model = RegionalModel(parameters, Scenario("s", "m", openings=(opening,)), 1, cities=country)
    model.run_until(2006)
    capacity = np.array(model.provider_history["capacity"])[:, 0]
    # on trend between dates, as machines are renewed
    growth = np.exp(0.25 * parameters.capacity_growth_basic)
    assert capacity[[2, 6]] == pytest.approx([0.5 * 0.5, 0.5 * 2.0])
    assert capacity[3:6] / capacity[2:5] == pytest.approx([growth] * 3)
    assert np.array(model.provider_history["operating"])[:, 0].tolist() == [0.0, 0.0] + [1.0] * 6
