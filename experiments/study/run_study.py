"""Runs of several arms: the same country and luck under different scenarios and parameters.

An *arm* is a named scenario; a change of parameters is part of a scenario (``Scenario.parameters``). A pair of
twins is a plan with two arms (``experiments.study.study.Study``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import networkx as nx
import pandas as pd

from experiments.study.run_cache import kept, key, put, tables_hash
from experiments.study.study import WITH, WITHOUT, Record, Runs, Study, TwinResults, try_run
from experiments.study.worker_pool import iter_results
from model.extensions.extended_model import Extensions, extended
from model.parameters import Parameters
from model.regional_model import RECORDED
from model.scenarios.scenario import Scenario

INTERRUPTED = "interrupted before it ended"
Run = tuple[int, str]  # seed, arm


@dataclass(frozen=True)
class Plan:
    """Arms to be run with every seed through the end of ``until``: name → scenario."""

    arms: Mapping[str, Scenario]
    seeds: tuple[int, ...]
    parameters: Parameters
    until: int
    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]
    threads: int = 1
    measures: tuple[str, ...] = RECORDED
    extension: Extensions = None
    check: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", extended(self.extension).settle(self.parameters))


def changed(scenario: Scenario, changes: Mapping[str, float]) -> Scenario:
    """The scenario with further changes of parameters, which come on top of its own."""
    return replace(scenario, parameters={**scenario.parameters, **changes})


def twin_arms(points: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Two arms for each point of a study: the scenario (``NAME with``) and its twin (``NAME without``)."""
    arms: dict[str, Scenario] = {}
    for name, scenario in points.items():
        arms[f"{name} {WITH}"], arms[f"{name} {WITHOUT}"] = scenario, scenario.twin()
    return arms


@dataclass
class ArmResults:
    """What came of a plan: each run's record, or where it is kept; ``failures``: run → why there is none."""

    plan: Runs
    records: dict[Run, Record | Path] = field(default_factory=dict)
    failures: dict[Run, str] = field(default_factory=dict)
    interrupted: bool = False

    def record(self, seed: int, arm: str) -> Record:
        """One run, read from its folder if it was kept."""
        found = self.records[seed, arm]
        return kept(found) if isinstance(found, Path) else found

    def seeds(self, *arms: str) -> tuple[int, ...]:
        """The seeds for which all of these arms ended."""
        return tuple(seed for seed in self.plan.seeds if all((seed, arm) in self.records for arm in arms))

    def within(self, scenario: str) -> ArmResults:
        """The arms whose names begin with that of a scenario, under the rest of their names."""
        assert isinstance(self.plan, Plan)
        start = f"{scenario} "
        arms = {
            name.removeprefix(start): one for name, one in self.plan.arms.items() if name.startswith(start)
        }
        known = {(seed, name): (seed, start + name) for seed in self.plan.seeds for name in arms}
        return ArmResults(
            replace(self.plan, arms=arms),
            {run: self.records[whole] for run, whole in known.items() if whole in self.records},
            {run: self.failures[whole] for run, whole in known.items() if whole in self.failures},
            self.interrupted,
        )

    def point(self, name: str) -> TwinResults | None:
        """The pairs of a point of ``twin_arms`` as a twin study; None if for no seed both runs ended."""
        return self.twins(f"{name} {WITH}", f"{name} {WITHOUT}")

    def twins(self, treated: str = WITH, control: str = WITHOUT) -> TwinResults | None:
        """The pairs of two arms as a twin study; None if for no seed both ended."""
        plan = self.plan
        study = plan if isinstance(plan, Study) else Study(
            plan.arms[treated], plan.seeds, plan.parameters, plan.until, plan.cities, plan.centres,
            plan.network, plan.threads, plan.measures, plan.extension, plan.check,
        )  # fmt: skip
        seeds = self.seeds(treated, control)
        if not seeds:
            return None
        panels, centres, starts = [], [], []
        for seed in seeds:
            with_centres, without = self.record(seed, treated), self.record(seed, control)
            panels += [with_centres.panel.assign(arm=WITH), without.panel.assign(arm=WITHOUT)]
            centres.append(with_centres.centres)
            starts.append(without.start)
        told = {
            f"seed {seed} {arm}": reason
            for (seed, arm), reason in self.failures.items()
            if arm in (treated, control)
        }
        whole = (pd.concat(parts, ignore_index=True) for parts in (panels, centres, starts))
        panel, of_centres, start = whole
        return TwinResults(study, panel, of_centres, told, start)


def run_arms(
    plan: Runs,
    workers: int = 1,
    finished: Callable[[str], None] = lambda run: None,
    keep: Path | None = None,
    timeout: float | None = None,
) -> ArmResults:
    """Run every arm with every seed; ``finished`` is told the name of each run that ends.

    keep: a folder in which each finished run is kept under the hash of all that determines it; a run that
    is there already is not run again, so a study that was interrupted goes on where it was.

    A run that fails is noted in ``failures``; the others go on. After Ctrl-C (KeyboardInterrupt) the runs
    that had not ended are noted as INTERRUPTED, and what had ended is returned. A run that takes longer than
    ``timeout`` s is ended and has failed; without one (None) a run may take for ever.
    """
    results = ArmResults(plan)
    runs = [(seed, arm) for seed in plan.seeds for arm in plan.arms]
    places: dict[Run, Path] = {}
    if keep is not None:
        tables = tables_hash(plan)
        places = {run: keep / key(plan, *run, tables) for run in runs}
        for run in runs:
            if places[run].is_dir():
                results.records[run] = places[run]
                finished(name_of(run))
    left = [run for run in runs if run not in results.records]
    ending = iter_results(partial(try_run, plan), left, min(workers, len(left)), timeout)
    try:
        for run, outcome in ending:
            if isinstance(outcome, str):
                results.failures[run] = outcome
            elif run in places:
                results.records[run] = put(outcome, places[run])
            else:
                results.records[run] = outcome
            finished(name_of(run))
    except KeyboardInterrupt:
        results.interrupted = True
    finally:
        ending.close()
    missing = [run for run in runs if run not in results.records]
    results.failures = {run: results.failures.get(run, INTERRUPTED) for run in missing}
    return results


def name_of(run: Run) -> str:
    """A run in words."""
    return f"seed {run[0]} {run[1]}"
