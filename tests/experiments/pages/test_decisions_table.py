"""The table of decisions in docs/experiments.md."""

import json
from pathlib import Path

import pytest

from experiments.pages import decisions_table
from experiments.questions.decision.halves import CHOSEN_ON
from tests import ROOT


def test_the_page_has_the_table_of_the_stored_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = decisions_table.PAGE.read_text(encoding="utf-8")
    assert decisions_table.with_table(page) == page


def test_shares_of_cities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "scope": "city",
        "choice": "basic",
        "halves": ["basic", "basic"],
        "agree": True,
        "contradict": False,
        "margin": 1.5,
        "worst_tenth": ["basic", "super"],
    }
    other = {**row, "city": "B", "halves": ["nothing", "basic"], "agree": False, "choice": "nothing"}
    rows = [{**row, "city": "A"}, other, {**row, "city": CHOSEN_ON[0]}]
    (tmp_path / "stored.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    monkeypatch.setattr(decisions_table, "STORED", tmp_path / "stored.json")
    lines = decisions_table.decisions_table().splitlines()
    assert "| city | 2 | 50 % | 100 % | 50 % | 100 % | 0 % | basic 1, nothing 1 |" in lines
    assert lines[-1].startswith("| all three | 2 |")
