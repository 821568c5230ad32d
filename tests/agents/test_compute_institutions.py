"""Rules of the institutions of the compute market, worked by hand."""

from __future__ import annotations

from math import exp, sqrt

import pytest

from agents import centre_investment, centre_solvency, compute_institutions, compute_provider
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# fmt: off
JOIN = {"interoperability_friction": 0.5, "standard_year": 2024.5, "standard_effect": 0.8,
        "standard_cost": 0.05, "standard_hazard": 0.1, "start_year": 2005.0}
CERTIFY = {"certified": 0.0, "operating": 1.0, "nation_quarter": 80.0, **JOIN}
CITY = {"standard": 0.0, "adoption_share": 0.5, "nation_quarter": 80.0, **JOIN}
RETAIL = {"interoperability_friction": 0.5, "standard_effect": 0.8, "retail_margin": 0.1,
          "retail_service": 0.6}
LISTED = {"operating": 1.0, "capacity": 10.0, "load": 5.5, "price": 1.2, "unit_cost": 0.8,
          "maximum_load": 0.95}

# The calculation stands above each case, in plain numbers.
HAND_WORKED = [
    # the mean draw has no error; a draw at the end of its range is √3 deviations away, half of it avoided
    case(compute_institutions.scheduler_view, exp(0.05), provider_utilisation=0.5, draw_view=0.5,
         scheduler_error=0.3, scheduler_skill=0.0, scheduler_balance=0.1),
    case(compute_institutions.scheduler_view, exp(0.15 * sqrt(3.0)), provider_utilisation=0.5, draw_view=1.0,
         scheduler_error=0.3, scheduler_skill=0.5, scheduler_balance=0.0),
    # gain 0.5 · 0.8 · 0.5 · 0.5 = 0.1 above the cost; half of it is not; too early; who has joined stays
    case(compute_institutions.standard, 1.0, nation_certified_share=0.5, draw_standard=0.05, **CITY),
    case(compute_institutions.standard, 0.0, nation_certified_share=0.5, draw_standard=0.15, **CITY),
    case(compute_institutions.standard, 0.0, nation_certified_share=0.25, draw_standard=0.05, **CITY),
    case(compute_institutions.standard, 0.0, nation_certified_share=0.5, draw_standard=0.05,
         **{**CITY, "nation_quarter": 77.0}),
    case(compute_institutions.standard, 1.0, nation_certified_share=0.0, draw_standard=0.9,
         **{**CITY, "standard": 1.0}),
    # a public centre from the date on; a private one if 0.5 · 0.8 · 0.25 = 0.1 is worth it
    case(compute_institutions.certified, 1.0, public=1.0, nation_standard_share=0.0, draw_certified=0.9,
         **CERTIFY),
    case(compute_institutions.certified, 0.0, public=0.0, nation_standard_share=0.0, draw_certified=0.05,
         **CERTIFY),
    case(compute_institutions.certified, 1.0, public=0.0, nation_standard_share=0.25, draw_certified=0.05,
         **CERTIFY),
    case(compute_institutions.certified, 0.0, public=1.0, nation_standard_share=1.0, draw_certified=0.05,
         **{**CERTIFY, "operating": 0.0}),
    # (1 + 0.5 · 0.4) · 1.1 = 1.32 < 1.5; at home; friction of 0.1: 1.04 · 1.1 = 1.144 > 1.1
    case(compute_institutions.retailed, 1.0, hosted=0.0, city_standard=0.0, provider_certified=1.0, **RETAIL),
    case(compute_institutions.retailed, 0.0, hosted=1.0, city_standard=0.0, provider_certified=1.0, **RETAIL),
    case(compute_institutions.retailed, 0.0, hosted=0.0, city_standard=1.0, provider_certified=1.0, **RETAIL),
    # half of 4 free units at a margin of 0.4 is 0.8: above 0.1 · 7, below 0.1 · 9
    case(compute_institutions.both_platforms, 1.0, capital_cost=7.0, platform_listing=0.1, **LISTED),
    case(compute_institutions.both_platforms, 0.0, capital_cost=9.0, platform_listing=0.1, **LISTED),
    # half of 6 over 4 sold
    case(compute_institutions.standing_charge, 0.75, capital_cost=6.0, capacity=10.0, load=4.0,
         tariff=0.5, tariff_floor=0.3),
    # 6 over 4 sold; over at least 0.3 · 10; a centre without capacity
    case(compute_institutions.standing_charge, 1.5, capital_cost=6.0, capacity=10.0, load=4.0,
         tariff=1.0, tariff_floor=0.3),
    case(compute_institutions.standing_charge, 2.0, capital_cost=6.0, capacity=10.0, load=1.0,
         tariff=1.0, tariff_floor=0.3),
    case(compute_institutions.standing_charge, 0.0, capital_cost=0.0, capacity=0.0, load=0.0,
         tariff=1.0, tariff_floor=0.3),
    # in its first 20 quarters, if it is private
    case(compute_institutions.relieved, 0.5, opens=10.0, public=0.0, nation_quarter=29.0, tax_relief=0.5,
         tax_holiday=20.0),
    case(compute_institutions.relieved, 0.0, opens=10.0, public=0.0, nation_quarter=30.0, tax_relief=0.5,
         tax_holiday=20.0),
    case(compute_institutions.relieved, 0.0, opens=10.0, public=1.0, nation_quarter=11.0, tax_relief=0.5,
         tax_holiday=20.0),
    case(compute_institutions.advice, 0.04, nation_adopters=40.0, nation_firms=100.0, consulting=0.1),
    case(compute_institutions.advice, 0.0, nation_adopters=0.0, nation_firms=0.0, consulting=0.1),
    # on order; open; of the scenario
    case(compute_institutions.ordered, 0.7, size=0.7, built=1.0, operating=0.0),
    case(compute_institutions.ordered, 0.0, size=0.7, built=1.0, operating=1.0),
    case(compute_institutions.ordered, 0.0, size=0.7, built=0.0, operating=0.0),
    # 20 on order in 5 quarters: 4 a quarter, of which a tenth of the gap from 2; none are laid off
    case(compute_institutions.builders, 2.2, builders=2.0, nation_backlog=20.0, building_lag=5.0,
         construction_capacity=1.0, construction_growth=0.1),
    case(compute_institutions.builders, 2.0, builders=2.0, nation_backlog=5.0, building_lag=5.0,
         construction_capacity=1.0, construction_growth=0.1),
    case(compute_institutions.builders, 1.0, builders=0.0, nation_backlog=0.0, building_lag=5.0,
         construction_capacity=1.0, construction_growth=0.1),
    # four times what 1 builds in 5 quarters
    case(compute_institutions.building_price, 2.0, builders=1.0, nation_backlog=20.0, building_lag=5.0,
         construction_elasticity=0.5),
    case(compute_institutions.building_price, 1.0, builders=1.0, nation_backlog=4.0, building_lag=5.0,
         construction_elasticity=0.5),
    case(compute_institutions.building_wait, 15.0, builders=1.0, nation_backlog=20.0, building_lag=5.0),
    case(compute_institutions.building_wait, 0.0, builders=1.0, nation_backlog=4.0, building_lag=5.0),
]
# Rules of other files with these mechanisms on.
OTHERS = [
    # 1 + 0.5 · (1 − 0.8) · (1 − 0.6) = 1.04
    case(compute_provider.overhead, 1.04, latency=0.0, hosted=0.0, provider_utilisation=0.0,
         provider_dedicated=0.0, city_standard=1.0, provider_certified=1.0, retailed=1.0,
         service_latency_penalty=0.02, interoperability_friction=0.5, standard_effect=0.8, retail_service=0.6,
         dedicated_gain=0.25, queue_cost=0.01),
    case(compute_provider.delivered_price, 1.5 * 2.0 * 1.15, overhead=1.5, hosted=0.0, retailed=1.0,
         offer_gate_price=2.0, carriage_fee=0.05, retail_margin=0.1),
    # 1 + 0.5 · (2 − 0.5 · (1 − 0.5) · 2)
    case(centre_solvency.equity, 2.5 - 0.6, equity=1.0, operating=1.0, surplus=2.0, cost=10.0, relieved=0.5,
         surplus_share=0.5, capital_charge=0.06),
    # 4 · (1 − 0.5) · (1 − 0.5 · 0.5) · 0.8 / (1.5 · 2) − 0.05
    case(centre_investment.site_return, 0.35, site_price=1.0, site_unit_cost=0.5, site_grant=0.0,
         opening_discount=0.0, target_utilisation=0.8, surplus_share=0.5, tax_relief=0.5,
         nation_building_price=2.0, nation_credit_premium=0.05, kind_cost_level=1.0, centre_cost=1.5),
]

# fmt: on


@for_each_case([*HAND_WORKED, *OTHERS])
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(compute_institutions, HAND_WORKED)
