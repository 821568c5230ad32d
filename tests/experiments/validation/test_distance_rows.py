"""The peak of the spillover and its change of sign, on cities along a line."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from experiments.measures.twin_pairs import Pair
from experiments.validation.distance_rows import crossing_km, distance_rows, effect_row, gap_row, peak_km
from experiments.validation.rows import ValidationRuns

DEGREE = 111.2  # km along the equator
KM = np.array([0.0, 100.0, 200.0, 400.0, 600.0, 900.0, 1500.0])
LINE = pd.DataFrame(
    {"lon": 80.0 + KM / DEGREE, "lat": 0.0, "region": ["east"] * 3 + ["central"] * 2 + ["west"] * 2}
)
YEARS = np.arange(2021, 2031)


def pair(*effects: float, hosts: tuple[int, ...] = (0,)) -> Pair:
    """Twins whose effect on each city is as given, %."""
    ratio = np.exp(np.array(effects) / 100.0)
    flat = np.ones((10, len(effects)))
    return Pair(1, YEARS, np.array(hosts, dtype=int), {"innovation": flat * ratio}, {"innovation": flat})


def test_the_peak_is_in_the_band_of_the_largest_effect() -> None:
    humped = pair(50.0, 1.0, 2.0, 3.0, 5.0, 4.0, 99.0)  # the host and what is beyond 1000 km do not count
    assert peak_km(humped, LINE) == 625.0
    assert peak_km(humped, LINE, "east") == 225.0
    assert peak_km(humped, LINE, "west") == 875.0
    assert math.isnan(peak_km(pair(*[1.0] * 7, hosts=()), LINE))


def test_where_the_effect_turns_negative() -> None:
    falling = pair(50.0, 3.0, 2.0, 1.0, -1.0, -2.0, 0.0)
    assert crossing_km(falling, LINE) == pytest.approx(500.0, abs=1.0)
    assert math.isnan(crossing_km(pair(*[1.0] * 7), LINE))
    # From below to above at 150 km, then from above to below at 750 km.
    twice = pair(0.0, -1.0, 1.0, 1.0, 1.0, -1.0, 0.0)
    assert crossing_km(twice, LINE) == pytest.approx(750.0, abs=1.0)
    assert math.isnan(crossing_km(pair(0.0, -1.0, -1.0, 1.0, 1.0, 1.0, 0.0), LINE))


def test_a_gap_that_does_not_change_significantly_is_what_is_published() -> None:
    assert gap_row({"mean": 0.1, "se": 0.1, "seeds": 4}).verdict == "holds"
    assert gap_row({"mean": 0.5, "se": 0.1, "seeds": 4}).verdict == "fails"
    assert gap_row({"mean": 0.5, "se": math.nan, "seeds": 1}).verdict == "undecided"


def test_the_effect_on_hosts_is_in_log_points() -> None:
    good = effect_row({"mean": 25.0, "se": 1.0, "seeds": 4})
    assert (good.measured, good.se, good.verdict) == (0.25, 0.01, "holds")
    assert effect_row({"mean": 2.0, "se": 1.0, "seeds": 4}).verdict == "fails"


def test_distances_have_rows_in_a_full_validation(context: ValidationRuns) -> None:
    assert distance_rows(context) == []
    rows = distance_rows(context.changed(quick=False, until=2010))
    assert [one.id for one in rows] == ["D1", "D1e", "D1c", "D1w", "D2", "C20", "C32"]
    assert all(one.reason for one in rows if one.verdict != "holds")
