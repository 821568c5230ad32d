"""Simulation-based calibration of the matching: are known parameters found as often as they should be?

A point of the design is taken as the truth. Its figures, with an error of their stated uncertainty, take the
place of the published ones; the members are then the other points whose figures are nowhere more than ``CUT``
of it off, as for the shipped ensemble. The rank of each true parameter among these members must be uniform
over many truths [Talts et al. 2018, arXiv:1804.06788].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.matching.waves import SEEDS, Waves
from experiments.validation.matched_figures import CUT

Plain = dict[str, Any]  # of a file: plain values by name
Array = NDArray[np.float64]
FIRST_WAVE = 5  # earlier waves drew from wider regions
FEWEST = 20  # members of a truth
LEVEL = 0.05


def true_ranks(waves: Waves, first_wave: int = FIRST_WAVE, fewest: int = FEWEST, root: int = 1) -> Array:
    """Return the rank of each parameter of each truth among its members, 0 to 1, (truths, factors)."""
    points = [one for one in waves.points if one["u"] is not None and one["wave"] >= first_wave]
    x = np.array([one["u"] for one in points])
    y = np.array([[one["figures"][figure.id] for figure in waves.figures] for one in points], dtype=float)
    noise = waves.noise
    spread = np.array([np.hypot(one.tolerance / np.sqrt(3.0), noise[one.id]) for one in waves.figures])
    return ranks_among_members(x, y / spread, fewest, np.random.Generator(np.random.PCG64(root)))


def ranks_among_members(x: Array, y: Array, fewest: int, rng: np.random.Generator) -> Array:
    """Return the ranks. x: parameters (n, k); y: figures in units of their uncertainty, (n, f)."""
    found = []
    for truth in range(len(x)):
        observed = y[truth] + rng.normal(size=y.shape[1])
        member = (np.abs(y - observed) <= CUT).all(axis=1)
        member[truth] = False
        if member.sum() >= fewest:
            below = (x[member] < x[truth]).sum(axis=0)
            found.append((below + rng.random(x.shape[1])) / (member.sum() + 1))
    return np.array(found).reshape(len(found), x.shape[1])


def uniformity(ranks: Array, factors: list[str]) -> Plain:
    """Return how far the ranks are from uniform: truths; factors below ``LEVEL``; p and spread by factor.

    p: Kolmogorov-Smirnov; spread: standard deviation of the ranks over that of a uniform variable, below 1 if
    members are spread wider than they need be.
    """
    p = {
        name: float(stats.kstest(column, "uniform").pvalue)
        for name, column in zip(factors, ranks.T, strict=True)
    }
    spread = ranks.std(axis=0) * np.sqrt(12.0)
    return {
        "truths": len(ranks),
        "factors": len(factors),
        "below_level": sum(value < LEVEL for value in p.values()),
        "smallest_p": min(p.values()),
        "smallest_p_of": min(p, key=p.__getitem__),
        "p": {name: round(value, 4) for name, value in p.items()},
        "spread": {name: round(float(value), 3) for name, value in zip(factors, spread, strict=True)},
    }


def check(waves: Waves) -> Plain:
    """Return ``uniformity`` of the design of a folder, and what it is based on."""
    return {"points": len(waves.points) - SEEDS, "cut": CUT, **uniformity(true_ranks(waves), waves.factors)}
