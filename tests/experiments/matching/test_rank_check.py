"""Ranks of known parameters among the members that their figures leave."""

import numpy as np

from experiments.matching.rank_check import ranks_among_members, uniformity


def design(seed: int, points: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Return three parameters and two figures: of the first, and of nothing."""
    rng = np.random.Generator(np.random.PCG64(seed))
    x = rng.random((points, 3))
    return x, np.column_stack([6.0 * x[:, 0] + rng.normal(size=points), rng.normal(size=points)])


def test_ranks_are_uniform_where_figures_say_nothing_and_members_are_wide_elsewhere() -> None:
    x, y = design(1)
    found = ranks_among_members(x, y, 20, np.random.Generator(np.random.PCG64(2)))
    told = uniformity(found, ["a", "b", "c"])
    assert told["truths"] > 400
    assert min(told["p"]["b"], told["p"]["c"]) > 0.05
    assert told["spread"]["a"] < 0.92 < 0.97 < told["spread"]["b"]  # cut at three s.d.: wider than need be
    assert told["smallest_p_of"] == "a"
    assert (told["below_level"], told["factors"]) == (1, 3)


def test_ranks_of_a_biased_posterior_are_not_uniform() -> None:
    x, y = design(1)
    y[:250] += [3.0, 0.0]  # the figures of these truths say that a is larger than it is
    found = ranks_among_members(x, y, 20, np.random.Generator(np.random.PCG64(2)))
    assert found[:200, 0].mean() < 0.45
    assert uniformity(found[:200], ["a", "b", "c"])["p"]["a"] < 0.01


def test_truths_with_few_members_are_left_out() -> None:
    x, y = design(1, 30)
    assert ranks_among_members(x, y, 29, np.random.default_rng(1)).shape == (0, 3)
