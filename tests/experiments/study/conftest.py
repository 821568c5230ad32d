"""A study with an extension."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.study.study import Study, twins
from model import Opening, Parameters, Scenario
from model.country.country import build_country
from tests import ROOT


@pytest.fixture(scope="module")
def university_study(country: pd.DataFrame) -> Study:
    centre = Scenario("one", "a centre", openings=(Opening("A", 0, "super", 2),))
    name = f"{ROOT / 'tests' / 'support' / 'university.py'}:extension"
    parameters = Parameters(firms=80, burn_in=2)
    return Study(twins(centre), (1, 2), parameters, 2006, build_country(country), extension=name)
