"""Runs at the limits: the economy stays finite if something is missing or abundant."""

from __future__ import annotations

import numpy as np
import pytest

from agents.compute_provider import KINDS, LEAST_COST
from model import Opening, Parameters, RegionalModel, Scenario

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
        {"substitution": 1.0},
        {"substitution": 3.0},
        {"research_returns": 0.8},
        {"base_intensity": 0.0},
        {"founders_per_firm": 1.0},
        {"tender_rate": 1.0},
        {"maximum_load": 1.0},
        {"exit_rate": 1.0},
        {"data_elasticity": 0.0},
        {"talent_mobility": 0.0},
        {"wage_elasticity": 0.0},
        {"queue_cost": 1.0},
        {"intermediate_share": 0.0},
        {"tax_rate": 0.0},
    ],
)
def test_parameters_at_their_ends(country, changes):
    run(country, **changes)


@pytest.mark.parametrize("exchange", [0, 1])
def test_compute_that_costs_nothing_keeps_a_price(country, exchange):
    """Else the exchange finds a price of zero, at which demand knows no bound."""
    free = {"service_cost": 0.0, "electricity_use": 0.0, "paradigm_arrival": 2006.0, "exchange": exchange}
    openings = tuple(Opening(f"c{k}", k, kind, 0) for k in range(4) for kind in KINDS)
    model = run(country, Scenario("free", "free compute", openings=openings), price_fall=1.0, **free)
    centre, kinds = model.state["providers"], model.state["kinds"]
    least = LEAST_COST * kinds["cost_level"]
    assert (model.state["city_kinds"]["price"].reshape(-1, 3) >= 0.1 * least).all()
    assert np.array_equal(centre["unit_cost"], least[centre["kind"]])
