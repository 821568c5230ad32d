"""Sensitivity to omitted variables, compared with published values."""

from __future__ import annotations

import pytest

from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.omitted_variable_bias import (
    bias_bound,
    oster_delta,
    sensitivity_statistics,
    statistics_of_t,
)
from tests.support.city_panels import simple_panel


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
