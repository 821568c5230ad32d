"""Dated policies, institutions and shocks, each against the same scenario without any change in time."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.measures.effect_tables import cities_by_band, gap_changes
from experiments.measures.inequality import top_share
from experiments.measures.twin_pairs import WINDOW_YEARS, mean_and_se, pairs
from experiments.questions.layouts import centre_figures
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT
from model.scenarios.scenario import Scenario, ScenarioError

POLICIES = (
    "policy_stages",
    "compute_registration",
    "public_procurement",
    "builder_finance",
    "compute_agents",
)
NEAR_KM, FAR_KM = "0-150", "over 1000"
TOP = 5  # cities
# Measure → meaning, unit.
MEASURES = {
    "hosts": ("effect on innovation of host cities", "%"),
    "others": ("effect on innovation of other cities", "%"),
    "near": ("effect on innovation of cities within 150 km of a centre", "%"),
    "far": ("effect on innovation of cities beyond 1000 km", "%"),
    "country": ("effect on the country's innovation", "%"),
    "gdp": ("effect on the country's real GDP", "%"),
    "gap": ("change of the Theil index between cities", "%"),
    "gap_regions": ("change of the Theil index between regions, per head", "%"),
    "top_cities": ("change of the five largest cities' share of innovation", "percentage points"),
    "compute": ("effect on the compute that is used", "%"),
    "price": ("effect on the mean price of compute that cities pay", "%"),
    "use": ("change of the use of centres", "percentage points"),
    "concentration": ("change of the concentration of centres' sales (Herfindahl)", "points of 100"),
}


def arms(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    """Return two arms for each scenario: itself, and the same with all parameters constant.

    Raises ScenarioError if nothing varies in a scenario.
    """
    found: dict[str, Scenario] = {}
    for one in scenarios:
        if not one.varying:
            raise ScenarioError(f"scenario {one.name} has no [varying]: nothing in it changes with time")
        found |= arms_of(one)
    return found


def arms_of(one: Scenario, switches: Collection[str] = ()) -> dict[str, Scenario]:
    """Return the scenario, and the same with constant parameters, some of them at their defaults."""
    left = {name: value for name, value in one.parameters.items() if name not in switches}
    constant = replace(one, name=f"{one.name}-constant", parameters=left, varying={})
    return {f"{one.name} {WITH}": one, f"{one.name} {WITHOUT}": constant}


def concentration(twins: Results, seed: int, arm: str) -> float:
    """Return the Herfindahl index of the centres' sales in the last years, mean over years, × 100."""
    centres = twins.centres[(twins.centres["seed"] == seed) & (twins.centres["arm"] == arm)]
    late = centres[centres["year"] > twins.study.until - WINDOW_YEARS]
    sales = (late["served"] * late["price"]).groupby(late["year"])
    return float(100.0 * sales.agg(lambda own: ((own / own.sum()) ** 2).sum()).mean())


def by_seed(twins: Results) -> pd.DataFrame:
    """Return one row for each seed: seed, then ``MEASURES``, means of the last years."""
    country = twins.study.country
    rows = []
    for pair in pairs(twins):
        bands = cities_by_band(pair, country.distances)
        changes = gap_changes(pair, country.cities)
        treated, control = pair.late("innovation")
        use = {arm: centre_figures(twins, pair.seed, arm).get("use", math.nan) for arm in (WITH, WITHOUT)}
        everywhere = np.ones(len(country.cities), dtype=bool)
        rows.append(
            {
                "seed": pair.seed,
                "hosts": pair.group_effect(pair.host_flags()),
                "others": pair.group_effect(~pair.host_flags()),
                "near": pair.group_effect(bands[NEAR_KM]),
                "far": pair.group_effect(bands[FAR_KM]),
                "country": pair.group_effect(everywhere),
                "gdp": pair.group_effect(everywhere, "real_gdp"),
                "gap": changes["Theil"],
                "gap_regions": changes["Theil between regions"],
                "top_cities": 100.0 * (top_share(treated, TOP) - top_share(control, TOP)),
                "compute": pair.group_effect(everywhere, "compute_use"),
                "price": pair.group_effect(everywhere, "compute_price"),
                "use": 100.0 * (use[WITH] - use[WITHOUT]),
                "concentration": concentration(twins, pair.seed, WITH)
                - concentration(twins, pair.seed, WITHOUT),
            }
        )
    return pd.DataFrame(rows, columns=["seed", *MEASURES])


def policies(results: Results, names: Sequence[str]) -> pd.DataFrame:
    """Return means over seeds: scenario, measure, unit, mean, se, seeds."""
    rows = []
    for name in names:
        found = by_seed(results.point(name))
        for measure, (_, unit) in MEASURES.items():
            rows.append({"scenario": name, "measure": measure, "unit": unit, **mean_and_se(found[measure])})
    return pd.DataFrame(rows)
