"""The compute exchange: worked numbers of its book, and runs in which it clears, is paid and conserves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from model import Opening, Parameters, RegionalModel, Scenario
from model.economy.compute_exchange import clear_exchange, offered_at, pay_fees, price_of, wanted_at
from tests.support.call_market import after

# Two cities, two services. Centres 0 and 1 sell service 1, centre 2 service 0.
BOOK = {
    "services": 2,
    "city_service_bid": [1.0, 1.0, 1.0, 1.0],
    "city_service_demand": [8.0, 4.0, 3.0, 6.0],
    "city_service_tender": [0.5, 0.5, 1.0, 0.25],
    "city_offer_overhead": [1.0, 1.5, 1.0,
                            2.0, 1.25, 1.5],
    "scratch_room": [1.0] * 6,
    "offer_provider": [0, 1, 2],
    "offer_service": [1, 1, 0],
    "provider_ask": [0.4, 0.6, 0.1],
    "scratch_free": [5.0, 7.0, 9.0],
}  # fmt: skip


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (0.39, 0.0),  # no centre sells for less
        (0.4, 5.0),  # centre 0 alone: 0.5 · 4 · 1 + 0.25 · 6 · 2
        (0.5, 5.0),  # city 1 pays 0.5 · 2, just what it bids
        (0.51, 2.0),  # and no more than that
        (0.6, 3.875),  # centre 1 sells too, and is nearer to city 1: 2 + 0.25 · 6 · 1.25
        (0.8, 3.875),
        (0.81, 2.0),  # too dear for city 1: 0.81 · 1.25 is above 1
        (1.0, 2.0),
        (1.01, 0.0),
    ],
)
def test_cities_want_what_is_worth_its_price_where_they_lose_least(price, expected):
    assert after(wanted_at, price=price, s=1, **BOOK).returned == pytest.approx(expected)


def test_nothing_is_wanted_of_a_centre_that_is_full_or_may_not():
    full = {**BOOK, "scratch_free": [0.0, 7.0, 9.0]}
    assert after(wanted_at, price=0.6, s=1, **full).returned == pytest.approx(3.0 + 1.875)  # 0.5 · 4 · 1.5
    may_not = {**BOOK, "scratch_room": [1.0, 1.0, 1.0, 1.0, 0.0, 1.0]}
    assert after(wanted_at, price=0.6, s=1, **may_not).returned == pytest.approx(2.0)


def test_services_have_their_own_buyers_and_sellers():
    # 0.5 · 8 · 1 + 1 · 3 · 1.5
    assert after(wanted_at, price=0.2, s=0, **BOOK).returned == pytest.approx(8.5)
    assert [after(offered_at, price=0.2, s=s, **BOOK).returned for s in (0, 1)] == [9.0, 0.0]


def test_capacity_is_offered_from_its_ask_on():
    offered = [after(offered_at, price=price, s=1, **BOOK).returned for price in (0.39, 0.4, 0.59, 0.6, 2.0)]
    assert offered == [0.0, 5.0, 5.0, 12.0, 12.0]


def cleared(taken=0.0, **changes):
    """One service; two cities next door to all centres bid 1.0 for 2 units and 0.8 for 3."""
    offers = len(changes.get("offer_provider", [0, 1]))
    given = {
        "city_service_bid": [1.0, 0.8],
        "city_service_demand": [4.0, 3.0],
        "city_service_tender": [0.5, 1.0],
        "city_offer_overhead": [1.0] * (2 * offers),
        "scratch_room": [1.0] * (2 * offers),
        "offer_provider": [0, 1],
        "offer_service": [0] * offers,
        "provider_ask": [0.4, 0.7],
        "scratch_free": [4.0, 1.0],
    }
    return after(price_of, s=0, taken=taken, services=1, **{**given, **changes}).returned


def test_ample_capacity_sells_at_the_lowest_ask():
    assert cleared(scratch_free=[5.0, 1.0]) == 0.4
    assert cleared(provider_ask=[0.7, 0.4], scratch_free=[1.0, 5.0]) == 0.4


def test_a_shortage_raises_the_price_to_the_next_ask():
    assert cleared() == pytest.approx(0.7, rel=1e-9)


def test_a_greater_shortage_raises_it_until_someone_does_without():
    assert cleared(scratch_free=[4.0, 0.5]) == pytest.approx(0.8, rel=1e-9)
    assert cleared(scratch_free=[4.0, 0.5]) > 0.8  # at 0.8 the second city would still buy
    assert cleared(taken=0.5) == pytest.approx(0.8, rel=1e-9)


def test_more_than_all_that_is_bid_does_not_clear_below_the_highest_bid():
    assert cleared(scratch_free=[1.0, 0.5]) == pytest.approx(1.0, rel=1e-9)
    assert cleared(taken=9.0) == pytest.approx(1.0, rel=1e-9)


def test_a_full_centre_has_no_say():
    """The centre that asks 0.4 is full, so the price starts at the other's ask."""
    assert cleared(scratch_free=[0.0, 9.0]) == 0.7


def test_sellers_of_other_services_have_no_say():
    assert cleared(offer_service=[1, 0], scratch_free=[9.0, 9.0]) == 0.7


def test_without_sellers_or_below_their_asks_the_price_is_the_highest_bid():
    assert cleared(offer_provider=[], offer_service=[]) == 1.0
    assert cleared(provider_ask=[1.4, 1.7]) == 1.0
    assert cleared(city_service_bid=[0.0, 0.0]) == 0.0


def exchange(**changes):
    """One kind, batch work and work that must be answered at once; both centres sell both; one city."""
    given = {
        "city_service_bid": [1.0, 0.9],
        "city_service_demand": [4.0, 6.0],
        "city_service_tender": [0.5, 0.5],
        "city_offer_overhead": [1.0, 1.0, 1.0, 1.0],
        "city_offer_delivered_price": [7.0] * 4,
        "city_offer_tender_price": [7.0] * 4,
        "offer_provider": [0, 0, 1, 1],
        "offer_service": [0, 1, 0, 1],
        "offer_gate_price": [0.3, 0.5, 0.7, 0.9],
        "offer_load": [0.0, 2.0, 0.0, 6.0],
        "provider_ask": [0.4, 0.6],
        "service_clearing_price": [7.0] * 2,
        "service_kind": [0, 0],
        "kind_standard_capacity": [1.0],
        "scratch_free": [4.0, 4.0],
        "scratch_room": [1.0] * 4,
        "exchange_fee": 0.25,
        "tender_rate": 0.25,
    }
    off = {"city_offer_hosted": [0.0] * 8, "city_fee_ratio": [1.0] * 2, "carriage_fee": 0.0}
    return after(clear_exchange, **{**given, **off, **changes})


def test_work_that_must_be_answered_at_once_is_cleared_first():
    """Three units of it find room at centre 0 for 0.4; then two of batch work need the second centre."""
    found = exchange()
    assert found.service_clearing_price[1] == 0.4
    assert found.service_clearing_price[0] == pytest.approx(0.6, rel=1e-9)


def test_the_price_in_force_moves_by_the_part_of_contracts_that_is_new():
    found = exchange()
    # nothing was traded of batch work: the new price; else 0.75 · (2 · 0.5 + 6 · 0.9) / 8 + 0.25 · 0.4
    fresh = found.service_clearing_price[0]
    assert found.offer_gate_price == pytest.approx([fresh, 0.7, fresh, 0.7])
    # with the fee of a quarter on top
    assert found.city_offer_delivered_price == pytest.approx([1.25 * fresh, 0.875, 1.25 * fresh, 0.875])
    assert found.city_offer_tender_price == pytest.approx([1.25 * fresh, 0.5, 1.25 * fresh, 0.5])


def test_who_asks_more_than_the_price_signs_nothing():
    found = exchange()
    # centre 1 asks 0.6: enough for batch work, too much for the other
    assert found.scratch_room == [1.0, 1.0, 1.0, 0.0]


def test_prices_in_cities_hold_what_is_lost_on_the_way():
    found = exchange(
        city_service_bid=[1.0, 0.9, 1.0, 0.9],
        city_service_demand=[4.0, 6.0, 0.0, 0.0],
        city_service_tender=[0.5] * 4,
        city_offer_overhead=[1.0, 1.0, 1.0, 1.0, 1.5, 2.0, 3.0, 4.0],
        city_offer_delivered_price=[7.0] * 8,
        city_offer_tender_price=[7.0] * 8,
        scratch_room=[1.0] * 8,
    )
    assert found.city_offer_delivered_price[5] == pytest.approx(2.0 * 0.875)
    assert found.city_offer_delivered_price[7] == pytest.approx(4.0 * 0.875)
    assert found.city_offer_tender_price[5] == pytest.approx(2.0 * 0.5)
    assert found.scratch_room == [1.0, 1.0, 1.0, 0.0] * 2


def test_kinds_do_not_compete():
    """Two kinds with one class each: what the first takes is not missing from the second."""
    found = exchange(
        service_kind=[0, 1],
        kind_standard_capacity=[1.0, 1.0],
        scratch_free=[3.0, 3.0],
        offer_provider=[0, 1],
        offer_service=[0, 1],
        offer_gate_price=[0.3, 0.5],
        offer_load=[0.0, 0.0],
        city_offer_overhead=[1.0, 1.0],
        city_offer_delivered_price=[7.0] * 2,
        city_offer_tender_price=[7.0] * 2,
        scratch_room=[1.0] * 2,
    )
    assert found.service_clearing_price == [0.4, 0.6]


def test_the_exchange_is_paid_by_turnover_and_a_centres_price_is_what_it_earned():
    found = after(
        pay_fees,
        offer_load=[2.0, 3.0],
        offer_gate_price=[0.5, 2.0],
        offer_provider=[0, 1],
        provider_price=[7.0, 8.0],
        provider_load=[2.0, 0.0],
        provider_revenue=[1.5, 0.0],
        nation_exchange_fees=[9.0],
        nation_receipts=[4.0],
        nation_centre_balance=[-1.0],
        city_centre_income=[2.0, 1.0],
        city_cloud_weight=[0.25, 0.75],
        exchange_fee=0.1,
    )
    assert found.nation_exchange_fees == pytest.approx([0.7])
    # the fee is paid by customers and goes to the central government; it is earned where the cloud is
    assert found.nation_receipts == pytest.approx([4.7])
    assert found.nation_centre_balance == pytest.approx([-0.3])
    assert found.city_centre_income == pytest.approx([2.175, 1.525])
    assert found.provider_price == [0.75, 8.0]  # who sold nothing keeps his price


def test_prices_do_not_depend_on_the_unit_of_compute():
    for free in ([5.0, 1.0], [4.0, 1.0], [4.0, 0.5], [1.0, 0.5]):
        small = cleared(city_service_demand=[4 / 64, 3 / 64], scratch_free=[one / 64 for one in free])
        assert small == cleared(scratch_free=free)
    found = exchange(
        city_service_demand=[4 / 64, 6 / 64],
        scratch_free=[4 / 64, 4 / 64],
        offer_load=[0.0, 2 / 64, 0.0, 6 / 64],
    )
    assert found.offer_gate_price == pytest.approx(exchange().offer_gate_price)
    assert found.service_clearing_price == exchange().service_clearing_price
    small = after(
        pay_fees,
        offer_load=[0.25],
        offer_gate_price=[2.0],
        offer_provider=[0],
        provider_price=[7.0],
        provider_load=[0.25],
        provider_revenue=[0.125],
        nation_exchange_fees=[9.0],
        nation_receipts=[0.0],
        nation_centre_balance=[0.0],
        city_centre_income=[0.0],
        city_cloud_weight=[1.0],
        exchange_fee=0.5,
    )
    assert (small.nation_exchange_fees, small.provider_price) == ([0.25], [0.5])


def test_the_highest_bid_is_that_for_the_service():
    """Three cities, three services, no seller."""
    bids = [1.0, 3.0, 20.0, 2.0, 7.0, 21.0, 9.0, 4.0, 22.0]
    no_seller = dict(
        services=3,
        taken=0.0,
        city_service_bid=bids,
        city_service_demand=[1.0] * 9,
        city_service_tender=[1.0] * 9,
        city_offer_overhead=[],
        scratch_room=[],
        offer_provider=[],
        offer_service=[],
        provider_ask=[],
        scratch_free=[],
    )
    assert [after(price_of, s=s, **no_seller).returned for s in range(3)] == [9.0, 7.0, 22.0]


def test_what_is_in_force_of_another_service_does_not_count():
    found = exchange(offer_load=[3.0, 2.0, 1.0, 6.0])
    # batch: 0.75 · (3 · 0.3 + 1 · 0.7) / 4 + 0.25 · 0.6; at once: as before
    assert found.offer_gate_price == pytest.approx([0.45, 0.7, 0.45, 0.7])


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
        paid = tables["cities"]["compute_bill"].sum() + tables["cities"]["government_bill"].sum()
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


def test_the_price_in_force_moves_by_the_part_of_contracts_that_is_new_in_runs(quarters):
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
    for size in (100.0, 0.002):
        model = economy(country, Opening("a", 4, "basic", 0, size), Opening("b", 7, "basic", 0, size))
        model.step()
        prices[size] = float(model.state["services"]["clearing_price"][0])
        asks = model.state["providers"]["ask"]
    assert prices[100.0] == asks.min()
    assert prices[0.002] > asks.max()


def test_short_capacity_is_shared_out_in_proportion_to_what_is_asked_for(country):
    """Cities that take the same centre at the same overhead get the same part of their work done there."""
    model = economy(
        country,
        Opening("a", 4, "basic", 0, 0.002),
        latency_penalty_basic=0.0,
        queue_cost=0.0,
        interoperability_friction=0.0,
        real_time_share_basic=0.0,
    )
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
