"""The table of mechanisms in docs/experiments.md."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments.pages import mechanisms_table
from experiments.questions.source_mechanisms import FINDINGS
from model.version import VERSION
from tests import ROOT


def test_the_page_has_the_table_of_the_stored_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert mechanisms_table.page() == mechanisms_table.PAGE.read_text(encoding="utf-8")
    stored = json.loads(mechanisms_table.STORED.read_text(encoding="utf-8"))
    assert stored["version"] == VERSION
    assert len(stored["seeds"]) == 24
    assert {row["measure"] for row in stored["rows"] if row["seeds"] != 24} == {"far"}  # as the page says


@pytest.mark.parametrize(
    ("mean", "error", "text"),
    [
        (-0.0163, 0.0068, "−0.02 ± 0.01"),
        (12.09, 0.12, "+12.1 ± 0.1"),
        (-13.4, 1.42, "−13 ± 1"),
        (0.0, 0.0, "+0.00 ± 0.00"),
    ],
)
def test_a_number_has_the_places_of_its_error(mean: float, error: float, text: str) -> None:
    assert mechanisms_table.measured(mean, error) == text


def test_a_study_is_stored_with_who_made_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("docs/bench").mkdir(parents=True)
    about = {"command": "c", "seeds": [1], "cities": 9, "date": "2026-11-30", "rules": "r"}
    Path("summary.json").write_text(json.dumps({**about, "parameters": {"firms": 60}}))
    cell = {"scenario": "s", "unit": "%", "mean": 1.5, "se": 0.25, "seeds": 1}
    pd.DataFrame([{**cell, "measure": name} for name in FINDINGS]).to_parquet("policies.parquet")
    mechanisms_table.store(tmp_path)
    assert mechanisms_table.mechanisms_table().splitlines()[-1] == "| `s` |" + " +1.5 ± 0.2 |" * 8
