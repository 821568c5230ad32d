"""`computeleap validate`: what it shows and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import experiments.validation
from experiments.validation import fact_rows
from experiments.validation.rows import Row, ValidationRuns, exact_row
from tests.support.cli import call

SMALL = ("--firms", "200", "--until", "2011", "--seeds", "2", "--workers", "1")


def test_validate_shows_and_writes_rows(cities: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The rows of the closed economy take as long as all others, and have tests of their own.
    makers = [rows for rows in experiments.validation.ROWS if rows is not fact_rows.closed_rows]
    monkeypatch.setattr(experiments.validation.validate, "__defaults__", (makers,))
    answer = call("validate", "--quick", "--cities", cities, *SMALL)
    assert answer.exit_code == 0, answer.output
    written = json.loads((here / "results" / "validation" / "validation.json").read_text(encoding="utf-8"))
    assert written["quick"]
    assert written["seeds"] == [1, 2]
    kinds = {row["kind"] for row in written["rows"]}
    assert {"invariant", "sign"} <= kinds
    for row in written["rows"]:
        assert row["id"] in answer.stdout
        assert row["verdict"] in answer.stdout
    counts = ", ".join(f"{count} {verdict}" for verdict, count in written["verdicts"].items())
    assert f"{len(written['rows'])} rows: {counts}." in answer.stdout


def test_a_broken_identity_is_exit_code_1(cities: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(context: ValidationRuns) -> list[Row]:
        return [exact_row("INV-x", "invariant", "something", 1.0, 1e-9, "here")]

    monkeypatch.setattr(experiments.validation, "ROWS", [broken])
    monkeypatch.setattr(experiments.validation.validate, "__defaults__", ([broken],))
    answer = call("validate", "--quick", "--cities", cities, *SMALL, "--out", "v.json")
    assert answer.exit_code == 1
    assert "this is a bug" in answer.stdout
    rows = json.loads((here / "v.json").read_text(encoding="utf-8"))["rows"]
    assert [(row["id"], row["kind"]) for row in rows] == [("INV-x", "invariant")]
    assert not (here / "results").exists()
