"""What the comparison of the page's bars with twenty seeds counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from benchmarks.page_bars import NAMES, bars, outside

FEW, ENOUGH = 4, 40


def test_a_bar_beyond_the_range_is_found_unless_it_is_pale() -> None:
    values = np.tile(np.linspace(0.0, 1.0, 400)[:, None], (1, len(NAMES)))
    values[:3] = 0.5
    counts = np.full(values.shape, ENOUGH)
    assert list(outside(values, counts, 3)) == []
    values[:3, 0] = 30.0
    ((name, bar, low, high),) = outside(values, counts, 3)
    assert (name, bar) == ("hosts", 30.0)
    assert 0.0 <= low < high < 1.5
    assert list(outside(values, np.full(values.shape, FEW), 3)) == []
    assert list(outside(values, counts, 2)) == []  # two seeds: pale


def test_a_seed_without_hosts_has_no_bars() -> None:
    one: Any = SimpleNamespace(pair=SimpleNamespace(hosts=np.array([], dtype=int)))
    values, counts = bars(one, np.zeros((2, 2)))
    assert np.isnan(values).all()
    assert not counts.any()
