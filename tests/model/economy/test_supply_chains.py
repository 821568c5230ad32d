"""Supply chains: relatedness of rungs, partners, and a city's indices; worked numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.economy.supply_chains import measure_chains, relate_rungs, rewire_partners, trace_chains
from model.engine.compile.compile_kernel import compiled_procedure
from tests.support.call_market import after, columns, in_other_units

# Two cities, two tiers, three rungs; city_tier is city · 2 + tier. In city 1: firms on (0, 0), (1, 2) and one
# that has closed; in city 0 one on (1, 1).
NEAR = {
    "firm_alive": [1.0, 1.0, 0.0, 1.0],
    "firm_city_tier": [2, 3, 3, 1],
    "firm_rung": [0.0, 2.0, 1.0, 1.0],
    "firm_relatedness": [9.0] * 4,
    "city_market": [1.0, 1.0],
    "tier_weight_basic": [1.0, 1.0],
    "scratch_rungs": [9.0] * 12,
    "scratch_near": [9.0] * 12,
    "scratch_decay": [9.0] * 5,
    "relatedness_decay": 0.5,
}


def test_near_is_what_neighbours_in_tier_and_rung_do_already():
    found = after(relate_rungs, **NEAR)
    # to (0, 1): one a step away, one two: (½ + ¼) / 2; to the top of tier 1, where one stands and one is 3
    # off: (1 + ⅛) / 2, for who is there and for who closed below it; in city 0 to (1, 2) from (1, 1): ½
    assert found.firm_relatedness == [0.375, 0.5625, 0.5625, 0.5]


def test_rungs_beyond_either_end_count_as_the_end():
    for rungs in ([0.0, 7.0, 1.0, 1.0], [-3.0, 2.0, 1.0, 1.0]):
        before = after(relate_rungs, **{**NEAR, "firm_rung": [max(0.0, min(one, 2.0)) for one in rungs]})
        found = after(relate_rungs, **{**NEAR, "firm_rung": rungs})
        assert found.scratch_near == before.scratch_near


def test_nothing_is_near_where_no_firm_works():
    found = after(relate_rungs, **{**NEAR, "firm_alive": [0.0, 0.0, 0.0, 1.0]})
    assert found.firm_relatedness == [0.0, 0.0, 0.0, 0.5]


def test_without_decay_the_rung_itself_alone_counts():
    found = after(relate_rungs, **{**NEAR, "relatedness_decay": 0.0})
    assert found.firm_relatedness == [0.0, 0.5, 0.5, 0.0]


# Tiers 0: rows 0, 1, 2; 1: rows 3, 4; 2: rows 5, 6. Three cities, the third 900 km from the others.
WEB = {
    "firm_alive": [1.0] * 7,
    "firm_city": [0, 1, 2, 0, 1, 0, 2],
    "firm_tier": [0, 0, 0, 1, 1, 2, 2],
    "firm_rung": [1.0, 2.0, 3.0, 1.0, 1.0, 1.0, 3.0],
    "firm_supplier": [0, 1, 2, 0, 0, 3, 4],
    "firm_customer": [3, 4, 4, 5, 5, 5, 6],
    "firm_supplier_search": [0.0] * 7,
    "firm_customer_search": [0.0] * 7,
    "firm_prospect": [9] * 7,
    "firm_prospect_tier": [9] * 7,
    "city_market": [1.0] * 3,
    "tier_weight_basic": [1.0] * 3,
    "tier_members": [0, 1, 2, 3, 4, 5, 6],
    "tier_first": [0, 3, 5, 7],
    "pair_distance": [0.0, 100.0, 900.0, 100.0, 0.0, 900.0, 900.0, 900.0, 0.0],
    "rewiring_reach": 450.0,
}


def searching(side, row, search, **changes):
    looks = [0.0] * 7
    looks[row] = search
    found = after(rewire_partners, **{**WEB, f"firm_{side}_search": looks, **changes})
    return getattr(found, f"firm_{side}")[row]


@pytest.mark.parametrize(
    ("search", "expected"),
    [(1.0, 0), (0.67, 0), (0.66, 1), (0.34, 1), (0.33, 0), (1e-9, 0)],
)
def test_a_supplier_is_drawn_from_the_old_ones_tier(search, expected):
    """Row 3 has supplier 0. Row 1 is a rung higher and 100 km off; row 2 two rungs, and worth no 900 km."""
    assert searching("supplier", 3, search) == expected


@pytest.mark.parametrize(("search", "expected"), [(1.0, 5), (0.51, 5), (0.5, 6), (0.1, 6), (1e-300, 6)])
def test_a_customer_is_drawn_likewise(search, expected):
    """Row 3 has customer 5; row 6 is two rungs higher, which is worth 900 km and not 899."""
    assert searching("customer", 3, search, rewiring_reach=460.0) == expected
    assert searching("customer", 3, search) == 5


def test_distances_are_those_from_the_firms_own_city():
    """Row 4, in city 1, has its supplier in city 0, 100 km off; row 1 is at home."""
    assert searching("supplier", 4, 0.5, firm_rung=[1.0, 0.8, 0.0, 1.0, 1.0, 1.0, 1.0]) == 1
    assert searching("supplier", 4, 0.5, firm_rung=[1.0, 0.7, 0.0, 1.0, 1.0, 1.0, 1.0]) == 0


def test_a_partner_that_closed_is_replaced_and_one_that_closed_is_not_taken():
    down = [1.0, 0.5, 0.0, 1.0, 1.0, 1.0, 1.0]
    assert searching("supplier", 3, 0.5, firm_rung=down) == 0
    assert searching("supplier", 3, 0.5, firm_rung=down, firm_alive=[0.0, *[1.0] * 6]) == 1
    assert searching("supplier", 3, 0.5, firm_alive=[1.0, 0.0, *[1.0] * 5]) == 0


def test_a_closed_firm_does_not_search_and_none_takes_itself():
    assert searching("supplier", 3, 0.5, firm_alive=[1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]) == 0
    # row 5 looks among its own tier for a customer: the first it could draw is itself
    closed = [1.0] * 6 + [0.0]
    assert searching("customer", 5, 1.0, firm_customer=[3, 4, 4, 5, 5, 6, 6], firm_alive=closed) == 6


def test_all_look_at_where_their_customers_are():
    web = {**WEB, "firm_customer_search": [0.0] * 3 + [0.1] + [0.0] * 3, "rewiring_reach": 460.0}
    found = after(rewire_partners, **web)
    assert found.firm_customer == [3, 4, 4, 6, 5, 5, 6]
    assert found.firm_prospect == [0, 1, 1, 2, 0, 0, 2]
    # in their own tier there: city · 3 + tier
    assert found.firm_prospect_tier == [0, 3, 3, 7, 1, 2, 8]
    assert found.firm_supplier == WEB["firm_supplier"]


# The same web with sales. Row 0 buys from itself, as firms of the first tier do; row 4 has closed.
SALES = {
    **WEB,
    "firm_alive": [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0],
    "firm_revenue": [1.0, 2.0, 4.0, 3.0, 9.0, 4.0, 6.0],
    "firm_customer": [3, 4, 6, 5, 5, 5, 6],
    **{f"city_chain_{name}": [9.0] * 3 for name in ("position", "level", "length", "density", "locality")},
    "scratch_length": [9.0] * 7,
    "scratch_sales": [9.0] * 9,
}


def test_a_chain_is_traced_upstream_while_its_firms_are_at_work():
    found = after(trace_chains, **SALES)
    assert [found.scratch_length[i] for i in (0, 1, 2, 3, 5)] == [1.0, 1.0, 1.0, 2.0, 3.0]
    assert found.scratch_length[6] == 1.0  # its supplier has closed
    skipped = after(trace_chains, **{**SALES, "firm_supplier": [0, 1, 2, 0, 0, 0, 4]})
    assert skipped.scratch_length[5] == 1.0  # a supplier two tiers up is no link of the chain


def test_sums_over_the_firms_of_a_city():
    found = after(trace_chains, **SALES)
    # city 0: rows 0, 3, 5; city 1: row 1; city 2: rows 2, 6
    assert found.scratch_sales == [1.0, 3.0, 4.0, 2.0, 0.0, 0.0, 4.0, 0.0, 6.0]
    assert found.city_chain_position == [3.0, 2.0, 6.0]
    assert found.city_chain_level == [1.0 + 3.0 + 4.0, 4.0, 12.0 + 18.0]
    assert found.city_chain_length == [1.0 + 6.0 + 12.0, 2.0, 4.0 + 6.0]
    # partners at work, oneself apart: 3; 0 and 5; 3 — none of row 1 (itself, closed); 6 — none of row 6
    assert found.city_chain_density == [4.0, 0.0, 1.0]
    assert found.city_chain_locality == [4.0, 0.0, 1.0]


def test_a_partner_elsewhere_is_a_link_but_not_a_local_one():
    found = after(trace_chains, **{**SALES, "firm_customer": [6, 4, 3, 5, 5, 5, 6]})
    assert found.city_chain_density == [4.0, 0.0, 1.0]
    assert found.city_chain_locality == [3.0, 0.0, 0.0]


MEASURED = {
    "city_firms": [3.0, 1.0, 2.0],
    "city_revenue": [8.0, 2.0, 10.0],
    "city_digital_revenue": [2.0, 2.0, 0.0],
    "city_weighted_sales": [12.0, 1.0, 10.0],
    "city_firm_value_added": [4.8, 0.4, 4.0],
    "city_value_added": [9.0] * 3,
    "city_value_factor": [9.0] * 3,
    "city_chain_tiers": [9.0] * 3,
    "city_chain_mode": [9.0] * 3,
}


def test_indices_are_means_by_firms_by_sales_and_by_links():
    found = after(measure_chains, **{**columns(after(trace_chains, **SALES)), **MEASURED})
    assert found.city_chain_position == [1.0, 2.0, 3.0]
    assert found.city_chain_level == [1.0, 2.0, 3.0]
    assert found.city_chain_length == [19 / 8, 1.0, 1.0]
    assert found.city_chain_density == pytest.approx([4 / 3, 0.0, 0.5])
    assert found.city_chain_locality == [1.0, 0.0, 1.0]
    assert found.city_chain_mode == [0.25, 1.0, 0.0]
    assert found.city_value_added == pytest.approx([4.8, 0.4, 4.0])
    assert found.city_value_factor == [1.5, 0.5, 1.0]


def test_tiers_count_as_far_as_sales_are_spread_over_them():
    found = after(measure_chains, **{**columns(after(trace_chains, **SALES)), **MEASURED})
    shares = [1 / 8, 3 / 8, 4 / 8]
    spread = math.exp(-sum(share * math.log(share) for share in shares))
    assert found.city_chain_tiers == pytest.approx(
        [spread, 1.0, math.exp(-0.4 * math.log(0.4) - 0.6 * math.log(0.6))]
    )


def test_a_city_with_firms_that_sell_nothing_has_no_chain():
    empty = {**columns(after(trace_chains, **SALES)), **MEASURED, "city_revenue": [0.0, 2.0, 10.0]}
    found = after(measure_chains, **empty)
    for name in ("tiers", "level", "length", "mode"):
        assert getattr(found, f"city_chain_{name}")[0] == 0.0, name
    assert found.city_value_factor[0] == 1.0


def test_one_firm_counts_whole():
    one = {**columns(after(trace_chains, **SALES)), **MEASURED, "city_firms": [1.0, 0.0, 1.0]}
    found = after(measure_chains, **one)
    assert found.city_chain_density == [4.0, 0.0, 1.0]
    assert found.city_chain_position == [3.0, 0.0, 6.0]


def test_indices_do_not_depend_on_the_unit_of_money():
    traced = columns(after(trace_chains, **SALES))
    money = (
        "city_revenue",
        "city_digital_revenue",
        "city_weighted_sales",
        "city_firm_value_added",
        "scratch_sales",
    )
    lengths = ("city_chain_level", "city_chain_length")
    given = {**traced, **MEASURED}
    before, found = (
        after(measure_chains, **given),
        after(measure_chains, **in_other_units(given, *money, *lengths)),
    )
    for name in ("level", "length", "tiers", "mode", "density", "locality", "position"):
        one, other = (getattr(state, f"city_chain_{name}") for state in (before, found))
        assert one == pytest.approx(other), name
    assert found.city_value_factor == pytest.approx(before.city_value_factor)
    assert found.city_value_added == pytest.approx([one / 64.0 for one in before.city_value_added])


def test_relatedness_to_the_rung_above():
    # One city, tiers 0 and 1, three rungs. At work: two firms in (0, 0), one in (0, 1), one in (1, 1).
    relatedness = np.zeros(5)
    rung = np.array([0.0, 0.0, 1.0, 1.0, 2.0])
    reads = [np.array([1.0, 1.0, 1.0, 1.0, 0.0]), np.array([0, 0, 0, 1, 0]), rung, relatedness]
    rest = [np.ones(1), np.ones(2), np.zeros(6), np.zeros(6), np.zeros(5), 0.5]
    compiled_procedure(relate_rungs)(*reads, *rest)
    # To (0, 1): two firms one step away, one there, one a step away: (2 · ½ + 1 + ½) / 4
    assert relatedness[0] == relatedness[1] == 0.625
    # To (0, 2): (2 · ¼ + ½ + ¼) / 4
    assert relatedness[2] == 0.3125
    # To (1, 2): (2 · ⅛ + ¼ + ½) / 4
    assert relatedness[3] == 0.25
    # With φ = 1 everything is near everything.
    compiled_procedure(relate_rungs)(*reads, *rest[:-1], 1.0)
    assert (relatedness == 1.0).all()


def partners(search, alive=1.0, reach=500.0, old_alive=1.0):
    """Supplier of row 0, in city 0, whose old one is row 1 (rung 1, city 0); row 2 is the other of that tier.

    Row 2 is on rung 2 and in city 1, 300 km away; row 3 is the customer.
    """
    columns = dict(
        alive=np.array([1.0, old_alive, alive, 1.0]),
        city=np.array([0, 0, 1, 1], np.int32),
        tier=np.array([1, 0, 0, 2], np.int32),
        rung=np.array([0.0, 1.0, 2.0, 0.0]),
        supplier=np.array([1, 1, 2, 0], np.int32),
        customer=np.array([3, 0, 0, 3], np.int32),
    )
    prospect = np.zeros(4, np.int32)
    compiled_procedure(rewire_partners)(
        *columns.values(),
        np.array([search, 0.0, 0.0, 0.0]),
        np.zeros(4),
        prospect,
        prospect.copy(),
        np.ones(2),
        np.ones(3),
        np.array([1, 2, 0, 3]),
        np.array([0, 2, 3, 4]),
        np.array([0.0, 300.0, 300.0, 0.0]),
        reach,
    )
    assert prospect.tolist() == [1, 0, 0, 1]
    return columns["supplier"][0]


@pytest.mark.parametrize(
    ("expected", "case"),
    [
        (1, dict(search=0.0)),  # looks at no firm
        (1, dict(search=1.0)),  # looks at row 1, which it has
        (2, dict(search=0.5)),  # one rung higher is worth 500 km, 300 km away
        (1, dict(search=0.5, reach=200.0)),  # worth 200 km only
        (1, dict(search=0.5, alive=0.0)),  # the candidate has closed
        (2, dict(search=0.5, reach=200.0, old_alive=0.0)),  # the partner has closed
        (2, dict(search=1e-300)),  # the last candidate, not one beyond
    ],
)
def test_a_better_partner_takes_the_place_of_the_old_one(expected, case):
    assert partners(**case) == expected


def test_measures_of_a_city_without_firms_are_zero():
    sums = [np.zeros(1) for _ in range(5)]
    indices = [np.zeros(1) for _ in range(9)]
    compiled_procedure(measure_chains)(*sums, *indices, np.ones(4), np.zeros(4))
    added, factor, *rest = indices
    assert added[0] == 0.0
    assert factor[0] == 1.0
    assert all(values[0] == 0.0 for values in rest)
