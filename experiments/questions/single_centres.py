"""Effects of one centre alone: each host city in its own run, with one standard centre of each kind.

With many centres a city has one nearby and others far away. Here only one city hosts, so the effect at a
distance from it is the effect of that distance. The hosts are those of a scenario; where the scenario draws
them by lot, as many are drawn for each seed from all cities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from experiments.measures.effect_tables import band_labels, cities_by_band
from experiments.measures.twin_pairs import Pair, mean_and_se, pairs
from experiments.study.results import Results
from experiments.study.study import WITHOUT, Study
from model.engine.draws import stream_key, uniforms
from model.parameters import Parameters
from model.scenarios.scenario import Opening, Scenario, quarter_of
from model.scenarios.siting import openings_of

HOST, OTHERS, COUNTRY = "host", "all others", "whole country"


def arms(scenarios: Sequence[Scenario], parameters: Parameters) -> dict[str, Scenario]:
    """Return the arms that need no country: the twin of each scenario."""
    return {f"{one.name} {WITHOUT}": one.twin() for one in scenarios}


def hosts_of(scenario: Scenario, study: Study, seed: int) -> dict[int, int]:
    """Return the host cities of a seed: row of the city → quarter in which its centre opens.

    Of a scenario with hosts drawn by lot as many are drawn from all cities; of any other the cities in which
    it opens centres, each at the first of its dates.
    """
    cities, start = study.country.cities, study.parameters.start_year
    if scenario.centres == "random":
        draws = uniforms(stream_key(seed, "study.single_centres", 0), np.arange(len(cities)))
        rows = np.sort(np.argsort(draws, kind="stable")[: scenario.hosts])
        return {int(row): quarter_of(scenario.opens, start) for row in rows}
    opened = openings_of(scenario, cities, study.country.centres, start, seed)
    return {opening.city: opening.quarter for opening in reversed(opened)}


def alone(scenario: Scenario, city: int, quarter: int) -> Scenario:
    """Return the scenario with one standard centre of each kind in one city, and no other."""
    centres = tuple(Opening(f"S{city}-{kind}", city, kind, quarter, 1.0) for kind in KINDS)
    return replace(scenario.twin(), name=scenario.name, openings=centres)


def by_seed(study: Study, scenarios: Sequence[Scenario]) -> Study:
    """Return the study with an arm for each host of each seed: ``SCENARIO CITY``, city its city_id."""
    whole = dict(study.arms)
    ids = study.country.cities["city_id"].to_numpy()
    of_seed: dict[int, tuple[str, ...]] = {}
    for seed in study.seeds:
        own = [f"{one.name} {WITHOUT}" for one in scenarios]
        for one in scenarios:
            for city, quarter in hosts_of(one, study, seed).items():
                name = f"{one.name} {ids[city]}"
                whole.setdefault(name, alone(one, city, quarter))
                own.append(name)
        of_seed[seed] = tuple(own)
    return replace(study, arms=whole, arms_of=of_seed)


def by_run(results: Results, scenario: str) -> pd.DataFrame:
    """Return a row for each seed, host and group of cities: seed, city_id, group, effect (%), cities.

    The effect on innovation is 100·ln of the ratio of the group's sums. group: the host, the other cities by
    distance from it, all others, the whole country.
    """
    country = results.study.country
    rows = []
    for arm in results.study.arms:
        city = arm.removeprefix(f"{scenario} ")
        if city in (arm, WITHOUT):
            continue
        twins = results.pair(arm, f"{scenario} {WITHOUT}")
        for pair in pairs(twins) if twins.records else []:
            rows += [
                {"seed": pair.seed, "city_id": int(city), "group": group, **_effect(pair, here)}
                for group, here in groups(pair, country.distances).items()
            ]
    return pd.DataFrame(rows, columns=["seed", "city_id", "group", "effect", "cities"])


def groups(pair: Pair, distances: np.ndarray) -> dict[str, np.ndarray]:
    """Return the groups of cities of a run, each (C,): host, bands of distance, all others, all."""
    host = pair.host_flags()
    return {HOST: host, **cities_by_band(pair, distances), OTHERS: ~host, COUNTRY: host | True}


def _effect(pair: Pair, here: np.ndarray) -> dict[str, float]:
    return {"effect": pair.group_effect(here), "cities": float(here.sum())}


def single_centres(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the effect by group: group, mean, se, median, up (share of runs above 0), runs, cities.

    mean, se: over hosts and seeds; median: over hosts of the mean of each over its seeds; cities: their mean
    number.
    """
    found = []
    for group in (HOST, *band_labels(), OTHERS, COUNTRY):
        own = rows[(rows["group"] == group) & np.isfinite(rows["effect"])]
        known = mean_and_se(own["effect"])
        by_host = own.groupby("city_id")["effect"].mean()
        found.append(
            {
                "group": group,
                "mean": known["mean"],
                "se": known["se"],
                "median": float(by_host.median()) if len(by_host) else float("nan"),
                "up": float((own["effect"] > 0).mean()) if len(own) else float("nan"),
                "hosts": len(by_host),
                "runs": len(own),
                "cities": float(own["cities"].mean()) if len(own) else 0.0,
            }
        )
    return pd.DataFrame(found)
