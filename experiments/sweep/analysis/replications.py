"""Results of a store by point and replication, and the covariance between replications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.sweep.analysis.sensitivity import MOST_LOST, check_result
from experiments.sweep.errors import SweepError
from experiments.sweep.sweep import Sweep

LEAST_RUNS = 0.5  # share of a point's runs that must have ended for the point to count

Array = NDArray[np.float64]
Years = tuple[int, int] | None
Wanted = Mapping[str, tuple[str, Years]]  # own name → (final value or metric, years or none)


@dataclass(frozen=True)
class Replications:
    """Results of the points that are kept: (points, replications, results), NaN where a run has none.

    points: their numbers in the design. common: whether replication k has the same seed at every point.
    remark: a sentence on what was left out; empty if nothing was.
    """

    names: tuple[str, ...]
    points: NDArray[np.int64]
    values: Array
    common: bool
    remark: str

    def means(self, without: int | None = None) -> Array:
        """Return the mean of each point over its runs, (points, results), one replication left out if asked.

        With common seeds the effect of a seed that is the same at all points is subtracted first, so that
        points with a missing run can be compared with the others.
        """
        values = self.values
        if without is not None and values.shape[1] > 1:
            values = np.delete(values, without, axis=1)
            lone = ~np.isfinite(values).any(axis=(1, 2))  # points with that run only keep it
            values[lone] = self.values[lone][:, [without]]
        if self.common and values.shape[1] > 1:
            values = values - _seed_effects(values)
        return np.nanmean(values, axis=1)

    def runs(self) -> NDArray[np.int64]:
        """Return the number of runs with a result of each point, (points,)."""
        return np.isfinite(self.values).all(axis=2).sum(axis=1)


def _seed_effects(values: Array) -> Array:
    """Return the mean deviation of a replication from the means of the points, (1, replications, results)."""
    deviation = values - np.nanmean(values, axis=1, keepdims=True)
    effects = np.nanmean(deviation, axis=0, keepdims=True)
    return effects - effects.mean(axis=1, keepdims=True)


@dataclass(frozen=True)
class ReplicationCovariance:
    """Monte Carlo covariances of results, each (results, results), split where seeds are shared.

    one_run: of a run about its point's expectation. own: the part that differs from point to point, which
    blurs an emulator. shared: of the error of the mean over replications that all points have in common,
    because they share their seeds; 0 if each run has its own seed.
    """

    one_run: Array
    own: Array
    shared: Array


def replication_covariance(found: Replications) -> ReplicationCovariance | None:
    """Estimate it from the spread of replications, pooled over points [two-way ANOVA]; None with one."""
    values = found.values
    whole = values[np.isfinite(values).all(axis=(1, 2))]
    points, many, count = whole.shape
    if many < 2 or points < 2:
        return None
    deviation = whole - whole.mean(axis=1, keepdims=True)
    one_run = _products(deviation) / (points * (many - 1))
    if not found.common:
        return ReplicationCovariance(one_run, one_run, np.zeros((count, count)))
    effects = deviation.mean(axis=0, keepdims=True)
    own = _products(deviation - effects) / ((points - 1) * (many - 1))
    return ReplicationCovariance(one_run, own, _products(effects) / ((many - 1) * many))


def _products(values: Array) -> Array:
    flat = values.reshape(-1, values.shape[-1])
    return flat.T @ flat


def replications_of(sweep: Sweep, wanted: Wanted) -> Replications:
    """Return results of a store by point and replication; failed and missing runs are left out and reported.

    A point counts if at least half of its runs have a value of every result. Raises SweepError for an
    unknown result, for years that were not run, and if more than a fifth of the points would be left out.
    """
    experiment = sweep.experiment
    many, points = experiment.seeds, sweep.store.frozen.points
    values = np.full((points * many, len(wanted)), np.nan)
    for place, (result, years) in enumerate(wanted.values()):
        check_result(sweep, result, years is not None)
        if years is None:
            found = sweep.sql(f'select run, "{result}" as value from finals')
        else:
            low, high = years
            found = sweep.sql(
                f'select run, avg("{result}"::double) as value from metrics where year between {low} and '
                f"{high} group by run having count(*) = {high - low + 1}"
            )
            if not len(found):
                raise SweepError(f"no run of the store has {result} in all the years {low} to {high}")
        values[found["run"], place] = found["value"].astype(float)
    values[~np.isfinite(values).all(axis=1)] = np.nan
    cube = values.reshape(points, many, len(wanted))
    runs = np.isfinite(cube).all(axis=2).sum(axis=1)
    kept = runs >= max(1.0, LEAST_RUNS * many)
    lost, missing = int((~kept).sum()), points * many - int(runs.sum())
    if lost > MOST_LOST * points:
        raise SweepError(
            f"{lost:,} of {points:,} points have no results of {', '.join(wanted)}, more than "
            f"{100 * MOST_LOST:.0f} %: run the missing runs, retry the failed ones, or inspect them "
            "(sweep status, sweep retry)"
        )
    remark = f"{missing:,} of {points * many:,} runs have no result and are left out" if missing else ""
    remark += f", and {lost:,} of {points:,} points with them" if lost else ""
    return Replications(
        tuple(wanted), np.flatnonzero(kept), cube[kept], experiment.common_random_numbers, remark
    )
