"""Checks of a panel before anything is measured on it."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures.panel_checks import check_lasting, checked_panel

FLAT = np.ones((8, 3))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: checked_panel([1.0]), r"values must be periods by cities, at least 2 by 1, not of sh"),
        (lambda: checked_panel(FLAT, [1.0]), r"weights must have shape \(3,\) or \(8, 3\), not \(1,\)"),
        (
            lambda: checked_panel(FLAT, [1, 1, -1]),
            "weights must be finite and 0 or more in every period",
        ),
        (lambda: checked_panel(-FLAT), "values must be finite and 0 or more in every period and city"),
        (lambda: check_lasting(5, -1.0, 1), r"margin cannot be -1.0: it must be 0 or more"),
        (lambda: check_lasting(5, 0.1, 5), "hold cannot be 5: with 5 periods it must be from 1 to 4"),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
