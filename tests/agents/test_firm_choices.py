"""Choices of firms: adoption of compute, entry, exit and relocation; what economics asks of their rules."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import firm
from tests.support.rules_by_hand import RULES, between

SHARE, POSITIVE = between(0.0, 1.0), between(1e-3, 1e3)

# ── Adoption ─────────────────────────────────────────────────────────────────────────────────────


def adoption_gain(plain, adopter, data, returns, elasticity):
    return firm.adoption_gain(1.0, plain, adopter, 3.0 * adopter, data, returns, elasticity)


def test_no_gain_where_compute_changes_neither_cost_nor_data():
    assert adoption_gain(1.3, 1.3, 0.8, 0.5, 0.18) == 0.0


@RULES
@given(plain=POSITIVE, adopter=POSITIVE, data=between(0.01, 100.0), returns=between(0.1, 0.8))
def test_gain_falls_with_the_cost_of_compute_and_rises_with_data(plain, adopter, data, returns):
    gain = adoption_gain(plain, adopter, data, returns, 0.18)
    assert adoption_gain(plain, 1.01 * adopter, data, returns, 0.18) < gain
    assert adoption_gain(plain, adopter, 1.01 * data, returns, 0.18) > gain
    # Data switched off: only costs count.
    without = adoption_gain(plain, adopter, data, returns, 0.0)
    assert without == adoption_gain(plain, adopter, 0.8, returns, 0.18)


ADOPTION = dict(
    revenue=1.3,
    city_business_environment=0.6,
    city_adoption_share=0.3,
    nation_mean_revenue=1.0,
    adoption_base_cost=-0.09,
    adoption_environment_cost=0.22,
    adoption_peer_effect=0.12,
    adoption_size_cost=0.05,
)


def cost(**changes):
    return firm.adoption_cost(**{**ADOPTION, **changes})


def test_adoption_is_dearer_for_small_firms_in_poor_environments_without_adopting_neighbours():
    assert cost(revenue=0.5) > cost() > cost(revenue=2.0)
    assert cost(city_business_environment=0.1) > cost() > cost(city_business_environment=0.9)
    assert cost(city_adoption_share=0.1) > cost() > cost(city_adoption_share=0.9)


@RULES
@given(share=SHARE, revenue=between(0.0, 1e6), environment=SHARE)
def test_adoption_costs_that_are_switched_off_are_neutral(share, revenue, environment):
    assert cost(adoption_peer_effect=0.0, city_adoption_share=share) == cost(city_adoption_share=0.0)
    unsized = cost(adoption_size_cost=0.0)
    assert cost(adoption_size_cost=0.0, revenue=revenue) == unsized
    unplaced = cost(adoption_environment_cost=0.0)
    assert cost(adoption_environment_cost=0.0, city_business_environment=environment) == unplaced


def test_a_firm_of_average_size_pays_the_size_cost_once():
    assert cost(revenue=1.0) - cost(revenue=1.0, adoption_size_cost=0.0) == pytest.approx(0.05, rel=1e-12)


@RULES
@given(
    gain=between(-10.0, 10.0), dear=between(-10.0, 10.0), scale=between(0.005, 1.0), draw=between(0.0, 0.999)
)
def test_adoption_waits_for_a_chance_and_so_does_giving_up(gain, dear, scale, draw):
    assert firm.adopter(0.0, 5.0, gain, dear, 0.0, 1.0, scale, draw) == 0.0
    assert firm.adopter(1.0, 5.0, gain, dear, 1.0, 0.0, scale, draw) == 1.0


@RULES
@given(
    gain=between(-1.0, 1.0),
    more=between(0.0, 1.0),
    was=st.sampled_from([0.0, 1.0]),
    age=st.integers(0, 40).map(float),
    draw=between(0.0, 0.999),
)
def test_a_larger_gain_never_makes_a_firm_give_up(gain, more, was, age, draw):
    assert firm.adopter(was, age, gain, 0.0, 0.5, 0.5, 0.06, draw) <= firm.adopter(
        was, age, gain + more, 0.0, 0.5, 0.5, 0.06, draw
    )


@RULES
@given(gain=between(-1.0, 1.0), hazard=between(0.0, 1.0), draw=between(0.0, 0.999))
def test_a_founded_firm_chooses_at_once_whatever_the_hazard(gain, hazard, draw):
    chosen = firm.adopter(0.0, 0.0, gain, 0.0, hazard, 0.0, 0.06, draw)
    assert chosen == firm.adopter(0.0, 9.0, gain, 0.0, 1.0, 0.0, 0.06, draw)
    assert chosen >= firm.adopter(0.0, 9.0, gain, 0.0, hazard, 0.0, 0.06, draw)


# ── Entry, exit, relocation ──────────────────────────────────────────────────────────────────────


def chance(rule, draw, steps=40, **reads):
    """The chance behind a rule that answers 1 for draws below it, by bisection over the draw."""
    low, high = 0.0, 1.0
    for _ in range(steps):
        middle = 0.5 * (low + high)
        if rule(**reads, **{draw: middle}) == 1.0:
            low = middle
        else:
            high = middle
    return low


def test_founders_come_where_they_are_welcome_and_can_sell():
    here = dict(
        home_business_environment=0.5,
        home_permit_speed=0.7,
        home_tier_unit_revenue=1.0,
        nation_mean_supply=1.0,
        nation_mean_revenue=1.0,
        entry_rate=0.05,
        entry_elasticity=0.7,
    )

    def entry(**changes):
        return chance(firm.entering, "draw_entry", **{**here, **changes})

    assert entry() == pytest.approx(0.05 * 0.8 * 1.4 * 0.7, rel=1e-9)
    assert entry(home_business_environment=0.6) > entry()
    assert entry(home_permit_speed=0.8) > entry()
    assert entry(home_tier_unit_revenue=1.1) > entry() > entry(nation_mean_revenue=1.1)
    assert entry(nation_mean_supply=2.0, home_tier_unit_revenue=0.5) == entry()
    assert entry(entry_elasticity=0.0, home_tier_unit_revenue=9.0) == entry()
    assert entry(entry_rate=0.0) == 0.0


EXIT = dict(lines=1.0, age=0.0, exit_rate=0.02, exit_elasticity=0.5, exit_hump=1.0)


def exit_chance(**changes):
    return chance(firm.exiting, "draw_exit", **{**EXIT, **changes})


def test_firms_that_sell_little_close_first():
    # A thousandth of a line is added, so that the chance of a firm without sales is finite.
    assert exit_chance() == pytest.approx(0.02 * 1.001**-0.5, rel=1e-9)
    assert exit_chance(lines=0.5) > exit_chance() > exit_chance(lines=2.0)
    assert exit_chance(lines=0.0) == pytest.approx(0.02 * 1000.0**0.5, rel=1e-9)
    assert exit_chance(exit_elasticity=0.0, lines=0.5) == exit_chance(exit_elasticity=0.0)
    assert exit_chance(exit_rate=0.0, lines=0.0) == 0.0


@pytest.mark.parametrize("hump", [0.5, 1.0, 10.0])
def test_exits_peak_in_the_third_year(hump):
    def relative(age):
        return exit_chance(age=age, exit_hump=hump, exit_rate=0.01) / exit_chance(exit_rate=0.01)

    by_age = {age: relative(float(age)) for age in range(0, 61)}
    assert max(by_age, key=by_age.get) == 12
    assert by_age[12] == pytest.approx(1.0 + hump, rel=1e-9)
    assert by_age[4] == pytest.approx(1.0 + hump / 3.0 * math.exp(2.0 / 3.0), rel=1e-9)
    assert by_age[60] == pytest.approx(1.0 + hump * 5.0 * math.exp(-4.0), rel=1e-9)


@RULES
@given(age=st.integers(0, 10_000).map(float), lines=between(0.0, 1e3), draw=between(0.0, 0.999))
def test_without_a_hump_age_does_not_matter(age, lines, draw):
    reads = {**EXIT, "lines": lines, "exit_hump": 0.0, "draw_exit": draw}
    assert firm.exiting(**{**reads, "age": age}) == firm.exiting(**reads)


MOVE = dict(
    lines=0.0,
    city_tier_unit_revenue=1.0,
    prospect_tier_unit_revenue=1.0,
    city_tier_adopter_cost=1.0,
    prospect_tier_adopter_cost=1.0,
    research_returns=0.5,
    relocation_rate=0.5,
    relocation_cost=0.5,
    relocation_scale=0.2,
)


def moving(**changes):
    return chance(firm.relocating, "draw_relocation", **{**MOVE, **changes})


def test_firms_move_towards_markets_and_cheap_research():
    assert moving() == pytest.approx(0.5 / (1.0 + math.exp(2.5)), rel=1e-9)
    assert moving(prospect_tier_unit_revenue=1.2) > moving() > moving(city_tier_unit_revenue=1.2)
    assert moving(prospect_tier_adopter_cost=0.8) > moving() > moving(city_tier_adopter_cost=0.8)
    assert moving(relocation_cost=1.0) < moving() < moving(relocation_cost=0.0)
    assert moving(relocation_cost=0.0) == pytest.approx(0.25, rel=1e-9)
    # Large firms have more to move.
    assert moving(lines=4.0) == pytest.approx(moving() / 5.0, rel=1e-9)


@RULES
@given(here=between(0.0, 1e3), there=between(0.0, 1e3), draw=between(0.0, 0.999))
def test_no_firm_moves_when_relocation_is_switched_off(here, there, draw):
    reads = {**MOVE, "city_tier_unit_revenue": here, "prospect_tier_unit_revenue": there}
    assert firm.relocating(**{**reads, "relocation_rate": 0.0}, draw_relocation=draw) == 0.0
