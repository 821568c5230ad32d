"""Scenario discovery: boxes of factors in which a condition holds, by PRIM and CART. [Bryant & Lempert 2010]

A box has a **coverage**, the share of all cases that lie in it, a **density**, the share of its runs that are
cases, and a **mass**, its share of all runs. A case is a run that meets the condition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from experiments.sweep.design import rows_where
from experiments.sweep.errors import SweepError
from experiments.sweep.sweep import Sweep

PEEL = 0.05  # share of a box's runs that a peel takes off, about
SMALLEST = 0.05  # mass below which a box is not peeled further
SIGNIFICANCE = 0.05  # p above which a limit is dropped from the chosen box
FEWEST = 20  # runs, and cases, below which nothing is looked for

Mask = NDArray[np.bool_]
Limits = dict[str, tuple[float, float] | tuple[str, ...]]


@dataclass(frozen=True)
class Box:
    """Limits of some factors, and how well they separate cases.

    limits: factor → (low, high), both included, or the values that are in. p_values: for each limited
    factor the chance of a density as high if its limits said nothing [quasi-p-value].
    """

    limits: Limits
    coverage: float
    density: float
    mass: float
    p_values: dict[str, float]

    @property
    def sql(self) -> str:
        """The box as a condition on the factors."""
        parts = []
        for name, limit in self.limits.items():
            if isinstance(limit[0], str):
                parts.append(f'"{name}" in ({", ".join(repr(value) for value in limit)})')
            else:
                parts.append(f'"{name}" between {limit[0]!r} and {limit[1]!r}')
        return " and ".join(parts) or "true"


@dataclass(frozen=True)
class Discovery:
    """Boxes of a peeling trajectory, from all runs to the smallest box; the chosen one; leaves of a tree."""

    condition: str
    factors: tuple[str, ...]
    meets: Mask  # of the runs in order of ``finals``, whether they are cases
    trajectory: list[Box]
    chosen: int  # in the trajectory: the best balance of coverage and density (largest harmonic mean)
    box: Box  # that one, without insignificant limits
    leaves: list[Box]

    @property
    def runs(self) -> int:
        """Runs with a result."""
        return len(self.meets)

    @property
    def cases(self) -> int:
        """Runs that meet the condition."""
        return int(self.meets.sum())


def discover(sweep: Sweep, condition: str) -> Discovery:
    """Find boxes of factors in which the runs of a store meet an SQL condition on ``finals``.

    Runs without a result do not count; a condition on a missing value does not hold. Raises SweepError
    for a condition that cannot be understood, or that holds for too few or too many.
    """
    finals = sweep.finals
    names = [name for name in sweep.store.design().columns if name != "point"]
    meets = np.zeros(len(finals), dtype=bool)
    meets[rows_where(finals, condition, "the condition")] = True
    cases = int(meets.sum())
    if len(finals) < FEWEST or cases < FEWEST or cases == len(finals):
        raise SweepError(
            f"the condition {condition} holds for {cases:,} of {len(finals):,} runs; at least {FEWEST} "
            "must meet it, and not all"
        )
    factors = finals[names]
    trajectory = peel(factors, meets)
    scores = [_balance(box) for box in trajectory]
    leaves = tree_leaves(factors, meets)
    chosen = int(np.argmax(scores))
    box = simplified(factors, meets, trajectory[chosen])
    return Discovery(condition, tuple(names), meets, trajectory, chosen, box, leaves)


def simplified(factors: pd.DataFrame, meets: Mask, box: Box) -> Box:
    """Return the box without limits whose p is above SIGNIFICANCE, dropping the largest p first."""
    while box.limits:
        name = max(box.p_values, key=lambda factor: box.p_values[factor])
        if box.p_values[name] <= SIGNIFICANCE:
            break
        box = _box(factors, meets, {other: limit for other, limit in box.limits.items() if other != name})
    return box


def _balance(box: Box) -> float:
    total = box.coverage + box.density
    return 2.0 * box.coverage * box.density / total if total else 0.0


# ── PRIM ─────────────────────────────────────────────────────────────────────────────────────────


def peel(factors: pd.DataFrame, meets: Mask) -> list[Box]:
    """Peel thin slices off the box of all runs, each time the one that raises the density most.

    Returns the boxes on the way, the first without limits. [Friedman & Fisher 1999]
    """
    inside = np.ones(len(factors), dtype=bool)
    limits: Limits = {}
    found = [_box(factors, meets, limits)]
    while True:
        best: tuple[float, str, Mask] | None = None
        for name in factors.columns:
            for kept in _slices(factors[name].to_numpy(), inside):
                if SMALLEST * len(factors) <= kept.sum() < inside.sum():
                    density = float(meets[kept].mean())
                    if best is None or density > best[0]:
                        best = density, name, kept
        if best is None or best[0] <= meets[inside].mean():
            return found
        _, name, inside = best
        limits = {**limits, name: _limit(factors[name].to_numpy()[inside])}
        found.append(_box(factors, meets, limits))


def _slices(values: NDArray, inside: Mask) -> list[Mask]:
    """Return the rest of a box after each slice that can be peeled off along one factor."""
    here = values[inside]
    if values.dtype.kind not in "biuf":
        return [inside & (values != value) for value in pd.unique(here)]
    low, high = np.quantile(here, [PEEL, 1.0 - PEEL])
    # Where many runs share the end value, as in a grid, all of them go at once.
    low, high = max(low, np.nextafter(here.min(), np.inf)), min(high, np.nextafter(here.max(), -np.inf))
    return [inside & (values >= low), inside & (values <= high)]


def _limit(values: NDArray) -> tuple[float, float] | tuple[str, ...]:
    if values.dtype.kind not in "biuf":
        return tuple(sorted({str(value) for value in values}))
    return float(values.min()), float(values.max())


def _inside(factors: pd.DataFrame, limits: Limits) -> Mask:
    found = np.ones(len(factors), dtype=bool)
    for name, limit in limits.items():
        column = factors[name]
        found &= (
            column.isin(limit) if isinstance(limit[0], str) else column.between(limit[0], limit[1])
        ).to_numpy()
    return found


def _box(factors: pd.DataFrame, meets: Mask, limits: Limits) -> Box:
    inside = _inside(factors, limits)
    runs, cases = int(inside.sum()), int(meets[inside].sum())
    p_values = {}
    for name in limits:
        without = _inside(factors, {other: limit for other, limit in limits.items() if other != name})
        p_values[name] = float(binom.sf(cases - 1, runs, meets[without].mean()))
    return Box(limits, cases / int(meets.sum()), cases / max(runs, 1), runs / len(factors), p_values)


# ── CART ─────────────────────────────────────────────────────────────────────────────────────────


def tree_leaves(factors: pd.DataFrame, meets: Mask, depth: int = 4) -> list[Box]:
    """Return leaves of a classification tree in which most runs are cases, by decreasing coverage."""
    from sklearn.tree import DecisionTreeClassifier

    coded = pd.get_dummies(factors, dtype=float)
    smallest = max(1, int(SMALLEST * len(factors)))
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=smallest, random_state=0)
    leaf_of = tree.fit(coded.to_numpy(), meets).apply(coded.to_numpy())
    found = []
    for leaf in np.unique(leaf_of):
        here = leaf_of == leaf
        if meets[here].mean() > 0.5:
            limits = {}
            for name in factors.columns:
                limit, whole = _limit(factors[name].to_numpy()[here]), _limit(factors[name].to_numpy())
                if limit != whole:
                    limits[str(name)] = limit
            found.append(_box(factors, meets, _needed(factors, here, limits)))
    return sorted(found, key=lambda box: -box.coverage)


def _needed(factors: pd.DataFrame, here: Mask, limits: Limits) -> Limits:
    """Drop limits that exclude hardly anything that the others include."""
    for name in list(limits):
        rest = {other: limit for other, limit in limits.items() if other != name}
        if rest and _inside(factors, rest).sum() <= 1.02 * here.sum():
            limits = rest
    return limits
