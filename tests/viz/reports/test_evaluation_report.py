"""The report of an evaluation: findings, cells and figures from its table."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.evaluation.codebook import MODERATORS
from experiments.evaluation.evaluate import ALL_SIX, Evaluation
from viz.reports.evaluation_report import (
    evaluation_figures,
    evaluation_html,
    findings,
    write_evaluation,
)

NUMBERS = (
    *("estimate", "se", "low", "high", "own", "total", "mean", "sd", "mean_own", "mean_total", "sd_total"),
    *("bias", "coverage", "power", "with_channel", "mean_with_channel", "mean_free", "mean_left"),
)
FACTS: dict[str, Any] = {
    "outcome": "log_innovations",
    "seeds": [1, 2],
    "cities": 40,
    "folder": "results",
    "meaning": "random hosts",
    "first_year": 2005,
    "last_year": 2016,
    "learner": "lasso",
    "date": "2026-11-30",
    "versions": {"computeleap": "0.2.0"},
}


def row(table: str, item: str, **changes: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(NUMBERS, math.nan),
        "table": table,
        "item": item,
        "seeds": 2,
        "note": None,
        **changes,
    }


MAIN = row(
    "baseline",
    "double ML",
    estimate=0.12,
    se=0.03,
    low=0.06,
    high=0.18,
    mean=0.1,
    sd=0.02,
    mean_own=0.11,
    mean_total=0.2,
    bias=-0.01,
    coverage=0.95,
    power=0.8,
)
FIXED = row("baseline", "fixed effects", estimate=0.5, se=0.1, low=0.3, high=0.7, mean_own=0.11, bias=0.39)


def test_findings_compare_the_main_estimate_with_the_truth() -> None:
    main, truth, worst = findings(pd.DataFrame([MAIN, FIXED]), FACTS)
    assert "on log_innovations at +0.120 (s.e. 0.030; 95 % interval +0.060 to +0.180)" in main
    assert main.endswith("in the first of 2 seeds.")
    assert "true own effect is +0.110 and the true total effect +0.200" in truth
    assert "95 % of the 95 % intervals contain the true own effect and 80 % exclude zero" in truth
    assert worst == "The most biased of the designs is the fixed effects (+0.390)."


def test_findings_of_an_own_table_speak_of_no_truth_and_no_seeds() -> None:
    unknown = dict.fromkeys(("mean_own", "mean_total", "bias", "coverage", "power"), math.nan)
    (main,) = findings(pd.DataFrame([{**MAIN, **unknown}]), {**FACTS, "seeds": []})
    assert main.endswith("+0.180).")
    assert findings(pd.DataFrame([{**MAIN, "estimate": math.nan}]), {**FACTS, "seeds": []}) == []


def test_the_share_that_channels_carry_is_a_sentence() -> None:
    held = [
        row("held", "talent", mean_total=0.1, mean_free=0.2),
        row("held", "data", mean_total=0.19, mean_free=0.2),
        row("held", ALL_SIX, mean_total=0.05, mean_free=0.2),
    ]
    (said,) = findings(pd.DataFrame(held), FACTS)
    assert "the six channels carry 75 % of the true total effect" in said
    assert said.endswith("Talent alone carries 50 %.")
    held[-1]["mean_free"] = -0.1  # nothing to share out
    assert findings(pd.DataFrame(held), FACTS) == []


def evaluation(*rows: dict[str, Any], **facts: Any) -> Evaluation:
    table = pd.DataFrame(list(rows))
    return Evaluation(table=table, rows=table.assign(seed=1), facts={**FACTS, **facts})


def test_rows_of_fewer_seeds_say_so_and_small_effects_keep_their_digits() -> None:
    band = row("bands", "a centre 0–150 km away", estimate=0.01234, se=0.001, low=0.01, high=0.015)
    page = evaluation_html(evaluation(MAIN, {**FIXED, "seeds": 1}, band), {})
    assert "fixed effects (first seed)" in page
    assert "double ML (first" not in page
    assert "+0.0123" in page


def test_the_sign_of_the_source_study_is_next_to_the_splits() -> None:
    label, sign = next((name, sign) for name, sign in MODERATORS.values() if sign)
    page = evaluation_html(evaluation(MAIN, row("splits", f"{label}: low − high", estimate=0.1)), {})
    assert {1: "low larger", -1: "high larger"}[sign] in page


def test_names_of_a_users_table_cannot_become_html() -> None:
    page = evaluation_html(evaluation({**MAIN, "item": "<script>x</script>"}, outcome="<i>out</i>"), {})
    assert "<script>x" not in page
    assert "<i>out" not in page


def test_figures_show_estimates_with_intervals_and_the_truth() -> None:
    ages = [
        row("event_study", str(age), estimate=0.1 * age, se=0.1, low=-0.5, high=0.5, mean=0.1, mean_total=0.2)
        for age in (-2, 0, 1)
    ]
    means = row("baseline", "difference of means", estimate=5.0, low=4.0, high=6.0)
    figures = evaluation_figures(pd.DataFrame([MAIN, FIXED, means, *ages]))
    assert list(figures) == ["baseline", "event_study"]
    axes = figures["baseline"].axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["double ML", "fixed effects"]
    labels = [line.get_label() for line in axes.lines]
    assert "true own effect" in labels
    assert "true total effect" in labels
    years = figures["event_study"].axes[0]
    assert {"mean of estimates over seeds", "true total effect, mean over seeds"} <= {
        line.get_label() for line in years.lines
    }
    assert evaluation_figures(pd.DataFrame([means])) == {}


def test_the_folder_is_complete(tmp_path: Path) -> None:
    path = write_evaluation(tmp_path, evaluation(MAIN, FIXED))
    assert path == tmp_path / "report.html"
    assert {one.name for one in tmp_path.iterdir()} == {
        "report.html",
        "evaluation.json",
        "table.parquet",
        "rows.parquet",
        "figures",
    }
    told = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    assert told["outcome"] == "log_innovations"
    assert [one["estimate"] for one in told["table"]] == [0.12, 0.5]
    assert told["table"][1]["power"] is None
    assert [one.name for one in (tmp_path / "figures").iterdir()] == ["baseline.png"]


@pytest.mark.parametrize("note", ["too few cities have a centre", "no city is treated before 2010"])
def test_an_estimator_that_cannot_be_used_says_why(note: str) -> None:
    page = evaluation_html(evaluation(MAIN, row("baseline", "synthetic control", note=note)), {})
    assert note in page


def test_the_headline_tells_where_effects_that_may_grow_are_estimated_otherwise() -> None:
    def said(imputed: float) -> list[str]:
        others = {"imputation, trends by traits": imputed, "Sun-Abraham": 0.13}
        rows = [row("baseline", item, estimate=value, se=0.03, seeds=1) for item, value in others.items()]
        return findings(pd.DataFrame([{**MAIN, "mean_own": math.nan}, *rows]), {**FACTS, "seeds": []})

    assert len(said(0.13)) == 1
    assert said(0.17)[1].startswith(
        "Estimators for effects that differ between cities or grow find another number: imputation with "
        "trends by traits +0.170 (s.e. 0.030). "
    )
    assert "Sun-Abraham" not in said(0.17)[1]
