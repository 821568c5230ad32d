"""Run one chunk of a sweep, from the store's design to files in the store.

All that a chunk needs is read from the store, so a task is a few numbers and its answer a short report.
"""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from agents.rules import Rules
from experiments.storage.folders import folder_at
from experiments.study.endless import end_thread
from experiments.study.process_memory import trim_heaps
from experiments.study.run_key import model_fingerprint, run_key, seed_of
from experiments.sweep.design import rows_where
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Limits
from experiments.sweep.factors import Case, case_of, column, known_factors, load_rules
from experiments.sweep.simulate import Result, Simulator, TimedOutError
from experiments.sweep.store import Store, chunk_name, schemas
from experiments.sweep.store_page import newest_page
from model.country.country import Country, load_country

ENDED = "its process was ended from outside, as happens when memory runs out"
STARTING = 120.0  # s that a process may take to import the model


@dataclass(frozen=True)
class Task:
    """A chunk to run. ``runs`` are those to try again (all, if None); ``alone`` gives each a process."""

    store: str
    chunk: int
    limits: Limits
    model: str
    attempt: int = 0
    runs: tuple[int, ...] | None = None
    alone: bool = False


@dataclass(frozen=True)
class ChunkReport:
    """The outcome of a chunk: runs that ended well, runs that failed, time, whether it was stored before."""

    chunk: int
    ok: int
    failed: int
    seconds: float
    skipped: bool = False


@dataclass
class RunStatus:
    """The outcome of a run: its status, its result or its error."""

    status: str
    result: Result | None = None
    error: str | None = None
    traceback: str | None = None
    seconds: float = 0.0
    key: str | None = None


class StoreContext:
    """The values that the runs of a store share in one process: design, countries, rules, twins."""

    def __init__(self, store: str, engine: str = "compiled") -> None:
        self.store = Store(store)
        self.frozen = self.store.frozen
        self.experiment, self.numbers = self.frozen.experiment, self.frozen.numbers
        self.design = self.store.design()
        self.simulator = Simulator(engine)
        self.model = model_fingerprint()
        self._names = {column(factor): factor for factor in known_factors(self.experiment)}
        self._panel: set[int] | None = None
        self._last: tuple[int, tuple[Case, int, Country, Rules]] | None = None

    def point_values(self, point: int) -> dict[str, int | float | str]:
        """Return the factors of a design point, by their names in the experiment."""
        row = self.design.iloc[point]
        values = {self._names[name]: row[name] for name in self.design.columns if name != "point"}
        return {k: v.item() if isinstance(v, np.generic) else v for k, v in values.items()}

    def place(self, run: int) -> tuple[int, int, int]:
        """Return point, replication and seed of a run, by its stored number."""
        experiment = self.experiment
        point, replication = self.numbers.place(run)
        seed = seed_of(experiment.first_seed, experiment.common_random_numbers, point, replication)
        return point, replication, seed

    def inputs(self, run: int) -> tuple[Case, int, Country, Rules]:
        """Return case, seed, country and rules of a run."""
        if self._last is not None and self._last[0] == run:
            return self._last[1]
        point, _, seed = self.place(run)
        case = case_of(self.experiment, self.point_values(point))
        country = load_country(case.cities, self.experiment.centres, self.experiment.links)
        found = case, seed, country, load_rules(case.rules, self.experiment.folder)
        self._last = run, found
        return found

    def key(self, run: int) -> str:
        """Return a hash of all that determines the run's result."""
        case, seed, country, rules = self.inputs(run)
        record = self.experiment.record
        recorded = (f"twin {self.experiment.twin}", f"panel {self.wants_panel(run)}", *(record.metrics or ()))
        return run_key(
            case.scenario, case.parameters, seed, case.until, country, case.extended, recorded, rules
        )

    def simulate(self, run: int, timeout: float | None = None) -> Result:
        """Simulate a run; raises whatever goes wrong in it."""
        panel = self.wants_panel(run)
        return self.simulator.run(*self.inputs(run), self.experiment.twin, timeout, panel)

    def wants_panel(self, run: int) -> bool:
        """Return whether the city panel of the run is kept."""
        condition = self.experiment.record.panel
        if condition is None:
            return False
        if self._panel is None:
            many = self.experiment.seeds
            runs = self.design.loc[self.design.index.repeat(many)].reset_index(drop=True)
            runs = runs.assign(run=np.arange(len(runs)), replication=np.arange(len(runs)) % many)
            self._panel = set(rows_where(runs, condition, "record.panel").tolist())
        return self.numbers.number(run) in self._panel


_contexts: dict[tuple[str, str, float], StoreContext] = {}


def store_context(store: str) -> StoreContext:
    """Return the context of a store in this process; a new one if the store was replaced."""
    folder = folder_at(store)
    page = newest_page(folder)
    key = (store, page, (folder / page).stat().st_mtime)
    if key not in _contexts:
        _contexts.clear()
        _contexts[key] = StoreContext(store)
    return _contexts[key]


def run_chunk(task: Task) -> ChunkReport:
    """Run a chunk and store it, unless it is stored already. Runs that fail become rows.

    Raises OSError if the store cannot be written, as on a full disk.
    """
    started = time.perf_counter()
    here = store_context(task.store)
    name = chunk_name(task.chunk, task.attempt)
    if here.store.has(name):
        return ChunkReport(task.chunk, 0, 0, 0.0, skipped=True)
    if here.model != task.model:
        raise SweepError(
            f"the worker {_worker()} has another version of the model than the driver: install the same one"
        )
    runs = here.numbers.runs_of(task.chunk) if task.runs is None else task.runs
    outcomes = {run: attempt(task, run) for run in runs}
    here.store.commit(name, tables(here, outcomes, task.attempt))
    trim_heaps()  # models of this chunk are gone
    failed = sum(outcome.result is None for outcome in outcomes.values())
    return ChunkReport(task.chunk, len(outcomes) - failed, failed, time.perf_counter() - started)


def attempt(task: Task, run: int) -> RunStatus:
    """Run one run, as often as the limits allow."""
    outcome = RunStatus("failed")
    for _ in range(1 + task.limits.retries):
        started = time.perf_counter()
        outcome = (
            _run_isolated(task, run)
            if task.alone or _stuck
            else try_run(task.store, run, task.limits.timeout)
        )
        outcome.seconds = time.perf_counter() - started
        outcome.key = _key(task.store, run)
        if outcome.result is not None:
            break
    return outcome


def try_run(store: str, run: int, timeout: float | None) -> RunStatus:
    """Run one run and catch its failure; abandon one that hangs past `patience`."""
    if timeout is None:
        return _tried(store, run, None)
    found: list[RunStatus] = []
    doing = threading.Thread(target=lambda: found.append(_tried(store, run, timeout)), daemon=True)
    doing.start()
    doing.join(patience(timeout))
    if doing.is_alive():
        end_thread(doing, TimedOutError)
        doing.join(1.0)
        if doing.is_alive():
            _stuck.add(run)
        return RunStatus("timeout", error=f"longer than {timeout:g} s: it hung within a year")
    return found[0]


_stuck: set[int] = set()
"""Abandoned runs that still hang in this process: each further run gets its own process."""


def patience(timeout: float) -> float:
    """Return the time after which a run is given up, s: ``timeout`` is checked once a simulated year."""
    return 2.0 * timeout + 5.0


def _tried(store: str, run: int, timeout: float | None) -> RunStatus:
    try:
        return RunStatus("ok", store_context(store).simulate(run, timeout))
    except TimedOutError as error:
        return RunStatus("timeout", error=f"longer than {timeout:g} s: {error}")
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return RunStatus("failed", error=said, traceback=traceback.format_exc())


def _run_isolated(task: Task, run: int) -> RunStatus:
    """Run one run in its own process: if that is killed, only this run is lost."""
    words = [
        sys.executable,
        "-m",
        "experiments.sweep.isolated_run",
        task.store,
        str(run),
        repr(task.limits.timeout),
    ]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    limit = task.limits.timeout
    try:
        answer = subprocess.run(
            words, capture_output=True, env=env, timeout=None if limit is None else patience(limit) + STARTING
        )
    except subprocess.TimeoutExpired:
        return RunStatus("timeout", error=f"longer than {limit:g} s: its process was ended")
    try:
        found = pickle.loads(answer.stdout)
    except (EOFError, pickle.UnpicklingError):
        return RunStatus("died", error=f"{ENDED} (exit status {answer.returncode})")
    return found if isinstance(found, RunStatus) else RunStatus("died", error=ENDED)


def _key(store: str, run: int) -> str | None:
    try:
        return store_context(store).key(run)
    except Exception:  # the cause of the failure may prevent this too
        return None


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


# ── Outcomes as tables ───────────────────────────────────────────────────────────────────────────


def tables(
    here: StoreContext, outcomes: Mapping[int, RunStatus], attempt: int
) -> dict[str, dict[str, object]]:
    """Return the columns of every table of a chunk, in order of run."""
    found: dict[str, dict[str, object]] = {}
    good = {run: outcome.result for run, outcome in outcomes.items() if outcome.result is not None}
    for table, schema in schemas(here.experiment).items():
        names = [name for name in schema.names if name not in ("run", "year", "arm", "city_id")]
        if table == "runs":
            found[table] = _run_rows(here, outcomes, attempt)
        elif table == "finals":
            found[table] = {"run": list(good), **{n: [r.finals[n] for r in good.values()] for n in names}}
        elif table == "panel":
            found[table] = _panel(here, {run: r for run, r in good.items() if here.wants_panel(run)}, names)
        else:
            rows = {
                run: (r.years, r.metrics if table == "metrics" else r.twin_metrics) for run, r in good.items()
            }
            found[table] = _yearly(rows, names)
    return found


def _run_rows(here: StoreContext, outcomes: Mapping[int, RunStatus], attempt: int) -> dict[str, Any]:
    worker, change, rows = _worker(), len(here.frozen.changes), []
    for run, outcome in outcomes.items():
        point, replication, seed = here.place(run)
        ended = (outcome.key, outcome.status, outcome.error, outcome.traceback, outcome.seconds)
        rows.append((run, point, replication, seed, *ended, attempt, worker, change))
    names = schemas(here.experiment)["runs"].names
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return dict(zip(names, map(list, columns), strict=True))


def _yearly(rows: Mapping[int, tuple[np.ndarray, Any]], names: Sequence[str]) -> dict[str, Any]:
    lengths = [len(years) for years, _ in rows.values()]
    found: dict[str, Any] = {
        "run": np.repeat(np.array(list(rows), dtype=np.int64), lengths),
        "year": _joined([years for years, _ in rows.values()], np.int16),
    }
    return found | {name: _joined([m[name] for _, m in rows.values()], np.float32) for name in names}


def _panel(here: StoreContext, rows: Mapping[int, Result], names: Sequence[str]) -> dict[str, Any]:
    parts: dict[str, list[Any]] = {name: [] for name in ("run", "arm", "year", "city_id", *names)}
    for run, result in rows.items():
        ids = here.inputs(run)[2].cities["city_id"].to_numpy()
        for arm, measures in result.panel.items():
            years, count = len(result.years), len(ids)
            parts["run"].append(np.full(years * count, run))
            parts["arm"].append(np.full(years * count, arm, dtype=object))
            parts["year"].append(np.repeat(result.years, count))
            parts["city_id"].append(np.tile(ids, years))
            for name in names:
                parts[name].append(measures[name].ravel())
    kinds: dict[str, Any] = {"run": np.int64, "year": np.int16, "city_id": np.int64, "arm": object}
    found = {name: _joined(part, kinds.get(name, np.float32)) for name, part in parts.items()}
    return found | {"arm": pa.array(found["arm"].tolist(), pa.string())}


def _joined(parts: Sequence[Any], kind: Any) -> np.ndarray:
    return np.concatenate(parts).astype(kind) if parts else np.array([], dtype=kind)
