"""`computeleap panel`, `evaluate` and `audit`."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments.evaluation.codebook import CHANNELS
from experiments.evaluation.estimators.double_ml import (
    DoubleMLSettings,
    double_ml,
)
from experiments.evaluation.known_effect import CONTROLS, known_panel
from experiments.evaluation.moderated_mediation import EFFECTS, REFUSAL
from tests.support.city_panels import random_host_results
from tests.support.cli import call
from viz.cli.evaluation_commands import show_evaluation


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_host_results(tmp_path_factory.mktemp("evaluation"))


def test_panel_writes_a_table_and_its_codebook(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "panel.csv"
    answer = call("panel", results, "--out", out, "--omit", "capital")
    assert answer.exit_code == 0, answer.output
    panel, book = pd.read_csv(out), pd.read_csv(tmp_path / "panel_codebook.csv")
    assert list(panel.columns) == book["name"].tolist()
    assert "capital" not in panel
    drawn = call("panel", results, "--out", tmp_path / "drawn.parquet", "--sites", "wealth", "--hosts", 10)
    assert drawn.exit_code == 0, drawn.output
    assert pd.read_parquet(tmp_path / "drawn.parquet").groupby("city_id")["centre"].max().sum() == 10
    for words in (("--out", out), ("--out", tmp_path / "p.csv", "--seed", 9), ("--out", tmp_path / "p.txt")):
        assert call("panel", results, *words).exit_code == 2


@pytest.mark.slow
@pytest.mark.usefixtures("quick_learners")
def test_evaluate_writes_the_tables_of_the_paper(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    answer = call("evaluate", results, "--seeds", 1, "--workers", 1, "--learner", "lasso", "--out", out)
    assert answer.exit_code == 0, answer.output
    assert {path.name for path in out.iterdir()} == {
        "report.html",
        "evaluation.json",
        "table.parquet",
        "rows.parquet",
        "figures",
    }
    table = pd.read_parquet(out / "table.parquet")
    assert set(table["table"]) == {
        "baseline",
        "robustness",
        "channels",
        "splits",
        "bands",
        "gap",
        "event_study",
        "checks",
        "held",
    }
    channels = table[table["table"] == "channels"]
    assert len(channels) == 6
    assert channels[["estimate", "se", "own", "total", "with_channel"]].notna().all().all()
    parts = table[table["table"] == "splits"]
    assert len(parts) == 24
    assert parts["total"].notna().all()
    held = table[table["table"] == "held"]
    assert held["item"].tolist() == [*CHANNELS.values(), "all six together"]
    assert held[["total", "free"]].notna().all().all()
    main = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert main["seeds"] == [1]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "not a mediation effect" in page
    assert page.count("<h2>") == 8
    assert "<script" not in page
    assert call("evaluate", results, "--treatment", "hub").exit_code == 2


@pytest.mark.slow
@pytest.mark.usefixtures("quick_learners")
def test_an_own_table(tmp_path: Path) -> None:
    frame = known_panel(1, cities=60, years=10)
    frame["city"] = "City " + frame["city_id"].astype(str)
    path = tmp_path / "mine.csv"
    frame.drop(columns="city_id").rename(columns={"centre": "hub"}).to_csv(path, index=False)
    out = tmp_path / "out"
    answer = call(
        "evaluate",
        path,
        "--outcome",
        "outcome",
        "--treatment",
        "hub",
        "--city",
        "city",
        "--out",
        out,
        "--controls",
        ",".join(CONTROLS[:4]),
        "--moderators",
        "half",
        "--channels",
        "channel",
        "--learner",
        "lasso",
        "--also",
        "mediation",
    )
    assert answer.exit_code == 0, answer.output
    table = pd.read_parquet(out / "table.parquet")
    parts = table[table["table"] == "mediation"]
    assert parts["item"].tolist() == [f"channel by half: {effect}" for effect in EFFECTS]
    assert parts[["estimate", "se", "low", "high"]].notna().all().all()
    assert " ".join(REFUSAL.split()) in " ".join(answer.stdout.split())
    assert REFUSAL in (out / "report.html").read_text(encoding="utf-8")

    ordered = frame.assign(city_id=pd.factorize(frame["city"], sort=True)[0])
    expected = double_ml(ordered, "outcome", controls=CONTROLS[:4], settings=DoubleMLSettings("lasso"))
    main = table[table["item"] == "double ML"].iloc[0]
    assert main["estimate"] == pytest.approx(expected.params["centre"])
    assert "the true effect is unknown" in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("quick_learners")
def test_the_report_of_an_own_table_speaks_of_that_table(tmp_path: Path) -> None:
    """Outcomes in any unit keep their digits; seeds and truth, which it does not have, are not mentioned."""
    frame = known_panel(1, cities=20, years=6)
    frame["outcome"] *= 1e-12
    frame.to_csv(tmp_path / "tiny.csv", index=False)
    words = ("--outcome", "outcome", "--controls", "x1,x2", "--learner", "lasso", "--out", tmp_path / "out")
    answer = call("evaluate", tmp_path / "tiny.csv", *words)
    assert answer.exit_code == 0
    assert "e-1" in answer.stdout
    assert "0.000" not in answer.stdout
    assert "120 rows, 20 cities, 2005 to 2010; centre begins or ends in" in answer.stderr
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "120 rows, 20 cities, 2005 to 2010; centre begins or ends in" in report
    assert "Controls: x1, x2." in report
    assert "Estimates with their 95 % intervals." in report
    for word in ("first seed", "source study reports a positive effect"):
        assert word not in report.lower().split("</header>")[1].split("channels")[0]


def test_the_terminal_shows_estimates_and_truth(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame(
        [
            {
                "table": "baseline",
                "item": "double ML",
                "estimate": 0.1234,
                "se": 0.01,
                "mean_own": 0.11,
                "mean_total": 0.2,
                "bias": 0.01,
                "coverage": 0.9,
                "seeds": 1,
            }
        ]
    )
    show_evaluation(table, observed=False)
    shown = capsys.readouterr().out
    assert "+0.123" in shown
    assert "+0.110" in shown
    assert "Baseline, 1 seed" in shown


def test_strength_of_instruments_and_reasons_are_said_below_further_designs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = {"table": "further", "item": "instruments: slope", "estimate": 0.2, "se": 0.1, "low": 0.0}
    rows = [
        {**known, "high": 0.4, "note": "first-stage F 16.8"},
        {"table": "further", "item": "Poisson, patents", "estimate": 0.1, "se": 0.1, "note": ""},
        {"table": "further", "item": "spatial Durbin", "note": "a spatial panel needs every city"},
    ]
    show_evaluation(pd.DataFrame(rows), observed=True)
    shown = capsys.readouterr().out
    assert "instruments: slope: first-stage F 16.8\n" in shown
    assert "spatial Durbin: a spatial panel needs every city\n" in shown
    assert "patents:" not in shown


def test_a_row_over_several_seeds_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    """The mean over seeds stands next to truth and bias, not the first seed's estimate."""
    row = {"table": "doubleml", "item": "IRM", "estimate": 0.055, "se": 0.07, "mean": 0.077, "sd": 0.031}
    row |= {"mean_own": 0.012, "mean_total": 0.2, "bias": 0.065, "coverage": 0.5, "seeds": 2}
    show_evaluation(pd.DataFrame([row]), observed=False)
    shown = " ".join(capsys.readouterr().out.split())
    assert "Estimators of the package doubleml, 2 seeds" in shown
    assert "mean estimate s.d. over seeds true bias coverage" in shown
    assert "IRM +0.077 0.031 +0.012 +0.065 0.50" in shown
