"""Scenario discovery finds a box that is there, and says so when there is none to look for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.sweep.discovery import Box, peel, simplified, tree_leaves


def sample(runs: int = 2_000) -> pd.DataFrame:
    luck = np.random.default_rng(3)
    return pd.DataFrame({
        "a": luck.uniform(0.0, 1.0, runs), "b": luck.uniform(0.0, 10.0, runs),
        "c": luck.uniform(0.0, 1.0, runs),
        "kind": luck.choice(["x", "y", "z"], runs),
    })  # fmt: skip


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
