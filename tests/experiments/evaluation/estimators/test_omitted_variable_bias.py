"""Sensitivity to omitted variables, compared with published values."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.omitted_variable_bias import (
    bias_bound,
    oster_delta,
    sensitivity_statistics,
    statistics_of_t,
)
from model.files.user_tables import InputError
from tests.support.city_panels import eight_hosts, simple_panel


def test_robustness_values_are_the_published_ones() -> None:
    """The example of Cinelli & Hazlett (2020), table 1: t 4.18 on 783 degrees of freedom."""
    found = statistics_of_t("directly harmed", 4.184, 783)
    assert found.partial_r2 == pytest.approx(0.022, abs=5e-4)
    assert found.robustness == pytest.approx(0.139, abs=5e-4)
    assert found.robustness_alpha == pytest.approx(0.076, abs=5e-4)


def test_a_confounder_of_the_robustness_value_brings_the_estimate_to_zero() -> None:
    found = fixed_effects(simple_panel(1), "outcome")
    strength = sensitivity_statistics(found).robustness
    assert bias_bound(found, strength, strength) == pytest.approx(abs(found.params["centre"]), rel=1e-9)


def test_osters_delta() -> None:
    assert oster_delta(0.2, 0.1, 0.1, 0.5) == pytest.approx(0.1 * 0.4 / (0.1 * 0.5))
    assert oster_delta(0.2, 0.1, 0.2, 0.5) == float("inf")


def test_sensitivity_is_that_of_sensemakr() -> None:
    """PySensemakr 0.0.8 on the same regressions with dummies, whatever errors the estimate has."""
    for cov_type in ("jackknife", "two-way"):
        found = fixed_effects(simple_panel(2), "outcome", cov_type=cov_type)
        strength = sensitivity_statistics(found)
        assert strength.t == pytest.approx(30.065794427688186, rel=1e-9)
        assert strength.dof == 530
        assert strength.partial_r2 == pytest.approx(0.6303920898274783, rel=1e-9)
        assert strength.robustness == pytest.approx(0.7069624788989233, rel=1e-9)
        at_alpha = statistics_of_t("centre", strength.t, strength.dof).robustness_alpha
        assert at_alpha == pytest.approx(0.685018931714462, rel=1e-9)
        assert strength.robustness_alpha < at_alpha  # the errors by city are larger than the classical ones
        assert bias_bound(found, 0.1, 0.2) == pytest.approx(0.05500943893734866, rel=1e-9)
    controls = [f"x{number}" for number in range(1, 11)]
    found = fixed_effects(eight_hosts(), "outcome", controls=controls)
    assert sensitivity_statistics(found).robustness == pytest.approx(0.011174815852476542, rel=1e-9)
    assert bias_bound(found, 0.1, 0.2) == pytest.approx(0.1965767541415193, rel=1e-9)


def test_the_bias_of_a_known_confounder_is_its_bound() -> None:
    """One control is left out: its two shares of residual variation give the change of the coefficient."""
    frame = simple_panel(3)
    rng = np.random.default_rng(3)
    frame["x"] = 0.8 * frame["centre"] + rng.normal(size=len(frame))
    frame["outcome"] += 0.3 * frame["x"]
    short, long = (fixed_effects(frame, "outcome", controls=names) for names in ((), ("x",)))

    def explained(outcome: str, treatment: str) -> float:
        return sensitivity_statistics(fixed_effects(frame, outcome, treatment)).partial_r2

    of_outcome = sensitivity_statistics(fixed_effects(frame, "outcome", ["x", "centre"]), "x").partial_r2
    bias = bias_bound(short, explained("x", "centre"), of_outcome)
    assert bias == pytest.approx(abs(short.params["centre"] - long.params["centre"]), rel=1e-6)


def test_sensitivity_needs_residuals() -> None:
    with pytest.raises(InputError, match="sensitivity needs the residuals of a regression: Difference-in"):
        sensitivity_statistics(event_study(simple_panel(1), "outcome"))


def test_a_confounder_may_explain_all_of_the_outcome() -> None:
    """PySensemakr 0.0.8: t 40 on 10 degrees of freedom, at 5 %."""
    assert statistics_of_t("x", 40.0, 10).robustness_alpha == pytest.approx(0.990257, abs=1e-6)
