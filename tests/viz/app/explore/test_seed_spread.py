"""Effects over seeds: means, intervals and the visitor's own seed, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.run_options import ALL
from viz.app.explore.seed_spread import (
    FEWEST_SEEDS,
    Spread,
    city_means,
    effect_over_time,
    gains,
    groups_by_distance,
    national,
    series_of,
    spread,
)
from viz.app.explore.snapshot import Totals


def test_an_interval_needs_three_seeds_and_is_students() -> None:
    found = spread([1.0, 3.0])
    assert (found.mean, found.own, found.seeds) == (2.0, 1.0, 2)
    assert math.isnan(found.low)
    found = spread([1.0, 3.0, 2.0])
    assert FEWEST_SEEDS == 3
    reach = 4.302652729911275 * 1.0 / math.sqrt(3.0)  # the quantile of two degrees of freedom, s.d. 1
    assert (found.low, found.high) == (pytest.approx(2.0 - reach), pytest.approx(2.0 + reach))


def test_seeds_in_which_a_number_is_not_defined_do_not_count() -> None:
    found = spread([math.nan, 4.0, 6.0])
    assert (found.mean, found.seeds) == (5.0, 2)
    assert math.isnan(found.own)
    assert spread([math.nan]).text(1) == "–"


@pytest.mark.parametrize(
    ("low", "high", "sign", "text"),
    [
        (6.6, 8.9, 1, "+7.7 [+6.6, +8.9]"),
        (-8.9, -6.6, -1, "−7.7 [−8.9, −6.6]"),
        (-1.0, 2.0, 0, "+0.5 [−1.0, +2.0]"),
        (math.nan, math.nan, 0, "+0.5"),
    ],
)
def test_a_number_is_told_with_its_interval(low: float, high: float, sign: int, text: str) -> None:
    mean = {1: 7.7, -1: -7.7, 0: 0.5}[sign]
    found = Spread(mean, low, high, 0.0, 5)
    assert (found.sign, found.text(1)) == (sign, text)


def test_means_of_cities_leave_out_seeds_without_a_number() -> None:
    values = [
        np.array([1.0, math.nan, math.nan]),
        np.array([2.0, 5.0, math.nan]),
        np.array([3.0, 7.0, math.nan]),
    ]
    mean, low, high = city_means(values)
    np.testing.assert_allclose(mean, [2.0, 6.0, math.nan])
    one = spread([1.0, 2.0, 3.0])
    assert (low[0], high[0]) == (pytest.approx(one.low), pytest.approx(one.high))
    assert np.isnan(low[1:]).all()


def test_series_of_flows_are_of_the_last_four_quarters() -> None:
    run = Totals(innovation=[0.0, 2.0, 2.0, 2.0, 2.0, 4.0], theil=[0.0, 1.0, 1.1, 1.2, 1.3, 1.5])
    twin = Totals(innovation=[0.0, 1.0, 1.0, 1.0, 1.0, 1.0], theil=[0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    found = series_of(run, twin, "innovation", 5)
    wanted = [100.0 * math.log(2.0)] * 4 + [100.0 * math.log(10.0 / 4.0)]
    np.testing.assert_allclose(found, wanted)
    np.testing.assert_allclose(series_of(run, twin, "theil", 3), [0.0, 10.0, 20.0], atol=1e-9)


def test_groups_hold_every_city_once_and_the_country_is_the_visitors_seed(played) -> None:
    shot = played.snapshot(ALL)
    groups = groups_by_distance(shot, shot.pair)
    assert np.sum(groups, axis=0).tolist() == [1] * len(shot.country.cities)
    assert np.flatnonzero(groups[0]).tolist() == sorted(shot.pair.hosts)
    assert gains(shot.pair).sum() == pytest.approx(0.0)
    series = effect_over_time(shot, "innovation")
    assert series.shape == (len(shot.seed_pairs), shot.quarter)
    assert national(shot, "innovation").own == series[0, -1]
