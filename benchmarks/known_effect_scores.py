"""Scores of the estimators on panels whose effect is known; writes docs/bench/known_panels.json.

python -m benchmarks.known_effect_scores [FILE]
"""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.known_effect import CONTROLS, known_panel
from experiments.storage.provenance import versions

EFFECT = 0.10
PANELS = 100
SIZE = {"cities": 280, "years": 15}
DEFAULT = "double ML, lasso+boosting"
PLAIN = "two-way fixed effects, linear controls"

Estimator = Callable[[pd.DataFrame], Estimate]


def _double(learner: str) -> Estimator:
    return lambda panel: double_ml(panel, "outcome", controls=CONTROLS, settings=DoubleMLSettings(learner))


ESTIMATORS: dict[str, Estimator] = {
    DEFAULT: _double("lasso+boosting"),
    "double ML, lasso": _double("lasso"),
    "double ML, boosting": _double("boosting"),
    PLAIN: lambda panel: fixed_effects(panel, "outcome", controls=CONTROLS),
}


def known_scores(panels: int = PANELS, names: Iterable[str] = tuple(ESTIMATORS), **size: int) -> pd.DataFrame:
    """Return one row per estimator: its estimates on panels drawn by seeds 1 … ``panels``.

    names: which of ``ESTIMATORS``. size: cities and years of a panel. Columns: estimator, mean, sd, mean_se,
    bias_se (Monte Carlo error of the mean), coverage (share of 95 % intervals that contain the effect),
    coverage_se (its Monte Carlo error), cpu_seconds (mean of a panel).
    """
    drawn = [known_panel(seed, EFFECT, **(size or SIZE)) for seed in range(1, panels + 1)]
    rows = []
    for name in names:
        started = time.process_time()
        found = [ESTIMATORS[name](panel) for panel in drawn]
        seconds = time.process_time() - started
        table = pd.concat([one.frame() for one in found])
        held = (table["low"] <= EFFECT) & (table["high"] >= EFFECT)
        rows.append(
            {
                "estimator": name,
                "mean": table["estimate"].mean(),
                "sd": table["estimate"].std(ddof=1),
                "mean_se": table["se"].mean(),
                "bias_se": table["estimate"].sem(),
                "coverage": held.mean(),
                "coverage_se": float(np.sqrt(max(held.mean() * (1 - held.mean()), 1 / panels**2) / panels)),
                "cpu_seconds": seconds / panels,
            }
        )
    return pd.DataFrame(rows)


def main(path: Path) -> None:
    """Score all estimators at full size; print and write the scores with seeds, date and versions."""
    scores = known_scores()
    facts: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "effect": EFFECT,
        "seeds": [1, PANELS],
        **SIZE,
        "versions": versions(),
        "scores": scores.round(6).to_dict("records"),
    }
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(scores.round(4).to_string(index=False))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/bench/known_panels.json"))
