"""Scenario discovery finds a box that is there, and says so when there is none to look for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.sweep import SweepError
from experiments.sweep.analysis.scenario_discovery import Box, discover, peel, simplified, tree_leaves


def sample(runs: int = 2_000) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "a": rng.uniform(0.0, 1.0, runs),
            "b": rng.uniform(0.0, 10.0, runs),
            "c": rng.uniform(0.0, 1.0, runs),
            "kind": rng.choice(["x", "y", "z"], runs),
        }
    )


def best(boxes: list[Box]) -> Box:
    return max(boxes, key=lambda box: 2 * box.coverage * box.density / (box.coverage + box.density))


def test_prim_finds_the_box() -> None:
    factors = sample()
    meets = ((factors["a"] > 0.6) & (factors["b"] < 4.0)).to_numpy()
    trajectory = peel(factors, meets)
    assert trajectory[0].limits == {}
    assert trajectory[0].coverage == trajectory[0].mass == 1.0
    assert trajectory[0].density == meets.mean()
    found = best(trajectory)
    assert found.density > 0.95
    assert found.coverage > 0.9
    assert found.limits["a"][0] == pytest.approx(0.6, abs=0.03)
    assert found.limits["b"][1] == pytest.approx(4.0, abs=0.3)
    assert max(found.p_values["a"], found.p_values["b"]) < 1e-6
    assert set(simplified(factors, meets, found).limits) == {"a", "b"}
    densities = [box.density for box in trajectory]
    assert densities == sorted(densities)


def test_prim_takes_kinds_and_grids() -> None:
    factors = sample()
    factors["a"] = np.round(factors["a"] * 4) / 4
    meets = ((factors["kind"] == "y") & (factors["a"] >= 0.5)).to_numpy()
    found = best(peel(factors, meets))
    assert found.limits["kind"] == ("y",)
    assert found.limits["a"] == (0.5, 1.0)
    assert found.density == 1.0
    assert found.coverage == 1.0
    assert sorted(found.sql.split(" and ")) == ['"a" between 0.5', "\"kind\" in ('y')", "1.0"]


def test_a_tree_finds_two_boxes() -> None:
    factors = sample()
    meets = ((factors["a"] < 0.3) | ((factors["a"] > 0.7) & (factors["kind"] == "z"))).to_numpy()
    leaves = tree_leaves(factors, meets)
    assert sum(box.coverage for box in leaves) > 0.95
    assert leaves[0].limits["a"][1] == pytest.approx(0.3, abs=0.02)
    assert leaves[1].limits["kind"] == ("z",)
    assert min(box.density for box in leaves) > 0.95


def test_a_store_is_asked_for_the_box_of_its_cases(make_store) -> None:
    """Cases are where the first factor is in its upper half, whatever the second; two runs failed."""
    store = make_store(lambda u, seed: {"innovation": u[:, 0]}, design={"n": 200}, lost=(3, 77))
    found = discover(store, "innovation > 0.5")
    u = store.store.unit().to_numpy()[np.setdiff1d(np.arange(200), [3, 77])]
    assert found.runs == 198
    assert found.cases == (u[:, 0] > 0.5).sum()
    assert set(found.box.limits) == {"substitution"}  # a limit of the other would be noise
    assert found.box.limits["substitution"][0] == pytest.approx(1.5, abs=0.05)
    assert found.box.density > 0.9
    assert len(found.leaves) >= 1
    assert 0 <= found.chosen < len(found.trajectory)
    for condition, said in (
        ("innovation > 2", "the condition innovation > 2 holds for 0 of 198 runs; at least"),
        ("innovation >= 0", "holds for 198 of 198 runs"),
        ("inovation > 0", "the condition cannot be understood: inovation > 0"),
    ):
        with pytest.raises(SweepError, match=said):
            discover(store, condition)


def test_limits_that_may_be_noise_are_left_out() -> None:
    factors = sample()
    meets = (factors["a"] > 0.6).to_numpy()
    noisy = Box({"c": (0.0, 0.99)}, 0.0, 0.0, 0.0, {"c": 0.9})
    assert simplified(factors, meets, noisy).limits == {}
