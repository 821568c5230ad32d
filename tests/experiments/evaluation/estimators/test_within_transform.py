"""The two-way within transform, compared with regressions on dummies."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.within_transform import less_means, within


def test_within_is_the_residual_of_dummies() -> None:
    rng = np.random.default_rng(3)
    city, year = np.repeat(np.arange(7), 5), np.tile(np.arange(5), 7)
    kept = rng.uniform(size=35) < 0.8
    city, year = city[kept], year[kept]
    values = rng.normal(size=(len(city), 2))
    dummies = np.column_stack([np.eye(7)[city], np.eye(5)[year]])
    expected = values - dummies @ np.linalg.lstsq(dummies, values, rcond=None)[0]
    assert within(values, city, year) == pytest.approx(expected, abs=1e-8)


def test_a_column_that_fixed_effects_explain_is_zero_within() -> None:
    city, year = np.repeat(np.arange(9), 4), np.tile(np.arange(4), 9)
    assert (within(np.sqrt(2.0) * city + 1e6 * year, city, year) == 0.0).all()


def test_cities_and_years_that_hardly_overlap_do_not_converge(monkeypatch) -> None:
    monkeypatch.setattr("experiments.evaluation.estimators.within_transform.ROUNDS", 2)
    city, year = np.array([0, 0, 1, 1, 2, 2, 3]), np.array([0, 1, 1, 2, 2, 3, 3])
    with pytest.raises(RuntimeError, match="the within transform did not converge"):
        within(np.arange(7.0) ** 2, city, year)
    assert less_means(np.empty((3, 0)), np.zeros(3, dtype=int)).shape == (3, 0)
