"""Predictive check and correlations of a posterior."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.sweep.analysis.posterior_check import parameter_correlations, predictive_check


def test_a_figure_that_the_posterior_cannot_give_has_a_small_p() -> None:
    rng = np.random.default_rng(1)
    simulated = pd.DataFrame({"met": rng.normal(size=2000), "missed": rng.normal(size=2000)})
    found = predictive_check(simulated, {"met": (0.0, 0.0), "missed": (2.5, 0.0)}).set_index("figure")
    assert found.loc["met", "p"] > 0.9
    assert found.loc["missed", "p"] == pytest.approx(0.0124, abs=0.006)
    assert found.loc["met", "p95"] == pytest.approx(1.645, abs=0.1)
    # What is uncertain of the published value widens the prediction.
    wider = predictive_check(simulated, {"missed": (2.5, 2.0)})
    assert wider["p"][0] > 0.2
    half = (simulated["met"] > 0).to_numpy(dtype=float)
    assert predictive_check(simulated, {"met": (0.0, 0.0)}, half)["p05"][0] > 0.0


def test_pairs_beyond_chance_are_those_that_go_together() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(300, 12)), columns=[f"x{place}" for place in range(12)])
    assert not parameter_correlations(frame)["beyond_chance"].any()
    frame["x3"] = -frame["x7"] + 0.5 * rng.normal(size=300)
    found = parameter_correlations(frame, top=2)
    assert tuple(found.loc[0, ["one", "other"]]) == ("x3", "x7")
    assert found.loc[0, "correlation"] == pytest.approx(-0.88, abs=0.05)
    assert found["beyond_chance"].tolist() == [True, False]
    # Few draws with all the weight say little.
    weights = np.where(np.arange(300) < 5, 1.0, 1e-9)
    assert not parameter_correlations(frame, weights)["beyond_chance"].any()
    assert parameter_correlations(frame[["x1"]]).empty
