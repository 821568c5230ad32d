"""History matching: weighted quantiles."""

from __future__ import annotations

import numpy as np

from experiments.sweep.analysis.history_matching import weighted_quantiles


def test_weighted_quantiles() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.1, 0.6, 0.3])
    assert weighted_quantiles(values, weights, (0.05, 0.6, 0.61, 0.95)) == [1.0, 1.0, 2.0, 3.0]
