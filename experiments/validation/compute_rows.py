"""The contribution of compute: its share of innovation at 80 % use (A7), macro multipliers (A1-A6)."""

from __future__ import annotations

import math

import pandas as pd

from experiments.measures.findings import FAILS, HOLDS
from experiments.measures.published_targets import target
from experiments.questions.oversupply import MULTIPLES, REFERENCE_USE, arms, at_use, elasticities, oversupply
from experiments.validation.rows import NOT_CLAIMED, Row, ValidationRuns, estimate_row, range_verdict
from model.scenarios.scenario_catalogue import find_scenario

SEEDS = 8
SCENARIOS = ("random_hosts", "actual")


def compute_rows(runs: ValidationRuns) -> list[Row]:
    """Return A7 in both scenarios and readings of A1-A6; a quick validation has too few runs for any."""
    if runs.quick:
        return []
    rows = []
    for name in SCENARIOS:
        chosen = arms(find_scenario(name), runs.parameters, access=("network",))
        by_seed = oversupply(runs.arms(chosen, SEEDS), access=("network",))
        rows.append(_contribution(by_seed, name))
        if name == "actual":
            rows += multiplier_rows(elasticities(by_seed))
    return rows


def _contribution(by_seed: pd.DataFrame, scenario: str) -> Row:
    published = target("A7")
    found = at_use(by_seed, "contribution")
    verdict = range_verdict(found["mean"], found["se"], published.low, published.high)
    reason = "" if verdict == HOLDS else _why_not(by_seed, found["mean"], verdict, published.high)
    quantity = (
        f"hosts' share of innovation owed to their centre, 1 − exp(−effect), at {REFERENCE_USE:.0%} use"
    )
    source = (published.published, published.source)
    return estimate_row("A7", "validation", quantity, "fraction", source, found, verdict, scenario, reason)


def _why_not(by_seed: pd.DataFrame, measured: float, verdict: str, high: float) -> str:
    if not math.isfinite(measured):
        means = by_seed.groupby("multiple")[["utilisation", "contribution"]].mean().dropna()
        if not len(means):
            return "no centre of the scenario opens in these cities"
        nearest = (means["utilisation"] - REFERENCE_USE).abs().idxmin()
        use, share = means.loc[nearest]
        return (
            f"use does not fall through 80 % as capacity goes from {MULTIPLES[0]:g} to {MULTIPLES[-1]:g} "
            f"times the default in most seeds; nearest is {use:.2f}, at {nearest:g} times, with a share of "
            f"{share:.3f}"
        )
    if verdict != FAILS:
        return "two standard errors reach the published range, the mean lies outside it"
    side = (
        "too much: a host with few firms keeps much visiting data, a share (hosted_data_share) without source"
        if measured > high
        else "too little: a centre among strong cities adds little to what its host has; a larger share "
        "would need an alternative that is scarcer than the commercial cloud"
    )
    return f"{side}; 80 % use does not fix the share, which varies with the hosts' size and capacity"


def multiplier_rows(readings: pd.DataFrame) -> list[Row]:
    """Return A1-A6 with the nearest reading in the model, all marked as not claimed."""
    found = readings.set_index("reading")
    no_money = (
        "markets are fixed by GDP of 2010 and demand does not grow with supply, so sales can hardly answer: "
        "this would need incomes that are spent where they are earned, and investment"
    )
    no_index = "an index point has no counterpart in the model; " + no_money
    readings_of = (
        ("A1", "sales to compute used", "elasticity", no_index),
        ("A2", "digital sales to compute used", "elasticity", no_index),
        ("A5", None, "", "centres are given, not bought: the model has no cost of capital; " + no_money),
        ("A6", "sales to compute used", "elasticity", no_money),
        ("A6", "innovation to compute used", "elasticity", "published for GDP, not for innovation"),
        ("A6", "innovation to capacity, doubled", "elasticity", "published for GDP, not for innovation"),
    )
    return [_multiplier(identity, reading, unit, why, found) for identity, reading, unit, why in readings_of]


def _multiplier(identity: str, reading: str | None, unit: str, why: str, found: pd.DataFrame) -> Row:
    known = target(identity)
    published = (f"{known.published} {known.unit}", known.source)
    if not reading:
        nothing = {"mean": math.nan, "se": math.nan, "seeds": 0}
        return estimate_row(
            identity, "validation", known.quantity, unit, published, nothing, NOT_CLAIMED, "", why
        )
    quantity = f"{known.quantity}; read as elasticity of {reading}"
    estimate = found.loc[reading]
    return estimate_row(
        identity, "validation", quantity, unit, published, estimate, NOT_CLAIMED, "actual", why
    )
