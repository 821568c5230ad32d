"""Rules of techniques: against numbers worked by hand, and what learning and choosing must be like."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import technique
from tests.support.rules_by_hand import RULES, assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # the first quarter of 2014: 1 + 2 · ½ + 3 / (1 + e^12.5)
    case(technique.intelligent_pull, 2.0000111799178524, quarter=36.0, start_year=2005.0,
         deep_learning_pull=2.0, language_model_pull=3.0, physical_ai_pull=0.0,
         physical_ai_year=2022.0),
    # the first quarter of 2024: 1 + 2 / (1 + e^−10) + 3 · ½
    case(technique.intelligent_pull, 4.499909204262595, quarter=76.0, start_year=2005.0,
         deep_learning_pull=2.0, language_model_pull=3.0, physical_ai_pull=0.0,
         physical_ai_year=2022.0),
    # physical AI of 2022, two years later: … + 0.4 · ½
    case(technique.intelligent_pull, 4.699909204262595, quarter=76.0, start_year=2005.0,
         deep_learning_pull=2.0, language_model_pull=3.0, physical_ai_pull=0.4, physical_ai_year=2022.0),
    # 0.1 + (0.5 − 0.1) · (1 − e^(−0.02 · 50))
    case(technique.old_productivity, 0.35284822353142305, old_reached=50.0, old_start=0.1, old_limit=0.5,
         learning_rate=0.02),
    # compute at half the mean price, ε = 2: η = 0.02 · 4: 0.4 + (1.4 − 0.4) · (1 − e^(−0.08 · 12.5))
    case(technique.new_productivity, 1.0321205588285577, new_reached=12.5, compute_price=0.5, new_start=0.4,
         new_limit=1.4, learning_rate=0.02, nation_mean_compute_price=1.0, compute_learning=2.0),
    case(technique.technique_quality, 0.3, technique=0.0, city_old_productivity=0.3,
         city_new_productivity=0.7),
    case(technique.technique_quality, 0.7, technique=1.0, city_old_productivity=0.3,
         city_new_productivity=0.7),
    case(technique.new_revenue, 2.5, revenue=2.5, technique=1.0),
    case(technique.new_revenue, 0.0, revenue=2.5, technique=0.0),
    # 3 / 12
    case(technique.technique_share, 0.25, new_revenue=3.0, revenue=12.0),
    case(technique.technique_share, 0.0, new_revenue=0.0, revenue=0.0),
    case(technique.technique_share, 0.25, new_revenue=0.125, revenue=0.5),
    # 7 + (12 − 3) / (6 · 0.5), and 1e-9 added to firms and mean sales
    case(technique.old_experience, 9.9999999935, old_experience=7.0, new_revenue=3.0, revenue=12.0, firms=6.0,
         nation_mean_revenue=0.5),
    # all sales are made with the new one, to rounding
    case(technique.old_experience, 7.0, old_experience=7.0, new_revenue=3.5, revenue=3.0, firms=6.0,
         nation_mean_revenue=0.5),
    # 1 + 3 / (6 · 0.5)
    case(technique.new_experience, 1.9999999978333333, new_experience=1.0, new_revenue=3.0, firms=6.0,
         nation_mean_revenue=0.5),
    # the second quarter of 2014
    case(technique.new_since, 2014.25, new_since=0.0, technique_share=0.1, nation_quarter=37.0,
         start_year=2005.0),
    case(technique.new_since, 0.0, new_since=0.0, technique_share=0.09, nation_quarter=37.0,
         start_year=2005.0),
    case(technique.new_since, 2013.0, new_since=2013.0, technique_share=0.9, nation_quarter=37.0,
         start_year=2005.0),
    # 12 · (e^(0.8 · 0.1) − 1) − 1 · 0.5
    case(technique.technique_gain, 0.4994448120995026, technique=0.0, age=9.0, city_old_productivity=0.4,
         city_new_productivity=0.5, city_wage=0.5, quality_elasticity=0.8, payback_horizon=12.0,
         switching_cost=1.0),
    # a quarter after it was founded already
    case(technique.technique_gain, 0.4994448120995026, technique=0.0, age=1.0, city_old_productivity=0.4,
         city_new_productivity=0.5, city_wage=0.5, quality_elasticity=0.8, payback_horizon=12.0,
         switching_cost=1.0),
    # who has it gains nothing by leaving it: 12 · (e^(−0.08) − 1) − 0.5
    case(technique.technique_gain, -1.4226038433603757, technique=1.0, age=9.0, city_old_productivity=0.4,
         city_new_productivity=0.5, city_wage=0.5, quality_elasticity=0.8, payback_horizon=12.0,
         switching_cost=1.0),
    # a quarter after it was founded already
    case(technique.technique_gain, -1.4226038433603757, technique=1.0, age=1.0, city_old_productivity=0.4,
         city_new_productivity=0.5, city_wage=0.5, quality_elasticity=0.8, payback_horizon=12.0,
         switching_cost=1.0),
    # a new firm has nothing to unlearn, whatever the founder's last one did
    case(technique.technique_gain, 0.9994448120995026, technique=1.0, age=0.0, city_old_productivity=0.4,
         city_new_productivity=0.5, city_wage=0.5, quality_elasticity=0.8, payback_horizon=12.0,
         switching_cost=1.0),
    # 0.1 / (1 + e^−2) = 0.08808
    case(technique.technique, 1.0, technique=0.0, technique_gain=0.4, age=9.0, nation_quarter=28.0,
         start_year=2005.0, paradigm_arrival=2012.0, technique_hazard=0.1, technique_scale=0.2,
         technique_lock_in=1.0, draw_technique=0.088),
    case(technique.technique, 0.0, technique=0.0, technique_gain=0.4, age=9.0, nation_quarter=28.0,
         start_year=2005.0, paradigm_arrival=2012.0, technique_hazard=0.1, technique_scale=0.2,
         technique_lock_in=1.0, draw_technique=0.0882),
    # the same for who thinks of going back
    case(technique.technique, 0.0, technique=1.0, technique_gain=0.4, age=9.0, nation_quarter=28.0,
         start_year=2005.0, paradigm_arrival=2012.0, technique_hazard=0.1, technique_scale=0.2,
         technique_lock_in=1.0, draw_technique=0.088),
    # a new firm chooses at once: 1 / (1 + e^−2) = 0.8808; what the last firm had does not count
    case(technique.technique, 1.0, technique=1.0, technique_gain=0.4, age=0.0, nation_quarter=28.0,
         start_year=2005.0, paradigm_arrival=2012.0, technique_hazard=0.1, technique_scale=0.2,
         technique_lock_in=1.0, draw_technique=0.88),
    case(technique.technique, 0.0, technique=1.0, technique_gain=0.4, age=0.0, nation_quarter=28.0,
         start_year=2005.0, paradigm_arrival=2012.0, technique_hazard=0.1, technique_scale=0.2,
         technique_lock_in=1.0, draw_technique=0.882),
    # the last quarter before 2012
    case(technique.technique, 0.0, technique=1.0, technique_gain=9.0, age=9.0, nation_quarter=27.0,
         start_year=2005.0, paradigm_arrival=2012.0, technique_hazard=0.1, technique_scale=0.2,
         technique_lock_in=0.0, draw_technique=0.0),
    # without lock-in everybody has it from the first quarter on
    case(technique.technique, 1.0, technique=0.0, technique_gain=-9.0, age=9.0, nation_quarter=28.0,
         start_year=2005.0, paradigm_arrival=2012.0, technique_hazard=0.1, technique_scale=0.2,
         technique_lock_in=0.0, draw_technique=0.9),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(technique, HAND_WORKED)


@RULES
@given(quarter=st.integers(-60, 400), deep=st.floats(0.0, 20.0), language=st.floats(0.0, 20.0))
def test_demand_for_intelligent_compute_rises_with_the_techniques_and_not_without(quarter, deep, language):
    def pull(quarter, *techniques):
        return technique.intelligent_pull(float(quarter), 2005.0, *techniques, 0.0, 2027.0)

    assert pull(quarter, 0.0, 0.0) == 1.0
    assert 1.0 <= pull(quarter, deep, language) <= pull(quarter + 1, deep, language) + 1e-12
    assert pull(quarter, deep, language) <= 1.0 + deep + language + 1e-12
    # In 2005 hardly any, in 2040 nearly all of it.
    assert pull(0, deep, language) == pytest.approx(1.0, abs=0.01)
    assert pull(140, deep, language) == pytest.approx(1.0 + deep + language, rel=1e-6)


@RULES
@given(more=st.floats(1.0, 50.0), experience=st.floats(0.0, 100.0))
def test_learning_never_passes_its_limit_and_slows_down(more, experience):
    now, then, later = (
        technique.old_productivity(experience + k * more, 0.0, 0.6, 0.025) for k in (0.0, 1.0, 2.0)
    )
    assert 0.0 <= now <= then <= later <= 0.6
    assert later - then <= then - now
    assert technique.old_productivity(0.0, 0.0, 0.6, 0.025) == 0.0


def test_cheap_compute_speeds_the_new_technique_alone_and_only_if_it_may():
    def learned(price, elasticity):
        return technique.new_productivity(20.0, price, 0.45, 1.4, 0.025, 1.0, elasticity)

    assert learned(0.5, 1.0) > learned(1.0, 1.0) > learned(1.5, 1.0)
    assert learned(0.5, 0.0) == learned(1.0, 0.0) == learned(1.5, 0.0)
    # Without experience there is nothing that compute could speed up.
    assert technique.new_productivity(0.0, 0.1, 0.45, 1.4, 0.025, 1.0, 5.0) == 0.45


def gain(**changes):
    reads = dict(
        technique=0.0,
        age=9.0,
        city_old_productivity=0.5,
        city_new_productivity=0.5,
        city_wage=0.5,
        quality_elasticity=0.8,
        payback_horizon=12.0,
        switching_cost=1.0,
    )
    return technique.technique_gain(**{**reads, **changes})


def test_experience_holds_a_firm_back_and_low_wages_let_it_change():
    assert gain(city_old_productivity=0.6) < gain() < gain(city_wage=0.2)
    assert gain(age=0.0) == 0.0
    assert gain() == -0.5


@RULES
@given(draw=st.floats(0.0, 1.0, exclude_max=True), age=st.floats(1.0, 50.0))
def test_who_never_reconsiders_stays(draw, age):
    for now in (0.0, 1.0):
        stays = technique.technique(now, 50.0, age, 99.0, 2005.0, 2012.0, 0.0, 0.2, 1.0, draw)
        assert stays == now


def test_sales_with_both_techniques_are_all_sales():
    old = technique.old_experience(0.0, 3.0, 12.0, 6.0, 0.5)
    new = technique.new_experience(0.0, 3.0, 6.0, 0.5)
    assert old + new == pytest.approx(12.0 / (6.0 * 0.5))
    assert math.isfinite(technique.old_experience(0.0, 0.0, 0.0, 0.0, 0.0))
