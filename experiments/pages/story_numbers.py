"""Numbers of the three stories in the app: catch-up, leapfrogging and the gap.

``python -m experiments.pages.story_numbers viz/assets/stories.json`` measures them again (about ten minutes).
Each number is taken within a seed; then follow mean and standard error over seeds, and the share of seeds
with the sign that the story claims. Definitions: `experiments.questions.layouts`,
`experiments.measures.chain_upgrading`.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pandas as pd

from experiments.measures.chain_upgrading import (
    ARRIVAL,
    FEWEST_FIRMS,
    NEVER,
    ModelOptions,
    order_of,
    per_firm,
    technique_run,
    window,
)
from experiments.measures.effect_tables import distance_profile
from experiments.measures.inequality import ranks
from experiments.measures.leapfrogging import leaps, strict_leapers
from experiments.measures.twin_pairs import Pair, finite_mean, mean_and_se, pairs
from experiments.questions.layouts import layout
from experiments.study.results import Results
from experiments.study.run_arms import run_arms
from experiments.study.run_key import rules_fingerprint
from experiments.study.study import Study, twin_arms
from model.country.city_tables import load_cities
from model.country.country import build_country
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario_catalogue import SCENARIOS, find_scenario

UNTIL, LEAP_UNTIL = 2030, 2035
SEEDS = 12
POINTS = ("poor_sites_network", "poor_sites_local", "local_demand", "cross_region", "cross_region_trading")
LAYOUT_NUMBERS = ("theil", "theil_regions", "sigma", "country", "hosts", "others", "weakest", "use")
OVERTAKES = {
    "sales": "overtakes, sales per firm, %",
    "innovation": "overtakes, innovation per firm, %",
}
TAKEN_UP = "cities that took it up, %"


@dataclass(frozen=True)
class Claim:
    """A number in a story, with the sign that its text claims, 1 or −1; None: the text gives the number."""

    key: str
    unit: str
    sign: int | None = None


CLAIMS = (
    Claim("poor_sites_network.hosts", "%", 1),
    Claim("poor_sites_network.places", "places", 1),
    Claim("poor_sites_network.frontier", "log points", -1),
    Claim("poor_sites_network.weakest", "%"),
    Claim("poor_sites_network.theil", "%"),
    Claim("poor_sites_network.country", "%", 1),
    Claim("poor_sites_network.talent", "%"),
    Claim("poor_sites_network.data", "%", 1),
    Claim("poor_sites_network.use", "fraction", 1),
    Claim("poor_sites_network.others", "%"),
    Claim("poor_sites_network.near", "%"),
    Claim("poor_sites_network.leaps", "% of pairs"),
    Claim("poor_sites_network.leapers", "cities"),
    Claim("poor_sites_local.hosts", "%"),
    Claim("poor_sites_local.use", "fraction", 1),
    Claim("new_technique.sales", "% of pairs", 1),
    Claim("new_technique.innovation", "% of pairs", 1),
    Claim("new_technique.taken_up", "% of cities", 1),
    Claim("no_new_technique.sales", "% of pairs", 1),
    Claim("no_new_technique.innovation", "% of pairs", 1),
    Claim("common_experience.sales", "% of pairs", 1),
    Claim("no_centres.sales", "% of pairs", 1),
    Claim("beyond_null.sales", "% of pairs", 1),
    Claim("beyond_null.innovation", "% of pairs", 1),
    Claim("due_to_centres.sales", "% of pairs"),
    Claim("new_technique.leapers", "cities", 1),
    Claim("no_new_technique.leapers", "cities"),
    Claim("hosts_by_lot.places", "places"),
    *(
        Claim(f"{layout_name}.{name}", "%")
        for layout_name in ("local_demand", "cross_region", "cross_region_trading")
        for name in ("theil", "theil_regions", "sigma", "hosts", "others", "country")
    ),
)


def twin_numbers(twins: Results) -> dict[str, list[float]]:
    """Return numbers of a scenario compared with its twin, one value per seed.

    They are those of ``layout`` and: ``places``, places in innovation that the mean host gains; ``frontier``,
    change of the log distance of the mean host to the mean of the tenth of cities that innovate most without
    centres; ``talent`` and ``data``, effects on hosts, %; ``near``, effect on cities without a centre within
    150 km of one, %; ``leaps``, lasting overtakes less those of the twin, % of possible pairs; ``leapers``,
    cities that rise from the bottom half to the top quartile for good, less those of the twin
    (`experiments.measures.leapfrogging`).
    """
    by_seed = layout(twins)
    found = pairs(twins)
    return {
        **{name: by_seed[name].tolist() for name in LAYOUT_NUMBERS if name in by_seed},
        "places": [_places(pair) for pair in found],
        "frontier": [_frontier(pair) for pair in found],
        "talent": [finite_mean(pair.effect("talent")[pair.hosts]) for pair in found],
        "data": [finite_mean(pair.effect("data")[pair.hosts]) for pair in found],
        "near": [
            float(distance_profile([pair], twins.study.country.cities)["mean"].iloc[0]) for pair in found
        ],
        "leaps": [100.0 * _against_twin(pair, lambda y: leaps(y).rate) for pair in found],
        "leapers": [_against_twin(pair, lambda y: float(strict_leapers(y).sum())) for pair in found],
    }


def _against_twin(pair: Pair, count: Callable[[np.ndarray], float]) -> float:
    return count(pair.with_centres["innovation"]) - count(pair.without["innovation"])


def _places(pair: Pair) -> float:
    treated, control = pair.late("innovation")
    return finite_mean((ranks(control) - ranks(treated))[pair.hosts])


def _frontier(pair: Pair) -> float:
    treated, control = pair.late("innovation")
    leaders = np.argsort(-control, kind="stable")[: max(1, len(control) // 10)]
    return float(
        np.log(treated[leaders].mean() / treated[pair.hosts].mean())
        - np.log(control[leaders].mean() / control[pair.hosts].mean())
    )


def layout_numbers(results: Results) -> dict[str, list[float]]:
    """Return ``NAME.number`` → one value per seed, for every point of ``POINTS`` in the results."""
    known = {arm.rsplit(" ", 1)[0] for arm in results.study.arms}
    found = {name: results.point(name) for name in POINTS if name in known}
    return {
        f"{name}.{key}": values
        for name, twins in found.items()
        if twins.records
        for key, values in twin_numbers(twins).items()
    }


def technique_numbers(
    seeds: Sequence[int], until: int = LEAP_UNTIL, **options: Unpack[ModelOptions]
) -> dict[str, list[float]]:
    """Return ``CASE.number`` → one value per seed: lasting overtakes with and without a new technique.

    ``leapers``: cities that rise from the bottom half to the top quartile of sales per firm for good.
    ``beyond_null``: difference from the run without a new technique. ``due_to_centres``: difference from the
    run without centres. ``hosts_by_lot.places``: places in sales per firm that hosts drawn at random gain.

    options: parameters and tables of the runs.
    """
    cases: Mapping[str, Mapping[str, Any]] = {
        "new_technique": {},
        "no_new_technique": {"paradigm_arrival": NEVER},
        "common_experience": {"experience_diffusion": 1.0, "experience_reach": 1e6},
        "no_centres": {"scenario": find_scenario("paradigm").twin()},
    }
    found: dict[str, list[float]] = {}
    for seed in seeds:
        orders = {}
        for case, changes in cases.items():
            given: dict[str, Any] = {**options, **changes}
            arrival = given.pop("paradigm_arrival", ARRIVAL)
            run = technique_run(seed, arrival, until, **given)
            orders[case] = order_of(run, ARRIVAL, until)
            for name, label in OVERTAKES.items():
                found.setdefault(f"{case}.{name}", []).append(orders[case][label])
            found.setdefault(f"{case}.leapers", []).append(_leapers(run, until))
        found.setdefault("new_technique.taken_up", []).append(orders["new_technique"][TAKEN_UP])
        for name, label in OVERTAKES.items():
            mine = orders["new_technique"][label]
            for other, null in (("beyond_null", "no_new_technique"), ("due_to_centres", "no_centres")):
                found.setdefault(f"{other}.{name}", []).append(mine - orders[null][label])
        found.setdefault("hosts_by_lot.places", []).append(_places_in_sales(seed, until, options))
    return found


def _leapers(run: RegionalModel, until: int) -> float:
    """Count the cities that leap strictly in sales per firm, from the year before the arrival."""
    years = range(ARRIVAL - 1, until + 1)
    kept = np.min([window(run, "firms", year, 1) for year in years], axis=0) >= FEWEST_FIRMS
    return float(strict_leapers(np.exp([per_firm(run, "revenue", year, 1)[kept] for year in years])).sum())


def _places_in_sales(seed: int, until: int, options: Mapping[str, Any]) -> float:
    """Return the places in sales per firm that hosts drawn at random gain, where a technique arrives."""
    scenario = find_scenario("random_hosts")
    with_centres, without = (
        technique_run(seed, ARRIVAL, until, **{**options, "scenario": arm})
        for arm in (scenario, scenario.twin())
    )
    kept = np.minimum(*(window(run, "firms", until) for run in (with_centres, without))) >= FEWEST_FIRMS
    before, after = (ranks(per_firm(run, "revenue", until)[kept]) for run in (without, with_centres))
    hosts = np.isin(np.flatnonzero(kept), [opening.city for opening in with_centres.openings])
    return finite_mean((before - after)[hosts])


def leap_cities(
    seed: int, until: int = LEAP_UNTIL, **options: Unpack[ModelOptions]
) -> list[dict[str, float]]:
    """Return places of cities in sales per firm before the arrival and at the end, with and without it.

    One row per city of ``FEWEST_FIRMS`` firms or more: city_id, before, after, without (1 is the first).
    """
    runs = [technique_run(seed, arrival, until, **options) for arrival in (ARRIVAL, NEVER)]
    windows = [(run, year) for run in runs for year in (ARRIVAL - 1, until)]
    kept = np.min([window(run, "firms", year) for run, year in windows], axis=0) >= FEWEST_FIRMS
    places = [ranks(per_firm(run, "revenue", year)[kept]) for run, year in windows]
    ids = runs[0].cities["city_id"].to_numpy()[kept]
    return [
        {"city_id": int(city), "before": float(before), "after": float(after), "without": float(without)}
        for city, before, after, without in zip(ids, places[0], places[1], places[3], strict=True)
    ]


def claim_rows(values: Mapping[str, list[float]]) -> dict[str, dict[str, object]]:
    """Return the numbers of ``CLAIMS``: unit, sign, mean, se, seeds, share with the sign, values."""
    rows: dict[str, dict[str, object]] = {}
    for claim in CLAIMS:
        if claim.key in values:
            x = np.array(values[claim.key])
            rows[claim.key] = {
                "unit": claim.unit,
                "sign": claim.sign,
                **mean_and_se(x),
                "share": float((np.sign(x) == (claim.sign or 1)).mean()),
                "values": [float(f"{value:.5g}") for value in x],
            }
    return rows


def layout_study(
    seeds: Sequence[int],
    parameters: Parameters,
    cities: pd.DataFrame,
    until: int = UNTIL,
    points: Sequence[str] = POINTS,
) -> Study:
    """Return the study of the layouts, each with its twin."""
    arms = twin_arms({name: SCENARIOS[name] for name in points})
    return Study(arms, tuple(seeds), parameters, until, build_country(cities))


def main(arguments: Iterable[str] | None = None) -> None:
    """Measure the numbers of all stories and write them."""
    parser = argparse.ArgumentParser(prog="python -m experiments.pages.story_numbers", description=__doc__)
    parser.add_argument("out", type=Path, help="JSON file to write")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"number of seeds (default {SEEDS})")
    parser.add_argument("--firms", type=int, default=10_000, help="firms at the start (default 10000)")
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.seeds < 2:
        parser.error(f"--seeds cannot be {given.seeds}: it must be at least 2")
    seeds, cities = range(1, given.seeds + 1), load_cities()
    parameters = Parameters.checked(firms=given.firms)
    values = layout_numbers(run_arms(layout_study(seeds, parameters, cities)))
    values |= technique_numbers(seeds, parameters=parameters, cities=cities)
    made = {
        "date": datetime.date.today().isoformat(),
        "rules": rules_fingerprint(),
        "seeds": given.seeds,
        "firms": given.firms,
        "cities": len(cities),
        "until": UNTIL,
        "leap_until": LEAP_UNTIL,
    }
    leaps_of_one_seed = leap_cities(seeds[0], parameters=parameters, cities=cities)
    given.out.write_text(as_text(made, claim_rows(values), leaps_of_one_seed), encoding="utf-8")


def as_text(
    made: Mapping[str, object], numbers: Mapping[str, object], cities: Sequence[Mapping[str, float]]
) -> str:
    """Return the file: a line per number, then a line per city."""
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in numbers.items()]
    rows = [f"  {json.dumps(row)}" for row in cities]
    parts = [f' "made": {json.dumps(made)}', ' "numbers": {\n' + ",\n".join(lines) + "\n }"]
    parts.append(' "leap_cities": [\n' + ",\n".join(rows) + "\n ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
