"""Scores of the estimators on made-up panels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import known_effect_scores
from benchmarks.known_effect_scores import (
    DEFAULT,
    EFFECT,
    GROWING,
    NULL,
    PLAIN,
    known_scores,
    one_panel,
    permutation_p,
)
from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.placebo_tests import permutation_test
from experiments.evaluation.known_effect import lot_panel
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


def test_scores_of_made_up_panels_are_written_and_an_interrupted_run_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    drawn = []

    def one(design: str, seed: int) -> list[dict]:
        drawn.append((design, seed))
        if "hosts" in design:
            return [{"estimator": "jackknife", "p": 0.05 * seed}]
        low, high = 0.2 * seed - 0.1, 0.2 * seed
        return [
            {"estimator": "fixed effects", "effect": 0.1, "estimate": low, "se": 0.02, "low": low}
            | {"high": high, "cpu": 1.0}
        ]

    monkeypatch.setattr(known_effect_scores, "one_panel", one)
    monkeypatch.setattr(known_effect_scores, "designs", lambda: {"confounders": 2, "no effect, 8 hosts": 4})
    lines = tmp_path / "lines.jsonl"
    known_effect_scores.main(tmp_path / "k.json", lines)
    lines.write_text("".join(lines.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]))
    known_effect_scores.main(tmp_path / "k.json", lines)
    assert len(drawn) == 7
    assert drawn[-1] == ("no effect, 8 hosts", 4)
    found = json.loads((tmp_path / "k.json").read_text(encoding="utf-8"))["designs"]
    (one_row,) = found["confounders"]
    assert (one_row["panels"], one_row["coverage"], one_row["coverage_se"]) == (2, 0.5, 0.353553)
    assert one_row["bias"] == pytest.approx(0.1)
    assert found["no effect, 8 hosts"] == [
        {"estimator": "jackknife", "panels": 4, "rejected": 0.25, "rejected_se": 0.216506}
    ]
    assert "0.3536" in capsys.readouterr().out


def test_each_design_is_made_at_a_small_size() -> None:
    grown = one_panel(GROWING, 1, cities=40, years=14)
    assert {row["effect"] for row in grown} == {lot_panel(1, 20, 0.1, 0.02, 40, 14).attrs["effect"]}
    none = one_panel(NULL.format(8), 1, cities=40, years=14)
    assert [row["estimator"] for row in none] == list(known_effect_scores.TESTS)
    assert all(0.0 < row["p"] <= 1.0 for row in none)


def test_the_short_permutation_is_that_of_the_whole_estimator() -> None:
    data = panel_data(lot_panel(2, 8, cities=30, years=14), "outcome", "centre")
    whole = permutation_test(data, estimate_fixed_effects, draws=199).p
    assert permutation_p(data) == whole
