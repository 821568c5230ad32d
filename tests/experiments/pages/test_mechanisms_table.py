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


def test_a_study_is_stored_with_who_made_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("docs/bench").mkdir(parents=True)
    about = {"command": "c", "seeds": [1], "cities": 9, "date": "2026-11-30", "rules": "r"}
    Path("summary.json").write_text(json.dumps({**about, "parameters": {"firms": 60}}))
    cell = {"scenario": "s", "unit": "%", "mean": 1.5, "se": 0.25, "seeds": 1}
    pd.DataFrame([{**cell, "measure": name} for name in FINDINGS]).to_parquet("policies.parquet")
    mechanisms_table.store(tmp_path)
    assert mechanisms_table.mechanisms_table().splitlines()[-1] == "| `s` |" + " +1.5 ± 0.2 |" * 8
