"""Moran's I and distance profiles, by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.spatial import (
    distance_profile,
    morans_i,
    neighbour_mean,
    neighbours,
    zero_crossings,
)

LINE = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0))) * 100.0  # four cities, 100 km apart


def test_a_band_begins_with_its_lower_end_and_leaves_the_city_itself_out() -> None:
    assert neighbours(LINE, 0.0, 100.0).sum() == 0
    assert neighbours(LINE, 100.0, 200.0).sum(axis=1).tolist() == [1, 2, 2, 1]
    assert neighbours(LINE, 0.0, math.inf).sum() == 12
    with pytest.raises(ValueError, match="a band must run"):
        neighbours(LINE, 200.0, 100.0)
    with pytest.raises(ValueError, match="cities by cities"):
        neighbours(LINE[:2], 0.0, 100.0)


def test_the_mean_of_neighbours() -> None:
    near = neighbours(LINE[:3, :3], 100.0, 150.0)
    assert neighbour_mean([[1.0, 2.0, 5.0]], near).tolist() == [[2.0, 3.0, 2.0]]
    assert np.isnan(neighbour_mean([[1.0, 2.0]], np.zeros((2, 2)))).all()


def test_morans_i_by_hand() -> None:
    near = neighbours(LINE, 0.0, 150.0)
    # z = −1.5, −0.5, 0.5, 1.5: z'Wz = 2·(0.75 − 0.25 + 0.75), z'z = 5, six links.
    rising = morans_i([1.0, 2.0, 3.0, 4.0], near)
    assert rising.i == pytest.approx(4 / 6 * 2.5 / 5)
    assert rising.expected == pytest.approx(-1 / 3)
    assert (rising.neighbours, rising.alone) == (1.5, 0)
    assert morans_i([1.0, 0.0, 1.0, 0.0], near).i == pytest.approx(-1.0)


def test_p_is_the_share_of_permutations_at_least_as_far_out() -> None:
    near = neighbours(LINE, 0.0, 150.0)
    # All 24 orders of four values on a line: I goes with the sum of products of neighbours, its mean is −1/3.
    orders = np.array(list(itertools.permutations([-1.5, -0.5, 0.5, 1.5])))
    away = np.abs(2 * (orders[:, 1:] * orders[:, :-1]).sum(axis=1) * 4 / 6 / 5 + 1 / 3)
    exact = np.mean(away >= away[0] - 1e-12)
    assert 0 < exact < 0.5
    found = morans_i([1.0, 2.0, 3.0, 4.0], near, permutations=20_000, seed=3)
    assert found.p == pytest.approx(exact, abs=0.01)
    assert found == morans_i([1.0, 2.0, 3.0, 4.0], near, permutations=20_000, seed=3)


def test_random_places_are_rarely_significant() -> None:
    rng = np.random.default_rng(11)
    apart = np.abs(np.subtract.outer(np.arange(40.0), np.arange(40.0)))
    near = neighbours(apart, 0.0, 4.0)
    p = np.array([morans_i(rng.normal(size=40), near, 199, seed=k).p for k in range(200)])
    assert 0.01 <= np.mean(p <= 0.05) <= 0.10
    assert morans_i(np.arange(40.0), near).p == 0.001  # one in a thousand at the least


def test_what_moran_cannot_tell_is_missing() -> None:
    assert math.isnan(morans_i([1.0, 2.0, 3.0], np.zeros((3, 3))).i)
    assert morans_i([1.0, 2.0, 3.0], np.zeros((3, 3))).alone == 3
    assert math.isnan(morans_i([2.0, 2.0, 2.0], np.ones((3, 3)) - np.eye(3)).p)
    with pytest.raises(ValueError, match="three finite values"):
        morans_i([1.0, math.nan, 2.0], np.zeros((3, 3)))


def test_a_profile_by_hand() -> None:
    rows = distance_profile(
        [4.0, 2.0, -1.0, math.nan, 9.0], [0.0, 50.0, 100.0, 120.0, 900.0], [0, 100, 200, 300]
    )
    assert rows["cities"].tolist() == [2, 1, 0]
    assert rows["mean"].tolist()[:2] == [3.0, -1.0]
    assert rows["km"].tolist()[:2] == [25.0, 100.0]
    assert rows["se"][0] == pytest.approx(1.0)
    assert rows[["mean", "se", "km"]].iloc[2].isna().all()
    assert math.isnan(rows["se"][1])
    assert zero_crossings(rows["km"], rows["mean"]) == [pytest.approx(25.0 + 75.0 * 3 / 4)]
    for bands in ([100], [100, 100], [200, 100]):
        with pytest.raises(ValueError, match="bands must rise"):
            distance_profile([1.0], [1.0], bands)


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([1.0, 2.0, 3.0], []),
        ([1.0, -1.0, 1.0], [50.0, 150.0]),
        ([1.0, 0.0, -1.0], [100.0]),
        ([1.0, 0.0, 1.0], []),  # touches zero
        ([1.0, math.nan, -3.0], [50.0]),
        ([0.0, 0.0, 0.0], []),
        ([0.0, 1.0, -1.0], [150.0]),
    ],
)
def test_sign_changes_by_hand(y: list[float], expected: list[float]) -> None:
    assert zero_crossings([0.0, 100.0, 200.0], y) == pytest.approx(expected)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=10))
def test_there_are_as_many_sign_changes_as_changes_of_sign(y: list[float]) -> None:
    signs = [math.copysign(1, v) for v in y if v != 0]
    found = zero_crossings(np.arange(len(y)) * 50.0, y)
    assert len(found) == sum(a != b for a, b in itertools.pairwise(signs))
    assert found == sorted(found)


def test_neighbours_of_a_city_need_not_be_neighbours_back() -> None:
    """A mean is over the cities of the row: city 0 has two, city 1 has one, city 2 none."""
    near = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0]], dtype=bool)
    found = neighbour_mean([[2.0, 4.0, 8.0]], near)[0]
    assert found[:2].tolist() == [6.0, 2.0]
    assert math.isnan(found[2])


@pytest.mark.parametrize(
    ("low", "high", "right"), [(0.0, 1.0, True), (5.0, 5.0, False), (0.0, 0.0, False), (-1.0, 5.0, False)]
)
def test_a_band_is_wider_than_nothing(low: float, high: float, right: bool) -> None:
    if right:
        neighbours(np.zeros((2, 2)), low, high)
        return
    with pytest.raises(ValueError, match="a band must run"):
        neighbours(np.zeros((2, 2)), low, high)


@pytest.mark.parametrize(
    ("values", "near"),
    [
        (np.ones(2), np.ones((2, 2))),
        (np.ones((3, 3)), np.ones((3, 3))),
        (np.ones(3), np.ones((2, 3))),
        (np.ones((2, 4)), np.ones((2, 2))),
    ],
)
def test_moran_takes_three_values_and_their_matrix(values: np.ndarray, near: np.ndarray) -> None:
    with pytest.raises(ValueError, match="three finite values"):
        morans_i(values, near)


def test_moran_of_three_cities() -> None:
    line = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    assert morans_i([1.0, 2.0, 3.0], line).i == pytest.approx(0.0)


def test_a_stretch_of_zeros_crosses_in_its_middle() -> None:
    km = [0.0, 100.0, 200.0, 400.0, 500.0]
    assert zero_crossings(km, [1.0, 0.0, 0.0, 0.0, -1.0]) == pytest.approx([700.0 / 3.0])
    assert zero_crossings(km[:4], [1.0, 0.0, 0.0, -1.0]) == [150.0]


EYE = np.eye(3)
NAN = float("nan")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: neighbours(np.ones((2, 3)), 0, 1), r"distances must be cities by cities, not of sh"),
        (lambda: neighbours(EYE, 5, 5), "a band must run from 0 km or more to a larger distance"),
        (lambda: morans_i([1.0, 2.0], np.eye(2)), "Moran's I needs three finite values or more"),
        (lambda: distance_profile([1.0], [1.0, 2.0], [0, 1]), "effect and distance must be two col"),
        (lambda: distance_profile([1.0], [1.0], [0, 2, 2]), "bands must rise, with two ends or more"),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_moran_without_neighbours_or_differences_is_not_defined():
    alone = morans_i([1.0, 2.0, 3.0], np.zeros((3, 3)))
    assert math.isnan(alone.i)
    assert (alone.alone, alone.neighbours) == (3, 0.0)
    near = neighbours([[0, 1, 9], [1, 0, 9], [9, 9, 0]], 0, 5)
    assert math.isnan(morans_i([2.0, 2.0, 2.0], near).i)
    mean = neighbour_mean([[1.0, 2.0, 3.0]], near)
    assert mean[0, :2].tolist() == [2.0, 1.0]
    assert math.isnan(mean[0, 2])


def test_a_profile_has_bands_without_cities_and_changes_sign_between_points():
    found = distance_profile([1.0, 3.0, NAN], [10.0, 20.0, 30.0], [0, 25, 50, 75])
    assert found["cities"].tolist() == [2, 0, 0]
    assert found.loc[0, ["km", "mean", "se"]].tolist() == [15.0, 2.0, 1.0]
    assert found.loc[1:, ["km", "mean", "se"]].isna().all(axis=None)
    one = distance_profile([1.0], [10.0], [0, 25])
    assert math.isnan(one.loc[0, "se"])
    assert zero_crossings([0, 10, 20, 30], [2.0, NAN, -2.0, -1.0]) == [10.0]
    assert zero_crossings([0, 10, 20], [1.0, 0.0, -1.0]) == [10.0]
    assert zero_crossings([0, 10, 20], [1.0, 0.0, 1.0]) == []
