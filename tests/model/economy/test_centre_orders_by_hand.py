"""Building by hand: what is surveyed, who orders how much, what comes of an order and of a failure."""

from __future__ import annotations

import pytest

from model.economy.centre_orders import (
    close_failed,
    decide_private,
    decide_programme,
    decide_public,
    look_around,
    place_orders,
    survey_sites,
    under_construction,
)
from tests.support.call_market import after, assert_units_do_not_matter

# Three cities, two kinds. Rows of centres: working in city 0; on order there; working, and not built in the
# model, in city 1; shut there; on order in city 2, of the other kind; a free row.
CENTRES = {
    "provider_city": [0, 0, 1, 1, 2, 0],
    "provider_kind": [0, 0, 0, 1, 1, 0],
    "provider_capacity": [4.0, 2.0, 8.0, 16.0, 32.0, 0.0],
    "provider_operating": [1.0, 0.0, 1.0, 0.0, 0.0, 0.0],
    "provider_built": [1.0, 1.0, 0.0, 0.0, 1.0, 0.0],
    "kind_standard_capacity": [10.0, 20.0],
}

# ── Looking around ────────────────────────────────────────────────────────────────────────────────

AROUND = CENTRES | {
    "city_market": [2.0, 4.0, 1.0],
    "city_kind_capacity": [9.0] * 6,
    "city_kind_local_utilisation": [9.0] * 6,
    "city_kind_peer_capacity": [9.0] * 6,
    "provider_load": [3.0, 1.0, 2.0, 1.0, 1.0, 1.0],
    "city_peers": [[1, 2], [0, -1], [-1, -1]],
    "scratch_used": [9.0] * 6,
}


def test_capacity_counts_once_ordered_or_at_work():
    assert after(look_around, **AROUND).city_kind_capacity == [6.0, 0.0, 8.0, 0.0, 0.0, 32.0]


def test_use_is_that_of_centres_at_work_and_full_where_there_are_none():
    assert after(look_around, **AROUND).city_kind_local_utilisation == [0.75, 1.0, 0.25, 1.0, 1.0, 1.0]


def test_two_centres_of_a_city_are_seen_as_one():
    found = after(look_around, **{**AROUND, "provider_operating": [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]})
    assert found.city_kind_local_utilisation == pytest.approx([4 / 6, 1.0, 0.25, 1 / 16, 1.0, 1 / 32])


def test_peers_have_what_they_have_for_a_market_of_ones_size():
    found = after(look_around, **AROUND)
    # city 0 has peers 1 and 2, with 8 and 32 for a market of 5; city 1 has peer 0, with 6 for 2
    assert found.city_kind_peer_capacity == pytest.approx([8 / 5 * 2, 32 / 5 * 2, 12.0, 0.0, 0.0, 0.0])


def test_what_is_on_order():
    def ordered(c, m, remote):
        return after(under_construction, c=c, m=m, remote_access=remote, **CENTRES).returned

    assert [ordered(c, 0, 0.0) for c in range(3)] == [2.0, 0.0, 0.0]
    assert [ordered(c, 1, 0.0) for c in range(3)] == [0.0, 0.0, 32.0]
    # one that sells everywhere counts everywhere
    assert [ordered(c, 1, 1.0) for c in range(3)] == [32.0] * 3


# ── Surveying sites ───────────────────────────────────────────────────────────────────────────────

# Two cities 100 ms apart, two kinds; the first has batch work and work that must be answered within 10 ms.
SITES = {
    "city_kind_site_demand": [9.0] * 4,
    "city_kind_site_price": [9.0] * 4,
    "city_kind_site_unit_cost": [9.0] * 4,
    "city_kind_site_grant": [9.0] * 4,
    "city_electricity_price": [0.5, 0.25],
    "city_hub": [0.0, 1.0],
    "city_service_demand": [10.0, 6.0, 4.0, 8.0, 2.0, 5.0],
    "city_service_cloud_share": [0.5, 1.0, 0.75, 0.25, 0.5, 1.0],
    "city_kind_price": [3.0, 1.0, 4.5, 1.5],
    "service_kind": [0, 0, 1],
    "service_latency_penalty": [0.1, 0.2, 0.0],
    "service_latency_limit": [1e9, 10.0, 1e9],
    "kind_standard_capacity": [10.0, 20.0],
    "provider_city": [0],
    "provider_kind": [1],
    "provider_capacity": [1.0],
    "provider_operating": [0.0],
    "provider_built": [0.0],
    "site_latency": [[5.0, 100.0], [100.0, 2.0]],
    "service_cost": 0.5,
    "electricity_use": 0.8,
    "power_usage_effectiveness": 1.25,
    "interoperability_friction": 0.5,
    "remote_access": 0.0,
    "grant_rate": 0.3,
    "grants_to_hubs": 1.0,
}


def test_grants_are_for_hubs_or_for_all():
    assert after(survey_sites, **SITES).city_kind_site_grant == [0.0, 0.0, 0.3, 0.3]
    assert after(survey_sites, **{**SITES, "grants_to_hubs": 0.0}).city_kind_site_grant == [0.3] * 4


def test_a_site_costs_service_and_power():
    # 0.5 + 0.8 · 1.25 · price of power
    assert after(survey_sites, **SITES).city_kind_site_unit_cost == [1.0, 1.0, 0.75, 0.75]


def test_local_centres_count_what_the_cloud_does_in_their_city():
    found = after(survey_sites, **SITES)
    # losses 1 + 0.1 · 5/10 and 1 + 0.2 · 5/10: 5 · 1.05 + 6 · 1.1; 2 · 1.02 + 1 · 1.04
    units = [5.0 * 1.05 + 6.0 * 1.1, 2.0 * 1.02 + 1.0 * 1.04]
    assert found.city_kind_site_demand[0::2] == pytest.approx(units)
    # what the cloud's customers pay, brought back to the gate, by unit: what they pay in all is the same
    assert found.city_kind_site_price[0::2] == pytest.approx([11 * 3.0 / units[0], 3 * 4.5 / units[1]])


def test_work_that_does_not_pay_the_cost_of_the_site_is_left_to_the_cloud():
    found = after(survey_sites, **SITES)
    # the second kind costs 1 in city 0, just what is paid there; in city 1 it costs 0.75
    assert found.city_kind_site_demand[1::2] == [0.0, 5.0]
    assert found.city_kind_site_price[1::2] == [0.0, 1.5]


def test_a_centre_that_sells_everywhere_reaches_what_may_wait():
    found = after(survey_sites, **{**SITES, "remote_access": 1.0})
    # from city 1 batch work travels at a loss of 1.5 · (1 + 0.1 · 100/10) = 3, to a gate price of 4.5/3;
    # what must be answered at once stays. Back again the gate price is 3/3.
    assert found.city_kind_site_demand[0] == pytest.approx(11.85 + 2.0 * 3.0)
    assert found.city_kind_site_price[0] == pytest.approx((33.0 + 2.0 * 4.5) / (11.85 + 6.0))
    assert found.city_kind_site_demand[2] == pytest.approx(2.0 * 1.02 + 1.04 + 5.0 * 3.0)
    # the second kind loses nothing but friction: 1.5/1.5 does not pay in city 0, 1/1.5 not in city 1
    assert found.city_kind_site_demand[1::2] == [0.0, 5.0]


def test_what_is_on_order_will_take_its_share():
    ordered = {"provider_city": [1], "provider_built": [1.0]}
    found = after(survey_sites, **{**SITES, **ordered})
    assert found.city_kind_site_demand[3] == 4.0
    assert found.city_kind_site_price[3] == 1.5
    found = after(survey_sites, **{**SITES, **ordered, "provider_capacity": [6.0]})
    assert found.city_kind_site_demand[3] == 0.0


# ── Who orders ────────────────────────────────────────────────────────────────────────────────────

PUBLIC = {
    "city_hub": [1.0, 0.0, 0.0],
    "city_building_fund": [100.0, 3.0, 100.0],
    "city_kind_wish": [5.0, 16.0, 8.0, 4.0, 1.0, 1.0],
    "city_kind_site_grant": [0.5, 0.5, 0.25, 0.0, 0.0, 0.0],
    "city_kind_public_order": [9.0] * 6,
    "kind_standard_capacity": [10.0, 20.0],
    "nation_quarter": [8.0],
    "building_start": 8.0,
    "centre_cost": 1.0,
    "smallest_centre": 0.2,
    "hubs_only": 0.0,
}


def test_cities_order_the_kind_they_want_most_as_far_as_the_fund_goes():
    found = after(decide_public, **PUBLIC)
    # 0.8 of a standard centre beats 0.5; city 1 pays three quarters of 10 for one: 3 buy 0.4; city 2 wants
    # less than the smallest
    assert found.city_kind_public_order == pytest.approx([0.0, 16.0, 4.0, 0.0, 0.0, 0.0])


def test_no_city_orders_more_than_a_standard_centre():
    found = after(decide_public, **{**PUBLIC, "city_kind_wish": [5.0, 90.0, 0.0, 0.0, 0.0, 0.0]})
    assert found.city_kind_public_order == [0.0, 20.0, 0.0, 0.0, 0.0, 0.0]


def test_a_fund_that_does_not_pay_the_smallest_centre_waits():
    # 0.2 of 10 costs 1.5
    assert (
        after(decide_public, **{**PUBLIC, "city_building_fund": [0.0, 1.5, 0.0]}).city_kind_public_order[2]
        == 2.0
    )
    assert (
        after(decide_public, **{**PUBLIC, "city_building_fund": [0.0, 1.4, 0.0]}).city_kind_public_order[2]
        == 0.0
    )


def test_the_smallest_wish_that_counts():
    wish = [2.0, 0.0, 1.9, 0.0, 0.0, 4.0]
    found = after(decide_public, **{**PUBLIC, "city_kind_wish": wish})
    assert found.city_kind_public_order == [2.0, 0.0, 0.0, 0.0, 0.0, 4.0]


def test_kinds_that_nobody_makes_are_not_ordered():
    found = after(decide_public, **{**PUBLIC, "kind_standard_capacity": [0.0, 20.0]})
    assert found.city_kind_public_order[0::2] == [0.0, 0.0, 0.0]


def test_nobody_orders_before_the_day_and_where_hubs_alone_may_only_they():
    assert after(decide_public, **{**PUBLIC, "nation_quarter": [7.0]}).city_kind_public_order == [0.0] * 6
    found = after(decide_public, **{**PUBLIC, "hubs_only": 1.0})
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
        (3.0, [4.0, 20.0, 8.0, 10.0, 4.0, 0.0]),  # nobody below the hurdle
        (9.0, [4.0, 20.0, 8.0, 10.0, 4.0, 0.0]),
    ],
)
def test_providers_enter_where_they_expect_to_earn_most(entrants, expected):
    found = after(decide_private, **{**PRIVATE, "entrants_a_year": entrants})
    assert found.city_kind_private_order == expected


def test_sites_for_less_than_the_smallest_centre_are_left_alone():
    found = after(decide_private, **{**PRIVATE, "city_kind_site_capacity": [4.0, 4.0, 8.0, 3.9, 1.9, 20.0],
                                     "entrants_a_year": 3.0})  # fmt: skip
    assert found.city_kind_private_order == [4.0, 4.0, 8.0, 0.0, 0.0, 0.0]


def test_just_the_hurdle_is_not_worth_it():
    found = after(decide_private, **{**PRIVATE, "city_kind_site_return": [0.1] * 6, "entrants_a_year": 3.0})
    assert found.city_kind_private_order == [0.0] * 6


def test_no_provider_enters_before_the_day_and_where_hubs_alone_may_only_there():
    assert after(decide_private, **{**PRIVATE, "nation_quarter": [7.0]}).city_kind_private_order == [0.0] * 6
    found = after(decide_private, **{**PRIVATE, "hubs_only": 1.0, "entrants_a_year": 2.0})
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
    return after(decide_programme, **{**PROGRAMME, **changes}).city_kind_programme_order


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


# ── Orders and failures ───────────────────────────────────────────────────────────────────────────

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
    "kind_standard_capacity": [1.0, 1.0],
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


def test_a_failed_centre_leaves_a_free_row():
    names = ("operating", "opens", "taken", "built", "capacity", "equity", "load", "utilisation")
    given = {f"provider_{name}": [5.0, 6.0, 7.0] for name in names}
    found = after(close_failed, provider_failing=[0.0, 1.0, 0.0], nation_failures=[9.0], **given)
    for name in names:
        assert getattr(found, f"provider_{name}") == [5.0, 1e9 if name == "opens" else 0.0, 7.0], name
    assert found.provider_failing == [0.0, 0.0, 0.0]
    assert found.nation_failures == [1.0]
    both = after(close_failed, provider_failing=[1.0, 0.0, 1.0], nation_failures=[9.0], **given)
    assert both.nation_failures == [2.0]


# ── Units ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("market", "given", "units"),
    [
        (look_around, AROUND, ["provider_capacity", "provider_load"]),
        (look_around, AROUND, ["city_market"]),
        (survey_sites, SITES, ["city_service_demand", "provider_capacity"]),
        (
            survey_sites, {**SITES, "remote_access": 1.0, "provider_built": [1.0]},
            ["city_service_demand", "provider_capacity"],
        ),
        (decide_public, PUBLIC, ["city_kind_wish", "kind_standard_capacity", "city_building_fund"]),
        (
            decide_private, {**PRIVATE, "entrants_a_year": 3.0},
            ["city_kind_site_capacity", "kind_standard_capacity"],
        ),
        (decide_programme, PROGRAMME, ["city_service_demand", "kind_standard_capacity", "provider_capacity"]),
        (
            place_orders, {**ORDERS, "nation_grants": [0.0]},
            ["city_kind_programme_order", "city_kind_public_order", "city_kind_private_order",
             "city_building_fund"],
        ),
    ],
)  # fmt: skip
def test_decisions_do_not_depend_on_the_unit_of_compute_or_money(market, given, units):
    assert_units_do_not_matter(market, given, *units)


def test_only_the_city_itself_needs_no_link():
    """Work of city 0 that must be answered at once is out of reach of city 1, and the other way round."""
    both = {"city_service_demand": [0.0, 6.0, 0.0, 0.0, 2.0, 0.0], "remote_access": 1.0}
    dear = {"city_kind_price": [30.0, 1.0, 45.0, 1.5]}
    found = after(survey_sites, **{**SITES, **both, **dear})
    assert found.city_kind_site_demand[0::2] == pytest.approx([6.0 * 1.1, 1.0 * 1.04])
    # a limit of just the 100 ms between them: at a loss of 1.5 · (1 + 0.2 · 10) each reaches the other
    found = after(survey_sites, **{**SITES, **both, **dear, "service_latency_limit": [1e9, 100.0, 1e9]})
    assert found.city_kind_site_demand[0::2] == pytest.approx([6.6 + 1.0 * 4.5, 1.04 + 6.0 * 4.5])
