"""Calibration of the factors of a store to targets: history matching and a posterior.

A Gaussian process for each target emulates the model between the points that were run. Its prediction is
compared with the target; the distance is in units of the whole uncertainty: of the target (se, tolerance), of
one run (the world is one run too), of the means over replications, and of the emulator. Places further than
CUT from any target are ruled out; the others are weighted by how well they meet all targets together.
[Craig et al. 1997; Vernon, Goldstein & Bower 2010; Andrianakis et al. 2015]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.sweep.analysis.calibration_targets import Target, targets_of
from experiments.sweep.analysis.emulator import Emulator
from experiments.sweep.analysis.factor_space import Axis, Space, space_of
from experiments.sweep.analysis.history_matching import (
    CUT,
    Array,
    HistoryMatch,
    Posterior,
    RuledOutError,
    sample_posterior,
    weighted_quantiles,
)
from experiments.sweep.analysis.posterior_check import parameter_correlations
from experiments.sweep.analysis.replications import (
    ReplicationCovariance,
    Replications,
    replication_covariance,
    replications_of,
)
from experiments.sweep.errors import SweepError
from experiments.sweep.sweep import Sweep

FEWEST = 10  # points for each factor
MOST = 500  # points that a emulator learns from: its cost grows with their cube
INTERVAL = (0.05, 0.95)
TRUTHS = 100  # points taken as truth, at most
FEW_SEEDS = 5  # replications below which the variance of a run is hardly known
POOR = 0.5  # share of variance explained below which a emulator is called poor
LAID_BY_CHANCE = ("lhs", "sobol", "random", "saltelli")


@dataclass(frozen=True)
class Calibration:
    """The result of a calibration.

    ``table``: one row a factor with mean, sd, p05, p50 and p95 of the posterior and ``narrowed``, by how much
    its s.d. is below that of the design's range (0: nothing was learned); of a categorical factor one row a
    value, whose mean is its share. ``fit``: one row a target: value, sd (se and tolerance together),
    model_mean, model_p05, model_p95 (emulator over the posterior), off (distance of that mean in units of
    the whole uncertainty), run_sd (of one run), emulator_sd, explained (share of the variance between
    points that the emulator predicts). ``coverage``: one row a factor: truths, inside (the 5-95 % interval),
    share, and low and high of its own 95 % interval. ``sample``: draws from the space with weight, summing
    to 1. ``points``: the design's points with ``implausibility`` of their own runs, the largest over targets.
    remaining: points that are not ruled out; share_left: share of the space that is not.
    """

    targets: tuple[Target, ...]
    table: pd.DataFrame
    fit: pd.DataFrame
    coverage: pd.DataFrame
    sample: pd.DataFrame
    points: pd.DataFrame
    remaining: int
    share_left: float
    effective: float  # draws of equal weight that the sample is worth
    logarithmic: tuple[str, ...]  # factors whose range is on a log scale
    remark: str

    def correlations(self, pairs: int | None = None) -> pd.DataFrame:
        """Return ``parameter_correlations`` of the factors that are numbers, the strongest pairs."""
        factors = self.sample.drop(columns="weight").select_dtypes("number")
        return parameter_correlations(factors, self.sample["weight"].to_numpy(), pairs)


@dataclass(frozen=True)
class _Case:
    """The inputs of a calibration: space, targets, results and the points that emulators learn from."""

    space: Space
    targets: tuple[Target, ...]
    found: Replications
    covariance: ReplicationCovariance | None
    design: pd.DataFrame  # of the kept points
    learned: np.ndarray  # places in ``found`` of the points that emulators learn from

    @property
    def x(self) -> Array:
        return self.space.coordinates(self.design.iloc[self.learned])

    def emulators(self, drop: int | None, seed: int | None, kernels: Sequence[Any] | None) -> list[Emulator]:
        """Return an emulator for each target, without a point and without a replication if asked."""
        rows = np.flatnonzero(self.learned != drop) if drop is not None else np.arange(len(self.learned))
        places = self.learned[rows]
        means, runs = self.found.means(seed)[places], self.found.runs()[places]
        left = np.maximum(runs - (seed is not None), 1)
        x, made = self.x[rows], []
        for j in range(len(self.targets)):
            noise = None if self.covariance is None else self.covariance.own[j, j] / left
            made.append(Emulator(x, means[:, j], noise, None if kernels is None else kernels[j]))
        return made

    def match(self, emulators: list[Emulator], values: Array, seeds_left_out: int = 0) -> HistoryMatch:
        """Pair emulators with values of the targets."""
        around = np.diag([target.variance for target in self.targets])
        if self.covariance is not None:
            many = self.found.values.shape[1]
            around = (
                around
                + self.covariance.one_run
                + self.covariance.shared * many / max(many - seeds_left_out, 1)
            )
        return HistoryMatch(tuple(emulators), values, around)


def calibrate(
    sweep: Sweep, targets: Mapping[str, object] | Sequence[Target], truths: int = TRUTHS, seed: int = 1
) -> Calibration:
    """Return the posterior of a store's factors under targets, and its coverage of known truths.

    targets: by name, ``{"theil": {"value": 0.5, "se": 0.02}}``, or ``read_targets(file)``. truths: number of
    points that are taken as truth in turn, 0 for none. seed: of the draws from the space.

    Raises SweepError for an unknown metric, fewer than FEWEST points for each factor, too many points
    without results, and targets that rule out the whole space.
    """
    aims = tuple(targets_of(targets) if isinstance(targets, Mapping) else targets)
    found = replications_of(sweep, {aim.name: (aim.metric, aim.years) for aim in aims})
    case = _case(sweep, aims, found, seed)
    fitted = case.emulators(None, None, None)
    match = case.match(fitted, np.array([aim.value for aim in aims]))
    own = _own_implausibility(case, match)
    try:
        posterior = sample_posterior(case.space, match, seed)
    except RuledOutError as error:
        name, closest = aims[error.target].name, error.implausibility
        raise SweepError(
            f"no place in the factors' ranges meets all targets: at the best one {name} is still "
            f"{closest:.1f} s.d. off, and {CUT:g} are allowed (points that were run and not ruled out by "
            f"their own results: {int((own <= CUT).sum())} of {len(own)})"
        ) from None
    coverage, ruled_out = _coverage(case, [one.kernel for one in fitted], truths, seed)
    fit = _fit(case, match, posterior)
    design = case.design.assign(implausibility=own)
    sample = posterior.frame.assign(weight=posterior.weights)
    return Calibration(
        targets=aims,
        table=_table(case.space, posterior, seed),
        fit=fit,
        coverage=coverage,
        sample=sample,
        points=design,
        remaining=int((own <= CUT).sum()),
        share_left=posterior.share_left,
        effective=posterior.effective,
        logarithmic=case.space.logarithmic,
        remark=_remark(sweep, case, posterior, fit, coverage, ruled_out),
    )


def _case(sweep: Sweep, aims: tuple[Target, ...], found: Replications, seed: int) -> _Case:
    space = space_of(sweep)
    if not space.axes:
        raise SweepError("no factor of the store varies, so there is nothing to calibrate")
    design = sweep.store.design().iloc[found.points].reset_index(drop=True)
    distinct = len(design.drop(columns="point").drop_duplicates())
    if distinct < FEWEST * len(space.axes):
        raise SweepError(
            f"a calibration needs {FEWEST} points with results for each factor: {len(space.axes)} factors "
            f"need {FEWEST * len(space.axes)}, and there are {distinct}"
        )
    flat = np.ptp(found.means(), axis=0) == 0.0
    if flat.any():
        name = aims[int(np.argmax(flat))].name
        raise SweepError(f"{name} has the same value at every point, so it says nothing about the factors")
    learned = np.arange(len(design))
    if len(learned) > MOST:
        rng = np.random.Generator(np.random.PCG64(seed))
        learned = np.sort(rng.choice(learned, MOST, replace=False))
    return _Case(space, aims, found, replication_covariance(found), design, learned)


def _own_implausibility(case: _Case, match: HistoryMatch) -> Array:
    """Return the largest distance of the points' own means from the targets, in s.d., (points,)."""
    means = case.found.means()
    variance = np.broadcast_to(np.diag(match.around), means.shape).copy()
    if case.covariance is None:
        variance += np.array([one.nugget for one in match.emulators])
    else:
        variance += np.diag(case.covariance.own) / case.found.runs()[:, None]
    return np.asarray((np.abs(means - match.values) / np.sqrt(variance)).max(axis=1))


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────


def _table(space: Space, posterior: Posterior, seed: int) -> pd.DataFrame:
    rng = np.random.Generator(np.random.PCG64(seed))
    count = len(space.axes)
    _, prior = space.draw(8192, np.zeros(count), np.ones(count), rng)
    columns = ["factor", "mean", "sd", "p05", "p50", "p95", "narrowed"]
    rows: list[dict[str, Any]] = []
    for name, axis in space.axes.items():
        values, weights = posterior.frame[name].to_numpy(), posterior.weights
        if axis.is_categorical:
            for level in axis.levels:
                rows.append({"factor": f"{name} = {level}", "mean": float(weights[values == level].sum())})
            continue
        x = values.astype(float)
        mean = float(x @ weights)
        sd = float(np.sqrt(((x - mean) ** 2) @ weights))
        low, middle, high = weighted_quantiles(x, weights, (INTERVAL[0], 0.5, INTERVAL[1]))
        narrowed = 1.0 - sd / float(prior[name].to_numpy().astype(float).std())
        rows.append(dict(zip(columns, (name, mean, sd, low, middle, high, narrowed), strict=True)))
    return pd.DataFrame(rows).reindex(columns=columns)


def _fit(case: _Case, match: HistoryMatch, posterior: Posterior) -> pd.DataFrame:
    rows = []
    for j, target in enumerate(case.targets):
        one, weights = match.emulators[j], posterior.weights
        means, variance = posterior.means[:, j], float(posterior.variances[:, j] @ weights)
        low, high = weighted_quantiles(means, weights, INTERVAL)
        mean = float(means @ weights)
        # Without replications the noise of a run is part of the emulator's variance.
        of_run = one.nugget if case.covariance is None else float(case.covariance.one_run[j, j])
        row = {
            "target": target.name,
            "value": target.value,
            "sd": float(np.sqrt(target.variance)),
            "model_mean": mean,
            "model_p05": low,
            "model_p95": high,
            "off": (mean - target.value) / float(np.sqrt(match.around[j, j] + variance)),
            "run_sd": float(np.sqrt(of_run)),
            "emulator_sd": float(np.sqrt(max(variance - one.nugget, 0.0))),
            "explained": one.explained(),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _remark(
    sweep: Sweep, case: _Case, posterior: Posterior, fit: pd.DataFrame, coverage: pd.DataFrame, ruled_out: int
) -> str:
    """Say what a reader must know to trust the answer."""
    said = [case.found.remark] if case.found.remark else []
    many, kind = case.found.values.shape[1], sweep.experiment.design.kind
    if len(case.learned) < len(case.design):
        said.append(
            f"emulators learn from {len(case.learned):,} of {len(case.design):,} points, drawn at random"
        )
    if case.covariance is None:
        said.append(
            "each point has one run, so run noise cannot be separated from the emulator's error; both count"
            + (", but noise that all points share is not seen at all" if case.found.common else "")
        )
    elif case.found.common and many < FEW_SEEDS:
        said.append(
            f"all points share {many} seeds, so the variance of a run is estimated from {many} draws only"
        )
    poor = fit.loc[fit["explained"] < POOR, "target"].tolist()
    if poor:
        said.append(
            f"the emulator of {', '.join(poor)} predicts less than half of the variance between points: "
            "take more points or replications before its target is believed"
        )
    if posterior.effective < 100:
        said.append(f"the posterior rests on {posterior.effective:.0f} effective draws only")
    if len(coverage) and kind not in LAID_BY_CHANCE:
        said.append(f"points of a {kind} design lie on a grid, so coverage need not be 90 %")
    if ruled_out:
        said.append(f"{ruled_out} of the truths left no place and count as outside")
    return "; ".join(said)


# ── Coverage ─────────────────────────────────────────────────────────────────────────────────────


def _coverage(case: _Case, kernels: Sequence[Any], truths: int, seed: int) -> tuple[pd.DataFrame, int]:
    """Count how often the interval holds a truth: some points in turn, which the emulators do not see.

    The observation of a truth is one of its runs, off by an error of the target's s.d. Where seeds are shared
    the emulators do not see that run's seed either, since they would know its noise. Lengths and variances of
    the kernels are those of all points. Return the table, and the number of truths that left no place.
    """
    chosen = case.learned[
        np.unique(np.linspace(0, len(case.learned) - 1, min(truths, len(case.learned))).astype(int))
    ]
    chosen = chosen if truths > 0 else chosen[:0]
    rng = np.random.Generator(np.random.PCG64(seed + 1))
    off = rng.standard_normal((len(chosen), len(case.targets)))
    off *= np.sqrt([target.variance for target in case.targets])
    inside: dict[str, list[bool]] = {name: [] for name in case.space.axes}
    ruled_out = 0
    many = case.found.values.shape[1]
    hide = case.found.common and many > 1
    for number, place in enumerate(chosen):
        there = np.flatnonzero(np.isfinite(case.found.values[place]).all(axis=1))
        run = int(there[number % len(there)])
        emulators = case.emulators(int(place), run if hide else None, kernels)
        match = case.match(emulators, case.found.values[place, run] + off[number], int(hide))
        try:
            posterior = sample_posterior(case.space, match, seed + number, quick=True)
        except RuledOutError:
            ruled_out += 1
            for held in inside.values():
                held.append(False)
            continue
        for name, axis in case.space.axes.items():
            truth = case.design[name].iloc[place]
            inside[name].append(_holds(axis, posterior.frame[name].to_numpy(), posterior.weights, truth))
    rows = []
    for name, held in inside.items():
        low, high = _wilson(sum(held), len(held))
        share = sum(held) / len(held) if held else np.nan
        rows.append(
            {
                "factor": name,
                "truths": len(held),
                "inside": sum(held),
                "share": share,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows), ruled_out


def _holds(axis: Axis, values: np.ndarray, weights: Array, truth: Any) -> bool:
    """Return whether the 5-95 % interval, or the fewest categories of 90 % weight, hold a truth."""
    if not axis.is_categorical:
        low, high = weighted_quantiles(values.astype(float), weights, INTERVAL)
        return bool(low <= float(truth) <= high)
    shares = pd.Series(weights).groupby(values).sum().sort_values(ascending=False, kind="stable")
    before = shares.cumsum() - shares
    return bool(truth in shares.index and before[truth] < INTERVAL[1] - INTERVAL[0])


def _wilson(inside: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share. [Wilson 1927]"""
    if not total:
        return float("nan"), float("nan")
    from scipy.stats import binomtest

    found = binomtest(inside, total).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)
