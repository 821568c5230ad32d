"""The scores on panels whose effect is known in docs/evaluation.md."""

from __future__ import annotations

import json

import pytest

from benchmarks.known_effect_scores import designs
from experiments.pages import known_effect_table
from tests import ROOT


def test_the_page_has_the_tables_of_the_stored_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = known_effect_table.PAGE.read_text(encoding="utf-8")
    assert known_effect_table.with_tables(text) == text
    stored = json.loads(known_effect_table.STORED.read_text(encoding="utf-8"))["designs"]
    assert {name: rows[0]["panels"] for name, rows in stored.items()} == designs()


def test_what_is_asked_of_the_estimators_holds_in_the_stored_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    stored = json.loads(known_effect_table.STORED.read_text(encoding="utf-8"))["designs"]
    grow = {row["estimator"]: row for row in stored[known_effect_table.GROWING]}
    for name in ("imputation", "difference-in-differences, never-treated (Sun-Abraham)"):
        assert abs(grow[name]["bias"]) <= 0.005
        assert grow[name]["coverage"] >= 0.93
    assert grow["two-way fixed effects"]["coverage"] < 0.6
    for hosts in (8, 31):
        for row in stored[f"no effect, {hosts} hosts"]:
            assert 0.03 <= row["rejected"] <= 0.08
