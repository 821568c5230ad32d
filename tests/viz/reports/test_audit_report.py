"""The report of an audit: verdicts, tables and figures from scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.evaluation.audit import AuditSettings
from viz.reports.audit_report import (
    AuditFacts,
    audit_figures,
    audit_text,
    verdicts,
    write_audit_report,
)

SETTINGS = AuditSettings(cities=30, firms=300)
FACTS: AuditFacts = {
    "date": "2026-11-30",
    "settings": vars(SETTINGS),
    "spillovers": {},
    "data": {},
    "processes": {"lot": "hosts by lot"},
    "command": "computeleap audit",
    "rules": "abc",
    "versions": {"computeleap": "0.2.0"},
    "panels": 100,
}


def score(**changes: Any) -> dict[str, Any]:
    known = {
        "data": "counts",
        "sites": "random",
        "spillover": "usual",
        "estimator": "double ML",
        "panels": 100,
    }
    known |= {"own": 0.1, "total": 0.2, "on_others": 0.02, "estimate": 0.11, "bias": 0.01, "bias_se": 0.005}
    known |= {
        "bias_total": -0.09,
        "rmse": 0.05,
        "se": 0.04,
        "coverage": 0.95,
        "power": 0.6,
        "cpu_seconds": 1.0,
    }
    return {**known, **changes}


@pytest.mark.parametrize(
    ("coverage", "word"),
    [(0.95, "passes"), (0.92, "passes"), (0.90, "is in doubt"), (1.0, "is in doubt"), (0.86, "fails")],
)
def test_an_estimator_is_judged_by_its_coverage_and_the_error_of_that(coverage: float, word: str) -> None:
    (first, *_) = verdicts(pd.DataFrame([score(coverage=coverage)]))
    assert f"double ML {word}, {100 * coverage:.1f} ± " in first


def test_few_panels_leave_a_low_coverage_in_doubt() -> None:
    """A coverage of 0.7 is 2 errors below 0.95 with 100 panels, not with 10."""
    for panels, word in ((100, "fails"), (10, "is in doubt")):
        assert f"double ML {word}, 70.0" in verdicts(pd.DataFrame([score(coverage=0.7, panels=panels)]))[0]


def test_other_designs_that_do_not_pass_are_listed_the_most_biased_first() -> None:
    rows = [
        score(),
        score(estimator="double ML, lasso", coverage=0.1),
        score(estimator="fixed effects", coverage=0.5, bias=0.2),
        score(estimator="synthetic control", coverage=0.2, bias=-0.3),
        score(estimator="event study", coverage=0.93),
    ]
    (first, *_) = verdicts(pd.DataFrame(rows))
    listed = "synthetic control 20 % (bias −0.3000); fixed effects 50 % (bias +0.2000)"
    assert first.endswith(f"Other designs that do not pass: {listed}.")
    assert verdicts(pd.DataFrame([score()]))[0].endswith("Other designs that do not pass: none.")


def test_own_and_total_effect_are_compared_by_spillover_for_counts_and_random_sites() -> None:
    rows = [
        score(),
        score(spillover="none", own=0.1, total=0.1, on_others=0.0),
        score(spillover="strong", sites="wealth", own=9.0),
    ]
    (said,) = [text for text in verdicts(pd.DataFrame(rows)) if text.startswith("With spillovers")]
    assert "usual: own +0.1000, total +0.2000, on cities without a centre +0.0200" in said
    assert "none: own +0.1000, total +0.1000" in said
    assert "strong" not in said
    power = "double ML finds the effect in 60 % of panels: its mean standard error is 0.0400."
    assert verdicts(pd.DataFrame(rows))[-1].endswith(power)


def test_the_report_has_a_table_for_each_cell_that_was_run() -> None:
    rows = [score(), score(spillover="none"), score(data="expected", estimator="double ML, lasso")]
    text = audit_text(pd.DataFrame(rows), FACTS)
    assert text.count("\n## Data ") == 3
    assert "100 simulated panels of every cell (100 for double ML and " in text
    assert "lasso and bands): 30 made-up cities, 300 firms" in text
    assert "## Data counts, spillover strong" not in text
    row = "| random | +0.1000, +0.2000, +0.0200 | double ML | 100 | +0.1100 | +0.0100 ± 0.0050 | 0.0500 | "
    assert row + "0.0400 | 0.95 ± 0.02 | 0.60 | passes |" in text


def test_made_up_panels_have_verdicts_and_a_table_and_always_saying_zero_fails_there() -> None:
    made = score(data="made up", sites="lot", spillover="none", total=0.1, on_others=0.0)
    zero = {
        **made,
        "estimator": "fixed effects",
        "estimate": 0.0,
        "bias": -0.1,
        "rmse": 0.1,
        "coverage": 0.95,
    }
    wide = {**made, "estimator": "imputation", "estimate": 0.1, "bias": 0.0, "rmse": 0.12}
    text = audit_text(pd.DataFrame([made, zero, wide]), FACTS)
    assert "Data made up, lot: double ML passes" in text
    assert "(+10 % of it)" in text
    assert "## Made-up panels\n\n280 cities, 15 years. *lot*: hosts by lot." in text
    assert text.count("| fails |") == 2


def test_the_report_names_the_command_that_adds_panels(tmp_path: Path) -> None:
    write_audit_report(tmp_path / "report", pd.DataFrame([score(panels=7)]), SETTINGS)
    told = json.loads((tmp_path / "report" / "audit.json").read_text(encoding="utf-8"))
    assert told["command"] == "computeleap audit --out FOLDER --panels 7 --cities 30 --firms 300"
    assert told["command"] in (tmp_path / "report" / "audit.md").read_text(encoding="utf-8")


def test_figures_show_counts_by_estimator_and_sites() -> None:
    rows = [
        score(),
        score(sites="wealth", coverage=0.5),
        score(estimator="difference of means", coverage=0.2),
        score(data="expected", coverage=0.1),
    ]
    figures = audit_figures(pd.DataFrame(rows))
    coverage, bias = (figures[name].axes[0] for name in ("audit_coverage", "audit_bias"))
    points = sorted(x for line in coverage.lines if line.get_marker() == "o" for x in line.get_xdata())
    assert points == [0.2, 0.5, 0.95]
    names = [text.get_text() for text in coverage.get_yticklabels()]
    assert names == ["difference of means", "double ML"]
    assert [text.get_text() for text in bias.get_yticklabels()] == ["double ML"]


def test_the_folder_has_text_numbers_and_pictures(tmp_path: Path) -> None:
    scored = pd.DataFrame([score(), score(spillover="none", power=float("nan"))])
    write_audit_report(tmp_path / "report", scored, SETTINGS)
    assert {path.name for path in (tmp_path / "report").iterdir()} == {
        "audit.md",
        "audit.json",
        "scores.parquet",
        "figures",
    }
    told = json.loads((tmp_path / "report" / "audit.json").read_text(encoding="utf-8"))
    assert (told["panels"], told["settings"]["firms"]) == (100, 300)
    assert [row["power"] for row in told["scores"]] == [0.6, None]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "report" / "scores.parquet"), scored)
