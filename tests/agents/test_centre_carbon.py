"""Carbon of centres, worked by hand."""

import pytest

from agents import centre_carbon
from tests.support.rules_by_hand import assert_all_worked, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # (1000 − 400) kWh · 0.8 kg
    case(centre_carbon.operating_carbon, 0.48, power_use=1000.0, green_power=400.0, fossil_intensity=0.8),
    case(centre_carbon.operating_carbon, 0.0, power_use=1000.0, green_power=1000.0, fossil_intensity=0.8),
    # 2000 CNY · 0.15 kg
    case(centre_carbon.embodied_carbon, 0.3, capital_cost=2000.0, embodied_emissions=0.15),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_rule_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(centre_carbon, HAND_WORKED)
