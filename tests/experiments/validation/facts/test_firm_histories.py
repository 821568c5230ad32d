"""Ages, closings and growth of firms are those of the run."""

import numpy as np
import pytest

from experiments.validation.facts.firm_histories import FirmHistories
from model.regional_model import RegionalModel


def test_closings_are_those_that_the_cities_count(watched: tuple[RegionalModel, FirmHistories]) -> None:
    model, histories = watched
    found = histories.figures()
    exits = sum(float(row.sum()) for row in model.history["exits"][12:32])  # 2008 to 2012
    assert histories._closed.sum() == exits
    assert found["closing"] == pytest.approx(1.0 - (1.0 - exits / histories._exposed.sum()) ** 4)
    assert found["closed_by_1"] <= found["closed_by_5"]
    assert 1 <= found["hazard_peak"] <= 10
    assert found["young"] + found["old"] <= 1.0
    assert found["small_less_large"] > 0.0  # larger firms live longer
    assert np.isfinite(found["top_firms"])


def test_a_run_that_ends_early_has_no_figures(watched: tuple[RegionalModel, FirmHistories]) -> None:
    assert FirmHistories(watched[0]).figures() == {}
