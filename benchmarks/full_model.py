"""The full model timed: a quarter by event and size, threads, start-up and memory.

``python -m benchmarks.full_model`` prints the tables and writes ``build/bench/full_model.json``, or the file
named on the command line. Times are of the wall clock; each is the least of several repeats, because other
processes can only add to it. Ratios come first: they hold on other machines.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.storage.json_file import json_text
from experiments.storage.provenance import versions
from model.country.city_tables import load_cities
from model.country.synthetic import synthetic_country
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario_catalogue import find_scenario

FIRMS = (1_000, 10_000, 100_000, 1_000_000)
CITIES = (60, 338, 1_000)
# Sizes that need gigabytes are asked for by name: --large.
LARGE_FIRMS, LARGE_CITIES = (10_000_000,), (3_000, 10_000)


def country(cities: int) -> pd.DataFrame:
    """The shipped table for 338 cities, else a synthetic country."""
    return load_cities() if cities == 338 else synthetic_country(cities, seed=1)


def economy(cities: int, firms: int, seed: int = 1, threads: int = 1, quarters: int = 24) -> RegionalModel:
    """A model some quarters after its eight hosts opened."""
    scenario = replace(find_scenario("random_hosts"), opens="2005Q1")
    parameters = Parameters(firms=firms, burn_in=8)
    model = RegionalModel(parameters, scenario, seed, cities=country(cities), threads=threads)
    model.engine.run(0, quarters)
    model.quarter = quarters
    return model


def phases(cities: int, firms: int, repeats: int = 7) -> dict[str, Any]:
    """Time of one quarter, ms, in all and by event; memory of the state, bytes per firm."""
    few = firms >= 1_000_000 or cities > 1_000
    model = economy(cities, firms, quarters=2 if few else 24)
    best = dict.fromkeys(model.engine.names, float("inf"))  # the events of this run: some are switched off
    for _ in range(3 if few else repeats):
        for name, (_, call) in zip(model.engine.names, model.engine.calls, strict=True):
            start = time.perf_counter()
            call(model.quarter)
            best[name] = min(best[name], 1e3 * (time.perf_counter() - start))
        model.quarter += 1
    pairs = model.state["city_pairs"].bytes + model.state["city_offers"].bytes
    return {
        "cities": cities,
        "firms": firms,
        "quarter_ms": sum(best.values()),
        "ns_per_firm": 1e6 * sum(best.values()) / firms,
        "firm_table_bytes_per_firm": model.state["firms"].bytes / firms,
        "state_mb": model.state.bytes / 1e6,
        "pair_tables_mb": pairs / 1e6,
        "events_ms": dict(sorted(best.items(), key=lambda item: -item[1])),
    }


def threads(cities: int, firms: int, repeats: int = 5) -> dict[str, Any]:
    """Wall time of one quarter on one thread and on two, ms."""
    row: dict[str, Any] = {"cities": cities, "firms": firms}
    for count in (1, 2):
        model = economy(cities, firms, threads=count, quarters=2)
        best = float("inf")
        for _ in range(repeats):
            start = time.perf_counter()
            model.engine.run(model.quarter)
            best = min(best, time.perf_counter() - start)
            model.quarter += 1
        row[f"wall_ms_{count}"] = 1e3 * best
    row["speed_up"] = row["wall_ms_1"] / row["wall_ms_2"]
    return row


def start_up() -> dict[str, float]:
    """Seconds of wall time: ``--help``, import, and a new process to its first quarter, warm cache."""
    first = "from model import RegionalModel as M; M(firms=10_000, burn_in=0, rng=1).step()"
    commands = {
        "help_s": [sys.executable, "-m", "viz", "--help"],
        "import_s": [sys.executable, "-c", "import model"],
        "first_quarter_s": [sys.executable, "-c", first],
    }
    found = {}
    for name, command in commands.items():
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            best = min(best, time.perf_counter() - start)
        found[name] = best
    return found


def growth(rows: list[dict[str, Any]], by: str) -> float:
    """Exponent of growth of a quarter's time between the two largest sizes."""
    small, large = sorted(rows, key=lambda row: row[by])[-2:]
    return float(np.log(large["quarter_ms"] / small["quarter_ms"]) / np.log(large[by] / small[by]))


def measure(large: bool = False) -> dict[str, Any]:
    """All tables of the full model, with machine, versions and date."""
    by_firms = [phases(338, firms) for firms in FIRMS + (LARGE_FIRMS if large else ())]
    by_cities = [phases(cities, 10_000) for cities in CITIES + (LARGE_CITIES if large else ())]
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.platform()},
        "versions": versions(),
        "by_firms": by_firms,
        "exponent_firms": growth(by_firms, "firms"),
        "by_cities": by_cities,
        "exponent_cities": growth(by_cities, "cities"),
        "threads": [threads(338, firms) for firms in (10_000, 1_000_000)],
        "start_up": start_up(),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def show(found: dict[str, Any]) -> None:
    """Print the tables."""
    for by in ("firms", "cities"):
        print(f"\nOne quarter by number of {by} (one thread); exponent {found[f'exponent_{by}']:.2f}")
        print(f"{'cities':>8} {'firms':>11} {'ms':>10} {'ns/firm':>9} {'state MB':>9}  largest events, ms")
        for row in found[f"by_{by}"]:
            top = ", ".join(f"{name} {ms:.2f}" for name, ms in list(row["events_ms"].items())[:4])
            print(
                f"{row['cities']:>8,} {row['firms']:>11,} {row['quarter_ms']:>10.2f} "
                f"{row['ns_per_firm']:>9.0f} {row['state_mb']:>9.1f}  {top}"
            )
    for row in found["threads"]:
        two = f"{row['speed_up']:.2f} × one ({row['wall_ms_2']:.2f} ms)"
        print(f"\ntwo threads at {row['firms']:,} firms: {two}")
    print("start-up: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in found["start_up"].items()))


def main() -> None:
    """Measure, print, and write the JSON file named on the command line (default build/bench)."""
    large = "--large" in sys.argv
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    target = Path(named[0] if named else "build/bench/full_model.json")
    found = measure(large)
    show(found)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json_text(found), encoding="utf-8")
    print(f"written to {target}")


if __name__ == "__main__":
    main()
