"""Pareto front of a sweep, with bootstrap frequencies and its knee point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.sweep.analysis.replications import Replications, replications_of
from experiments.sweep.errors import SweepError
from experiments.sweep.sweep import Sweep

RESAMPLES = 1000
LIKELY = 0.05  # share of resamples on the front from which a point is shown with it
FEW_SEEDS = 5  # replications below which a bootstrap says little

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Objective:
    """A final value of the store, and whether more of it is better."""

    result: str
    more: bool


@dataclass(frozen=True)
class Front:
    """The points that no other point dominates.

    ``table``: one row a point, the front first: point, factors, mean of each objective and its standard error
    (``se_NAME``, NaN with one replication), ``front``, ``share``, in how many of the bootstrap samples of the
    replications the point is on the front, and ``knee_share``, in how many it is the knee. knee: its point
    number, None if the front has no knee.
    """

    objectives: tuple[Objective, ...]
    table: pd.DataFrame
    factors: tuple[str, ...]
    knee: int | None
    remark: str

    @property
    def front(self) -> pd.DataFrame:
        """The rows of the front, in order of the first objective, the best first."""
        return self.table[self.table["front"]]


def objectives_of(text: str) -> tuple[Objective, ...]:
    """Parse objectives from a text such as ``effect_national:max,theil:min``. Raises SweepError."""
    found: list[Objective] = []
    for part in (piece.strip() for piece in text.split(",")):
        result, _, way = part.partition(":")
        if way not in ("max", "min") or not result:
            raise SweepError(f"an objective is written result:max or result:min, not {part!r}")
        if result in [one.result for one in found]:
            raise SweepError(f"{result} is listed twice among the objectives")
        found.append(Objective(result, way == "max"))
    return tuple(found)


def optimise(sweep: Sweep, objectives: str | Sequence[Objective], seed: int = 1) -> Front:
    """Find the points of a store that are not dominated in the means over replications, and how sure that is.

    objectives: ``"effect_national:max,theil:min"``, two at least. seed: of the bootstrap. Replications are
    drawn with replacement; where all points share their seeds the same are drawn for all, so that points
    are compared under the same seeds.

    Raises SweepError for an unknown result and for points without results, as ``replications_of`` does.
    """
    aims = objectives_of(objectives) if isinstance(objectives, str) else tuple(objectives)
    if len(aims) < 2:
        raise SweepError("a front needs at least two objectives, such as effect_national:max,theil:min")
    found = replications_of(sweep, {aim.result: (aim.result, None) for aim in aims})
    signs = np.array([1.0 if aim.more else -1.0 for aim in aims])
    means = found.means()
    on_front = not_dominated(means * signs)
    knee = knee_of(means * signs, on_front)
    many, runs = found.values.shape[1], found.runs()
    errors = np.full(means.shape, np.nan)
    several = runs > 1
    if several.any():
        errors[several] = np.nanstd(found.values[several], axis=1, ddof=1) / np.sqrt(runs[several])[:, None]
    shares, knees = _bootstrap(found, signs, seed) if many > 1 else (np.full(len(means), np.nan),) * 2
    table = sweep.store.design().iloc[found.points].reset_index(drop=True)
    factors = tuple(name for name in table.columns if name != "point")
    for j, aim in enumerate(aims):
        table[aim.result], table[f"se_{aim.result}"] = means[:, j], errors[:, j]
    table = table.assign(front=on_front, share=shares, knee_share=knees, _first=-signs[0] * means[:, 0])
    number = None if knee is None else int(found.points[knee])
    table = table.sort_values(
        ["front", "share", "_first"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
    first = table["front"]
    table = pd.concat([table[first].sort_values("_first", kind="stable"), table[~first]], ignore_index=True)
    return Front(aims, table.drop(columns="_first"), factors, number, _remark(found, on_front, number))


def _remark(found: Replications, on_front: Mask, knee: int | None) -> str:
    many = found.values.shape[1]
    said = [f"{int(on_front.sum()):,} of {len(on_front):,} points are on the front"]
    said += [found.remark] if found.remark else []
    if many == 1:
        said.append("each point has one run, so nothing is known about how sure the front is")
    elif many < FEW_SEEDS:
        said.append(f"shares rest on {many} replications, which is few")
    if knee is None:
        said.append("the front has no knee: no point of it is above the line between its ends")
    return "; ".join(said)


def not_dominated(values: Array) -> Mask:
    """Return whether no other point is as good in all columns and better in one.

    values: (points, objectives); returns (points,).

    More is better in each column. Equal points do not beat each other. A NaN is worse than anything.
    """
    values = np.where(np.isnan(values), -np.inf, values)
    order = np.lexsort(values.T[::-1])[::-1]  # nothing dominates a point that comes before it
    found = np.zeros(len(values), dtype=bool)
    left = order
    while len(left):
        first, rest = left[0], left[1:]
        found[first] = True
        beaten = (values[rest] <= values[first]).all(axis=1) & (values[rest] < values[first]).any(axis=1)
        left = rest[~beaten]
    return found


def knee_of(values: Array, on_front: Mask) -> int | None:
    """Return the point of the front furthest above the line (plane) between the best in each objective.

    values: (points, objectives), more is better. Each is taken over its range on the front, so that the knee
    has the largest sum; None if no point lies above the line. [Das 1999, normal-boundary intersection]
    """
    places = np.flatnonzero(on_front)
    front = values[places]
    low, high = front.min(axis=0), front.max(axis=0)
    sums = ((front - low) / np.where(high > low, high - low, 1.0)).sum(axis=1)
    best = int(sums.argmax())
    return int(places[best]) if sums[best] > 1.0 + 1e-9 and len(np.unique(front, axis=0)) > 2 else None


def _bootstrap(found: Replications, signs: Array, seed: int) -> tuple[Array, Array]:
    """Return the shares of resamples in which each point is on the front, and is the knee, each (points,)."""
    points, many, _ = found.values.shape
    rng = np.random.Generator(np.random.PCG64(seed))
    there = np.isfinite(found.values)
    values, fallback = np.where(there, found.values, 0.0), found.means()
    fronts, knees = np.zeros(points), np.zeros(points)
    for _ in range(RESAMPLES):
        drawn = rng.multinomial(many, np.full(many, 1.0 / many), size=1 if found.common else points)
        weight = drawn[:, :, None] * there
        total = weight.sum(axis=1)
        means = np.where(total > 0, (weight * values).sum(axis=1) / np.maximum(total, 1), fallback) * signs
        on_front = not_dominated(means)
        fronts += on_front
        knee = knee_of(means, on_front)
        if knee is not None:
            knees[knee] += 1
    return fronts / RESAMPLES, knees / RESAMPLES
