"""The reduced economy in mesa-frames: firms are a Polars data frame."""

from __future__ import annotations

import mesa_frames
import numpy as np
import polars as pl

from benchmarks.tools import reduced_economy as r

# --- model ---


class Firms(mesa_frames.AgentSetPolars):
    """All firms."""

    def __init__(self, model: mesa_frames.ModelDF, first: r.Start) -> None:
        super().__init__(model)
        names = ("city", "productivity", "capital", "absorption")
        columns = {name: getattr(first, name) for name in names}
        self.add(pl.DataFrame({"unique_id": np.arange(len(first.city)), **columns}))

    def step(self) -> None:
        """Buy compute, try to innovate, produce, invest."""
        model, city, capital = self.model, pl.col("city"), pl.col("capital")

        def of_city(values: np.ndarray) -> pl.Expr:
            return pl.lit(pl.Series(values)).gather(city)

        reach = model.rate * model.talent**r.TALENT_POWER * model.data**r.DATA_POWER
        compute = pl.min_horizontal(
            r.COMPUTE_SHARE * capital / of_city(model.price), of_city(model.availability)
        )
        intensity = of_city(reach) * (1.0 + compute) ** r.COMPUTE_POWER * pl.col("absorption")
        draws = pl.Series("draw", model.random.random(len(self)))
        frame = self.agents.with_columns(success=pl.lit(draws) < 1.0 - (-intensity).exp())
        gain = pl.when("success").then(r.GAIN).otherwise(1.0)
        frame = frame.with_columns(productivity=pl.col("productivity") * gain)
        frame = frame.with_columns(output=pl.col("productivity") * capital**r.CAPITAL_POWER)
        self.agents = frame.with_columns(capital=r.KEPT * capital + r.SAVED * pl.col("output"))

    def by_city(self) -> tuple[np.ndarray, np.ndarray]:
        """Output and innovations of each city."""
        sums = self.agents.group_by("city").agg(pl.col("output", "success").sum())
        output, innovations = np.zeros(r.CITIES), np.zeros(r.CITIES)
        output[sums["city"]], innovations[sums["city"]] = sums["output"], sums["success"]
        return output, innovations

    def move(self) -> None:
        """Some go to another city."""
        rng, city = self.model.random, pl.col("city")
        moves = pl.lit(pl.Series(rng.random(len(self)) < r.MOVE_CHANCE))
        ahead = pl.lit(pl.Series(1 + rng.integers(0, r.CITIES - 1, len(self), dtype=np.int32)))
        moved = pl.when(moves).then((city + ahead) % r.CITIES).otherwise(city)
        self.agents = self.agents.with_columns(city=moved.cast(pl.Int32))


class Economy(mesa_frames.ModelDF):
    """The economy: cities are arrays of the model."""

    def __init__(self, firms: int, rate: float, seed: int) -> None:
        super().__init__(seed)
        first = r.start(firms)
        self.firms = Firms(self, first)
        self.agents += self.firms
        self.firms = self.get_agents_of_type(Firms)
        self.price, self.availability, self.gravity = first.price, first.availability, first.gravity
        self.talent, self.data, self.rate = first.talent, first.data, rate
        self.total_output = self.total_innovations = 0.0
        self.time = 0

    def step(self) -> None:
        """One step."""
        self.firms.step()
        self.output, innovations = self.firms.by_city()
        self.total_output += self.output.sum()
        self.total_innovations += innovations.sum()
        arriving = self.gravity @ (self.output / self.output.mean())
        learnt = self.gravity @ (r.CITIES * innovations / max(1, int(innovations.sum())))
        self.talent = (1.0 - r.RENEWAL) * self.talent + r.RENEWAL * arriving
        self.data = (1.0 - r.RENEWAL) * self.data + r.RENEWAL * learnt
        self.time += 1
        if self.time % r.MOVE_EVERY == 0:
            self.firms.move()


# --- benchmark ---

SOURCE_LINES = r.source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = r.RATE) -> Economy:
    """An economy before its first step."""
    return Economy(firms, rate, seed)


def advance(state: Economy, steps: int) -> None:
    """Run that many steps."""
    for _ in range(steps):
        state.step()


def measures(state: Economy) -> dict[str, float]:
    """The six measures."""
    frame = state.firms.agents
    columns = frame["productivity"].to_numpy(), frame["city"].to_numpy()
    return r.measured(state.total_output, state.total_innovations, *columns, state.output)


def run(firms: int, steps: int, seed: int) -> dict[str, float]:
    """The six measures after that many steps."""
    state = prepare(firms, seed)
    advance(state, steps)
    return measures(state)
