"""True effects of the centres, from twin runs: the benchmark of every estimate.

A host has two effects. *Own*: against the same run with every centre but the host's; a comparison of hosts
with other cities estimates it. *Total*: against the same run without any centre; it includes the effect of
other centres on the host. Where a centre affects other cities the two differ, and estimates may differ from
both, as comparison cities are affected too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.evaluation.codebook import BANDS
from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.simulated_panel import first_years, measures
from experiments.study.one_run import run_one
from experiments.study.study import WITH, Study, twins
from model.country.city_tables import distances_km
from model.engine.draws import stream_key, uniforms
from model.scenarios.scenario import Opening, Scenario

CityYears = dict[str, Floats]  # measure → (years, cities)


def run_with(study: Study, seed: int, openings: Sequence[Opening], **changes: float) -> pd.DataFrame:
    """Return the yearly rows of one run of the study's country in which exactly these centres open."""
    return run_one(replace(study, arms=twins(given(study, openings, **changes))), seed, WITH).panel


def given(study: Study, openings: Sequence[Opening], **changes: float) -> Scenario:
    """Return the study's scenario with exactly these openings and some parameters changed."""
    return Scenario(
        "given",
        "openings as given",
        parameters={**study.scenario.parameters, **changes},
        openings=tuple(openings),
        varying=study.scenario.varying,
    )


@dataclass(frozen=True)
class TrueEffects:
    """Effects of one seed. ``treated`` (years, cities); ``total``: measure → with − without, (years, cities).

    ``own``: host → measure → (years, cities), the run less the same run without that host's centres: the
    host's column is the own effect, the others are spillovers to other cities.
    """

    treated: np.ndarray
    distance: Floats
    total: CityYears
    own: dict[int, CityYears]

    def total_effect(self, measure: str, cities: np.ndarray | None = None) -> float:
        """Return the mean total effect over treated city-years, of the chosen cities (C,) if given."""
        cells = self.treated if cities is None else self.treated & cities[None, :]
        return _mean(self.total[measure][cells])

    def own_effect(self, measure: str, cities: np.ndarray | None = None) -> float:
        """Return the mean own effect over treated city-years of the hosts that were left out in turn."""
        found = [
            run[measure][self.treated[:, host], host]
            for host, run in self.own.items()
            if cities is None or cities[host]
        ]
        return _mean(np.concatenate(found)) if found else float("nan")

    def spillover(self, measure: str) -> float:
        """Return the mean total effect on cities without a centre, over years in which some city has one."""
        return _mean(self.total[measure][~self.treated & self.treated.any(axis=1)[:, None]])

    def by_band(self, measure: str) -> dict[str, float]:
        """Return the mean effect of one centre on a city without one, by band of distance."""
        found: dict[str, list[Floats]] = {name: [] for name in BANDS.values()}
        for host, run in self.own.items():
            years = self.treated[:, host]
            for (low, high), name in BANDS.items():
                near = (self.distance[host] >= low) & (self.distance[host] < high)
                near[host] = False
                cells = ~self.treated[years] & near[None, :]
                found[name].append(run[measure][years][cells])
        return {
            name: _mean(np.concatenate(parts)) if parts else float("nan") for name, parts in found.items()
        }


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def find_true_effects(
    study: Study,
    seed: int,
    openings: Sequence[Opening],
    with_centres: pd.DataFrame,
    without: pd.DataFrame,
    hosts: Sequence[int],
) -> TrueEffects:
    """Find the true effects from rows with and without centres and one more run for each host."""
    count = len(study.country.cities)
    own_run, base = measures(with_centres, count), measures(without, count)
    years = len(own_run["innovations"])
    treated = np.arange(years)[:, None] >= first_years(openings, count)[None, :]
    own = {}
    for host in hosts:
        left = [opening for opening in openings if opening.city != host]
        other = measures(run_with(study, seed, left), count)
        own[int(host)] = {name: own_run[name] - other[name] for name in own_run}
    distance = distances_km(study.country.cities["lon"].to_numpy(), study.country.cities["lat"].to_numpy())
    total = {name: own_run[name] - base[name] for name in own_run}
    return TrueEffects(treated, distance, total, own)


def some_hosts(openings: Sequence[Opening], most: int, seed: int, last_quarter: int) -> list[int]:
    """Draw at most ``most`` cities whose centre opens at least two quarters before the last, by seed."""
    hosts = np.array(sorted({o.city for o in openings if o.quarter <= last_quarter - 2}), dtype=np.int64)
    order = uniforms(stream_key(seed, "evaluation.truth.hosts", 0), hosts)
    return sorted(int(host) for host in hosts[np.argsort(order, kind="stable")[:most]])
