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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cloud_price", "parameter cloud_price is now called cloud_start_price"),
        ("local_tax", "parameter local_tax is now called tax_rate, a share of value added"),
        ("market_size_elasticity", "parameter market_size_elasticity is gone: incomes are spent where"),
        ("obsolescence", "parameter obsolescence is gone: quality is in levels"),
    ],
)
def test_a_parameter_of_version_2_is_answered_with_a_sentence(country, name, said):
    with pytest.raises(ParameterError, match=said):
        Parameters.checked(**{name: 0.1})
    with pytest.raises(ParameterError, match=said):
        RegionalModel(cities=country, **{name: 0.1})
    assert name not in Parameters.model_fields
