"""β, speed and half-life, by hand and against SciPy and the closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from experiments.measures.beta_convergence import beta_convergence

positive = st.lists(st.tuples(st.floats(0.1, 100.0), st.floats(0.1, 100.0)), min_size=4, max_size=12)


def test_an_exact_path_gives_back_its_speed() -> None:
    start = np.array([1.0, 2.0, 5.0, 9.0])
    end = np.exp(3.0 + np.exp(-0.02 * 12) * np.log(start))  # each log closes at 2 % a year for 12 years
    found = beta_convergence(start, end, 12)
    assert found.slope == pytest.approx(-(1 - math.exp(-0.24)) / 12)
    assert found.speed == pytest.approx(0.02)
    assert found.half_life == pytest.approx(math.log(2) / 0.02)
    assert found.slope_se == pytest.approx(0.0, abs=1e-12)
    assert (found.cities, found.left_out) == (4, 0)


def test_the_published_slope_gives_the_published_speed_and_half_life() -> None:
    """E5 and E8: −0.0168 a year over 2010-22 is 1.9 % a year, 37 years."""
    start = np.array([1.0, 2.0, 4.0, 8.0])
    found = beta_convergence(start, start ** (1 - 0.0168 * 12), 12)
    assert found.slope == pytest.approx(-0.0168)
    assert round(found.speed, 3) == 0.019
    assert round(found.half_life) == 37


@given(positive, st.floats(1.0, 30.0))
def test_the_regression_is_that_of_scipy(cities: list[tuple[float, float]], years: float) -> None:
    start, end = np.array(cities).T
    if np.ptp(np.log(start)) < 0.01:
        return
    found = beta_convergence(start, end, years)
    theirs = stats.linregress(np.log(start), np.log(end / start) / years)
    assert found.slope == pytest.approx(theirs.slope, rel=1e-6, abs=1e-9)
    assert found.slope_se == pytest.approx(theirs.stderr, rel=1e-6, abs=1e-7)


@given(positive, st.floats(1.0, 30.0))
def test_errors_follow_the_delta_method(cities: list[tuple[float, float]], years: float) -> None:
    """Against numerical derivatives of the two formulas."""
    start, end = np.array(cities).T
    found = beta_convergence(start, end, years)
    if not found.speed > 1e-3 or not 1 + found.slope * years > 0.01:
        return
    step = 1e-6

    def speed(slope: float) -> float:
        return -math.log(1 + slope * years) / years

    rise = (speed(found.slope + step) - speed(found.slope - step)) / (2 * step)
    assert found.speed_se == pytest.approx(abs(rise) * found.slope_se, rel=1e-3, abs=1e-12)
    ahead, back = math.log(2) / (found.speed + step), math.log(2) / (found.speed - step)
    assert found.half_life_se == pytest.approx(abs(ahead - back) / (2 * step) * found.speed_se, rel=1e-3)


def test_conditional_convergence_takes_the_covariate_out() -> None:
    """Two groups, each converging to its own level: given the group there is 3 % a year, without it less."""
    rng = np.random.default_rng(5)
    group = np.repeat([0.0, 1.0], 50)
    logs = group * 1.5 + rng.normal(0, 0.5, 100)
    end = group * 1.5 + math.exp(-0.3) * (logs - group * 1.5)
    people = np.repeat([3e6, 1e7], 50)  # in persons: the size of a covariate does not matter
    for covariate in (group, people, np.column_stack([group, rng.normal(size=100)])):
        found = beta_convergence(np.exp(logs), np.exp(end), 10, covariate)
        assert found.speed == pytest.approx(0.03)
    assert beta_convergence(np.exp(logs), np.exp(end), 10).speed < 0.02


def test_what_is_not_defined_is_missing() -> None:
    parted = beta_convergence([1.0, 2.0, 4.0], [1.0, 3.0, 9.0], 10)
    assert parted.speed < 0
    assert math.isnan(parted.half_life)
    overshot = beta_convergence([1.0, 2.0, 4.0], [4.0, 2.0, 1.0], 10)  # 1 + βT = −1
    assert overshot.slope == pytest.approx(-0.2)
    assert math.isnan(overshot.speed)
    assert math.isnan(beta_convergence([2.0, 2.0, 2.0], [1.0, 2.0, 3.0], 10).slope)  # no city starts behind
    assert math.isnan(beta_convergence([1.0, 2.0], [1.0, 2.0], 10).slope)  # as many coefficients as cities


def test_cities_at_zero_are_left_out_and_counted() -> None:
    some = beta_convergence([1.0, 2.0, 4.0, 0.0, 3.0], [2.0, 3.0, 4.0, 5.0, 0.0], 10)
    assert (some.cities, some.left_out) == (3, 2)
    assert some.slope == beta_convergence([1.0, 2.0, 4.0], [2.0, 3.0, 4.0], 10).slope


@pytest.mark.parametrize(
    ("start", "end", "years", "says"),
    [
        ([1.0, 2.0], [1.0], 10, "a row for each city"),
        ([1.0, -2.0], [1.0, 2.0], 10, "0 or more"),
        ([1.0, 2.0], [1.0, -0.5], 10, "0 or more"),
        ([1.0, -0.5], [1.0, 2.0], 10, "0 or more"),
        ([1.0, math.nan], [1.0, 2.0], 10, "0 or more"),
        ([1.0, 2.0], [1.0, 2.0], 0, "years cannot be 0"),
    ],
)
def test_impossible_input_is_refused(start: list, end: list, years: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        beta_convergence(start, end, years)


@pytest.mark.parametrize("unit", [1e-30, 1.0, 1e30])
def test_the_unit_of_a_covariate_does_not_matter(unit: float) -> None:
    rng = np.random.default_rng(7)
    start, end, traits = rng.uniform(1, 9, 12), rng.uniform(1, 9, 12), rng.normal(size=(12, 2))
    plain = beta_convergence(start, end, 10, traits)
    other = beta_convergence(start, end, 10, traits * unit)
    assert (other.slope, other.slope_se) == pytest.approx((plain.slope, plain.slope_se))


def test_a_covariate_of_zeros_leaves_nothing_to_tell() -> None:
    rng = np.random.default_rng(8)
    found = beta_convergence(rng.uniform(1, 9, 6), rng.uniform(1, 9, 6), 10, np.zeros(6))
    assert math.isnan(found.slope)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: beta_convergence([1.0], [1.0, 2.0], 5), r"not \(1,\), \(2,\) and \(1, 0\)"),
        (lambda: beta_convergence([1.0], [1.0], 0), "years cannot be 0: it must be above 0"),
        (
            lambda: beta_convergence([1.0], [-1.0], 5),
            "start and end must be finite and 0 or more",
        ),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_a_slope_that_cannot_be_told_is_not_a_number():
    same = beta_convergence([2.0, 2.0, 2.0], [3.0, 4.0, 5.0], 5)
    assert math.isnan(same.slope)  # all start alike
    few = beta_convergence([1.0, 2.0], [3.0, 4.0], 5)
    assert math.isnan(few.slope)  # no freedom left


def test_the_gap_may_close_at_once_or_grow():
    start = np.array([1.0, 2.0, 4.0, 8.0])
    crossed = beta_convergence(start, 1.0 / start, 1.0)  # 1 + β·T = −1
    assert crossed.slope == pytest.approx(-2.0)
    assert math.isnan(crossed.speed)
    growing = beta_convergence(start, start**2, 1.0)
    assert growing.speed < 0.0
    assert math.isnan(growing.half_life)
