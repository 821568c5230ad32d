"""A sweep: an experiment and its store, from Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agents.suggestions import did_you_mean
from experiments.storage.folders import folder_at
from experiments.storage.provenance import provenance
from experiments.study.run_key import model_fingerprint
from experiments.sweep import queries
from experiments.sweep.chunk import ChunkReport, StoreContext, Task
from experiments.sweep.compact import compact_store
from experiments.sweep.design import make_design, rows_where
from experiments.sweep.errors import SweepError
from experiments.sweep.executors import Executor, executor
from experiments.sweep.experiment_file import Experiment, Value, checked, read_experiment
from experiments.sweep.factors import case_of
from experiments.sweep.fenced_sql import SECONDS
from experiments.sweep.forecast import Forecast, chunk_size, pilots, simulate_once
from experiments.sweep.growth import extend_store
from experiments.sweep.identity import check_same, differences, fingerprints_of
from experiments.sweep.measures import METRICS
from experiments.sweep.merge import Merged, merge_stores
from experiments.sweep.recompute import newest_former, recompute_chosen, set_aside
from experiments.sweep.scheduling import OnProgress, Progress, drive, failures_allowed
from experiments.sweep.simulate import Result, Simulator
from experiments.sweep.store import Store
from experiments.sweep.store_page import Frozen
from model.extensions.loading import absolute, name_of

Where = AbstractContextManager[Executor]


@dataclass(frozen=True)
class Status:
    """The number of runs of a store, by status."""

    total: int
    by_status: Mapping[str, int]

    @property
    def done(self) -> int:
        """Runs with a row."""
        return sum(self.by_status.values())

    @property
    def failed(self) -> int:
        """Runs that ended without a result."""
        return self.done - self.by_status.get("ok", 0)

    @property
    def missing(self) -> int:
        """Runs that have not been run."""
        return self.total - self.done


class Sweep:
    """An experiment and its store of results; ``load`` makes one from a file, ``open_store`` from a store.

    >>> sweep = load("capacity.toml")
    >>> sweep.run(workers=2)  # the same again resumes
    >>> sweep.finals.groupby("capacity_scale")["effect_national"].mean()
    """

    def __init__(self, experiment: Experiment, folder: str | Path | None = None) -> None:
        self.experiment = _checked_names(experiment)
        self.folder = folder_at(folder or experiment.store or Path("results") / experiment.name)

    # ── Before ───────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _made(self) -> tuple[pd.DataFrame, pd.DataFrame | None]:
        return make_design(self.experiment)

    def check(self) -> None:
        """Lay out the design and write nothing. Raises SweepError if that fails."""
        self._made  # noqa: B018

    def plan(self, workers: int = 1) -> Forecast:
        """Return the size of the sweep, and time and bytes predicted from a few runs; write nothing."""
        design, _ = self._made
        if self.experiment.record.panel is not None:
            rows_where(design.assign(run=0, replication=0), self.experiment.record.panel, "record.panel")
        seconds, size = pilots(self.experiment, design)
        runs = len(design) * self.experiment.seeds
        return Forecast(len(design), runs, seconds, size, chunk_size(self.experiment, runs, seconds, workers))

    # ── Running ──────────────────────────────────────────────────────────────────────────────────

    def run(
        self,
        workers: int = 0,
        scheduler: str | None = None,
        shard: tuple[int, int] | None = None,
        allow_change: bool = False,
        on_progress: OnProgress = lambda progress, report: None,
        on: Executor | None = None,
    ) -> Status:
        """Run the missing runs; the same call again resumes after any interruption.

        workers: processes here, 0 for this one alone. scheduler: address of a Dask scheduler instead. shard:
        (k, n) runs the k-th of n parts, k from 1, so that n processes need no scheduler. allow_change:
        continue although the model, rules or data are not those that the store was begun with. on_progress:
        called with the progress, and the report of each stored chunk. on: a user-defined executor.

        In a script with ``workers`` above 0, call it under ``if __name__ == "__main__":``.

        Raises SweepError; StoppedError if the sweep stopped early (the store is whole; call again).
        """
        if shard is not None and not 1 <= shard[0] <= shard[1]:
            raise SweepError(f"shard cannot be {shard[0]}/{shard[1]}: write k/n with k from 1 to n")
        store = self._prepare(workers or (shard[1] if shard else 1), allow_change)
        frozen = store.frozen
        mine = range(frozen.chunks) if shard is None else range(shard[0] - 1, frozen.chunks, shard[1])
        there = store.attempts()
        missing = [chunk for chunk in mine if chunk not in there]
        total, left = (
            sum(len(frozen.numbers.runs_of(chunk)) for chunk in chunks) for chunks in (mine, missing)
        )
        progress = Progress(total, total - left, self.status().failed)
        if missing:
            self._drive(map(self._task, missing), progress, on_progress, _where(workers, scheduler, on))
        store.sweep_up()
        return self.status()

    def extend(
        self,
        seeds: int | None = None,
        add: Mapping[str, Sequence[Value]] | None = None,
        points: int | None = None,
        allow_change: bool = False,
    ) -> Sweep:
        """Add seeds, values of factors or points to the store, and return the larger sweep, yet to be run.

        seeds: those of each point. add: values by factor, crossed with all others of a factorial
        design. points: points of a Sobol or random sample. What is stored stays as it is; the same call
        again changes nothing. Raises SweepError.

        >>> sweep.extend(seeds=50).run(workers=2)
        """
        self._check_same(self.store, allow_change)
        extend_store(larger := self.store, seeds, add, points)
        return Sweep(larger.frozen.experiment, self.folder)

    def merge(self, other: str | Path) -> Merged:
        """Add the runs of another store, which stays as it is: a shard, other seeds or other values.

        Raises SweepError if they are not of one experiment and one model.
        """
        return merge_stores(self.store, Store(other))

    def compact(self) -> tuple[int, int]:
        """Put chunks together into larger files; return the number of files of a table before and after."""
        return compact_store(self.store)

    def recompute(self, points: Collection[int] | None = None, where: str | None = None) -> Path:
        """Set the stored runs of a changed model aside, as a store of their own, and return its folder.

        points, where: choose runs, by points of the design and by a condition over ``runs``; all others stay.
        ``retry(where="status = 'set aside'")`` then runs them; without a choice ``run`` runs all.

        Raises SweepError if model, rules and data have not changed and no runs were set aside before.
        """
        store, now = self.store, self._fingerprints()
        if points is not None or where is not None:
            return recompute_chosen(store, self.experiment, now, points, where).folder
        if store.frozen.changes or differences(store.frozen.known, now):
            return set_aside(store, now, provenance()).folder
        former = newest_former(store)
        if former is None:
            raise SweepError(f"{self.folder} is of this model, these rules and data: nothing is recomputed")
        return former

    def retry(
        self,
        workers: int = 0,
        scheduler: str | None = None,
        on_progress: OnProgress = lambda progress, report: None,
        on: Executor | None = None,
        where: str = "status <> 'ok'",
    ) -> Status:
        """Run the failed runs of the store again; their new rows replace the old ones.

        where: a condition over ``runs`` that chooses among the runs without a result.
        """
        store = self.store
        self._check_same(store, allow_change=False)
        numbers, by_chunk = store.frozen.numbers, dict[int, list[int]]()
        without = self.sql(f"select run from runs where status <> 'ok' and ({where}) order by run")
        failed = [numbers.stored_number(run) for run in without["run"].tolist()]
        for run in failed:
            by_chunk.setdefault(numbers.chunk_of(run), []).append(run)
        last = store.attempts()
        tasks = [self._task(chunk, last[chunk] + 1, tuple(runs)) for chunk, runs in by_chunk.items()]
        if tasks:
            self._drive(tasks, Progress(len(failed)), on_progress, _where(workers, scheduler, on))
        return self.status()

    def _task(self, chunk: int, attempt: int = 0, runs: tuple[int, ...] | None = None) -> Task:
        place, limits = str(self.folder.resolve()), self.experiment.run
        return Task(place, chunk, limits, model_fingerprint(), attempt, runs)

    def _drive(
        self, tasks: Iterable[Task], progress: Progress, on_progress: OnProgress, where: Where
    ) -> None:
        frozen = self.store.frozen
        numbers, allowed = frozen.numbers, failures_allowed(self.experiment.run, frozen.runs)
        reported: list[int] = []

        def size_of(task: Task) -> int:
            return len(numbers.runs_of(task.chunk)) if task.runs is None else len(task.runs)

        def note(now: Progress, report: ChunkReport | None) -> None:
            reported.extend(() if report is None else (report.chunk,))
            on_progress(now, report)

        with where as chosen:
            progress.started = time.monotonic()
            drive(chosen, tasks, progress, allowed, note, size_of)
        self.store.wait_for(reported)

    def _prepare(self, workers: int, allow_change: bool) -> Store:
        """Return the store, begun if missing. Raises SweepError if it belongs to another experiment."""
        if Store.exists(self.folder):
            store = Store(self.folder)
            self._check_same(store, allow_change)
        else:
            design, _ = self._made
            chunk = self.experiment.run.chunk or self.plan(workers).chunk
            chunk = min(chunk, len(design) * self.experiment.seeds)
            frozen = Frozen(self.experiment, len(design), chunk, self._fingerprints(), provenance())
            store = Store.create(self.folder, frozen)
            self._check_same(store, allow_change)  # another process may have been faster
        if not store.has_design():
            store.write_design(*self._made)
        return store

    def _fingerprints(self) -> dict[str, Any]:
        return fingerprints_of(self.experiment, self._made[0])

    def _check_same(self, store: Store, allow_change: bool) -> None:
        check_same(store, self.experiment, self._fingerprints(), allow_change)

    # ── Afterwards ───────────────────────────────────────────────────────────────────────────────

    @property
    def store(self) -> Store:
        """The store. Raises SweepError if nothing has been run."""
        return Store(self.folder)

    def status(self) -> Status:
        """The contents of the store."""
        store = self.store
        return Status(store.frozen.runs, queries.status_counts(store))

    def sql(self, query: str, seconds: float = SECONDS) -> pd.DataFrame:
        """Answer an SQL query over design, runs, finals, metrics, twin_metrics and panel.

        Raises SweepError, also for one that takes longer than ``seconds``.
        """
        return queries.query(self.store, query, seconds)

    @property
    def design(self) -> pd.DataFrame:
        """One row per point: point, then the factors."""
        return queries.table(self.store, "design") if Store.exists(self.folder) else self._made[0]

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run: seed, key, status, error, time, then the factors."""
        return queries.table(self.store, "runs")

    @property
    def failed(self) -> pd.DataFrame:
        """The rows of ``runs`` without a result."""
        return self.sql("select * from runs where status <> 'ok' order by run")

    @property
    def finals(self) -> pd.DataFrame:
        """One row per run with a result: factors, then means of the last years and effects."""
        return queries.table(self.store, "finals")

    @property
    def metrics(self) -> pd.DataFrame:
        """One row per run and year: the national metrics."""
        return queries.table(self.store, "metrics")

    @property
    def panel(self) -> pd.DataFrame:
        """City panels of the runs for which they were recorded."""
        return queries.table(self.store, "panel")

    def digest(self) -> str:
        """Return a hash of the results: the same however and wherever the sweep was run."""
        self.store.check()
        return queries.digest(self.store)

    def export(self, table: str, target: str | Path) -> int:
        """Write a table as .csv, .parquet, .xlsx or .nc, and return its number of rows."""
        return queries.export(self.store, table, Path(target))

    def rerun(self, run: int, engine: str = "compiled") -> Result:
        """Repeat one run in this process; its errors are raised. ``engine`` may be interpreted.

        Raises SweepError for a number that no run has.
        """
        frozen = self.store.frozen
        if not 0 <= run < frozen.runs:
            raise SweepError(f"there is no run {run}: runs are 0 to {frozen.runs - 1}")
        return StoreContext(str(self.folder), engine).simulate(frozen.numbers.stored_number(run))

    def simulator(self, metrics: Sequence[str]) -> Callable[[Sequence[Value], int, int], np.ndarray]:
        """Return the model as ``f(theta, years, seed)``, for calibrators: an array (years, metrics).

        ``theta`` are values of the experiment's factors, in their order; ``years`` are the first that many.
        Raises SweepError for an unknown metric; f raises ValueError for a ``theta`` of another length.
        """
        unknown = [name for name in metrics if name not in METRICS]
        if unknown:
            raise SweepError(_unknown_metric(unknown[0], METRICS))
        experiment, own = self.experiment, Simulator()
        factors = list(experiment.design.factors)

        def simulate(theta: Sequence[Value], years: int, seed: int) -> np.ndarray:
            if len(theta) != len(factors):
                raise ValueError(
                    f"theta must have {len(factors)} values, one for each of {', '.join(factors)}"
                )
            case = case_of(experiment, dict(zip(factors, theta, strict=True)))
            case = replace(case, until=case.parameters.start_year + int(years) - 1)
            found = simulate_once(own, experiment, case, int(seed))
            return np.column_stack([found.metrics[name] for name in metrics])

        return simulate


def load(path: str | Path, store: str | Path | None = None, extension: Sequence[str] = ()) -> Sweep:
    """Load a sweep from an experiment file (TOML or YAML), or a preset by name.

    extension: names of extensions that replace the file's, paths from the current folder.

    Raises SweepError with one sentence for each mistake, of the design too, each beginning with the file;
    ExtensionError.
    """
    experiment = read_experiment(path)
    if extension:
        experiment = experiment.model_copy(update={"extension": [absolute(name) for name in extension]})
    try:
        sweep = Sweep(experiment, store)
        sweep.check()
    except SweepError as error:
        raise SweepError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None
    return sweep


def from_values(values: Mapping[str, object], store: str | Path | None = None) -> Sweep:
    """Make a sweep from values, shaped as an experiment file. Raises SweepError, ExtensionError."""
    given = dict(values)
    one = given.get("extension")
    if one is not None and not isinstance(one, str):
        several = one if isinstance(one, list | tuple) else [one]
        given["extension"] = [name if isinstance(name, str) else name_of(name) for name in several]
    return Sweep(checked(given), store)


def open_store(folder: str | Path) -> Sweep:
    """Open the sweep of a store. Raises SweepError if the folder is not a store."""
    return Sweep(Store(folder).frozen.experiment, folder)


# ── Pieces ───────────────────────────────────────────────────────────────────────────────────────


def _checked_names(experiment: Experiment) -> Experiment:
    for name in experiment.record.metrics or ():
        known = {**METRICS, **dict.fromkeys(experiment.own_metrics, ("", ""))}
        if name not in known:
            raise SweepError(f"record.metrics: {_unknown_metric(name, known)}")
    return experiment


def _unknown_metric(name: str, known: Mapping[str, Any]) -> str:
    return f"there is no metric {name!r}" + did_you_mean(name, known, f"; there are {', '.join(known)}")


def _where(workers: int, scheduler: str | None, on: Executor | None) -> Where:
    return executor(workers, scheduler) if on is None else nullcontext(on)
