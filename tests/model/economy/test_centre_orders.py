"""Orders of centres, and the centres that they become: worked numbers."""

from __future__ import annotations

import pytest

from model.economy.centre_orders import (
    order_private_centres,
    order_programme_centres,
    order_public_centres,
    place_orders,
)
from tests.support.call_market import after, assert_units_do_not_matter

PUBLIC = {
    "city_hub": [1.0, 0.0, 0.0],
    "city_building_fund": [100.0, 3.0, 100.0],
    "city_kind_wish": [5.0, 16.0, 8.0, 4.0, 1.0, 1.0],
    "city_kind_site_grant": [0.5, 0.5, 0.25, 0.0, 0.0, 0.0],
    "city_kind_public_order": [9.0] * 6,
    "kind_standard_capacity": [10.0, 20.0],
    "kind_cost_level": [1.0, 1.0],
    "nation_building_price": [1.0],
    "nation_city_credit": [0.0],
    "nation_quarter": [8.0],
    "building_start": 8.0,
    "centre_cost": 1.0,
    "smallest_centre": 0.2,
    "hubs_only": 0.0,
}


def test_cities_order_the_kind_they_want_most_as_far_as_the_fund_goes():
    found = after(order_public_centres, **PUBLIC)
    # 0.8 of a standard centre beats 0.5; city 1 pays three quarters of 10 for one: 3 buy 0.4; city 2 wants
    # less than the smallest
    assert found.city_kind_public_order == pytest.approx([0.0, 16.0, 4.0, 0.0, 0.0, 0.0])


def test_no_city_orders_more_than_a_standard_centre():
    found = after(order_public_centres, **{**PUBLIC, "city_kind_wish": [5.0, 90.0, 0.0, 0.0, 0.0, 0.0]})
    assert found.city_kind_public_order == [0.0, 20.0, 0.0, 0.0, 0.0, 0.0]


def test_a_fund_that_does_not_pay_the_smallest_centre_waits():
    # 0.2 of 10 costs 1.5
    assert (
        after(
            order_public_centres, **{**PUBLIC, "city_building_fund": [0.0, 1.5, 0.0]}
        ).city_kind_public_order[2]
        == 2.0
    )
    assert (
        after(
            order_public_centres, **{**PUBLIC, "city_building_fund": [0.0, 1.4, 0.0]}
        ).city_kind_public_order[2]
        == 0.0
    )


def test_progress_lets_the_fund_pay_more():
    # at half the cost 1.5 buys as much as 3 did: 0.4 of a standard centre; city 0 still pays all it wants
    given = {**PUBLIC, "city_building_fund": [100.0, 1.5, 100.0], "kind_cost_level": [0.5, 0.25]}
    found = after(order_public_centres, **given)
    assert found.city_kind_public_order == pytest.approx([0.0, 16.0, 4.0, 0.0, 0.0, 0.0])


def test_the_smallest_wish_that_counts():
    wish = [2.0, 0.0, 1.9, 0.0, 0.0, 4.0]
    found = after(order_public_centres, **{**PUBLIC, "city_kind_wish": wish})
    assert found.city_kind_public_order == [2.0, 0.0, 0.0, 0.0, 0.0, 4.0]


def test_kinds_that_are_not_made_are_not_ordered():
    found = after(order_public_centres, **{**PUBLIC, "kind_standard_capacity": [0.0, 20.0]})
    assert found.city_kind_public_order[0::2] == [0.0, 0.0, 0.0]


def test_no_order_comes_before_the_day_and_none_outside_hubs_if_they_alone_may():
    assert (
        after(order_public_centres, **{**PUBLIC, "nation_quarter": [7.0]}).city_kind_public_order == [0.0] * 6
    )
    found = after(order_public_centres, **{**PUBLIC, "hubs_only": 1.0})
    assert found.city_kind_public_order == [0.0, 16.0, 0.0, 0.0, 0.0, 0.0]


PRIVATE = {
    "city_hub": [0.0, 1.0, 0.0],
    "city_kind_site_return": [0.3, 0.2, 0.25, 0.2, 0.3, 0.05],
    "city_kind_site_capacity": [4.0, 20.0, 8.0, 10.0, 4.0, 20.0],
    "city_kind_private_order": [9.0] * 6,
    "kind_standard_capacity": [10.0, 20.0],
    "nation_quarter": [8.0],
    "building_start": 8.0,
    "smallest_centre": 0.2,
    "entry_hurdle": 0.1,
    "entrants_a_year": 1.0,
    "hubs_only": 0.0,
}


@pytest.mark.parametrize(
    ("entrants", "expected"),
    [
        (0.0, [0.0] * 6),
        # profits beyond the hurdle: 0.8, 1.2, 0.8 and 2, 1, below 0
        (1.0, [0.0, 20.0, 8.0, 0.0, 0.0, 0.0]),
        (2.0, [4.0, 20.0, 8.0, 10.0, 0.0, 0.0]),  # equal prospects in the order of cities
        (3.0, [4.0, 20.0, 8.0, 10.0, 4.0, 0.0]),  # none below the hurdle
        (9.0, [4.0, 20.0, 8.0, 10.0, 4.0, 0.0]),
    ],
)
def test_providers_enter_where_they_expect_to_earn_most(entrants, expected):
    found = after(order_private_centres, **{**PRIVATE, "entrants_a_year": entrants})
    assert found.city_kind_private_order == expected


def test_sites_for_less_than_the_smallest_centre_are_left_alone():
    small = {"city_kind_site_capacity": [4.0, 4.0, 8.0, 3.9, 1.9, 20.0], "entrants_a_year": 3.0}
    found = after(order_private_centres, **{**PRIVATE, **small})
    assert found.city_kind_private_order == [4.0, 4.0, 8.0, 0.0, 0.0, 0.0]


def test_just_the_hurdle_is_not_worth_it():
    found = after(
        order_private_centres, **{**PRIVATE, "city_kind_site_return": [0.1] * 6, "entrants_a_year": 3.0}
    )
    assert found.city_kind_private_order == [0.0] * 6


def test_no_provider_enters_before_the_day_and_where_hubs_alone_may_only_there():
    assert (
        after(order_private_centres, **{**PRIVATE, "nation_quarter": [7.0]}).city_kind_private_order
        == [0.0] * 6
    )
    found = after(order_private_centres, **{**PRIVATE, "hubs_only": 1.0, "entrants_a_year": 2.0})
    assert found.city_kind_private_order == [0.0, 0.0, 8.0, 10.0, 0.0, 0.0]


# Four cities, of which the last three are hubs; two of these have the cheapest power. Two kinds.
PROGRAMME = {
    "city_hub": [0.0, 1.0, 1.0, 1.0],
    "city_electricity_price": [0.1, 0.5, 0.25, 0.25],
    "city_service_demand": [8.0, 9.0, 4.0, 0.0, 9.0, 0.0, 4.0, 9.0, 8.0, 0.0, 9.0, 0.0],
    "city_service_cloud_share": [0.5, 1.0, 0.5, 1.0, 1.0, 1.0, 0.25, 1.0, 0.5, 1.0, 1.0, 1.0],
    "city_kind_programme_order": [9.0] * 8,
    "service_kind": [0, 0, 1],
    "service_real_time": [0.0, 1.0, 0.0],
    "kind_standard_capacity": [10.0, 20.0],
    "provider_city": [2, 0, 2, 3],
    "provider_kind": [0, 0, 0, 1],
    "provider_capacity": [1.0, 2.0, 4.0, 4.0],
    "provider_operating": [0.0, 0.0, 1.0, 0.0],
    "provider_built": [1.0, 1.0, 1.0, 0.0],
    "nation_quarter": [8.0],
    "building_start": 8.0,
    "smallest_centre": 0.1,
    "target_utilisation": 0.5,
    "programme_share": 0.5,
}


def programme(**changes):
    return after(order_programme_centres, **{**PROGRAMME, **changes}).city_kind_programme_order


def test_the_state_orders_where_power_is_cheapest_what_work_may_wait():
    # batch work of kind 0 in the cloud: 4 + 1 = 5, half of it at half load: 5, less 1 on order in a hub: 2
    # each; of kind 1: 2 + 4 = 6, so 3 each
    assert programme() == pytest.approx([0.0, 0.0, 0.0, 0.0, 2.0, 3.0, 2.0, 3.0])


def test_power_just_as_cheap_elsewhere_is_no_hub():
    assert programme(city_electricity_price=[0.25, 0.5, 0.25, 0.3])[:6] == pytest.approx([0] * 4 + [4.0, 6.0])


def test_the_first_hub_may_be_the_cheapest():
    assert programme(city_electricity_price=[0.1, 0.2, 0.25, 0.25]) == pytest.approx(
        [0.0, 0.0, 4.0, 6.0, 0.0, 0.0, 0.0, 0.0]
    )


def test_at_most_one_standard_centre_a_hub():
    assert programme(kind_standard_capacity=[1.5, 2.5])[4:] == pytest.approx([1.5, 2.5, 1.5, 2.5])


def test_less_than_the_smallest_centre_is_not_ordered():
    assert programme(smallest_centre=0.2)[4:] == pytest.approx([2.0, 0.0, 2.0, 0.0])
    assert programme(smallest_centre=0.0, programme_share=0.0) == [0.0] * 8


def test_no_programme_before_the_day_or_without_hubs():
    assert programme(nation_quarter=[7.0]) == [0.0] * 8
    assert programme(city_hub=[0.0] * 4) == [0.0] * 8


# Two cities of different provinces; rows 0 and 2 are taken. One kind more than the orders are of.
ORDERS = {
    "city_building_fund": [50.0, 60.0],
    "city_electricity_price": [0.5, 0.25],
    "city_green_share": [0.125, 0.75],
    "city_province": [0, 1],
    "city_kind_programme_order": [0.0, 0.0, 0.0, 8.0],
    "city_kind_public_order": [0.0, 4.0, 0.0, 0.0],
    "city_kind_private_order": [2.0, 0.0, 0.0, 0.0],
    "city_kind_site_grant": [0.25, 0.5, 0.9, 0.9],
    "city_offer_latency": [9.0] * 20,
    "city_offer_hosted": [9.0] * 20,
    "city_offer_local": [9.0] * 20,
    "offer_service": [9] * 10,
    "service_kind": [0, 0, 1, 1],
    "kind_standard_capacity": [1.0, 4.0],
    "kind_cost_level": [1.0, 1.0],
    "provider_size": [9.0] * 5,
    "provider_city": [9] * 5,
    "provider_kind": [9] * 5,
    "provider_site": [9] * 5,
    "provider_opens": [9.0] * 5,
    "provider_capacity": [9.0] * 5,
    "provider_public": [9.0] * 5,
    "provider_taken": [1.0, 0.0, 1.0, 0.0, 0.0],
    "provider_built": [9.0] * 5,
    "provider_cost": [9.0] * 5,
    "provider_electricity_price": [9.0] * 5,
    "provider_green_share": [9.0] * 5,
    "site_latency": [[1.0, 30.0], [20.0, 2.0]],
    "nation_quarter": [8.0],
    "nation_building_price": [1.0],
    "nation_city_credit": [0.0],
    "nation_building_wait": [0.0],
    "nation_grants": [100.0],
    "building_lag": 4.0,
    "centre_cost": 2.0,
}


def test_orders_become_centres_in_free_rows_the_states_first():
    found = after(place_orders, **ORDERS)
    assert found.provider_city == [9, 1, 9, 0, 0]
    assert found.provider_kind == [9, 1, 9, 1, 0]
    assert found.provider_site == found.provider_city
    assert found.provider_capacity == [9.0, 8.0, 9.0, 4.0, 2.0]
    # 8 and 4 of the second kind, 2 of the first, relative to standard centres of 4 and 1
    assert found.provider_size == [9.0, 2.0, 9.0, 1.0, 2.0]
    assert found.provider_opens == [9.0, 12.0, 9.0, 12.0, 12.0]
    assert found.provider_public == [9.0, 1.0, 9.0, 1.0, 0.0]
    assert found.provider_taken == [1.0] * 5
    assert found.provider_built == [9.0, 1.0, 9.0, 1.0, 1.0]
    assert found.provider_electricity_price == [9.0, 0.25, 9.0, 0.5, 0.5]
    assert found.provider_green_share == [9.0, 0.75, 9.0, 0.125, 0.125]


def test_owner_and_state_pay_their_parts():
    found = after(place_orders, **ORDERS)
    # the state's own costs 16, all of it the state's; the city's 8, half of it a grant; the provider's
    # 4, a quarter
    assert found.provider_cost == [9.0, 16.0, 9.0, 4.0, 3.0]
    assert found.nation_grants == [100.0 + 16.0 + 4.0 + 1.0]
    assert found.city_building_fund == [46.0, 60.0]


def test_a_centre_costs_what_its_kind_costs_by_now():
    found = after(place_orders, **{**ORDERS, "kind_cost_level": [0.5, 0.25]})
    # a quarter of 16 and of 8, half of which is a grant; half of 4, less a quarter
    assert found.provider_cost == [9.0, 4.0, 9.0, 1.0, 1.5]
    assert found.city_building_fund == [49.0, 60.0]


def test_cities_are_told_of_new_offers():
    found = after(place_orders, **ORDERS)
    assert found.offer_service == [9, 9, 2, 3, 9, 9, 2, 3, 0, 1]
    # by offers: the state's centre stands in city 1, the other two in city 0
    assert found.city_offer_latency == [9, 9, 20, 20, 9, 9, 1, 1, 1, 1, 9, 9, 2, 2, 9, 9, 30, 30, 30, 30]
    assert found.city_offer_hosted == [9, 9, 0, 0, 9, 9, 1, 1, 1, 1, 9, 9, 1, 1, 9, 9, 0, 0, 0, 0]
    assert found.city_offer_local == found.city_offer_hosted
    same = after(place_orders, **{**ORDERS, "city_province": [3, 3]})
    assert same.city_offer_local == [9, 9, 1, 1, 9, 9, 1, 1, 1, 1] * 2


def test_orders_wait_for_nothing_where_no_row_is_free():
    found = after(place_orders, **{**ORDERS, "provider_taken": [1.0, 1.0, 1.0, 0.0, 1.0]})
    assert found.provider_capacity == [9.0, 9.0, 9.0, 8.0, 9.0]
    assert found.city_building_fund == [50.0, 60.0]
    assert found.nation_grants == [116.0]


@pytest.mark.parametrize(
    ("market", "given", "units"),
    [
        (order_public_centres, PUBLIC, ["city_kind_wish", "kind_standard_capacity", "city_building_fund"]),
        (
            order_private_centres,
            {**PRIVATE, "entrants_a_year": 3.0},
            ["city_kind_site_capacity", "kind_standard_capacity"],
        ),
        (
            order_programme_centres,
            PROGRAMME,
            ["city_service_demand", "kind_standard_capacity", "provider_capacity"],
        ),
        (
            place_orders,
            {**ORDERS, "nation_grants": [0.0]},
            [
                "city_kind_programme_order",
                "city_kind_public_order",
                "city_kind_private_order",
                "city_building_fund",
            ],
        ),
    ],
)
def test_orders_do_not_depend_on_the_unit_of_compute_or_money(market, given, units):
    assert_units_do_not_matter(market, given, *units)
