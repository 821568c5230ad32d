"""The reduced economy in ambr, in the vectorised lane: columns out, arithmetic in NumPy, columns in."""

from __future__ import annotations

import ambr
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


class Economy(ambr.Model):
    """The economy: firms are ambr's agents, cities are arrays of the model."""

    def setup(self) -> None:
        """Make cities and firms."""
        first = start(self.p["firms"])
        self.price, self.availability, self.gravity = first.price, first.availability, first.gravity
        self.talent, self.data, self.rate = first.talent, first.data, self.p["rate"]
        self.total_output = self.total_innovations = 0.0
        self.add_agents(
            self.p["firms"],
            city=first.city,
            productivity=first.productivity,
            capital=first.capital,
            absorption=first.absorption,
        )

    def step_vectorized(self) -> None:
        """One step."""
        columns = self.agents.numpy("city", "productivity", "capital", "absorption")
        city, productivity, capital, absorption = columns
        reach = self.rate * self.talent**TALENT_POWER * self.data**DATA_POWER
        compute = np.minimum(COMPUTE_SHARE * capital / self.price[city], self.availability[city])
        intensity = reach[city] * (1.0 + compute) ** COMPUTE_POWER * absorption
        success = self.rng.random(len(city)) < 1.0 - np.exp(-intensity)
        productivity = np.where(success, productivity * GAIN, productivity)
        output = productivity * capital**CAPITAL_POWER
        changed = {"productivity": productivity, "capital": KEPT * capital + SAVED * output}
        self.output = np.bincount(city, output, CITIES)
        innovations = np.bincount(city[success], minlength=CITIES)
        total = int(innovations.sum())
        self.total_output += self.output.sum()
        self.total_innovations += total
        arriving = self.gravity @ (self.output / self.output.mean())
        learnt = self.gravity @ (CITIES * innovations / max(1, total))
        self.talent = (1.0 - RENEWAL) * self.talent + RENEWAL * arriving
        self.data = (1.0 - RENEWAL) * self.data + RENEWAL * learnt
        if (self.t + 1) % MOVE_EVERY == 0:
            movers = np.flatnonzero(self.rng.random(len(city)) < MOVE_CHANCE)
            ahead = 1 + (self.rng.random(len(movers)) * (CITIES - 1)).astype(np.int32)
            changed["city"] = city.copy()
            changed["city"][movers] = (city[movers] + ahead) % CITIES
        self.agents.set(**changed)


# --- benchmark ---

SOURCE_LINES = source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = RATE) -> Economy:
    """Return an economy before its first step."""
    state = Economy({"firms": firms, "rate": rate, "seed": seed, "show_progress": False})
    state.cpu(mode="vectorized").run(steps=0)  # sets up, which would otherwise be left to the first step
    return state


def advance(state: Economy, steps: int) -> None:
    """Run ``steps`` steps, as ``Model.run`` does."""
    for _ in range(steps):
        state.run_step()


def measures(state: Economy) -> dict[str, float]:
    """Return the six measures."""
    productivity, city = state.agents.numpy("productivity", "city")
    return measured(state.total_output, state.total_innovations, productivity, city, state.output)


def run(firms: int, steps: int, seed: int) -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed)
    advance(state, steps)
    return measures(state)
