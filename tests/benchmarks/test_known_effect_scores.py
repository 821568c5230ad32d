"""Scores of the estimators on made-up panels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import known_effect_scores
from benchmarks.known_effect_scores import DEFAULT, EFFECT, PLAIN, known_scores
from tests.support.long_version import LONG


@LONG
@pytest.mark.slow
def test_the_default_estimator_finds_a_known_effect() -> None:
    """Smaller than documented: the mean of the panels is within two errors, fixed effects further off."""
    panels = 5
    found = known_scores(panels, (DEFAULT, PLAIN), cities=200, years=10).set_index("estimator")
    default, plain = found.loc[DEFAULT], found.loc[PLAIN]
    assert abs(default["mean"] - EFFECT) < 2.0 * default["mean_se"] / np.sqrt(panels)
    assert default["coverage"] >= 0.8
    assert abs(plain["mean"] - EFFECT) > 2.0 * abs(default["mean"] - EFFECT)


def test_scores_of_made_up_panels_are_written(tmp_path: Path, monkeypatch, capsys) -> None:
    scores = pd.DataFrame([{"estimator": "fixed effects", "mean": 0.123456789, "coverage": 0.9}])
    monkeypatch.setattr(known_effect_scores, "known_scores", lambda: scores)
    known_effect_scores.main(tmp_path / "k.json")
    found = json.loads((tmp_path / "k.json").read_text(encoding="utf-8"))
    assert found["scores"] == [{"estimator": "fixed effects", "mean": 0.123457, "coverage": 0.9}]
    assert found["seeds"] == [1, known_effect_scores.PANELS]
    assert "0.1235" in capsys.readouterr().out
