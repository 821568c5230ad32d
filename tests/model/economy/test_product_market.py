"""The product market by hand: supply down the chain of tiers, demand up it; two cities, four tiers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.economy.product_market import clear_products
from tests.support.call_market import after, assert_units_do_not_matter

# Productivity is 2 and the wage 4 in city 0, both 1 in city 1; θ = 2 and half of sales pays for inputs. One
# unit of supply of tier 0 counts (2/4)² = 1/4 and 1 times, one of a later tier 2²/4 = 1 times and once, times
# the root of the supply of the tier before that reaches the city.
PRODUCTS = {
    "city_spending": [10.0, 6.0],
    "city_goods_share": [9.0] * 2,
    "city_productivity": [math.log(2.0), 0.0],
    "city_labour_wage": [4.0, 1.0],
    "city_goods_price": [9.0] * 2,
    "city_tier_supply": [8.0, 1.0, 1.0, 3.0,
                         8.0, 8 / 3, 8 / 3, 1.0],
    "city_tier_advantage": [9.0] * 8,
    "city_tier_demand": [9.0] * 8,
    "city_tier_competition": [9.0] * 8,
    "city_tier_unit_revenue": [9.0] * 8,
    "city_tier_purchase_ratio": [1.0] * 8,
    "city_tier_upstream": [9.0] * 8,
    "tier_weight_basic": [1.0] * 4,
    "pair_final_reach": [1.0, 0.25, 0.5, 1.0],
    "pair_intermediate_reach": [1.0, 0.5, 0.25, 1.0],
    "scratch_city": [9.0] * 2,
    "scratch_ratio": [9.0] * 2,
    "intermediate_share": 0.5,
    "quality_elasticity": 2.0,
    "local_services": 0.25,
}  # fmt: skip


def cleared(**changes):
    return after(clear_products, **{**PRODUCTS, **changes})


def sales(found):
    """Sales by city and tier, (C, T)."""
    return (np.array(found.city_tier_supply) * np.array(found.city_tier_unit_revenue)).reshape(2, -1)


def test_supply_counts_by_productivity_wages_and_the_goods_that_reach_the_city():
    found = cleared()
    # offered in tier 0: 8/4 = 2 and 8: 2 + 8/4 = 4 reach city 0, 2/2 + 8 = 9 city 1, whose roots are 2 and 3;
    # tiers 1 and 2 offer 1 · 2 and 8/3 · 3, so the same reaches firms; tier 3 offers 3 · 2 and 1 · 3, and
    # 6 + 3/2 and 6/4 + 3 reach people
    assert found.city_tier_advantage == pytest.approx([0.25, 2.0, 2.0, 2.0, 1.0, 3.0, 3.0, 3.0])
    assert found.city_tier_competition == pytest.approx([4.0, 4.0, 4.0, 7.5, 9.0, 9.0, 9.0, 4.5])
    # prices fall with the supply that reaches a city, by 1/θ
    assert found.city_goods_price == pytest.approx([7.5**-0.5, 4.5**-0.5])


def test_final_demand_is_shared_by_the_supply_that_reaches_it():
    found = cleared()
    # three quarters of 10 and 6 are spent on goods: just 1 for each unit that reaches the cities
    assert found.city_goods_share == [0.75, 0.75]
    assert found.city_tier_demand[3::4] == [7.5, 4.5]
    assert found.city_tier_unit_revenue[3::4] == pytest.approx([2.0 * (1.0 + 0.25), 3.0 * (0.5 + 1.0)])
    assert sales(found)[:, 3] == pytest.approx([7.5, 4.5])


def test_upstream_demand_is_a_share_of_what_a_citys_firms_sell_downstream():
    found = cleared()
    assert found.city_tier_demand[2::4] == pytest.approx([3.75, 2.25])
    # 3.75/4 and 2.25/9 for each unit that reaches the cities
    earned = [2.0 * (0.9375 + 0.5 * 0.25), 3.0 * (0.25 * 0.9375 + 0.25)]
    assert found.city_tier_unit_revenue[2::4] == pytest.approx(earned)
    sold = [1.0 * earned[0], 8 / 3 * earned[1]]  # 2.125 and 3.875
    assert found.city_tier_demand[1::4] == pytest.approx([1.0625, 1.9375])
    assert sales(found)[:, 2] == pytest.approx(sold)
    ratios = [1.0625 / 4.0, 1.9375 / 9.0]
    earned = [2.0 * (ratios[0] + 0.5 * ratios[1]), 3.0 * (0.25 * ratios[0] + ratios[1])]
    assert found.city_tier_unit_revenue[1::4] == pytest.approx(earned)
    assert found.city_tier_demand[0::4] == pytest.approx([0.5 * earned[0], 0.5 * 8 / 3 * earned[1]])


def test_progress_upstream_makes_all_goods_downstream_cheaper():
    """Four times the supply of tier 0 is twice that of tier 1, √2 times that of 2 and 2^¼ times that of 3."""
    found, plain = cleared(city_tier_supply=[32.0, 1.0, 1.0, 3.0, 32.0, 8 / 3, 8 / 3, 1.0]), cleared()
    grown = np.array(found.city_tier_competition) / np.array(plain.city_tier_competition)
    assert grown == pytest.approx([4.0, 2.0, 2.0**0.5, 2.0**0.25] * 2)
    # 4^(−s³/θ), s = ½ and θ = 2: by 8 %; who sells what stays
    assert found.city_goods_price == pytest.approx([4.0 ** (-1 / 16) * one for one in plain.city_goods_price])
    assert sales(found) == pytest.approx(sales(plain))
    # in one city alone it is worth more there than elsewhere
    here = cleared(city_tier_supply=[32.0, 1.0, 1.0, 3.0, 8.0, 8 / 3, 8 / 3, 1.0])
    fall = np.array(here.city_goods_price) / np.array(plain.city_goods_price)
    assert fall[0] < fall[1] < 1.0
    assert (sales(here) - sales(plain))[0, 3] > 0.0 > (sales(here) - sales(plain))[1, 3]


def test_who_buys_more_than_average_firms_has_more_demand_upstream():
    ratio = [7.0, 1.5, 1.0, 2.0, 7.0, 0.5, 1.0, 1.0]
    found, plain = cleared(city_tier_purchase_ratio=ratio), cleared()
    assert found.city_tier_demand[2] == pytest.approx(2.0 * plain.city_tier_demand[2])
    assert found.city_tier_demand[6] == pytest.approx(plain.city_tier_demand[6])
    # tier 0 sells to tier 1, whose ratios are 1.5 and 0.5
    sold = sales(found)[:, 1]
    assert found.city_tier_demand[0::4] == pytest.approx([0.5 * 1.5 * sold[0], 0.5 * 0.5 * sold[1]])


def test_all_demand_is_spent():
    found = cleared()
    assert sales(found).sum(0) == pytest.approx(np.array(found.city_tier_demand).reshape(2, 4).sum(0))


def test_money_that_no_goods_reach_is_not_spent_on_goods():
    alone = {"pair_final_reach": [1.0, 0.0, 0.0, 1.0]}
    found = cleared(**alone, city_tier_supply=[8.0, 1.0, 1.0, 3.0, 8.0, 8 / 3, 8 / 3, 0.0])
    assert found.city_tier_demand[3::4] == [7.5, 0.0]
    assert found.city_goods_share == [0.75, 0.0]
    # 2 · 7.5/6, and nothing where no one buys; the price stays that of the last quarter
    assert found.city_tier_unit_revenue[3::4] == pytest.approx([2.5, 0.0])
    assert found.city_goods_price == pytest.approx([6.0**-0.5, 9.0])


def test_firms_that_no_goods_of_the_tier_before_reach_buy_none():
    """Without firms in tier 0, those of tier 1 work alone: (2/4)² and 1 times, and buy nothing."""
    found = cleared(city_tier_supply=[0.0, 1.0, 1.0, 3.0, 0.0, 8 / 3, 8 / 3, 1.0])
    assert found.city_tier_upstream == [0.0, 0.0, 1.0, 1.0] * 2
    assert found.city_tier_advantage[1::4] == pytest.approx([0.25, 1.0])
    assert found.city_tier_demand[0::4] == [0.0, 0.0]
    assert sales(found).sum(0)[1:] == pytest.approx([3.0, 6.0, 12.0])


def test_without_elasticity_quality_and_cost_do_not_count():
    found = cleared(quality_elasticity=0.0, intermediate_share=0.0)
    assert found.city_tier_advantage == [1.0] * 8
    assert found.city_goods_price == [9.0, 9.0]


def test_payments_do_not_depend_on_units():
    found = assert_units_do_not_matter(clear_products, PRODUCTS, "city_spending")
    assert found.city_tier_unit_revenue == pytest.approx(
        [one / 64.0 for one in cleared().city_tier_unit_revenue]
    )
    smaller = cleared(city_tier_supply=[one / 64.0 for one in PRODUCTS["city_tier_supply"]])
    assert smaller.city_tier_demand == pytest.approx(cleared().city_tier_demand)
