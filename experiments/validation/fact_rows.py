"""Known solutions of the closed economy, and facts of the observed decade, as rows."""

from __future__ import annotations

import math
from typing import Any

from experiments.measures.effects import pairs
from experiments.measures.findings import FAILS, HOLDS
from experiments.measures.observed_decade import NO_BOUNDS, observed_decade
from experiments.measures.published_targets import target
from experiments.questions.closed_economy_runs import Row as ClosedRow
from experiments.questions.closed_economy_runs import validation_rows
from experiments.validation.rows import NOT_CLAIMED, Context, Row, range_verdict

CLOSED_SOURCE = "appendix of seed 003"
DECADE_SEEDS = 12
KIND = {"calibrate": "calibration", "validate": "validation", "prior": "validation"}
MISSING = (
    "sales gather where market access is best, less so if goods travel far (scenario observed_decade), and "
    "as markets are fixed by GDP of 2010 and people do not move they hardly converge: it would take incomes "
    "that follow innovation, and migration of people"
)


def closed_rows(context: Context) -> list[Row]:
    """The closed economy of the appendix of seed 003, with its own parameters, against theory."""
    return [_closed(row) for row in validation_rows(seed=context.seeds[0])]


def _closed(row: ClosedRow) -> Row:
    holds = row.verdict == "met"
    return Row(
        row.id, "analytic", row.what, row.unit, f"{row.published:.6g}", CLOSED_SOURCE, row.measured, math.nan,
        0, HOLDS if holds else FAILS, "closed_economy",
        "" if holds else row.note or "beyond the tolerance of the groping agents",
    )  # fmt: skip


def decade_rows(context: Context) -> list[Row]:
    """E-facts of the observed decade, with default parameters and with those set to the marked figures.

    None in a quick validation or another country.
    """
    if context.quick or not {"east", "west"} <= set(context.country.cities["region"]):
        return []
    rows = []
    for scenario, seeds in (("actual", len(context.seeds)), ("observed_decade", DECADE_SEEDS)):
        twins = context.twins(scenario, seeds)
        table = observed_decade(pairs(twins), twins.study.country.cities)
        known = int(twins.panel["seed"].nunique())
        rows += [_fact(row, known, scenario) for row in table.to_dict("records")]
    return rows


def _fact(found: dict[str, Any], seeds: int, scenario: str) -> Row:
    published = target(found["id"], found["quantity"])
    missing = not math.isfinite(found["measured"])
    verdict = (
        NOT_CLAIMED if missing
        else range_verdict(found["measured"], found["se"], published.low, published.high)
    )  # fmt: skip
    reason = ""
    if missing:
        reason = str(found["note"])
    elif verdict != HOLDS:
        bare = (
            "a figure without bounds, met only to two standard errors; " if found["met"] == NO_BOUNDS else ""
        )
        reason = f"{bare}{found['note']}; {MISSING}"
    return Row(
        found["id"], KIND[found["kind"]], found["quantity"], published.unit, published.published,
        published.source, found["measured"], found["se"], 0 if missing else seeds, verdict, scenario, reason,
    )  # fmt: skip
