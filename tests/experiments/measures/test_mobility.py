"""Ranks, transition matrices and their long run: by hand, and what holds for any."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.mobility import (
    ergodic,
    kendall,
    mean_rank_change,
    quantile_classes,
    relative_classes,
    shorrocks,
    spatial_transition_matrices,
    spearman,
    transition_matrix,
)

NAN = math.nan


def test_correlations_of_order_by_hand() -> None:
    # Of six pairs one is turned round: (5 − 1)/6; ranks differ by 1 twice: 1 − 6·2/(4·15).
    assert kendall([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(4 / 6)
    assert spearman([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    assert mean_rank_change([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.5)
    # A tie on one side: (2 − 0)/√(3·2).
    assert kendall([1, 2, 3], [1, 1, 3]) == pytest.approx(2 / math.sqrt(6))
    assert math.isnan(kendall([1, 1], [1, 2]))
    assert math.isnan(spearman([1, 2], [3, 3]))
    with pytest.raises(ValueError, match="two columns"):
        kendall([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="finite"):
        mean_rank_change([1, NAN], [1, 2])


def test_classes_of_a_fifth_each() -> None:
    assert quantile_classes([[30.0, 10.0, 50.0, 20.0, 40.0]]).tolist() == [[2, 0, 4, 1, 3]]
    assert np.bincount(quantile_classes([np.arange(50.0)])[0]).tolist() == [10] * 5
    assert quantile_classes([[7.0, 7.0, 7.0]]).tolist() == [[2, 2, 2]]


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=40, unique=True), st.integers(2, 6))
def test_classes_are_of_one_size_to_one_city(x: list[int], k: int) -> None:
    sizes = np.bincount(quantile_classes([x], k)[0], minlength=k)
    assert abs(sizes - len(x) / k).max() <= 1


def test_classes_over_the_mean() -> None:
    # Mean 4: quarters begin at 1, 2, 4 and 8; an end belongs to the class above.
    assert relative_classes([[0.0, 1.0, 2.0, 4.0, 13.0]]).tolist() == [[0, 1, 2, 3, 4]]
    with pytest.raises(ValueError, match="above 0"):
        relative_classes([[0.0, 0.0]])


def test_a_transition_matrix_by_hand() -> None:
    states = [[0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, 0]]
    # From 0: stays, leaves, stays. From 1: four of five stay.
    assert transition_matrix(states, 2) == pytest.approx(np.array([[2 / 3, 1 / 3], [1 / 5, 4 / 5]]))
    missing = transition_matrix(states, 3)
    assert np.isnan(missing[2]).all()
    assert missing[:2, 2].tolist() == [0.0, 0.0]


def test_moves_by_the_class_of_the_neighbours() -> None:
    states = [[0, 0, 1], [1, 0, 1]]
    around = [[1, 0, -1], [0, 0, 0]]  # the last city has no neighbours; the last row moves nowhere
    found = spatial_transition_matrices(states, around, 2)
    assert found[0][0].tolist() == [1.0, 0.0]
    assert found[1][0].tolist() == [0.0, 1.0]
    assert np.isnan(found[:, 1]).all()


@given(st.lists(st.lists(st.integers(0, 2), min_size=6, max_size=6), min_size=2, max_size=8))
def test_neighbours_that_do_not_matter_give_the_whole_back(rows: list[list[int]]) -> None:
    states = np.array(rows)
    alike = spatial_transition_matrices(states, np.zeros_like(states), 3)
    assert np.array_equal(alike[0], transition_matrix(states, 3), equal_nan=True)
    shares = transition_matrix(states, 3)
    there = ~np.isnan(shares).any(axis=1)
    assert shares[there].sum(axis=1) == pytest.approx(np.ones(there.sum()))


def test_shorrocks_between_its_ends() -> None:
    assert shorrocks(np.eye(4)) == 0.0
    assert shorrocks(np.full((4, 4), 0.25)) == pytest.approx(1.0)
    assert shorrocks([[2 / 3, 1 / 3], [1 / 5, 4 / 5]]) == pytest.approx(2 - 22 / 15)
    assert math.isnan(shorrocks([[NAN, NAN], [0.0, 1.0]]))


def test_the_long_run_by_hand() -> None:
    # Flows balance: π₀/3 = π₁/5.
    assert ergodic([[2 / 3, 1 / 3], [1 / 5, 4 / 5]]) == pytest.approx([3 / 8, 5 / 8])
    assert ergodic([[0.5, 0.5], [0.0, 1.0]]) == pytest.approx([0.0, 1.0])
    assert np.isnan(ergodic(np.eye(3))).all()  # it depends on the start
    # A class that no city is in or enters has no part; one that is entered and unknown leaves it open.
    assert ergodic([[0.5, 0.5, 0], [0.5, 0.5, 0], [NAN] * 3]) == pytest.approx([0.5, 0.5, 0])
    assert np.isnan(ergodic([[0.5, 0.0, 0.5], [0.5, 0.5, 0], [NAN] * 3])).all()


@given(st.lists(st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4), min_size=4, max_size=4))
def test_the_long_run_stays_where_it_is(rows: list[list[float]]) -> None:
    p = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    shares = ergodic(p)
    assert shares @ p == pytest.approx(shares, abs=1e-9)
    assert shares.sum() == pytest.approx(1.0)
    assert np.linalg.matrix_power(p, 5000)[0] == pytest.approx(shares, abs=1e-6)


@pytest.mark.parametrize(
    ("states", "k", "says"),
    [
        ([[0, 1]], 2, "two periods"),
        ([[0, 2], [0, 1]], 2, "from 0 to 1"),
        ([[0.5, 1.0], [0, 1]], 2, "whole numbers"),
    ],
)
def test_impossible_classes_are_refused(states: list, k: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        transition_matrix(states, k)
    with pytest.raises(ValueError, match="must have shape"):
        spatial_transition_matrices([[0, 1], [0, 1]], [[0, 1]], 2)


def test_a_column_without_order_has_no_correlation_on_either_side() -> None:
    same, rising = [2.0, 2.0, 2.0], [1.0, 2.0, 3.0]
    for measure in (kendall, spearman):
        assert [np.isnan(measure(*both)) for both in ((same, rising), (rising, same))] == [True, True]


@pytest.mark.parametrize("column", [[1.0], [[1.0, 2.0], [3.0, 4.0]], []])
def test_order_needs_two_cities_in_a_column(column: list) -> None:
    for measure in (kendall, spearman):
        with pytest.raises(ValueError, match="two columns of two cities or more"):
            measure(column, column)


def test_panels_without_cities_have_no_moves() -> None:
    none = np.zeros((2, 0), dtype=int)
    assert np.isnan(transition_matrix(none, 2)).all()


def test_shares_of_the_long_run_are_never_below_zero() -> None:
    """The second class is left for good; least squares may give it a hair less than nothing."""
    for stay in np.linspace(0.05, 0.95, 19):
        shares = ergodic([[1.0, 0.0, 0.0], [0.3, stay * 0.7, (1 - stay) * 0.7], [stay, 0.0, 1 - stay]])
        assert (shares >= 0.0).all()
        assert shares == pytest.approx([1.0, 0.0, 0.0])


EYE = np.eye(3)
STATES = np.array([[0, 1, 2], [1, 1, 2]])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: relative_classes([[1.0, -1.0]]), "values over their mean need a mean above 0"),
        (
            lambda: spatial_transition_matrices(STATES, STATES[:1], 3),
            r"classes of the neighbours must have shape \(2, 3\), not \(1, 3\)",
        ),
        (lambda: kendall([1.0], [1.0]), "ranks are compared between two columns of two cities"),
        (lambda: spearman([1.0, NAN], [1.0, 2.0]), "ranks are defined for finite values"),
        (
            lambda: transition_matrix(STATES * 1.0),
            "classes must be whole numbers, periods by cities",
        ),
        (lambda: transition_matrix(STATES, 2), "each class must be a number from 0 to 1"),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_classes_without_cities_have_no_shares():
    moves = transition_matrix(STATES, 4)
    assert np.isnan(moves[3]).all()
    assert moves[2].tolist() == [0.0, 0.0, 1.0, 0.0]
    by_neighbours = spatial_transition_matrices(STATES, np.array([[0, 0, -1], [0, 0, 0]]), 3)
    assert by_neighbours[0, 0].tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(by_neighbours[1]).all()
    assert np.isnan(ergodic(EYE)).all()  # classes never mix
    assert np.isnan(ergodic([[0.5, 0.5], [NAN, NAN]])).all()
    assert ergodic([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [NAN, NAN, NAN]]) == pytest.approx([0.5, 0.5, 0])
