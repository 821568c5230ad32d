"""The study of layouts: hand-made pairs, and what it says of small runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.measures.effect_tables import gap
from experiments.measures.inequality import theil
from experiments.measures.twin_pairs import Pair, pairs
from experiments.questions import layouts
from experiments.study.results import Results
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, twin_arms
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import SCENARIOS

YEARS = np.arange(2026, 2031)


def pair(treated, control, hosts):
    both = [{"innovation": np.tile(np.asarray(values, float), (5, 1))} for values in (treated, control)]
    return Pair(1, YEARS, np.asarray(hosts), *both)


def test_a_change_that_is_all_the_hosts_is_all_location():
    assert layouts.host_location_share(pair([1, 2, 12], [1, 2, 8], [2])) == pytest.approx(1.0)


def test_a_change_that_is_all_the_others_is_no_location():
    assert layouts.host_location_share(pair([3, 2, 8], [1, 2, 8], [2])) == pytest.approx(0.0)


def test_the_rest_is_what_others_gained():
    treated, control = np.array([2.0, 2.0, 10.0]), np.array([1.0, 2.0, 8.0])
    others = np.array([2.0, 2.0, 8.0])
    expected = 1.0 - (theil(others) - theil(control)) / (theil(treated) - theil(control))
    assert layouts.host_location_share(pair(treated, control, [2])) == pytest.approx(expected)


def test_no_change_has_no_parts():
    assert np.isnan(layouts.host_location_share(pair([1, 2, 8], [1, 2, 8], [2])))


@pytest.fixture(scope="module")
def found(country: pd.DataFrame) -> dict[str, Results]:
    parameters = Parameters(
        firms=600, burn_in=4, building_start=0, building_lag=2, smallest_centre=0.001, building_effort=0.1
    )
    place = Country(country, country.iloc[:0].assign(hub=False), build_network(country))
    points = {
        "built": SCENARIOS["local_demand"],
        "given": Scenario("given", "two rich hosts", "richest", 2, "2005Q1"),
        "none": SCENARIOS["none"],
    }
    results = run_arms(Study(twin_arms(points), (1, 2), parameters, 2010, place))
    assert not results.failures
    return {name: results.point(name) for name in points}


def test_measures_are_those_of_the_model_page(found):
    table = layouts.layout(found["given"])
    assert list(table.columns) == ["seed", *layouts.MEASURES]
    known = gap(pairs(found["given"]), found["given"].study.country.cities).set_index("index")
    for measure, index in (("theil", "Theil"), ("gini", "Gini"), ("theil_regions", "Theil between regions")):
        assert table[measure].mean() == pytest.approx(known.loc[index, "mean"], rel=1e-9)
    assert (table["host_cities"] == 2).all()
    assert (table["centres"] == 6).all()
    assert ((table["use"] > 0) & (table["use"] <= 1)).all()
    assert (table["power"] > 0).all()
    assert ((table["green"] > 0) & (table["green"] < 1)).all()


def test_built_centres_are_counted_with_their_capacity(found):
    table = layouts.layout(found["built"])
    assert (table["centres"] > 0).all()
    assert (table["capacity"] > 0).all()


def test_without_a_centre_nothing_changes_and_nothing_is_there(found):
    table = layouts.layout(found["none"])
    assert (table[["theil", "gini", "country", "others"]] == 0).all(axis=None)
    assert (table[["centres", "capacity", "power", "host_cities"]] == 0).all(axis=None)
    assert table[["use", "price", "hosts", "location"]].isna().all(axis=None)


def test_means_over_seeds_of_every_scenario_and_measure(found):
    table = layouts.layouts(list(found.items()))
    assert len(table) == 3 * len(layouts.MEASURES)
    assert (table.loc[table["measure"] == "capacity", "seeds"] == 2).all()
    assert set(table["unit"]) == {unit for _, unit in layouts.MEASURES.values()}


def test_every_layout_and_site_is_a_scenario():
    assert set(layouts.LAYOUTS + layouts.GIVEN_SITES) <= set(SCENARIOS)


def test_a_layout_without_centres_has_no_power():
    none = pd.DataFrame(columns=["year", "capacity", "power_use", "served", "price", "green_power"])
    assert layouts._centres(none) == {"centres": 0.0, "capacity": 0.0, "power": 0.0}
    idle = pd.DataFrame(
        [dict(year=2030, capacity=0.0, power_use=0.0, served=0.0, price=1.0, green_power=0.0)]
    )
    assert layouts._centres(idle)["centres"] == 0.0
    dark = idle.assign(capacity=4.0, served=1.0)
    found = layouts._centres(dark)
    assert (found["use"], found["price"]) == (0.25, 1.0)
    assert np.isnan(found["green"])  # no power, no part of it
