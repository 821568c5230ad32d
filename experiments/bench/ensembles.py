"""Time many small runs, as a sweep over parameters makes them: ``python -m experiments.bench.ensembles``.

512 points, each with its own seed and rate of innovation, of 2,000 firms and 60 steps. Two figures for each
tool: runs per second of one core (time of the process) and of two cores (wall clock, a process on each). C
and tools of one run at a time go run by run; NumPy and JAX have BATCH runs in one array, as their users
would; a module with a ``run_batch`` of its own is given BATCH runs at a time. Slow tools run some of the
points. The measures at the first points are held against the NumPy reference, pairwise, before anything is
timed. The wall clock of two cores means something only on a machine with nothing else to do. Where there is
a graphics card the engine also runs CARD_POINTS points on it at once, checked to have the bits of the CPU.
"""

from __future__ import annotations

import os
import random  # noqa: TID251  (shuffles the order of the rounds, not a draw of a model)
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.bench import REFERENCE, TOOLS, YARDSTICK, Tool, engine_model
from experiments.bench import reduced as r
from experiments.bench.compare import machine, options, say, write
from experiments.bench.gate import ERRORS
from experiments.bench.worker import Worker, WorkerError, cores
from model import gpu_run

POINTS = 512
FIRMS = 2_000
BATCH = 64
CHECKED = 64
CARD_POINTS = 16_384


def rate(point: int) -> float:
    """Rate of innovation at a point: from 3/4 to 5/4 of the default."""
    return r.RATE * (0.75 + 0.5 * (point % POINTS + 0.5) / POINTS)


def run_points(tool: Tool, points: Sequence[int], firms: int, steps: int) -> list[dict[str, float]]:
    """Measures at each point, in the way that suits the tool: its own ``run_batch``, ours, or one by one."""
    module = tool.load()
    batch = BATCHES.get(tool.name, getattr(module, "run_batch", None))
    rates = [rate(point) for point in points]
    if batch is not None:
        chunks = range(0, len(points), BATCH)
        parts = [
            batch(firms, steps, points[k : k + BATCH], rates[k : k + BATCH], **tool.options) for k in chunks
        ]
        return [run for part in parts for run in part]
    found = []
    for point, value in zip(points, rates, strict=True):
        state = tool.prepare(firms, point, rate=value)
        module.advance(state, steps)
        found.append(module.measures(state))
    return found


def numpy_batch(
    firms: int, steps: int, seeds: Sequence[int], rates: Sequence[float]
) -> list[dict[str, float]]:
    """Runs side by side in arrays of shape (runs, firms); cities are numbered on through the runs."""
    first, runs = r.start(firms), len(seeds)
    rng = np.random.default_rng(list(seeds))
    shift = np.arange(runs)[:, None] * r.CITIES
    city, productivity = np.tile(first.city, (runs, 1)), np.tile(first.productivity, (runs, 1))
    capital = np.tile(first.capital, (runs, 1))
    talent, data = np.tile(first.talent, (runs, 1)), np.tile(first.data, (runs, 1))
    base, totals = np.array(rates)[:, None], np.zeros((2, runs))
    output = np.zeros((runs, r.CITIES))

    def by_city(place: NDArray[Any], values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(place.ravel(), values.ravel(), runs * r.CITIES).reshape(runs, r.CITIES)

    for step in range(1, steps + 1):
        reach = base * talent**r.TALENT_POWER * data**r.DATA_POWER
        place = city + shift
        compute = np.minimum(r.COMPUTE_SHARE * capital / first.price[city], first.availability[city])
        intensity = reach.ravel()[place] * (1.0 + compute) ** r.COMPUTE_POWER * first.absorption
        success = rng.random(city.shape) < 1.0 - np.exp(-intensity)
        productivity[success] *= r.GAIN
        made = productivity * capital**r.CAPITAL_POWER
        capital = r.KEPT * capital + r.SAVED * made
        output, innovations = by_city(place, made), by_city(place, success)
        found = innovations.sum(axis=1, keepdims=True)
        totals += output.sum(axis=1), found[:, 0]
        arriving = output / output.mean(axis=1, keepdims=True) @ first.gravity.T
        learnt = r.CITIES * innovations / np.maximum(1.0, found) @ first.gravity.T
        talent = (1.0 - r.RENEWAL) * talent + r.RENEWAL * arriving
        data = (1.0 - r.RENEWAL) * data + r.RENEWAL * learnt
        if step % r.MOVE_EVERY == 0:
            movers = np.nonzero(rng.random(city.shape) < r.MOVE_CHANCE)
            ahead = 1 + (rng.random(len(movers[0])) * (r.CITIES - 1)).astype(np.int32)
            city[movers] = (city[movers] + ahead) % r.CITIES
    return [r.measured(totals[0, k], totals[1, k], productivity[k], city[k], output[k]) for k in range(runs)]


BATCHES = {"numpy": numpy_batch}


def differing(reference: Sequence[Mapping[str, float]], found: Sequence[Mapping[str, float]]) -> str:
    """What differs on average by more than ERRORS standard errors, point by point; empty if nothing."""
    wrong = []
    for name in r.MEASURES:
        gaps = np.array([b[name] - a[name] for a, b in zip(reference, found, strict=True)])
        error = gaps.std(ddof=1) / np.sqrt(len(gaps))
        if not (abs(gaps.mean()) <= ERRORS * error):
            wrong.append(f"{name} by {gaps.mean():.4g} with a standard error of {error:.2g}")
    return "; ".join(wrong)


def size(worker: Worker, budget: float, batched: bool) -> int:
    """Points for one worker and round that take about the budget of seconds, after compiling."""
    few = BATCH if batched else 1
    for _ in range(2):
        seconds = worker.ask("ensemble", points=list(range(few)), firms=FIRMS, steps=r.STEPS)["wall"]
    most = POINTS // 2
    return int(max(few, min(most, budget / seconds * few) // few * few))


def measure(name: str, pair: Sequence[Worker], points: int) -> dict[str, float]:
    """Runs per second of one core and of two, measured once."""
    parts = [list(range(points)), list(range(points, 2 * points))]
    alone = pair[0].ask("ensemble", points=parts[0], firms=FIRMS, steps=r.STEPS)
    begin = time.perf_counter()
    for worker, part in zip(pair, parts, strict=False):
        worker.send("ensemble", points=part, firms=FIRMS, steps=r.STEPS)
    for worker in pair:
        worker.answer()
    return {
        "per_core": points / alone["cpu"],
        "two_cores": len(pair) * points / (time.perf_counter() - begin),
    }


def on_card(rounds: int) -> str:
    """The table's row for the engine on a graphics card: what was measured, or why nothing was."""
    label = "ComputeLeap engine, graphics card"
    reason = gpu_run.missing()
    if reason:
        return f"| {label} | not measured: {reason} | | | |"
    points = list(range(CARD_POINTS))
    rates = [rate(point) for point in points]
    few = points[:CHECKED]
    cpu = engine_model.run_batch(FIRMS, r.STEPS, few, rates[:CHECKED])
    if engine_model.run_batch(FIRMS, r.STEPS, few, rates[:CHECKED], device="gpu") != cpu:
        return f"| {label} | not measured: its bits are not the CPU's | | | |"
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        engine_model.run_batch(FIRMS, r.STEPS, points, rates, device="gpu")
        found.append(CARD_POINTS / (time.perf_counter() - begin))
    measured = f"{max(found):.4g} / {statistics.median(found):.4g}"
    return f"| {label} | {measured} of one card, wall clock | | | {CARD_POINTS} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Time ensembles in every tool and write the table."""
    parser = options(__doc__)
    parser.add_argument("--budget", type=float, default=5.0, help="seconds for a tool in one round")
    given = parser.parse_args(arguments)
    about, two = machine(), cores()[-2:]
    pairs: dict[str, list[Worker]] = {}
    points: dict[str, int] = {}
    status: dict[str, str] = {}
    reference: list[dict[str, float]] = []
    for name in dict.fromkeys((REFERENCE, *given.tools)):
        reason = TOOLS[name].missing()
        if reason:
            status[name] = f"skipped: {reason}"
            continue
        pair = [Worker(name, core) for core in two]
        try:
            batched = name in BATCHES or hasattr(TOOLS[name].load(), "run_batch")
            points[name] = [size(worker, given.budget, batched) for worker in pair][-1]
            # Run by run is the reference of the reference, too: the batch is code of its own.
            if not reference:
                reference = one_by_one(range(CHECKED))
            some = list(range(CHECKED))
            found = pair[0].ask("ensemble", points=some, firms=FIRMS, steps=r.STEPS)["measures"]
            wrong = differing(reference, found)
            status[name] = f"failed: {wrong}" if wrong else "passed"
        except WorkerError as error:
            status[name] = f"failed: {error}"
        if status[name] == "passed" and name in given.tools:
            pairs[name] = pair
        else:
            for worker in pair:
                worker.close()
        say(f"{name}: {status[name]}")
    found_rates: dict[str, list[dict[str, float]]] = {name: [] for name in pairs}
    order = random.Random(0)
    for _ in range(given.rounds):
        for name in order.sample(list(pairs), len(pairs)):
            found_rates[name].append(measure(name, pairs[name], points[name]))
    for worker in (worker for pair in pairs.values() for worker in pair):
        worker.close()
    rows = [
        {
            "tool": name,
            "label": TOOLS[name].label,
            "points": 2 * points[name],
            "rounds": len(found),
            **{f"{key}_best": max(row[key] for row in found) for key in found[0]},
            **{f"{key}_median": statistics.median(row[key] for row in found) for key in found[0]},
        }
        for name, found in found_rates.items()
    ]
    table = pd.DataFrame(rows).sort_values("per_core_best", ascending=False)
    base = table.set_index("tool")["per_core_best"].get(YARDSTICK, np.nan)
    table["ratio"] = base / table["per_core_best"]
    about["card"] = on_card(given.rounds)
    about |= {"load_at_end": round(os.getloadavg()[0], 1), "rounds": given.rounds, "status": status}
    text = markdown(table, about)
    write(given.out, "ensembles", table, about, text)
    print(text)


def one_by_one(points: Sequence[int]) -> list[dict[str, float]]:
    """The reference's measures, one run at a time."""
    tool = TOOLS[REFERENCE]
    module, found = tool.load(), []
    for point in points:
        state = tool.prepare(FIRMS, POINTS + point, rate=rate(point))
        module.advance(state, r.STEPS)
        found.append(module.measures(state))
    return found


def markdown(table: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """The table for people."""
    lines = [
        "| tool | runs/s of a core | runs/s of two cores | time against C | points a round |",
        "|---|---|---|---|---|",
    ]
    for row in table.to_dict("records"):
        lines.append(
            f"| {row['label']} | {row['per_core_best']:.4g} / {row['per_core_median']:.4g} "
            f"| {row['two_cores_best']:.4g} / {row['two_cores_median']:.4g} "
            f"| {row['ratio']:.2f} | {row['points']} |"
        )
    lines.append(about["card"])
    facts = [
        f"- {key.replace('_', ' ')}: {value}" for key, value in about.items() if key not in ("status", "card")
    ]
    states = [f"- {name}: {text}" for name, text in about["status"].items()]
    title = [
        "# Ensembles of the reduced economy",
        "",
        f"{POINTS} points of {FIRMS:,} firms and {r.STEPS} steps, set-up included; best / median.",
    ]
    return "\n".join([*title, "", *lines, "", "## Machine", "", *facts, "", "## Check", "", *states, ""])


if __name__ == "__main__":
    main()
