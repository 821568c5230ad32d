"""Sweeps measured: overhead over the runs themselves, memory of the driver, queries over a large store.

``python -m benchmarks.sweep_overhead [FILE]`` prints and writes JSON. Overhead is process CPU time of a chunk
over that spent in the models themselves, the median of several tries; memory is the largest
resident set of a driver with two Dask workers whose runs cost nothing; the large store is made up.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from experiments.storage.provenance import versions
from experiments.study.run_key import model_fingerprint
from experiments.sweep import executors, from_values, simulate
from experiments.sweep.chunk import ChunkReport, Task, run_chunk, store_context
from experiments.sweep.design import make_design
from experiments.sweep.measures import METRICS
from experiments.sweep.queries import connect
from experiments.sweep.scheduling import Progress
from experiments.sweep.simulate import Simulator
from experiments.sweep.store import Store, chunk_name, schemas
from experiments.sweep.store_page import Frozen
from experiments.sweep.sweep import Sweep
from model.regional_model import RegionalModel

TRIES = 5
SIZES = (1_000, 10_000, 100_000)


def small(folder: Path, runs: int, chunk: int, twin: bool = False) -> Sweep:
    """A sweep of a small country: 60 cities, 2,000 firms, 21 years."""
    values = {
        "name": "small",
        "seeds": 10,
        "twin": twin,
        "scenario": "random_hosts",
        "cities": "synthetic:60",
        "until": 2025,
        "parameters": {"firms": 2000, "burn_in": 20},
        "design": {
            "kind": "lhs",
            "n": runs // 10,
            "factors": {"capacity_scale": {"low": 0.5, "high": 2.0}},
        },
        "run": {"chunk": chunk},
    }
    return from_values(values, folder)


def overhead(folder: Path, twin: bool, runs: int = 60) -> dict[str, float]:
    """CPU time of a run in a chunk, ms: in the model, and in all; what all else adds, % (median of tries).

    Both are taken of the same chunk, as a busy neighbour would move two chunks differently.
    """
    sweep = small(folder / f"overhead-{twin}", runs, runs, twin)
    store, spent = sweep._prepare(1, False), Spent()
    task = Task(str(sweep.folder), 0, sweep.experiment.run, model_fingerprint())
    whole, inside = [], []
    with spent.watched():
        for _ in range(TRIES + 1):
            (store.folder / "metrics" / f"{chunk_name(0)}.parquet").unlink(missing_ok=True)
            store_context(task.store).simulator = Simulator()
            spent.seconds, start = 0.0, time.process_time()
            run_chunk(task)
            whole.append((time.process_time() - start) / runs)
            inside.append(spent.seconds / runs)
    added = [100.0 * (a / b - 1.0) for a, b in zip(whole[1:], inside[1:], strict=True)]  # the first compiles
    return {
        "model_ms": 1e3 * statistics.median(inside[1:]),
        "in_all_ms": 1e3 * statistics.median(whole[1:]),
        "overhead_percent": statistics.median(added),
    }


class Spent:
    """CPU time spent in models, s."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While this lasts, models that the runner makes are timed: their construction and their quarters."""
        spent = self

        class Timed(RegionalModel):
            def __init__(self, *args: Any, **keys: Any) -> None:
                start = time.process_time()
                super().__init__(*args, **keys)
                spent.seconds += time.process_time() - start

            def run_until(self, end: float | str) -> None:
                start = time.process_time()
                super().run_until(end)
                spent.seconds += time.process_time() - start

        simulate.RegionalModel = Timed  # type: ignore[attr-defined]
        try:
            yield
        finally:
            simulate.RegionalModel = RegionalModel  # type: ignore[attr-defined]


def pretend(task: Task) -> ChunkReport:
    """A chunk whose runs cost nothing: its mark is all that it writes."""
    store = Store(task.store)
    mark = store.folder / "metrics" / f"{chunk_name(task.chunk)}.parquet"
    mark.write_bytes(b"PAR1")
    return ChunkReport(task.chunk, len(store.frozen.numbers.runs_of(task.chunk)), 0, 0.0)


def drive_pretended(folder: str, runs: str) -> None:
    """In a process of its own: a whole sweep of runs that cost nothing, then the peak of memory, MB."""
    executors.run_chunk = pretend  # type: ignore[attr-defined]
    sweep = small(Path(folder), int(runs), 20)
    start = time.perf_counter()
    store = sweep._prepare(2, False)
    tasks = (Task(folder, k, sweep.experiment.run, "") for k in store.missing())
    where = executors.executor(2)
    sweep._drive(tasks, Progress(int(runs)), lambda progress, report: None, where)
    peak = peak_megabytes()
    seconds = time.perf_counter() - start
    print(json.dumps({"runs": int(runs), "chunks": store.frozen.chunks, "peak_mb": peak, "seconds": seconds}))


def peak_megabytes() -> float:
    """Largest resident set of this process, MB; getrusage would include the parent's before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (x for x in status.read_text(encoding="utf-8").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def driver_memory(folder: Path) -> list[dict[str, float]]:
    """Peak memory of the driver by number of runs."""
    found = []
    for runs in SIZES:
        words = [
            sys.executable,
            "-m",
            "benchmarks.sweep_overhead",
            "--drive",
            str(folder / f"drive-{runs}"),
            str(runs),
        ]
        answer = subprocess.run(words, capture_output=True, text=True, check=True)
        found.append(json.loads(answer.stdout.splitlines()[-1]))
    return found


def large_store(folder: Path, runs: int = 100_000, metrics: int = 20, years: int = 40) -> Store:
    """A made-up store: 20 replications of each point, 500 runs a file."""
    rng = np.random.default_rng(1)
    names = list(METRICS)[:metrics]
    experiment = small(folder, runs, 500).experiment
    changes = {
        "seeds": 20,
        "design": experiment.design.model_copy(update={"n": runs // 20}),
        "record": experiment.record.model_copy(update={"metrics": names}),
    }
    experiment = experiment.model_copy(update=changes)
    design, unit = make_design(experiment)
    store = Store.create(folder, Frozen(experiment, len(design), 500, {}, {}))
    store.write_design(design, unit)
    for chunk in range(store.frozen.chunks):
        own = np.array(store.frozen.numbers.runs_of(chunk))
        size = len(own)
        texts: dict[str, Any] = dict.fromkeys(
            ("key", "status", "error", "traceback", "worker"), ["ok"] * size
        )
        numbers: dict[str, Any] = {
            "run": own,
            "point": own // 20,
            "replication": own % 20,
            "seed": own,
            "seconds": np.ones(size),
            "attempt": np.zeros(size, dtype=np.int64),
            "change": np.zeros(size, dtype=np.int64),
        }
        yearly = {n: rng.lognormal(size=size * years).astype(np.float32) for n in names}
        tables = {
            "runs": {name: {**texts, **numbers}[name] for name in schemas(experiment)["runs"].names},
            "finals": {"run": own, **{name: rng.lognormal(size=size) for name in names}},
            "metrics": {
                "run": np.repeat(own, years),
                "year": np.tile(np.arange(2005, 2005 + years, dtype=np.int16), size),
                **yearly,
            },
        }
        store.commit(chunk_name(chunk), tables)
    return store


def queries(folder: Path) -> dict[str, Any]:
    """Wall time of queries over a large store, s, opening its views included."""
    store = large_store(folder / "large")
    mean = "avg(innovation) as mean"
    every = "avg(columns(* exclude (run, point)))"
    asked = {
        "mean trajectory of one metric by point": f"select point, year, {mean} from metrics group by all",
        "mean trajectory of one metric": f"select year, {mean} from metrics group by year",
        "final values of all metrics by point": f"select point, {every} from finals group by point",
        "one run": "select * from metrics where run = 77777",
        "runs by status": "select status, count(*) from runs group by status",
    }
    found: dict[str, Any] = {
        "runs": store.frozen.runs,
        "rows_of_metrics": store.frozen.runs * 40,
        "megabytes": sum(path.stat().st_size for path in store.folder.rglob("*.parquet")) / 1e6,
    }
    for name, sql in asked.items():
        best = float("inf")
        for _ in range(TRIES):
            start = time.perf_counter()
            with connect(store) as own:
                own.sql(sql).df()
            best = min(best, time.perf_counter() - start)
        found[name] = round(best, 3)
    return found


def help_seconds() -> float:
    """Wall time of ``computeleap --help``, s."""
    best = float("inf")
    for _ in range(TRIES):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "viz", "--help"], check=True, capture_output=True)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Measure, print, and write the JSON file named on the command line (default build/bench)."""
    if sys.argv[1:2] == ["--drive"]:
        drive_pretended(*sys.argv[2:])
        return
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench/sweeps.json")
    folder = Path(tempfile.mkdtemp())
    try:
        found = {
            "date": time.strftime("%Y-%m-%d"),
            "machine": {"cores": os.cpu_count(), "system": platform.platform()},
            "versions": versions(),
            "overhead": overhead(folder, twin=False),
            "overhead_with_twins": overhead(folder, twin=True),
            "driver_memory": driver_memory(folder),
            "large_store": queries(folder),
            "help_s": help_seconds(),
        }
    finally:
        shutil.rmtree(folder)
    print(json.dumps({k: v for k, v in found.items() if k != "versions"}, indent=1))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"written to {target}")


if __name__ == "__main__":
    main()
