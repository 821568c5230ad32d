"""Targets of a calibration: a sentence for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.sweep import (
    SweepError,
)
from experiments.sweep.analysis.calibration_targets import read_targets


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 3", "must hold tables [targets.NAME], each a target, and nothing else"),
        ("[targets]", "must hold tables [targets.NAME]"),
        ("targets.theil = 3", "targets.theil must be a table with value and se or tolerance, not 3"),
        ("targets.theil.valeu = 3", "there is no key targets.theil.valeu; did you mean value?"),
        ("targets.theil.xyzzy = 3", "there is no key targets.theil.xyzzy; there are "),
        ("targets.theil = {value = 1, se = -1}", "targets.theil.se cannot be below 0, as -1 is"),
        ("targets.theil = {value = 1, se = 1, metric = 3}", "targets.theil.metric must be a text in quotes"),
        (
            "targets.theil = {value = true, se = 1}",
            "targets.theil.value must be a number, at most 1e+100 from 0, not True",
        ),
    ],
)
def test_targets_that_cannot_be_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SweepError) as caught:
        read_targets(tmp_path / "t.toml")
    assert said in str(caught.value)
    assert "t.toml" in str(caught.value)
