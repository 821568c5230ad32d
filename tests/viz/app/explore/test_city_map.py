"""The map: measures, scales, centres."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.city_map import MEASURES, Scales, map_frame, map_look, nice, rounded
from viz.app.explore.page_state import View
from viz.app.explore.run_options import ALL, OWN
from viz.app.ui.translations import translator

TR = translator("en")


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("effect", [False, True])
def test_the_map_shows_every_measure_with_its_unit(played, name, effect):
    view, shot = View(name, effect), played.snapshot(ALL)
    frame = map_frame(shot, view, Scales(), shot.run)
    assert len(frame["values"]) == len(frame["firms"]) == 30
    assert frame["low"] < frame["high"]
    if effect:
        assert frame["low"] == -frame["high"]
    look = map_look(view, TR)
    assert look["label"].endswith(look["unit"])


def test_the_map_knows_kinds_and_whose_centres(played):
    shot = played.snapshot(OWN)
    found = {city: (kinds, own) for city, kinds, own in map_frame(shot, View(), Scales(), shot.run)["open"]}
    assert found[7][0] & 4
    assert found[7][1] == 4
    assert set(found) == set(shot.run.hosts)
    others = map_frame(shot, View(), Scales(), shot.twin)["open"]
    assert all(own == 0 for _, _, own in others)


def test_scales_only_grow_and_numbers_are_short():
    assert rounded(np.array([1.23456, -0.000123456, np.nan, 0.0])) == [1.235, -0.0001235, None, 0.0]
    assert [nice(x) for x in (0.01, 0.13, 2.0, 4.1, 63.0)] == [0.1, 0.2, 2.0, 5.0, 100.0]
    scales = Scales()
    assert scales.widened("x", -1.0, 2.0) == (-1.0, 2.0)
    assert scales.widened("x", 0.0, 3.0) == (-1.0, 3.0)
