"""Two exchanges: worked numbers."""

from __future__ import annotations

from math import exp

import pytest

from model.economy.exchange_platforms import choose_platforms, is_listed, pay_platforms
from tests.support.call_market import after

# One service, two centres: the first is listed on the first platform, the second on the rival's.
CHOICE = {
    "city_platform": [0.0, 1.0],
    "city_fee_ratio": [1.0, 1.0],
    "city_service_demand": [1.0, 1.0],
    "city_service_cloud_delivered_price": [1.0, 1.0],
    "city_offer_overhead": [1.0, 1.0, 1.0, 1.0],
    "offer_provider": [0, 1],
    "offer_service": [0, 0],
    "provider_ask": [0.6, 0.5],
    "provider_both_platforms": [0.0, 0.0],
    "scratch_free": [1.0, 1.0],
    "scratch_room": [1.0, 1.0, 1.0, 1.0],
    "nation_first_fee": [1.0],
    "nation_rival_fee": [0.5],
    "exchange_fee": 0.02,
}
PAID = {
    "city_platform": [0.0, 1.0],
    "city_fee_ratio": [1.0, 0.5],
    "city_offer_flow": [2.0, 4.0],
    "offer_gate_price": [0.5],
    "provider_price": [0.5],
    "provider_load": [6.0],
    "provider_revenue": [3.0],
    "nation_exchange_fees": [7.0],
    "nation_first_fee": [1.0],
    "nation_rival_fee": [0.5],
    "nation_rival_share": [7.0],
    "nation_receipts": [10.0],
    "nation_centre_balance": [1.0],
    "city_centre_income": [4.0, 4.0],
    "city_cloud_weight": [0.25, 0.75],
    "exchange_fee": 0.02,
    "platform_aim": 0.6,
    "platform_response": 0.5,
    "platform_cost": 0.25,
}


def test_cities_buy_where_the_cheaper_centre_is_listed_and_see_no_other():
    found = after(choose_platforms, **CHOICE)
    assert found.city_platform == [1.0, 1.0]
    assert found.city_fee_ratio == [0.5, 0.5]
    assert found.scratch_room == [0.0, 1.0, 0.0, 1.0]


def test_where_a_centre_is_listed_on_both_the_fee_decides():
    found = after(
        choose_platforms, **{**CHOICE, "provider_ask": [0.5, 0.6], "provider_both_platforms": [1.0, 0.0]}
    )
    assert found.city_platform == [1.0, 1.0]  # the rival's fee is lower
    assert found.scratch_room == [1.0] * 4
    dear = after(choose_platforms, **{**CHOICE, "nation_rival_fee": [20.0]})
    assert dear.city_platform == [0.0, 0.0]
    assert dear.scratch_room == [1.0, 0.0, 1.0, 0.0]


def test_a_city_stays_where_both_cost_the_same():
    same = {"provider_both_platforms": [1.0, 1.0], "nation_rival_fee": [1.0]}
    assert after(choose_platforms, **{**CHOICE, **same}).city_platform == CHOICE["city_platform"]
    assert [is_listed(p, 1, [0.0, 0.0]) for p in range(2)] == [False, True]


def test_each_organiser_is_paid_and_the_one_with_less_turnover_than_it_wants_cuts_its_fee():
    found = after(pay_platforms, **PAID)
    assert found.nation_exchange_fees == pytest.approx([0.02 * (1.0 + 0.5 * 2.0)])
    assert found.nation_receipts == pytest.approx([10.04])
    assert found.city_centre_income == pytest.approx([4.01, 4.03])
    assert found.nation_rival_share == pytest.approx([2.0 / 3.0])
    assert found.nation_first_fee == pytest.approx([exp(0.5 * (1.0 / 3.0 - 0.6))])
    assert found.nation_rival_fee == pytest.approx([0.5 * exp(0.5 * (2.0 / 3.0 - 0.6))])
    low = after(pay_platforms, **{**PAID, "nation_first_fee": [0.25]})
    assert low.nation_first_fee == [0.25]  # not below cost
    idle = after(pay_platforms, **{**PAID, "city_offer_flow": [0.0, 0.0]})
    assert idle.nation_first_fee == [1.0]
