"""The block of results in the README is made from the summary of a run."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.pages.readme_results import BEGIN, END, GAPS, results_block, with_results


def summary() -> dict[str, Any]:
    """Return a run's summary, with an estimate that has no error and one that is not defined."""
    effect = {"mean": 1.234, "se": 0.567, "unit": "%"}
    return {
        "scenario": "actual",
        "centres": 9,
        "cities": 338,
        "firms": 10_000,
        "first_year": 2005,
        "last_year": 2035,
        "burn_in_quarters": 80,
        "seeds": [1, 2],
        "effects": [
            {**effect, "group": group} for group in ("host cities", "other cities", "whole country (total)")
        ],
        "channels": [{"channel": "talent", "mean": -0.5, "se": None, "unit": "%"}],
        "distance": [
            {**effect, "band_km": "0-300", "seeds": 2},
            {**effect, "band_km": "300-600", "seeds": 0},
        ],
        "host_strength": [
            {**effect, "measure": "effect on innovation, %: weak hosts"},
            {**effect, "measure": "something else"},
        ],
        "gdp": [
            {**effect, "measure": measure, "group": group}
            for measure in ("real_gdp", "gdp")
            for group in ("host cities", "other cities", "whole country (total)")
        ],
        "costs": [{**effect, "quantity": "per_money"}, {**effect, "quantity": "gain"}],
        "gap": [
            {"index": GAPS[0], "mean": None, "se": None},
            {"index": "of no interest", "mean": 1.0},
        ],
    }


def test_the_readme_says_what_a_study_found():
    text = results_block(summary())
    assert "9 centres, 338 cities, 10,000 firms, 2005-2035 after 80 quarters of burn-in, 2 seeds." in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert "| innovation in host cities | +1.23 ± 0.57 % |" in rows
    assert "| hosts: talent | −0.50 % |" in rows
    assert f"| gap between cities: {GAPS[0]} | not defined % |" in rows
    assert "| innovation in the half of the hosts that is weak at first | +1.23 ± 0.57 % |" in rows
    assert len([row for row in rows if "km from the nearest centre" in row]) == 1  # no seed has the other
    assert "| real GDP of all other cities | +1.23 ± 0.57 % |" in rows
    gained = "real GDP gained over all years per money spent on capacity"
    assert f"| {gained} | +1.23 ± 0.57 money per money |" in rows
    assert len(rows) == 12  # with the head
    old = f"before\n{BEGIN}\nold\n{END}\nafter"
    assert with_results(old, summary()) == f"before\n{BEGIN}\n{text}\n{END}\nafter"
    with pytest.raises(ValueError, match="there is no block from "):
        with_results("nothing", summary())
