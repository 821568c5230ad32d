"""Read chosen items, with the project's own readers, into small immutable tables.

Reading takes seconds, so a ``BackgroundReader`` does it in a thread, reports progress and can be cancelled.
All sessions of the server share what was read until its files change.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from experiments.measures.effect_tables import TABLES
from experiments.measures.inequality import sigma, theil
from experiments.measures.twin_pairs import Pair
from experiments.results.read_results import ResultsError, read_results
from experiments.storage import parquet
from experiments.sweep import open_store
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment
from experiments.sweep.measures import EFFECTS, METRICS
from viz.app.results.shelf import MAX_JSON_BYTES, Item

MAX_PANEL_ROWS = 1_500_000  # rows: about 85 seeds of the shipped country to 2030
MAX_SWEEP_RUNS = 200_000  # runs of a sweep
CACHE_SIZE = 12  # items that are kept in memory
NATIONAL_MEASURES = ("innovation", "gdp", "compute", "theil", "sigma", "rung")
STUDY_TABLES = {
    "layouts": ("layouts", "by_seed"),
    "splits": ("splits", "findings"),
    "ablation": ("ablation",),
    "regimes": ("regimes",),
    "oversupply": ("curve", "thresholds"),
    "policies": ("policies",),
    "seeds": ("policies",),
    "single_centres": ("bands",),
    "frontier": ("points", "shares", "drivers"),
}
# Columns that the charts of each of these tables need.
COLUMNS = {
    "layouts": {"scenario", "measure", "unit", "mean", "se", "seeds"},
    "by_seed": {"scenario", "seed"},
    "policies": {"scenario", "measure", "unit", "mean", "se", "seeds"},
    "splits": {"scenario", "id", "raw", "raw_se", "partial", "partial_se", "seeds"},
    "findings": {"scenario", "id", "unit", "size", "se", "seeds", "verdict"},
    "ablation": {"scenario", "mechanism", "id", "size", "se", "verdict", "seeds"},
    "regimes": {"scenario", "map", "x", "y", "id", "mean", "se", "seeds", "regime"},
    "curve": {"scenario", "access", "multiple", "measure", "mean", "se", "seeds"},
    "thresholds": {"scenario", "access", "quantity", "multiple"},
    "bands": {"scenario", "group", "mean", "se", "runs"},
    "points": {"scenario", "c13", "c14", "holds"},
    "shares": {"scenario", "by", "holds", "points", "share"},
    "drivers": {"scenario", "dimension"},
}

OnStep = Callable[[str], None]


class UnreadableError(ValueError):
    """An item that cannot be shown; the text is the reader's message, in English.

    ``reason`` names the translation ``results.broken.REASON``, ``values`` fill it.
    """

    def __init__(self, reason: str, detail: str = "", **values: object) -> None:
        super().__init__(detail)
        self.reason, self.values = reason, values


class ReadCancelledError(Exception):
    """The visitor cancelled the reading."""


@dataclass(frozen=True, eq=False)
class RunFolder:
    """Results of ``computeleap run``: S seeds, T years.

    Attributes:
        series: (S, T) of the whole country by measure and arm (``with``, ``without``): innovation
            (innovations/year), gdp (real, 100 in the first year), compute (1,000 units/year), theil (index),
            sigma (log points), rung (mean of firms). What was not recorded is left out.
        tables: Those of ``experiments.measures.effect_tables.TABLES``.
    """

    item: Item
    summary: Mapping[str, Any]
    years: tuple[int, ...]
    seeds: tuple[int, ...]
    series: Mapping[tuple[str, str], np.ndarray]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class StudyFolder:
    """A study: its name (a key of ``STUDY_TABLES``), summary, and the tables of its charts."""

    item: Item
    study: str
    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class SweepStore:
    """A store of a sweep: runs by status, factors, measures, and one row of ``finals`` for each finished run.

    ``values``: the experiment as in its file, without defaults.
    """

    item: Item
    meaning: str
    total: int
    by_status: Mapping[str, int]
    factors: tuple[str, ...]
    measures: tuple[str, ...]
    finals: pd.DataFrame
    kind: str
    twin: bool
    values: Mapping[str, Any]


RANGES = "uncertainty"  # a table of runs with ranges over parameters
Opened = RunFolder | StudyFolder | SweepStore
OnItemStep = Callable[[str, int, list[Opened], dict[str, UnreadableError]], None]

# ── One item ────────────────────────────────────────────────────────────────────────────────────


def read(item: Item, on_step: OnStep = lambda step: None) -> Opened:
    """Read an item; ``on_step`` is called with ``tables``, ``measures``, ``seeds`` and may raise to cancel.

    Raises UnreadableError.
    """
    if item.kind == "broken":
        raise UnreadableError(item.reason)
    try:
        return READERS[item.kind](item, on_step)
    except (ResultsError, SweepError) as error:
        raise UnreadableError("reader", str(error).replace(f"{item.folder}", item.name)) from None
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("reader", f"{type(error).__name__}: {error}") from None


def _run(item: Item, on_step: OnStep) -> RunFolder:
    rows = pq.ParquetFile(item.folder / "panel.parquet").metadata.num_rows
    if rows > MAX_PANEL_ROWS:
        raise UnreadableError("large", rows=f"{rows:,}", most=f"{MAX_PANEL_ROWS:,}")
    on_step("tables")
    stored = read_results(item.folder)
    if not stored.pairs:
        raise UnreadableError("no_pairs")
    on_step("measures")
    tables = {name: make(stored.pairs, stored.cities) for name, make in TABLES.items()}
    ranges = item.folder / f"{RANGES}.parquet"
    if ranges.is_file():
        tables[RANGES] = parquet.read(ranges)
    on_step("seeds")
    return RunFolder(
        item,
        stored.summary,
        tuple(int(year) for year in stored.pairs[0].years),
        tuple(pair.seed for pair in stored.pairs),
        _national_series(stored.pairs),
        tables,
    )


def _national_series(found: Sequence[Pair]) -> dict[tuple[str, str], np.ndarray]:
    """Return the national series of every seed, each (S, T)."""
    of: dict[str, tuple[tuple[str, ...], Callable[..., np.ndarray]]] = {
        "innovation": (("innovation",), lambda cities: cities.sum(axis=1)),
        "gdp": (("real_gdp",), lambda cities: 100.0 * cities.sum(axis=1) / cities[0].sum()),
        "compute": (("compute_use",), lambda cities: cities.sum(axis=1) / 1000.0),
        "theil": (("innovation",), lambda cities: np.array([theil(year) for year in cities])),
        "sigma": (("innovation",), lambda cities: np.array([sigma(year) for year in cities])),
        "rung": (("firms", "chain_position"), lambda firms, rung: (firms * rung).sum(1) / firms.sum(1)),
    }
    arms = {
        "with": [pair.with_centres for pair in found],
        "without": [pair.without for pair in found],
    }
    return {
        (name, arm): np.array([measure(*(one[column] for column in needed)) for one in of_arm])
        for name, (needed, measure) in of.items()
        for arm, of_arm in arms.items()
        if all(column in one for one in of_arm for column in needed)
    }


def _study(item: Item, on_step: OnStep) -> StudyFolder:
    summary = _summary(item)
    study = str(summary.get("study"))
    if study not in STUDY_TABLES:
        raise UnreadableError("foreign")
    on_step("tables")
    tables = {}
    for name in STUDY_TABLES[study]:
        path = item.folder / f"{name}.parquet"
        if not path.is_file():
            raise UnreadableError("incomplete")
        tables[name] = parquet.read(path)
        if not COLUMNS[name] <= set(tables[name].columns):
            raise UnreadableError("old")
    return StudyFolder(item, study, summary, tables)


def _sweep(item: Item, on_step: OnStep) -> SweepStore:
    on_step("tables")
    sweep = open_store(item.folder)
    if sweep.store.frozen.runs > MAX_SWEEP_RUNS:
        most = f"{MAX_SWEEP_RUNS:,}"
        raise UnreadableError("large_store", runs=f"{sweep.store.frozen.runs:,}", most=most)
    if not sweep.store.has_design():
        raise UnreadableError("incomplete")
    status = sweep.status()
    finals = sweep.finals
    on_step("measures")
    factors = tuple(str(name) for name in sweep.design.columns if name != "point")
    measures = tuple(name for name in (*EFFECTS, *METRICS) if name in finals and finals[name].notna().any())
    return SweepStore(
        item,
        sweep.experiment.meaning,
        status.total,
        dict(status.by_status),
        factors,
        measures,
        finals,
        sweep.experiment.design.kind,
        sweep.experiment.twin,
        _experiment_values(sweep.experiment),
    )


def _experiment_values(experiment: Experiment) -> dict[str, Any]:
    values = experiment.model_dump(
        mode="json", exclude_defaults=True, exclude_none=True, exclude={"store", "folder", "run"}
    )
    return {key: value for key, value in values.items() if value != {}}


READERS: Mapping[str, Callable[[Item, OnStep], Opened]] = {"run": _run, "study": _study, "sweep": _sweep}


def _summary(item: Item) -> Mapping[str, Any]:
    text = (item.folder / "summary.json").read_bytes()[: MAX_JSON_BYTES + 1]
    found = json.loads(text)
    if not isinstance(found, dict):
        raise UnreadableError("unreadable")
    return found


# ── Shared by the sessions ───────────────────────────────────────────────────────────────────────


class ResultCache:
    """The items that were read last, until their files change; safe in threads."""

    def __init__(self, most: int = CACHE_SIZE) -> None:
        self._most, self._lock = most, threading.Lock()
        self._found: dict[tuple[str, str, float], Opened] = {}

    def read(self, item: Item, on_step: OnStep = lambda step: None) -> Opened:
        """Read an item, from memory if its files have not changed. Raises UnreadableError."""
        key = (str(item.folder), item.kind, _changed(item))
        with self._lock:
            if key in self._found:
                self._found[key] = self._found.pop(key)  # used last
                return self._found[key]
        opened = read(item, on_step)
        with self._lock:
            self._found[key] = opened
            while len(self._found) > self._most:
                del self._found[next(iter(self._found))]
        return opened


def _changed(item: Item) -> float:
    """Return when the folder or anything in it changed last; 0 if it does not exist any more."""
    try:
        return max(path.stat().st_mtime for path in (item.folder, *item.folder.iterdir()))
    except OSError:
        return 0.0


SHARED_CACHE = ResultCache()


class BackgroundReader:
    """Reads items in a thread, one after the other.

    ``BackgroundReader(items, on_step).start()`` calls ``on_step(step, done, found, problems)``: the current
    step ("" at the end), how many items are finished, what was read, and errors by key. After ``cancel`` it
    is not called again.
    """

    def __init__(self, items: Sequence[Item], on_step: OnItemStep, cache: ResultCache = SHARED_CACHE) -> None:
        self._items, self._on_step, self._cache = list(items), on_step, cache
        self._cancelled = threading.Event()

    def start(self) -> BackgroundReader:
        """Start the thread."""
        threading.Thread(target=self.run, daemon=True).start()
        return self

    def cancel(self) -> None:
        """Stop calling ``on_step``; the thread ends at its next step."""
        self._cancelled.set()

    def run(self) -> None:
        """Read in the calling thread."""
        found: list[Opened] = []
        problems: dict[str, UnreadableError] = {}

        def on_step(step: str) -> None:
            if self._cancelled.is_set():
                raise ReadCancelledError
            self._on_step(step, len(found) + len(problems), list(found), dict(problems))

        try:
            for item in self._items:
                on_step("tables")
                try:
                    found.append(self._cache.read(item, on_step))
                except UnreadableError as error:
                    problems[item.key] = error
            on_step("")
        except ReadCancelledError:
            return
