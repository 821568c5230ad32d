"""Rules of talent: against numbers worked by hand, and what economics asks of them."""

import math

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
    # payrolls of 19 and of 4.8 for a bill of 10, at full speed: 2 · 1.9, and 2 · ½ in place of 2 · 0.48
    case(talent.wage, 3.8, wage=2.0, talent=5.0, labour_demand=19.0, wage_adjustment=1.0, wage_floor=0.1),
    case(talent.wage, 1.0, wage=2.0, talent=5.0, labour_demand=4.8, wage_adjustment=1.0, wage_floor=0.1),
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
    # a real wage of 1.5, no crowding, compute at the mean price: 1.5³ · e^0.2
    case(talent.attraction, 4.122234308790573, wage=1.8, amenity=0.2, price_level=1.2, crowding=0.0,
         compute_price=0.7, nation_mean_compute_price=0.7, wage_elasticity=3.0, rent_elasticity=0.15,
         compute_pull=0.5),
    # crowding of 0.2, compute at four times the mean price: 1.5³ · e^(0.2 − 3 · 0.15 · 0.2) / √4
    case(talent.attraction, 1.8837192438993453, wage=1.8, amenity=0.2, price_level=1.2, crowding=0.2,
         compute_price=2.8, nation_mean_compute_price=0.7, wage_elasticity=3.0, rent_elasticity=0.15,
         compute_pull=0.5),
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


def attraction(wage=1.4, amenity=0.3, elasticity=3.0, **changes):
    reads = dict(
        price_level=1.1,
        crowding=0.0,
        compute_price=0.6,
        nation_mean_compute_price=0.6,
        rent_elasticity=0.15,
        compute_pull=0.5,
    )
    return talent.attraction(wage, amenity, wage_elasticity=elasticity, **{**reads, **changes})


def test_a_full_adjustment_closes_the_gap_at_once():
    assert talent.wage(2.0, 5.0, 12.0, 1.0, 0.1) == pytest.approx(12.0 / 5.0, rel=1e-12)


@RULES
@given(wage=between(0.01, 100.0), amenity=between(-5.0, 5.0))
def test_without_elasticity_amenities_alone_pull(wage, amenity):
    assert attraction(wage, amenity, 0.0) == elementary.exp(amenity)


@RULES
@given(wage=between(0.01, 100.0), amenity=between(-2.0, 2.0), elasticity=between(0.1, 6.0))
def test_twice_the_wage_pulls_by_two_to_the_elasticity(wage, amenity, elasticity):
    pull = attraction(wage, amenity, elasticity)
    assert attraction(2.0 * wage, amenity, elasticity) == pytest.approx(2.0**elasticity * pull, rel=1e-12)
    assert attraction(wage, amenity + 0.1, elasticity) > pull
    # Only real wages count.
    assert attraction(2.0 * wage, amenity, elasticity, price_level=2.2) == pytest.approx(pull, rel=1e-12)


@RULES
@given(crowding=between(-2.0, 2.0), rent=between(0.0, 2.0), factor=between(0.1, 10.0), pull=between(0.0, 5.0))
def test_rents_push_and_cheap_compute_pulls(crowding, rent, factor, pull):
    crowded = attraction(crowding=crowding, rent_elasticity=rent)
    assert crowded == pytest.approx(attraction() * math.exp(-3.0 * rent * crowding), rel=1e-9)
    assert attraction(crowding=crowding, rent_elasticity=0.0) == attraction()
    dear = attraction(compute_price=0.6 * factor, compute_pull=pull)
    assert dear == pytest.approx(attraction() * factor**-pull, rel=1e-9)
    assert attraction(compute_price=0.6 * factor, compute_pull=0.0) == attraction()
    # Compute that gets cheaper everywhere moves no talent.
    everywhere = {"compute_price": 0.6 * factor, "nation_mean_compute_price": 0.6 * factor}
    assert attraction(**everywhere, compute_pull=pull) == pytest.approx(attraction(), rel=1e-9)
