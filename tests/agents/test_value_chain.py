"""Rules of rungs: against numbers worked by hand, and what climbing and falling must be like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import value_chain
from tests.support.rules_by_hand import RULES, assert_all_worked, case, for_each_case

SHARE = st.floats(0.0, 1.0)
QUALITY = st.floats(-3.0, 3.0)
RUNG = st.integers(0, 4).map(float)


# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 1 + 0.08 · (2 − 0)
    case(value_chain.purchase_factor, 1.16, rung=0.0, rung_margin=0.08, intermediate_share=0.6),
    # 1 + 0.08 · (2 − 4)
    case(value_chain.purchase_factor, 0.84, rung=4.0, rung_margin=0.08, intermediate_share=0.6),
    # 1 + 0.3 · 2 = 1.6, but 0.99 / 0.9 (and 1e-9 added to the share) is the most that sales allow
    case(value_chain.purchase_factor, 1.0999999987777778, rung=0.0, rung_margin=0.3, intermediate_share=0.9),
    # 1 + 0.6 · (2 − 4) is below nothing
    case(value_chain.purchase_factor, 0.0, rung=4.0, rung_margin=0.6, intermediate_share=0.6),
    # (1 − 0.6 · 1.16) / 0.4
    case(value_chain.value_factor, 0.76, purchase_factor=1.16, intermediate_share=0.6),
    case(value_chain.value_factor, 1.0, purchase_factor=1.0, intermediate_share=0.6),
    # 2.5 · 0.84
    case(value_chain.purchases, 2.1, supply=2.5, purchase_factor=0.84),
    # 2.1 / 2.5
    case(value_chain.purchase_ratio, 0.84, purchases=2.1, supply=2.5),
    # nothing is sold, so nothing is bought: average
    case(value_chain.purchase_ratio, 1.0, purchases=0.0, supply=0.0),
    case(value_chain.purchase_ratio, 0.84, purchases=0.42, supply=0.5),
    # 3 · 0.76
    case(value_chain.weighted_sales, 2.28, revenue=3.0, value_factor=0.76),
    # quality counts from the country's mean, here 1.5:
    # excess (0.2 − 0.05)/0.05 − 1 = 2 rungs: 1 − e^(−0.5 · 2 · 0.4 · 1)
    case(value_chain.climb_chance, 0.3296799539643607, rung=1.0, quality=1.7, nation_mean_quality=1.5,
         adopter=0.0, relatedness=0.4, chain_leap=0.5, rung_threshold=0.05, rung_spacing=0.05,
         digital_climb=0.5),
    # digital: 1 − e^(−0.5 · 2 · 0.4 · 1.5)
    case(value_chain.climb_chance, 0.4511883639059736, rung=1.0, quality=1.7, nation_mean_quality=1.5,
         adopter=1.0, relatedness=0.4, chain_leap=0.5, rung_threshold=0.05, rung_spacing=0.05,
         digital_climb=0.5),
    # (0.12 − 0.05)/0.05 − 1 = 0.4 of a rung: 1 − e^(−0.5 · 0.4 · 0.4)
    case(value_chain.climb_chance, 0.07688365361336422, rung=1.0, quality=1.62, nation_mean_quality=1.5,
         adopter=0.0, relatedness=0.4, chain_leap=0.5, rung_threshold=0.05, rung_spacing=0.05,
         digital_climb=0.5),
    # to the last rung: (0.25 − 0.05)/0.05 − 3 = 1: 1 − e^(−0.5 · 0.4)
    case(value_chain.climb_chance, 0.18126924692201815, rung=3.0, quality=1.75, nation_mean_quality=1.5,
         adopter=0.0, relatedness=0.4, chain_leap=0.5, rung_threshold=0.05, rung_spacing=0.05,
         digital_climb=0.5),
    # below the threshold 0.1 of rung 2
    case(value_chain.climb_chance, 0.0, rung=1.0, quality=1.59, nation_mean_quality=1.5, adopter=1.0,
         relatedness=0.4, chain_leap=0.5, rung_threshold=0.05, rung_spacing=0.05, digital_climb=0.5),
    # there is no rung above 4
    case(value_chain.climb_chance, 0.0, rung=4.0, quality=3.5, nation_mean_quality=1.5, adopter=1.0,
         relatedness=0.4, chain_leap=0.5, rung_threshold=0.05, rung_spacing=0.05, digital_climb=0.5),
    # rung 3 asks for 0.15: 3 − 1 − (0.05 − 0.05)/0.05 = 2 rungs short: 1 − e^(−0.2 · 2)
    case(value_chain.fall_chance, 0.3296799539643607, rung=3.0, quality=1.55, nation_mean_quality=1.5,
         rung_loss=0.2, rung_threshold=0.05, rung_spacing=0.05),
    # 3 − 1 − (0.12 − 0.05)/0.05 = 0.6 of a rung short: 1 − e^(−0.2 · 0.6)
    case(value_chain.fall_chance, 0.1130795632828425, rung=3.0, quality=1.62, nation_mean_quality=1.5,
         rung_loss=0.2, rung_threshold=0.05, rung_spacing=0.05),
    # from the lowest but one: 1 − 1 + 0.05/0.05 = 1
    case(value_chain.fall_chance, 0.18126924692201815, rung=1.0, quality=1.5, nation_mean_quality=1.5,
         rung_loss=0.2, rung_threshold=0.05, rung_spacing=0.05),
    # good enough for its rung
    case(value_chain.fall_chance, 0.0, rung=3.0, quality=1.66, nation_mean_quality=1.5, rung_loss=0.2,
         rung_threshold=0.05, rung_spacing=0.05),
    # no firm falls off rung 0
    case(value_chain.fall_chance, 0.0, rung=0.0, quality=-0.5, nation_mean_quality=1.5, rung_loss=0.2,
         rung_threshold=0.05, rung_spacing=0.05),
    case(value_chain.climbed, 1.0, age=5.0, climb_chance=0.3, draw_rung=0.29),
    case(value_chain.climbed, 0.0, age=5.0, climb_chance=0.3, draw_rung=0.3),
    case(value_chain.climbed, 1.0, age=1.0, climb_chance=0.3, draw_rung=0.29),
    case(value_chain.climbed, 0.0, age=0.0, climb_chance=0.3, draw_rung=0.1),
    case(value_chain.fell, 1.0, age=5.0, fall_chance=0.2, draw_rung=0.19),
    case(value_chain.fell, 0.0, age=5.0, fall_chance=0.2, draw_rung=0.2),
    case(value_chain.fell, 1.0, age=1.0, fall_chance=0.2, draw_rung=0.19),
    case(value_chain.fell, 0.0, age=0.0, fall_chance=0.2, draw_rung=0.1),
    case(value_chain.rung, 3.0, rung=2.0, age=1.0, climbed=1.0, fell=0.0),
    case(value_chain.rung, 1.0, rung=2.0, age=1.0, climbed=0.0, fell=1.0),
    # there is nothing below 0 and above 4
    case(value_chain.rung, 0.0, rung=0.0, age=1.0, climbed=0.0, fell=1.0),
    case(value_chain.rung, 4.0, rung=4.0, age=1.0, climbed=1.0, fell=0.0),
    # a founder's new firm does not keep the rung of the old one
    case(value_chain.rung, 0.0, rung=3.0, age=0.0, climbed=0.0, fell=0.0),
    # 1 − 0.03 / 0.1
    case(value_chain.supplier_search, 0.7, climbed=1.0, rewiring=0.1, draw_supplier_search=0.03),
    case(value_chain.supplier_search, 0.0, climbed=1.0, rewiring=0.1, draw_supplier_search=0.1),
    case(value_chain.supplier_search, 0.0, climbed=0.0, rewiring=0.1, draw_supplier_search=0.03),
    case(value_chain.customer_search, 0.7, climbed=1.0, rewiring=0.1, draw_customer_search=0.03),
    case(value_chain.customer_search, 0.0, climbed=0.0, rewiring=0.1, draw_customer_search=0.03),
    case(value_chain.customer_search, 0.0, climbed=1.0, rewiring=0.0, draw_customer_search=0.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(value_chain, HAND_WORKED)


def climb(**changes):
    return value_chain.climb_chance(**{**CLIMB, **changes})


CLIMB = dict(
    rung=1.0,
    quality=0.3,
    nation_mean_quality=0.0,
    adopter=0.0,
    relatedness=0.4,
    chain_leap=0.5,
    rung_threshold=0.05,
    rung_spacing=0.05,
    digital_climb=0.5,
)


def test_climbing_answers_quality_relatedness_and_mode():
    assert climb(quality=0.31) > climb() > climb(relatedness=0.3)
    assert climb(adopter=1.0) > climb() == climb(adopter=1.0, digital_climb=0.0)


@pytest.mark.parametrize("off", [{"chain_leap": 0.0}, {"relatedness": 0.0}])
def test_no_firm_climbs_where_climbing_is_switched_off(off):
    assert climb(**off) == 0.0


@RULES
@given(rung=RUNG, quality=QUALITY, threshold=st.floats(-2.0, 2.0), spacing=st.floats(0.01, 2.0))
def test_no_firm_can_climb_and_fall_at_once(rung, quality, threshold, spacing):
    up = climb(rung=rung, quality=quality, rung_threshold=threshold, rung_spacing=spacing)
    down = value_chain.fall_chance(rung, quality, 0.0, 0.2, threshold, spacing)
    assert up == 0.0 or down == 0.0
    assert 0.0 <= up <= 1.0
    assert 0.0 <= down <= 1.0


@RULES
@given(rung=RUNG, quality=QUALITY)
def test_no_firm_falls_without_a_rate_of_falling(rung, quality):
    assert value_chain.fall_chance(rung, quality, 0.1, 0.0, 0.05, 0.05) == 0.0


@RULES
@given(rung=RUNG, quality=QUALITY, frontier=st.floats(0.0, 50.0))
def test_rungs_move_with_the_countrys_mean_quality(rung, quality, frontier):
    # Quality grows in levels: a firm that keeps its distance to the mean neither climbs nor falls for that.
    moved = {"quality": quality + frontier, "nation_mean_quality": frontier}
    assert climb(rung=rung, **moved) == pytest.approx(climb(rung=rung, quality=quality), abs=1e-9)
    here, there = (
        value_chain.fall_chance(rung, q, mean, 0.2, 0.05, 0.05)
        for q, mean in ((quality, 0.0), (quality + frontier, frontier))
    )
    assert there == pytest.approx(here, abs=1e-9)


@RULES
@given(rung=RUNG, margin=st.floats(0.0, 0.3), share=st.floats(0.0, 0.9), revenue=st.floats(0.0, 1e3))
def test_purchases_and_value_added_are_all_of_sales(rung, margin, share, revenue):
    factor = value_chain.purchase_factor(rung, margin, share)
    added = (1.0 - share) * value_chain.weighted_sales(revenue, value_chain.value_factor(factor, share))
    assert share * factor * revenue + added == pytest.approx(revenue, rel=1e-9)
    assert 0.0 <= share * factor < 1.0


@RULES
@given(rung=RUNG, share=st.floats(0.0, 0.9))
def test_without_a_margin_rungs_are_worth_nothing_exactly(rung, share):
    assert value_chain.purchase_factor(rung, 0.0, share) == 1.0
    assert value_chain.value_factor(1.0, share) == 1.0


@RULES
@given(rung=st.integers(0, 3).map(float), margin=st.floats(0.001, 0.1))
def test_a_higher_rung_keeps_more_of_its_sales(rung, margin):
    low, high = (value_chain.purchase_factor(v, margin, 0.6) for v in (rung, rung + 1.0))
    assert low > high
    assert value_chain.value_factor(high, 0.6) > value_chain.value_factor(low, 0.6)


@RULES
@given(rewiring=st.floats(0.01, 1.0), draw=st.floats(0.0, 1.0, exclude_max=True))
def test_a_search_picks_evenly_and_only_as_often_as_told(rewiring, draw):
    search = value_chain.supplier_search(1.0, rewiring, draw)
    assert 0.0 <= search <= 1.0
    assert (search > 0.0) == (draw < rewiring)
