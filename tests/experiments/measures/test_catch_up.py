"""Catch-up, leapfrogging and gap-closing exclude each other: by hand, and for any panel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.measures.catch_up import (
    CATCH_UP,
    FRONTIER,
    GAP_CLOSING,
    LEAPFROG,
    LEAPFROGGING,
    NONE,
    ORDER_KEPT,
    UNDEFINED,
    city_classes,
    country_episode,
    dispersion_falls,
    pair_classes,
)
from experiments.measures.inequality import theil_decomposition
from experiments.measures.leapfrogging import excess_rate, overtakes, possible_pairs
from experiments.measures.mobility import kendall

panels = st.tuples(st.integers(4, 7), st.integers(2, 9)).flatmap(
    lambda shape: arrays(float, shape, elements=st.one_of(st.just(0.0), st.floats(0.01, 100.0)))
)


def classes(start: list[float], end: list[float], weights: list[float] | None = None) -> list[str]:
    return city_classes([start, end, end], weights).tolist()


def test_each_class_of_city_by_hand() -> None:
    start = [10.0, 5.0, 5.0, 5.0, 9.8, 0.0]
    end = [10.0, 6.0, 12.0, 5.2, 11.0, 4.0]
    # ln(10/5) falls by ln 1.2 = 0.18; city 2 passes; 0.04 is too little; 9.8 starts within the margin.
    assert classes(start, end) == [FRONTIER, CATCH_UP, LEAPFROG, NONE, NONE, UNDEFINED]


def test_a_gap_must_stay_closer() -> None:
    y = [[10.0, 5.0], [10.0, 8.0], [10.0, 5.0]]
    assert city_classes(y).tolist() == [FRONTIER, NONE]
    assert city_classes(y[:2], hold=1).tolist() == [FRONTIER, CATCH_UP]


def test_dispersion_has_to_fall_in_all_of_the_last_periods() -> None:
    """σ of two cities of equal size: half of the difference of their logarithms."""
    y = np.array([[1.0, 16.0], [1.0, 8.0], [1.0, 2.0]])
    falls = dispersion_falls(y, np.ones_like(y), ["a", "b"])
    assert falls["sigma"] == pytest.approx(0.25)  # ln 8 / ln 16 is the worse of the last two
    assert dispersion_falls(y, np.ones_like(y), ["a", "b"], hold=1)["sigma"] == pytest.approx(0.75)
    assert falls["P90/P10"] == pytest.approx(0.5)


def test_a_city_passes_the_frontier_by_the_margin_or_not_at_all() -> None:
    # 10.4 is above 10 by less than 5 %: a catch-up
    assert classes([10.0, 5.0], [10.0, 10.4]) == [FRONTIER, CATCH_UP]
    assert classes([10.0, 5.0], [10.0, 10.6]) == [FRONTIER, LEAPFROG]


def test_who_is_behind_is_seen_at_the_start() -> None:
    """A city that ends above where the frontier began, and still behind it, has caught up."""
    assert classes([10.0, 5.0], [20.0, 16.0]) == [FRONTIER, CATCH_UP]


def test_the_frontier_is_fixed_at_the_start_and_weighted() -> None:
    start = [10.0, 10.0, *[5.0] * 18]  # two of twenty lead
    end = [10.0, 2.0, *[5.0] * 18]  # one of them falls: their mean is 6 unweighted, 9.2 by people
    assert classes(start, end).count(CATCH_UP) == 18
    people = [9.0, 1.0, *[1.0] * 18]
    assert classes(start, end, people).count(CATCH_UP) == 0
    assert classes(start, end, people)[:2] == [FRONTIER, FRONTIER]


def test_cities_without_people_are_not_followed() -> None:
    assert classes([10.0, 5.0], [10.0, 9.0], [1.0, 0.0]) == [FRONTIER, UNDEFINED]
    assert classes([0.0, 0.0], [1.0, 2.0]) == [UNDEFINED, UNDEFINED]


def test_each_class_of_pair_by_hand() -> None:
    y = [[1.0, 2.0, 4.0], [3.0, 2.0, 4.0], [3.0, 2.0, 4.0]]
    leap, nearer, neither = pair_classes(y)
    assert np.argwhere(leap).tolist() == [[0, 1]]
    assert np.argwhere(nearer).tolist() == [[0, 2]]
    assert np.argwhere(neither).tolist() == [[1, 2]]


@given(panels, st.floats(0.0, 0.5), st.floats(0.01, 1.0), st.integers(1, 3))
def test_every_possible_pair_is_in_one_class(y: np.ndarray, margin: float, closer: float, hold: int) -> None:
    found = np.array(pair_classes(y, closer=closer, margin=margin, hold=hold), dtype=int).sum(axis=0)
    assert (found == possible_pairs(y[0], margin)).all()


@given(panels, st.floats(0.0, 0.5), st.floats(0.01, 1.0), st.floats(0.05, 1.0))
def test_the_classes_of_cities_mean_what_they_say(
    y: np.ndarray, margin: float, closer: float, share: float
) -> None:
    """Recomputed with logarithms, one city at a time, each condition on its own."""
    w = np.ones(y.shape[1])
    found = city_classes(y, w, closer=closer, margin=margin, hold=2, frontier_share=share)
    assert set(found) <= {CATCH_UP, LEAPFROG, NONE, FRONTIER, UNDEFINED}
    leading = found == FRONTIER
    assert leading.any() == (y[0] > 0).any()
    if not leading.any():
        return
    frontier = y[:, leading].mean(axis=1)
    for c in np.flatnonzero(~leading):
        assert (found[c] == UNDEFINED) == (y[0, c] == 0)
        if y[0, c] == 0:
            continue
        passed = all(y[t, c] > (1 + margin) * frontier[t] for t in (-2, -1))
        if found[c] == LEAPFROG:
            assert passed
            assert y[0, c] < frontier[0]
        if found[c] == CATCH_UP:
            assert not passed
            before = math.log(frontier[0] / y[0, c])
            for t in (-2, -1):
                assert y[t, c] > 0
                now = math.log(frontier[t] / y[t, c]) if frontier[t] > 0 else -math.inf
                assert now <= before - closer + 1e-9


# ── Countries ────────────────────────────────────────────────────────────────────────────────────

REGIONS = np.array(["east"] * 5 + ["west"] * 5)
START = np.array([20.0, 18.0, 16.0, 14.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0])


def country(end: np.ndarray, null: np.ndarray | None = None) -> str:
    other = None if null is None else np.array([START, null, null])
    return country_episode(np.array([START, end, end]), None, REGIONS, other).kind


def test_each_kind_of_episode_by_hand() -> None:
    assert country(START) == NONE
    assert country(5.0 + START) == GAP_CLOSING
    assert country(START[::-1]) == LEAPFROGGING
    # In the null model the order turns as well: nothing that the mechanisms did.
    assert country(START[::-1], START[::-1]) != LEAPFROGGING
    # The middle comes up, the bottom falls away: P90/P10 rises, and most people come closer.
    up = START.copy()
    up[1:8] = [19.5, 19.0, 18.5, 18.0, 17.0, 16.0, 15.0]
    up[9] = 0.5
    assert country(up) == CATCH_UP


def test_what_says_so_is_reported() -> None:
    y = np.array([START, 5.0 + START, 5.0 + START])
    episode = country_episode(y, None, REGIONS)
    assert episode.order == pytest.approx(1.0)
    assert episode.excess_leaps == 0.0
    assert episode.falls["P90/P10"] == pytest.approx(1 - (23 / 7) / (18 / 2))
    assert episode.catching == pytest.approx(6 / 9)  # ln(20/12) falls by 0.125, ln(20/14) by 0.083 alone
    # By people: only the last city comes closer, and no other city behind the frontier has many.
    end = START.copy()
    end[9] = 3.0
    people = np.ones(10)
    people[9] = 8.0
    assert country_episode(np.array([START, end, end]), people, REGIONS).catching == pytest.approx(0.5)


@given(panels, st.integers(0, 1))
def test_a_country_is_in_one_kind_and_each_excludes_the_others(y: np.ndarray, with_null: int) -> None:
    if (y[0] > 0).sum() < 2:
        with pytest.raises(ValueError, match="two cities"):
            country_episode(y, None, np.arange(y.shape[1]) % 2)
        return
    null = y[:, ::-1] if with_null else None
    regions = np.arange(y.shape[1]) % 2
    episode = country_episode(y, None, regions, null)
    followed = y[0] > 0
    own = y[:, followed]
    order = kendall(own[0], own[-1])
    kept = order >= ORDER_KEPT
    falls = dispersion_falls(own, np.ones_like(own), regions[followed])
    narrower = all(fall >= 0.01 for fall in falls.values())
    if null is None:
        possible = possible_pairs(own[0]).sum()
        more = possible > 0 and overtakes(own).sum() > 0
    else:
        more = excess_rate(own, null[:, followed]) > 0
    conditions = {
        LEAPFROGGING: not kept and more,
        GAP_CLOSING: kept and narrower,
    }
    assert sum(conditions.values()) <= 1
    expected = next((kind for kind, met in conditions.items() if met), None)
    if expected:
        assert episode.kind == expected
    else:
        assert episode.kind == (CATCH_UP if episode.catching >= 0.5 else NONE)


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ValueError, match="frontier_share cannot be 0"):
        city_classes([[1.0, 2.0]] * 3, frontier_share=0.0)
    with pytest.raises(ValueError, match="shape of the values"):
        country_episode([[1.0, 2.0]] * 3, None, ["a", "b"], [[1.0, 2.0]] * 4)


# ── At the limits ─────────────────────────────────────────────────────────────────────────────────


def test_the_order_is_kept_from_a_tau_of_seven_tenths_on() -> None:
    """Of ten cities 45 pairs: 6 turned round leave τ = 33/45 = 0.73, 7 leave 31/45 = 0.69."""
    kept, lost = START.copy(), START.copy()
    kept[:4] = START[3::-1]  # 6 pairs
    lost[:4], lost[8:] = START[3::-1], START[:7:-1]  # and one more
    assert kendall(START, kept) == pytest.approx(33 / 45)
    assert country(kept) != LEAPFROGGING
    assert country(lost) == LEAPFROGGING


def test_the_order_at_the_end_counts_and_not_before() -> None:
    y = np.array([START, START[::-1], START, START])
    found = country_episode(y, None, REGIONS, hold=1)
    assert found.order == pytest.approx(1.0)
    assert country_episode(y[:2], None, REGIONS, hold=1).order == pytest.approx(-1.0)
    # the last but one is the turned one here
    assert country_episode(y[:3], None, REGIONS, hold=1).order == pytest.approx(1.0)


def test_a_pair_comes_closer_against_where_it_started() -> None:
    """Pairs turn round in the middle: gaps are compared with those of the first period, not another."""
    y = [[1.0, 4.0], [3.0, 4.0], [1.4, 4.0], [1.4, 4.0]]
    _, nearer, _ = pair_classes(y)
    assert nearer.tolist() == [[False, True], [False, False]]


def test_theil_of_the_gap_is_that_between_regions() -> None:
    """Regions come together while cities within them part."""
    y = np.array([[1.0, 1.0, 4.0, 4.0], [1.0, 3.0, 1.5, 4.5], [1.0, 3.0, 1.5, 4.5]])
    between = [theil_decomposition(row, ["a", "a", "b", "b"], np.ones(4))[0] for row in y]
    found = dispersion_falls(y, np.ones_like(y), ["a", "a", "b", "b"])
    assert found["Theil between"] == pytest.approx(1.0 - between[1] / between[0])


def test_what_is_level_at_the_start_cannot_fall() -> None:
    y = np.array([[2.0, 2.0], [1.0, 2.0], [1.0, 2.0]])
    found = dispersion_falls(y, np.ones_like(y), ["a", "b"])
    assert math.isnan(found["sigma"])
    assert math.isnan(found["Theil between"])
    assert found["P90/P10"] == pytest.approx(-1.0)


def test_a_city_that_loses_all_has_come_no_closer() -> None:
    """And with it the frontier: nothing over nothing is no gap that fell."""
    assert classes([10.0, 5.0], [0.0, 0.0]) == [FRONTIER, NONE]


def test_who_is_level_with_the_frontier_is_not_behind() -> None:
    """Of three equal cities one leads; the frontier falls away from another, which has not caught up."""
    assert classes([10.0, 10.0, 10.0], [5.0, 10.0, 5.0]) == [FRONTIER, NONE, NONE]
    assert classes([10.0, 10.0], [10.0, 5.0]) == [FRONTIER, NONE]


def test_exactly_a_tenth_closer_is_closer() -> None:
    y = [[math.exp(1.0), 1.0], [math.exp(1.0), math.exp(0.5)], [math.exp(1.0), math.exp(0.5)]]
    assert city_classes(y, closer=0.49).tolist() == [FRONTIER, CATCH_UP]
    assert city_classes(y, closer=0.51).tolist() == [FRONTIER, NONE]
    assert city_classes([[8.0, 4.0]] * 3, closer=0.0).tolist() == [FRONTIER, CATCH_UP]  # by nothing at all


RISING = np.array([[1.0, 2.0, 4.0], [2.0, 2.0, 4.0], [3.0, 2.0, 4.0]])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: country_episode(RISING * [0, 0, 1], np.ones(3), ["a", "b", "c"], hold=1),
            "an episode needs two cities with people and a value above zero at the start",
        ),
        (
            lambda: country_episode(RISING, np.ones(3), ["a", "b", "c"], null=RISING[:2], hold=1),
            r"the null model must have the shape of the values, \(3, 3\), not \(2, 3\)",
        ),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
