"""The same numbers as PySAL: inequality, giddy and esda.

giddy and esda compile functions as they are imported, so the tests import them, not this module: every
process that collects the tests would wait for them.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inequality.atkinson import Atkinson
from inequality.gini import Gini
from inequality.theil import Theil, TheilD
from libpysal.weights import full2W

from experiments.measures.inequality import atkinson, gini, theil_parts
from experiments.measures.mobility import (
    ergodic,
    kendall,
    shorrocks,
    spatial_transition_matrices,
    transition_matrix,
)
from experiments.measures.spatial import morans_i, neighbours

values = st.lists(st.floats(0.01, 1000.0), min_size=4, max_size=15)


# TheilD sets the shape of an array in place, which NumPy 2.5 warns of.
@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
@given(values)
def test_inequality(x: list[float]) -> None:
    a, groups = np.array(x), np.arange(len(x)) % 2
    whole, between, within = theil_parts(a, groups)
    theirs = TheilD(a, groups)
    assert whole == pytest.approx(Theil(a).T, abs=1e-9)
    assert between == pytest.approx(float(theirs.bg[0]), abs=1e-9)
    assert within == pytest.approx(float(theirs.wg[0]), abs=1e-9)
    assert gini(a) == pytest.approx(Gini(a).g, abs=1e-9)
    for aversion in (0.5, 1.0):
        assert atkinson(a, None, aversion) == pytest.approx(Atkinson(a, aversion).A, abs=1e-9)


@pytest.fixture
def states() -> np.ndarray:
    """Classes 0 to 3 of thirty cities in twelve periods; each class occurs."""
    rng = np.random.default_rng(6)
    steps = rng.integers(-1, 2, (12, 30)) * (rng.random((12, 30)) < 0.3)
    return np.clip(rng.integers(0, 4, 30) + np.cumsum(steps, axis=0), 0, 3)


def test_markov(states: np.ndarray) -> None:
    from giddy.markov import Markov
    from giddy.mobility import markov_mobility

    theirs = Markov(states.T, summary=False)
    p = transition_matrix(states, 4)
    assert p == pytest.approx(np.asarray(theirs.p))
    assert ergodic(p) == pytest.approx(np.asarray(theirs.steady_state))
    assert shorrocks(p) == pytest.approx(markov_mobility(theirs.p, measure="P"))


def test_spatial_markov() -> None:
    from giddy.markov import Spatial_Markov

    rng = np.random.default_rng(7)
    y = np.exp(np.cumsum(rng.normal(0, 0.1, (15, 40)), axis=0) + rng.normal(0, 0.5, 40))
    near = neighbours(np.abs(np.subtract.outer(np.arange(40.0), np.arange(40.0))), 0.0, 3.0)
    weights = full2W(near.astype(float))
    weights.transform = "r"
    theirs = Spatial_Markov(y.T / y.T.mean(axis=0), weights, k=3, m=3, fixed=True, permutations=0)
    ours = spatial_transition_matrices(theirs.class_ids.T, theirs.lclass_ids.T, 3)
    for mine, other in zip(ours, theirs.P, strict=True):
        there = ~np.isnan(mine).any(axis=1)
        assert there.any()
        assert mine[there] == pytest.approx(np.asarray(other)[there])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=20))
def test_kendall(pairs: list[tuple[int, int]]) -> None:
    from giddy.rank import Tau

    x, y = np.array(pairs, dtype=float).T
    if np.ptp(x) > 0 and np.ptp(y) > 0:
        assert kendall(x, y) == pytest.approx(Tau(x, y).tau, abs=1e-9)


def test_moran() -> None:
    from esda.moran import Moran

    rng = np.random.default_rng(8)
    place = rng.uniform(0, 1000, (60, 2))
    apart = np.hypot(*(np.subtract.outer(p, p) for p in place.T))
    near = neighbours(apart, 0.0, 300.0)
    assert near.any(axis=1).all()
    y = place[:, 0] / 300 + rng.normal(0, 1, 60)
    theirs = Moran(y, full2W(near.astype(float)), transformation="b", permutations=0, two_tailed=True)
    ours = morans_i(y, near, permutations=9999)
    assert ours.i == pytest.approx(theirs.I)
    assert ours.expected == pytest.approx(theirs.EI)
    assert ours.p == pytest.approx(theirs.p_rand, abs=0.01)
