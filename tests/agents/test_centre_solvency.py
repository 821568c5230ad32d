"""Rules of the solvency of centres, worked by hand."""

import pytest

from agents import centre_solvency
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 1 + 0.5 · 2 − 0.06 · 10; a loss of 2; under construction
    case(centre_solvency.equity, 1.4, equity=1.0, operating=1.0, surplus=2.0, cost=10.0, surplus_share=0.5,
         capital_charge=0.06, relieved=0.0),
    case(centre_solvency.equity, -1.6, equity=1.0, operating=1.0, surplus=-2.0, cost=10.0, surplus_share=0.5,
         capital_charge=0.06, relieved=0.0),
    # a small surplus is shared, 1 + 0.75 · 0.4 − 0.3, and a small loss is not
    case(centre_solvency.equity, 1.0, equity=1.0, operating=1.0, surplus=0.4, cost=10.0, surplus_share=0.25,
         capital_charge=0.03, relieved=0.0),
    case(centre_solvency.equity, 0.3, equity=1.0, operating=1.0, surplus=-0.4, cost=10.0, surplus_share=0.25,
         capital_charge=0.03, relieved=0.0),
    # (the surplus of a centre that does not operate is 0)
    case(centre_solvency.equity, 1.0, equity=1.0, operating=0.0, surplus=0.0, cost=10.0, surplus_share=0.5,
         capital_charge=0.06, relieved=0.0),
    # lost 6 of 10: too much for a lender, not for a city; centres of the scenario do not fail
    case(centre_solvency.failing, 1.0, equity=-6.0, operating=1.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(centre_solvency.failing, 0.0, equity=-6.0, operating=1.0, built=1.0, public=1.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(centre_solvency.failing, 0.0, equity=-6.0, operating=1.0, built=0.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    # just what lenders bear; a part of it; nothing can fail before it opens
    case(centre_solvency.failing, 0.0, equity=-5.0, operating=1.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(centre_solvency.failing, 0.0, equity=-4.0, operating=1.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
    case(centre_solvency.failing, 0.0, equity=-6.0, operating=0.0, built=1.0, public=0.0, cost=10.0,
         debt_limit=0.5, soft_budget=4.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(centre_solvency, HAND_WORKED)
