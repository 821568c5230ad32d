"""Snapshots of the runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.country_charts import COUNTRY
from viz.app.ui.translations import translator

TR = translator("en")


def test_snapshots_cannot_change_and_stay_as_they_were(played):
    before = played.snapshot()
    copies = {name: array.copy() for name, array in before.run.cities.items()}
    effect, frame = before.pair.effect(), COUNTRY["innovation"].frame(before, TR)
    played.step()
    for name, array in before.run.cities.items():
        assert not array.flags.writeable
        assert np.array_equal(array, copies[name])
    assert np.array_equal(replace(before).pair.effect(), effect, equal_nan=True)
    assert COUNTRY["innovation"].frame(before, TR) == frame
    with pytest.raises(AttributeError):
        before.quarter = 7  # type: ignore[misc]
