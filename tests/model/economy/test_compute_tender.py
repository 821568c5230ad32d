"""The tender for compute: who gets what at which price, and what is left to the cloud; worked numbers."""

from __future__ import annotations

import pytest

from model.economy.compute_tender import award_tender, can_take, open_tender, price_contracts
from tests.support.call_market import after, assert_units_do_not_matter

# Two cities; services of basic, intelligent and super compute. Centre 1 is dedicated to tier 1, centre 3 to
# tier 0; centre 2 is not open yet; centre 4 has signed more than it can keep.
CONTRACTS = {
    "city_offer_share": [0.4, 0.8, 0.2, 0.0, 0.0, 0.2,
                         0.2, 0.4, 0.0, 0.0, 0.0, 0.4],
    "city_offer_suitable": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0,
                            1.0, 1.0, 0.0, 1.0, 1.0, 1.0],
    "city_offer_overhead": [1.0, 1.25, 1.0, 1.0, 1.0, 1.0,
                            1.5, 1.0, 2.0, 1.0, 1.0, 1.0],
    "city_offer_tender_price": [0.8, 0.8, 0.8, 0.8, 0.8, 0.8,
                                0.7, 0.7, 0.7, 0.7, 0.7, 0.7],
    "city_service_cloud_delivered_price": [0.8, 0.9, 1.0, 0.7, 0.9, 1.0],
    "offer_provider": [0, 1, 2, 3, 3, 4],
    "offer_service": [0, 1, 2, 0, 2, 1],
    "service_kind": [0, 1, 2],
    "provider_operating": [1.0, 1.0, 0.0, 1.0, 1.0],
    "provider_capacity": [10.0, 4.0, 8.0, 5.0, 1.0],
    "provider_peak_ratio": [1.0] * 5,
    "provider_dedicated": [0.0, 1.0, 0.0, 1.0, 0.0],
    "provider_industry": [0, 1, 0, 0, 0],
    "city_tier_part_basic": [0.3, 0.7, 0.6, 0.4],
    "city_tier_part_intelligent": [0.5, 0.5, 0.9, 0.1],
    "city_tier_part_super": [0.2, 0.8, 0.25, 0.75],
    "tier_weight_basic": [1.0, 1.0],
    "city_service_demand": [4.0, 2.0, 1.0, 6.0, 3.0, 2.0],
    "city_service_cloud_share": [0.6, 0.0, 0.8, 0.8, 0.2, 1.0],
    "city_service_tender": [9.0] * 6,
    "scratch_free": [9.0] * 5,
    "scratch_room": [9.0] * 12,
    "provider_opens": [0.0, 0.0, 1e9, 0.0, 3.0],
    "nation_quarter": [4.0],
    "tender_rate": 0.25,
    "maximum_load": 0.9,
}  # fmt: skip


def test_a_centre_with_a_peak_signs_no_more_than_it_can_do_then():
    usual = after(open_tender, **CONTRACTS)
    peaks = after(open_tender, **{**CONTRACTS, "provider_peak_ratio": [2.0, 1.0, 1.0, 1.0, 1.0]})
    # half of 0.9 · 10 less
    assert peaks.scratch_free[0] == pytest.approx(usual.scratch_free[0] - 4.5)
    assert peaks.scratch_free[1:] == usual.scratch_free[1:]


def test_a_quarter_of_all_contracts_runs_out():
    found = after(open_tender, **CONTRACTS)
    # three quarters of each; but a dedicated centre keeps no more than its tier's part: 0.5 and 0.1 of what
    # the cities use; and one that is not open keeps nothing
    assert found.city_offer_share == pytest.approx(
        [0.3, 0.5, 0.0, 0.0, 0.0, 0.15,
         0.15, 0.1, 0.0, 0.0, 0.0, 0.3]
    )  # fmt: skip
    assert found.city_service_cloud_share == pytest.approx([0.45, 0.0, 0.6, 0.6, 0.15, 0.75])
    # 1 − 0.45 − 0.3; 1 − 0.5 − 0.15; 1 − 0.6; 1 − 0.6 − 0.15; 1 − 0.15 − 0.1 − 0.3; 1 − 0.75
    assert found.city_service_tender == pytest.approx([0.25, 0.35, 0.4, 0.25, 0.45, 0.25])


def test_a_centre_that_opens_now_does_not_continue_the_contracts_of_the_last_in_its_row():
    found = after(open_tender, **{**CONTRACTS, "nation_quarter": [3.0]})
    assert found.city_offer_share[5::6] == [0.0, 0.0]  # centre 4 opens in quarter 3
    assert found.city_service_tender == pytest.approx([0.25, 0.5, 0.4, 0.25, 0.75, 0.25])


def test_a_contract_that_is_dearer_than_the_cloud_ends_and_one_as_dear_runs_on():
    """All of city 0's contracts for service 0 cost 0.8, and all of city 1's for service 1 cost 0.9."""
    dear = [0.81, 0.8, 0.8, 0.8, 0.8, 0.8,
            0.7, 0.91, 0.7, 0.7, 0.7, 0.9]  # fmt: skip
    found = after(open_tender, **{**CONTRACTS, "city_offer_tender_price": dear})
    assert found.city_offer_share == pytest.approx(
        [0.0, 0.5, 0.0, 0.0, 0.0, 0.15,
         0.15, 0.0, 0.0, 0.0, 0.0, 0.3]
    )  # fmt: skip
    # the whole of it is tendered: 1 − 0.45; 1 − 0.15 − 0.3; capacity is free again: 9 − 0.15 · 6 · 1.5
    assert found.city_service_tender == pytest.approx([0.55, 0.35, 0.4, 0.25, 0.55, 0.25])
    assert found.scratch_free == pytest.approx([7.65, 2.35, 0.0, 4.5, 0.0])
    assert found.scratch_room[0] == 1.0


def test_room_is_what_a_centre_may_do_less_what_it_does():
    found = after(open_tender, **CONTRACTS)
    # centre 3 is dedicated to tier 0: its part of basic and of super compute
    assert found.scratch_room == pytest.approx(
        [0.7, 0.0, 0.0, 0.3, 0.2, 0.85,
         0.85, 0.0, 0.0, 0.6, 0.25, 0.7]
    )  # fmt: skip


def test_capacity_is_free_once_kept_contracts_are_honoured():
    found = after(open_tender, **CONTRACTS)
    # 0.9 · 10 − 0.3 · 4 − 0.15 · 6 · 1.5; 0.9 · 4 − 0.5 · 2 · 1.25 − 0.1 · 3; closed; 0.9 · 5;
    # 0.9 · 1 − 0.15 · 2 − 0.3 · 3 is below zero
    assert found.scratch_free == pytest.approx([6.45, 2.05, 0.0, 4.5, 0.0])


def test_nothing_runs_out_at_a_rate_of_zero_and_all_at_one():
    kept = after(open_tender, **{**CONTRACTS, "tender_rate": 0.0, "provider_dedicated": [0.0] * 5})
    assert kept.city_offer_share[:2] == [0.4, 0.8]
    assert kept.city_service_cloud_share == CONTRACTS["city_service_cloud_share"]
    gone = after(open_tender, **{**CONTRACTS, "tender_rate": 1.0})
    assert gone.city_offer_share == [0.0] * 12
    assert gone.city_service_tender == [1.0] * 6


def test_who_can_take_work():
    assert can_take(1.0, 0.5, 0.0, 1.0)
    assert not can_take(0.0, 0.5, 0.0, 1.0)  # full
    assert not can_take(1.0, 0.0, 0.0, 1.0)  # does all that it may
    assert not can_take(1.0, 0.5, 0.0, 0.99)  # the route was full
    assert can_take(1.0, 0.5, 1.0, 0.0)  # in one's own walls no route is needed


def tender(cities=2, services=1, **changes):
    """Two cities with all their use of one service up for tender; offers at 0.5 and 0.8, the cloud at 1."""
    offers = len(changes.get("offer_provider", [0, 1]))
    providers = len(changes.get("scratch_free", [100.0, 100.0]))
    given = {
        "city_offer_tender_price": [0.5, 0.8] * cities,
        "city_offer_overhead": [1.0] * (cities * offers),
        "city_offer_share": [0.0] * (cities * offers),
        "city_offer_hosted": [0.0] * (cities * offers),
        "offer_provider": [0, 1],
        "offer_service": [0] * offers,
        "service_kind": list(range(services)),
        "provider_site": list(range(providers)),
        "city_service_demand": [4.0, 6.0, 2.0][:cities],
        "city_service_cloud_delivered_price": [1.0] * (cities * services),
        "city_service_tender": [1.0] * (cities * services),
        "route_carried": [[1.0] * cities] * providers,
        "scratch_free": [100.0, 100.0],
        "scratch_asked": [7.0] * providers,
        "scratch_best": [7.0] * services,
        "scratch_ties": [7.0] * services,
        "scratch_room": [1.0] * (cities * offers),
        "scratch_request": [7.0] * (cities * offers),
    }
    return after(award_tender, **{**given, **changes})


def test_all_work_goes_to_the_cheapest():
    found = tender()
    assert found.city_offer_share == [1.0, 0.0, 1.0, 0.0]
    assert found.city_service_tender == [0.0, 0.0]
    assert found.scratch_free == [90.0, 100.0]


def test_a_centre_asked_for_too_much_grants_all_the_same_part_and_the_rest_goes_to_the_next():
    # asked: 4 + 6 · 1.5 = 13 of 5.2: 0.4 of what each asks; the second does the other 0.6 of 4 and of 6
    found = tender(city_offer_overhead=[1.0, 1.0, 1.5, 2.0], scratch_free=[5.2, 100.0])
    assert found.city_offer_share == pytest.approx([0.4, 0.6, 0.4, 0.6])
    assert found.scratch_free == pytest.approx([0.0, 100.0 - 2.4 - 3.6 * 2.0])
    assert found.city_service_tender == pytest.approx([0.0, 0.0])


def test_equally_cheap_centres_get_work_in_proportion_to_free_capacity():
    found = tender(
        city_offer_tender_price=[0.5, 0.5, 0.5] * 2, offer_provider=[0, 1, 2], scratch_free=[20.0, 60.0, 0.0]
    )
    assert found.city_offer_share == pytest.approx([0.25, 0.75, 0.0] * 2)
    assert found.scratch_free == pytest.approx([17.5, 52.5, 0.0])


def test_a_dearer_offer_before_or_behind_the_cheapest_gets_nothing():
    for prices, expected in (([0.8, 0.5], [0.0, 1.0]), ([0.5, 0.8], [1.0, 0.0])):
        found = tender(city_offer_tender_price=prices * 2)
        assert found.city_offer_share == expected * 2


def test_nothing_goes_to_who_is_not_cheaper_than_the_cloud():
    found = tender(city_offer_tender_price=[1.0, 1.2, 0.99, 1.2])
    assert found.city_offer_share == [0.0, 0.0, 1.0, 0.0]
    assert found.city_service_tender == [1.0, 0.0]
    assert found.scratch_free == [94.0, 100.0]


def test_without_offers_all_stays_in_the_tender():
    found = tender(
        offer_provider=[],
        offer_service=[],
        city_offer_tender_price=[],
        city_offer_overhead=[],
        scratch_free=[],
        route_carried=[[]],
    )
    assert found.city_service_tender == [1.0, 1.0]


def test_a_centre_does_no_more_of_a_citys_work_than_suits_it():
    found = tender(scratch_room=[0.25, 1.0, 0.5, 0.125])
    assert found.city_offer_share == pytest.approx([0.25, 0.75, 0.5, 0.125])
    assert found.scratch_room == pytest.approx([0.0, 0.25, 0.0, 0.0])
    assert found.city_service_tender == pytest.approx([0.0, 0.375])


def test_a_full_route_takes_no_more_work_but_the_host_needs_none():
    found = tender(route_carried=[[0.5, 0.5], [1.0, 1.0]], city_offer_hosted=[1.0, 0.0, 0.0, 0.0])
    assert found.city_offer_share == [1.0, 0.0, 0.0, 1.0]


def test_routes_lead_to_the_place_of_the_centre():
    """Both centres stand at place 1, whose route to city 0 is full."""
    found = tender(provider_site=[1, 1], route_carried=[[1.0, 1.0], [0.5, 1.0]])
    assert found.city_offer_share == [0.0, 0.0, 1.0, 0.0]


def test_every_service_has_its_own_tender_and_shares_the_centre():
    """Services 0 and 1 at one centre: 0.5 · 4 and 0.25 · 8 are asked of 2."""
    found = tender(
        cities=1,
        services=2,
        city_offer_tender_price=[0.5, 0.5],
        offer_provider=[0, 0],
        offer_service=[0, 1],
        city_service_demand=[4.0, 8.0],
        city_service_cloud_delivered_price=[1.0, 1.0],
        city_service_tender=[0.5, 0.25],
        scratch_free=[2.0],
    )
    assert found.city_offer_share == pytest.approx([0.25, 0.125])
    assert found.city_service_tender == pytest.approx([0.25, 0.125])


def test_what_is_not_up_for_tender_stays_where_it_is():
    found = tender(city_service_tender=[0.0, 1e-13], city_offer_share=[0.1, 0.2, 0.3, 0.4])
    assert found.city_offer_share == [0.1, 0.2, 0.3, 0.4]
    assert found.scratch_free == [100.0, 100.0]


# Two cities, two classes of basic compute (60 and 40 %), one of each other kind; a local and a far centre.
# Rounding may leave less than nothing in the tender: as of service 1 in city 1, if much less.
PRICES = {
    "city_offer_delivered_price": [0.5, 0.8, 0.6, 0.9],
    "city_offer_share": [0.25, 0.5, 0.0, 0.75],
    "city_offer_local": [1.0, 0.0, 1.0, 1.0],
    "offer_service": [0, 2],
    "service_kind": [0, 0, 1, 2],
    "service_share": [0.6, 0.4, 1.0, 1.0],
    "city_service_cloud_delivered_price": [1.0, 1.5, 2.0, 3.0, 1.0, 1.0, 1.0, 1.0],
    "city_service_cloud_share": [0.5, 0.75, 0.5, 1.0, 1.0, 1.0, 0.25, 1.0],
    "city_service_tender": [0.25, 0.25, 0.0, 0.0, 0.0, -0.125, 0.0, 0.0],
    "city_kind_price": [7.0] * 6,
    "city_kind_demand": [10.0, 5.0, 2.0, 1.0, 2.5, 3.0],
    "city_price_basic": [7.0] * 2,
    "city_price_intelligent": [7.0] * 2,
    "city_price_super": [7.0] * 2,
    "city_voucher_scope": [7.0] * 2,
    "kind_standard_capacity": [1.0, 1.0, 1.0],
    "voucher_local_supply": 0.0,
}


def test_the_price_of_a_kind_is_the_mean_over_contracts():
    found = after(price_contracts, **PRICES)
    # the cloud takes what was tendered in vain
    assert found.city_service_cloud_share == pytest.approx([0.75, 1.0, 0.5, 1.0, 1.0, 1.0, 0.25, 1.0])
    # 0.6 · (0.75 · 1 + 0.25 · 0.5) + 0.4 · 1.5; 0.5 · 2 + 0.5 · 0.8; 3; then 1; 0.25 + 0.75 · 0.9; 1
    assert found.city_kind_price == pytest.approx([1.125, 1.4, 3.0, 1.0, 0.925, 1.0])
    assert found.city_price_basic == pytest.approx([1.125, 1.0])
    assert found.city_price_intelligent == pytest.approx([1.4, 0.925])
    assert found.city_price_super == pytest.approx([3.0, 1.0])
    assert found.city_voucher_scope == [1.0, 1.0]


def test_vouchers_for_local_supply_pay_its_part_of_the_bill():
    found = after(price_contracts, **{**PRICES, "voucher_local_supply": 1.0})
    # local: 0.6 · 0.25 · 0.5 · 10 of 11.25 + 7 + 6; 0.75 · 0.9 · 2.5 of 1 + 2.3125 + 3
    assert found.city_voucher_scope == pytest.approx([0.75 / 24.25, 1.6875 / 6.3125])
    nothing = after(price_contracts, **{**PRICES, "voucher_local_supply": 1.0, "city_kind_demand": [0.0] * 6})
    assert nothing.city_voucher_scope == [0.0, 0.0]


def test_contracts_do_not_depend_on_the_unit_of_compute():
    found = assert_units_do_not_matter(open_tender, CONTRACTS, "provider_capacity", "city_service_demand")
    assert found.city_offer_share == after(open_tender, **CONTRACTS).city_offer_share
    assert found.scratch_free == pytest.approx([one / 64.0 for one in (6.45, 2.05, 0.0, 4.5, 0.0)])
    local = {**PRICES, "voucher_local_supply": 1.0}
    found = assert_units_do_not_matter(price_contracts, local, "city_kind_demand")
    assert found.city_voucher_scope == after(price_contracts, **local).city_voucher_scope
    for free in ([100.0, 100.0], [5.2, 100.0], [5.2, 2.0]):
        small = tender(city_service_demand=[4.0 / 64, 6.0 / 64], scratch_free=[one / 64 for one in free])
        assert small.city_offer_share == pytest.approx(tender(scratch_free=free).city_offer_share)


def test_ties_count_below_one_unit():
    found = tender(
        city_offer_tender_price=[0.5, 0.5] * 2, city_service_demand=[0.1, 0.1], scratch_free=[0.2, 0.6]
    )
    assert found.city_offer_share == pytest.approx([0.25, 0.75] * 2)


def test_three_cities_and_three_services_at_once():
    """City c has c + 1 units of service s for tender and room for all at the one centre that sells it."""
    tendered = [0.1 * (1 + 3 * c + s) for c in range(3) for s in range(3)]
    found = tender(
        cities=3,
        services=3,
        offer_provider=[0, 1, 2],
        offer_service=[2, 0, 1],
        city_offer_tender_price=[0.5] * 9,
        scratch_free=[100.0] * 3,
        city_service_tender=tendered,
        city_service_demand=[float(1 + 2 * k) for k in range(9)],
        city_service_cloud_delivered_price=[1.0, 1.0, 0.4, 1.0, 1.0, 1.0, 0.4, 1.0, 1.0],
    )
    # service 2 of city 0 and service 0 of city 2 are cheaper in the cloud
    wanted = [0.0, 0.1, 0.2, 0.6, 0.4, 0.5, 0.9, 0.0, 0.8]
    assert found.city_offer_share == pytest.approx(wanted)
    # less what each city's part of its use of the service is: 6 · 11 + 9 · 17; 1 · 1 + 4 · 7;
    # 2 · 3 + 5 · 9 + 8 · 15
    used = [0.6 * 11 + 0.9 * 17, 0.1 * 1 + 0.4 * 7, 0.2 * 3 + 0.5 * 9 + 0.8 * 15]
    assert found.scratch_free == pytest.approx([100.0 - one for one in used])


def test_one_offer_is_enough():
    found = tender(
        city_offer_tender_price=[0.5, 0.5], offer_provider=[0], scratch_free=[5.0], provider_site=[0]
    )
    assert found.city_offer_share == pytest.approx([0.5, 0.5])
