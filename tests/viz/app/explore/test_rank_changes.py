"""Places gained and lost."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.rank_changes import gains, mover_rows, signed
from viz.app.explore.run_options import ALL
from viz.app.ui.translations import translator

TR = translator("en")


def test_movers_gain_what_they_gain(played):
    shot = played.snapshot(ALL)
    table, gain = mover_rows(shot, TR), gains(shot)
    assert gain.sum() == pytest.approx(0.0)
    for row, (_, without, with_, gained, _) in zip(table["links"], table["rows"], strict=True):
        assert float(gained.replace("−", "-")) == float(without) - float(with_) == gain[row]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.0"), (-0.01, "0.0"), (0.04, "0.0"), (-0.06, "−0.1"), (12.34, "+12.3")]
)
def test_a_difference_has_a_sign_unless_it_is_nothing(value, text):
    assert signed(value, ".1f") == text
