"""Scores of the estimators on panels whose effect is known; writes docs/bench/known_panels.json.

python -m benchmarks.known_effect_scores [FILE [LINES]]

Each panel is a line of LINES, so that an interrupted run continues with the same command.
"""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.few_hosts import wild_bootstrap_p
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.estimators.placebo_tests import permutation_test
from experiments.evaluation.estimators.within_transform import within
from experiments.evaluation.known_effect import CONTROLS, known_panel, lot_panel
from experiments.storage.json_lines import append_line, read_lines
from experiments.storage.provenance import versions

EFFECT, GROWTH = 0.10, 0.02
PANELS = 200
NULL_PANELS = 400
SIZE = {"cities": 280, "years": 15}
DEFAULT = "double ML, lasso+boosting"
PLAIN = "two-way fixed effects, linear controls"
CONFOUNDED, GROWING, NULL = "confounders", "effects that grow", "no effect, {} hosts"
FEW = (8, 31)

Estimator = Callable[[pd.DataFrame], Estimate]
Line = dict[str, Any]


def _double(learner: str) -> Estimator:
    return lambda panel: double_ml(panel, "outcome", controls=CONTROLS, settings=DoubleMLSettings(learner))


ESTIMATORS: dict[str, Estimator] = {
    DEFAULT: _double("lasso+boosting"),
    "double ML, lasso": _double("lasso"),
    "double ML, boosting": _double("boosting"),
    PLAIN: lambda panel: fixed_effects(panel, "outcome", controls=CONTROLS),
}
GROWING_ESTIMATORS: dict[str, Estimator] = {
    "imputation": lambda panel: imputation(panel, "outcome"),
    "difference-in-differences, never-treated (Sun-Abraham)": lambda panel: event_study(
        panel, "outcome", comparison="never"
    ),
    "difference-in-differences, not-yet-treated": lambda panel: event_study(panel, "outcome"),
    "two-way fixed effects": lambda panel: fixed_effects(panel, "outcome"),
}


def permutation_p(data: PanelData) -> float:
    """Return the permutation p value of two-way fixed effects on a balanced panel, without their errors."""
    outcome = within(data.outcome, data.city, data.year)

    def slope(shuffled: PanelData) -> SimpleNamespace:
        treatment = within(shuffled.treatments[:, 0], data.city, data.year)
        return SimpleNamespace(params=pd.Series([treatment @ outcome / (treatment @ treatment)]))

    return permutation_test(data, slope, draws=199).p  # type: ignore[arg-type]


TESTS: dict[str, Callable[[pd.DataFrame], float]] = {
    "wild bootstrap": lambda panel: wild_bootstrap_p(panel_data(panel, "outcome", "centre")),
    "permutation": lambda panel: permutation_p(panel_data(panel, "outcome", "centre")),
    "jackknife": lambda panel: float(fixed_effects(panel, "outcome").pvalues.iloc[0]),
    "imputation": lambda panel: float(imputation(panel, "outcome").pvalues.iloc[0]),
}


def _estimates(panel: pd.DataFrame, effect: float, tried: Mapping[str, Estimator]) -> list[Line]:
    rows = []
    for name, estimator in tried.items():
        started = time.process_time()
        row = estimator(panel).frame().iloc[0]
        found = {key: float(row[key]) for key in ("estimate", "se", "low", "high")}
        rows.append({"estimator": name, "effect": effect, **found, "cpu": time.process_time() - started})
    return rows


def one_panel(design: str, seed: int, names: Iterable[str] = tuple(ESTIMATORS), **size: int) -> list[Line]:
    """Return the estimates, or the p values, of a panel of a design. names: of ``ESTIMATORS``."""
    size = size or SIZE
    cities, years = size["cities"], size["years"]
    if design == CONFOUNDED:
        panel = known_panel(seed, EFFECT, **size)
        return _estimates(panel, EFFECT, {name: ESTIMATORS[name] for name in names})
    if design == GROWING:
        panel = lot_panel(seed, cities // 2, EFFECT, GROWTH, cities, years)
        return _estimates(panel, panel.attrs["effect"], GROWING_ESTIMATORS)
    panel = lot_panel(seed, int(design.split()[-2]), cities=cities, years=years)
    return [{"estimator": name, "p": test(panel)} for name, test in TESTS.items()]


def scores(lines: Iterable[Line]) -> pd.DataFrame:
    """Return one row per estimator of the estimates of one design.

    Columns: estimator, panels, effect, mean, bias, sd, mean_se, bias_se (Monte Carlo error of the mean),
    coverage (share of 95 % intervals that contain the effect), coverage_se (its Monte Carlo error),
    cpu_seconds (mean of a panel); of p values ``rejected``, the share of at most 0.05, and its error.
    """
    rows = []
    for name, part in pd.DataFrame(list(lines)).groupby("estimator", sort=False):
        panels = len(part)
        row: Line = {"estimator": name, "panels": panels}
        if "p" in part:
            share = float((part["p"] <= 0.05).mean())
            rows.append({**row, "rejected": share, "rejected_se": _share_error(share, panels)})
            continue
        held = float(((part["low"] <= part["effect"]) & (part["high"] >= part["effect"])).mean())
        error = part["estimate"] - part["effect"]
        row |= {"effect": part["effect"].mean(), "mean": part["estimate"].mean(), "bias": error.mean()}
        row |= {"sd": error.std(ddof=1), "mean_se": part["se"].mean(), "bias_se": error.sem()}
        row |= {
            "coverage": held,
            "coverage_se": _share_error(held, panels),
            "cpu_seconds": part["cpu"].mean(),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _share_error(share: float, panels: int) -> float:
    return float(np.sqrt(max(share * (1 - share), 1 / panels**2) / panels))


def known_scores(panels: int = PANELS, names: Iterable[str] = tuple(ESTIMATORS), **size: int) -> pd.DataFrame:
    """Return the scores of estimators on confounded panels drawn by seeds 1 … ``panels``."""
    drawn = (one_panel(CONFOUNDED, seed, tuple(names), **size) for seed in range(1, panels + 1))
    return scores(line for panel in drawn for line in panel)


def designs() -> dict[str, int]:
    """Return each design and its number of panels."""
    return {CONFOUNDED: PANELS, GROWING: PANELS} | {NULL.format(hosts): NULL_PANELS for hosts in FEW}


def main(path: Path, file: Path) -> None:
    """Score what the lines of a file do not have yet; print and write all scores with date and versions."""
    there = {(line["design"], line["seed"]) for line in read_lines(file)}
    for design, panels in designs().items():
        for seed in range(1, panels + 1):
            if (design, seed) not in there:
                append_line(file, {"design": design, "seed": seed, "rows": one_panel(design, seed)})
    write_scores(path, read_lines(file))


def write_scores(path: Path, lines: Iterable[Line]) -> None:
    """Write the scores of all lines; print them."""
    facts: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "effect": EFFECT,
        "growth": GROWTH,
        **SIZE,
        "versions": versions(),
        "designs": {},
    }
    kept = list(lines)
    for design in dict.fromkeys(line["design"] for line in kept):
        found = scores(row for line in kept if line["design"] == design for row in line["rows"])
        facts["designs"][design] = found.round(6).to_dict("records")
        print(design, found.round(4).to_string(index=False), sep="\n")
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(
        Path(sys.argv[1] if len(sys.argv) > 1 else "docs/bench/known_panels.json"),
        Path(sys.argv[2] if len(sys.argv) > 2 else "known_panels.jsonl"),
    )
