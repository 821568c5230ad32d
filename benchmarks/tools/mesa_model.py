"""The reduced economy in Mesa: one object for each agent, stepped by ``agents.do``."""

from __future__ import annotations

import math

import mesa
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


class City(mesa.Agent):
    """A city: what it offers and what its firms did in this step."""

    def __init__(
        self, model: mesa.Model, number: int, price: float, availability: float, talent: float, data: float
    ) -> None:
        super().__init__(model)
        self.number, self.price, self.availability = number, price, availability
        self.talent, self.data = talent, data
        self.output, self.innovations, self.reach = 0.0, 0, 0.0

    def open_step(self) -> None:
        """Clear the sums and compute what all its firms share."""
        self.output, self.innovations = 0.0, 0
        self.reach = self.model.rate * self.talent**TALENT_POWER * self.data**DATA_POWER


class Firm(mesa.Agent):
    """A firm."""

    def __init__(
        self, model: mesa.Model, city: City, productivity: float, capital: float, absorption: float
    ) -> None:
        super().__init__(model)
        self.city, self.productivity, self.capital, self.absorption = city, productivity, capital, absorption

    def step(self) -> None:
        """Buy compute, try to innovate, produce, invest."""
        city = self.city
        compute = min(COMPUTE_SHARE * self.capital / city.price, city.availability)
        intensity = city.reach * (1.0 + compute) ** COMPUTE_POWER * self.absorption
        if self.random.random() < 1.0 - math.exp(-intensity):
            self.productivity *= GAIN
            city.innovations += 1
        output = self.productivity * self.capital**CAPITAL_POWER
        self.capital = KEPT * self.capital + SAVED * output
        city.output += output

    def move(self) -> None:
        """Go to another city, seldom."""
        if self.random.random() < MOVE_CHANCE:
            ahead = 1 + int(self.random.random() * (CITIES - 1))
            self.city = self.model.cities[(self.city.number + ahead) % CITIES]


class Economy(mesa.Model):
    """The economy."""

    def __init__(self, firms: int, rate: float, seed: int) -> None:
        super().__init__(rng=seed)
        first = start(firms)
        cities = (first.price, first.availability, first.talent, first.data)
        rows = zip(range(CITIES), *(column.tolist() for column in cities), strict=True)
        self.cities = [City(self, *row) for row in rows]
        firm = (first.city, first.productivity, first.capital, first.absorption)
        for city, *values in zip(*(column.tolist() for column in firm), strict=True):
            Firm(self, self.cities[city], *values)
        self.rate, self.gravity = rate, first.gravity
        self.total_output = self.total_innovations = self.quarter = 0

    def step(self) -> None:
        """One step."""
        firms, cities = self.agents_by_type[Firm], self.agents_by_type[City]
        cities.do("open_step")
        firms.do("step")
        output = np.array([city.output for city in self.cities])
        innovations = np.array([city.innovations for city in self.cities])
        self.total_output += output.sum()
        self.total_innovations += innovations.sum()
        arriving = self.gravity @ (output / output.mean())
        learnt = self.gravity @ (CITIES * innovations / max(1, int(innovations.sum())))
        for city, talent, data in zip(self.cities, arriving.tolist(), learnt.tolist(), strict=True):
            city.talent = (1.0 - RENEWAL) * city.talent + RENEWAL * talent
            city.data = (1.0 - RENEWAL) * city.data + RENEWAL * data
        self.quarter += 1
        if self.quarter % MOVE_EVERY == 0:
            firms.do("move")


# --- benchmark ---

SOURCE_LINES = source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = RATE) -> Economy:
    """Return an economy before its first step."""
    return Economy(firms, rate, seed)


def advance(state: Economy, steps: int) -> None:
    """Run ``steps`` steps."""
    for _ in range(steps):
        state.step()


def measures(state: Economy) -> dict[str, float]:
    """Return the six measures."""
    firms = list(state.agents_by_type[Firm])
    return measured(
        state.total_output,
        state.total_innovations,
        np.array([firm.productivity for firm in firms]),
        np.array([firm.city.number for firm in firms]),
        np.array([city.output for city in state.cities]),
    )


def run(firms: int, steps: int, seed: int) -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed)
    advance(state, steps)
    return measures(state)
