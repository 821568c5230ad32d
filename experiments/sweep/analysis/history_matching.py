"""History matching: find the region that targets do not rule out, and sample from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.sweep.analysis.emulator import Emulator
from experiments.sweep.analysis.factor_space import Space

Array = NDArray[np.float64]

CUT = 3.0  # s.d. from a target beyond which a place is ruled out [Pukelsheim 1994]
BATCH, BATCH_QUICK = 4096, 1024  # draws at a time
MOST_DRAWS, MOST_QUICK = 2**16, 2**14
ENOUGH, ENOUGH_QUICK = 1000.0, 200.0  # effective draws
FEWEST_LEFT = 30  # places not ruled out before the box closes around them
ROUNDS = 8  # times that the box closes, at most
MARGIN = 0.1  # of its width that the box is larger on either side than the places in it


class RuledOutError(Exception):
    """No place is left: the worst target at the best place, and how many s.d. it is off."""

    def __init__(self, target: int, implausibility: float) -> None:
        super().__init__(target, implausibility)
        self.target, self.implausibility = target, implausibility


@dataclass(frozen=True)
class HistoryMatch:
    """Emulators of the targets, values of the targets (targets,), and the remaining covariance."""

    emulators: tuple[Emulator, ...]
    values: Array
    around: Array

    def compare(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Return emulators' means, variances, implausibility, each (n, targets), and log likelihood, (n,)."""
        both = [one.predict(x) for one in self.emulators]
        means, variances = (np.column_stack([pair[k] for pair in both]) for k in (0, 1))
        off = means - self.values
        implausible = np.abs(off) / np.sqrt(np.diag(self.around) + variances)
        covariance = self.around + variances[:, :, None] * np.eye(len(self.values))
        solved = np.linalg.solve(covariance, off[:, :, None])[:, :, 0]
        likelihood = -0.5 * ((off * solved).sum(axis=1) + np.linalg.slogdet(covariance)[1])
        return means, variances, implausible, likelihood


@dataclass(frozen=True)
class Posterior:
    """Places that are not ruled out, with weights that sum to 1, and the emulators' predictions there."""

    frame: pd.DataFrame
    weights: Array
    means: Array
    variances: Array
    share_left: float  # of the space

    @property
    def effective(self) -> float:
        """Effective sample size. [Kish 1965]"""
        return float(1.0 / (self.weights**2).sum())


def sample_posterior(space: Space, match: HistoryMatch, seed: int, quick: bool = False) -> Posterior:
    """Draw from the space, uniformly over the design's ranges and lists, weighted by the targets.

    The sampled box closes around the places that are not ruled out, so that a small region is still sampled
    densely; within it draws are uniform, as in the whole. Raises RuledOutError if nothing is left.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    most, enough = (MOST_QUICK, ENOUGH_QUICK) if quick else (MOST_DRAWS, ENOUGH)
    batch = BATCH_QUICK if quick else BATCH
    low, high = np.zeros(len(space.axes)), np.ones(len(space.axes))
    allowed: float | None = None  # share of the unit cube that the design's condition allows
    closed = 0
    kept: list[tuple[Array, pd.DataFrame, Array, Array, Array]] = []
    drawn, best = 0, (np.inf, 0)
    while True:
        u, frame = space.draw(batch, low, high, rng)
        drawn += batch
        if len(u):
            means, variances, implausible, likelihood = match.compare(space.coordinates(frame))
            worst = implausible.max(axis=1)
            left = worst <= CUT
            nearest = int(worst.argmin())
            best = min(best, (float(worst[nearest]), int(implausible[nearest].argmax())))
            kept.append((u[left], frame[left], means[left], variances[left], likelihood[left]))
        if allowed is None:
            allowed = max(len(u), 1) / batch
        places = np.concatenate([part[0] for part in kept]) if kept else np.zeros((0, len(low)))
        if closed < ROUNDS and len(places) >= FEWEST_LEFT:
            new_low, new_high = _around(places, low, high)
            if np.prod((new_high - new_low) / (high - low)) < 0.5:
                low, high, closed = new_low, new_high, closed + 1
                kept, drawn = [], 0
                continue
            closed = ROUNDS
        weights = _weights(np.concatenate([part[4] for part in kept])) if len(places) else np.zeros(0)
        if drawn >= most or (len(places) >= FEWEST_LEFT and 1.0 / (weights**2).sum() >= enough):
            break
    if not len(places):
        raise RuledOutError(best[1], best[0])
    share = len(places) / drawn * float(np.prod(high - low)) / allowed
    frames = pd.concat([part[1] for part in kept], ignore_index=True)
    means, variances = (np.concatenate([part[k] for part in kept]) for k in (2, 3))
    return Posterior(frames, weights, means, variances, min(share, 1.0))


def _around(places: Array, low: Array, high: Array) -> tuple[Array, Array]:
    margin = MARGIN * np.maximum(np.ptp(places, axis=0), 1e-6)
    return np.maximum(places.min(axis=0) - margin, low), np.minimum(places.max(axis=0) + margin, high)


def _weights(likelihood: Array) -> Array:
    weights = np.exp(likelihood - likelihood.max())
    return np.asarray(weights / weights.sum())


def weighted_quantiles(values: Array, weights: Array, at: Sequence[float]) -> list[float]:
    """Return the smallest values at or below which that share of the weight lies."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(below, np.asarray(at) * below[-1]), len(values) - 1)
    return [float(value) for value in values[order][places]]
