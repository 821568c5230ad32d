"""Places gained and lost."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.inequality import ranks
from viz.app.explore.rank_changes import RANKS, mover_rows, movers
from viz.app.explore.run_options import ALL
from viz.app.explore.seed_spread import gains
from viz.app.ui.translations import translator

TR = translator("en")


def test_movers_gain_what_they_gain_in_the_window_of_the_effects(played):
    shot = played.snapshot(ALL)
    table, gain = mover_rows(shot, TR), gains(shot.pair)
    with_, without = (np.mean(arm.past["innovation"][-4:], axis=0) for arm in (shot.run, shot.twin))
    assert gain == pytest.approx(ranks(without) - ranks(with_))
    assert gain.sum() == pytest.approx(0.0)
    assert table["links"] == [row for row, _ in movers(shot)]
    for row, (_, before, after, gained, _) in zip(table["links"], table["rows"], strict=True):
        assert float(gained.replace("−", "-")) == gain[row]
        assert float(before) - float(after) == pytest.approx(gain[row], abs=1.0)  # of whole ranks
    assert len(RANKS.frame(shot, TR)["yAxis"]["data"]) == len(table["links"])
