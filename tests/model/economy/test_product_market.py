"""The product market: worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from model.economy.product_market import clear_products
from tests.support.call_market import after, assert_units_do_not_matter

# Two cities, three tiers (0 upstream). Half of a supply reaches the other city's firms, a quarter its people.
PRODUCTS = {
    "city_market": [6.0, 3.0],
    "city_tier_supply": [1.0, 2.0, 4.0,
                         3.0, 1.0, 8.0],
    "city_tier_demand": [9.0] * 6,
    "city_tier_competition": [9.0] * 6,
    "city_tier_unit_revenue": [9.0] * 6,
    "city_tier_purchase_ratio": [1.0] * 6,
    "tier_weight_basic": [1.0] * 3,
    "pair_final_reach": [1.0, 0.25, 0.5, 1.0],
    "pair_intermediate_reach": [1.0, 0.5, 0.5, 1.0],
    "scratch_city": [9.0] * 2,
    "scratch_ratio": [9.0] * 2,
    "intermediate_share": 0.5,
    "market_size_elasticity": 0.0,
}  # fmt: skip


def test_final_demand_is_shared_by_the_supply_that_reaches_it():
    found = after(clear_products, **PRODUCTS)
    # 4 + 0.5 · 8 and 0.25 · 4 + 8 meet demand of 6 and 3
    assert found.city_tier_competition[2::3] == [8.0, 9.0]
    assert found.city_tier_demand[2::3] == [6.0, 3.0]
    # 6/8 + 0.25 · 3/9; 0.5 · 6/8 + 3/9
    assert found.city_tier_unit_revenue[2::3] == pytest.approx([0.75 + 0.25 / 3.0, 0.375 + 1.0 / 3.0])


def test_upstream_demand_is_a_share_of_what_a_citys_firms_sell_downstream():
    found = after(clear_products, **PRODUCTS)
    sales = [4.0 * (0.75 + 0.25 / 3.0), 8.0 * (0.375 + 1.0 / 3.0)]
    assert found.city_tier_demand[1::3] == pytest.approx([0.5 * one for one in sales])
    # tier 1: 2 + 0.5 · 1 and 0.5 · 2 + 1 reach the two
    assert found.city_tier_competition[1::3] == [2.5, 2.0]
    ratios = [0.5 * sales[0] / 2.5, 0.5 * sales[1] / 2.0]
    earned = [ratios[0] + 0.5 * ratios[1], 0.5 * ratios[0] + ratios[1]]
    assert found.city_tier_unit_revenue[1::3] == pytest.approx(earned)
    assert found.city_tier_demand[0::3] == pytest.approx([0.5 * 2.0 * earned[0], 0.5 * 1.0 * earned[1]])


def test_who_buys_more_than_average_firms_has_more_demand_upstream():
    ratio = [7.0, 1.5, 2.0, 7.0, 0.5, 1.0]
    found = after(clear_products, **{**PRODUCTS, "city_tier_purchase_ratio": ratio})
    plain = after(clear_products, **PRODUCTS)
    assert found.city_tier_demand[1] == pytest.approx(2.0 * plain.city_tier_demand[1])
    assert found.city_tier_demand[4] == pytest.approx(plain.city_tier_demand[4])
    # tier 0 sells to tier 1, whose ratios are 1.5 and 0.5
    sold = [2.0 * found.city_tier_unit_revenue[1], 1.0 * found.city_tier_unit_revenue[4]]
    assert found.city_tier_demand[0::3] == pytest.approx([0.5 * 1.5 * sold[0], 0.5 * 0.5 * sold[1]])


def test_all_demand_is_spent():
    found = after(clear_products, **PRODUCTS)
    supply, revenue = np.array(found.city_tier_supply), np.array(found.city_tier_unit_revenue)
    demand = np.array(found.city_tier_demand).reshape(2, 3).sum(0)
    assert (supply * revenue).reshape(2, 3).sum(0) == pytest.approx(demand)


def test_more_supply_within_reach_enlarges_the_market():
    found = after(clear_products, **{**PRODUCTS, "market_size_elasticity": 2.0})
    # (8 / 8.5)² · 6 and (9 / 8.5)² · 3: the mean is 8.5
    assert found.city_tier_demand[2::3] == pytest.approx([6.0 * (8 / 8.5) ** 2, 3.0 * (9 / 8.5) ** 2])


def test_demand_that_no_supply_reaches_is_not_spent():
    alone = {"pair_final_reach": [1.0, 0.0, 0.0, 1.0], "city_tier_supply": [1.0, 2.0, 4.0, 3.0, 1.0, 0.0]}
    found = after(clear_products, **{**PRODUCTS, **alone})
    assert found.city_tier_demand[2::3] == [6.0, 0.0]
    assert found.city_tier_unit_revenue[2::3] == [1.5, 0.0]


def test_payments_do_not_depend_on_units():
    supply = {**PRODUCTS, "market_size_elasticity": 0.5}
    found = assert_units_do_not_matter(clear_products, supply, "city_tier_supply")
    assert found.city_tier_demand == pytest.approx(after(clear_products, **supply).city_tier_demand)
    money = assert_units_do_not_matter(clear_products, supply, "city_market")
    assert money.city_tier_unit_revenue == pytest.approx(
        [one / 64.0 for one in after(clear_products, **supply).city_tier_unit_revenue]
    )
