"""The contests: their units, benchmarks and scores."""

import numpy as np
import pytest

from experiments.validation.forecast.contest import MODEL, RAW, contests, scores
from experiments.validation.forecast.model_forecast import CityFlows
from model.country.country import shipped_country


def test_every_contest_has_shares_of_its_units_and_benchmarks(flows: list[CityFlows]) -> None:
    found = {one.name: one for one in contests(flows, shipped_country())}
    assert [len(one.units) for one in found.values()] == [31, 15, 278, 31, 17, 31]
    for one in found.values():
        assert np.exp(one.observed).sum() == pytest.approx(1.0)
        assert all(np.exp(values).sum() == pytest.approx(1.0) for values in one.forecasts.values())
        assert one.draws.shape == (6, len(one.units))
    assert len(found["grants, provinces"].forecasts) == len(found["GDP since 2015, provinces"].forecasts) == 7
    # The made-up firms follow GDP.
    opened = scores(found["establishments, cities"]).set_index("forecast")["rmse"]
    assert opened[MODEL] == pytest.approx(opened["in proportion to GDP"], rel=0.1)
    # The made-up model changes nothing, so it forecasts nearly what a random walk does.
    table = scores(found["GDP, provinces"]).set_index("forecast")
    assert table.loc[MODEL, "rmse"] == pytest.approx(table.loc["random walk", "rmse"], rel=0.1)
    assert 0.0 <= table.loc[MODEL, "covered_by_members"] <= 1.0
    assert np.isnan(table.loc[MODEL, "p"])
    assert RAW in table.index


def test_a_predictive_interval_holds_the_past_error_and_needs_one(flows: list[CityFlows]) -> None:
    found = {one.name: one for one in contests(flows, shipped_country())}
    assert found["grants, provinces"].discrepancy > 0.0
    assert found["grants, large cities"].discrepancy == found["grants, provinces"].discrepancy
    assert np.isnan(found["GDP, provinces"].discrepancy)
    tables = {name: scores(one).set_index("forecast").loc[MODEL] for name, one in found.items()}
    for name in ("grants, provinces", "grants, large cities", "GDP since 2015, provinces"):
        assert tables[name]["covered"] >= tables[name]["covered_by_members"]
        assert tables[name]["spread"] > 0.0
    for name in ("establishments, cities", "GDP, provinces", "people, provinces"):
        assert np.isnan(tables[name]["covered"])
