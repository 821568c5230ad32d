"""Scarce chips, worked by hand."""

import pytest

from agents import chips
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # until the quarter of the cutoff, and the last one after it
    case(chips.cutoff_use, 8.0, cutoff_use=5.0, use=8.0, nation_quarter=40.0, start_year=2005.0,
         chip_cutoff=2015.0),
    case(chips.cutoff_use, 5.0, cutoff_use=5.0, use=8.0, nation_quarter=41.0, start_year=2005.0,
         chip_cutoff=2015.0),
    # 1.5 + (1 − 0.4) · 10 / (4 · 5); other kinds, and earlier: nothing is added
    case(chips.domestic_volume, 1.8, domestic_volume=1.5, use=10.0, cutoff_use=5.0, chip_bound=1.0,
         nation_quarter=41.0, start_year=2005.0, chip_cutoff=2015.0, chip_imports=0.4),
    case(chips.domestic_volume, 1.5, domestic_volume=1.5, use=10.0, cutoff_use=5.0, chip_bound=0.0,
         nation_quarter=41.0, start_year=2005.0, chip_cutoff=2015.0, chip_imports=0.4),
    case(chips.domestic_volume, 0.0, domestic_volume=0.0, use=10.0, cutoff_use=5.0, chip_bound=1.0,
         nation_quarter=40.0, start_year=2005.0, chip_cutoff=2015.0, chip_imports=0.4),
    # 1 + 0.6 · 1 / √4; before the cutoff, and of basic compute, 1
    case(chips.chip_factor, 1.3, domestic_volume=3.0, chip_bound=1.0, nation_quarter=60.0, start_year=2005.0,
         chip_cutoff=2015.0, chip_imports=0.4, chip_penalty=1.0, chip_learning=0.5),
    case(chips.chip_factor, 1.0, domestic_volume=0.0, chip_bound=1.0, nation_quarter=39.0, start_year=2005.0,
         chip_cutoff=2015.0, chip_imports=0.4, chip_penalty=1.0, chip_learning=0.5),
    case(chips.chip_factor, 1.0, domestic_volume=0.0, chip_bound=0.0, nation_quarter=60.0, start_year=2005.0,
         chip_cutoff=2015.0, chip_imports=0.4, chip_penalty=1.0, chip_learning=0.5),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(chips, HAND_WORKED)
