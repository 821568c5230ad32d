"""Sentences of the report of an evaluation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from viz.reports.evaluation_report import findings

FACTS = {"outcome": "log_patents", "seeds": []}


def table(imputed: float) -> pd.DataFrame:
    rows = [("double ML", 0.10), ("imputation, trends by traits", imputed), ("Sun-Abraham", 0.11)]
    unknown = dict.fromkeys(("mean_own", "mean_total", "bias", "coverage", "power"), np.nan)
    return pd.DataFrame(
        [
            {
                "table": "baseline",
                "item": item,
                "estimate": value,
                "se": 0.02,
                "low": value - 0.04,
                "high": value + 0.04,
                "seeds": 1,
                **unknown,
            }
            for item, value in rows
        ]
    )


def test_the_headline_tells_where_effects_that_may_grow_are_estimated_otherwise() -> None:
    assert len(findings(table(0.11), FACTS)) == 1
    said = findings(table(0.13), FACTS)
    assert said[1].startswith(
        "Estimators for effects that differ between cities or grow find another number: imputation with "
        "trends by traits +0.130 (s.e. 0.020). "
    )
    assert "Sun-Abraham" not in said[1]
