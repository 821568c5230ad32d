"""Metrics and effects of a run are those of experiments.measures: effects and inequality."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures import effect_tables, inequality
from experiments.sweep import measures
from model.parameters import Parameters
from model.records import PROVIDER_RECORDED, RECORDED
from model.scenarios.scenario_catalogue import find_scenario

PARAMETERS = Parameters(firms=300, burn_in=4)
SCENARIO = find_scenario("random_hosts")


def test_gaps_of_many_years_are_those_of_each_year() -> None:
    rng = np.random.default_rng(1)
    innovation = rng.lognormal(size=(5, 30))
    innovation[2, :6] = 0.0
    innovation[4] = 0.0
    population, region = rng.lognormal(size=30), np.array(["east", "west", "north"] * 10)
    population[3] = 0.0
    found = measures.gaps(innovation, population, region)
    names = {
        "Theil": "theil",
        "Gini": "gini",
        "sigma": "sigma",
        "Theil per head": "theil_per_head",
        "Gini per head": "gini_per_head",
        "Theil between regions": "theil_between",
    }
    for year, row in enumerate(innovation):
        expected = effect_tables.gap_measures(row, population, region)
        for label, name in names.items():
            assert found[name][year] == pytest.approx(expected[label], rel=1e-12, abs=1e-14), (name, year)
    assert found["p90_p10"][0] == pytest.approx(
        np.quantile(innovation[0], 0.9) / np.quantile(innovation[0], 0.1)
    )
    assert np.isnan(found["p90_p10"][2])
    assert found["top_tenth"][0] == pytest.approx(np.sort(innovation[0])[-3:].sum() / innovation[0].sum())
    assert inequality.theil(innovation[0]) == pytest.approx(found["theil"][0])


def test_every_measure_is_recorded_by_the_model_and_documented() -> None:
    assert set(measures.CITY_MEASURES) <= set(RECORDED)
    assert set(measures.CENTRE_MEASURES) <= set(PROVIDER_RECORDED)
    for unit, meaning in (*measures.METRICS.values(), *measures.EFFECTS.values()):
        assert unit
        assert meaning
