"""Rules of investment in centres: worked by hand, and what each must do wherever its numbers lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import centre_investment as investment
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 3 + 0.005 · 40; before the first day nothing
    case(investment.building_fund, 3.2, building_fund=3.0, budget=40.0, nation_quarter=20.0,
         building_start=20.0, building_effort=0.005),
    case(investment.building_fund, 3.0, building_fund=3.0, budget=40.0, nation_quarter=19.0,
         building_start=20.0, building_effort=0.005),
    # 2 + 0.5 · (1.2 · 3 − 2)
    case(investment.forecast, 2.8, forecast=2.0, demand=3.0, forecast_weight=0.5, optimism=0.2),
    # 4 / 0.8 − 1, no peer ahead
    case(investment.wish, 4.0, forecast=4.0, capacity=1.0, local_utilisation=1.0, peer_capacity=0.5,
         target_utilisation=0.8, yardstick=0.3),
    # half of the target is used: 5 · 0.5 − 1
    case(investment.wish, 1.5, forecast=4.0, capacity=1.0, local_utilisation=0.4, peer_capacity=0.5,
         target_utilisation=0.8, yardstick=0.3),
    # enough of its own, but peers have more: 0.3 · (7 − 6)
    case(investment.wish, 0.3, forecast=4.0, capacity=6.0, local_utilisation=1.0, peer_capacity=7.0,
         target_utilisation=0.8, yardstick=0.3),
    # 0.8 / 0.8 − 0.5, and 0.3 · (2.5 − 0.5)
    case(investment.wish, 1.1, forecast=0.8, capacity=0.5, local_utilisation=1.0, peer_capacity=2.5,
         target_utilisation=0.8, yardstick=0.3),
    # 2 / 0.8, and no more than a standard centre
    case(investment.site_capacity, 2.5, site_demand=2.0, target_utilisation=0.8, kind_standard_capacity=4.0),
    case(investment.site_capacity, 4.0, site_demand=9.0, target_utilisation=0.8, kind_standard_capacity=4.0),
    # 4 · (0.9 · 0.8 − 0.52) · 0.5 · 0.8 / (1.6 · 0.5)
    case(investment.site_return, 0.4, site_price=0.9, site_unit_cost=0.52, site_grant=0.5,
         opening_discount=0.2, target_utilisation=0.8, surplus_share=0.5,
         kind_cost_level=1.0, centre_cost=1.6,
         tax_relief=0.0, nation_building_price=1.0, nation_credit_premium=0.0),
    # a quarter of a surplus is the city's: 4 · (0.9 · 0.8 − 0.52) · 0.75 · 0.8 / 1.6
    case(investment.site_return, 0.3, site_price=0.9, site_unit_cost=0.52, site_grant=0.0,
         opening_discount=0.2, target_utilisation=0.8, surplus_share=0.25,
         kind_cost_level=1.0, centre_cost=1.6,
         tax_relief=0.0, nation_building_price=1.0, nation_credit_premium=0.0),
    # capacity at half of its first cost: twice that
    case(investment.site_return, 0.6, site_price=0.9, site_unit_cost=0.52, site_grant=0.0,
         opening_discount=0.2, target_utilisation=0.8, surplus_share=0.25,
         kind_cost_level=0.5, centre_cost=1.6,
         tax_relief=0.0, nation_building_price=1.0, nation_credit_premium=0.0),
    # a loss is borne in full: 4 · (0.4 − 0.52) · 0.8 / 1.6
    case(investment.site_return, -0.24, site_price=0.5, site_unit_cost=0.52, site_grant=0.0,
         opening_discount=0.2, target_utilisation=0.8, surplus_share=0.5,
         kind_cost_level=1.0, centre_cost=1.6,
         tax_relief=0.0, nation_building_price=1.0, nation_credit_premium=0.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(investment, HAND_WORKED)


AMOUNT = st.floats(0.0, 1e3)


@given(forecast=AMOUNT, capacity=AMOUNT, use=st.floats(0.0, 2.0), peers=AMOUNT)
def test_idle_centres_and_no_rivals_make_a_city_want_less(forecast, capacity, use, peers):
    wish = investment.wish(forecast, capacity, use, peers, 0.8, 0.3)
    assert investment.wish(forecast, capacity, 0.5 * use, peers, 0.8, 0.3) <= wish
    assert 0.0 <= investment.wish(forecast, capacity, use, peers, 0.8, 0.0) <= wish


@given(price=st.floats(0.0, 3.0), cost=st.floats(0.1, 1.0), grant=st.floats(0.0, 0.9))
def test_grants_and_cheap_power_raise_the_return(price, cost, grant):
    def at(cost, grant):
        return investment.site_return(price, cost, grant, 0.2, 0.8, 0.5, 0.0, 1.0, 0.0, 1.0, 1.5)

    assert at(0.9 * cost, grant) > at(cost, grant)
    if at(cost, 0.0) > 0.0:
        assert at(cost, grant) >= at(cost, 0.0)
