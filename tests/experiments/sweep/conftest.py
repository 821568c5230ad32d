"""Finished sweeps that the tests of their parts share."""

from __future__ import annotations

import pytest

from experiments.sweep import Sweep, from_values
from tests.support.sweeps import VALUES, make


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """An undisturbed sweep of six points, two runs each."""
    sweep = make(tmp_path_factory.mktemp("truth") / "store")
    sweep.run()
    return sweep


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """A finished sweep of two points, two runs each."""
    sweep = from_values(VALUES, tmp_path_factory.mktemp("done") / "store")
    sweep.run()
    return sweep


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """A finished sweep with every kind of table: twins, panels and points in the unit cube."""
    span = {"low": 0.0, "high": 0.1}
    design = {"kind": "sobol", "n": 2, "factors": {"talent_mobility": span}}
    sweep = from_values(
        {**VALUES, "twin": True, "record": {"panel": "true"}, "design": design},
        tmp_path_factory.mktemp("twins") / "store",
    )
    sweep.run()
    return sweep
