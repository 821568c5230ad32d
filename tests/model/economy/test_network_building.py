"""Carriage and retail: worked numbers."""

from __future__ import annotations

import pytest

from model.economy.network_building import build_network, pay_retailers
from tests.support.call_market import after

# One city and two offers: its own centre, and a distant one from which it buys through a retailer.
SOLD = {
    "city_offer_flow": [5.0, 3.0],
    "city_offer_overhead": [1.0, 1.5],
    "city_offer_delivered_price": [1.0, 1.5 * 2.0 * 1.25],
    "city_offer_hosted": [1.0, 0.0],
    "city_offer_retailed": [0.0, 1.0],
    "city_fee_ratio": [1.0],
    "city_centre_income": [10.0],
    "city_cloud_weight": [1.0],
    "link_load": [8.0, 1.0],
    "link_capacity": [10.0, 10.0],
    "nation_carriage": [7.0],
    "nation_network_fund": [0.2],
    "nation_link_capacity": [7.0],
    "nation_retail_income": [7.0],
    "nation_receipts": [20.0],
    "nation_centre_balance": [1.0],
    "kind_cost_level": [0.5],
    "exchange": 0.0,
    "exchange_fee": 0.02,
    "carriage_fee": 0.125,
    "retail_margin": 0.125,
    "link_fill": 0.7,
    "link_cost": 1.0,
    "link_growth": 0.1,
}


def test_retailers_get_their_margin_on_what_is_bought_through_them():
    found = after(pay_retailers, **SOLD)
    assert found.nation_retail_income == [0.75]  # 3 units at 2
    assert (found.nation_receipts, found.nation_centre_balance) == ([20.75], [1.75])
    assert found.city_centre_income == [10.75]


def test_carriage_pays_for_links_that_fill_as_far_as_the_fund_reaches():
    found = after(build_network, **SOLD)
    assert found.nation_carriage == [0.75]
    # the first link would grow by 1 at a price of 0.5
    assert found.link_capacity == pytest.approx([11.0, 10.0])
    assert found.nation_network_fund == pytest.approx([0.45])
    assert found.nation_link_capacity == pytest.approx([21.0])
    poor = after(build_network, **{**SOLD, "link_cost": 19.0, "carriage_fee": 0.0, "retail_margin": 0.25})
    assert poor.nation_network_fund == pytest.approx([0.0])
    assert poor.link_capacity == pytest.approx([10.0 + 0.2 / 9.5, 10.0])


def test_the_fee_of_an_exchange_is_not_paid_on_carriage():
    price = 1.5 * 2.0 * (1.0 + 0.02 * 0.5 + 0.125)
    sold = {**SOLD, "city_offer_retailed": [0.0, 0.0], "city_offer_delivered_price": [1.0, price]}
    found = after(build_network, **{**sold, "exchange": 1.0, "city_fee_ratio": [0.5]})
    assert found.nation_carriage == pytest.approx([0.75])
