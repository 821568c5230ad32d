"""Rules of firms: against numbers worked by hand, and what economics asks of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import firm
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # e^(0.8 · 0.5)
    # (of which the technique adds 0.3, compute 0.1)
    case(firm.supply, 1.4918246976412703, quality=0.1, technique_quality=0.3, city_compute_depth=0.1,
         quality_elasticity=0.8),
    # e^(−3)
    case(firm.supply, 0.049787068367863944, quality=-2.0, technique_quality=0.0, city_compute_depth=0.0,
         quality_elasticity=1.5),
    # 1.25 · 0.8
    case(firm.revenue, 1.0, supply=1.25, city_tier_unit_revenue=0.8),
    # 3.5 · 1
    case(firm.digital_revenue, 3.5, revenue=3.5, adopter=1.0),
    # 3.5 · 0
    case(firm.digital_revenue, 0.0, revenue=3.5, adopter=0.0),
    # e^(−250 · (1 − 0.5 · 0.4) / 500)
    case(firm.final_reach, 0.6703200460356393, distance=250.0, origin_adoption_share=0.4,
         final_trade_reach=500.0, digital_trade=0.5),
    # e^(−250 · (1 − 0.5 · 0.6) / 1000)
    case(firm.intermediate_reach, 0.8394570207692074, distance=250.0, origin_adoption_share=0.6,
         intermediate_trade_reach=1000.0, digital_trade=0.5),
    # 3 / 2
    case(firm.lines, 1.5, revenue=3.0, nation_mean_revenue=2.0),
    # 5 · (1 − 0.6 · 1.1); the first tier buys from no other
    case(firm.value_added, 1.7, revenue=5.0, city_tier_upstream=1.0, purchase_factor=1.1,
         intermediate_share=0.6),
    case(firm.value_added, 5.0, revenue=5.0, city_tier_upstream=0.0, purchase_factor=1.1,
         intermediate_share=0.6),
    # 1.7 · (1 − 0.45 − 0.2) − 0.1 − 0.05
    case(firm.profit, 0.445, value_added=1.7, labour_spending=0.1, compute_spending=0.05, labour_share=0.45,
         tax_rate=0.2),
    # 0.5/0.5 · ln 1.2 + 0.5 · 0.18/0.5 · ln 2
    case(firm.adoption_gain, 0.30708804929474476, eligible=1.0, city_tier_plain_cost=1.2,
         city_tier_adopter_cost=1.0, city_tier_unaided_cost=1.1, industry_intensity=1.0, city_data=1.6,
         research_returns=0.5, data_elasticity=0.18),
    # 0.75/0.25 · ln ½ + 0
    case(firm.adoption_gain, -2.0794415416798357, eligible=0.0, city_tier_plain_cost=0.9,
         city_tier_adopter_cost=1.1, city_tier_unaided_cost=1.8, industry_intensity=1.0, city_data=0.8,
         research_returns=0.75, data_elasticity=0.18),
    # twice the intensity, twice the gain: 2 · 0.5/0.5 · ln 1.2 + 0
    case(firm.adoption_gain, 0.3646431135879093, eligible=1.0, city_tier_plain_cost=1.2,
         city_tier_adopter_cost=1.0, city_tier_unaided_cost=1.1, industry_intensity=2.0, city_data=0.8,
         research_returns=0.5, data_elasticity=0.18),
    # −0.09 + 0.22 · 0.3 − 0.12 · 0.25 + 0.05 · √¼ (and 1e-9 added to both sales)
    case(firm.adoption_cost, -0.028999999990625, revenue=4.0, city_business_environment=0.7,
         city_adoption_share=0.25, city_rural_share=0.4, nation_mean_revenue=1.0, adoption_base_cost=-0.09,
         adoption_environment_cost=0.22, adoption_peer_effect=0.12, adoption_size_cost=0.05,
         digital_divide=0.0, rural_access=0.0, nation_advice=0.0),
    # … + 0.5 · (1 − 0.75) · 0.4
    case(firm.adoption_cost, 0.021000000009375, revenue=4.0, city_business_environment=0.7,
         city_adoption_share=0.25, city_rural_share=0.4, nation_mean_revenue=1.0, adoption_base_cost=-0.09,
         adoption_environment_cost=0.22, adoption_peer_effect=0.12, adoption_size_cost=0.05,
         digital_divide=0.5, rural_access=0.75, nation_advice=0.0),
    # 0.12 / (1 + e^−1) = 0.08773
    case(firm.adopter, 1.0, adopter=0.0, age=8.0, adoption_gain=0.1, adoption_cost=0.04, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.0877),
    case(firm.adopter, 0.0, adopter=0.0, age=8.0, adoption_gain=0.1, adoption_cost=0.04, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.0878),
    # a loss of the same size: 0.015 / (1 + e^−1) = 0.01097 gives it up
    case(firm.adopter, 0.0, adopter=1.0, age=8.0, adoption_gain=0.04, adoption_cost=0.1, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.0109),
    case(firm.adopter, 1.0, adopter=1.0, age=8.0, adoption_gain=0.04, adoption_cost=0.1, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.011),
    # a firm that was just founded considers it at once: 1 / (1 + e^−1) = 0.73106
    case(firm.adopter, 1.0, adopter=0.0, age=0.0, adoption_gain=0.1, adoption_cost=0.04, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.731),
    case(firm.adopter, 0.0, adopter=0.0, age=0.0, adoption_gain=0.1, adoption_cost=0.04, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.7311),
    # it would sell 4 · 0.5 = 2 where a firm sells 0.5: 0.05 · (0.4 + 0.8 · 0.75) · 1.4 · 0.5 · √4 = 0.07
    case(firm.entering, 1.0, home_business_environment=0.75, home_permit_speed=0.5,
         home_tier_unit_revenue=4.0, home_hosted_tasks=0.0, home_compute_bill=1.0, nation_mean_supply=0.5,
         nation_mean_revenue=0.5, entry_rate=0.05, entry_elasticity=0.5, task_seeding=0.0, draw_entry=0.0699),
    # three quarters of all compute for visitors: 0.07 · (1 + 0.4 · 0.75) = 0.091
    case(firm.entering, 1.0, home_business_environment=0.75, home_permit_speed=0.5,
         home_tier_unit_revenue=4.0, home_hosted_tasks=3.0, home_compute_bill=1.0, nation_mean_supply=0.5,
         nation_mean_revenue=0.5, entry_rate=0.05, entry_elasticity=0.5, task_seeding=0.4, draw_entry=0.0909),
    case(firm.entering, 0.0, home_business_environment=0.75, home_permit_speed=0.5,
         home_tier_unit_revenue=4.0, home_hosted_tasks=3.0, home_compute_bill=1.0, nation_mean_supply=0.5,
         nation_mean_revenue=0.5, entry_rate=0.05, entry_elasticity=0.5, task_seeding=0.4, draw_entry=0.0911),
    case(firm.entering, 0.0, home_business_environment=0.75, home_permit_speed=0.5,
         home_tier_unit_revenue=4.0, home_hosted_tasks=3.0, home_compute_bill=1.0, nation_mean_supply=0.5,
         nation_mean_revenue=0.5, entry_rate=0.05, entry_elasticity=0.5, task_seeding=0.0, draw_entry=0.0701),
    # a new firm: 0.02 · √(1 / (0.249 + 0.001)) = 0.04
    case(firm.exiting, 1.0, lines=0.249, age=0.0, exit_rate=0.02, exit_elasticity=0.5, exit_hump=1.5,
         draw_exit=0.0399),
    case(firm.exiting, 0.0, lines=0.249, age=0.0, exit_rate=0.02, exit_elasticity=0.5, exit_hump=1.5,
         draw_exit=0.0401),
    # after three years times 1 + 1.5
    case(firm.exiting, 1.0, lines=0.249, age=12.0, exit_rate=0.02, exit_elasticity=0.5, exit_hump=1.5,
         draw_exit=0.0999),
    case(firm.exiting, 0.0, lines=0.249, age=12.0, exit_rate=0.02, exit_elasticity=0.5, exit_hump=1.5,
         draw_exit=0.1001),
    # after six times 1 + 1.5 · 2/e: 0.08415
    case(firm.exiting, 1.0, lines=0.249, age=24.0, exit_rate=0.02, exit_elasticity=0.5, exit_hump=1.5,
         draw_exit=0.0841),
    case(firm.exiting, 0.0, lines=0.249, age=24.0, exit_rate=0.02, exit_elasticity=0.5, exit_hump=1.5,
         draw_exit=0.0842),
    # ln 2 + 0.5 · ln(4/3) − 0.5 = 0.33699; 0.5 / (1 + e^−1.68494) = 0.42178
    case(firm.relocating, 1.0, lines=0.0, city_tier_unit_revenue=1.0, prospect_tier_unit_revenue=2.0,
         city_tier_adopter_cost=1.2, prospect_tier_adopter_cost=0.9, research_returns=0.5,
         relocation_rate=0.5, relocation_cost=0.5, relocation_scale=0.2, draw_relocation=0.4217),
    case(firm.relocating, 0.0, lines=0.0, city_tier_unit_revenue=1.0, prospect_tier_unit_revenue=2.0,
         city_tier_adopter_cost=1.2, prospect_tier_adopter_cost=0.9, research_returns=0.5,
         relocation_rate=0.5, relocation_cost=0.5, relocation_scale=0.2, draw_relocation=0.4219),
    # a firm of three lines moves a quarter as often: 0.10544
    case(firm.relocating, 1.0, lines=3.0, city_tier_unit_revenue=1.0, prospect_tier_unit_revenue=2.0,
         city_tier_adopter_cost=1.2, prospect_tier_adopter_cost=0.9, research_returns=0.5,
         relocation_rate=0.5, relocation_cost=0.5, relocation_scale=0.2, draw_relocation=0.1054),
    case(firm.relocating, 0.0, lines=3.0, city_tier_unit_revenue=1.0, prospect_tier_unit_revenue=2.0,
         city_tier_adopter_cost=1.2, prospect_tier_adopter_cost=0.9, research_returns=0.5,
         relocation_rate=0.5, relocation_cost=0.5, relocation_scale=0.2, draw_relocation=0.1055),
    case(firm.age, 8.0, age=7.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(firm, HAND_WORKED)


SHARE, POSITIVE = between(0.0, 1.0), between(1e-3, 1e3)


# ── Product market ───────────────────────────────────────────────────────────────────────────────


def test_supply_is_one_at_a_quality_of_zero_and_where_quality_does_not_sell():
    assert firm.supply(0.0, 0.0, 0.0, 0.8) == 1.0
    assert firm.supply(3.7, 0.5, 0.0, 0.0) == 1.0
    assert firm.supply(0.2, 0.0, 0.0, 0.8) > firm.supply(0.1, 0.0, 0.0, 0.8)


@pytest.mark.parametrize("reach", [firm.final_reach, firm.intermediate_reach])
class TestReach:
    def test_everything_is_seen_at_home(self, reach):
        assert reach(0.0, 0.3, 500.0, 0.5) == 1.0

    @RULES
    @given(distance=between(1.0, 5e3), share=SHARE, trade_reach=between(50.0, 1e4))
    def test_without_digital_trade_adoption_does_not_matter(self, reach, distance, share, trade_reach):
        assert reach(distance, share, trade_reach, 0.0) == reach(distance, 0.0, trade_reach, 0.9)

    @RULES
    @given(distance=between(1.0, 5e3), share=between(0.01, 0.99), trade_reach=between(50.0, 1e4))
    def test_it_falls_with_distance_and_rises_with_adoption(self, reach, distance, share, trade_reach):
        seen = reach(distance, share, trade_reach, 0.5)
        assert reach(1.1 * distance, share, trade_reach, 0.5) < seen < reach(distance, 1.0, trade_reach, 0.5)
        assert seen < reach(distance, share, 1.1 * trade_reach, 0.5)


# ── Accounts of a firm ───────────────────────────────────────────────────────────────────────────


@RULES
@given(
    revenue=POSITIVE,
    upstream=st.sampled_from([0.0, 1.0]),
    factor=between(0.0, 1.1),
    share=between(0.0, 0.9),
    wages=between(0.0, 0.7),
    tax=between(0.0, 0.3),
    talent=POSITIVE,
    compute=POSITIVE,
)
def test_value_added_is_paid_out_in_full(revenue, upstream, factor, share, wages, tax, talent, compute):
    added = firm.value_added(revenue, upstream, factor, share)
    owner = firm.profit(added, talent, compute, wages, tax)
    assert wages * added + tax * added + talent + compute + owner == pytest.approx(added, rel=1e-9, abs=1e-9)
    bought = upstream * share * factor * revenue
    assert added + bought == pytest.approx(revenue, rel=1e-12)


def test_lines_are_one_at_the_mean_and_none_without_sales():
    assert firm.lines(0.7, 0.7) == pytest.approx(1.0, abs=1e-11)
    assert firm.lines(0.0, 0.7) == 0.0
    assert firm.lines(0.0, 0.0) == 0.0


SHARE, POSITIVE = between(0.0, 1.0), between(1e-3, 1e3)

# ── Adoption ─────────────────────────────────────────────────────────────────────────────────────


def adoption_gain(plain, adopter, data, returns, elasticity):
    return firm.adoption_gain(1.0, plain, adopter, 3.0 * adopter, 1.0, data, returns, elasticity)


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
    city_rural_share=0.4,
    nation_mean_revenue=1.0,
    nation_advice=0.0,
    adoption_base_cost=-0.09,
    adoption_environment_cost=0.22,
    adoption_peer_effect=0.12,
    adoption_size_cost=0.05,
    digital_divide=0.1,
    rural_access=0.5,
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
        home_hosted_tasks=0.0,
        home_compute_bill=1.0,
        nation_mean_supply=1.0,
        nation_mean_revenue=1.0,
        entry_rate=0.05,
        entry_elasticity=0.7,
        task_seeding=0.5,
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
