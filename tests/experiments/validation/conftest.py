"""A validation on a small country."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.study.run_arms import run_arms
from experiments.validation.rows import ValidationRuns
from model import Parameters
from model.country.city_tables import load_centres
from model.country.country import Country
from model.country.network import build_network


@pytest.fixture(scope="module")
def context(country: pd.DataFrame) -> ValidationRuns:
    place = Country(country, load_centres().iloc[:0], build_network(country))
    return ValidationRuns(Parameters(firms=150, burn_in=2), 2011, place, (1, 2), run_arms, quick=True)
