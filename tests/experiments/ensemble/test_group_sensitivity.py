"""Sobol indices of groups of parameters, on effects whose indices are known."""

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble.group_sensitivity import (
    CENTRES,
    NETWORK,
    PROGRESS,
    explained,
    fit,
    largest_correlation,
    legendre,
    mechanism_of,
    ranks,
    sensitivities,
)
from experiments.ensemble.member_run import uncertain_factors
from experiments.ensemble.members import Ensemble
from tests.experiments.ensemble.conftest import made_up


def test_every_factor_has_a_mechanism() -> None:
    found = {name: mechanism_of(name) for name in uncertain_factors().design.factors}
    assert found["progress_basic"] == PROGRESS
    assert found["latency_scale"] == NETWORK
    assert found["capacity_scale"] == CENTRES
    assert found["tax_rate"] == "Government"
    assert 8 <= len(set(found.values())) <= 14


def test_terms_are_orthonormal() -> None:
    x = ranks(np.random.default_rng(1).random((4000, 2)))
    design = legendre(x, [(0,), (1,), (0, 0), (0, 1)])
    assert np.allclose(design.T @ design / 4000, np.eye(4), atol=0.06)


def test_indices_of_a_known_function() -> None:
    """y = 2·a + b + a·b on ranks of −1 to 1: the variance is 4/3 + 1/3 + 1/9."""
    rng = np.random.default_rng(1)
    x = ranks(rng.random((600, 6)))
    y = 2.0 * x[:, 0] + x[:, 1] + x[:, 0] * x[:, 1]
    found, penalty = fit(x, y)
    totals = found.total({"a": [0], "b": [1], "rest": [2, 3, 4, 5]})
    whole = 4 / 3 + 1 / 3 + 1 / 9
    assert totals["a"] == pytest.approx((4 / 3 + 1 / 9) / whole, abs=0.03)
    assert totals["b"] == pytest.approx((1 / 3 + 1 / 9) / whole, abs=0.03)
    assert totals["rest"] < 0.01
    assert explained(x, y, penalty) > 0.97
    noise = rng.normal(size=600)
    assert explained(x, noise, fit(x, noise)[1]) < 0.05


def test_a_row_for_each_headline_and_group(ensemble: Ensemble) -> None:
    found = sensitivities(ensemble, ("effect_hosts",), samples=5)
    of = found.set_index("group")
    assert of.loc["Government", "total"] > 0.95
    assert of["low"].le(of["high"]).all()
    assert of["explained"].iloc[0] == pytest.approx(0.89, abs=0.05)
    assert largest_correlation(made_up(400)) < 0.15
    assert isinstance(found, pd.DataFrame)
