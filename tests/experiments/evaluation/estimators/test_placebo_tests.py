"""Permutation of hosts and placebos in time."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.placebo_tests import permutation_test, placebo_in_time
from model.files.user_tables import InputError
from tests.support.city_panels import made_up, simple_panel


def test_permutation() -> None:
    effect = panel_data(simple_panel(9, effect=0.5), "outcome", "centre")
    cluster = lambda one: estimate_fixed_effects(one, "cluster")  # noqa: E731
    assert permutation_test(effect, cluster, 39).p == pytest.approx(1 / 40)
    nothing = [panel_data(simple_panel(seed, effect=0.0), "outcome", "centre") for seed in range(20)]
    assert np.mean([permutation_test(one, cluster, 19).p for one in nothing]) == pytest.approx(0.5, abs=0.2)
    # Within groups of one city nothing can be dealt again.
    alone = permutation_test(effect, cluster, 5, groups=list(range(60)))
    assert alone.draws == pytest.approx([alone.estimate] * 5)
    assert alone.p == 1.0


def test_a_placebo_in_time_looks_at_the_years_before_only() -> None:
    frame = simple_panel(10, cities=100, effect=5.0)
    found = placebo_in_time(frame, 2, "outcome")
    assert abs(found.params.iloc[0]) < 4 * found.bse.iloc[0]
    assert found.nobs == int((frame["centre"] == 0).sum())


def test_a_placebo_in_time_needs_years_before() -> None:
    early = made_up({0: 0, 1: 0, 2: 0})
    with pytest.raises(InputError, match="no host has 3 years before its centre in the panel"):
        placebo_in_time(early, 3, "outcome")
