"""The reduced economy in JAX: a pure step, jitted, in a scan over steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.tools import reduced_economy as r

jax.config.update("jax_enable_x64", True)  # dtypes are named throughout, so f32 stays f32

# --- model ---


def step(fixed: dict[str, Any], state: dict[str, Any], time: Any) -> tuple[dict[str, Any], Any]:
    """One step: the new state, and output by city and innovations."""
    city, capital, productivity = state["city"], state["capital"], state["productivity"]
    dtype = capital.dtype
    draw, move, where = jax.random.split(jax.random.fold_in(fixed["key"], time), 3)
    reach = fixed["rate"] * state["talent"] ** r.TALENT_POWER * state["data"] ** r.DATA_POWER
    compute = jnp.minimum(r.COMPUTE_SHARE * capital / fixed["price"][city], fixed["availability"][city])
    intensity = reach[city] * (1.0 + compute) ** r.COMPUTE_POWER * fixed["absorption"]
    success = jax.random.uniform(draw, city.shape, dtype) < 1.0 - jnp.exp(-intensity)
    productivity = jnp.where(success, productivity * r.GAIN, productivity)
    output = productivity * capital**r.CAPITAL_POWER
    city_output = jax.ops.segment_sum(output, city, r.CITIES)
    innovations = jax.ops.segment_sum(success.astype(dtype), city, r.CITIES)
    arriving = fixed["gravity"] @ (city_output / city_output.mean())
    learnt = fixed["gravity"] @ (r.CITIES * innovations / jnp.maximum(1, innovations.sum()))

    def moved(city: Any) -> Any:
        moves = jax.random.uniform(move, city.shape, dtype) < r.MOVE_CHANCE
        ahead = jax.random.randint(where, city.shape, 1, r.CITIES, jnp.int32)
        return jnp.where(moves, (city + ahead) % r.CITIES, city)

    new = {
        "city": jax.lax.cond((time + 1) % r.MOVE_EVERY == 0, moved, lambda city: city, city),
        "productivity": productivity,
        "capital": r.KEPT * capital + r.SAVED * output,
        "talent": (1.0 - r.RENEWAL) * state["talent"] + r.RENEWAL * arriving,
        "data": (1.0 - r.RENEWAL) * state["data"] + r.RENEWAL * learnt,
    }
    return new, (city_output, innovations.sum())


@partial(jax.jit, donate_argnums=1)
def many_steps(fixed: dict[str, Any], state: dict[str, Any], times: Any) -> tuple[dict[str, Any], Any]:
    """The state after all steps, and what ``step`` reports of each."""
    return jax.lax.scan(partial(step, fixed), state, times)


def economy(firms: int, seed: int, rate: float, precision: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stays and what changes."""
    first = r.start(firms)
    fixed = {name: getattr(first, name) for name in ("absorption", "price", "availability", "gravity")}
    state = {name: getattr(first, name) for name in ("productivity", "capital", "talent", "data")}
    fixed, state = (
        {name: jnp.asarray(value, precision) for name, value in part.items()} for part in (fixed, state)
    )
    state["city"] = jnp.asarray(first.city)
    return {**fixed, "rate": jnp.asarray(rate, precision), "key": jax.random.key(seed)}, state


# --- benchmark ---

SOURCE_LINES = r.source_lines(__file__)


def prepare(firms: int, seed: int, rate: float = r.RATE, precision: str = "float64") -> dict[str, Any]:
    """An economy before its first step."""
    fixed, state = economy(firms, seed, rate, precision)
    return {"fixed": fixed, "state": jax.block_until_ready(state), "time": 0, "totals": np.zeros(2)}


def advance(state: dict[str, Any], steps: int) -> None:
    """Run that many steps."""
    times = jnp.arange(state["time"], state["time"] + steps, dtype=jnp.int32)
    state["state"], (output, innovations) = jax.block_until_ready(
        many_steps(state["fixed"], state["state"], times)
    )
    output = np.asarray(output, dtype=np.float64)
    state["output"] = output[-1]
    state["totals"] += output.sum(), np.asarray(innovations, dtype=np.float64).sum()
    state["time"] += steps


def measures(state: dict[str, Any]) -> dict[str, float]:
    """The six measures."""
    now = {name: np.asarray(value) for name, value in state["state"].items()}
    totals = state["totals"].tolist()
    return r.measured(totals[0], totals[1], now["productivity"], now["city"], state["output"])


def run(firms: int, steps: int, seed: int, precision: str = "float64") -> dict[str, float]:
    """The six measures after that many steps."""
    state = prepare(firms, seed, precision=precision)
    advance(state, steps)
    return measures(state)


@jax.jit
def _many_runs(fixed: dict[str, Any], state: dict[str, Any], keys: Any, rates: Any, times: Any) -> Any:
    def one(key: Any, rate: Any) -> Any:
        return jax.lax.scan(partial(step, {**fixed, "key": key, "rate": rate}), state, times)

    return jax.vmap(one)(keys, rates)


def run_batch(
    firms: int, steps: int, seeds: Sequence[int], rates: Sequence[float], precision: str = "float64"
) -> list[dict[str, float]]:
    """The six measures of several runs at once, by ``vmap``."""
    fixed, state = economy(firms, 0, 0.0, precision)
    keys = jax.vmap(jax.random.key)(jnp.asarray(seeds))
    found = _many_runs(fixed, state, keys, jnp.asarray(rates, precision), jnp.arange(steps, dtype=jnp.int32))
    now, (output, innovations) = jax.tree.map(lambda x: np.asarray(x), found)
    output, innovations = output.astype(np.float64), innovations.astype(np.float64)
    columns = zip(output, innovations, now["productivity"], now["city"], strict=True)
    return [r.measured(o.sum(), i.sum(), a, c, o[-1]) for o, i, a, c in columns]
