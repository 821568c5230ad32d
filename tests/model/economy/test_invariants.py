"""Nothing is lost and nothing appears: compute, money, talent, shares and firms, in every quarter."""

from __future__ import annotations

import numpy as np
import pytest

from model import Opening, Parameters, RegionalModel, Scenario
from model.country.synthetic import synthetic_country
from model.economy.invariants import broken_accounts

CLOSE = {"rtol": 1e-9, "atol": 1e-9}


def crowded(cities) -> Scenario:
    """Many small centres, so that capacity, tenders and overflow all matter."""
    kinds = ("basic", "intelligent", "super")
    openings = tuple(
        Opening(f"c{k}", k % len(cities), kinds[k % 3], k % 5, 0.05 + 0.1 * (k % 4)) for k in range(20)
    )
    return Scenario("crowded", "many small centres", openings=openings)


@pytest.fixture(scope="module", params=["free links", "thin links"])
def quarters(request, country):
    """State after each of 16 quarters; thin links carry far less than is sent over them."""
    traffic = 1.0 if request.param == "free links" else 50_000.0
    parameters = Parameters(
        firms=300, burn_in=4, traffic_basic=traffic, traffic_intelligent=traffic, traffic_super=traffic
    )
    model = RegionalModel(parameters, crowded(country), 7, cities=country)
    states = []
    alive = model.state["firms"]["alive"].sum()
    for _ in range(16):
        model.step()
        tables = {name: {c: t[c].copy() for c in t} for name, t in model.state.tables.items()}
        arrays = {name: values.copy() for name, values in model.state.arrays.items()}
        states.append((tables, arrays, alive))
        alive = tables["firms"]["alive"].sum()
    return request.param, states


def test_compute_bought_is_served_or_bought_in_and_capacity_holds(quarters):
    _, states = quarters
    served = 0.0
    for tables, _, _ in states:
        centre = tables["providers"]
        flow = tables["city_offers"]["flow"].reshape(-1, len(centre["load"]), 2)
        np.testing.assert_allclose(flow.sum((0, 2)), centre["load"], **CLOSE)
        np.testing.assert_allclose(flow.sum(0).ravel(), tables["offers"]["load"], **CLOSE)
        np.testing.assert_allclose(centre["served"] + centre["overflow"], centre["load"], **CLOSE)
        assert (centre["served"] <= centre["capacity"] * (1 + 1e-12)).all()
        assert (centre["overflow"] >= -1e-12).all()
        assert (centre["load"][centre["operating"] < 0.5] == 0).all()
        served += centre["served"].sum()
    assert served > 0


def test_contracts_cover_all_demand(quarters):
    _, states = quarters
    for tables, _, _ in states:
        service = tables["offers"]["service"]
        share = tables["city_offers"]["share"].reshape(-1, len(service))
        cloud = tables["city_services"]["cloud_share"].reshape(-1, 6)
        whole = np.stack([share[:, service == s].sum(1) for s in range(6)], axis=1) + cloud
        np.testing.assert_allclose(whole, 1.0, **CLOSE)
        assert (share >= 0).all()
        assert (cloud >= -1e-15).all()


def test_money_paid_for_compute_is_money_received(quarters):
    _, states = quarters
    for tables, _, _ in states:
        city, firm = tables["cities"], tables["firms"]
        # Firms that closed at the end of the quarter had paid before; those just founded have not.
        paid = firm["compute_spending"][(firm["alive"] > 0.5) | (firm["exiting"] > 0.5)].sum()
        paid_by_tiers = tables["city_tiers"]["compute_spending"].sum() + city["voucher_paid"].sum()
        received = tables["providers"]["revenue"].sum() + tables["city_services"]["cloud_bill"].sum()
        np.testing.assert_allclose(paid_by_tiers + city["government_bill"].sum(), received, **CLOSE)
        paid_by_all = city["compute_bill"].sum() + city["government_bill"].sum()
        np.testing.assert_allclose(paid_by_all, received, **CLOSE)
        assert city["government_bill"].sum() > 0
        assert paid >= tables["city_tiers"]["compute_spending"].sum() * (1 - 1e-9)


def test_research_budgets_pay_talent_and_compute(quarters):
    _, states = quarters
    for tables, _, _ in states:
        city = tables["cities"]
        spent = city["labour_demand"].sum() + tables["city_tiers"]["compute_spending"].sum()
        np.testing.assert_allclose(city["research_spending"].sum(), spent, **CLOSE)


def test_sales_equal_demand_in_every_tier(quarters):
    _, states = quarters
    for tables, _, _ in states:
        cell = {name: values.reshape(-1, 4) for name, values in tables["city_tiers"].items()}
        sold = (cell["supply"] * cell["unit_revenue"]).sum(0)
        wanted = np.where(cell["competition"] > 0, cell["demand"], 0).sum(0)
        np.testing.assert_allclose(sold, wanted, **CLOSE)
        np.testing.assert_allclose(tables["cities"]["revenue"].sum(), sold.sum(), **CLOSE)


def test_upstream_demand_is_the_intermediate_share_of_sales_downstream(quarters):
    _, states = quarters
    for tables, _, _ in states:
        cell = {name: values.reshape(-1, 4) for name, values in tables["city_tiers"].items()}
        sold = cell["supply"] * cell["unit_revenue"]
        bought = 0.6 * cell["purchase_ratio"][:, 1:] * cell["upstream"][:, 1:]
        np.testing.assert_allclose(cell["demand"][:, :3], bought * sold[:, 1:], **CLOSE)
        assert (bought > 0.4).all()


def test_talent_is_constant_and_every_home_keeps_its_people(quarters):
    _, states = quarters
    for tables, _, _ in states:
        city = tables["cities"]
        count = len(city["talent"])
        workers = tables["city_pairs"]["workers"].reshape(count, count)
        np.testing.assert_allclose(workers.sum(1), city["talent_endowment"], **CLOSE)
        np.testing.assert_allclose(workers.sum(0), city["talent"], **CLOSE)
        np.testing.assert_allclose(city["talent"].sum(), city["talent_endowment"].sum(), **CLOSE)


def test_firms_change_by_entry_and_exit_only(quarters):
    _, states = quarters
    for tables, _, before in states:
        city = tables["cities"]
        assert tables["firms"]["alive"].sum() == before + city["entrants"].sum() - city["exits"].sum()


def test_links_carry_no_more_than_their_capacity(quarters):
    label, states = quarters
    for _, arrays, _ in states:
        assert (arrays["link_load"] <= arrays["link_capacity"] * (1 + 1e-9)).all()
    least = min(arrays["route_carried"].min() for _, arrays, _ in states)
    assert least < 1.0 if label == "thin links" else least == 1.0


def test_chances_are_chances_and_nothing_is_undefined(quarters):
    _, states = quarters
    for tables, _, _ in states:
        chance = tables["firms"]["innovation_probability"]
        assert ((chance >= 0) & (chance < 1)).all()
        for name in ("attention", "ip_protection", "digital_governance", "permit_speed", "voucher_rate"):
            assert ((tables["cities"][name] >= 0) & (tables["cities"][name] <= 1)).all(), name
        for table, columns in tables.items():
            for name, values in columns.items():
                assert np.isfinite(values).all(), f"{table}.{name}"


def test_a_row_that_is_built_on_again_in_the_year_its_centre_failed_keeps_the_accounts():
    """The row of the centre that closed then has the capacity of the next and the deliveries of the last."""
    changes = {
        "debt_limit": 0.05,
        "soft_budget": 1.0,
        "quality_elasticity": 0.0,
        "building_slots": 20,
        "building_start": 0.0,
        "building_lag": 1.0,
        "grant_rate": 0.5,
        "chain_leap": 0.5,
    }
    nothing = Scenario("nothing", "no centre is given")
    parameters = Parameters(firms=60, burn_in=0)
    model = RegionalModel(
        parameters, nothing, 130, cities=synthetic_country(10, 3), check_invariants=True, **changes
    )
    again = 0
    for _ in range(24):
        model.step()
        centre = model.state["providers"]
        again += ((centre["operating"] < 0.5) & (centre["capacity"] > 0) & (centre["served"] > 0)).sum()
    assert again > 0
    centre["load"][np.argmin(centre["operating"])] = 1.0
    assert [breach.where for breach in broken_accounts(model.state)] == ["the account of compute"]
