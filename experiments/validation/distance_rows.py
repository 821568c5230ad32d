"""The spillover of centres by distance (D1, D2), and figures of the literature on centres (C20, C32)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from experiments.measures.findings import FAILS, HOLDS, UNDECIDED, by_seed
from experiments.measures.panel_checks import Floats
from experiments.measures.published_targets import target
from experiments.measures.spatial import distance_profile, zero_crossings
from experiments.measures.twin_pairs import Pair, mean_and_se, pairs
from experiments.validation.rows import NOT_CLAIMED, Row, ValidationRuns, estimate_row, range_verdict
from model.country.city_tables import distances_km, nearest_distance_km

SCENARIO = "actual"
BANDS = (0.0, 150.0, 300.0, 500.0, 750.0, 1000.0)
PEAKS = {"D1": "", "D1e": "east", "D1c": "central", "D1w": "west"}
UNREACHED = "no centre of the scenario opens in these cities, or no other city lies within 1000 km"


def distance_rows(runs: ValidationRuns) -> list[Row]:
    """Return D1, D2, C20 and C32 in the scenario of real centres; none in a quick validation."""
    if runs.quick:
        return []
    twins = runs.twins(SCENARIO)
    cities = twins.study.country.cities
    found = pairs(twins)
    rows = [
        _peak_row(identity, mean_and_se(peak_km(pair, cities, region) for pair in found))
        for identity, region in PEAKS.items()
    ]
    values = by_seed(found, cities)
    crossing = mean_and_se(crossing_km(pair, cities) for pair in found)
    return [
        *rows,
        _crossing_row(crossing),
        gap_row(mean_and_se(values["C14"])),
        effect_row(mean_and_se(values["C0"])),
    ]


def profile(pair: Pair, cities: pd.DataFrame, region: str = "") -> pd.DataFrame:
    """Return the effect on innovation of cities without a centre, by band of distance to the nearest."""
    km = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    nearest = nearest_distance_km(km, pair.hosts) if len(pair.hosts) else np.full(len(cities), np.inf)
    effect: Floats = pair.effect().copy()
    effect[pair.hosts] = np.nan
    if region:
        effect[cities["region"].to_numpy() != region] = np.nan
    return distance_profile(effect, nearest, BANDS)


def peak_km(pair: Pair, cities: pd.DataFrame, region: str = "") -> float:
    """Return the middle of the band in which the mean effect is largest, km; NaN without any."""
    table = profile(pair, cities, region).dropna(subset=["mean"])
    if not len(table):
        return math.nan
    best = table.loc[table["mean"].idxmax()]
    return float(0.5 * (best["low"] + best["high"]))


def crossing_km(pair: Pair, cities: pd.DataFrame) -> float:
    """Return the first distance at which the effect turns from above to below 0, km; NaN if it does not."""
    table = profile(pair, cities).dropna(subset=["mean"])
    effect = table["mean"].to_numpy()
    crossings = zero_crossings(table["km"], effect) if len(table) else []
    if not crossings:
        return math.nan
    starts_above = effect[np.flatnonzero(effect != 0.0)[0]] > 0.0
    fitting = crossings[0 if starts_above else 1 :]
    return fitting[0] if fitting else math.nan


def _peak_row(identity: str, measured: dict[str, float]) -> Row:
    known = target(identity)
    if not math.isfinite(measured["mean"]):
        verdict, why = NOT_CLAIMED, UNREACHED
    else:
        verdict = range_verdict(measured["mean"], measured["se"], known.low, known.high)
        why = "the effect of cheap compute falls with distance, or is as large near as far"
        why = "" if verdict == HOLDS else why
    quantity = f"{known.quantity}: middle of the band of the largest effect"
    published = (known.published, known.source)
    return estimate_row(
        identity, "validation", quantity, known.unit, published, measured, verdict, SCENARIO, why
    )


def _crossing_row(measured: dict[str, float]) -> Row:
    known = target("D2")
    if not math.isfinite(measured["mean"]):
        verdict, why = FAILS, "in no seed does the effect turn from above to below 0 within 1000 km"
    else:
        verdict = range_verdict(measured["mean"], measured["se"], known.low, known.high)
        why = "" if verdict == HOLDS else f"it turns in {measured['seeds']:.0f} seeds, at another distance"
    published = (known.published, known.source)
    return estimate_row(
        "D2", "validation", known.quantity, known.unit, published, measured, verdict, SCENARIO, why
    )


def gap_row(change: dict[str, float]) -> Row:
    """Return C20: centres do not change the gap between cities significantly."""
    known = target("C20")
    mean, error = change["mean"], change["se"]
    if not (math.isfinite(mean) and math.isfinite(error)):
        verdict, why = UNDECIDED, "no standard error: this takes two seeds or more and centres that open"
    elif abs(mean) <= 2.0 * error:
        verdict, why = HOLDS, ""
    else:
        verdict, why = FAILS, "with equal draws in both arms even a small change of the gap is significant"
    published = (known.published, known.source)
    quantity = f"{known.quantity}: change of the Theil index between cities"
    return estimate_row("C20", "sign", quantity, "%", published, change, verdict, SCENARIO, why)


def effect_row(effect: dict[str, float]) -> Row:
    """Return C32: the effect on hosts' innovation in log points."""
    known = target("C32")
    points = {**effect, "mean": effect["mean"] / 100.0, "se": effect["se"] / 100.0}
    verdict = range_verdict(points["mean"], points["se"], known.low, known.high)
    why = "" if verdict == HOLDS else "real hosts are large and had the cloud before; a centre adds little"
    quantity = f"{known.quantity}: mean effect on innovation of hosts"
    published = (known.published, known.source)
    return estimate_row("C32", "validation", quantity, known.unit, published, points, verdict, SCENARIO, why)
