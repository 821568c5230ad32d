"""National averages and accounts: worked numbers, and accounts that hold in whole runs."""

from __future__ import annotations

import math

import pytest

from model import Parameters, RegionalModel
from model.economy.national_averages import national_accounts, national_expenditure, national_means
from tests.support.call_market import after

MEANS = {
    "nation_quarter": [0.0],
    "nation_firms": [4.0],
    "nation_revenue": [10.0],
    "nation_mean_revenue": [9.0],
    "nation_supply": [6.0],
    "nation_mean_supply": [9.0],
    "nation_quality": [3.0],
    "nation_mean_quality": [9.0],
    "nation_base_quality": [0.25],
    "nation_frontier": [9.0],
    "nation_innovation": [1.0],
    "nation_mean_innovation": [9.0],
    "nation_budget": [2.0],
    "nation_budget_per_firm": [8.0],
    "nation_mean_talent": [9.0],
    "nation_mean_labour_wage": [9.0],
    "nation_mean_compute_price": [9.0],
    "city_talent": [1.0, 2.0, 6.0],
    "city_people": [1.0, 3.0, 0.0],
    "city_labour_wage": [2.0, 4.0, 100.0],
    "city_compute_price": [1.0, 16.0, 7.0],
    "city_compute_bill": [3.0, 1.0, 0.0],
}


def test_means_are_by_firm_by_city_by_person_and_by_bill():
    found = after(national_means, **MEANS)
    assert found.nation_mean_revenue == [2.5]
    assert found.nation_mean_supply == [1.5]
    assert found.nation_mean_quality == [0.75]
    assert found.nation_mean_innovation == [0.25]
    assert found.nation_budget_per_firm == [0.5]
    assert found.nation_mean_talent == [3.0]
    # 1 person with 2 and 3 with 4; where nobody lives no wage counts
    assert found.nation_mean_labour_wage == [3.5]
    # three quarters of the bill at 1 and a quarter at 16: 16^¼
    assert found.nation_mean_compute_price == pytest.approx([2.0])
    one = after(national_means, **{**MEANS, "nation_firms": [1.0]})
    assert (one.nation_mean_revenue, one.nation_budget_per_firm) == ([10.0], [2.0])


def test_without_firms_or_people_the_means_stay():
    empty = after(national_means, **{**MEANS, "nation_firms": [0.0], "city_people": [0.0] * 3})
    for name in ("revenue", "supply", "quality", "innovation", "labour_wage"):
        assert getattr(empty, f"nation_mean_{name}") == [9.0]
    assert empty.nation_budget_per_firm == [8.0]


def test_the_frontier_is_what_quality_has_grown_by_since_the_base_year():
    assert after(national_means, **MEANS).nation_frontier == [0.75 - 0.25]
    burn_in = after(national_means, **{**MEANS, "nation_quarter": [-1.0]})
    assert (burn_in.nation_base_quality, burn_in.nation_frontier) == ([0.75], [0.0])


def test_product_and_income_of_the_country_are_those_of_its_cities():
    found = after(
        national_accounts,
        city_market=[3.0, 1.0],
        city_gdp=[5.0, 2.0],
        city_income=[4.0, 1.5],
        city_price_level=[1.0, 16.0],
        city_compute_bill=[0.75, 0.25],
        city_government_bill=[0.25, 0.25],
        nation_price_level=[9.0],
        nation_product=[9.0],
        nation_income=[9.0],
    )
    assert (found.nation_product, found.nation_income) == ([7.0], [7.0])
    assert found.nation_price_level == pytest.approx([2.0])  # 16^¼: weighted by the base year's GDP
    spent = after(
        national_expenditure, city_spending=[4.0, 1.5], nation_receipts=[1.25], nation_expenditure=[9.0]
    )
    assert spent.nation_expenditure == [6.75]


@pytest.mark.parametrize("arrangement", ["tender", "exchange", "local vouchers"])
def test_product_income_and_expenditure_are_equal_in_every_quarter(country, arrangement):
    """With centres of the scenario and centres that are built, vouchers and governments that buy compute."""
    changes = {
        "tender": {},
        "exchange": {"exchange": 1},
        "local vouchers": {"voucher_local_supply": 1, "voucher_small_firms": 1},
    }[arrangement]
    parameters = Parameters(
        firms=200,
        burn_in=4,
        building_slots=12,
        building_start=0.0,
        building_lag=2.0,
        grant_rate=0.5,
        voucher_effort=0.2,
        government_compute=0.05,
        capacity_basic=40.0,
        **changes,
    )
    model = RegionalModel(parameters, "random_hosts", 3, cities=country)
    money = None
    for _ in range(36):
        model.step()
        nation, cities, centres = (model.state[name] for name in ("nation", "cities", "providers"))
        product = float(nation["product"][0])
        assert float(nation["income"][0]) == pytest.approx(product, rel=1e-9)
        assert float(nation["expenditure"][0]) == pytest.approx(product, rel=1e-9)
        # What will be spent and what is owed for compute is all money that there is.
        owed = float(nation["receipts"][0])
        held = float(cities["spending"].sum()) + owed
        assert money is None or held == pytest.approx(money, rel=1e-9)
        money = held
    assert cities["voucher_paid"].sum() > 0.0
    assert cities["government_bill"].min() > 0.0
    assert centres["built"].sum() > 0.0
    assert (centres["operating"] * (1.0 - centres["built"])).sum() > 0.0
    assert math.isfinite(money)
    if arrangement == "exchange":
        assert nation["exchange_fees"][0] > 0.0
