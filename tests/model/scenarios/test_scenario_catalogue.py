"""The shipped scenarios."""

from __future__ import annotations

import pytest

from model import Parameters, Scenario
from model.scenarios.scenario import ScenarioError
from model.scenarios.scenario_catalogue import SCENARIOS, find_scenario


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_frozen_and_has_parameters_in_range(name):
    scenario = SCENARIOS[name]
    Parameters.checked(**scenario.parameters)
    with pytest.raises(AttributeError):
        scenario.hosts = 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("chain", "scenario chain is gone: firms climb and fall between rungs of value added in every run"),
        ("observed_decade", "scenario observed_decade is gone: every run has the GDP and people of cities"),
    ],
)
def test_a_scenario_of_version_2_is_answered_with_a_sentence(name, said):
    with pytest.raises(ScenarioError, match=said):
        find_scenario(name)
    mine = Scenario(name, "my own")
    assert find_scenario(name, {name: mine}) is mine


def test_a_scenario_is_found_by_name_or_is_itself():
    mine = Scenario("mine", "my own")
    assert find_scenario(mine) is mine
    assert find_scenario("trading") is SCENARIOS["trading"]
    assert find_scenario("mine", {"mine": mine}) is mine
    with pytest.raises(ScenarioError, match="there is no scenario 'tradin'; did you mean trading"):
        find_scenario("tradin")
    with pytest.raises(ScenarioError, match="there is no scenario '7777'; there are actual, none, "):
        find_scenario("7777")
