"""Known solutions and facts of the observed decade keep their verdicts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import experiments.validation.fact_rows as facts
from experiments.questions.closed_economy_runs import TheoryRow
from experiments.validation.rows import ValidationRuns


def test_the_closed_economys_rows_keep_their_verdicts(
    context: ValidationRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = [
        TheoryRow("I1", "markup", 4.0, 4.0, 1e-6, "ratio"),
        TheoryRow("I2", "growth", 0.1, 0.2, 1e-6, "1/year", "the print counts output twice"),
    ]
    monkeypatch.setattr(facts, "validation_rows", lambda seed: theirs)
    holds, fails = facts.closed_rows(context)
    assert (holds.kind, holds.verdict, holds.reason) == ("analytic", "holds", "")
    assert (fails.verdict, fails.reason) == ("fails", "the print counts output twice")
    assert (fails.published, fails.measured) == ("0.1", 0.2)


def test_facts_of_the_decade_are_judged_by_the_published_bounds(
    context: ValidationRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fact(identity: str, quantity: str, measured: float, se: float, **more: Any) -> dict[str, Any]:
        return {
            "id": identity,
            "quantity": quantity,
            "kind": "validate",
            "measured": measured,
            "se": se,
            "met": "no",
            "note": "revenue stands in",
            **more,
        }

    table = [
        fact("E9", "Spearman rank of real GDP per head 2010-22", 0.94, 0.001, met="yes"),
        fact("E9", "Spearman rank of real GDP per head 2010-22", 0.99, 0.001),
        fact("E13b", "East/West GDP per head 2010", 2.0, 0.1, kind="calibrate", met="no bounds"),
        fact("E13b", "East/West GDP per head 2010", 1.5, 0.1, kind="calibrate", met="no bounds"),
        fact("E1", "s.d. ln real GDP per head 2000", math.nan, math.nan, note="the run covers 2005 to 2030"),
    ]
    monkeypatch.setattr(facts, "observed_decade", lambda found, cities: pd.DataFrame(table))
    country = context.country
    regions = ["east", "west"] * (len(country.cities) // 2)
    halves = replace(country, cities=country.cities.assign(region=regions))
    whole = context.changed(quick=False, country=halves, until=2005)
    rows = facts.decade_rows(whole)
    assert {one.scenario for one in rows} == {"actual"}
    assert [one.verdict for one in rows] == ["holds", "fails", "holds", "fails", "not claimed"]
    assert [one.kind for one in rows] == ["validation"] * 2 + ["calibration"] * 2 + ["validation"]
    assert rows[1].reason.startswith("revenue stands in; after the base year")
    assert rows[3].reason.startswith("a figure without bounds")
    assert (rows[4].reason, rows[4].seeds) == ("the run covers 2005 to 2030", 0)
    assert facts.decade_rows(context) == []  # quick
    east = replace(country, cities=country.cities.assign(region="east"))
    assert facts.decade_rows(whole.changed(country=east)) == []
