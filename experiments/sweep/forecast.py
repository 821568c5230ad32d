"""The cost of a sweep: its size, and time and bytes predicted from a few runs."""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.study.run_key import seed_of
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
    """Return seconds and stored bytes of a run: medians over a few points, after a run that compiles."""
    own, spent = Simulator(), []
    names = {column(factor): factor for factor in _factors_of(experiment, design)}
    rows = sorted({0, len(design) // 2, len(design) - 1})[:PILOTS]
    years = 0
    for k, row in enumerate([rows[0], *rows]):
        values = {factor: _plain(design[name].iloc[row]) for name, factor in names.items()}
        seed = seed_of(experiment.first_seed, experiment.common_random_numbers, row, k)
        started = time.perf_counter()
        try:
            years = len(simulate_once(own, experiment, case_of(experiment, values), seed).years)
        except Exception:  # a run that fails is a row of the sweep
            continue
        spent.append(time.perf_counter() - started)
        if len(spent) > 1 and sum(spent) > LONGEST:
            break
    seconds = statistics.median(spent[1:] or spent or [1.0])
    columns = len(experiment.record.metrics or METRICS)
    yearly = years * (4.0 * columns + 2.0) * (2 if experiment.twin else 1)
    finals = 8.0 * (columns + (len(EFFECTS) if experiment.twin else 0))
    return seconds, 0.85 * yearly + finals + 120.0  # compression saves about 15 % of floats; a row of runs


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
