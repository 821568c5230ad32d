"""Runs in which governments and providers build centres: where, at what cost, and with what result."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.study.one_run import yearly_centres
from model import Parameters, RegionalModel, Scenario
from model.country.city_tables import load_centres
from model.country.synthetic import synthetic_country
from model.parameters import describe
from model.scenarios.scenario_catalogue import SCENARIOS
from model.scenarios.siting import hub_cities

SMALL = Parameters(firms=600, burn_in=8, building_start=0, building_lag=2, smallest_centre=0.001)

# No city wants a standard centre of this size.
TOO_LARGE = {
    "smallest_centre": 1.0,
    "capacity_basic": 1e6,
    "capacity_intelligent": 1e6,
    "capacity_super": 1e6,
}


@pytest.fixture(scope="module")
def provinces():
    """Forty cities, so that provinces have several."""
    return synthetic_country(40, 5)


def economy(cities, name="local_demand", until=40, **changes):
    scenario = Scenario("test", "a test", parameters={**SCENARIOS[name].parameters, **changes})
    model = RegionalModel(SMALL, scenario, 3, cities=cities)
    for _ in range(until):
        model.step()
    return model


def standing(model):
    """Rows of centres that somebody built and that still stand."""
    return np.flatnonzero(model.state["providers"]["built"] > 0.5)


def value_when_ordered(model, rows):
    """Capacity of centres when they were ordered × the cost level of that time, by the formulas."""
    centre, kinds = model.state["providers"], model.state["kinds"]
    kind, ordered = centre["kind"][rows], centre["opens"][rows] - SMALL.building_lag
    standard = kinds["capacity_2022"][kind] * np.exp(
        kinds["capacity_growth"][kind] * (SMALL.start_year + ordered / 4 - 2022)
    )
    return centre["size"][rows] * standard * np.exp(-kinds["progress"][kind] * ordered / 4)


def test_by_default_nothing_is_built_and_no_column_of_building_exists(country):
    model = RegionalModel(Parameters(firms=300, burn_in=4), "none", 3, cities=country)
    assert describe("building_slots")["default"] == 0
    assert "building_fund" not in model.state["cities"]
    assert "wish" not in model.state["city_kinds"]


@pytest.mark.parametrize("name", ["local_demand", "cross_region", "trading", "cross_region_trading"])
def test_every_layout_builds_centres_that_open_after_their_lag_and_sell(provinces, name):
    model = economy(provinces, name)
    centre = model.state["providers"]
    rows = standing(model)
    assert len(rows) > 3
    operating = centre["operating"] > 0.5
    assert operating.any()
    np.testing.assert_array_equal(operating[rows], centre["opens"][rows] < model.quarter)
    assert centre["load"].sum() > 0
    assert (centre["capacity"][rows] > 0).all()
    assert (centre["capacity"][centre["taken"] < 0.5] == 0).all()


def test_local_centres_serve_their_own_city_alone(provinces):
    model = economy(provinces, "local_demand")
    offers = model.state["offers"]
    flow = model.state["city_offers"]["flow"].reshape(len(provinces), -1)
    home = model.state["providers"]["city"][offers["provider"]]
    # The row of a centre that closed may already be that of one ordered elsewhere.
    at_work = np.flatnonzero(model.state["providers"]["operating"][offers["provider"]] > 0.5)
    assert flow[:, at_work].sum() > 0
    assert flow[home[at_work], at_work].sum() == pytest.approx(flow[:, at_work].sum())


@pytest.mark.parametrize("name", ["cross_region", "cross_region_trading"])
def test_hubs_alone_build_where_the_rule_says_so(provinces, name):
    model = economy(provinces, name)
    hubs = set(hub_cities(provinces, load_centres().iloc[:0]))
    assert set(model.state["providers"]["city"][standing(model)]) <= hubs


def test_the_programme_goes_to_the_hubs_where_power_is_cheapest(provinces):
    model = economy(provinces, "cross_region", building_effort=0.0, entrants_a_year=0.0)
    price = model.state["cities"]["electricity_price"]
    hubs = model.state["cities"]["hub"] > 0.5
    cities = model.state["providers"]["city"][standing(model)]
    assert len(cities)
    assert (price[cities] == price[hubs].min()).all()


def test_cities_pay_from_their_fund_and_the_state_its_part(provinces):
    """Fund set aside = fund left + what cities paid; grants = what the state paid for the same centres."""
    model = economy(provinces, "local_demand", entrants_a_year=0.0, debt_limit=100.0)
    city, centre = model.state["cities"], model.state["providers"]
    model_without = economy(provinces, "local_demand", entrants_a_year=0.0, **TOO_LARGE)
    rows = standing(model)
    assert (centre["public"][rows] == 1.0).all()
    assert (city["building_fund"] >= -1e-12).all()
    np.testing.assert_allclose(centre["cost"][rows], 0.5 * 1.5 * value_when_ordered(model, rows), rtol=1e-12)
    assert model.state["nation"]["grants"][0] == pytest.approx(centre["cost"][rows].sum())
    # Budgets differ a little once centres earn; before that, not at all: look at the year of the first order.
    assert not len(standing(model_without))
    early = economy(provinces, "local_demand", until=4, entrants_a_year=0.0)
    saved = economy(provinces, "local_demand", until=4, entrants_a_year=0.0, **TOO_LARGE)
    paid = early.state["providers"]["cost"].sum()
    assert paid > 0
    left = early.state["cities"]["building_fund"].sum() + paid
    assert left == pytest.approx(saved.state["cities"]["building_fund"].sum(), rel=1e-12)


def test_no_effort_no_entry_no_programme_no_centre(provinces):
    model = economy(provinces, "trading", building_effort=0.0, entrants_a_year=0.0)
    assert not len(standing(model))


def test_a_run_without_a_centre_is_the_twin_to_the_bit(provinces):
    """Building that no city does changes nothing in the economy."""
    idle = economy(provinces, "trading", until=12, building_effort=0.0, entrants_a_year=0.0)
    off = economy(provinces, "trading", until=12, building_slots=0)
    for table in ("firms", "cities", "city_tiers", "city_services", "city_pairs"):
        for column in off.state[table]:
            np.testing.assert_array_equal(
                idle.state[table][column], off.state[table][column], err_msg=f"{table}.{column}"
            )


def test_what_lenders_do_not_bear_is_closed_and_its_row_is_free_again(provinces):
    model = economy(provinces, "local_demand", capital_charge=1.0, soft_budget=1.0, building_slots=6)
    centre = model.state["providers"]
    opened = set(yearly_centres(model)["centre_id"])
    assert len(opened) > 6  # more centres than rows: some came after others had closed
    closed = centre["taken"] < 0.5
    assert (centre["capacity"][closed] == 0).all()
    assert (
        model.state["city_offers"]["share"].reshape(len(provinces), -1)[:, np.repeat(closed, 2)] == 0
    ).all()


def test_a_city_that_is_behind_its_peers_wants_more(provinces):
    alone = economy(provinces, "local_demand", until=16, yardstick=0.0)
    rivals = economy(provinces, "local_demand", until=16, yardstick=1.0)
    wishes = [m.state["city_kinds"]["wish"].sum() for m in (alone, rivals)]
    assert wishes[1] > wishes[0]


def test_compiled_and_interpreted_building_give_the_same_bits(country):
    scenario = Scenario(
        "t", "t", parameters=dict(SCENARIOS["cross_region_trading"].parameters, building_slots=8)
    )
    parameters = Parameters(firms=60, burn_in=4, building_start=0, building_lag=1, smallest_centre=0.001)
    runs = []
    for engine in ("compiled", "interpreted"):
        model = RegionalModel(parameters, scenario, 5, cities=country, engine=engine)
        for _ in range(9):
            model.step()
        runs.append(model)
    assert len(standing(runs[0]))
    for name, table in runs[0].state.tables.items():
        for column in table:
            np.testing.assert_array_equal(
                table[column], runs[1].state[name][column], err_msg=f"{name}.{column}"
            )
