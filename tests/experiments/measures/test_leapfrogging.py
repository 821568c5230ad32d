"""Lasting overtakes past a margin: pairs counted by hand, and what must hold for any panel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.measures.leapfrogging import (
    excess_rate,
    halves_and_quartiles,
    leaps,
    overtakes,
    possible_pairs,
    strict_leapers,
)

panels = st.tuples(st.integers(4, 7), st.integers(2, 9)).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(0.0, 100.0))
)


def test_pairs_by_hand() -> None:
    # City 0 passes 1 for good, city 3 passes 2 only in the last period; 1 and 2 start within 5 %.
    y = [[1.0, 2.0, 2.05, 0.5], [2.5, 2.0, 2.05, 0.5], [2.5, 2.0, 2.5, 0.5], [2.5, 2.0, 2.5, 9.0]]
    assert [tuple(map(int, pair)) for pair in np.argwhere(overtakes(y))] == [(0, 1)]
    # Possible: 0 behind 1 and 2; 3 behind 0, 1 and 2.
    assert leaps(y).possible == 5
    assert leaps(y).rate == pytest.approx(0.2)
    assert leaps(y, hold=1).overtakes == 4  # 3 is then above 0, 1 and 2


def test_the_margin_holds_at_the_start_and_at_the_end() -> None:
    assert leaps([[1.0, 1.05], [2.0, 1.0], [2.0, 1.0]]).possible == 0  # exactly 5 % is not past the margin
    assert leaps([[1.0, 1.06], [2.0, 1.0], [2.0, 1.0]]).overtakes == 1
    assert leaps([[1.0, 2.0], [1.05, 1.0], [1.05, 1.0]]).overtakes == 0
    assert leaps([[1.0, 2.0], [1.04, 1.0], [1.04, 1.0]], margin=0.0).overtakes == 1


def test_a_city_that_starts_at_zero_is_in_no_pair() -> None:
    found = possible_pairs([0.0, 1.0, 2.0])
    assert found.tolist() == [[False] * 3, [False, False, True], [False] * 3]
    assert math.isnan(leaps([[0.0, 1.0], [2.0, 1.0], [2.0, 1.0]]).rate)


def test_the_strict_kind_is_from_the_bottom_half_past_the_top_quarter() -> None:
    start = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    end = [9.0, 2.0, 3.0, 4.0, 8.0, 6.0, 7.0, 5.0]  # 0 to the top; 4, of the upper half, passes 5, 6 and 7
    y = [start, end, end]
    strict = leaps(y, "strict")
    assert strict.possible == 4 * 2  # bottom half times top quartile
    assert strict.overtakes == 2  # 0 past 6 and 7
    assert leaps(y).overtakes == 7 + 3 + 2  # 5 and 6 pass 7 as well
    assert strict_leapers(y).tolist() == [True] + [False] * 7
    unsteady = [start, end, start]
    assert not strict_leapers(unsteady).any()


def test_technological_leaps_need_the_earlier_adoption() -> None:
    y = [[1.0, 2.0, 3.0], [9.0, 2.0, 3.0], [9.0, 2.0, 3.0]]
    assert (
        leaps(y, "technological", adopted=[2012, 2015, 2012]).overtakes == 1
    )  # the same year is not earlier
    assert leaps(y, "technological", adopted=[2012, np.nan, np.nan]).overtakes == 2
    assert leaps(y, "technological", adopted=[np.nan, np.nan, np.nan]).possible == 0
    with pytest.raises(ValueError, match="needs the date"):
        leaps(y, "technological")
    with pytest.raises(ValueError, match="one date for each of 3"):
        leaps(y, "technological", adopted=[2012])


def test_the_null_rate_is_taken_off() -> None:
    y = [[1.0, 2.0, 4.0], [3.0, 2.0, 4.0], [3.0, 2.0, 4.0]]  # one of three
    null = [[1.0, 2.0, 4.0], [3.0, 2.0, 2.5], [3.0, 2.0, 2.5]]  # two of three
    assert excess_rate(y, null) == pytest.approx(-1 / 3)
    with pytest.raises(ValueError, match="shape of the values"):
        excess_rate(y, null[:2])


@given(panels, st.floats(0.0, 0.5), st.integers(1, 3))
def test_overtakes_are_possible_one_way_and_fewer_the_harder(y: np.ndarray, margin: float, hold: int) -> None:
    found = overtakes(y, margin, hold)
    assert not (found & ~possible_pairs(y[0], margin)).any()
    assert not (found & found.T).any()
    assert not (overtakes(y, margin + 0.1, hold) & ~found).any()
    assert hold == 3 or not (overtakes(y, margin, hold + 1) & ~found).any()


@given(panels)
def test_a_country_that_stands_still_has_no_leaps(y: np.ndarray) -> None:
    assert not overtakes(np.tile(y[0], (4, 1))).any()
    assert not overtakes(y[:1] * np.array([[1.0], [2.0], [0.5], [3.0]])).any()  # all by the same factor


@pytest.mark.parametrize(
    ("y", "options", "says"),
    [
        ([1.0, 2.0], {}, "periods by cities"),
        ([[1.0, -2.0], [1.0, 2.0]], {"hold": 1}, "finite and 0 or more"),
        ([[1.0, np.nan], [1.0, 2.0]], {"hold": 1}, "finite and 0 or more"),
        ([[1.0, 2.0], [1.0, 2.0]], {"hold": 2}, "from 1 to 1"),
        ([[1.0, 2.0], [1.0, 2.0]], {"hold": 1, "margin": -0.1}, "margin cannot be -0.1"),
        ([[1.0, 2.0], [1.0, 2.0]], {"hold": 1, "kind": "lax"}, "any, strict or technological"),
    ],
)
def test_impossible_input_is_refused(y: list, options: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        leaps(y, **options)


def test_the_middle_city_of_an_odd_number_is_in_no_half() -> None:
    low, high = halves_and_quartiles(np.array([5.0, 1.0, 3.0, 2.0, 4.0]))
    assert low.tolist() == [False, True, False, True, False]
    assert high.tolist() == [True, False, False, False, False]


def test_a_leaper_overtakes_a_city_that_led_and_no_other() -> None:
    """Of eight cities two lead and stay; a leader falls out on its own, and the leaper passes the third."""
    start = [80.0, 70.0, 60.0, 50.0, 40.0, 30.0, 20.0, 10.0]
    # The city that began last comes to the top quarter within the margin of those that led: no overtaking.
    end = [80.0, 79.0, 60.0, 50.0, 40.0, 30.0, 20.0, 81.0]
    assert not strict_leapers([start, end, end]).any()
    end[7] = 90.0
    assert strict_leapers([start, end, end]).tolist() == [False] * 7 + [True]


def test_the_top_quarter_of_eight_is_two_and_of_seven_one() -> None:
    assert halves_and_quartiles(np.arange(8.0))[1].sum() == 2
    assert halves_and_quartiles(np.arange(7.0))[1].sum() == 1
    assert halves_and_quartiles(np.arange(7.0))[0].sum() == 3


RISING = np.array([[1.0, 2.0, 4.0], [2.0, 2.0, 4.0], [3.0, 2.0, 4.0]])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: excess_rate(RISING, RISING[:2], hold=1), "the null model must have the shape"),
        (
            lambda: leaps(RISING, "technological", hold=1),
            "needs the date at which each city adopted",
        ),
        (
            lambda: leaps(RISING, "technological", hold=1, adopted=[1.0]),
            r"adopted must have one date for each of 3 cities, not shape \(1,\)",
        ),
        (lambda: leaps(RISING, "sudden", hold=1), "kind cannot be 'sudden': it must be any, strict"),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
