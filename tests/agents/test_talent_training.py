"""Training of talent, worked by hand."""

import pytest

from agents import talent_training
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 8 students for 16 quarters; at least one quarter
    case(talent_training.graduated, 0.5, students=8.0, training_lag=16.0),
    case(talent_training.graduated, 8.0, students=8.0, training_lag=0.5),
    # 8 − 0.5 + 0.02 · 0.4 · 10 / (16 · 0.25); nobody starts in the burn-in
    case(talent_training.students, 7.52, students=8.0, graduated=0.5, budget=10.0, attention=0.4, wage=0.25,
         nation_quarter=0.0, training_effort=0.02, training_lag=16.0),
    case(talent_training.students, 7.5, students=8.0, graduated=0.5, budget=10.0, attention=0.4, wage=0.25,
         nation_quarter=-1.0, training_effort=0.02, training_lag=16.0),
    case(talent_training.students, 0.0, students=0.5, graduated=1.0, budget=0.0, attention=0.4, wage=0.25,
         nation_quarter=3.0, training_effort=0.02, training_lag=0.5),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(talent_training, HAND_WORKED)
