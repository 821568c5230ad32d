"""Estimators find the exponents, shapes and slopes of which data were made."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.validation import firm_estimators as estimate


def test_the_tail_of_exact_quantiles_has_the_exponent_of_which_it_was_made() -> None:
    """The i-th largest of n is (n/(i − ½))^(1/ζ): ln(i − ½) = ln n − ζ·ln size, a line."""
    n = 4000
    ranks = np.arange(1, n + 1) - 0.5
    for exponent in (1.06, 1.4, 3.0):
        sizes = (n / ranks) ** (1.0 / exponent)
        assert estimate.tail_exponent(sizes) == pytest.approx(exponent, rel=1e-12)
        assert estimate.rank_size_slope(sizes) == pytest.approx(-exponent, rel=1e-12)
    # The body is not looked at: 95 % of firms of one size change nothing.
    body = np.concatenate([(n / ranks) ** 0.5, np.full(19 * n, 1e-3), np.zeros(500)])
    assert estimate.tail_exponent(body) == pytest.approx(2.0, rel=1e-12)
    assert math.isnan(estimate.tail_exponent(np.arange(1.0, 20.0)))
    assert math.isnan(estimate.rank_size_slope(np.arange(1.0, 200.0)))


def test_a_slope_within_groups_is_not_that_between_them() -> None:
    """Two cities: within each y rises by 1 for each unit of x; the second has larger x and y."""
    x, y = np.array([0.0, 1.0, 2.0, 10.0, 11.0, 12.0]), np.array([0.0, 1.0, 2.0, 30.0, 31.0, 32.0])
    city = np.array([0, 0, 0, 4, 4, 4])
    assert estimate.slope(y, x, city) == pytest.approx(1.0)
    # Pooled: deviations of x from 6 are (−6, −5, −4, 4, 5, 6), of y from 16 (−16, −15, −14, 14, 15, 16);
    # products 96 + 75 + 56 twice = 454, squares 36 + 25 + 16 twice = 154.
    assert estimate.slope(y, x) == pytest.approx(454.0 / 154.0)
    assert math.isnan(estimate.slope(y, np.ones(6)))
    assert math.isnan(estimate.slope(y, city, city))
    assert math.isnan(estimate.slope([1.0], [1.0]))


def quantiles(shape: float, count: int = 20_001) -> np.ndarray:
    """Quantiles of a Subbotin distribution with a = 1, from its density summed on a grid."""
    grid = np.linspace(-60.0, 60.0, 400_001)
    density = np.exp(-(np.abs(grid) ** shape) / shape)
    share = np.cumsum(density)
    return np.interp((np.arange(count) + 0.5) / count, share / share[-1], grid)


@pytest.mark.parametrize("shape", [0.7, 1.0, 1.5, 2.0])
def test_the_shape_of_a_subbotin_distribution_is_found(shape: float) -> None:
    values = quantiles(shape)
    assert estimate.subbotin_shape(values) == pytest.approx(shape, rel=0.02)
    assert estimate.subbotin_shape(0.3 + 0.01 * values) == pytest.approx(shape, rel=0.02)


def test_a_shape_needs_values_that_differ() -> None:
    assert math.isnan(estimate.subbotin_shape(np.zeros(100)))
    assert math.isnan(estimate.subbotin_shape(np.arange(9.0)))


def test_volatility_that_falls_with_a_power_of_size_has_that_power() -> None:
    """Ten groups of sizes 1, 2, 4, … whose growth is ±size^−0.17: the s.d. of each is exactly that."""
    sizes = np.repeat(2.0 ** np.arange(10), 40)
    growth = np.tile([1.0, -1.0], 200) * sizes**-0.17
    fall, spread = estimate.volatility_slope(growth, sizes)
    assert fall == pytest.approx(-0.17)
    assert spread == pytest.approx((2.0 ** np.arange(10)) ** -0.17)
    few, none = estimate.volatility_slope(growth[:99], sizes[:99])
    assert math.isnan(few)
    assert not len(none)
    constant, flat = estimate.volatility_slope(np.zeros(400), sizes)
    assert math.isnan(constant)
    assert (flat == 0.0).all()


def test_times_and_rates_by_hand() -> None:
    assert estimate.doubling_years(8.0, 1.0, 12.0) == pytest.approx(4.0)  # three doublings in twelve years
    assert math.isnan(estimate.doubling_years(1.0, 1.0, 12.0))
    assert math.isnan(estimate.doubling_years(math.nan, 1.0, 12.0))
    assert estimate.annual_growth(100.0, 121.0, 2.0) == pytest.approx(0.10)
    assert math.isnan(estimate.annual_growth(0.0, 121.0, 2.0))


def test_a_logistic_curve_bends_where_it_is_steepest() -> None:
    years = np.arange(2005, 2031)
    curve = 1.0 / (1.0 + np.exp(-(years - 2016.0) / 3.0))
    assert estimate.inflection_year(years, curve) == 2016.0
    assert math.isnan(estimate.inflection_year(years, np.sqrt(years - 2004.0)))  # concave throughout
    assert math.isnan(estimate.inflection_year(years, np.exp(0.1 * (years - 2005))))  # convex throughout
    assert math.isnan(estimate.inflection_year(years[:6], curve[:6]))
