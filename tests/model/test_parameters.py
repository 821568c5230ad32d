"""Parameters: refused values."""

from __future__ import annotations

import pytest

from model import Opening, Parameters, RegionalModel, Scenario
from model.parameters import ParameterError
from model.scenarios.scenario import ScenarioError


def test_a_number_too_long_to_write_is_refused(country):
    huge = 10**5000
    with pytest.raises(ParameterError, match="substitution cannot be a whole number of thousands of digits"):
        Parameters().changed(substitution=huge)
    scenario = Scenario("wrong", "x", openings=(Opening("here", 0, "basic", huge),))
    with pytest.raises(ScenarioError, match="quarter cannot be a whole number of thousands of digits"):
        RegionalModel(Parameters(firms=60), scenario, 1, cities=country)


def test_a_long_value_is_cut():
    with pytest.raises(ParameterError) as told:
        Parameters().changed(substitution="x" * 1000)
    assert len(str(told.value)) < 200
