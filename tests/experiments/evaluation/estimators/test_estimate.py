"""The result of an estimation."""

from __future__ import annotations

import pytest
from scipy import stats

from experiments.evaluation.estimators.fixed_effects import fixed_effects
from tests.support.city_panels import simple_panel


def test_the_result_has_the_shape_that_users_of_statsmodels_know() -> None:
    found = fixed_effects(simple_panel(1), "outcome")
    low, high = found.conf_int().loc["centre"]
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 59) * found.bse["centre"])
    assert found.tvalues["centre"] == found.params["centre"] / found.bse["centre"]
    narrow = found.conf_int(alpha=0.5).loc["centre"]
    assert low < narrow[0] < found.params["centre"] < narrow[1] < high
    text = found.summary()
    assert "centre" in text
    assert "0.975]" in text
    assert f"{found.params['centre']:.4f}" in text
