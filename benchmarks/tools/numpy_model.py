"""The reduced economy in NumPy columns: the reference for the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.tools.reduced_economy import (
    CAPITAL_POWER,
    CITIES,
    COMPUTE_POWER,
    COMPUTE_SHARE,
    DATA_POWER,
    GAIN,
    KEPT,
    MOVE_CHANCE,
    MOVE_EVERY,
    RATE,
    RENEWAL,
    SAVED,
    TALENT_POWER,
    measured,
    source_lines,
    start,
)

# --- model ---


class Economy:
    """Columns of firms and cities, and a generator."""

    def __init__(self, firms: int, seed: int, rate: float) -> None:
        first = start(firms)
        self.city, self.productivity = first.city, first.productivity
        self.capital, self.absorption = first.capital, first.absorption
        self.price, self.availability = first.price, first.availability
        self.talent, self.data, self.gravity = first.talent, first.data, first.gravity
        self.rng: Any = np.random.default_rng(seed)
        self.rate, self.time = rate, 0
        self.total_output = self.total_innovations = 0.0

    def step(self) -> None:
        """One step."""
        city, capital = self.city, self.capital
        reach = self.rate * self.talent**TALENT_POWER * self.data**DATA_POWER
        compute = np.minimum(COMPUTE_SHARE * capital / self.price[city], self.availability[city])
        intensity = reach[city] * (1.0 + compute) ** COMPUTE_POWER * self.absorption
        success = self.rng.random(len(city)) < 1.0 - np.exp(-intensity)
        self.productivity[success] *= GAIN
        output = self.productivity * capital**CAPITAL_POWER
        self.capital = KEPT * capital + SAVED * output
        self.output = np.bincount(city, output, CITIES)
        innovations = np.bincount(city[success], minlength=CITIES)
        total = int(innovations.sum())
        self.total_output += self.output.sum()
        self.total_innovations += total
        arriving = self.gravity @ (self.output / self.output.mean())
        learnt = self.gravity @ (CITIES * innovations / max(1, total))
        self.talent = (1.0 - RENEWAL) * self.talent + RENEWAL * arriving
        self.data = (1.0 - RENEWAL) * self.data + RENEWAL * learnt
        self.time += 1
        if self.time % MOVE_EVERY == 0:
            movers = np.flatnonzero(self.rng.random(len(city)) < MOVE_CHANCE)
            ahead = 1 + (self.rng.random(len(movers)) * (CITIES - 1)).astype(np.int32)
            city[movers] = (city[movers] + ahead) % CITIES


# --- benchmark ---

SOURCE_LINES = source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = RATE) -> Economy:
    """Return an economy before its first step."""
    return Economy(firms, seed, rate)


def advance(state: Economy, steps: int) -> None:
    """Run ``steps`` steps."""
    for _ in range(steps):
        state.step()


def measures(state: Economy) -> dict[str, float]:
    """Return the six measures."""
    return measured(state.total_output, state.total_innovations, state.productivity, state.city, state.output)


def run(firms: int, steps: int, seed: int) -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed)
    advance(state, steps)
    return measures(state)
