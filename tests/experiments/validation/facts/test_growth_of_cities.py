"""Figures of cities: growth of people, scaling, and effects by place."""

import numpy as np
import pandas as pd
import pytest

from experiments.measures.twin_pairs import Pair
from experiments.validation.facts.growth_of_cities import city_figures, effect_figures

YEARS = np.arange(2005, 2021)


def table(count: int) -> pd.DataFrame:
    region = np.array(["east", "west", "central", "northeast"])[np.arange(count) % 4]
    where = {"lon": np.linspace(100.0, 120.0, count), "lat": np.full(count, 30.0)}
    return pd.DataFrame({"region": region, "province": np.arange(count) % 8, **where})


def test_growth_and_scaling() -> None:
    people = np.tile(np.linspace(1.0, 5.0, 120), (len(YEARS), 1)) * 1.01 ** (YEARS - 2010)[:, None]
    people[-1, ::4] *= 1.2  # the east
    cities = {"people": people, "gdp": people**1.2, "innovation": people**1.5}
    found = city_figures(YEARS, cities, table(120))
    assert found["gdp_scaling"] == pytest.approx(1.2)
    assert found["innovation_scaling"] == pytest.approx(1.5)
    assert found["people_east"] == pytest.approx(np.log(1.2), abs=0.02)
    assert found["people_northeast"] == pytest.approx(0.0, abs=1e-9)
    assert found["people_growth_sd"] == pytest.approx(np.log(1.2) * np.sqrt(3 / 16))
    assert city_figures(YEARS[:8], cities, table(120)) == {}


def test_effects_by_place() -> None:
    flat = np.ones((5, 8))
    more = flat.copy()
    more[:, 0] = 2.0
    arms = ({"innovation": more, "firms": 9 * flat}, {"innovation": flat, "firms": 9 * flat})
    found = effect_figures(Pair(1, np.arange(5), np.array([0, 1]), *arms), table(8))
    assert found["effect_hosts"] == pytest.approx(100 * np.log(1.5))
    assert found["effect_east"] == pytest.approx(100 * np.log(2.0))
    assert np.isnan(found["effect_far_near"])
