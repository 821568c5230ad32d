"""Limits: the economy stays finite where something is missing or there is far too much of it."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np
import pandas as pd
import pytest

from agents.compute_provider import KINDS, LEAST_COST
from model import Opening, Parameters, RegionalModel, Scenario
from model.country.synthetic import synthetic_country
from model.economy.invariants import broken_accounts
from model.files.user_tables import InputError
from model.parameters import ParameterError
from model.scenarios.scenario import Place, ScenarioError

NOTHING = ("gdp_2010", "gdp_2022", "population_2010", "population_2020")


def run(cities, scenario="random_hosts", years=9, **changes):
    parameters = Parameters(**{"firms": 150, "burn_in": 2, **changes})
    model = RegionalModel(parameters, scenario, 5, cities=cities)
    for _ in range(4 * years):
        model.step()
    for name, table in model.state.tables.items():
        for column in table:
            assert np.isfinite(table[column]).all(), f"{name}.{column}"
    return model


def test_one_city(country):
    model = run(country.iloc[:1].copy())
    assert model.state["cities"]["innovation"][0] > 0
    assert model.state["cities"]["talent"][0] == pytest.approx(0.075 * 150)


def test_one_firm(country):
    model = run(country, firms=1)
    assert model.state["firms"].rows == 2


@pytest.mark.parametrize("zero", [("population_2010",), ("gdp_2010",), NOTHING])
def test_cities_without_people_or_output(country, zero):
    cities = country.copy()
    cities.loc[2:5, list(zero)] = 0
    run(cities)


def test_a_country_of_nothing(country):
    cities = country.copy()
    cities[list(NOTHING)] = 0
    run(cities)


def test_no_compute_at_all_equals_no_centre(country):
    """Centres of no capacity change nothing that cities see."""
    idle = run(country, capacity_basic=0.0, capacity_intelligent=0.0, capacity_super=0.0)
    none = run(country, "none")
    for name in ("innovation", "talent", "compute_price", "data"):
        assert np.array_equal(idle.state["cities"][name], none.state["cities"][name])


def test_thousands_of_centres(country):
    kinds = ("basic", "intelligent", "super")
    openings = tuple(Opening(f"c{k}", k % 12, kinds[k % 3], k % 8, 0.01) for k in range(3000))
    model = run(country, Scenario("many", "too many", openings=openings), years=3)
    centre = model.state["providers"]
    assert (centre["served"] <= centre["capacity"] * (1 + 1e-12)).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"substitution": 1.0}, {"substitution": 3.0}, {"research_returns": 0.8}, {"base_intensity": 0.0},
        {"founders_per_firm": 1.0}, {"tender_rate": 1.0}, {"maximum_load": 1.0}, {"exit_rate": 1.0},
        {"data_elasticity": 0.0}, {"talent_mobility": 0.0}, {"wage_elasticity": 0.0}, {"queue_cost": 1.0},
        {"intermediate_share": 0.0}, {"local_tax": 0.0},
    ],
)  # fmt: skip
def test_parameters_at_their_ends(country, changes):
    run(country, **changes)


HERE = Opening("here", 0, "basic", 0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"city": 12}, "city cannot be 12: it must be a row of the table, 0 to 11"),
        ({"city": -1}, "city cannot be -1: it must be a row of the table, 0 to 11"),
        ({"city": "City 1"}, "city cannot be 'City 1'"),
        ({"kind": "base"}, "kind cannot be 'base': it must be one of basic, intelligent, super"),
        ({"industry": "chairs"}, "industry cannot be 'chairs': it must be one of design and software"),
        ({"size": -1.0}, "size cannot be -1.0: it must be a number from 0 to 1,000,000"),
        ({"size": math.nan}, "size cannot be nan"),
        ({"size": "big"}, "size cannot be 'big'"),
        ({"quarter": math.inf}, "quarter cannot be inf: it must be a number from -1e+09 to 1e+09"),
        ({"quarter": "2010Q1"}, "quarter cannot be '2010Q1'"),
    ],
)
def test_a_centre_that_cannot_be_is_refused(country, given, said):
    scenario = Scenario("wrong", "for a test", openings=(dataclasses.replace(HERE, **given),))
    with pytest.raises(ScenarioError, match=re.escape(said)) as told:
        RegionalModel(Parameters(firms=60, burn_in=0), scenario, 1, cities=country)
    assert "scenario wrong: centre here" in str(told.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"openings": HERE}, r"openings and places are tuples"),
        ({"openings": ("here",)}, r"openings are Opening values, not 'here'"),
        ({"places": (HERE,)}, r"places are Place values"),
        ({"places": (Place("City 1", "base", "2005Q1"),)}, r"kind cannot be 'base'"),
        ({"places": (Place("City 1", "basic", "2005Q1", -1.0),)}, r"size cannot be -1\.0"),
        ({"centres": "random", "hosts": -3}, r"hosts cannot be -3: it must be a whole number from 0"),
        ({"centres": "random", "hosts": 2.5}, r"hosts cannot be 2\.5"),
        ({"centres": "random", "industry": "chairs"}, r"industry cannot be 'chairs'"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(country, given, said):
    with pytest.raises(ScenarioError, match=said):
        RegionalModel(Parameters(firms=60), Scenario("wrong", "for a test", **given), 1, cities=country)


@pytest.mark.parametrize("exchange", [0, 1])
def test_compute_that_costs_nothing_keeps_a_price(country, exchange):
    """Else the exchange finds a price of zero, at which demand knows no bound."""
    free = {"service_cost": 0.0, "electricity_use": 0.0, "paradigm_arrival": 2006.0, "exchange": exchange}
    openings = tuple(Opening(f"c{k}", k, kind, 0) for k in range(4) for kind in KINDS)
    model = run(country, Scenario("free", "free compute", openings=openings), price_fall=1.0, **free)
    assert model.state["city_kinds"]["price"].min() >= 0.1 * LEAST_COST
    assert model.state["providers"]["unit_cost"].max() == LEAST_COST


def test_a_row_that_is_built_on_again_in_the_year_its_centre_failed_keeps_the_accounts():
    """The row of the centre that closed then has the capacity of the next and the deliveries of the last."""
    changes = {
        "quality_elasticity": 0.0, "building_slots": 20, "building_start": 0.0, "building_lag": 1.0,
        "grant_rate": 0.5, "chain_leap": 0.5,
    }  # fmt: skip
    nothing = Scenario("nothing", "no centre is given")
    parameters = Parameters(firms=60, burn_in=0)
    model = RegionalModel(
        parameters, nothing, 139, cities=synthetic_country(10, 3), check_invariants=True, **changes
    )
    again = 0
    for _ in range(24):
        model.step()
        centre = model.state["providers"]
        again += ((centre["operating"] < 0.5) & (centre["capacity"] > 0) & (centre["served"] > 0)).sum()
    assert again > 0
    centre["load"][np.argmin(centre["operating"])] = 1.0
    assert [breach.where for breach in broken_accounts(model.state)] == ["the account of compute"]


def test_a_seed_below_zero_names_a_run_like_any_other(country):
    runs = [
        RegionalModel(Parameters(firms=60, burn_in=2), "none", seed, cities=country) for seed in (-3, -3, 3)
    ]
    one, same, other = (model.state["firms"]["quality"] for model in runs)
    assert runs[0].seed == -3
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_table_in_which_an_id_stands_twice_is_refused(country):
    twice = pd.concat([country, country.iloc[:1]], ignore_index=True)
    with pytest.raises(InputError, match=r"city_id 1 stands twice in the table of cities"):
        RegionalModel(Parameters(firms=60), "none", 1, cities=twice)


def test_a_number_too_long_to_write_is_refused(country):
    huge = 10**5000
    with pytest.raises(ParameterError, match="substitution cannot be a whole number of thousands of digits"):
        Parameters().changed(substitution=huge)
    scenario = Scenario("wrong", "x", openings=(dataclasses.replace(HERE, quarter=huge),))
    with pytest.raises(ScenarioError, match="quarter cannot be a whole number of thousands of digits"):
        RegionalModel(Parameters(firms=60), scenario, 1, cities=country)


def test_a_long_value_is_cut():
    with pytest.raises(ParameterError) as told:
        Parameters().changed(substitution="x" * 1000)
    assert len(str(told.value)) < 200
