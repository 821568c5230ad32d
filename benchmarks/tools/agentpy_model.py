"""The reduced economy in agentpy: lists of agents, whose methods are called on all at once."""

from __future__ import annotations

import math

import agentpy
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


class City(agentpy.Agent):
    """A city: what it offers and what its firms did in this step."""

    def setup(self) -> None:
        """Start without firms' sums."""
        self.output, self.innovations, self.reach = 0.0, 0, 0.0

    def open_step(self) -> None:
        """Clear the sums and compute what all its firms share."""
        self.output, self.innovations = 0.0, 0
        self.reach = self.p.rate * self.talent**TALENT_POWER * self.data**DATA_POWER


class Firm(agentpy.Agent):
    """A firm."""

    def step(self) -> None:
        """Buy compute, try to innovate, produce, invest."""
        city = self.city
        compute = min(COMPUTE_SHARE * self.capital / city.price, city.availability)
        intensity = city.reach * (1.0 + compute) ** COMPUTE_POWER * self.absorption
        if self.model.random.random() < 1.0 - math.exp(-intensity):
            self.productivity *= GAIN
            city.innovations += 1
        output = self.productivity * self.capital**CAPITAL_POWER
        self.capital = KEPT * self.capital + SAVED * output
        city.output += output

    def move(self) -> None:
        """Go to another city, seldom."""
        if self.model.random.random() < MOVE_CHANCE:
            ahead = 1 + int(self.model.random.random() * (CITIES - 1))
            self.city = self.model.cities[(self.city.number + ahead) % CITIES]


class Economy(agentpy.Model):
    """The economy."""

    def setup(self) -> None:
        """Make cities and firms."""
        first = start(self.p.firms)
        self.cities = agentpy.AgentList(self, CITIES, City)
        self.firms = agentpy.AgentList(self, self.p.firms, Firm)
        self.cities.number = agentpy.AttrIter(list(range(CITIES)))
        for name in ("price", "availability", "talent", "data"):
            setattr(self.cities, name, agentpy.AttrIter(getattr(first, name).tolist()))
        for name in ("productivity", "capital", "absorption"):
            setattr(self.firms, name, agentpy.AttrIter(getattr(first, name).tolist()))
        self.firms.city = agentpy.AttrIter([self.cities[k] for k in first.city.tolist()])
        self.gravity = first.gravity
        self.total_output = self.total_innovations = 0

    def step(self) -> None:
        """One step."""
        self.cities.open_step()
        self.firms.step()
        output, innovations = np.array(list(self.cities.output)), np.array(list(self.cities.innovations))
        self.total_output += output.sum()
        self.total_innovations += innovations.sum()
        arriving = self.gravity @ (output / output.mean())
        learnt = self.gravity @ (CITIES * innovations / max(1, int(innovations.sum())))
        for city, talent, data in zip(self.cities, arriving.tolist(), learnt.tolist(), strict=True):
            city.talent = (1.0 - RENEWAL) * city.talent + RENEWAL * talent
            city.data = (1.0 - RENEWAL) * city.data + RENEWAL * data
        if self.t % MOVE_EVERY == 0:
            self.firms.move()


# --- benchmark ---

SOURCE_LINES = source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = RATE) -> Economy:
    """Return an economy before its first step."""
    state = Economy({"firms": firms, "rate": rate, "seed": seed})
    state.sim_setup()
    return state


def advance(state: Economy, steps: int) -> None:
    """Run ``steps`` steps, as ``Model.run`` does."""
    for _ in range(steps):
        state.sim_step()


def measures(state: Economy) -> dict[str, float]:
    """Return the six measures."""
    return measured(
        state.total_output,
        state.total_innovations,
        np.array(list(state.firms.productivity)),
        np.array([firm.city.number for firm in state.firms]),
        np.array(list(state.cities.output)),
    )


def run(firms: int, steps: int, seed: int) -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed)
    advance(state, steps)
    return measures(state)
