"""Delivery by hand: what a budget buys, what travels, who delivers and who is paid."""

from __future__ import annotations

import pytest

from model.economy.compute_delivery import bill_compute, carry_tasks, count_kinds, deliver_and_pay
from tests.support.call_market import after, assert_units_do_not_matter, columns

# Two cities, two tiers. City 0 has a voucher for 20 % of what eligible firms use; city 1 has none.
BILLS = {
    "city_tier_compute_spending": [6.0, 4.0, 3.0, 0.0],
    "city_tier_aided_spending": [4.0, 4.0, 0.0, 0.0],
    "city_tier_part_basic": [7.0] * 4,
    "city_tier_part_intelligent": [7.0] * 4,
    "city_tier_part_super": [7.0] * 4,
    "city_voucher_relief": [0.2, 0.0],
    "city_voucher_paid": [7.0] * 2,
    "city_voucher_base": [7.0] * 2,
    "city_compute_bill": [7.0] * 2,
    "city_government_bill": [0.0, 0.0],
    "city_compute_use": [7.0] * 2,
    "city_kind_demand": [7.0] * 6,
    "city_kind_price": [0.5, 2.0, 1.0, 1.0, 0.25, 4.0],
    "city_service_demand": [7.0] * 8,
    "city_service_cloud_share": [0.5, 0.25, 0.75, 1.0, 1.0, 0.0, 0.5, 1.0],
    "city_service_cloud_delivered_price": [1.0, 1.5, 2.0, 1.0, 1.2, 1.4, 1.6, 3.0],
    "city_service_cloud_bill": [7.0] * 8,
    "service_kind": [0, 0, 1, 2],
    "service_share": [0.75, 0.25, 1.0, 1.0],
    "kind_standard_capacity": [1.0, 1.0, 1.0],
    "tier_weight_basic": [0.5, 0.2],
    "tier_weight_intelligent": [0.3, 0.6],
    "tier_weight_super": [0.2, 0.2],
    "city_tier_intelligent_tilt": [1.0] * 4,
}


def test_vouchers_are_added_to_what_eligible_firms_pay():
    found = after(bill_compute, **BILLS)
    # tier 0: 2 in full and 4 / 0.8; tier 1: 4 / 0.8
    assert found.city_voucher_base == pytest.approx([10.0, 0.0])
    assert found.city_voucher_paid == pytest.approx([2.0, 0.0])
    assert found.city_compute_bill == pytest.approx([12.0, 3.0])


def test_a_bill_is_what_firms_and_vouchers_pay():
    found = after(bill_compute, **BILLS)
    for city in (0, 1):
        firms_pay = sum(BILLS["city_tier_compute_spending"][2 * city : 2 * city + 2])
        assert found.city_compute_bill[city] == pytest.approx(firms_pay + found.city_voucher_paid[city])


def test_a_bill_buys_each_kind_at_its_price():
    found = after(bill_compute, **BILLS)
    # basic 7 · 0.5 + 5 · 0.2 = 4.5, intelligent 7 · 0.3 + 5 · 0.6 = 5.1, super 12 · 0.2 = 2.4; then 1.5,
    # 0.9, 0.6
    assert found.city_kind_demand == pytest.approx([9.0, 2.55, 2.4, 1.5, 3.6, 0.15])
    assert found.city_compute_use == pytest.approx([13.95, 5.25])
    assert found.city_tier_part_basic == pytest.approx([3.5 / 4.5, 1.0 / 4.5, 1.0, 0.0])
    assert found.city_tier_part_intelligent == pytest.approx([2.1 / 5.1, 3.0 / 5.1, 1.0, 0.0])
    assert found.city_tier_part_super == pytest.approx([1.4 / 2.4, 1.0 / 2.4, 1.0, 0.0])


def test_industries_with_more_intelligent_compute_buy_less_basic_compute():
    found = after(bill_compute, **{**BILLS, "city_tier_intelligent_tilt": [1.5, 1.0, 1.0, 1.0]})
    # of 7 in tier 0: 7 · 0.15 move from basic (at 0.5) to intelligent compute (at 2)
    assert found.city_kind_demand == pytest.approx([9.0 - 2.1, 2.55 + 0.525, 2.4, 1.5, 3.6, 0.15])
    assert found.city_compute_bill == pytest.approx([12.0, 3.0])


def test_governments_buy_basic_compute_in_the_same_market():
    found = after(bill_compute, **{**BILLS, "city_government_bill": [9.0, 0.0]})
    # 4.5 of firms and 9 at 0.5; the other kinds and what firms and vouchers pay stay
    assert found.city_kind_demand == pytest.approx([27.0, 2.55, 2.4, 1.5, 3.6, 0.15])
    assert found.city_compute_use == pytest.approx([31.95, 5.25])
    assert found.city_compute_bill == pytest.approx([12.0, 3.0])
    assert found.city_voucher_paid == pytest.approx([2.0, 0.0])
    # a centre of one industry does its part of the city's work: the government's is of none
    assert found.city_tier_part_basic == pytest.approx([3.5 / 13.5, 1.0 / 13.5, 1.0, 0.0])
    # half of three quarters of 27 units, and a quarter of the rest at 1.5
    assert found.city_service_cloud_bill[:2] == pytest.approx([10.125, 2.53125])


def test_use_is_recorded_by_kind():
    given = {f"city_{kind}_use": [7.0, 7.0] for kind in ("basic", "intelligent", "super")}
    found = after(count_kinds, city_kind_demand=[9.0, 2.0, 3.0, 1.0, 4.0, 0.5], **given)
    assert (found.city_basic_use, found.city_intelligent_use, found.city_super_use) == (
        [9.0, 1.0],
        [2.0, 4.0],
        [3.0, 0.5],
    )


def test_the_cloud_is_paid_for_its_part():
    found = after(bill_compute, **BILLS)
    assert found.city_service_demand == pytest.approx([6.75, 2.25, 2.55, 2.4, 1.125, 0.375, 3.6, 0.15])
    # share · use · price
    assert found.city_service_cloud_bill == pytest.approx([3.375, 0.84375, 3.825, 2.4, 1.35, 0.0, 2.88, 0.45])


def test_a_city_that_spends_nothing_buys_nothing():
    nothing = {"city_tier_compute_spending": [0.0] * 4, "city_tier_aided_spending": [0.0] * 4}
    found = after(bill_compute, **{**BILLS, **nothing})
    for name in ("city_tier_part_basic", "city_tier_part_intelligent", "city_tier_part_super"):
        assert getattr(found, name) == [0.0] * 4
    assert found.city_compute_bill == found.city_compute_use == found.city_voucher_paid == [0.0, 0.0]


def test_rounding_does_not_make_full_payers_of_eligible_firms():
    """Spending of all and of eligible firms are sums in other orders: their difference may be below zero."""
    given = {**BILLS, "city_tier_compute_spending": [4.0, 3.5, 3.0, 0.0]}
    assert after(bill_compute, **given).city_compute_bill[0] == pytest.approx(4.0 / 0.8 + 4.0 / 0.8)


# Three cities on a line, 0 — 1 — 2. Centre 0 stands in city 0 and sells both services, centre 1 in city 2.
TASKS = {
    "city_service_demand": [4.0, 2.0, 6.0, 3.0, 8.0, 1.0],
    "city_offer_share": [0.5, 0.5, 0.25,
                         0.5, 1.0, 0.5,
                         0.25, 0.0, 0.5],
    "city_offer_overhead": [1.0, 1.0, 2.0,
                            1.5, 1.0, 1.0,
                            2.0, 1.0, 1.0],
    "city_offer_flow": [7.0] * 9,
    "offer_provider": [0, 0, 1],
    "offer_service": [0, 1, 0],
    "offer_load": [7.0] * 3,
    "service_traffic": [2.0, 1.0],
    "provider_city": [0, 2],
    "provider_site": [0, 1],
    "provider_load": [7.0] * 2,
    "route_order": [[0, 1, 2], [2, 1, 0]],
    "route_parent": [[0, 0, 1], [1, 2, 2]],
    "route_link": [[-1, 0, 1], [0, 1, -1]],
    "route_traffic": [[7.0] * 3] * 2,
    "route_carried": [[7.0] * 3] * 2,
    "link_load": [7.0, 7.0],
    "link_capacity": [100.0, 100.0],
    "scratch_city": [7.0] * 3,
}  # fmt: skip


def test_what_is_bought_is_sent():
    found = after(carry_tasks, **TASKS)
    # share · use · overhead
    assert found.city_offer_flow == pytest.approx([2.0, 1.0, 2.0, 4.5, 3.0, 3.0, 4.0, 0.0, 4.0])
    assert found.offer_load == pytest.approx([10.5, 4.0, 9.0])
    assert found.provider_load == pytest.approx([14.5, 9.0])


def test_tasks_load_the_links_on_their_way_and_those_at_home_none():
    found = after(carry_tasks, **TASKS)
    # to centre 0: 4.5 · 2 + 3 · 1 from city 1, 4 · 2 from city 2; to centre 1: 2 · 2 and 3 · 2
    assert found.route_traffic == [[0.0, 12.0, 8.0], [4.0, 6.0, 0.0]]
    # link 0 (0 — 1) carries 12 + 8 and 4; link 1 (1 — 2) carries 8 and 4 + 6
    assert found.link_load == pytest.approx([24.0, 18.0])
    assert found.route_carried == [[1.0] * 3, [1.0] * 3]


def test_a_full_link_carries_its_capacity_and_no_more():
    found = after(carry_tasks, **{**TASKS, "link_capacity": [12.0, 100.0]})
    # all that crosses link 0 is halved; from city 1 to centre 1 nothing does
    assert found.route_carried == [[1.0, 0.5, 0.5], [0.5, 1.0, 1.0]]
    assert found.link_load == pytest.approx([12.0, 4.0 + 2.0 + 6.0])


# One kind; centre 0 is public, centre 1 private. What is not under contract is bought from the cloud at 1.
SETTLED = {
    "city_hosted_tasks": [7.0] * 3,
    "city_provider_surplus": [7.0] * 3,
    "city_centre_income": [7.0] * 3,
    "city_centre_payroll": [7.0] * 3,
    "city_centre_investment": [7.0] * 3,
    "city_cloud_weight": [0.0, 0.25, 0.75],
    "city_service_cloud_share": [0.25, 0.5, 0.0, 0.0, 0.25, 1.0],
    "city_service_cloud_bill": [1.0, 1.0, 0.0, 0.0, 2.0, 1.0],
    "service_kind": [0, 0],
    "kind_cloud_demand": [7.0],
    "kind_cloud_price": [1.0],
    "kind_cloud_capacity": [40.0],
    "kind_unserved": [7.0],
    "nation_receipts": [7.0],
    "nation_central_tax": [100.0],
    "nation_centre_balance": [7.0],
    "provider_kind": [0, 0],
    "provider_public": [1.0, 0.0],
    "provider_capital_cost": [0.5, 1.0],
    "provider_relieved": [0.0, 0.0],
    "offer_gate_price": [0.5, 0.25, 1.0],
    "provider_capacity": [10.0, 20.0],
    "provider_peak_ratio": [1.0, 1.0],
    "provider_unit_cost": [0.25, 0.5],
    "provider_utilisation": [7.0] * 2,
    "provider_served": [7.0] * 2,
    "provider_overflow": [7.0] * 2,
    "provider_revenue": [7.0] * 2,
    "provider_surplus": [7.0] * 2,
    "scratch_asked": [7.0] * 2,
    "scratch_free": [7.0] * 2,
    "surplus_share": 0.5,
    "centre_local_share": 1.0,
    "peak_time": 0.1,
    "surge_price": 0.5,
    "cloud_reserve": 0.05,
}


def delivered(**changes):
    sent = after(carry_tasks, **{**TASKS, "link_capacity": [12.0, 100.0]})
    return after(deliver_and_pay, **{**columns(sent), **SETTLED, **changes})


def test_beyond_its_capacity_in_the_peak_a_centre_buys_at_a_surge_price():
    # two peaks of 8 units on a tenth of the quarter: 16 · 0.1 of 2, of which 10 · 0.1 are done
    calm, peaks = delivered(), delivered(provider_peak_ratio=[1.0, 4.0])
    arrived = calm.provider_served[1]
    surge = 0.1 * (4.0 * arrived - 20.0)
    assert surge > 0.0
    assert peaks.provider_served[1] == pytest.approx(arrived - surge)
    assert peaks.provider_overflow[1] == pytest.approx(calm.provider_overflow[1] + surge)
    # bought at 1.5, and not made at 0.5
    assert peaks.provider_surplus[1] == pytest.approx(calm.provider_surplus[1] - 1.0 * surge)
    assert calm.kind_unserved == [0.0]
    # the cloud's reserve is 0.05 · 40 for a tenth of the quarter
    assert peaks.kind_unserved == pytest.approx([max(0.0, surge - 0.2)])


def test_a_centre_delivers_what_arrives_up_to_its_capacity():
    found = delivered()
    # centre 0: 3 at home, (7.5 + 4) · 0.5 from elsewhere; centre 1: 4 at home, 3, and 2 · 0.5
    assert found.provider_served == pytest.approx([8.75, 8.0])
    assert found.provider_overflow == pytest.approx([14.5 - 8.75, 9.0 - 8.0])
    assert found.provider_utilisation == pytest.approx([1.45, 0.45])
    full = delivered(provider_capacity=[5.0, 8.0])
    assert full.provider_served == pytest.approx([5.0, 8.0])
    assert full.provider_overflow == pytest.approx([9.5, 1.0])


def test_a_centre_is_paid_by_contract_and_pays_for_power_and_the_cloud():
    found = delivered()
    assert found.provider_revenue == pytest.approx([10.5 * 0.5 + 4.0 * 0.25, 9.0])
    # less 8.75 · 0.25 and 5.75 · 1: a loss; less 8 · 0.5 and 1 · 1
    assert found.provider_surplus == pytest.approx([6.25 - 2.1875 - 5.75, 4.0])
    # less capital of 1; its city has no part in a loss
    assert found.city_provider_surplus == pytest.approx([0.0, 0.0, 3.0])


def test_what_centres_and_cloud_earn_is_income_where_they_are():
    found = delivered()
    # the cloud sells 1 + 1 + 2 + 1 to cities and 5.75 + 1 to centres, in cities 1 and 2
    assert found.kind_cloud_demand == pytest.approx([11.75])
    # centre 0 keeps 6.25 − 5.75 of what it is paid, centre 1 9 − 1
    assert found.city_centre_income == pytest.approx([0.5, 0.25 * 11.75, 8.0 + 0.75 * 11.75])
    assert found.city_centre_investment == pytest.approx([0.5, 0.0, 1.0])
    # running costs of 2.1875 and 4; residents and city have half each of the private centre's profit of 3
    assert found.city_centre_payroll == pytest.approx([2.1875, 2.9375, 4.0 + 8.8125 + 1.5])
    # the loss of the public centre, 0.5 − 2.1875 − 0.5, is borne by the country
    assert found.nation_centre_balance == pytest.approx([-2.1875])
    # receipts are all that customers pay, and all of them is someone's income
    paid = sum(SETTLED["city_service_cloud_bill"]) + sum(found.provider_revenue)
    assert found.nation_receipts == pytest.approx([paid])
    income = found.city_centre_payroll + found.city_centre_investment + found.nation_centre_balance
    assert sum(income) + 0.5 * sum(found.city_provider_surplus) == pytest.approx(paid)
    assert sum(found.city_centre_income) == pytest.approx(paid)


def test_power_and_equipment_are_bought_from_the_whole_country():
    found = delivered(centre_local_share=0.25)
    # a quarter of the running costs of 2.1875 and 4 stays; the rest, and of capital of 0.5 and 1, does not
    assert found.city_centre_payroll == pytest.approx([0.546875, 2.9375, 1.0 + 8.8125 + 1.5])
    assert found.nation_centre_balance == pytest.approx([-2.1875 + 0.75 * (2.1875 + 0.5 + 4.0 + 1.0)])


def test_the_profit_of_a_public_centre_is_divided_between_its_city_and_the_country():
    found = delivered(provider_public=[1.0, 1.0])
    assert found.nation_centre_balance == pytest.approx([-2.1875 + 1.5])
    assert found.city_centre_payroll[2] == pytest.approx(4.0 + 8.8125)
    assert found.city_provider_surplus[2] == pytest.approx(3.0)
    # a private centre's loss too is borne by the country, as by lenders
    loss = delivered(provider_capital_cost=[0.5, 6.0])
    assert loss.nation_centre_balance == pytest.approx([-2.1875 - 2.0])
    assert loss.city_provider_surplus == [0.0, 0.0, 0.0]


def test_what_is_bought_in_costs_what_the_cloud_costs_by_now():
    found = delivered(kind_cloud_price=[0.5])
    assert found.provider_surplus == pytest.approx([6.25 - 2.1875 - 2.875, 4.5])
    # tasks of others are counted in money, at that price
    assert found.city_hosted_tasks == pytest.approx([2.875, 0.0, 2.0])


def test_tasks_of_others_are_hosted_in_proportion_to_what_is_served():
    assert delivered().city_hosted_tasks == pytest.approx([5.75, 0.0, 4.0])
    # half of what arrives at centre 0 is served
    assert delivered(provider_capacity=[4.375, 20.0]).city_hosted_tasks == pytest.approx([2.875, 0.0, 4.0])


def test_a_centre_without_capacity_buys_all_in():
    found = delivered(provider_capacity=[0.0, 20.0])
    assert found.provider_utilisation[0] == 0.0
    assert found.provider_overflow[0] == found.provider_load[0]
    idle = delivered(city_offer_flow=[0.0] * 9, offer_load=[0.0] * 3, provider_load=[0.0, 0.0])
    assert idle.city_hosted_tasks == [0.0] * 3
    assert idle.provider_surplus == [0.0, 0.0]
    # its capital costs money all the same
    assert idle.nation_centre_balance == pytest.approx([-1.5])


def test_bills_and_deliveries_do_not_depend_on_units():
    money = ("city_tier_compute_spending", "city_tier_aided_spending")
    found = assert_units_do_not_matter(bill_compute, BILLS, *money)
    assert found.city_tier_part_basic == pytest.approx(after(bill_compute, **BILLS).city_tier_part_basic)
    assert found.city_compute_bill == pytest.approx([12.0 / 64.0, 3.0 / 64.0])
    sent = columns(after(carry_tasks, **{**TASKS, "link_capacity": [12.0, 100.0]}))
    compute = ("city_offer_flow", "offer_load", "provider_load", "provider_capacity", "city_service_demand")
    compute += ("city_service_cloud_bill", "provider_capital_cost")
    found = assert_units_do_not_matter(deliver_and_pay, {**sent, **SETTLED}, *compute)
    assert found.provider_utilisation == pytest.approx([1.45, 0.45])
    assert found.city_hosted_tasks == pytest.approx([5.75 / 64.0, 0.0, 4.0 / 64.0])
    assert found.city_provider_surplus == pytest.approx([0.0, 0.0, 3.0 / 64.0])
    assert found.nation_receipts == pytest.approx([20.25 / 64.0])
