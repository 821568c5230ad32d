"""Bands and intervals."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


from experiments.measures.twin_pairs import mean_and_se
from viz.app.results.chart_numbers import interval
from viz.app.results.line_options import SeedLines, bands
from viz.app.ui.translations import translator

EN = translator("en")


def test_a_band_is_the_interval_of_student():
    values = np.random.default_rng(3).normal(5.0, 1.0, (8, 3))
    option = bands([1, 2, 3], [SeedLines("a", values, "#000")], "unit", "year", ("low", "high"), seeds=True)
    found = mean_and_se(values[:, 1])
    low, high = interval(found["mean"], found["se"], found["seeds"])
    assert high - low == pytest.approx(2 * 2.3646 * found["se"], rel=1e-3)  # t of 7 degrees of freedom
    line = next(s for s in option["series"] if "encode" in s)
    assert line["data"][1][1:] == pytest.approx([found["mean"], low, high], rel=1e-3)
    assert sum("areaStyle" in s for s in option["series"]) == 1
    assert len(option["series"]) == 8 + 2 + 1


def test_one_seed_has_no_band():
    option = bands([1, 2], [SeedLines("a", np.ones((1, 2)), "#000")], "unit", "year", ("low", "high"))
    assert not any("areaStyle" in s for s in option["series"])
