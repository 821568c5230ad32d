"""Measures of the gap: numbers worked by hand, and identities that hold for any values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.inequality import (
    atkinson,
    gini,
    gini_rows,
    p90_p10,
    ranks,
    sigma,
    sigma_rows,
    theil,
    theil_between_rows,
    theil_decomposition,
    theil_parts,
    theil_rows,
    top_share,
)

MEASURES = (gini, theil, sigma, p90_p10, atkinson)

values = st.lists(st.floats(0.01, 1000.0), min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        ([0.0, 1.0], 0.5),  # one of two has all: 1 − 1/n
        ([0.0, 0.0, 0.0, 5.0], 0.75),
        ([3.0, 3.0, 3.0], 0.0),
        ([1.0, 3.0], 0.25),  # |1 − 3| twice, over 2·n²·mean = 16
        ([8.0, 4.0, 2.0, 1.0], 23.0 / 60.0),
        ([0.0, 0.0], 0.0),  # no city has anything
    ],
)
def test_gini_by_hand(given_values: list[float], expected: float) -> None:
    assert gini(given_values) == pytest.approx(expected, abs=1e-12)


@given(values)
def test_gini_is_half_the_relative_mean_difference(x: list[float]) -> None:
    a = np.array(x)
    differences = np.abs(a[:, None] - a[None, :]).mean() / (2.0 * a.mean())
    assert gini(x) == pytest.approx(differences, abs=1e-9)


def test_the_share_of_the_largest() -> None:
    assert top_share([1.0, 5.0, 2.0, 2.0], 2) == pytest.approx(0.7)
    assert top_share(np.arange(10.0), 5) == pytest.approx(35.0 / 45.0)
    assert math.isnan(top_share([0.0, 0.0], 1))


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        ([0.0, 1.0], math.log(2.0)),  # one has all: ln n
        ([0.0, 0.0, 0.0, 5.0], math.log(4.0)),
        ([3.0, 3.0, 3.0], 0.0),
        ([1.0, 3.0], 0.25 * math.log(0.5) + 0.75 * math.log(1.5)),
        ([0.0, 0.0], 0.0),
    ],
)
def test_theil_by_hand(given_values: list[float], expected: float) -> None:
    assert theil(given_values) == pytest.approx(expected, abs=1e-12)


@given(values, st.floats(0.001, 1000.0))
def test_scale_does_not_matter(x: list[float], scale: float) -> None:
    scaled = scale * np.array(x)
    assert gini(scaled) == pytest.approx(gini(x), abs=1e-9)
    assert theil(scaled) == pytest.approx(theil(x), abs=1e-9)
    assert sigma(scaled) == pytest.approx(sigma(x), abs=1e-9)


@given(st.lists(st.tuples(st.floats(0.01, 1000.0), st.integers(1, 5)), min_size=2, max_size=8))
def test_a_weight_is_that_many_people(people: list[tuple[float, int]]) -> None:
    x, w = np.array([p[0] for p in people]), np.array([p[1] for p in people])
    assert gini(x, w) == pytest.approx(gini(np.repeat(x, w)), abs=1e-9)
    assert theil(x, w) == pytest.approx(theil(np.repeat(x, w)), abs=1e-9)


@given(values)
def test_a_gift_from_richest_to_poorest_narrows_the_gap(x: list[float]) -> None:
    a = np.sort(np.array(x))
    if a[-1] - a[0] < 0.1:
        return
    after = a.copy()
    gift = 0.25 * (a[-1] - a[0])
    after[0], after[-1] = a[0] + gift, a[-1] - gift
    assert gini(after) < gini(a)
    assert theil(after) < theil(a)


@given(
    st.lists(
        st.tuples(st.floats(0.0, 1000.0), st.sampled_from("abc"), st.floats(0.1, 10.0)),
        min_size=1,
        max_size=12,
    )
)
def test_between_and_within_add_up_to_the_whole(rows: list[tuple[float, str, float]]) -> None:
    x, groups, w = ([row[k] for row in rows] for k in range(3))
    between, within = theil_decomposition(x, groups, w)
    assert between + within == pytest.approx(theil(x, w), abs=1e-9)
    assert between >= -1e-12
    assert within >= -1e-12


def test_between_and_within_by_hand() -> None:
    # Group means 2 and 4, grand mean 3; in each group one has half and one one and a half of the mean.
    between, within = theil_decomposition([1.0, 3.0, 2.0, 6.0], ["a", "a", "b", "b"])
    assert between == pytest.approx(math.log(2 / 3) / 3 + 2 * math.log(4 / 3) / 3, abs=1e-12)
    assert within == pytest.approx(theil([1.0, 3.0]), abs=1e-12)
    assert theil_decomposition([1.0, 3.0], ["a", "a"])[0] == pytest.approx(0.0, abs=1e-12)
    assert theil_decomposition([1.0, 3.0], ["a", "b"])[1] == pytest.approx(0.0, abs=1e-12)


def test_people_without_weight_do_not_count() -> None:
    assert gini([1.0, 3.0, 99.0], [1.0, 1.0, 0.0]) == pytest.approx(0.25)
    assert theil([1.0, 3.0, 99.0], [1.0, 1.0, 0.0]) == pytest.approx(theil([1.0, 3.0]))
    assert gini([0.0, 99.0], [1.0, 0.0]) == 0.0
    assert theil([0.0, 99.0], [1.0, 0.0]) == 0.0


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [([1.0, math.e], 0.5), ([0.0, 1.0, math.e], 0.5), ([0.0, 7.0], 0.0), ([2.0, 2.0], 0.0)],
)
def test_sigma_by_hand(given_values: list[float], expected: float) -> None:
    assert sigma(given_values) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        ([5.0, 1.0, 3.0], [1.0, 3.0, 2.0]),
        ([2.0, 2.0, 1.0], [1.5, 1.5, 3.0]),
        ([0.0, 9.0, 0.0, 0.0, 9.0], [4.0, 1.5, 4.0, 4.0, 1.5]),
        ([4.0], [1.0]),
    ],
)
def test_ranks_by_hand(given_values: list[float], expected: list[float]) -> None:
    assert ranks(given_values).tolist() == expected


@given(st.lists(st.integers(0, 5), min_size=1, max_size=15))
def test_ranks_share_out_all_places(x: list[int]) -> None:
    n = len(x)
    assert ranks(x).sum() == pytest.approx(n * (n + 1) / 2)


@pytest.mark.parametrize(
    ("x", "w"),
    [
        ([1.0, -1.0], None),
        ([1.0, math.nan], None),
        ([1.0, math.inf], None),
        ([1.0, 2.0], [1.0]),
        ([1.0, 2.0], [1, -1]),
    ],
)
def test_impossible_values_are_refused(x: list[float], w: list[float] | None) -> None:
    for measure in MEASURES:
        with pytest.raises(ValueError, match=r"inequality|two columns"):
            measure(x, w)


def test_the_parts_of_theil_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = theil_parts([1.0, 3.0, 2.0, 6.0], ["a", "a", "b", "b"])
    assert parts[0] == pytest.approx(parts[1] + parts[2])
    assert parts[1:] == theil_decomposition([1.0, 3.0, 2.0, 6.0], ["a", "a", "b", "b"])
    monkeypatch.setattr("experiments.measures.inequality.theil_decomposition", lambda *given: (0.1, 0.2))
    with pytest.raises(ArithmeticError, match="do not add up"):
        theil_parts([1.0, 3.0], ["a", "b"])


@given(st.lists(st.tuples(st.floats(0.01, 1000.0), st.integers(1, 5)), min_size=2, max_size=8))
def test_a_weight_is_that_many_people_in_the_newer_measures(people: list[tuple[float, int]]) -> None:
    x, w = np.array([p[0] for p in people]), np.array([p[1] for p in people])
    for measure in (sigma, p90_p10, atkinson):
        assert measure(x, w) == pytest.approx(measure(np.repeat(x, w)), abs=1e-9)
        assert measure(7.0 * x, w) == pytest.approx(measure(x, w), abs=1e-9)
        assert measure([*x, 5000.0], [*w, 0.0]) == pytest.approx(measure(x, w), abs=1e-9)


def test_sigma_by_people() -> None:
    assert sigma([1.0, math.e], [3.0, 1.0]) == pytest.approx(math.sqrt(3.0) / 4.0)
    assert sigma([0.0, 1.0, math.e], [9.0, 3.0, 1.0]) == pytest.approx(math.sqrt(3.0) / 4.0)


@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        (range(1, 11), None, 9.0),  # a tenth live at 1, nine tenths at 9 or less
        ([1.0, 5.0, 8.0], [1.0, 8.0, 1.0], 5.0),
        ([1.0, 5.0, 8.0], [0.9, 8.0, 1.1], 8.0 / 5.0),
        ([2.0, 2.0], None, 1.0),
        ([0.0, 1.0, 2.0], None, math.nan),  # the poorest tenth has nothing
        ([1.0], [0.0], math.nan),
    ],
)
def test_deciles_by_hand(x: list[float], w: list[float] | None, expected: float) -> None:
    assert p90_p10(list(x), w) == pytest.approx(expected, nan_ok=True)


def test_atkinson_by_hand() -> None:
    # ε = 1: 1 − geometric over arithmetic mean; ε = 2: 1 − harmonic over arithmetic; ½: 1 − ((1 + 2)/2)²/2.5.
    assert atkinson([1.0, 4.0], aversion=1.0) == pytest.approx(1 - 2.0 / 2.5)
    assert atkinson([1.0, 4.0], aversion=2.0) == pytest.approx(1 - 1.6 / 2.5)
    assert atkinson([1.0, 4.0]) == pytest.approx(1 - 2.25 / 2.5)
    assert atkinson([0.0, 4.0], aversion=1.0) == 1.0
    assert atkinson([0.0, 4.0]) == pytest.approx(0.5)
    assert atkinson([0.0, 0.0]) == 0.0
    with pytest.raises(ValueError, match="aversion cannot be 0"):
        atkinson([1.0, 2.0], aversion=0.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: gini([1.0, 2.0], [1.0]), "values and weights must be two columns of one length"),
        (lambda: theil([1.0, -2.0]), "inequality is defined for finite values of 0 or more"),
        (lambda: theil([1.0, 2.0], [1.0, math.inf]), "inequality is defined for finite values"),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_every_year_may_have_its_own_weights() -> None:
    """Each row is measured with its weights; nobody lives in the last city of year 2."""
    y = np.array([[1.0, 2.0, 4.0, 8.0], [3.0, 1.0, 0.0, 5.0]])
    w = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 1.0, 2.0, 0.0]])
    groups = np.array(["a", "b", "a", "b"])
    for rows, one in ((gini_rows, gini), (theil_rows, theil), (sigma_rows, sigma)):
        assert rows(y, w) == pytest.approx([one(x, people) for x, people in zip(y, w, strict=True)])
    between = [theil_decomposition(x, groups, people)[0] for x, people in zip(y, w, strict=True)]
    assert theil_between_rows(y, w, groups) == pytest.approx(between)
    assert between == pytest.approx([theil_between_rows(y[k : k + 1], w[k], groups)[0] for k in (0, 1)])
    assert theil_between_rows(y[1:], w[1], groups)[0] == pytest.approx(
        (12 / 13) * np.log((12 / 6) / (13 / 7)) + (1 / 13) * np.log((1 / 1) / (13 / 7))
    )


def test_values_without_a_label_are_a_group() -> None:
    """Dropping them would leave between + within short of the whole."""
    y, w = np.array([1.0, 2.0, 3.0, 9.0]), np.array([1.0, 2.0, 1.0, 1.0])
    for missing in (float("nan"), None):
        blank = np.array(["east", "west", missing, missing], dtype=object)
        named = np.array(["east", "west", "none", "none"])
        assert theil_decomposition(y, blank, w) == pytest.approx(theil_decomposition(y, named, w))
        between, within = theil_decomposition(y, blank, w)
        assert between + within == pytest.approx(theil(y, w))
        assert theil_between_rows(y[None], w, blank)[0] == pytest.approx(between)
