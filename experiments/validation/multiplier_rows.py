"""Effect of compute on GDP and innovation: multipliers against twins (A1-A6), the share at 80 % use (A7)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.measures.findings import FAILS, HOLDS
from experiments.measures.published_targets import target
from experiments.measures.twin_pairs import finite_mean, mean_and_se
from experiments.questions.oversupply import CAPACITIES, REFERENCE_USE, at_use
from experiments.study.study import WITHOUT, Run, changed
from experiments.validation.economy_run import EconomyRun
from experiments.validation.rows import (
    NOT_CLAIMED,
    Row,
    ValidationRuns,
    estimate_row,
    range_verdict,
    ratio_of_means,
)
from model.scenarios.scenario_catalogue import find_scenario

SEEDS = 8
SCENARIOS = ("random_hosts", "actual")
MULTIPLES = (0.1, 0.25, 0.5, 1.0)
Twins = tuple[EconomyRun, EconomyRun]
POINT = "a point: 1 % of the compute used in the run with centres, whose scale is the index's 100"


def multiplier_rows(runs: ValidationRuns) -> list[Row]:
    """Return A1, A2, A5, A6 in ``actual`` and A7 in both scenarios; none in a quick validation."""
    if runs.quick:
        return []
    return [*output_rows(runs.economies("actual")), *(_contribution(runs, name) for name in SCENARIOS)]


def output_rows(found: Sequence[Twins]) -> list[Row]:
    """Return A1, A2, A5 and A6, ratios of means over seeds."""
    used = [log_gain(pair, "eflops") for pair in found]
    points = [index_points(pair) for pair in found]
    output = [log_gain(pair, "real_gdp") for pair in found]
    digital = [log_gain(pair, "real_digital") for pair in found]
    earned = [sum_gain(pair, "real_gdp") for pair in found]
    spent = [float(with_centres.nation["real_investment"].sum()) for with_centres, _ in found]
    late, whole = "means of the last five years", "sums over all years"
    deflated = "both deflated by the price level of consumption, base year 1; capacity at the cost of renewal"
    return [
        _row("A1", f"{POINT}; {late}", ratio_of_means(output, points)),
        _row("A2", f"sales of adopters; {POINT}; {late}", ratio_of_means(digital, points)),
        _row(
            "A5",
            f"extra real GDP over spending on centres, {whole}, {deflated}",
            ratio_of_means(earned, spent),
        ),
        _row(
            "A6", f"real GDP to EFLOPS used, with centres over without, {late}", ratio_of_means(output, used)
        ),
    ]


def log_gain(pair: Twins, name: str) -> float:
    """Return ln(with/without) of a figure of the nation in the last years; NaN unless both are above 0."""
    one, other = (run.late(name) for run in pair)
    return math.log(one / other) if one > 0 and other > 0 else math.nan


def index_points(pair: Twins) -> float:
    """Return the points of the index that the centres add, 100·(1 − compute without/with centres)."""
    one, other = (run.late("eflops") for run in pair)
    return 100.0 * (1.0 - other / one) if one > 0 else math.nan


def sum_gain(pair: Twins, name: str) -> float:
    """Return the sum over all years of a figure of the nation with centres less that without."""
    return float((pair[0].nation[name] - pair[1].nation[name]).sum())


def _row(identity: str, reading: str, estimate: dict[str, float]) -> Row:
    known = target(identity)
    if not math.isfinite(estimate["mean"]):
        verdict, reason = NOT_CLAIMED, "no centre of the scenario opens in these cities, or none adds compute"
    else:
        verdict = range_verdict(estimate["mean"], estimate["se"], known.low, known.high)
        reason = "" if verdict == HOLDS else _missed(identity, estimate["mean"], known.low)
    quantity, published = f"{known.quantity}: {reading}", (known.published, known.source)
    return estimate_row(
        identity, "validation", quantity, known.unit, published, estimate, verdict, "actual", reason
    )


def _missed(identity: str, measured: float, low: float) -> str:
    if measured > low:
        return "too much: innovation of hosts raises the quality of all firms for good (knowledge_spillover)"
    cause = "compute works through research alone, a few per cent of GDP; it is no input of production"
    return f"too little: {cause}" + (
        "; twins spend the same income on it either way" if identity == "A5" else ""
    )


# ── Contribution of compute to innovation at a given use ─────────────────────────────────────────


def _contribution(runs: ValidationRuns, name: str) -> Row:
    scenario = find_scenario(name)
    own = scenario.applied_to(runs.parameters)
    arms = {WITHOUT: scenario.twin()}
    for multiple in MULTIPLES:
        sizes = {size: multiple * getattr(own, size) for size in CAPACITIES}
        arms[f"{multiple:g}"] = changed(scenario, sizes)
    ended = runs.economy_arms(arms, SEEDS)
    rows = [
        {
            "seed": seed,
            "multiple": multiple,
            **contribution(ended[Run(seed, f"{multiple:g}")], ended[Run(seed, WITHOUT)]),
        }
        for seed in runs.seeds[:SEEDS]
        for multiple in MULTIPLES
    ]
    return contribution_row(pd.DataFrame(rows), name)


def contribution(with_centres: EconomyRun, without: EconomyRun) -> dict[str, float]:
    """Return use of centres in the last years, and the hosts' share of innovation owed to their centre."""
    capacity, hosts = with_centres.late("capacity"), with_centres.hosts
    made, plain = with_centres.innovation[hosts], without.innovation[hosts]
    both = (made > 0) & (plain > 0)
    effect = finite_mean(np.log(made[both] / plain[both])) if both.any() else math.nan
    use = with_centres.late("served") / capacity if capacity > 0 else math.nan
    return {"utilisation": use, "contribution": 1.0 - math.exp(-effect)}


def contribution_row(by_seed: pd.DataFrame, scenario: str) -> Row:
    """Return A7 from rows seed, multiple, utilisation, contribution.

    Where use does not fall through 80 %, the share is that at the use nearest to it.
    """
    published = target("A7")
    found = at_use(by_seed, "contribution")
    used, reached = REFERENCE_USE, bool(math.isfinite(found["mean"]))
    if not reached:
        nearest = nearest_use(by_seed)
        found, used = mean_and_se(nearest["contribution"]), float(nearest["utilisation"].mean())
    if not math.isfinite(found["mean"]):
        verdict, reason, used = NOT_CLAIMED, "no centre of the scenario opens in these cities", REFERENCE_USE
    else:
        verdict = range_verdict(found["mean"], found["se"], published.low, published.high)
        reason = "" if verdict == HOLDS else _why_not(found["mean"], verdict, published.high)
        if not reached:
            span = f"from {MULTIPLES[0]:g} to {MULTIPLES[-1]:g} times the default"
            reason = f"use does not fall through 80 % with capacity {span}{'; ' if reason else ''}{reason}"
    quantity = f"hosts' share of innovation owed to their centre, 1 − exp(−effect), at {used:.0%} use"
    source = (published.published, published.source)
    return estimate_row("A7", "validation", quantity, "fraction", source, found, verdict, scenario, reason)


def nearest_use(by_seed: pd.DataFrame) -> pd.DataFrame:
    """Return the row of each seed whose utilisation is nearest to 80 %."""
    known = by_seed.dropna(subset=["utilisation", "contribution"])
    distance = (known["utilisation"] - REFERENCE_USE).abs()
    return known.loc[distance.groupby(known["seed"]).idxmin()]


def _why_not(measured: float, verdict: str, high: float) -> str:
    if verdict != FAILS:
        return "two standard errors reach the published range, the mean lies outside it"
    side = (
        "too much: hosts are small, and talent and data gather there"
        if measured > high
        else "too little: a centre among strong cities adds little to what its host has; a larger share "
        "would need an alternative that is scarcer than the commercial cloud"
    )
    return f"{side}; 80 % use does not fix the share, which varies with the hosts' size and capacity"
