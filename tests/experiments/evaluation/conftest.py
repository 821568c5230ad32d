"""A study without centres, a results folder and a made-up panel."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.evaluation.known_effect import known_panel
from experiments.study.study import Study, twins
from model.country.country import build_country
from model.country.synthetic import synthetic_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario
from tests.support.city_panels import SMALL, random_host_results


@pytest.fixture(scope="session")
def study() -> Study:
    country = build_country(synthetic_country(40, 1))
    return Study(twins(find_scenario("none")), (1,), Parameters(firms=800), 2014, country)


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_host_results(tmp_path_factory.mktemp("evaluation"))


@pytest.fixture(scope="session")
def panel() -> pd.DataFrame:
    return known_panel(1, cities=SMALL, years=12)
