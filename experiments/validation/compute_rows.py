"""What compute contributes: the share of innovation at 80 % use (A7) and the macro multipliers (A1-A6)."""

from __future__ import annotations

import math

import pandas as pd

from experiments.measures.findings import FAILS, HOLDS
from experiments.measures.published_targets import target
from experiments.questions.oversupply import MULTIPLES, REFERENCE_USE, arms, at_use, elasticities, oversupply
from experiments.validation.rows import NOT_CLAIMED, Context, Row, range_verdict
from model.scenarios.scenario_catalogue import find_scenario

SEEDS = 8
SCENARIOS = ("random_hosts", "actual")


def compute_rows(context: Context) -> list[Row]:
    """A7 in either scenario, and readings of A1-A6; none in a quick validation, which has too few runs."""
    if context.quick:
        return []
    rows = []
    for name in SCENARIOS:
        chosen = arms(find_scenario(name), context.parameters, access=("network",))
        by_seed = oversupply(context.arms(chosen, SEEDS), access=("network",))
        rows.append(_contribution(by_seed, name))
        if name == "actual":
            rows += multiplier_rows(elasticities(by_seed))
    return rows


def _contribution(by_seed: pd.DataFrame, scenario: str) -> Row:
    published = target("A7")
    found = at_use(by_seed, "contribution")
    verdict = range_verdict(found["mean"], found["se"], published.low, published.high)
    return Row(
        "A7", "validation",
        f"hosts' share of innovation owed to their centre, 1 − exp(−effect), at {REFERENCE_USE:.0%} use",
        "fraction", published.published, published.source, found["mean"], found["se"], int(found["seeds"]),
        verdict, scenario,
        "" if verdict == HOLDS else _why_not(by_seed, found["mean"], verdict, published.high),
    )  # fmt: skip


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
        return "two standard errors reach the published range, the mean does not lie in it"
    side = (
        "too much: a host with few firms keeps much visiting data, a share (hosted_data_share) without source"
        if measured > high
        else "too little: a centre among strong cities adds little to what its host has; more would need a "
        "scarcer alternative than the commercial cloud"
    )
    return f"{side}; 80 % use does not fix the share, which falls and rises with the hosts' size and capacity"


def multiplier_rows(readings: pd.DataFrame) -> list[Row]:
    """A1-A6 with the nearest reading that the model has, all marked as not claimed."""
    found = readings.set_index("reading")
    no_money = (
        "markets are fixed by GDP of 2010 and demand does not grow with supply, so sales can hardly answer: "
        "it would take incomes that are spent where they are earned, and investment"
    )
    no_index = "an index point has no counterpart in the model; " + no_money
    plan = (
        ("A1", "sales to compute used", "elasticity", no_index),
        ("A2", "digital sales to compute used", "elasticity", no_index),
        ("A5", None, "", "centres are given, not bought: the model has no cost of capital; " + no_money),
        ("A6", "sales to compute used", "elasticity", no_money),
        ("A6", "innovation to compute used", "elasticity", "published for GDP, not for innovation"),
        ("A6", "innovation to capacity, doubled", "elasticity", "published for GDP, not for innovation"),
    )
    return [_multiplier(identity, reading, unit, why, found) for identity, reading, unit, why in plan]


def _multiplier(identity: str, reading: str | None, unit: str, why: str, found: pd.DataFrame) -> Row:
    published = target(identity)
    mean = float(found.loc[reading, "mean"]) if reading else math.nan
    error = float(found.loc[reading, "se"]) if reading else math.nan
    seeds = int(found.loc[reading, "seeds"]) if reading else 0
    words = f"{published.quantity}; read as elasticity of {reading}" if reading else published.quantity
    return Row(
        identity, "validation", words, unit, f"{published.published} {published.unit}", published.source,
        mean, error, seeds, NOT_CLAIMED, "actual" if reading else "", why,
    )  # fmt: skip
