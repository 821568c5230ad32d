"""The reduced economy in mesa-frames: firms are a Polars data frame."""

from __future__ import annotations

import mesa_frames
import numpy as np
import polars as pl

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
    Start,
    measured,
    source_lines,
    start,
)

# --- model ---


class Firms(mesa_frames.AgentSetPolars):
    """All firms."""

    def __init__(self, model: mesa_frames.ModelDF, first: Start) -> None:
        super().__init__(model)
        names = ("city", "productivity", "capital", "absorption")
        columns = {name: getattr(first, name) for name in names}
        self.add(pl.DataFrame({"unique_id": np.arange(len(first.city)), **columns}))

    def step(self) -> None:
        """Buy compute, try to innovate, produce, invest."""
        model, city, capital = self.model, pl.col("city"), pl.col("capital")

        def of_city(values: np.ndarray) -> pl.Expr:
            return pl.lit(pl.Series(values)).gather(city)

        reach = model.rate * model.talent**TALENT_POWER * model.data**DATA_POWER
        compute = pl.min_horizontal(
            COMPUTE_SHARE * capital / of_city(model.price), of_city(model.availability)
        )
        intensity = of_city(reach) * (1.0 + compute) ** COMPUTE_POWER * pl.col("absorption")
        draws = pl.Series("draw", model.random.random(len(self)))
        frame = self.agents.with_columns(success=pl.lit(draws) < 1.0 - (-intensity).exp())
        gain = pl.when("success").then(GAIN).otherwise(1.0)
        frame = frame.with_columns(productivity=pl.col("productivity") * gain)
        frame = frame.with_columns(output=pl.col("productivity") * capital**CAPITAL_POWER)
        self.agents = frame.with_columns(capital=KEPT * capital + SAVED * pl.col("output"))

    def by_city(self) -> tuple[np.ndarray, np.ndarray]:
        """Output and innovations of each city."""
        sums = self.agents.group_by("city").agg(pl.col("output", "success").sum())
        output, innovations = np.zeros(CITIES), np.zeros(CITIES)
        output[sums["city"]], innovations[sums["city"]] = sums["output"], sums["success"]
        return output, innovations

    def move(self) -> None:
        """Some go to another city."""
        rng, city = self.model.random, pl.col("city")
        moves = pl.lit(pl.Series(rng.random(len(self)) < MOVE_CHANCE))
        ahead = pl.lit(pl.Series(1 + rng.integers(0, CITIES - 1, len(self), dtype=np.int32)))
        moved = pl.when(moves).then((city + ahead) % CITIES).otherwise(city)
        self.agents = self.agents.with_columns(city=moved.cast(pl.Int32))


class Economy(mesa_frames.ModelDF):
    """The economy: cities are arrays of the model."""

    def __init__(self, firms: int, rate: float, seed: int) -> None:
        super().__init__(seed)
        first = start(firms)
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
        learnt = self.gravity @ (CITIES * innovations / max(1, int(innovations.sum())))
        self.talent = (1.0 - RENEWAL) * self.talent + RENEWAL * arriving
        self.data = (1.0 - RENEWAL) * self.data + RENEWAL * learnt
        self.time += 1
        if self.time % MOVE_EVERY == 0:
            self.firms.move()


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
    frame = state.firms.agents
    columns = frame["productivity"].to_numpy(), frame["city"].to_numpy()
    return measured(state.total_output, state.total_innovations, *columns, state.output)


def run(firms: int, steps: int, seed: int) -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed)
    advance(state, steps)
    return measures(state)
