"""Rules of talent: against numbers worked by hand, and what economics asks of them."""

import pytest
from hypothesis import given

from agents import elementary
from agents import wages as talent
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # payrolls of 10 for a bill of 8: 1.6 · 1.25^½
    case(talent.wage, 1.788854381999832, wage=1.6, talent=5.0, labour_demand=10.0, wage_adjustment=0.5,
         wage_floor=0.1),
    # a hundredfold gap counts as a double one: 2 · 2^½
    case(talent.wage, 2.8284271247461903, wage=2.0, talent=5.0, labour_demand=1000.0, wage_adjustment=0.5,
         wage_floor=0.1),
    # no payrolls at all count as half: 2 · ½^½
    case(talent.wage, 1.4142135623730951, wage=2.0, talent=5.0, labour_demand=0.0, wage_adjustment=0.5,
         wage_floor=0.1),
    # 0.12 · ½^½ = 0.085 is below the floor
    case(talent.wage, 0.1, wage=0.12, talent=5.0, labour_demand=0.0, wage_adjustment=0.5, wage_floor=0.1),
    # no worker to pay: the wage waits
    case(talent.wage, 1.6, wage=1.6, talent=0.0, labour_demand=10.0, wage_adjustment=0.5, wage_floor=0.1),
    # 1.5³ · e^0.2
    case(talent.attraction, 4.122234308790573, wage=1.5, amenity=0.2, wage_elasticity=3.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(talent, HAND_WORKED)


@RULES
@given(wage=between(0.2, 100.0), people=between(0.01, 1e4), speed=between(0.0, 1.0))
def test_the_wage_rests_where_payrolls_equal_the_bill(wage, people, speed):
    assert talent.wage(wage, people, people * wage, speed, 0.1) == wage


@RULES
@given(wage=between(0.2, 100.0), people=between(0.0, 1e4), payrolls=between(0.0, 1e6))
def test_wages_that_do_not_adjust_stay(wage, people, payrolls):
    assert talent.wage(wage, people, payrolls, 0.0, 0.1) == wage


@RULES
@given(
    wage=between(0.1, 100.0), people=between(0.01, 1e4), payrolls=between(0.0, 1e6), speed=between(0.01, 1.0)
)
def test_the_wage_follows_payrolls_by_at_most_a_factor_of_two_and_keeps_its_floor(
    wage, people, payrolls, speed
):
    moved = talent.wage(wage, people, payrolls, speed, 0.1)
    assert 0.1 <= moved <= 2.0 * wage
    assert moved >= min(0.5 * wage, 0.1)
    assert talent.wage(wage, people, 1.1 * payrolls, speed, 0.1) >= moved
    assert talent.wage(wage, 1.1 * people, payrolls, speed, 0.1) <= moved


def test_a_full_adjustment_closes_the_gap_at_once():
    assert talent.wage(2.0, 5.0, 12.0, 1.0, 0.1) == pytest.approx(12.0 / 5.0, rel=1e-12)


@RULES
@given(wage=between(0.01, 100.0), amenity=between(-5.0, 5.0))
def test_without_elasticity_amenities_alone_pull(wage, amenity):
    assert talent.attraction(wage, amenity, 0.0) == elementary.exp(amenity)


@RULES
@given(wage=between(0.01, 100.0), amenity=between(-2.0, 2.0), elasticity=between(0.1, 6.0))
def test_twice_the_wage_pulls_by_two_to_the_elasticity(wage, amenity, elasticity):
    pull = talent.attraction(wage, amenity, elasticity)
    assert talent.attraction(2.0 * wage, amenity, elasticity) == pytest.approx(
        2.0**elasticity * pull, rel=1e-12
    )
    assert talent.attraction(wage, amenity + 0.1, elasticity) > pull
