"""The tables of studies in the terminal: their columns and words."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.measures.heterogeneity import SPLITS
from experiments.measures.number_text import estimate
from experiments.questions.ablation import MECHANISMS, ON
from experiments.questions.frontier import DIMENSIONS
from experiments.questions.oversupply import ACCESS
from experiments.questions.question_catalogue import QUESTIONS
from experiments.questions.regimes import CLOSES, MAPS, UNCLEAR, WIDENS
from viz.cli import study_tables
from viz.cli.study_tables import SHOWN, show_study

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in which no cell is broken."""
    monkeypatch.setenv("COLUMNS", "240")


def test_every_study_is_shown() -> None:
    assert set(SHOWN) == set(QUESTIONS)


def test_splits_say_whether_the_direction_is_as_published(capsys: Capture) -> None:
    sizes = [10.0, -10.0, 0.1, 10.0, 10.0, 10.0]
    rows = [
        {"scenario": "s", "id": one.id, "low": 1.0, "high": 2.0, "raw": size, "raw_se": 1.0}
        | {"partial": size, "partial_se": 1.0, "given": 0.5, "given_se": 0.1, "hosts": 40, "seeds": 5}
        for one, size in zip(SPLITS, sizes, strict=True)
    ]
    show_study("splits", {"splits": pd.DataFrame(rows)})
    shown = capsys.readouterr().out
    assert "Effect on 40 hosts of s, %, 5 seeds" in shown
    lines = {line.split()[0]: line for line in shown.splitlines() if line.split()}
    assert "as published" in lines[SPLITS[0].id]
    assert "opposite sign" in lines[SPLITS[1].id]
    assert "undecided" in lines[SPLITS[2].id]


def test_an_ablation_lists_the_findings_that_go_and_come(capsys: Capture) -> None:
    one, other = [mechanism.id for mechanism in MECHANISMS if mechanism.id != ON][:2]
    outcomes = {
        ON: {"C0": "kept", "C1": "kept", "C2": "kept"},
        one: {"C0": "kept", "C1": "lost", "C2": "reversed"},
        other: {"C0": "gained", "C1": "kept", "C2": "kept"},
    }
    rows = [
        {"scenario": "s", "mechanism": mechanism, "id": name, "outcome": outcome, "size": 5.0, "se": 1.0}
        for mechanism, found in outcomes.items()
        for name, outcome in found.items()
    ]
    show_study("ablation", {"ablation": pd.DataFrame(rows)})
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.split()}
    assert "C1, C2 (reversed)" in lines[one]
    assert "none" in lines[one]  # nothing appears
    assert "none" in lines[other]
    assert "C0" in lines[other]
    assert ON not in lines


def test_cells_of_a_regime_map_are_counted(capsys: Capture) -> None:
    regimes = [CLOSES, CLOSES, WIDENS, UNCLEAR]
    table = pd.DataFrame(
        {
            "scenario": "s",
            "map": MAPS[0].id,
            "id": "theil",
            "regime": regimes,
            "mean": [-3.0, -1.0, 2.0, 0.0],
            "se": 0.5,
            "x": [1.0, 2.0, 3.0, 4.0],
            "y": 0.5,
        }
    )
    show_study("regimes", {"regimes": table})
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("theil"))
    assert line.split()[1:4] == ["2", "1", "1"]
    assert line.split()[4:9] == ["−3.00", "±", "0.50", "1", "0.5"]
    assert line.split()[9:] == ["+2.00", "±", "0.50", "3", "0.5"]


def test_layouts_are_rows_with_their_measures(capsys: Capture) -> None:
    names = [name for _, group in study_tables.LAYOUT_TABLES for name in group]
    names += study_tables.OF_CENTRES
    rows = [
        {"scenario": scenario, "measure": name, "mean": 1.5 * k, "se": 0.25}
        for k, scenario in enumerate(("a", "b"), start=1)
        for name in names
    ]
    show_study("layouts", {"layouts": pd.DataFrame(rows)})
    shown = capsys.readouterr().out
    for title, _ in study_tables.LAYOUT_TABLES:
        assert title in shown
    assert shown.count("+1.50 ± 0.25") == 8
    assert shown.count("+3.00 ± 0.25") == 8


def test_a_threshold_out_of_range_is_told(capsys: Capture) -> None:
    measures = ("utilisation", "price_over_cost", "effect_hosts", "contribution", "social_return")
    curve = [
        {"scenario": "s", "access": ACCESS_ONE, "multiple": 2.0, "measure": name, "mean": 0.5}
        for name in (*measures, "private_return")
    ]
    thresholds = [
        {"scenario": "s", "quantity": "surplus", "access": access, "multiple": multiple}
        for access, multiple in zip(ACCESS, (4.0, float("nan")), strict=False)
    ]
    tables = {
        "curve": pd.DataFrame(curve),
        "thresholds": pd.DataFrame(thresholds),
        "contribution": pd.DataFrame(
            [{"scenario": "s", "access": ACCESS_ONE, "use": 0.8, "mean": 0.31, "se": 0.02, "seeds": 6}]
        ),
        "elasticities": pd.DataFrame([{"scenario": "s", "reading": "hosts", "mean": 0.1, "se": 0.01}]),
    }
    show_study("oversupply", tables)
    shown = capsys.readouterr().out
    assert "not in range" in shown
    assert f"s, {ACCESS_ONE} access: share at 80% use {estimate(0.31, 0.02, signed=False)} (6 seeds)" in shown
    assert "s: elasticities" in shown


ACCESS_ONE = next(iter(ACCESS))


def test_single_centres_have_a_row_for_each_band(capsys: Capture) -> None:
    table = pd.DataFrame(
        {
            "scenario": "s",
            "group": ["host", "0-150"],
            "cities": [1.0, 4.5],
            "mean": [9.0, -0.5],
            "se": 0.25,
            "median": 0.1,
            "up": 0.75,
            "runs": 12,
        }
    )
    show_study("single_centres", {"bands": table})
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.split()}
    assert "+9.00 ± 0.25" in lines["host"]
    assert lines["0-150"].split()[-2:] == ["75", "12"]


def test_the_frontier_names_the_defaults_and_what_turns_the_findings(capsys: Capture) -> None:
    values = {one.name: 0.5 for one in DIMENSIONS}
    points = [
        {"scenario": "s", "point": point, **values, "c13": 1.0, "c13_se": 0.1, "c14": -2.0, "c14_se": 0.1}
        | {"holds": "both"}
        for point in (0, 7)
    ]
    shares = [
        {"scenario": "s", "holds": holds, "by": by, "share": share}
        for holds, share in (("both", 0.25), ("neither", 0.75))
        for by in ("t", "sign")
    ]
    drivers = [{"scenario": "s", "dimension": "reach", "c13_slope": 1.5, "c13_t": 2.1}]
    tables = {
        "points": pd.DataFrame(points),
        "shares": pd.DataFrame(shares),
        "drivers": pd.DataFrame(drivers).assign(c14_slope=-0.5, c14_t=-3.0),
    }
    show_study("frontier", tables)
    shown = capsys.readouterr().out
    lines = {line.split()[0]: line for line in shown.splitlines() if line.split()}
    assert "both" in lines["defaults"]
    assert "7" in lines
    assert lines["neither"].split()[1:] == ["75", "75"]
    assert lines["reach"].split()[1:] == ["+1.50", "+2.1", "−0.50", "−3.0"]
