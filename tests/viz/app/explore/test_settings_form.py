"""The sliders of the settings."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model.parameters import describe
from viz.app.explore.run_options import RunOptions
from viz.app.explore.settings_form import parameter_groups, slider_step
from viz.app.model_catalogue import adjustable_parameters
from viz.app.ui.translations import translator

TR = translator("en")


@pytest.mark.parametrize("name", adjustable_parameters())
def test_sliders_reach_default_and_both_ends(name):
    row = next(
        r for group in parameter_groups(adjustable_parameters()) for r in group["rows"] if r["name"] == name
    )
    assert row["step"] == slider_step({**describe(name), "high": row["high"]})
    places = (row["default"] - row["low"]) / row["step"]
    assert places == pytest.approx(round(places), abs=1e-5)
    other = row["high"] if row["default"] != row["high"] else row["low"]
    changed = RunOptions().changed(name, other)
    assert changed.value(name) == other
    assert changed.changed(name, row["default"]) == RunOptions()
