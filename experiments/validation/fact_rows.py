"""Known solutions of the closed economy, and facts of the observed decade, as rows."""

from __future__ import annotations

import math
from typing import Any

from experiments.measures.findings import FAILS, HOLDS
from experiments.measures.observed_decade import NO_BOUNDS, observed_decade
from experiments.measures.published_targets import target
from experiments.measures.twin_pairs import pairs
from experiments.questions.closed_economy_runs import TheoryRow, validation_rows
from experiments.validation.rows import NOT_CLAIMED, Row, ValidationRuns, estimate_row, range_verdict

CLOSED_SOURCE = "appendix of document 003"
KIND = {"calibrate": "calibration", "validate": "validation", "prior": "validation"}
MISSING = (
    "after the base year firms grow, enter and exit at random and innovation gathers where it is, so that "
    "cities hardly converge: this would need growth that is faster where income is lower"
)


def closed_rows(runs: ValidationRuns) -> list[Row]:
    """Return the closed economy of the appendix of document 003 compared with theory."""
    return [_closed(row) for row in validation_rows(seed=runs.seeds[0])]


def _closed(row: TheoryRow) -> Row:
    published = (f"{row.published:.6g}", CLOSED_SOURCE)
    estimate = {"mean": row.measured, "se": math.nan, "seeds": 0}
    holds = row.verdict == "met"
    verdict, reason = (HOLDS, "") if holds else (FAILS, row.note or "beyond the tolerance of adaptive agents")
    scenario = "closed_economy"
    return estimate_row(
        row.id, "analytic", row.what, row.unit, published, estimate, verdict, scenario, reason
    )


def decade_rows(runs: ValidationRuns) -> list[Row]:
    """Return the E-facts of the observed decade in the scenario of real centres.

    There are none in a quick validation or another country.
    """
    if runs.quick or not {"east", "west"} <= set(runs.country.cities["region"]):
        return []
    twins = runs.twins("actual")
    table = observed_decade(pairs(twins), twins.study.country.cities)
    known = int(twins.panel["seed"].nunique())
    return [_fact(row, known, "actual") for row in table.to_dict("records")]


def _fact(found: dict[str, Any], seeds: int, scenario: str) -> Row:
    known = target(found["id"], found["quantity"])
    estimate = {"mean": found["measured"], "se": found["se"], "seeds": seeds}
    if not math.isfinite(found["measured"]):
        estimate["seeds"] = 0
        verdict, reason = NOT_CLAIMED, str(found["note"])
    else:
        verdict = range_verdict(found["measured"], found["se"], known.low, known.high)
        bare = "a figure without bounds, missed by more than two standard errors; "
        reason = f"{bare if found['met'] == NO_BOUNDS else ''}{found['note']}; {MISSING}"
        reason = "" if verdict == HOLDS else reason
    kind, published = KIND[found["kind"]], (known.published, known.source)
    return estimate_row(
        found["id"], kind, found["quantity"], known.unit, published, estimate, verdict, scenario, reason
    )
