"""The compute exchange: one price for each service, cleared, paid and conserved."""

from __future__ import annotations

import numpy as np
import pytest

from model import Opening, Parameters, RegionalModel, Scenario

PARAMETERS = Parameters(
    firms=300, burn_in=12, interoperability_friction=0.1, exchange=1, tender_rate=1, real_time_limit=8.0
)


def economy(cities, *openings, **changes):
    scenario = Scenario("test", "a test", openings=openings)
    return RegionalModel(PARAMETERS.changed(**changes), scenario, 3, cities=cities)


def centres(size=1.0):
    return [Opening(f"c{k}", k, ("basic", "intelligent", "super")[k % 3], k % 3, size) for k in range(9)]


@pytest.fixture(scope="module", params=[1.0, 0.02, 0.002], ids=["ample", "short", "very short"])
def quarters(request, country):
    model = economy(country, *centres(request.param))
    states = []
    for _ in range(12):
        model.step()
        states.append({name: {c: t[c].copy() for c in t} for name, t in model.state.tables.items()})
    return request.param, states


def test_what_cities_pay_is_what_centres_cloud_and_exchange_receive(quarters):
    _, states = quarters
    for tables in states:
        paid = tables["cities"]["compute_bill"].sum()
        received = tables["providers"]["revenue"].sum() + tables["city_services"]["cloud_bill"].sum()
        assert received + tables["nation"]["exchange_fees"][0] == pytest.approx(paid, rel=1e-9)
    assert states[-1]["nation"]["exchange_fees"][0] > 0


def test_flows_are_conserved_and_no_centre_sells_more_than_it_has(quarters):
    _, states = quarters
    for tables in states:
        centre = tables["providers"]
        flow = tables["city_offers"]["flow"].reshape(-1, len(tables["offers"]["load"]))
        np.testing.assert_allclose(flow.sum(0), tables["offers"]["load"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(centre["served"] + centre["overflow"], centre["load"], rtol=1e-9)
        service = tables["offers"]["service"]
        share = tables["city_offers"]["share"].reshape(-1, len(service))
        cloud = tables["city_services"]["cloud_share"].reshape(-1, 6)
        whole = np.stack([share[:, service == s].sum(1) for s in range(6)], axis=1) + cloud
        np.testing.assert_allclose(whole, 1.0, rtol=1e-9)


def test_all_offers_of_a_service_have_one_price_not_below_what_sellers_ask(quarters):
    _, states = quarters
    for tables in states:
        offer, centre = tables["offers"], tables["providers"]
        np.testing.assert_array_equal(
            offer["gate_price"], tables["services"]["clearing_price"][offer["service"]]
        )
        sold = offer["load"] > 0
        assert (offer["gate_price"][sold] >= centre["ask"][offer["provider"][sold]]).all()


def test_cities_pay_no_more_than_they_bid_and_the_cloud_serves_the_rest(quarters):
    _, states = quarters
    for tables in states:
        service = tables["offers"]["service"]
        price = tables["city_offers"]["delivered_price"].reshape(-1, len(service))
        flow = tables["city_offers"]["flow"].reshape(-1, len(service))
        cloud = tables["city_services"]["cloud_delivered_price"].reshape(-1, 6)
        assert (price <= cloud[:, service])[flow > 0].all()


def test_scarcity_raises_the_price_and_ample_capacity_lowers_it_to_the_cheapest_ask(country):
    prices = {}
    for size in (1.0, 0.002):
        model = economy(country, Opening("a", 4, "basic", 0, size), Opening("b", 7, "basic", 0, size))
        model.step()
        prices[size] = float(model.state["services"]["clearing_price"][0])
        asks = model.state["providers"]["ask"]
    assert prices[1.0] == asks.min()
    assert prices[0.002] > asks.max()


def test_short_capacity_is_shared_out_in_proportion_to_what_is_asked_for(country):
    """Cities that take the same centre at the same overhead get the same part of their work done there."""
    model = economy(
        country, Opening("a", 4, "basic", 0, 0.002), latency_penalty_basic=0.0, queue_cost=0.0,
        interoperability_friction=0.0, real_time_share_basic=0.0,
    )  # fmt: skip
    model.step()
    share = model.state["city_offers"]["share"].reshape(-1, 2)[:, 0]
    buys = share > 0
    assert buys.sum() > 6
    np.testing.assert_allclose(share[buys], share[buys][0], rtol=1e-9)
    assert share[buys][0] < 1.0


def test_the_exchange_changes_nothing_where_no_centre_opens(country):
    plain = Parameters(firms=300, burn_in=12, real_time_limit=8.0, interoperability_friction=0.1)
    runs = [
        RegionalModel(parameters, Scenario("t", "t"), 3, cities=country) for parameters in (plain, PARAMETERS)
    ]
    for model in runs:
        for _ in range(6):
            model.step()
    for column in runs[0].state["cities"]:
        np.testing.assert_array_equal(*(model.state["cities"][column] for model in runs), err_msg=column)
