"""Layouts have rows, and the change of a gap is decomposed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import experiments.validation.layout_rows as layouts
from experiments.measures.inequality import theil
from experiments.measures.twin_pairs import Pair
from experiments.validation.rows import ValidationRuns
from model.scenarios.scenario_catalogue import SCENARIOS


def test_a_layout_has_rows_once_the_model_has_its_scenario(
    context: ValidationRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layouts, "SCENARIOS", {})
    assert layouts.layout_rows(context) == []
    lots = replace(SCENARIOS["random_hosts"], opens="2005Q1")
    fakes = {name: replace(lots, name=name) for name in ("local_demand", "cross_region")}
    monkeypatch.setattr(layouts, "SCENARIOS", fakes)
    monkeypatch.setattr("experiments.validation.rows.find_scenario", lambda wanted: fakes[wanted])
    rows = {one.id: one for one in layouts.layout_rows(context)}
    parts = ("", "-regions", "-hosts", "-others", "-location")
    assert set(rows) == {f"L-{name}{part}" for name in fakes for part in parts}
    assert (rows["L-local_demand"].published, rows["L-cross_region"].published) == ("above 0", "below 0")
    # The same runs, so one of the two fails if either holds.
    assert rows["L-local_demand"].measured == rows["L-cross_region"].measured
    assert {"holds", "undecided", "fails"} >= {rows["L-local_demand"].verdict}


def test_the_part_of_a_gap_that_goes_with_its_hosts() -> None:
    control = np.array([8.0, 4.0, 2.0, 1.0])
    years = np.arange(2010, 2020)

    def pair(late: np.ndarray) -> Pair:
        treated = np.vstack([control] * 5 + [late] * 5)
        return Pair(
            1, years, np.array([3]), {"innovation": treated}, {"innovation": np.vstack([control] * 10)}
        )

    alone = np.array([8.0, 4.0, 2.0, 3.0])
    assert layouts.host_location_share(pair(alone)) == pytest.approx(1.0)
    others = np.array([7.0, 4.0, 2.0, 1.0])
    assert layouts.host_location_share(pair(others)) == pytest.approx(0.0)
    both = np.array([7.0, 4.0, 2.0, 3.0])
    left = theil(others) - theil(control)
    assert layouts.host_location_share(pair(both)) == pytest.approx(1 - left / (theil(both) - theil(control)))
    assert math.isnan(layouts.host_location_share(pair(control)))
