"""Cost, electricity and CO2 of a plan's centres."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.plan_accounts import FOSSIL_EMISSIONS, accounts, building_cost
from model import Parameters, RegionalModel
from model.country.country import build_country
from model.country.synthetic import synthetic_country
from model.scenarios.scenario import Place, Scenario


@pytest.mark.parametrize("kind", ["basic", "super"])
def test_building_costs_what_the_model_charges_capital_for(kind):
    land = build_country(synthetic_country(12, 4))
    place = Place(int(land.cities["city_id"].iloc[2]), kind, "2005Q3", 2.5)
    scenario = Scenario("one", "", parameters={"capacity_scale": 1.5}, places=(place,))
    model = RegionalModel(Parameters(firms=200, burn_in=0), scenario, 1, country=land)
    for _ in range(3):
        model.step()
    charged = model.state["providers"]["capital_cost"][0] / model.parameters.capital_charge
    assert building_cost(place, model.parameters) == pytest.approx(charged, rel=1e-12)


def test_accounts_are_ratios_to_gdp():
    found = accounts([1.0, 3.0], [50.0, 50.0], [2.0, 8.0], [1.0, 4.0])
    assert found.spent == pytest.approx(2.0)  # 4 of the 200 of a year
    assert found.power == pytest.approx(100.0)
    assert found.green == pytest.approx(50.0)
    assert found.carbon == pytest.approx(50.0 * FOSSIL_EMISSIONS)
    none = accounts([0.0], [50.0], [0.0], [0.0])
    assert (none.spent, none.power, none.carbon) == (0.0, 0.0, 0.0)
    assert np.isnan(none.green)
