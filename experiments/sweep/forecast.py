"""The cost of a sweep: its size, and time and bytes predicted from a few runs."""

from __future__ import annotations

import math
import statistics
import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from experiments.study.run_key import seed_of
from experiments.study.worker_pool import iter_results
from experiments.sweep.chunk import STARTING, patience
from experiments.sweep.estimates import COLUMNS
from experiments.sweep.experiment_file import Experiment
from experiments.sweep.factors import Case, case_of, column, known_factors, load_rules
from experiments.sweep.measures import EFFECTS, METRICS
from experiments.sweep.simulate import Result, Simulator
from model.country.country import load_country

MOST_CHUNKS = 5_000  # files of one table: many small files make every reader slow
PILOTS = 3
LONGEST = 60.0  # s after which no further pilot is run


@dataclass(frozen=True)
class Forecast:
    """The size of a sweep, and its time and bytes as predicted from a few runs."""

    points: int
    runs: int
    seconds_per_run: float
    bytes_per_run: float
    chunk: int

    def seconds(self, workers: int = 1) -> float:
        """Return the predicted wall time on that many workers, s."""
        return self.runs * self.seconds_per_run / max(1, workers)

    @property
    def bytes(self) -> float:
        """Predicted size of the store."""
        return self.runs * self.bytes_per_run


def simulate_once(own: Simulator, experiment: Experiment, case: Case, seed: int) -> Result:
    """Simulate a case in the experiment's country, with its twin if the experiment asks for twins."""
    country = load_country(case.cities, experiment.centres, experiment.links)
    return own.run(case, seed, country, load_rules(case.rules, experiment.folder), experiment.twin)


def pilots(experiment: Experiment, design: pd.DataFrame) -> tuple[float, float]:
    """Return seconds and stored bytes of a run: medians over a few points, after a run that compiles.

    With ``run.timeout`` they run in a process of their own, as a rule may never end.
    """
    spent: list[float] = []
    names = {column(factor): factor for factor in _factors_of(experiment, design)}
    rows = sorted({0, len(design) // 2, len(design) - 1})[:PILOTS]
    jobs = [
        Pilot(k, row, tuple((factor, _plain(design[name].iloc[row])) for name, factor in names.items()))
        for k, row in enumerate([rows[0], *rows])
    ]
    years, limit = 0, experiment.run.timeout
    longest = None if limit is None else patience(limit) + STARTING
    with closing(iter_results(partial(_fly, experiment), jobs, timeout=longest)) as ending:
        for _, answer in ending:
            if isinstance(answer, str):  # it was ended, as it will be in the sweep
                spent.append(limit or 1.0)
            elif answer is not None:
                years = answer[0]
                spent.append(answer[1])
            if len(spent) > 1 and sum(spent) > LONGEST:
                break
    _flying.clear()
    seconds = statistics.median(spent[1:] or spent or [1.0])
    columns = len(experiment.record.metrics or METRICS)
    yearly = years * (4.0 * columns + 2.0) * (2 if experiment.twin else 1)
    finals = 8.0 * (columns + (len(EFFECTS) + len(COLUMNS) if experiment.twin else 0))
    return seconds, 0.85 * yearly + finals + 120.0  # compression saves about 15 % of floats; a row of runs


@dataclass(frozen=True)
class Pilot:
    """A run that shows what runs cost: its number, its point and the values of the factors there."""

    number: int
    point: int
    values: tuple[tuple[str, Any], ...]


_flying: dict[str, Simulator] = {}
"""The simulator of the pilots in this process: later runs take what earlier ones have prepared."""


def _fly(experiment: Experiment, pilot: Pilot) -> tuple[int, float] | None:
    """Return the years and the seconds of a pilot; None if it fails, which is a row of the sweep."""
    seed = seed_of(experiment.first_seed, experiment.common_random_numbers, pilot.point, pilot.number)
    started = time.perf_counter()
    try:
        own = _flying.setdefault("own", Simulator())
        found = simulate_once(own, experiment, case_of(experiment, dict(pilot.values)), seed)
    except Exception:
        return None
    return len(found.years), time.perf_counter() - started


def _factors_of(experiment: Experiment, design: pd.DataFrame) -> list[str]:
    return [factor for factor in known_factors(experiment) if column(factor) in design.columns]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def chunk_size(experiment: Experiment, runs: int, seconds: float, workers: int) -> int:
    """Return the runs in a chunk: a few seconds of work, some chunks for each worker, not too many files."""
    if experiment.run.chunk is not None:
        return experiment.run.chunk
    size = max(1, round(experiment.run.chunk_seconds / max(seconds, 1e-6)))
    size = min(size, math.ceil(runs / (4 * max(1, workers))), 10_000)
    return max(1, size, math.ceil(runs / MOST_CHUNKS))
