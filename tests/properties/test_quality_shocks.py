"""Shocks to the quality of firms: their law in a quarter, and the growth over a year that follows from it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.agents.test_innovation import grown
from tests.support.long_version import LONG

# Draws 1 − e^−x/2 for the nodes x of Gauss and Laguerre's quadrature, exact for polynomials in x.
NODES, WEIGHTS = np.polynomial.laguerre.laggauss(8)


@pytest.mark.parametrize(("lines", "scale"), [(0.01, 10.0**0.2), (0.1, 10.0**0.2), (1.0, 1.0), (32.0, 0.5)])
def test_the_shock_has_mean_zero_and_the_variance_and_tails_of_a_laplace_law(lines, scale):
    def shock(draw):
        return grown(draw_shock=draw, lines=lines, quality_shock=0.3, size_volatility=0.2, quality_step=0.0)

    up = np.array([shock(1.0 - 0.5 * math.exp(-x)) for x in NODES])
    down = np.array([shock(0.5 * math.exp(-x)) for x in NODES])
    assert down == pytest.approx(-up, rel=1e-6)
    # An exponential law on either side: its quantile at 1 − e^−x is linear in x.
    assert up == pytest.approx(0.3 * scale * NODES / math.sqrt(2.0), rel=1e-3)
    mean = 0.5 * (WEIGHTS @ up + WEIGHTS @ down)
    variance = 0.5 * (WEIGHTS @ up**2 + WEIGHTS @ down**2)
    assert mean == pytest.approx(0.0, abs=1e-9)
    assert variance == pytest.approx((0.3 * scale) ** 2, rel=1e-7)
    # Kurtosis of Laplace: 6, where a normal law has 3.
    fourth = 0.5 * (WEIGHTS @ up**4 + WEIGHTS @ down**4)
    assert fourth / variance**2 == pytest.approx(6.0, rel=1e-6)


@pytest.mark.parametrize("chance", [0.01, 0.3, 1.0])
def test_rare_shocks_are_larger_so_that_the_variance_stays(chance):
    def shock(draw):
        return grown(draw_shock=draw, quality_shock=0.3, shock_chance=chance, quality_step=0.0)

    assert shock(1.0 - 0.5 * chance) == shock(0.5 * chance) == 0.0
    up = np.array([shock(1.0 - 0.5 * chance * math.exp(-x)) for x in NODES])
    assert chance * (WEIGHTS @ up**2) == pytest.approx(0.09, rel=1e-5)


@LONG
def test_growth_over_a_year_is_laplace_with_rare_shocks_and_nearly_normal_with_frequent_ones():
    """Excess kurtosis of a sum of four is (6/p − 3)/4: 3 (Laplace's) at p = 0.4, and 0.75 at p = 1."""
    draws = np.random.default_rng(1).random((20_000, 4))

    def excess(chance):
        year = [
            sum(grown(draw_shock=d, quality_shock=0.1, shock_chance=chance) for d in four) for four in draws
        ]
        away = np.array(year) - np.mean(year)
        return (away**4).mean() / (away**2).mean() ** 2 - 3.0

    assert excess(0.4) == pytest.approx(3.0, abs=0.6)
    assert excess(1.0) == pytest.approx(0.75, abs=0.3)


def test_the_largest_shock_is_finite():
    far = (grown(draw_shock=0.0, quality_shock=1.0), grown(draw_shock=1.0 - 2.0**-53, quality_shock=1.0))
    assert far[0] == pytest.approx(-far[1], rel=1e-2)
    assert 15.0 < far[1] < 20.0
