"""Channels and splits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators.double_ml import (
    DoubleMLSettings,
)
from experiments.evaluation.known_effect import CONTROLS, known_panel
from experiments.evaluation.mechanisms import channel_evidence, splits
from model.files.user_tables import InputError
from tests.support.city_panels import made_up

LASSO = DoubleMLSettings("lasso")


def test_channels(panel: pd.DataFrame) -> None:
    found = channel_evidence(
        panel, ["channel"], "outcome", controls=CONTROLS, settings=DoubleMLSettings("lasso")
    ).iloc[0]
    assert found["effect"] == pytest.approx(0.5, abs=3 * found["se"])


def test_splits() -> None:
    frame = known_panel(4, cities=240, years=10)
    frame["outcome"] += 0.3 * frame["centre"] * (1 - frame["half"])
    found = splits(frame, ["half"], "outcome", controls=CONTROLS, settings=DoubleMLSettings("lasso")).iloc[0]
    assert found["difference"] == pytest.approx(0.3, abs=3 * found["difference_se"])
    assert found["slope"] < -2 * found["slope_se"]
    with pytest.raises(InputError, match="x1 changes within a city"):
        splits(frame, ["x1"], "outcome")


def test_a_trait_that_changes_splits_nothing_and_a_half_without_hosts_has_no_effect() -> None:
    frame = made_up({0: 3, 1: 3, 2: 4, 4: 4})  # hosts are among the six of the lowest trait
    frame = frame.assign(trait=frame["city_id"] * 1.0)
    with pytest.raises(InputError, match="age changes within a city: a split needs a trait from before"):
        splits(frame.assign(age=frame["year"] * 1.0), ["age"], "outcome", settings=LASSO)
    found = splits(frame, ["trait"], "outcome", settings=LASSO).iloc[0]
    assert np.isnan(found["high"])
    assert found["low"] == pytest.approx(1.0, abs=0.4)
