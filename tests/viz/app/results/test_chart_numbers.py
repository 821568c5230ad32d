"""Numbers of charts: intervals and their text."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.results.chart_numbers import interval, shown


def test_one_seed_has_no_interval():
    assert math.isnan(interval(1.0, float("nan"), 1)[0])
    assert shown(1.234) == "+1.23"
    assert shown(float("nan")) == "–"
