"""Estimators next to other programs: the stored differences, and the table of them."""

from __future__ import annotations

import json

import pytest

from experiments.pages.estimator_peers_table import PAGE, STORED, difference, page
from tests import ROOT

ROWS = json.loads((ROOT / STORED).read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['quantity']}, {row['data']}")
def test_differences_are_within_what_is_allowed(row) -> None:
    assert difference(row["own"], row["peer"]) <= row["tolerance"]
    assert row["tolerance"] <= 0.01


def test_every_defect_with_a_number_is_there() -> None:
    assert {row["defect"] for row in ROWS} == {1, 2, 3, 5, 7, 8, 9, 12}
    folds = json.loads((ROOT / STORED).read_text(encoding="utf-8"))["folds"]
    one, usual = (high - low for low, high in (folds["one split"], folds["default"]))
    assert usual < 0.6 * one


def test_the_page_shows_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert PAGE.read_text(encoding="utf-8") == page()
