"""The reduced economy in JAX: a pure step, jitted, in a scan over steps."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
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

jax.config.update("jax_enable_x64", True)  # dtypes are named throughout, so f32 stays f32

# --- model ---


def step(fixed: dict[str, Any], state: dict[str, Any], time: Any) -> tuple[dict[str, Any], Any]:
    """One step: the new state, and output by city and innovations."""
    city, capital, productivity = state["city"], state["capital"], state["productivity"]
    dtype = capital.dtype
    draw, move, where = jax.random.split(jax.random.fold_in(fixed["key"], time), 3)
    reach = fixed["rate"] * state["talent"] ** TALENT_POWER * state["data"] ** DATA_POWER
    compute = jnp.minimum(COMPUTE_SHARE * capital / fixed["price"][city], fixed["availability"][city])
    intensity = reach[city] * (1.0 + compute) ** COMPUTE_POWER * fixed["absorption"]
    success = jax.random.uniform(draw, city.shape, dtype) < 1.0 - jnp.exp(-intensity)
    productivity = jnp.where(success, productivity * GAIN, productivity)
    output = productivity * capital**CAPITAL_POWER
    city_output = jax.ops.segment_sum(output, city, CITIES)
    innovations = jax.ops.segment_sum(success.astype(dtype), city, CITIES)
    arriving = fixed["gravity"] @ (city_output / city_output.mean())
    learnt = fixed["gravity"] @ (CITIES * innovations / jnp.maximum(1, innovations.sum()))

    def moved(city: Any) -> Any:
        moves = jax.random.uniform(move, city.shape, dtype) < MOVE_CHANCE
        ahead = jax.random.randint(where, city.shape, 1, CITIES, jnp.int32)
        return jnp.where(moves, (city + ahead) % CITIES, city)

    new = {
        "city": jax.lax.cond((time + 1) % MOVE_EVERY == 0, moved, lambda city: city, city),
        "productivity": productivity,
        "capital": KEPT * capital + SAVED * output,
        "talent": (1.0 - RENEWAL) * state["talent"] + RENEWAL * arriving,
        "data": (1.0 - RENEWAL) * state["data"] + RENEWAL * learnt,
    }
    return new, (city_output, innovations.sum())


@partial(jax.jit, donate_argnums=1)
def many_steps(fixed: dict[str, Any], state: dict[str, Any], times: Any) -> tuple[dict[str, Any], Any]:
    """The state after all steps, and what ``step`` reports of each."""
    return jax.lax.scan(partial(step, fixed), state, times)


def economy(firms: int, seed: int, rate: float, precision: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Constants and state."""
    first = start(firms)
    fixed = {name: getattr(first, name) for name in ("absorption", "price", "availability", "gravity")}
    state = {name: getattr(first, name) for name in ("productivity", "capital", "talent", "data")}
    fixed, state = (
        {name: jnp.asarray(value, precision) for name, value in part.items()} for part in (fixed, state)
    )
    state["city"] = jnp.asarray(first.city)
    return {**fixed, "rate": jnp.asarray(rate, precision), "key": jax.random.key(seed)}, state


# --- benchmark ---

SOURCE_LINES = source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = RATE, precision: str = "float64") -> dict[str, Any]:
    """Return an economy before its first step."""
    fixed, state = economy(firms, seed, rate, precision)
    return {"fixed": fixed, "state": jax.block_until_ready(state), "time": 0, "totals": np.zeros(2)}


def advance(state: dict[str, Any], steps: int) -> None:
    """Run ``steps`` steps."""
    times = jnp.arange(state["time"], state["time"] + steps, dtype=jnp.int32)
    state["state"], (output, innovations) = jax.block_until_ready(
        many_steps(state["fixed"], state["state"], times)
    )
    output = np.asarray(output, dtype=np.float64)
    state["output"] = output[-1]
    state["totals"] += output.sum(), np.asarray(innovations, dtype=np.float64).sum()
    state["time"] += steps


def measures(state: dict[str, Any]) -> dict[str, float]:
    """Return the six measures."""
    now = {name: np.asarray(value) for name, value in state["state"].items()}
    totals = state["totals"].tolist()
    return measured(totals[0], totals[1], now["productivity"], now["city"], state["output"])


def run(firms: int, steps: int, seed: int, precision: str = "float64") -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed, precision=precision)
    advance(state, steps)
    return measures(state)
