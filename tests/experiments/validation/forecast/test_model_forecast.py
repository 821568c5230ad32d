"""Members are run with seeds of their own; one that fails is left out."""

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble.members import shipped_ensemble
from experiments.validation.forecast import model_forecast
from experiments.validation.forecast.model_forecast import run_members, without_institutions
from model.country.city_accounts import INSTITUTIONS
from model.country.country import build_country


def test_members_give_flows_of_cities(country: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_forecast, "UNTIL", 2006)
    monkeypatch.setattr(model_forecast, "SCENARIO", "random_hosts")
    there = build_country(country)
    found = run_members(shipped_ensemble(), there, 2, firms=60)
    assert len(found) == 2
    assert found[0].innovation.shape == (8, 12)
    assert found[0].gdp.shape == found[0].people.shape == (2, 12)
    assert found[0].entrants.sum() > 0
    assert not np.array_equal(found[0].gdp, found[1].gdp)
    monkeypatch.setattr(model_forecast, "SCENARIO", "nowhere")
    assert run_members(shipped_ensemble(), there, 2, firms=60) == []


def test_forecasts_do_not_know_the_institutions_of_2015(country: pd.DataFrame) -> None:
    there = without_institutions(build_country(country))
    assert there.cities[list(INSTITUTIONS)].isna().all(axis=None)
    assert len(there.centres) == len(build_country(country).centres)
