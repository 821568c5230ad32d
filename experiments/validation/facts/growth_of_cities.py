"""Figures of cities in one run: growth of people, sizes, scaling; and of the effect of centres on them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.measures.findings import FAR_KM, NEAR_KM, effect_at_distance
from experiments.measures.inequality import gini
from experiments.measures.panel_checks import Floats
from experiments.measures.twin_pairs import Pair
from experiments.validation import firm_estimators as estimate

CENSUS = (2010, 2020)
SCALING_YEAR = 2015
TOP_CITIES = 100


def city_figures(years: np.ndarray, cities: dict[str, Floats], table: pd.DataFrame) -> dict[str, float]:
    """Return the figures by name; none if the run does not reach the years.

    cities: measure → (T, C); table: of the cities, with province and region.
    """
    if not {*CENSUS, SCALING_YEAR} <= set(years.tolist()):
        return {}
    row = {year: int(np.flatnonzero(years == year)[0]) for year in (*CENSUS, SCALING_YEAR)}
    before, after = (cities["people"][row[year]] for year in CENSUS)
    lived = (before > 0) & (after > 0)
    growth = np.log(after[lived] / before[lived])
    region, province = (table[name].to_numpy()[lived] for name in ("region", "province"))
    by_region = {
        name: float(np.log(after[lived][region == name].sum() / before[lived][region == name].sum()))
        for name in np.unique(region)
    }
    found = {
        "people_rank_size": estimate.rank_size_slope(after, TOP_CITIES),
        "people_growth_sd": float(growth.std()),
        "people_growth_kurtosis": float(((growth - growth.mean()) ** 4).mean() / growth.var() ** 2),
        "people_growth_size": estimate.slope(growth, np.log(before[lived])),
        "people_growth_within": _within(growth, province),
        "people_gini": gini(after, np.ones(len(after))) - gini(before, np.ones(len(before))),
    }
    if {"east", "northeast"} <= set(by_region) and len(by_region) > 2:
        others = [value for name, value in by_region.items() if name != "east"]
        found["people_east"] = by_region["east"] - max(others)
        found["people_northeast"] = by_region["northeast"] - min(
            value for name, value in by_region.items() if name != "northeast"
        )
    people = cities["people"][row[SCALING_YEAR]]
    for name in ("gdp", "innovation"):
        values = cities[name][row[SCALING_YEAR]]
        used = (people > 0) & (values > 0)
        found[f"{name}_scaling"] = estimate.slope(np.log(values[used]), np.log(people[used]))
    return found


def _within(growth: Floats, province: np.ndarray) -> float:
    """Return the share of the variance of growth that lies within provinces."""
    code = np.unique(province, return_inverse=True)[1]
    mean = np.bincount(code, growth) / np.bincount(code)
    return float(((growth - mean[code]) ** 2).mean() / growth.var())


def effect_figures(pair: Pair, table: pd.DataFrame) -> dict[str, float]:
    """Return figures of the effect of centres on other cities and on hosts of the east and elsewhere, %."""
    near, far = (effect_at_distance(pair, table, band) for band in (NEAR_KM, FAR_KM))
    east = (table["region"] == "east").to_numpy()
    hosts = pair.host_flags()
    return {
        "effect_hosts": pair.group_effect(hosts),
        "effect_near": near,
        "effect_far_near": far / near if near > 0 else np.nan,
        "effect_east": pair.group_effect(hosts & east) - pair.group_effect(hosts & ~east),
    }
