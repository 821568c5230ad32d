"""Industries of users, worked by hand."""

import pytest

from agents import user_industry
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 4 · 0.8; 4 · 1.3
    case(user_industry.consumer_spending, 3.2, compute_spending=4.0, industry_consumers=0.8),
    case(user_industry.tilted_spending, 5.2, compute_spending=4.0, industry_intelligence=1.3),
    # 5.2 / 4; none is bought; at most 1 + 0.1 / 0.5 (and 1e-9)
    case(user_industry.intelligent_tilt, 1.3, tilted_spending=5.2, compute_spending=4.0,
         tier_weight_intelligent=0.3, tier_weight_basic=0.6),
    case(user_industry.intelligent_tilt, 1.0, tilted_spending=0.0, compute_spending=0.0,
         tier_weight_intelligent=0.3, tier_weight_basic=0.6),
    case(user_industry.intelligent_tilt, 1.1999999996, tilted_spending=5.2, compute_spending=4.0,
         tier_weight_intelligent=0.5, tier_weight_basic=0.1),
    # 0.4 · (1 + 0.5 · (0.59 − 0.39)), and the rest; nothing bought: as usual; at most all
    case(user_industry.share, 0.44, usual_share=0.4, real_time=1.0, nation_consumer_spending=5.9,
         nation_firm_compute=10.0, consumer_haste=0.5),
    case(user_industry.share, 0.56, usual_share=0.6, real_time=0.0, nation_consumer_spending=5.9,
         nation_firm_compute=10.0, consumer_haste=0.5),
    case(user_industry.share, 0.4, usual_share=0.4, real_time=1.0, nation_consumer_spending=0.0,
         nation_firm_compute=0.0, consumer_haste=0.5),
    case(user_industry.share, 0.0, usual_share=0.1, real_time=0.0, nation_consumer_spending=9.9,
         nation_firm_compute=10.0, consumer_haste=0.5),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(user_industry, HAND_WORKED)


def test_the_industries_are_described_to_the_same_length_and_their_firms_add_up():
    tables = (
        user_industry.FIRMS,
        user_industry.INTENSITY,
        user_industry.INTELLIGENCE,
        user_industry.CONSUMERS,
    )
    assert {len(one) for one in tables} == {len(user_industry.INDUSTRIES)} == {7}
    assert sum(user_industry.FIRMS) == pytest.approx(1.0)


def test_the_usual_part_of_consumers_is_that_of_the_table():
    compute = [share * much for share, much in zip(user_industry.FIRMS, user_industry.INTENSITY, strict=True)]
    served = sum(one * part for one, part in zip(compute, user_industry.CONSUMERS, strict=True))
    assert served / sum(compute) == pytest.approx(user_industry.USUAL_CONSUMERS, abs=0.005)
