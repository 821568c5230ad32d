"""The reduced economy in ambr, in the vectorised lane: columns out, arithmetic in NumPy, columns in."""

from __future__ import annotations

import ambr
import numpy as np

from benchmarks.tools import reduced_economy as r

# --- model ---


class Economy(ambr.Model):
    """The economy: firms are ambr's agents, cities are arrays of the model."""

    def setup(self) -> None:
        """Make cities and firms."""
        first = r.start(self.p["firms"])
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
        reach = self.rate * self.talent**r.TALENT_POWER * self.data**r.DATA_POWER
        compute = np.minimum(r.COMPUTE_SHARE * capital / self.price[city], self.availability[city])
        intensity = reach[city] * (1.0 + compute) ** r.COMPUTE_POWER * absorption
        success = self.rng.random(len(city)) < 1.0 - np.exp(-intensity)
        productivity = np.where(success, productivity * r.GAIN, productivity)
        output = productivity * capital**r.CAPITAL_POWER
        changed = {"productivity": productivity, "capital": r.KEPT * capital + r.SAVED * output}
        self.output = np.bincount(city, output, r.CITIES)
        innovations = np.bincount(city[success], minlength=r.CITIES)
        total = int(innovations.sum())
        self.total_output += self.output.sum()
        self.total_innovations += total
        arriving = self.gravity @ (self.output / self.output.mean())
        learnt = self.gravity @ (r.CITIES * innovations / max(1, total))
        self.talent = (1.0 - r.RENEWAL) * self.talent + r.RENEWAL * arriving
        self.data = (1.0 - r.RENEWAL) * self.data + r.RENEWAL * learnt
        if (self.t + 1) % r.MOVE_EVERY == 0:
            movers = np.flatnonzero(self.rng.random(len(city)) < r.MOVE_CHANCE)
            ahead = 1 + (self.rng.random(len(movers)) * (r.CITIES - 1)).astype(np.int32)
            changed["city"] = city.copy()
            changed["city"][movers] = (city[movers] + ahead) % r.CITIES
        self.agents.set(**changed)


# --- benchmark ---

SOURCE_LINES = r.source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = r.RATE) -> Economy:
    """An economy before its first step."""
    state = Economy({"firms": firms, "rate": rate, "seed": seed, "show_progress": False})
    state.cpu(mode="vectorized").run(steps=0)  # sets up, which would otherwise be left to the first step
    return state


def advance(state: Economy, steps: int) -> None:
    """Run that many steps, as ``Model.run`` does."""
    for _ in range(steps):
        state.run_step()


def measures(state: Economy) -> dict[str, float]:
    """The six measures."""
    productivity, city = state.agents.numpy("productivity", "city")
    return r.measured(state.total_output, state.total_innovations, productivity, city, state.output)


def run(firms: int, steps: int, seed: int) -> dict[str, float]:
    """The six measures after that many steps."""
    state = prepare(firms, seed)
    advance(state, steps)
    return measures(state)
