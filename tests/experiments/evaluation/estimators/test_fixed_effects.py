"""Two-way fixed effects against differences of means worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.evaluation.estimators.fixed_effects import fixed_effects

# Outcomes of four cities in two years; the first two get a centre in the second year.
OUTCOMES = ((1.0, 4.0), (2.0, 6.0), (5.0, 6.0), (0.0, 2.0))


def panel() -> pd.DataFrame:
    """Three such groups of four: an estimate needs ten cities. Every other city has the trait."""
    rows = [
        {
            "city_id": 4 * group + city,
            "year": 2010 + k,
            "y": y,
            "centre": float(k and city < 2),
            "trait": city % 2,
        }
        for group in range(3)
        for city, pair in enumerate(OUTCOMES)
        for k, y in enumerate(pair)
    ]
    return pd.DataFrame(rows)


def test_two_groups_in_two_years_are_a_difference_of_differences() -> None:
    """((3 + 4) − (1 + 2)) / 2 = 2."""
    found = fixed_effects(panel(), "y")
    assert found.params["centre"] == pytest.approx(2.0)
    assert found.nobs == 24


def test_levels_of_cities_and_years_do_not_matter() -> None:
    frame = panel()
    moved = frame.assign(y=frame["y"] + 10.0 * frame["city_id"] + 7.0 * (frame["year"] == 2011))
    found = fixed_effects(moved, "y")
    assert found.params["centre"] == pytest.approx(2.0)
    assert found.bse["centre"] == pytest.approx(fixed_effects(frame, "y").bse["centre"])


def test_a_fixed_trait_enters_with_its_trend() -> None:
    """Outcomes that grow with a trait of cities, of which as many treated as untreated have it."""
    frame = panel()
    frame["y"] += 5.0 * frame["trait"] * (frame["year"] == 2011)
    with_trait = fixed_effects(frame, "y", controls=["trait"])
    assert with_trait.params["centre"] == pytest.approx(2.0)
    assert with_trait.details["controls"] == 1
