"""Surveys of peers and of sites: worked numbers."""

from __future__ import annotations

import pytest

from model.economy.site_survey import compare_with_peers, survey_sites, under_construction
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
    assert after(compare_with_peers, **AROUND).city_kind_capacity == [6.0, 0.0, 8.0, 0.0, 0.0, 32.0]


def test_use_is_that_of_centres_at_work_and_full_where_there_are_none():
    assert after(compare_with_peers, **AROUND).city_kind_local_utilisation == [0.75, 1.0, 0.25, 1.0, 1.0, 1.0]


def test_two_centres_of_a_city_are_seen_as_one():
    found = after(compare_with_peers, **{**AROUND, "provider_operating": [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]})
    assert found.city_kind_local_utilisation == pytest.approx([4 / 6, 1.0, 0.25, 1 / 16, 1.0, 1 / 32])


def test_peers_have_what_they_have_for_a_market_of_ones_size():
    found = after(compare_with_peers, **AROUND)
    # city 0 has peers 1 and 2, with 8 and 32 for a market of 5; city 1 has peer 0, with 6 for 2
    assert found.city_kind_peer_capacity == pytest.approx([8 / 5 * 2, 32 / 5 * 2, 12.0, 0.0, 0.0, 0.0])


def test_what_is_on_order():
    def ordered(c, m, remote):
        return after(under_construction, c=c, m=m, remote_access=remote, **CENTRES).returned

    assert [ordered(c, 0, 0.0) for c in range(3)] == [2.0, 0.0, 0.0]
    assert [ordered(c, 1, 0.0) for c in range(3)] == [0.0, 0.0, 32.0]
    # one that sells everywhere counts everywhere
    assert [ordered(c, 1, 1.0) for c in range(3)] == [32.0] * 3


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
    "kind_cost_level": [1.0, 1.0],
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


def test_a_site_costs_less_as_hardware_gets_better():
    found = after(survey_sites, **{**SITES, "kind_cost_level": [0.5, 0.25]})
    assert found.city_kind_site_unit_cost == [0.5, 0.25, 0.375, 0.1875]


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


def test_only_the_city_itself_needs_no_link():
    """Real-time work of city 0 is out of reach of a site in city 1, and the reverse."""
    both = {"city_service_demand": [0.0, 6.0, 0.0, 0.0, 2.0, 0.0], "remote_access": 1.0}
    dear = {"city_kind_price": [30.0, 1.0, 45.0, 1.5]}
    found = after(survey_sites, **{**SITES, **both, **dear})
    assert found.city_kind_site_demand[0::2] == pytest.approx([6.0 * 1.1, 1.0 * 1.04])
    # a limit of just the 100 ms between them: at a loss of 1.5 · (1 + 0.2 · 10) each reaches the other
    found = after(survey_sites, **{**SITES, **both, **dear, "service_latency_limit": [1e9, 100.0, 1e9]})
    assert found.city_kind_site_demand[0::2] == pytest.approx([6.6 + 1.0 * 4.5, 1.04 + 6.0 * 4.5])


@pytest.mark.parametrize(
    ("market", "given", "units"),
    [
        (compare_with_peers, AROUND, ["provider_capacity", "provider_load"]),
        (compare_with_peers, AROUND, ["city_market"]),
        (survey_sites, SITES, ["city_service_demand", "provider_capacity"]),
        (
            survey_sites,
            {**SITES, "remote_access": 1.0, "provider_built": [1.0]},
            ["city_service_demand", "provider_capacity"],
        ),
    ],
)
def test_surveys_do_not_depend_on_units(market, given, units):
    assert_units_do_not_matter(market, given, *units)
