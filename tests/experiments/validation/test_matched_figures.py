"""The published figures that a member must not miss, and how far a run may be off."""

import numpy as np
import pytest

from experiments.validation.economy_facts import facts
from experiments.validation.matched_figures import LEFT_OUT, distances, matched_figures


def test_the_figures_are_the_rows_marked_calibrate() -> None:
    found = {one.id for one in matched_figures()}
    assert found == {one.id for one in facts() if one.kind == "calibration"} - set(LEFT_OUT) | {"E13b", "E16"}
    adoption = next(one for one in matched_figures() if one.id == "X11-2005")
    assert (adoption.value, adoption.tolerance) == (0.075, 0.075)
    assert adoption.implausibility(0.075, 0.01) == 0.0
    assert adoption.implausibility(0.3, 0.0) == pytest.approx(0.225 / (0.075 / np.sqrt(3.0)))
    assert adoption.implausibility(float("nan"), 0.01) == np.inf
    off = distances({one.id: one.value for one in matched_figures()}, {}, matched_figures())
    assert off.tolist() == [0.0] * len(matched_figures())
