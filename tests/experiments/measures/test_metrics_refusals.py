"""What no measure is taken of: shapes that do not fit, values that cannot be, nothing to compare."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.measures import beta_convergence as convergence
from experiments.measures import catch_up as episodes
from experiments.measures import convergence_clubs as clubs
from experiments.measures import inequality, mobility, spatial
from experiments.measures import leapfrogging as leapfrog
from experiments.measures import panel_checks as panel
from experiments.measures.convergence_tables import convergence_table

NAN = float("nan")
FLAT = np.ones((8, 3))
RISING = np.array([[1.0, 2.0, 4.0], [2.0, 2.0, 4.0], [3.0, 2.0, 4.0]])
STATES = np.array([[0, 1, 2], [1, 1, 2]])
EYE = np.eye(3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: clubs.hp_trend([[1.0], [2.0]]), "a trend needs three periods or more of finite values"),
        (lambda: clubs.hp_trend([[1.0], [NAN], [1.0]]), "a trend needs three periods or more"),
        (lambda: clubs.log_t(FLAT[:, :1]), "needs finite values of two cities or more"),
        (lambda: clubs.log_t(FLAT[:7]), "needs 8 periods or more, of which 5 are kept, not 7 with trim"),
        (lambda: clubs.log_t(FLAT, trim=0.8), "of which 5 are kept, not 8 with trim 0.8"),
        (lambda: clubs.log_t(FLAT * 0.0), "needs a mean above zero in every period"),
        (lambda: convergence.beta_convergence([1.0], [1.0, 2.0], 5), r"not \(1,\), \(2,\) and \(1, 0\)"),
        (lambda: convergence.beta_convergence([1.0], [1.0], 0), "years cannot be 0: it must be above 0"),
        (
            lambda: convergence.beta_convergence([1.0], [-1.0], 5),
            "start and end must be finite and 0 or more",
        ),
        (
            lambda: convergence_table(RISING, np.ones(3), ["a", "b"]),
            "regions must have a label for each of 3",
        ),
        (
            lambda: convergence_table(RISING * [0, 0, 1], np.ones(3), ["a", "b", "c"]),
            "convergence needs two cities with people in every period and a value above zero",
        ),
        (
            lambda: episodes.country_episode(RISING * [0, 0, 1], np.ones(3), ["a", "b", "c"], hold=1),
            "an episode needs two cities with people and a value above zero at the start",
        ),
        (
            lambda: episodes.country_episode(RISING, np.ones(3), ["a", "b", "c"], null=RISING[:2], hold=1),
            r"the null model must have the shape of the values, \(3, 3\), not \(2, 3\)",
        ),
        (lambda: inequality.gini([1.0, 2.0], [1.0]), "values and weights must be two columns of one length"),
        (lambda: inequality.theil([1.0, -2.0]), "inequality is defined for finite values of 0 or more"),
        (lambda: inequality.theil([1.0, 2.0], [1.0, math.inf]), "inequality is defined for finite values"),
        (lambda: leapfrog.excess_rate(RISING, RISING[:2], hold=1), "the null model must have the shape"),
        (
            lambda: leapfrog.leaps(RISING, "technological", hold=1),
            "needs the date at which each city adopted",
        ),
        (
            lambda: leapfrog.leaps(RISING, "technological", hold=1, adopted=[1.0]),
            r"adopted must have one date for each of 3 cities, not shape \(1,\)",
        ),
        (lambda: leapfrog.leaps(RISING, "sudden", hold=1), "kind cannot be 'sudden': it must be any, strict"),
        (lambda: mobility.relative_classes([[1.0, -1.0]]), "values over their mean need a mean above 0"),
        (
            lambda: mobility.spatial_transition_matrices(STATES, STATES[:1], 3),
            r"classes of the neighbours must have shape \(2, 3\), not \(1, 3\)",
        ),
        (lambda: mobility.kendall([1.0], [1.0]), "ranks are compared between two columns of two cities"),
        (lambda: mobility.spearman([1.0, NAN], [1.0, 2.0]), "ranks are defined for finite values"),
        (
            lambda: mobility.transition_matrix(STATES * 1.0),
            "classes must be whole numbers, periods by cities",
        ),
        (lambda: mobility.transition_matrix(STATES, 2), "each class must be a number from 0 to 1"),
        (lambda: panel.checked_panel([1.0]), r"values must be periods by cities, at least 2 by 1, not of sh"),
        (lambda: panel.checked_panel(FLAT, [1.0]), r"weights must have shape \(3,\) or \(8, 3\), not \(1,\)"),
        (
            lambda: panel.checked_panel(FLAT, [1, 1, -1]),
            "weights must be finite and 0 or more in every period",
        ),
        (lambda: panel.checked_panel(-FLAT), "values must be finite and 0 or more in every period and city"),
        (lambda: panel.check_lasting(5, -1.0, 1), r"margin cannot be -1.0: it must be 0 or more"),
        (lambda: panel.check_lasting(5, 0.1, 5), "hold cannot be 5: with 5 periods it must be from 1 to 4"),
        (lambda: spatial.neighbours(np.ones((2, 3)), 0, 1), r"distances must be cities by cities, not of sh"),
        (lambda: spatial.neighbours(EYE, 5, 5), "a band must run from 0 km or more to a larger distance"),
        (lambda: spatial.morans_i([1.0, 2.0], np.eye(2)), "Moran's I needs three finite values or more"),
        (lambda: spatial.distance_profile([1.0], [1.0, 2.0], [0, 1]), "effect and distance must be two col"),
        (lambda: spatial.distance_profile([1.0], [1.0], [0, 2, 2]), "bands must rise, with two ends or more"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_cities_that_never_differ_converge_without_end():
    assert clubs.log_t(FLAT).t == math.inf
    apart = FLAT.copy()
    apart[1:, 0] = 2.0
    assert clubs.log_t(apart).t == -math.inf  # alike at first, apart later
    assert clubs.long_run_variance(np.zeros(5)) == 0.0


def test_a_slope_that_cannot_be_told_is_not_a_number():
    same = convergence.beta_convergence([2.0, 2.0, 2.0], [3.0, 4.0, 5.0], 5)
    assert math.isnan(same.slope)  # all start alike
    few = convergence.beta_convergence([1.0, 2.0], [3.0, 4.0], 5)
    assert math.isnan(few.slope)  # no freedom left


def test_the_gap_may_close_at_once_or_grow():
    start = np.array([1.0, 2.0, 4.0, 8.0])
    crossed = convergence.beta_convergence(start, 1.0 / start, 1.0)  # 1 + β·T = −1
    assert crossed.slope == pytest.approx(-2.0)
    assert math.isnan(crossed.speed)
    growing = convergence.beta_convergence(start, start**2, 1.0)
    assert growing.speed < 0.0
    assert math.isnan(growing.half_life)


def test_moran_without_neighbours_or_differences_is_not_defined():
    alone = spatial.morans_i([1.0, 2.0, 3.0], np.zeros((3, 3)))
    assert math.isnan(alone.i)
    assert (alone.alone, alone.neighbours) == (3, 0.0)
    near = spatial.neighbours([[0, 1, 9], [1, 0, 9], [9, 9, 0]], 0, 5)
    assert math.isnan(spatial.morans_i([2.0, 2.0, 2.0], near).i)
    mean = spatial.neighbour_mean([[1.0, 2.0, 3.0]], near)
    assert mean[0, :2].tolist() == [2.0, 1.0]
    assert math.isnan(mean[0, 2])


def test_a_profile_has_bands_without_cities_and_changes_sign_between_points():
    found = spatial.distance_profile([1.0, 3.0, NAN], [10.0, 20.0, 30.0], [0, 25, 50, 75])
    assert found["cities"].tolist() == [2, 0, 0]
    assert found.loc[0, ["km", "mean", "se"]].tolist() == [15.0, 2.0, 1.0]
    assert found.loc[1:, ["km", "mean", "se"]].isna().all(axis=None)
    one = spatial.distance_profile([1.0], [10.0], [0, 25])
    assert math.isnan(one.loc[0, "se"])
    assert spatial.zero_crossings([0, 10, 20, 30], [2.0, NAN, -2.0, -1.0]) == [10.0]
    assert spatial.zero_crossings([0, 10, 20], [1.0, 0.0, -1.0]) == [10.0]
    assert spatial.zero_crossings([0, 10, 20], [1.0, 0.0, 1.0]) == []


def test_classes_that_nobody_is_in_have_no_shares():
    moves = mobility.transition_matrix(STATES, 4)
    assert np.isnan(moves[3]).all()
    assert moves[2].tolist() == [0.0, 0.0, 1.0, 0.0]
    by_neighbours = mobility.spatial_transition_matrices(STATES, np.array([[0, 0, -1], [0, 0, 0]]), 3)
    assert by_neighbours[0, 0].tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(by_neighbours[1]).all()
    assert np.isnan(mobility.ergodic(EYE)).all()  # classes never mix
    assert np.isnan(mobility.ergodic([[0.5, 0.5], [NAN, NAN]])).all()
    assert mobility.ergodic([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [NAN, NAN, NAN]]) == pytest.approx(
        [0.5, 0.5, 0]
    )
