"""Compute and other capital, worked by hand."""

import pytest

from agents import compute_depth
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # three times the country's compute a firm: 0.1 · ln 2 (and 1e-9 added to firms and to the mean)
    case(compute_depth.compute_depth, 0.06931471803099452, compute_use=30.0, firms=10.0,
         nation_compute_use=100.0, nation_firms=100.0, compute_synergy=0.1),
    # none: −0.1 · ln 2
    case(compute_depth.compute_depth, -0.06931471805599453, compute_use=0.0, firms=10.0,
         nation_compute_use=100.0, nation_firms=100.0, compute_synergy=0.1),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-8)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(compute_depth, HAND_WORKED)
