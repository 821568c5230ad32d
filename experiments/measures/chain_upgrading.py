"""Chain upgrading: effects of centres on rungs and value added; a new technique and the order of cities.

``python -m experiments.measures.chain_upgrading`` prints the tables of docs/chain.md (about three minutes).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.measures.twin_pairs import FEWEST_FIRMS as FEWEST_OF_MEANS
from model import Parameters, RegionalModel, Scenario
from model.country.country import Country
from model.scenarios.scenario_catalogue import find_scenario

Floats = NDArray[np.float64]

MARGIN = 0.05  # log points: smaller differences do not count as an order
FEWEST_FIRMS = 10  # cities with fewer firms are left out: their order is mostly random
YEARS = 5
ARRIVAL, END = 2012, 2035
NEVER = 2300  # an arrival after every run: techniques are learned, but no new one comes
RUNG_MEASURES = (
    "chain_level",
    "chain_position",
    "chain_mode",
    "chain_tiers",
    "chain_length",
    "chain_density",
    "chain_locality",
    "climbs",
    "falls",
    "value_share",
    "value_added",
    "innovation",
)
TECHNIQUE_MEASURES = ("technique_share", "new_productivity", "revenue", "innovation")
CASES: Mapping[str, Mapping[str, float]] = {
    "no new technique": {"paradigm_arrival": NEVER},
    "new technique, ψ = 0": {},
    "ψ = 0.3": {"experience_diffusion": 0.3},
    "ψ = 0.7": {"experience_diffusion": 0.7},
    "ψ = 1": {"experience_diffusion": 1.0},
    "ψ = 1, any distance": {"experience_diffusion": 1.0, "experience_reach": 1e6},
    "ψ = 0, all adopt on arrival": {"technique_lock_in": 0.0},
    "ψ = 0, half the advance of the new one": {"new_limit": 1.0},
    "ψ = 0, compute does not speed learning": {"compute_learning": 0.0},
    "ψ = 0, no centres": {},
}


def overtakes(before: Floats, after: Floats, margin: float = MARGIN) -> float:
    """Return the share of ordered pairs of cities whose order is lastingly reversed, beyond a margin.

    Args:
        before: measure of each city, (C,), in logs.
        after: the same in later windows, (W, C); the new order must hold in every one.
        margin: log points by which one must be behind first, and ahead later.

    Returns:
        Reversed pairs over ordered pairs; 0 if no pair was ordered.
    """
    ahead = before[:, None] - before[None, :] > margin
    turned = np.logical_and.reduce([late[None, :] - late[:, None] > margin for late in after])
    return float((ahead & turned).sum() / ahead.sum()) if ahead.any() else 0.0


def rank_correlation(one: Floats, other: Floats) -> float:
    """Return Spearman's correlation of two measures of the same cities, (C,); NaN if one is constant."""
    ranks = [pd.Series(values).rank() for values in (one, other)]
    return float(ranks[0].corr(ranks[1])) if all(r.nunique() > 1 for r in ranks) else float("nan")


def window(model: RegionalModel, name: str, last_year: int, years: int = YEARS) -> Floats:
    """Return the mean of a recorded measure over the years up to ``last_year``, (C,)."""
    end = (last_year - model.parameters.start_year + 1) * 4
    return np.mean(model.history[name][end - 4 * years : end], axis=0)


def per_firm(model: RegionalModel, name: str, last_year: int, years: int = YEARS) -> Floats:
    """Return the log of a measure per firm over the years up to ``last_year``, (C,); −inf where it is 0."""
    firms = np.maximum(window(model, "firms", last_year, years), 1e-9)
    with np.errstate(divide="ignore"):
        return np.log(window(model, name, last_year, years) / firms)


class ModelOptions(TypedDict, total=False):
    """Arguments of RegionalModel that the runs of a table share."""

    parameters: Parameters
    country: Country
    cities: pd.DataFrame
    threads: int


def technique_run(
    seed: int,
    arrival: float,
    until: int = END,
    *,
    scenario: str | Scenario = "paradigm",
    **how: Unpack[ModelOptions],
) -> RegionalModel:
    """Run the model with a new technique; ``how``: arguments of RegionalModel, such as parameters."""
    given: dict[str, Any] = {"paradigm_arrival": arrival, **how}
    model = RegionalModel(scenario=scenario, rng=seed, **given)
    model.run_until(until)
    return model


def order_of(model: RegionalModel, arrival: int, until: int) -> dict[str, float]:
    """Compare the order of cities before the arrival and at the end: shares of pairs, and correlations."""
    kept = np.minimum(window(model, "firms", arrival - 1), window(model, "firms", until)) >= FEWEST_FIRMS
    found: dict[str, float] = {}
    for label, name in (("innovation", "innovation"), ("sales", "revenue")):
        before = per_firm(model, name, arrival - 1)[kept]
        after = np.array([per_firm(model, name, year)[kept] for year in (until - YEARS, until)])
        found[f"overtakes, {label} per firm, %"] = 100.0 * overtakes(before, after)
        found[f"rank correlation, {label} per firm"] = rank_correlation(before, after[-1])
    share, old, new = (
        window(model, name, until) for name in ("technique_share", "old_productivity", "new_productivity")
    )
    level = share * new + (1.0 - share) * old
    before = window(model, "old_productivity", arrival - 1)
    found["rank correlation, technique"] = rank_correlation(before[kept], level[kept])
    sales = window(model, "revenue", until)
    found["cities that took it up, %"] = 100.0 * float((model.state["cities"]["new_since"][kept] > 0).mean())
    found["share of sales, %"] = 100.0 * float((share * sales).sum() / sales.sum())
    return found


def techniques_table(seeds: Sequence[int], until: int = END, **how: Unpack[ModelOptions]) -> pd.DataFrame:
    """Return the mean of ``order_of`` over seeds, one row for each case."""
    rows = {}
    for label, changes in CASES.items():
        found = []
        for seed in seeds:
            given: dict[str, Any] = {**how, **changes}
            arrival = given.pop("paradigm_arrival", ARRIVAL)
            if label.endswith("no centres"):
                given["scenario"] = find_scenario("paradigm").twin()
            found.append(order_of(technique_run(seed, arrival, until, **given), ARRIVAL, until))
        rows[label] = pd.DataFrame(found).mean()
    return pd.DataFrame(rows).T


def effects_table(
    measures: Sequence[str], seeds: Sequence[int], scenario: Scenario, until: int, **how: Unpack[ModelOptions]
) -> pd.DataFrame:
    """Return the effect of centres on hosts and other cities in the last five years, with standard errors.

    ``value_share`` is value added over sales, of the group's totals. All else: means over cities with at
    least five firms in both runs.
    """
    rows: dict[str, list[list[float]]] = {name: [] for name in measures}
    for seed in seeds:
        arms = [RegionalModel(scenario=arm, rng=seed, **how) for arm in (scenario, scenario.twin())]
        for arm in arms:
            arm.run_until(until)
        hosts = np.zeros(len(arms[0].cities), bool)
        hosts[[opening.city for opening in arms[0].openings if opening.quarter < arms[0].quarter]] = True
        kept = np.minimum(*(window(arm, "firms", until) for arm in arms)) >= FEWEST_OF_MEANS
        for name in measures:
            row = []
            for group in (hosts, ~hosts):
                treated, control = (_group_value(arm, name, until, group, kept) for arm in arms)
                row += [control, treated - control]
            rows[name].append(row)
    return pd.DataFrame(
        {name: _summary(np.array(values)) for name, values in rows.items()},
        index=["hosts without", "effect", "s.e.", "others without", "effect on others", "s.e. of others"],
    ).T


def _group_value(
    model: RegionalModel, name: str, until: int, group: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> float:
    if name == "value_share":
        added, sold = (window(model, total, until)[group].sum() for total in ("value_added", "revenue"))
        return float(added / sold) if sold > 0 else float("nan")
    values = window(model, name, until)[group & kept]
    return float(values.mean()) if len(values) else float("nan")


def _summary(values: Floats) -> list[float]:
    errors = values.std(axis=0, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.full(4, np.nan)
    mean = values.mean(axis=0)
    return [mean[0], mean[1], errors[1], mean[2], mean[3], errors[3]]


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.measures.chain_upgrading", description=__doc__
    )
    parser.add_argument("--seeds", type=int, default=5, help="number of seeds (default 5)")
    parser.add_argument("--firms", type=int, default=10_000, help="firms at the start (default 10000)")
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.seeds < 1:
        parser.error(f"--seeds cannot be {given.seeds}: it must be at least 1")
    seeds = range(1, given.seeds + 1)
    parameters = Parameters.checked(firms=given.firms)
    paradigm, random = find_scenario("paradigm"), find_scenario("random_hosts")
    studies = [
        ("chain, real hosts", find_scenario("actual"), RUNG_MEASURES),
        ("chain, random hosts", random, RUNG_MEASURES),
        ("paradigm, real hosts", paradigm, TECHNIQUE_MEASURES),
        ("paradigm, random hosts", replace(random, parameters=paradigm.parameters), TECHNIQUE_MEASURES),
    ]
    with pd.option_context("display.width", 200, "display.max_columns", 20, "display.precision", 3):
        for label, scenario, measures in studies:
            print(f"\nEffect of centres, {label}, {len(seeds)} seeds, 2026-2030")
            print(effects_table(measures, seeds, scenario, 2030, parameters=parameters))
        print(f"\nOrder of cities, 2007-2011 against 2026-2030 and 2031-2035, {len(seeds)} seeds")
        print(techniques_table(seeds, parameters=parameters))


if __name__ == "__main__":
    main()
