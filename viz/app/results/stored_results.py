"""Reads what a visitor has chosen, with the project's own readers, into small tables that nothing changes.

Reading takes seconds, so it happens in a thread (``Reading``), which says how far it is and can be given up.
What was read is shared by all sessions of the server until its files change.
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

from experiments.measures.effects import TABLES, Pair
from experiments.storage import parquet
from experiments.measures.inequality import sigma, theil
from experiments.results.read_results import ResultsError, read_results
from experiments.sweep import open_store
from experiments.sweep.errors import SweepError
from experiments.sweep.measures import EFFECTS, METRICS
from experiments.sweep.experiment_file import Experiment
from viz.app.results.shelf import LARGEST_JSON, Item

LARGEST_PANEL = 1_500_000  # rows: about 85 seeds of the shipped country to 2030
LARGEST_STORE = 200_000  # runs of a sweep
KEPT = 12  # things read that are kept in memory
OF_COUNTRY = ("innovation", "theil", "sigma")
STUDY_TABLES = {
    "layouts": ("layouts", "by_seed"),
    "splits": ("splits", "findings"),
    "ablation": ("ablation",),
    "regimes": ("regimes",),
    "oversupply": ("curve", "thresholds"),
}
# The columns that a chart of each of these tables needs.
COLUMNS = {
    "layouts": {"scenario", "measure", "unit", "mean", "se", "seeds"},
    "by_seed": {"scenario", "seed"},
    "splits": {"scenario", "id", "raw", "raw_se", "partial", "partial_se", "seeds"},
    "findings": {"scenario", "id", "unit", "size", "se", "seeds", "verdict"},
    "ablation": {"scenario", "mechanism", "id", "size", "se", "verdict", "seeds"},
    "regimes": {"scenario", "map", "x", "y", "id", "mean", "se", "seeds", "regime"},
    "curve": {"scenario", "access", "multiple", "measure", "mean", "se", "seeds"},
    "thresholds": {"scenario", "access", "quantity", "multiple"},
}

Tell = Callable[[str], None]


class UnreadableError(ValueError):
    """Something on the shelf that cannot be shown.

    ``reason`` is a key of the words, ``results.broken.REASON``; the text is what the reader said, in English.
    """

    def __init__(self, reason: str, detail: str = "", **values: object) -> None:
        super().__init__(detail)
        self.reason, self.values = reason, values


class GivenUpError(Exception):
    """The visitor did not wait."""


@dataclass(frozen=True, eq=False)
class RunFolder:
    """Results of ``computeleap run``: S seeds, T years.

    ``series``: (measure, arm) → (S, T), of the whole country: innovation (innovations/year), theil (index),
    sigma (log points); arms ``with`` and ``without``. ``tables``: those of ``experiments.measures.effects.TABLES``.
    """

    item: Item
    summary: Mapping[str, Any]
    years: tuple[int, ...]
    seeds: tuple[int, ...]
    series: Mapping[tuple[str, str], np.ndarray]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class StudyFolder:
    """A study: its kind (a key of ``STUDY_TABLES``), summary, and the tables that are drawn."""

    item: Item
    study: str
    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class SweepStore:
    """A store of a sweep: runs by status, one row of ``finals`` a run that ended, factors and measures.

    ``values``: the experiment as its file would say it, without what is left at its default.
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


Opened = RunFolder | StudyFolder | SweepStore

# ── One thing ────────────────────────────────────────────────────────────────────────────────────


def read(item: Item, tell: Tell = lambda step: None) -> Opened:
    """What an item holds. ``tell`` hears ``tables``, ``measures``, ``seeds``; it may raise to give up.

    Raises UnreadableError.
    """
    if item.kind == "broken":
        raise UnreadableError(item.reason)
    try:
        return READERS[item.kind](item, tell)
    except (ResultsError, SweepError) as error:
        raise UnreadableError("reader", str(error).replace(f"{item.folder}", item.name)) from None
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("reader", f"{type(error).__name__}: {error}") from None


def _run(item: Item, tell: Tell) -> RunFolder:
    rows = pq.ParquetFile(item.folder / "panel.parquet").metadata.num_rows
    if rows > LARGEST_PANEL:
        raise UnreadableError("large", rows=f"{rows:,}", most=f"{LARGEST_PANEL:,}")
    tell("tables")
    stored = read_results(item.folder)
    if not stored.pairs:
        raise UnreadableError("no_pairs")
    tell("measures")
    tables = {name: make(stored.pairs, stored.cities) for name, make in TABLES.items()}
    tell("seeds")
    return RunFolder(
        item,
        stored.summary,
        tuple(int(year) for year in stored.pairs[0].years),
        tuple(pair.seed for pair in stored.pairs),
        _country(stored.pairs),
        tables,
    )


def _country(found: Sequence[Pair]) -> dict[tuple[str, str], np.ndarray]:
    """National series of every seed, each (S, T)."""
    of: dict[str, Callable[[np.ndarray], float]] = {
        "innovation": lambda cities: float(cities.sum()),
        "theil": theil,
        "sigma": sigma,
    }
    arms: dict[str, Callable[[Pair], np.ndarray]] = {
        "with": lambda pair: pair.with_centres["innovation"],
        "without": lambda pair: pair.without["innovation"],
    }
    return {
        (name, arm): np.array([[measure(year) for year in values(pair)] for pair in found])
        for name, measure in of.items()
        for arm, values in arms.items()
    }


def _study(item: Item, tell: Tell) -> StudyFolder:
    summary = _summary(item)
    study = str(summary.get("study"))
    if study not in STUDY_TABLES:
        raise UnreadableError("foreign")
    tell("tables")
    tables = {}
    for name in STUDY_TABLES[study]:
        path = item.folder / f"{name}.parquet"
        if not path.is_file():
            raise UnreadableError("incomplete")
        tables[name] = parquet.read(path)
        if not COLUMNS[name] <= set(tables[name].columns):
            raise UnreadableError("old")
    return StudyFolder(item, study, summary, tables)


def _sweep(item: Item, tell: Tell) -> SweepStore:
    tell("tables")
    sweep = open_store(item.folder)
    if sweep.store.frozen.runs > LARGEST_STORE:
        most = f"{LARGEST_STORE:,}"
        raise UnreadableError("large_store", runs=f"{sweep.store.frozen.runs:,}", most=most)
    if not sweep.store.has_design():
        raise UnreadableError("incomplete")
    status = sweep.status()
    finals = sweep.finals
    tell("measures")
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
        _said(sweep.experiment),
    )


def _said(experiment: Experiment) -> dict[str, Any]:
    values = experiment.model_dump(
        mode="json", exclude_defaults=True, exclude_none=True, exclude={"store", "folder", "run"}
    )
    return {key: value for key, value in values.items() if value != {}}


READERS: Mapping[str, Callable[[Item, Tell], Opened]] = {"run": _run, "study": _study, "sweep": _sweep}


def _summary(item: Item) -> Mapping[str, Any]:
    text = (item.folder / "summary.json").read_bytes()[: LARGEST_JSON + 1]
    found = json.loads(text)
    if not isinstance(found, dict):
        raise UnreadableError("unreadable")
    return found


# ── Shared by the sessions ───────────────────────────────────────────────────────────────────────


class Kept:
    """What was read last, by item, until its files change; safe in threads."""

    def __init__(self, most: int = KEPT) -> None:
        self._most, self._lock = most, threading.Lock()
        self._found: dict[tuple[str, str, float], Opened] = {}

    def read(self, item: Item, tell: Tell = lambda step: None) -> Opened:
        """As ``read``, from memory if nothing changed since. Raises UnreadableError."""
        key = (str(item.folder), item.kind, _changed(item))
        with self._lock:
            if key in self._found:
                self._found[key] = self._found.pop(key)  # used last
                return self._found[key]
        opened = read(item, tell)
        with self._lock:
            self._found[key] = opened
            while len(self._found) > self._most:
                del self._found[next(iter(self._found))]
        return opened


def _changed(item: Item) -> float:
    """When the folder, one of its files or one of its folders changed last; 0 if it is gone."""
    try:
        return max(path.stat().st_mtime for path in (item.folder, *item.folder.iterdir()))
    except OSError:
        return 0.0


SHARED = Kept()


class Reading:
    """Reads things in a thread, one after the other; ``told`` hears of every step.

    >>> Reading(items, told).begin()

    ``told(step, done, found, problems)``: what is being done (``""`` at the end), how many things are
    through, what was found, and why others were not, by key. After ``give_up`` it hears no more.
    """

    def __init__(
        self,
        items: Sequence[Item],
        told: Callable[[str, int, list[Opened], dict[str, UnreadableError]], None],
        kept: Kept = SHARED,
    ) -> None:
        self._items, self._told, self._kept = list(items), told, kept
        self._over = threading.Event()

    def begin(self) -> Reading:
        """Start the thread."""
        threading.Thread(target=self.run, daemon=True).start()
        return self

    def give_up(self) -> None:
        """Be heard no more; the thread ends at its next step."""
        self._over.set()

    def run(self) -> None:
        """Read, here and now."""
        found: list[Opened] = []
        problems: dict[str, UnreadableError] = {}

        def tell(step: str) -> None:
            if self._over.is_set():
                raise GivenUpError
            self._told(step, len(found) + len(problems), list(found), dict(problems))

        try:
            for item in self._items:
                tell("tables")
                try:
                    found.append(self._kept.read(item, tell))
                except UnreadableError as error:
                    problems[item.key] = error
            tell("")
        except GivenUpError:
            return
