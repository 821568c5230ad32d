"""What the page offers: scenarios with a twin, and parameters with a slider."""

from __future__ import annotations

import os

import pytest

from model.parameters import ParameterError
from tests import ROOT
from viz.app import model_catalogue
from viz.app.serving_options import EXTENSIONS


def test_scenarios_have_a_twin_and_parameters_are_of_the_open_economy() -> None:
    scenarios = model_catalogue.available_scenarios()
    assert {"actual", "random_hosts"} <= set(scenarios)
    assert "closed_economy" not in scenarios
    names = model_catalogue.adjustable_parameters()
    assert "talent_mobility" in names
    assert not {"firms", "start_year", "closed_economy", "closed_compute_investment"} & set(names)


def test_an_unknown_parameter_is_named_in_part() -> None:
    assert model_catalogue.parameter_info("talent_mobility")["name"] == "talent_mobility"
    with pytest.raises(ParameterError, match=r"there is no parameter 'x{40}'"):
        model_catalogue.parameter_info("x" * 100)


def test_extensions_are_those_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EXTENSIONS, "")
    plain = model_catalogue.served_model()
    name = f"{ROOT / 'tests' / 'support' / 'university.py'}:extension"
    made = model_catalogue.serve_extensions([name])
    assert os.environ[EXTENSIONS] == name
    assert model_catalogue.served_model().extensions == made.extensions
    assert set(made.scenarios) > set(plain.scenarios)
