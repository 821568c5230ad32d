"""Rules of building, worked by hand; what each must do wherever its numbers lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import centre_investment as building
from agents.rules import Rules
from model.engine.rule_source import arguments


def case(rule, expected, **reads):
    assert set(reads) == set(arguments(rule)), rule.__name__
    return rule, expected, reads


# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 3 + 0.005 · 40; before the first day nothing
    case(building.building_fund, 3.2, building_fund=3.0, budget=40.0, nation_quarter=20.0,
         building_start=20.0, building_effort=0.005),
    case(building.building_fund, 3.0, building_fund=3.0, budget=40.0, nation_quarter=19.0,
         building_start=20.0, building_effort=0.005),
    # 2 + 0.5 · (1.2 · 3 − 2)
    case(building.forecast, 2.8, forecast=2.0, demand=3.0, forecast_weight=0.5, optimism=0.2),
    # 4 / 0.8 − 1, no peer ahead
    case(building.wish, 4.0, forecast=4.0, capacity=1.0, local_utilisation=1.0, peer_capacity=0.5,
         target_utilisation=0.8, yardstick=0.3),
    # half of the target is used: 5 · 0.5 − 1
    case(building.wish, 1.5, forecast=4.0, capacity=1.0, local_utilisation=0.4, peer_capacity=0.5,
         target_utilisation=0.8, yardstick=0.3),
    # enough of its own, but peers have more: 0.3 · (7 − 6)
    case(building.wish, 0.3, forecast=4.0, capacity=6.0, local_utilisation=1.0, peer_capacity=7.0,
         target_utilisation=0.8, yardstick=0.3),
    # 0.8 / 0.8 − 0.5, and 0.3 · (2.5 − 0.5)
    case(building.wish, 1.1, forecast=0.8, capacity=0.5, local_utilisation=1.0, peer_capacity=2.5,
         target_utilisation=0.8, yardstick=0.3),
    # 2 / 0.8, and no more than a standard centre
    case(building.site_capacity, 2.5, site_demand=2.0, target_utilisation=0.8, kind_standard_capacity=4.0),
    case(building.site_capacity, 4.0, site_demand=9.0, target_utilisation=0.8, kind_standard_capacity=4.0),
    # 4 · (0.9 · 0.8 − 0.52) · 0.5 · 0.8 / (1.6 · 0.5)
    case(building.site_return, 0.4, site_price=0.9, site_unit_cost=0.52, site_grant=0.5,
         opening_discount=0.2, target_utilisation=0.8, surplus_share=0.5, centre_cost=1.6),
    # a quarter of a surplus is the city's: 4 · (0.9 · 0.8 − 0.52) · 0.75 · 0.8 / 1.6
    case(building.site_return, 0.3, site_price=0.9, site_unit_cost=0.52, site_grant=0.0,
         opening_discount=0.2, target_utilisation=0.8, surplus_share=0.25, centre_cost=1.6),
    # a loss is borne in full: 4 · (0.4 − 0.52) · 0.8 / 1.6
    case(building.site_return, -0.24, site_price=0.5, site_unit_cost=0.52, site_grant=0.0,
         opening_discount=0.2, target_utilisation=0.8, surplus_share=0.5, centre_cost=1.6),
    # 1 + 0.5 · 2 − 0.06 · 10; a loss of 2; under construction
    case(building.equity, 1.4, equity=1.0, operating=1.0, surplus=2.0, cost=10.0, surplus_share=0.5,
         capital_charge=0.06),
    case(building.equity, -1.6, equity=1.0, operating=1.0, surplus=-2.0, cost=10.0, surplus_share=0.5,
         capital_charge=0.06),
    # a small surplus is shared, 1 + 0.75 · 0.4 − 0.3, and a small loss is not
    case(building.equity, 1.0, equity=1.0, operating=1.0, surplus=0.4, cost=10.0, surplus_share=0.25,
         capital_charge=0.03),
    case(building.equity, 0.3, equity=1.0, operating=1.0, surplus=-0.4, cost=10.0, surplus_share=0.25,
         capital_charge=0.03),
    # (the surplus of a centre that does not operate is 0)
    case(building.equity, 1.0, equity=1.0, operating=0.0, surplus=0.0, cost=10.0, surplus_share=0.5,
         capital_charge=0.06),
    # lost 6 of 10: too much for a lender, not for a city; centres of the scenario do not fail
    case(building.failing, 1.0, equity=-6.0, operating=1.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(building.failing, 0.0, equity=-6.0, operating=1.0, built=1.0, public=1.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(building.failing, 0.0, equity=-6.0, operating=1.0, built=0.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    # just what lenders bear; a part of it; nothing can fail before it opens
    case(building.failing, 0.0, equity=-5.0, operating=1.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(building.failing, 0.0, equity=-4.0, operating=1.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(building.failing, 0.0, equity=-6.0, operating=0.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
]
# fmt: on


@pytest.mark.parametrize(
    ("rule", "expected", "reads"),
    HAND_WORKED,
    ids=[f"{c[0].__name__}-{n}" for n, c in enumerate(HAND_WORKED)],
)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    ours = {name for name, rule in Rules().items() if rule.__module__ == building.__name__}
    assert {rule.__name__ for rule, _, _ in HAND_WORKED} == ours


AMOUNT = st.floats(0.0, 1e3)


@given(forecast=AMOUNT, capacity=AMOUNT, use=st.floats(0.0, 2.0), peers=AMOUNT)
def test_idle_centres_and_no_rivals_make_a_city_want_less(forecast, capacity, use, peers):
    wish = building.wish(forecast, capacity, use, peers, 0.8, 0.3)
    assert building.wish(forecast, capacity, 0.5 * use, peers, 0.8, 0.3) <= wish
    assert 0.0 <= building.wish(forecast, capacity, use, peers, 0.8, 0.0) <= wish


@given(price=st.floats(0.0, 3.0), cost=st.floats(0.1, 1.0), grant=st.floats(0.0, 0.9))
def test_grants_and_cheap_power_raise_the_return(price, cost, grant):
    def at(cost, grant):
        return building.site_return(price, cost, grant, 0.2, 0.8, 0.5, 1.5)

    assert at(0.9 * cost, grant) > at(cost, grant)
    if at(cost, 0.0) > 0.0:
        assert at(cost, grant) >= at(cost, 0.0)
