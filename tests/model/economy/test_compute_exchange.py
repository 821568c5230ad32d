"""The compute exchange: one price for each service, cleared, paid and conserved."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from model import Opening, Parameters, RegionalModel, Scenario

PARAMETERS = Parameters(firms=300, burn_in=12, interoperability_friction=0.1, exchange=1, real_time_limit=8.0)


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


def test_all_offers_of_a_service_have_one_price(quarters):
    _, states = quarters
    for tables in states:
        offer = tables["offers"]
        for service in range(6):
            assert len(set(offer["gate_price"][offer["service"] == service])) <= 1


def test_new_contracts_go_to_sellers_who_ask_less_and_buyers_to_whom_it_is_worth_it(quarters):
    """A share that grows beyond what was kept grew at the price of the quarter's auction."""
    _, states = quarters
    signed = 0
    for before, tables in itertools.pairwise(states):
        offer, rate = tables["offers"], PARAMETERS.tender_rate
        service, width = offer["service"], len(offer["service"])
        old, new = (t["city_offers"]["share"].reshape(-1, width) for t in (before, tables))
        grew = new > (1.0 - rate) * old + 1e-12
        cloud = tables["city_services"]["cloud_delivered_price"].reshape(-1, 6)[:, service]
        price = tables["city_offers"]["tender_price"].reshape(-1, width)
        assert (price[grew] < cloud[grew]).all()
        asked = tables["providers"]["ask"][offer["provider"]]
        fresh = tables["services"]["clearing_price"][service]
        assert (asked <= fresh)[grew.any(axis=0)].all()
        signed += grew.sum()
    assert signed > 0


def test_the_price_in_force_moves_by_the_part_of_contracts_that_is_new(quarters):
    _, states = quarters
    for before, tables in itertools.pairwise(states):
        offer, rate = tables["offers"], PARAMETERS.tender_rate
        fresh = tables["services"]["clearing_price"][offer["service"]]
        expected = (1.0 - rate) * before["offers"]["gate_price"] + rate * fresh
        traded = np.bincount(offer["service"], before["offers"]["load"], 6)[offer["service"]] > 0
        np.testing.assert_allclose(offer["gate_price"][traded], expected[traded], rtol=1e-9)
        np.testing.assert_allclose(offer["gate_price"][~traded], fresh[~traded], rtol=1e-12)


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
