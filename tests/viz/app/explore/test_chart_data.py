"""The table of the page's numbers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.effect_tables import channels, distance_profile
from viz.app.explore.areas import areas
from viz.app.explore.chart_data import COLUMNS, chart_table
from viz.app.explore.run_options import ALL
from viz.app.explore.seed_spread import national


def test_the_table_holds_the_numbers_of_the_metrics(played):
    shot = played.snapshot(ALL)
    table = chart_table(shot)
    assert tuple(table.columns) == COLUMNS
    bands = table[table["chart"] == "distance, km"].set_index("item")
    wanted = distance_profile(shot.pairs, shot.country.cities).set_index("band_km")
    for band, value in wanted["mean"].items():
        assert bands.loc[band, "mean"] == pytest.approx(value, abs=1e-9, nan_ok=True)
        assert bands.loc[band, "cities"] == wanted.loc[band, "cities"]
    found = table[table["chart"] == "channels of hosts"]["mean"].to_numpy()
    assert found == pytest.approx(channels(shot.pairs)["mean"].to_numpy(), abs=1e-9)
    country = table[(table["chart"] == "country") & (table["item"] == "innovation")]
    assert len(country) == shot.quarter
    assert country["mean"].iloc[-1] == pytest.approx(national(shot, "innovation").mean, abs=1e-9)
    cities = table[table["chart"] == "effect on cities"]
    assert len(cities) == len(shot.country.cities)
    assert np.isfinite(cities["mean"]).any()


def test_levels_and_areas_are_in_the_table_too(played):
    shot = played.snapshot(ALL)
    table = chart_table(shot).set_index(["chart", "item", "date"])["own"]
    for name, arm in (("run", shot.run), ("twin", shot.twin)):
        assert table[f"level, {name}", "theil", shot.date] == arm.totals.theil[-1]
        assert table[f"use of compute, {name}", "super", shot.date] == arm.totals.use[-1][2]
    region, rows = next(iter(areas(shot.country).items()))
    assert table["areas, innovation", region, shot.date] == shot.pair.group_effect(rows)
