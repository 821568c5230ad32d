"""Charts of a sweep."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


from experiments.sweep.analysis.sensitivity import Sensitivity
from tests.support.results_shelf import opened
from viz.app.results import sweep_charts
from viz.app.ui.translations import translator

EN = translator("en")


def test_a_cell_is_the_mean_over_seeds_of_means_over_points(shelf):
    store = opened(shelf, "tiny")
    option = sweep_charts.regime_map(store.finals, "innovation", "capacity_scale", "talent_mobility", EN)
    cell = next(row for row in option["series"][0]["data"] if row["value"][:2] == [2, 1])
    here = store.finals[(store.finals["capacity_scale"] == 2.0) & (store.finals["talent_mobility"] == 0.05)]
    assert cell["value"][2] == pytest.approx(here["innovation"].mean(), rel=1e-3)


def test_verdicts_follow_two_standard_errors():
    def verdict(mean: float, error: float, measure: str = "change_theil") -> str:
        return sweep_charts.verdict(measure, {"mean": mean, "se": error, "seeds": 5}, EN)

    assert verdict(-1.0, 0.4) == "the gap closes"
    assert verdict(1.0, 0.4) == "the gap widens"
    assert verdict(1.0, 0.6) == "indistinguishable from zero"
    assert verdict(1.0, 0.4, "effect_hosts") == "centres raise it"
    assert verdict(1.0, 0.4, "innovation") == ""
    found = {"mean": 1.0, "se": 0.4, "seeds": 5}
    assert "fragile" in sweep_charts.verdict("effect_hosts", found, EN, fragile=True)


def test_many_values_of_a_factor_are_put_into_bins():
    few = sweep_charts.levels(pd.Series([1.0, 2.0, 1.0]))
    assert few.names == ("1", "2")
    assert few.codes.tolist() == [0, 1, 0]
    many = sweep_charts.levels(pd.Series(np.arange(100.0)))
    assert len(many.names) == sweep_charts.BINS
    assert np.bincount(many.codes).min() >= 12
    assert sweep_charts.levels(pd.Series(["b", "a"])).names == ("a", "b")


def test_runs_are_filtered_by_level(shelf):
    store = opened(shelf, "tiny")
    found = sweep_charts.filtered(store, {"capacity_scale": "2", "talent_mobility": "", "unknown": "x"})
    assert set(found["capacity_scale"]) == {2.0}
    assert len(found) == 4
    assert not len(sweep_charts.filtered(store, {"capacity_scale": "77"}))


def test_pawn_has_a_line_of_pure_noise():
    table = pd.DataFrame(
        {"factor": ["substitution"], "median": [0.4], "maximum": [0.6], "cv": [1.0], "dummy": [0.1]}
    )
    option = sweep_charts.sensitivity_bars(Sensitivity("pawn", "theil", table, 60, 0, ""), EN)
    assert option["series"][0]["markLine"]["data"] == [{"xAxis": 0.1}]
