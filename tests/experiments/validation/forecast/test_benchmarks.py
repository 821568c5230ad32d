"""Benchmarks give shares, find what they assume, and are compared with errors that neighbours share."""

import numpy as np
import pytest

from experiments.validation.forecast import benchmarks as rule

RNG = np.random.Generator(np.random.PCG64(1))
BEFORE = rule.log_shares(np.exp(RNG.normal(size=40)))
PLACES = RNG.random((40, 2)) * 3000.0
DISTANCES = np.sqrt(((PLACES[:, None] - PLACES[None]) ** 2).sum(axis=2))
ALONE = np.where(DISTANCES > 0, 1e9, 0.0)


def test_every_forecast_is_of_shares() -> None:
    y, weights = RNG.normal(size=40), rule.inverse_distance(DISTANCES)
    x = rule.normalised(BEFORE + 0.1 * RNG.normal(size=40))
    for found in (
        rule.random_walk(x),
        rule.mean_of_periods(x, BEFORE),
        rule.autoregression(x, BEFORE),
        rule.convergence(x, BEFORE, y, 2.0),
        rule.given_convergence(x, y, -0.01, 12.0),
        rule.spatial_panel(x, BEFORE, y, weights, 2.0),
    ):
        assert np.exp(found).sum() == pytest.approx(1.0)
    assert weights.sum(axis=1) == pytest.approx(np.ones(40))
    assert not np.diag(weights).any()


def test_each_benchmark_forecasts_the_world_that_it_assumes() -> None:
    x = rule.normalised(0.8 * BEFORE)
    assert rule.autoregression(x, BEFORE) == pytest.approx(rule.normalised(0.8 * x))
    y = RNG.normal(size=40)
    x = rule.normalised(BEFORE - 0.05 * y)
    assert rule.convergence(x, BEFORE, y, 2.0) == pytest.approx(rule.normalised(x - 0.1 * y))
    assert rule.given_convergence(x, y, -0.05, 2.0) == pytest.approx(rule.normalised(x - 0.1 * y))


def test_the_better_forecast_wins_and_neighbours_widen_the_error() -> None:
    small, large = 0.1 * RNG.normal(size=40), 1.0 * RNG.normal(size=40)
    alone = rule.diebold_mariano(small, large, ALONE, 800.0)
    assert alone["difference"] < 0
    assert alone["p"] < 0.05
    loss = small**2 - large**2
    assert alone["se"] == pytest.approx(loss.std() / np.sqrt(39))
    field = np.sin(PLACES[:, 0] / 700.0)  # errors that neighbours share
    near = rule.diebold_mariano(1.0 + field, np.ones(40), DISTANCES, 800.0)
    assert near["se"] > 1.3 * rule.diebold_mariano(1.0 + field, np.ones(40), ALONE, 800.0)["se"]
    assert np.isnan(rule.diebold_mariano(small, small, DISTANCES, 800.0)["p"])
