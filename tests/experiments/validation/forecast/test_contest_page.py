"""The page of the contest is made from its numbers, and tells won from lost."""

import json

from experiments.validation.forecast.__main__ import record
from experiments.validation.forecast.contest import contests
from experiments.validation.forecast.contest_page import outcome, page
from experiments.validation.forecast.model_forecast import CityFlows
from model.country.country import shipped_country
from tests import ROOT


def test_the_shipped_page_is_made_from_the_shipped_file() -> None:
    contents = json.loads((ROOT / "docs/bench/forecast.json").read_text(encoding="utf-8"))
    assert (ROOT / "docs/forecast.md").read_text(encoding="utf-8") == page(contents)


def test_a_page_names_every_forecast_and_outcome(flows: list[CityFlows]) -> None:
    text = page(record(contests(flows, shipped_country()), 6, 100))
    assert "spatial panel (SLX)" in text
    assert text.count("none given") == 3
    assert text.count(" to 100 % |") == 3
    assert text.count("| **ComputeLeap** |") == 6
    assert outcome({"p": 0.01, "difference": -0.1}) == "won"
    assert outcome({"p": 0.01, "difference": 0.1}) == "lost"
    assert outcome({"p": 0.2, "difference": 0.1}) == outcome({"p": None}) == "no difference"
