"""Sweeps that are killed again and again: does every run end up in the store once, with the same bits?

``python -m benchmarks.killed_sweeps [RUNS [KILLS [FOLDER]]]`` runs one experiment undisturbed in one process,
then in every other way (worker processes, an external Dask scheduler, shards without a scheduler, two drivers
at once, a full disk), each time killing drivers and workers with SIGKILL at random moments, and compares what
is stored. One point of the experiment fails on purpose. Writes a JSON file with the results.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil

from experiments.storage.provenance import versions
from experiments.sweep import open_store
from experiments.sweep.store import schemas

PATIENCE = 600.0  # s without a new chunk after which a trial is given up
ROOT = Path(__file__).resolve().parents[1]
SOME_FAILED = 3  # exit code of a sweep that ended with failed runs
FAILING = 7  # number of the point that cannot be run


def write_experiment(folder: Path, runs: int, chunk: int = 8) -> Path:
    """An experiment of so many runs of a small country, one of which fails."""
    rng = np.random.default_rng(1)
    columns = {
        "talent_mobility": rng.uniform(0.0, 0.1, runs).round(6),
        "traffic_scale": rng.uniform(0.5, 2.0, runs).round(6),
        "traffic_basic": 5.0,
    }
    points = pd.DataFrame(columns)
    # Each value is allowed; their product is not, which only the run itself finds out.
    points.loc[FAILING, ["traffic_scale", "traffic_basic"]] = [2.0, 900_000.0]
    points.to_csv(folder / "points.csv", index=False)
    file = folder / "killed_sweeps.toml"
    file.write_text(
        f"""name = "killed_sweeps"
twin = true
scenario = "random_hosts"
cities = "synthetic:12"
until = 2012
parameters = {{firms = 300, burn_in = 4}}
[design]
kind = "table"
file = "points.csv"
[run]
chunk = {chunk}
max_failures = 5
""",
        encoding="utf-8",
    )
    return file


def command(file: Path, store: Path, *words: str) -> list[str]:
    """The command line of a driver."""
    return [sys.executable, "-m", "viz", "sweep", "run", str(file), "--store", str(store), *words]


def start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """A driver, in a session of its own, so that it is killed alone."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        words, env=env, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def stored(store: Path) -> int:
    """Chunks that a store holds."""
    folder = store / "metrics"
    return len(list(folder.glob("*.parquet"))) if folder.is_dir() else 0


def wait_for(driver: subprocess.Popen[bytes], store: Path, chunks: int, patience: float = PATIENCE) -> bool:
    """Wait until the store holds so many chunks; False if the driver ended first."""
    end = time.monotonic() + patience
    while stored(store) < chunks:
        if driver.poll() is not None:
            return False
        if time.monotonic() > end:
            driver.kill()
            raise TimeoutError(f"no chunk for {patience:.0f} s")
        time.sleep(0.02)
    return True


def workers_of(pid: int) -> list[psutil.Process]:
    """Worker processes below a process: those that Dask's nannies spawned."""
    with suppress(psutil.NoSuchProcess):
        below = psutil.Process(pid).children(recursive=True)
        return [p for p in below if "spawn_main" in " ".join(_words(p))]
    return []


def _words(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def kill_one_worker(pid: int, rng: np.random.Generator) -> bool:
    """SIGKILL for one worker below a process, if there is one."""
    found = workers_of(pid)
    if not found:
        return False
    with suppress(psutil.NoSuchProcess):
        found[int(rng.integers(len(found)))].kill()
        return True
    return False


def torment(
    words: Sequence[str],
    store: Path,
    chunks: int,
    drivers: int,
    workers: int,
    rng: np.random.Generator,
    crew: int | None = None,
) -> dict[str, int]:
    """Run a driver to its end, killing drivers and workers after random numbers of further chunks.

    crew: process whose workers are killed, if not the driver's own. Returns what was killed, and the exit
    code.
    """
    plan = ["driver"] * drivers + ["worker"] * workers
    rng.shuffle(plan)
    step = max(1, chunks // (len(plan) + 1))
    killed = {"drivers": 0, "workers": 0}
    driver = start(words)
    for victim in plan:
        goal = stored(store) + int(rng.integers(1, step + 1))
        if not wait_for(driver, store, goal):
            break
        time.sleep(float(rng.uniform(0.0, 0.1)))  # somewhere within the next chunks
        if victim == "driver":
            driver.send_signal(signal.SIGKILL)
            driver.wait()
            killed["drivers"] += 1
            driver = start(words)
        elif kill_one_worker(crew or driver.pid, rng):
            killed["workers"] += 1
    return {**killed, "exit": driver.wait(timeout=PATIENCE)}


@contextmanager
def dask_cluster(workers: int = 2) -> Iterator[tuple[str, int]]:
    """A scheduler and worker processes, as a cluster has them: its address, the pid above the workers."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scheduler.json"
        dask = [sys.executable, "-m", "dask"]
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
        scheduler = subprocess.Popen([*dask, "scheduler", *options], **quiet)
        try:
            while not (told.exists() and told.read_text(encoding="utf-8").endswith("}")):
                time.sleep(0.1)
            address = json.loads(told.read_text(encoding="utf-8"))["address"]
            crew = subprocess.Popen(
                [*dask, "worker", address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"],
                **quiet,
            )
            try:
                yield address, crew.pid
            finally:
                crew.terminate()
                crew.wait(timeout=60)
        finally:
            scheduler.terminate()
            scheduler.wait(timeout=60)


def compare(store: Path, truth: Path) -> dict[str, Any]:
    """Compare a store with an undisturbed one: each run once, and the same bytes."""
    own = open_store(store)
    status = own.status()
    twice = own.sql("select count(*) - count(distinct run) as n from runs")["n"].iloc[0]
    tables = [name for name in schemas(own.experiment) if name != "runs"]
    files = [path.relative_to(truth) for name in tables for path in sorted((truth / name).glob("*.parquet"))]
    same = sum(
        (store / file).is_file() and (store / file).read_bytes() == (truth / file).read_bytes()
        for file in files
    )
    keys = "select run, seed, key, status, error from runs order by run"
    return {
        "runs": status.total,
        "ok": status.by_status.get("ok", 0),
        "failed": status.failed,
        "missing": status.missing,
        "twice": int(twice),
        "files": len(files),
        "files_of_the_same_bytes": same,
        "same_rows": bool(own.sql(keys).equals(open_store(truth).sql(keys))),
        "same_digest": own.digest() == open_store(truth).digest(),
    }


def is_whole(found: dict[str, Any]) -> bool:
    """Whether nothing was lost, doubled or changed."""
    return (
        found["missing"] == 0
        and found["twice"] == 0
        and found["failed"] == 1
        and found["files_of_the_same_bytes"] == found["files"]
        and found["same_rows"]
        and found["same_digest"]
    )


def trials(
    folder: Path, runs: int, kills: int, chunk: int = 8, worker_counts: Sequence[int] = (1, 2)
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each way of running, with what was killed and how its store compares with the undisturbed one."""
    file, truth = write_experiment(folder, runs, chunk), folder / "truth"
    rng = np.random.default_rng(2)
    chunks = -(-runs // chunk)
    started = time.monotonic()
    code = start(command(file, truth, "--workers", "0")).wait()
    yield "one process, undisturbed", {"exit": code, "seconds": round(time.monotonic() - started, 1)}

    def trial(name: str, work: Callable[[Path], dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        store, begun = folder / name.replace(" ", "-"), time.monotonic()
        what = work(store)
        return name, {**what, "seconds": round(time.monotonic() - begun, 1), **compare(store, truth)}

    for workers in worker_counts:
        yield trial(
            f"{workers} worker processes",
            lambda store, w=workers: torment(  # type: ignore[misc]
                command(file, store, "--workers", str(w)), store, chunks, kills, kills, rng
            ),
        )
    with dask_cluster() as (address, crew):
        yield trial(
            "external Dask scheduler",
            lambda store: torment(
                command(file, store, "--scheduler", address), store, chunks, kills, kills, rng, crew
            ),
        )
    yield trial("shards", lambda store: _shards(file, store, chunks, kills, rng))
    yield trial("two drivers at once", lambda store: _two_drivers(file, store))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield trial("full disk", lambda store: _full_disk(file, store))


def _shards(file: Path, store: Path, chunks: int, kills: int, rng: np.random.Generator) -> dict[str, Any]:
    """Three shards after each other, each killed a few times; each is driver and worker in one."""
    found = {"drivers": 0, "workers": 0, "exit": 0}
    for k in (1, 2, 3):
        words = command(file, store, "--shard", f"{k}/3")
        now = torment(words, store, chunks // 3, -(-kills // 3), 0, rng)
        found["drivers"] += now["drivers"]
        found["exit"] = max(found["exit"], now["exit"])
    return found


def _two_drivers(file: Path, store: Path) -> dict[str, Any]:
    both = [start(command(file, store, "--workers", "1")) for _ in range(2)]
    return {"drivers": 0, "workers": 0, "exit": max(driver.wait(timeout=3600) for driver in both)}


def _full_disk(file: Path, store: Path) -> dict[str, Any]:
    """A file system too small for the store, then the same made larger."""
    store.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(store)], check=True)
    try:
        first = start(command(file, store, "--workers", "0")).wait()
        there = stored(store)
        subprocess.run(["mount", "-o", "remount,size=1g", str(store)], check=True)
        second = start(command(file, store, "--workers", "0")).wait()
        kept = store.with_name("kept")
        subprocess.run(["cp", "-a", str(store), str(kept)], check=True)
    finally:
        subprocess.run(["umount", str(store)], check=True)
    store.rmdir()
    kept.rename(store)
    return {"drivers": 0, "workers": 0, "exit_when_full": first, "chunks_when_full": there, "exit": second}


def main() -> None:
    """Run all trials, print and write them; exit code 1 if anything was lost."""
    runs, kills, folder = 2_000, 10, Path("build/bench")
    given = sys.argv[1:]
    runs, kills = int(given[0]) if given else runs, int(given[1]) if len(given) > 1 else kills
    folder = Path(given[2]) if len(given) > 2 else folder
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        for name, result in trials(Path(place), runs, kills):
            found[name] = result
            print(name, result, flush=True)
    whole = all(is_whole(result) for result in found.values() if "runs" in result)
    machine = {"cores": os.cpu_count(), "system": platform.platform()}
    text = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "versions": versions(), "runs": runs}
    text |= {"nothing_lost": whole, "trials": found}
    (folder / "killed_sweeps.json").write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    print(f"nothing lost: {whole}; written to {folder / 'killed_sweeps.json'}")
    raise SystemExit(0 if whole else 1)


if __name__ == "__main__":
    main()
