"""Fronts of a store: points that are known to be best, how sure that is, and the knee."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.sweep import Sweep, SweepError
from experiments.sweep.analysis.optimisation import knee_of, not_dominated, objectives_of, optimise

MakeStore = Callable[..., Sweep]
BOTH = "innovation:max,theil:min"


def in_all_pairs(values: np.ndarray) -> np.ndarray:
    better = (values[:, None] >= values[None]).all(axis=2) & (values[:, None] > values[None]).any(axis=2)
    return ~better.any(axis=0)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_front_is_that_of_all_pairs(count: int) -> None:
    values = np.round(np.random.default_rng(count).standard_normal((60, count)), 1)  # with ties
    expected = in_all_pairs(values)
    assert 1 < expected.sum() < 60
    np.testing.assert_array_equal(not_dominated(values), expected)


def test_equal_points_are_both_on_the_front() -> None:
    values = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 1.0], [np.nan, 3.0]])
    assert not_dominated(values).tolist() == [True, True, False, True]


def test_the_knee_is_furthest_above_the_line() -> None:
    front = np.array([[0.0, 10.0], [4.0, 9.0], [8.0, 6.0], [9.0, 3.0], [10.0, 0.0], [1.0, 1.0]])
    assert knee_of(front, not_dominated(front)) == 2
    hollow = np.array([[0.0, 10.0], [1.0, 3.0], [3.0, 1.0], [10.0, 0.0]])
    assert knee_of(hollow, not_dominated(hollow)) is None
    assert knee_of(front[:1], np.array([True])) is None


def circle(own: float, shared: float = 0.0, seeds: int = 8) -> Any:
    """Points in a disc: the front is the rim from the right to the bottom, where u₂ is 1."""
    rng = np.random.default_rng(2)
    of_seed = shared * rng.standard_normal(seeds)

    def formula(u: np.ndarray, seed: np.ndarray) -> dict[str, np.ndarray]:
        angle, radius = 0.5 * np.pi * u[:, 0], np.where(u[:, 1] < 0.75, 0.5 * u[:, 1], 1.0)
        noise = own * rng.standard_normal(len(u)) + of_seed[seed]
        return {"innovation": radius * np.cos(angle) + noise, "theil": -radius * np.sin(angle) + noise}

    return formula


def test_a_store_whose_front_is_known(make_store: MakeStore) -> None:
    store = make_store(circle(0.0), replications=3)
    found = optimise(store, BOTH)
    unit = store.store.unit()
    assert unit is not None
    rim = set(np.flatnonzero(unit["home_reach"] >= 0.75))
    assert len(rim) == 10
    assert set(found.front["point"]) == rim
    assert (found.front["share"] == 1.0).all()
    assert (found.table.loc[~found.table["front"], "share"] == 0.0).all()
    assert found.front["innovation"].is_monotonic_decreasing
    # On a circle the knee is where both objectives are sacrificed alike: between the ends, in the middle.
    ends = unit.loc[sorted(rim), "substitution"]
    place = unit.loc[found.knee, "substitution"]
    assert abs(place - (ends.min() + ends.max()) / 2.0) == pytest.approx(
        (ends - (ends.min() + ends.max()) / 2.0).abs().min()
    )
    assert (found.front["se_theil"].abs() < 1e-12).all()
    assert found.table.set_index("point").loc[found.knee, "knee_share"] == 1.0
    assert "10 of 40 points are on the front" in found.remark


def test_independent_draws_make_the_front_unsure_and_common_ones_do_not(make_store: MakeStore) -> None:
    sure = optimise(make_store(circle(0.0, 0.5, 8), replications=8, common=True), BOTH)
    unsure = optimise(make_store(circle(0.3), replications=8), BOTH)
    assert set(sure.table["share"]) == {0.0, 1.0}
    assert unsure.table["share"].between(0.05, 0.95).sum() > 5
    # Standard errors are those of the draws: 0.3 over the root of 8.
    assert unsure.table["se_theil"].mean() == pytest.approx(0.3 / np.sqrt(8.0), rel=0.1)


def test_more_objectives_and_what_is_missing(make_store: MakeStore) -> None:
    def formula(u: np.ndarray, seed: np.ndarray) -> dict[str, np.ndarray]:
        return {"innovation": u[:, 0], "theil": u[:, 1], "firms": -u.sum(axis=1)}

    found = optimise(make_store(formula, lost=(3,)), "innovation:max,theil:max,firms:max")
    assert len(found.front) == 39  # each point is better than any other in one of them
    assert found.table["share"].isna().all()
    assert "1 of 40 runs have no result and are left out, and 1 of 40 points with them" in found.remark
    assert "nothing is known about how sure the front is" in found.remark


def test_objectives_that_cannot_be_are_refused(make_store: MakeStore) -> None:
    store = make_store(circle(0.0))
    assert [one.more for one in objectives_of("a:max, b:min")] == [True, False]
    for text, said in (
        ("innovation:max", "needs at least two objectives"),
        ("innovation:up,theil:min", "written result:max or result:min, not 'innovation:up'"),
        ("innovation:max,innovation:min", "innovation is listed twice"),
        ("inovation:max,theil:min", "did you mean innovation"),
    ):
        with pytest.raises(SweepError, match=said):
            optimise(store, text)


def test_a_front_needs_two_objectives(done: Sweep) -> None:
    with pytest.raises(SweepError, match="a front needs at least two objectives"):
        optimise(done, "innovation:max")
    with pytest.raises(SweepError, match="innovation is listed twice among the objectives"):
        optimise(done, "innovation:max,innovation:min")
